//! `-X importtime`: how long each import takes, written to standard error when it ends.

use taipan_object::interp::ImportTimes;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Thread, Value};

use crate::call;

/// Writes a line; a program that has no standard error has none to lose.
fn write(thread: &Thread, text: &str) -> PyResult<()> {
    let Some(stream) = call::of_sys(thread, "stderr")?.filter(|stream| !stream.as_ref().is_none()) else {
        return Ok(());
    };
    drop(call::method(thread, stream.as_ref(), "write", &[call::text(thread, text)?])?);
    Ok(())
}

fn now(thread: &Thread) -> i64 {
    taipan_host::of(thread).monotonic().map_or(0, |now| (now.total_nanos() / 1000) as i64)
}

/// Says that a module was there already, if that is asked for.
pub(super) fn cached(thread: &Thread, name: &PyStr) -> PyResult<()> {
    match thread.interp().import_times.get() {
        Some(times) if times.cached => {
            let indent = " ".repeat(2 * times.level as usize);
            write(
                thread,
                &format!("import time: cached    | cached     | {indent}{}\n", name.to_text_lossy()),
            )
        }
        _ => Ok(()),
    }
}

/// Imports a module by `import`, and says how long that took if it is asked for.
pub(super) fn timed(
    thread: &Thread,
    name: &PyStr,
    import: impl FnOnce() -> PyResult<Value>,
) -> PyResult<Value> {
    let times = &thread.interp().import_times;
    let Some(before) = times.get() else { return import() };
    if !before.begun {
        write(thread, "import time: self [us] | cumulative | imported package\n")?;
    }
    times.set(Some(ImportTimes { level: before.level + 1, inner: 0, begun: true, ..before }));
    let start = now(thread);
    let result = import();
    let whole = now(thread) - start;
    let inner = times.get().map_or(0, |times| times.inner);
    times.set(Some(ImportTimes { inner: before.inner + whole, begun: true, ..before }));
    if result.is_ok() {
        let indent = " ".repeat(2 * before.level as usize);
        let (own, name) = (whole - inner, name.to_text_lossy());
        write(thread, &format!("import time: {own:9} | {whole:10} | {indent}{name}\n"))?;
    }
    result
}
