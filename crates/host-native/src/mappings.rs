//! Mapped memory. A file that others cut short leaves pages behind that cannot be read: touching those ends the
//! process by SIGBUS, as in CPython; nothing here can prevent it.

use taipan_host::{Constants, HostError, HostResult, MappingRequest, Mappings, numbers};
use taipan_object::buffer::Region;

use crate::NativeHost;
use crate::call::{check, last_error};

macro_rules! named {
    ($($name:ident)*) => {
        &[
            $((stringify!($name), libc::$name as i64),)*
            #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
            ("MAP_32BIT", libc::MAP_32BIT as i64),
        ]
    };
}

#[cfg(target_os = "linux")]
const CONSTANTS: Constants = named! {
    PROT_EXEC PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_DENYWRITE MAP_EXECUTABLE MAP_ANON MAP_ANONYMOUS
    MAP_POPULATE MAP_STACK MAP_NORESERVE
    MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_REMOVE MADV_DONTFORK MADV_DOFORK
    MADV_HWPOISON MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP MADV_FREE
};
#[cfg(not(target_os = "linux"))]
const CONSTANTS: Constants = named! {
    PROT_EXEC PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_ANON MAP_ANONYMOUS MAP_NORESERVE
    MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_FREE
};

/// Flags that would have memory of others replaced, or grow into it.
const UNSAFE: i32 = libc::MAP_FIXED | {
    #[cfg(target_os = "linux")]
    {
        libc::MAP_FIXED_NOREPLACE | libc::MAP_GROWSDOWN
    }
    #[cfg(not(target_os = "linux"))]
    {
        0
    }
};

fn unmap(start: *mut u8, len: usize) {
    // SAFETY: what `map` or `remap` gave; nobody uses it any more.
    unsafe { libc::munmap(start.cast(), len) };
}

/// A part of the memory: its address; fails if it is not within.
fn part(region: &Region, start: usize, len: usize) -> HostResult<*mut libc::c_void> {
    let (first, all) = region.range();
    match start.checked_add(len) {
        // SAFETY: within the memory.
        Some(end) if end <= all => Ok(unsafe { first.add(start) }.cast()),
        _ => Err(HostError::new(numbers::EINVAL)),
    }
}

impl Mappings for NativeHost {
    fn map(&self, request: &MappingRequest) -> HostResult<Region> {
        if request.flags & UNSAFE != 0 {
            return Err(HostError::new(numbers::EINVAL));
        }
        let mut flags = request.flags;
        if request.fd.is_none() {
            flags |= libc::MAP_ANONYMOUS;
        }
        let fd = request.fd.unwrap_or(-1);
        // a descriptor means nothing to memory without a file, and the system may ask for none
        let fd = if flags & libc::MAP_ANONYMOUS != 0 { -1 } else { fd };
        // what is shown must be readable
        let protection = request.protection | libc::PROT_READ;
        // SAFETY: the system chooses a place where nothing is.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                request.len,
                protection,
                flags,
                fd,
                request.offset as libc::off_t,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(last_error());
        }
        let writable = request.protection & libc::PROT_WRITE != 0;
        // SAFETY: fresh memory, which can be read, and written if the flags say so, until it is unmapped.
        Ok(unsafe { Region::new(start.cast(), request.len, writable, unmap) })
    }

    #[cfg(target_os = "linux")]
    fn remap(&self, region: &Region, len: usize) -> HostResult<()> {
        // SAFETY: the old range is gone when the call succeeds, and untouched when it fails.
        let changed = unsafe {
            region.change(|start, old| match libc::mremap(start.cast(), old, len, libc::MREMAP_MAYMOVE) {
                libc::MAP_FAILED => Err(last_error()),
                start => Ok((start.cast(), len)),
            })
        };
        changed.unwrap_or(Err(HostError::new(libc::EBUSY)))
    }

    fn flush_mapping(&self, region: &Region, start: usize, len: usize) -> HostResult<()> {
        let start = part(region, start, len)?;
        // SAFETY: a part of the memory.
        check(unsafe { libc::msync(start, len, libc::MS_SYNC) }).map(drop)
    }

    fn advise_mapping(&self, region: &Region, start: usize, len: usize, advice: i32) -> HostResult<()> {
        let start = part(region, start, len)?;
        // SAFETY: a part of the memory; whatever is advised, its bytes may change but stay readable.
        check(unsafe { libc::madvise(start, len, advice) }).map(drop)
    }

    fn page_size(&self) -> usize {
        // SAFETY: a number only.
        usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
    }

    fn mapping_constants(&self) -> Constants {
        CONSTANTS
    }
}
