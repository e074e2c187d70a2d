//! `print`.

use taipan_object::protocol;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::console::of_sys;
use crate::arguments::Parameters;
use crate::text;

const PRINT: Parameters<4> = Parameters {
    function: "print",
    names: ["sep", "end", "file", "flush"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

/// A separator: none stands for the usual one.
fn separator(thread: &Thread, value: Option<Ref<'_>>, what: &str, usual: &str) -> PyResult<Value> {
    match value.filter(|value| !value.is_none()) {
        None => Ok(PyStr::from_text(thread, usual)?.into_value()),
        Some(value) if value.get::<PyStr>().is_some() => Ok(value.to_value()),
        Some(value) => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "{what} must be None or a string, not {ty}"))
        }
    }
}

pub(super) fn print(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    by_name: Option<&PyTuple>,
) -> PyResult<Value> {
    let count = by_name.map_or(0, PyTuple::len);
    let (values, named) = arguments.split_at(arguments.len().saturating_sub(count));
    let [sep, end, file, flush] = PRINT.bind(thread, named, by_name)?;
    let file = match file.filter(|file| !file.is_none()) {
        Some(file) => file.to_value(),
        None => of_sys(thread, names::stdout.get())?
            .ok_or_else(|| raise!(thread, RUNTIME_ERROR, "lost sys.stdout"))?,
    };
    if file.as_ref().is_none() {
        return Ok(Value::none());
    }
    let sep = separator(thread, sep, "sep", " ")?;
    let end = separator(thread, end, "end", "\n")?;
    let write = |text: Value| -> PyResult<()> {
        protocol::call_method(thread, file.as_ref(), names::write.get(), &[text]).map(drop)
    };
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            write(sep.clone())?;
        }
        write(text::str(thread, value.as_ref())?.into_value())?;
    }
    write(end)?;
    if let Some(flush) = flush
        && protocol::truth(thread, flush)?
    {
        drop(protocol::call_method(thread, file.as_ref(), names::flush.get(), &[])?);
    }
    Ok(Value::none())
}
