//! Taking bytes apart: `split`, `rsplit`, `splitlines`, `partition`, `rpartition`.

use taipan_object::bytearray::PyByteArray;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};

use super::find::{find_first, find_last};
use super::{alike, bytes_of, is_space, list_of};
use crate::arguments::{Parameters, to_size};

const fn split_parameters(function: &'static str) -> Parameters<2> {
    Parameters { function, names: ["sep", "maxsplit"], positional_only: 0, positional: 2, required: 0 }
}

/// Parts between whitespace, from the left.
fn words(bytes: &[u8], most: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|&byte| !is_space(byte)) {
        let (_, from) = rest.split_at(start);
        if parts.len() == most {
            parts.push(from);
            break;
        }
        let end = from.iter().position(|&byte| is_space(byte)).unwrap_or(from.len());
        let (word, behind) = from.split_at(end);
        parts.push(word);
        rest = behind;
    }
    parts
}

/// The same from the right; the last one first.
fn words_from_the_right(bytes: &[u8], most: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(last) = rest.iter().rposition(|&byte| !is_space(byte)) {
        let (to, _) = rest.split_at(last + 1);
        if parts.len() == most {
            parts.push(to);
            break;
        }
        let start = to.iter().rposition(|&byte| is_space(byte)).map_or(0, |space| space + 1);
        let (before, word) = to.split_at(start);
        parts.push(word);
        rest = before;
    }
    parts
}

/// Parts between separators, from the left.
fn between<'a>(bytes: &'a [u8], separator: &[u8], most: usize) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while parts.len() < most {
        let Some(at) = find_first(rest, separator, 0) else { break };
        parts.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + separator.len()..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// The same from the right; the last part first.
fn between_from_the_right<'a>(bytes: &'a [u8], separator: &[u8], most: usize) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while parts.len() < most {
        let Some(at) = find_last(rest, separator) else { break };
        parts.push(rest.get(at + separator.len()..).unwrap_or_default());
        rest = rest.get(..at).unwrap_or_default();
    }
    parts.push(rest);
    parts
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
    let most = most.map_or(Ok(-1), |most| to_size(thread, most))?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let separator = separator.filter(|separator| !separator.is_none());
    let _held = super::find::hold(thread, this)?;
    let separator = separator.map(|separator| bytes_of(thread, separator)).transpose()?;
    let bytes = bytes_of(thread, this)?;
    let mut parts = match separator {
        None if from_the_right => words_from_the_right(&bytes, most),
        None => words(&bytes, most),
        Some(separator) if separator.is_empty() => return Err(empty_separator(thread)),
        Some(separator) if from_the_right => between_from_the_right(&bytes, &separator, most),
        Some(separator) => between(&bytes, &separator, most),
    };
    if from_the_right {
        parts.reverse();
    }
    list_of(thread, this, &parts)
}

type Names<'a> = Option<&'a PyTuple>;

pub(super) fn split(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    split_by(thread, this, split_parameters("split").bind(thread, arguments, names)?, false)
}

pub(super) fn rsplit(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
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

pub(super) fn splitlines(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [keeps] = SPLITLINES.bind(thread, arguments, names)?;
    let keeps = keeps.map_or(Ok(false), |keeps| protocol::truth(thread, keeps))?;
    let bytes = bytes_of(thread, this)?;
    let mut parts = Vec::new();
    let mut rest = &*bytes;
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        let ending = if behind.starts_with(b"\r\n") { 2 } else { behind.len().min(1) };
        let (whole, next) = rest.split_at(end + ending);
        parts.push(if keeps { whole } else { line });
        rest = next;
    }
    list_of(thread, this, &parts)
}

/// The three parts, or the bytes with two empty ones at the side that `from_the_right` tells.
fn three(thread: &Thread, this: Ref<'_>, separator: Ref<'_>, from_the_right: bool) -> PyResult<Value> {
    let wanted = bytes_of(thread, separator)?;
    if wanted.is_empty() {
        return Err(empty_separator(thread));
    }
    let bytes = bytes_of(thread, this)?;
    let found = if from_the_right { find_last(&bytes, &wanted) } else { find_first(&bytes, &wanted, 0) };
    let part = |part: Option<&[u8]>| alike(thread, this, part.unwrap_or_default());
    let parts = match found {
        Some(at) => {
            // bytes hand back the separator as it is, a bytearray does not share it
            let middle = match this.get::<PyByteArray>() {
                Some(_) => part(Some(&wanted))?,
                None => separator.to_value(),
            };
            [part(bytes.get(..at))?, middle, part(bytes.get(at + wanted.len()..))?]
        }
        None if from_the_right => [part(None)?, part(None)?, part(Some(&bytes))?],
        None => [part(Some(&bytes))?, part(None)?, part(None)?],
    };
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

pub(super) fn partition(thread: &Thread, this: Ref<'_>, separator: Ref<'_>) -> PyResult<Value> {
    three(thread, this, separator, false)
}

pub(super) fn rpartition(thread: &Thread, this: Ref<'_>, separator: Ref<'_>) -> PyResult<Value> {
    three(thread, this, separator, true)
}
