//! What may be asked of a thread while it runs: signals and interrupts.

use taipan_object::str::intern::intern_text;
use taipan_object::thread::safepoint;
use taipan_object::{PyResult, Ref, Thread, protocol, raise};

/// Does what was asked for.
#[cold]
pub(crate) fn handle(thread: &Thread) -> PyResult<()> {
    let bits = safepoint::SIGNAL | safepoint::INTERRUPT | safepoint::ASYNC;
    let asked = thread.eval_breaker.fetch_and(!bits, std::sync::atomic::Ordering::Relaxed);
    if asked & safepoint::SIGNAL != 0 {
        (thread.interp().hooks.signals.get())(thread)?;
    }
    if asked & safepoint::INTERRUPT != 0 {
        return Err(raise!(thread, KEYBOARD_INTERRUPT, ""));
    }
    Ok(())
}

/// Warns about a coroutine that was never awaited.
pub(crate) fn warn_never_awaited(thread: &Thread, name: Option<&str>) -> PyResult<()> {
    let name = name.unwrap_or("?");
    let hook = crate::hooks::of(thread).warn;
    hook(thread, &taipan_object::exception::RUNTIME_WARNING, &format!("coroutine '{name}' was never awaited"))
}

/// Warns about a coroutine that was never awaited, with where it was made: `warnings` knows how that looks.
pub(crate) fn warn_of_origin(thread: &Thread, coroutine: Ref<'_>) -> PyResult<()> {
    let module = (thread.interp().hooks.import.get())(thread, &*intern_text(thread, "warnings")?)?;
    let name = intern_text(thread, "_warn_unawaited_coroutine")?;
    let warn = protocol::get_attribute(thread, module.as_ref(), &name)?;
    protocol::call(thread, warn.as_ref(), &[coroutine.to_value()], None).map(drop)
}
