//! Taking strings apart: `split`, `rsplit`, `splitlines`, `partition`, `rpartition`.

use taipan_object::list::PyList;
use taipan_object::str::{PyStr, statics};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_unicode::is_space;

use super::find::{each_place, find_last};
use super::{receiver, unchanged};
use crate::arguments::{Parameters, to_size};
use crate::chars::with_chars;

const fn split_parameters(function: &'static str) -> Parameters<2> {
    Parameters { function, names: ["sep", "maxsplit"], positional_only: 0, positional: 2, required: 0 }
}

/// Where parts begin and end, as positions of characters.
type Parts = Vec<(usize, usize)>;

fn list_of(thread: &Thread, text: &PyStr, parts: Parts) -> PyResult<Value> {
    let list = PyList::with_capacity(thread, parts.len())?;
    for (start, end) in parts {
        list.push(thread, text.slice(thread, start, end)?.into_value())?;
    }
    Ok(list.into_value())
}

/// Parts between whitespace, from the left.
fn words<C: Copy + Into<u32>>(chars: &[C], most: usize) -> Parts {
    let mut parts = Vec::new();
    let mut at = 0;
    let skip = |from: usize, space: bool| {
        let rest = chars.get(from..).unwrap_or_default();
        rest.iter().position(|&c| is_space(c.into()) != space).map_or(chars.len(), |found| from + found)
    };
    loop {
        let start = skip(at, true);
        if start >= chars.len() {
            return parts;
        }
        if parts.len() == most {
            parts.push((start, chars.len()));
            return parts;
        }
        at = skip(start, false);
        parts.push((start, at));
    }
}

/// Parts between whitespace, from the right; the last one first.
fn words_from_the_right<C: Copy + Into<u32>>(chars: &[C], most: usize) -> Parts {
    let mut parts = Vec::new();
    let mut at = chars.len();
    let skip = |to: usize, space: bool| {
        let rest = chars.get(..to).unwrap_or_default();
        rest.iter().rposition(|&c| is_space(c.into()) != space).map_or(0, |found| found + 1)
    };
    loop {
        let end = skip(at, true);
        if end == 0 {
            return parts;
        }
        if parts.len() == most {
            parts.push((0, end));
            return parts;
        }
        at = skip(end, false);
        parts.push((at, end));
    }
}

fn between(text: &PyStr, separator: &PyStr, most: usize) -> Parts {
    let mut parts = Vec::new();
    let mut start = 0;
    each_place(text, separator, |at| {
        let goes_on = parts.len() < most;
        if goes_on {
            parts.push((start, at));
            start = at + separator.len();
        }
        goes_on
    });
    parts.push((start, text.len()));
    parts
}

/// The same from the right; the last part first.
fn between_from_the_right(thread: &Thread, text: &PyStr, separator: &PyStr, most: usize) -> PyResult<Parts> {
    let mut parts = Vec::new();
    let mut end = text.len();
    while parts.len() < most {
        let Some(at) = find_last_before(text, separator, end) else { break };
        parts.push((at + separator.len(), end));
        end = at;
        if parts.try_reserve(1).is_err() {
            return Err(thread.raise_memory_error());
        }
    }
    parts.push((0, end));
    Ok(parts)
}

fn find_last_before(text: &PyStr, wanted: &PyStr, end: usize) -> Option<usize> {
    with_chars!(text, hay => with_chars!(wanted, needle => {
        hay.get(..end)?.windows(needle.len()).rposition(|window| {
            window.iter().zip(needle).all(|(&a, &b)| u32::from(a) == u32::from(b))
        })
    }))
}

#[cold]
fn empty_separator(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "empty separator")
}

fn split_by(
    thread: &Thread,
    this: Ref<'_>,
    [separator, most]: [Option<Ref<'_>>; 2],
    from_the_right: bool,
) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let most = most.map_or(Ok(-1), |most| to_size(thread, most))?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let parts = match separator.filter(|separator| !separator.is_none()) {
        None if from_the_right => with_chars!(text, chars => words_from_the_right(chars, most)),
        None => with_chars!(text, chars => words(chars, most)),
        Some(separator) => {
            let Some(separator) = separator.get::<PyStr>() else {
                let got = separator.ty().name();
                return Err(raise!(thread, TYPE_ERROR, "must be str or None, not {got}"));
            };
            match from_the_right {
                _ if separator.is_empty() => return Err(empty_separator(thread)),
                true => between_from_the_right(thread, text, separator, most)?,
                false => between(text, separator, most),
            }
        }
    };
    let parts = if from_the_right { parts.into_iter().rev().collect() } else { parts };
    list_of(thread, text, parts)
}

pub(super) fn split(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    split_by(thread, this, split_parameters("split").bind(thread, arguments, names)?, false)
}

pub(super) fn rsplit(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    split_by(thread, this, split_parameters("rsplit").bind(thread, arguments, names)?, true)
}

const SPLITLINES: Parameters<1> = Parameters {
    function: "splitlines",
    names: ["keepends"],
    positional_only: 0,
    positional: 1,
    required: 0,
};

fn ends_line(c: u32) -> bool {
    matches!(c, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

pub(super) fn splitlines(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [keeps] = SPLITLINES.bind(thread, arguments, names)?;
    let keeps = keeps.map_or(Ok(false), |keeps| protocol::truth(thread, keeps))?;
    let text = receiver(thread, this)?;
    let parts = with_chars!(text, chars => lines(chars, keeps));
    list_of(thread, text, parts)
}

fn lines<C: Copy + Into<u32>>(chars: &[C], keeps: bool) -> Parts {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let rest = chars.get(start..).unwrap_or_default();
        let end = rest.iter().position(|&c| ends_line(c.into())).map_or(chars.len(), |found| start + found);
        let is = |at: usize, wanted: u32| chars.get(at).is_some_and(|&c| c.into() == wanted);
        let both = is(end, 0x0D) && is(end + 1, 0x0A);
        let next = (end + 1 + usize::from(both)).min(chars.len());
        parts.push((start, if keeps { next } else { end }));
        start = next;
    }
    parts
}

/// The three parts, or the string with two empty ones at the side that `from_the_right` tells.
fn three(thread: &Thread, this: Ref<'_>, separator: Ref<'_>, from_the_right: bool) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let Some(wanted) = separator.get::<PyStr>() else {
        return Err(raise!(thread, TYPE_ERROR, "must be str, not {}", separator.ty().name()));
    };
    if wanted.is_empty() {
        return Err(empty_separator(thread));
    }
    let found = if from_the_right { find_last(text, wanted) } else { text.find(wanted, 0) };
    let empty = || Owned::into_value(statics::empty());
    let parts = match found {
        Some(at) => [
            text.slice(thread, 0, at)?.into_value(),
            separator.to_value(),
            text.slice(thread, at + wanted.len(), text.len())?.into_value(),
        ],
        None if from_the_right => [empty(), empty(), unchanged(thread, text)?],
        None => [unchanged(thread, text)?, empty(), empty()],
    };
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

pub(super) fn partition(thread: &Thread, this: Ref<'_>, separator: Ref<'_>) -> PyResult<Value> {
    three(thread, this, separator, false)
}

pub(super) fn rpartition(thread: &Thread, this: Ref<'_>, separator: Ref<'_>) -> PyResult<Value> {
    three(thread, this, separator, true)
}
