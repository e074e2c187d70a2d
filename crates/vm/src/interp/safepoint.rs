//! Safepoints: calls and loop back-edges, where the collector runs and requests are looked at.

use taipan_object::thread::safepoint;
use taipan_object::{PyResult, Thread};

/// Does what was asked for.
#[cold]
#[inline(never)]
pub(crate) fn safepoint(thread: &Thread) -> PyResult<()> {
    if thread.has_request(safepoint::GIL) {
        thread.pass_gil();
    }
    if cfg!(debug_assertions) && thread.has_request(safepoint::STRESS) {
        taipan_object::gc::collect_in_stress(thread);
    }
    thread.collect_if_requested();
    if thread.has_request(safepoint::SIGNAL | safepoint::INTERRUPT | safepoint::ASYNC) {
        crate::pending::handle(thread)?;
    }
    if thread.has_request(safepoint::FUEL) { crate::fuel::charge(thread) } else { Ok(()) }
}
