//! `input` and `breakpoint`.

use taipan_object::dict::PyDict;
use taipan_object::protocol;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::arguments::check_count;
use crate::text;

/// An entry of `sys`, which a program may have removed.
pub(super) fn of_sys(thread: &Thread, name: &PyStr) -> PyResult<Option<Value>> {
    let sys = thread.interp().sys.get();
    match sys.as_ref().and_then(|sys| sys.as_ref().get::<PyDict>()) {
        Some(dict) => dict.get_str(thread, name),
        None => Ok(None),
    }
}

/// A standard stream; `RuntimeError` if there is none.
fn stream(thread: &Thread, name: &PyStr) -> PyResult<Value> {
    let found = of_sys(thread, name)?.filter(|stream| !stream.as_ref().is_none());
    found.ok_or_else(|| raise!(thread, RUNTIME_ERROR, "lost sys.{}", name.to_text_lossy()))
}

fn flush(thread: &Thread, stream: &Value) -> PyResult<()> {
    protocol::call_method(thread, stream.as_ref(), names::flush.get(), &[]).map(drop)
}

/// Writes the prompt and reads a line, without its end. (Line editing is the terminal's.)
pub(super) fn input(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "input", arguments.len(), 0, 1)?;
    let stdin = stream(thread, names::stdin.get())?;
    let stdout = stream(thread, names::stdout.get())?;
    let stderr = stream(thread, names::stderr.get())?;
    // what can't be flushed is no reason not to ask
    if let Err(raised) = flush(thread, &stderr) {
        drop(thread.catch(raised));
    }
    if let Some(prompt) = arguments.first() {
        let prompt = text::str(thread, prompt.as_ref())?.into_value();
        drop(protocol::call_method(thread, stdout.as_ref(), names::write.get(), &[prompt])?);
    }
    if let Err(raised) = flush(thread, &stdout) {
        drop(thread.catch(raised));
    }
    let line = protocol::call_method(thread, stdin.as_ref(), &*intern_text(thread, "readline")?, &[])?;
    let Some(line) = line.as_ref().get::<PyStr>() else {
        return Err(raise!(thread, TYPE_ERROR, "object.readline() returned non-string"));
    };
    let length = line.len();
    if length == 0 {
        return Err(raise!(thread, EOF_ERROR, "EOF when reading a line"));
    }
    let end = if line.char_at(length - 1) == Some(0x0A) { length - 1 } else { length };
    Ok(line.slice(thread, 0, end)?.into_value())
}

/// Calls `sys.breakpointhook`.
pub(super) fn breakpoint(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    by_name: Option<&PyTuple>,
) -> PyResult<Value> {
    match of_sys(thread, &*intern_text(thread, "breakpointhook")?)? {
        Some(hook) => protocol::call(thread, hook.as_ref(), arguments, by_name),
        None => Err(raise!(thread, RUNTIME_ERROR, "lost sys.breakpointhook")),
    }
}
