//! Looking for parts: `find` and its kin, `count`, `replace`, prefixes and suffixes.

use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::{receiver, unchanged, value};
use crate::arguments::{self, Parameters, check_count, clip, expect_str, to_bound, to_size};
use crate::chars::with_chars;

/// The part of a string between the bounds that an argument list may end with; none if they are crossed.
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    fn of(thread: &Thread, text: &PyStr, bounds: &[Value]) -> PyResult<Option<Span>> {
        let start = to_bound(thread, bounds.first().map(Value::as_ref))?;
        let end = to_bound(thread, bounds.get(1).map(Value::as_ref))?;
        let (start, end) = clip(text.len(), start, end);
        Ok((start <= end).then_some(Span { start, end }))
    }
}

/// The string called on, the one looked for, and where.
fn looked_for<'a>(
    thread: &Thread,
    this: Ref<'a>,
    arguments: &'a [Value],
    name: &str,
) -> PyResult<(&'a PyStr, &'a PyStr, Option<Span>)> {
    check_count(thread, name, arguments.len(), 1, 3)?;
    let text = receiver(thread, this)?;
    let wanted = arguments.first().map_or(this, Value::as_ref);
    let wanted = expect_str(thread, name, "argument 1", wanted)?;
    let span = Span::of(thread, text, arguments.get(1..).unwrap_or_default())?;
    Ok((text, wanted, span))
}

/// Calls `found` with each place of `wanted` that does not overlap the one before, until it says no.
pub(super) fn each_place(text: &PyStr, wanted: &PyStr, mut found: impl FnMut(usize) -> bool) {
    let mut from = 0;
    while let Some(at) = text.find(wanted, from) {
        if !found(at) {
            return;
        }
        from = at + wanted.len();
    }
}

/// The last place of `wanted`.
pub(super) fn find_last(text: &PyStr, wanted: &PyStr) -> Option<usize> {
    if wanted.is_empty() {
        return Some(text.len());
    }
    with_chars!(text, hay => with_chars!(wanted, needle => {
        hay.windows(needle.len()).rposition(|window| {
            window.iter().zip(needle).all(|(&a, &b)| u32::from(a) == u32::from(b))
        })
    }))
}

/// The string within a span; the string itself, mostly.
fn within(thread: &Thread, text: &PyStr, span: &Span) -> PyResult<Owned<PyStr>> {
    if span.start == 0 && span.end == text.len() {
        return Ok(Owned::new_ref(text));
    }
    text.slice(thread, span.start, span.end)
}

fn place(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    name: &str,
    last: bool,
) -> PyResult<Option<i64>> {
    let (text, wanted, span) = looked_for(thread, this, arguments, name)?;
    let Some(span) = span else { return Ok(None) };
    let part = within(thread, text, &span)?;
    let found = if last { find_last(&part, wanted) } else { part.find(wanted, 0) };
    Ok(found.map(|at| (at + span.start) as i64))
}

pub(super) fn find(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Value::int(thread, place(thread, this, arguments, "find", false)?.unwrap_or(-1))
}

pub(super) fn rfind(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    Value::int(thread, place(thread, this, arguments, "rfind", true)?.unwrap_or(-1))
}

fn found(thread: &Thread, place: Option<i64>) -> PyResult<Value> {
    match place {
        Some(at) => Value::int(thread, at),
        None => Err(raise!(thread, VALUE_ERROR, "substring not found")),
    }
}

pub(super) fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    found(thread, place(thread, this, arguments, "index", false)?)
}

pub(super) fn rindex(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    found(thread, place(thread, this, arguments, "rindex", true)?)
}

pub(super) fn count(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (text, wanted, span) = looked_for(thread, this, arguments, "count")?;
    let Some(span) = span else { return Ok(Value::small(0)) };
    if wanted.is_empty() {
        return Value::int(thread, (span.end - span.start + 1) as i64);
    }
    let mut count = 0;
    each_place(&*within(thread, text, &span)?, wanted, |_| {
        count += 1;
        true
    });
    Value::int(thread, count)
}

const REPLACE: Parameters<3> = Parameters {
    function: "replace",
    names: ["old", "new", "count"],
    positional_only: 2,
    positional: 3,
    required: 2,
};

