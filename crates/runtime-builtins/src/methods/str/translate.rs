//! `translate` and `maketrans`.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::{receiver, value};
use crate::arguments::{check_count, wrong_type};
use crate::chars::code_points;

/// What the table has for a code point; none where it has nothing.
fn entry(thread: &Thread, table: Ref<'_>, c: u32) -> PyResult<Option<Value>> {
    let key = Value::int(thread, c.into())?;
    match protocol::container::subscript(thread, table, key.as_ref()) {
        Ok(entry) => Ok(Some(entry)),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&LOOKUP_ERROR) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}

pub(super) fn translate(thread: &Thread, this: Ref<'_>, table: Ref<'_>) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let mut builder = StrBuilder::new();
    for c in code_points(text) {
        let Some(entry) = entry(thread, table, c)? else {
            builder.push_char(thread, c)?;
            continue;
        };
        let entry = entry.as_ref();
        if let Some(text) = entry.get::<PyStr>() {
            builder.push(thread, text)?;
        } else if entry.is_int() {
            let code_point = entry.to_i64().and_then(|c| u32::try_from(c).ok()).filter(|&c| c < 0x11_0000);
            let Some(code_point) = code_point else {
                return Err(raise!(thread, VALUE_ERROR, "character mapping must be in range(0x110000)"));
            };
            builder.push_char(thread, code_point)?;
        } else if !entry.is_none() {
            let message = "character mapping must return integer, None or str";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
    }
    value(builder.finish(thread))
}

pub(super) fn maketrans(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "maketrans", arguments.len(), 1, 3)?;
    let table = PyDict::new(thread)?;
    match arguments {
        [from, to, rest @ ..] => from_strings(thread, &table, from.as_ref(), to.as_ref(), rest.first())?,
        [from, ..] => from_dict(thread, &table, from.as_ref())?,
        [] => {}
    }
    Ok(table.into_value())
}

fn from_dict(thread: &Thread, table: &PyDict, from: Ref<'_>) -> PyResult<()> {
    let Some(from) = from.get_exact::<PyDict>() else {
        let message = "if you give only one argument to maketrans it must be a dict";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let mut cursor = DictCursor::start();
    while let Some((key, value)) = cursor.next(from) {
        let key = match key.as_ref().get::<PyStr>() {
            Some(text) => match (text.len(), text.char_at(0)) {
                (1, Some(c)) => Value::int(thread, c.into())?,
                _ => {
                    // the reference's own spelling, here and below
                    let message = "string keys in translatetable must be of length 1";
                    return Err(raise!(thread, VALUE_ERROR, "{message}"));
                }
            },
            None if key.as_ref().is_int() => key,
            None => {
                let message = "keys in translate table mustbe strings or integers";
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            }
        };
        drop(table.insert(thread, key.as_ref(), value)?);
    }
    Ok(())
}

fn from_strings(
    thread: &Thread,
    table: &PyDict,
    from: Ref<'_>,
    to: Ref<'_>,
    gone: Option<&Value>,
) -> PyResult<()> {
    let expect = |at: usize, value: Ref<'_>| match value.get::<PyStr>() {
        Some(text) => Ok(code_points(text)),
        None => Err(wrong_type(thread, "maketrans", &format!("argument {at}"), "str", value)),
    };
    let Some(from) = from.get::<PyStr>().map(code_points) else {
        let message = "first maketrans argument must be a string if there is a second argument";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let to = expect(2, to)?;
    let gone = gone.map_or(Ok(Vec::new()), |gone| expect(3, gone.as_ref()))?;
    if from.len() != to.len() {
        let message = "the first two maketrans arguments must have equal length";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let pairs = from.into_iter().zip(to.into_iter().map(Some));
    for (key, to) in pairs.chain(gone.into_iter().map(|c| (c, None))) {
        let key = Value::int(thread, key.into())?;
        let to = to.map_or(Ok(Value::none()), |to| Value::int(thread, to.into()))?;
        drop(table.insert(thread, key.as_ref(), to)?);
    }
    Ok(())
}
