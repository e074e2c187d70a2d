//! What can be asked of a match.

use taipan_object::declare::receiver;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::native::Native;
use taipan_object::str::StrBuilder;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_index};
use taipan_runtime_builtins::text;

use super::Match;
use crate::subject::part_of;
use crate::template;

impl Match {
    /// The group that a number or a name stands for.
    ///
    /// # Errors
    /// `IndexError` if there is none; `TypeError` for what has no hash.
    fn group_of(&self, thread: &Thread, key: Ref<'_>) -> PyResult<usize> {
        let number = if key.is_int() || key.ty().slots().index.get().is_some() {
            usize::try_from(to_index(thread, key)?).ok()
        } else {
            let index = self.pattern().and_then(|pattern| pattern.group_index.get());
            let found = match index.as_ref().and_then(|index| index.as_ref().get::<PyDict>()) {
                Some(index) => index.get(thread, key)?,
                None => None,
            };
            let number = found.as_ref().filter(|number| number.as_ref().is_int());
            number.and_then(|number| usize::try_from(number.as_ref().to_i64()?).ok())
        };
        match number.filter(|&number| number <= self.groups()) {
            Some(number) => Ok(number),
            None => Err(raise!(thread, INDEX_ERROR, "no such group")),
        }
    }

    /// The text of a group; none if it has not matched.
    fn text(&self, thread: &Thread, group: usize) -> PyResult<Option<Value>> {
        let Some((start, end)) = self.span_of(group) else { return Ok(None) };
        let string = self.string();
        Ok(Some(part_of(thread, string.as_ref(), start, end)?))
    }
}

/// A tuple of so many values.
fn tuple(thread: &Thread, len: usize, mut value: impl FnMut(usize) -> PyResult<Value>) -> PyResult<Value> {
    let mut builder = TupleBuilder::new(thread, len)?;
    for at in 0..len {
        builder.push(value(at)?);
    }
    Ok(builder.finish().into_value())
}

fn text_of(thread: &Thread, this: &Match, key: Ref<'_>, default: Ref<'_>) -> PyResult<Value> {
    let group = this.group_of(thread, key)?;
    Ok(this.text(thread, group)?.unwrap_or_else(|| default.to_value()))
}

pub(super) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    text_of(thread, receiver::<Match>(thread, this)?, key, Value::none().as_ref())
}

pub(super) fn group(thread: &Thread, this: Ref<'_>, keys: &[Value]) -> PyResult<Value> {
    let this = receiver::<Match>(thread, this)?;
    let none = Value::none();
    match keys {
        [] => Ok(this.text(thread, 0)?.unwrap_or(none)),
        [key] => text_of(thread, this, key.as_ref(), none.as_ref()),
        _ => {
            let mut texts = TupleBuilder::new(thread, keys.len())?;
            for key in keys {
                texts.push(text_of(thread, this, key.as_ref(), none.as_ref())?);
            }
            Ok(texts.finish().into_value())
        }
    }
}

/// The span of the group that is the only argument; -1 twice if it has not matched.
fn span_of(thread: &Thread, this: Ref<'_>, name: &str, arguments: &[Value]) -> PyResult<(i64, i64)> {
    check_count(thread, name, arguments.len(), 0, 1)?;
    let this = receiver::<Match>(thread, this)?;
    let group = match arguments.first() {
        Some(key) => this.group_of(thread, key.as_ref())?,
        None => 0,
    };
    Ok(numbers(this.span_of(group)))
}

fn numbers(span: Option<super::Span>) -> (i64, i64) {
    span.map_or((-1, -1), |(start, end)| (start as i64, end as i64))
}

fn pair(thread: &Thread, (start, end): (i64, i64)) -> PyResult<Value> {
    let pair = [Value::int(thread, start)?, Value::int(thread, end)?];
    Ok(PyTuple::pack(thread, pair)?.into_value())
}

pub(super) fn start(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Value::int(thread, span_of(thread, this, "start", arguments)?.0)
}

pub(super) fn end(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Value::int(thread, span_of(thread, this, "end", arguments)?.1)
}

pub(super) fn span(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    pair(thread, span_of(thread, this, "span", arguments)?)
}

/// The argument `default` of a method.
fn default_of(
    thread: &Thread,
    function: &'static str,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let parameters =
        Parameters { function, names: ["default"], positional_only: 0, positional: 1, required: 0 };
    let [default] = parameters.bind(thread, arguments, names)?;
    Ok(default.map_or_else(Value::none, Ref::to_value))
}

pub(super) fn groups(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let default = default_of(thread, "groups", arguments, names)?;
    let this = receiver::<Match>(thread, this)?;
    tuple(thread, this.groups(), |at| {
        let text = this.text(thread, at + 1)?;
        Ok(text.unwrap_or_else(|| default.clone()))
    })
}

pub(super) fn groupdict(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let default = default_of(thread, "groupdict", arguments, names)?;
    let this = receiver::<Match>(thread, this)?;
    let texts = PyDict::new(thread)?;
    let index = this.pattern().and_then(|pattern| pattern.group_index.get());
    let Some(index) = index.and_then(|index| index.downcast::<PyDict>().ok()) else {
        return Ok(texts.into_value());
    };
    let mut cursor = DictCursor::start();
    while let Some((name, _)) = cursor.next(&index) {
        let text = text_of(thread, this, name.as_ref(), default.as_ref())?;
        drop(texts.insert(thread, name.as_ref(), text)?);
    }
    Ok(texts.into_value())
}

const EXPAND: Parameters<1> =
    Parameters { function: "expand", names: ["template"], positional_only: 0, positional: 1, required: 1 };

pub(super) fn expand(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(given)] = EXPAND.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let this: &Native<Match> = receiver::<Match>(thread, this)?;
    let Some(pattern) = this.pattern() else { return Ok(Value::none()) };
    template::compile(thread, &pattern, given)?.expand(thread, this)
}

pub(super) fn last_index(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match receiver::<Match>(thread, this)?.last_group {
        Some(group) => Value::int(thread, group as i64),
        None => Ok(Value::none()),
    }
}

pub(super) fn last_group(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<Match>(thread, this)?;
    let names = this.pattern().and_then(|pattern| pattern.index_group.get());
    let names: Option<Owned<PyTuple>> = names.and_then(|names| names.downcast().ok());
    let name = this.last_group.and_then(|group| names?.get(group));
    Ok(name.unwrap_or_else(Value::none))
}

pub(super) fn regs(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let this = receiver::<Match>(thread, this)?;
    if let Some(regs) = this.regs.get() {
        return Ok(regs);
    }
    let regs = tuple(thread, this.groups() + 1, |group| pair(thread, numbers(this.span_of(group))))?;
    drop(this.regs.replace(Some(regs.clone())));
    Ok(regs)
}

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = this.ty().name();
    let this = receiver::<Match>(thread, this)?;
    let (start, end) = numbers(this.span_of(0));
    let all = this.text(thread, 0)?.unwrap_or_else(Value::none);
    let mut builder = StrBuilder::new();
    builder.push_str(thread, &format!("<{name} object; span=({start}, {end}), match="))?;
    builder.push(thread, &*text::repr(thread, all.as_ref())?)?;
    builder.push_str(thread, ">")?;
    Ok(builder.finish(thread)?.into_value())
}
