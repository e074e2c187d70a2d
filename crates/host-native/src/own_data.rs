//! The memory of the program's own static data.

/// Has the system map the pages of static data that will be written anyway, all at once instead of one by one when each
/// is first touched. Changes nothing else, and does nothing where the system cannot do it.
pub fn populate() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            static __data_start: u8;
            static _end: u8;
        }
        let page = 4096;
        let start = (&raw const __data_start).addr() & !(page - 1);
        let length = (&raw const _end).addr().saturating_sub(start).next_multiple_of(page);
        // SAFETY: the range is that of the program's writable data, whose contents this does not change.
        unsafe {
            libc::madvise(std::ptr::with_exposed_provenance_mut(start), length, libc::MADV_POPULATE_WRITE)
        };
    }
}
