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
    thread.collect_if_requested();
    let rest = thread.eval_breaker.load(std::sync::atomic::Ordering::Relaxed);
    if rest & (safepoint::SIGNAL | safepoint::INTERRUPT | safepoint::ASYNC) != 0 {
        return crate::pending::handle(thread);
    }
    Ok(())
}