pub(super) fn replace(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [old, new, count] = REPLACE.bind(thread, arguments, names)?;
    let text = receiver(thread, this)?;
    let old = expect_str(thread, "replace", "argument 1", old.unwrap_or(this))?;
    let new = expect_str(thread, "replace", "argument 2", new.unwrap_or(this))?;
    let count = count.map_or(Ok(-1), |count| to_size(thread, count))?;
    let mut left = usize::try_from(count).unwrap_or(usize::MAX);
    if left == 0 || text.len() < old.len() {
        return unchanged(thread, text);
    }
    if old.is_empty() {
        return interleaved(thread, text, new, left);
    }
    let (mut places, mut has_memory) = (Vec::new(), true);
    each_place(text, old, |at| {
        has_memory = places.try_reserve(1).is_ok();
        if has_memory {
            places.push(at);
        }
        left -= 1;
        has_memory && left > 0
    });
    if !has_memory {
        return Err(thread.raise_memory_error());
    }
    if places.is_empty() {
        return unchanged(thread, text);
    }
    let mut builder = StrBuilder::new();
    builder.reserve(thread, length(thread, text.len() - places.len() * old.len(), places.len(), new)?)?;
    let mut done = 0;
    for at in places {
        builder.push_part(thread, text, done, at)?;
        builder.push(thread, new)?;
        done = at + old.len();
    }
    builder.push_part(thread, text, done, text.len())?;
    value(builder.finish(thread))
}

/// The length of what is kept with so many times `new`.
fn length(thread: &Thread, kept: usize, times: usize, new: &PyStr) -> PyResult<usize> {
    let length = times.checked_mul(new.len()).and_then(|more| more.checked_add(kept));
    length
        .filter(|&length| isize::try_from(length).is_ok())
        .ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "replace string is too long"))
}

/// `new` before every character and at the end, so many times at most.
fn interleaved(thread: &Thread, text: &PyStr, new: &PyStr, count: usize) -> PyResult<Value> {
    let mut builder = StrBuilder::new();
    builder.reserve(thread, length(thread, text.len(), count.min(text.len() + 1), new)?)?;
    for at in 0..=text.len() {
        if at < count {
            builder.push(thread, new)?;
        }
        if let Some(c) = text.char_at(at) {
            builder.push_char(thread, c)?;
        }
    }
    value(builder.finish(thread))
}

fn has_at(text: &PyStr, part: &PyStr, at: usize) -> bool {
    with_chars!(text, hay => with_chars!(part, needle => {
        hay.get(at..at + needle.len()).is_some_and(|window| {
            window.iter().zip(needle).all(|(&a, &b)| u32::from(a) == u32::from(b))
        })
    }))
}

/// Whether a span begins (or ends) with a part.
fn is_at_end(text: &PyStr, part: &PyStr, span: &Span, at_start: bool) -> bool {
    let fits = part.len() <= span.end - span.start;
    fits && has_at(text, part, if at_start { span.start } else { span.end - part.len() })
}

fn tail_match(thread: &Thread, this: Ref<'_>, arguments: &[Value], at_start: bool) -> PyResult<Value> {
    let name = if at_start { "startswith" } else { "endswith" };
    check_count(thread, name, arguments.len(), 1, 3)?;
    let text = receiver(thread, this)?;
    let span = Span::of(thread, text, arguments.get(1..).unwrap_or_default())?;
    let wanted = arguments.first().map_or(this, Value::as_ref);
    let fits = |part: &PyStr| span.as_ref().is_some_and(|span| is_at_end(text, part, span, at_start));
    if let Some(part) = wanted.get::<PyStr>() {
        return Ok(Value::bool(fits(part)));
    }
    let Some(parts) = wanted.get::<PyTuple>() else {
        let got = wanted.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{name} first arg must be str or a tuple of str, not {got}"));
    };
    for part in parts.iter() {
        let Some(part) = part.get::<PyStr>() else {
            let got = part.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "tuple for {name} must only contain str, not {got}"));
        };
        if fits(part) {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}

pub(super) fn startswith(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    tail_match(thread, this, arguments, true)
}

pub(super) fn endswith(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    tail_match(thread, this, arguments, false)
}

pub(super) fn removeprefix(thread: &Thread, this: Ref<'_>, prefix: Ref<'_>) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let prefix = arguments::expect_str(thread, "removeprefix", "argument", prefix)?;
    let start = if has_at(text, prefix, 0) { prefix.len() } else { 0 };
    value(text.slice(thread, start, text.len()))
}

pub(super) fn removesuffix(thread: &Thread, this: Ref<'_>, suffix: Ref<'_>) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let suffix = arguments::expect_str(thread, "removesuffix", "argument", suffix)?;
    let end = text.len().checked_sub(suffix.len()).filter(|&at| has_at(text, suffix, at));
    value(text.slice(thread, 0, end.unwrap_or(text.len())))
}
