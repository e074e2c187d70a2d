//! Case: `upper`, `lower`, `title`, `capitalize`, `swapcase`, `casefold`. A capital sigma becomes a final one in
//! lower case when it ends a word.

use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_unicode::case::{Mapped, to_folded, to_lower, to_title, to_upper};
use taipan_unicode::{is_case_ignorable, is_cased, is_lowercase, is_uppercase};

use super::{receiver, value};
use crate::chars::code_points;

const CAPITAL_SIGMA: u32 = 0x3A3;
const SMALL_SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

/// Whether the sigma at a place has a letter before it in its word, and none behind it.
fn ends_word(all: &[u32], at: usize) -> bool {
    let (before, behind) = (all.get(..at).unwrap_or_default(), all.get(at + 1..).unwrap_or_default());
    let before = before.iter().rev().find(|&&c| !is_case_ignorable(c));
    let behind = behind.iter().find(|&&c| !is_case_ignorable(c));
    before.is_some_and(|&c| is_cased(c)) && !behind.is_some_and(|&c| is_cased(c))
}

/// A new string of what each character becomes.
fn mapped(
    thread: &Thread,
    this: Ref<'_>,
    ascii: fn(&str) -> String,
    mut map: impl FnMut(&mut Vec<u32>, &[u32], usize, u32),
) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    if let Some(text) = text.as_ascii() {
        return value(PyStr::from_text(thread, &ascii(text)));
    }
    let all = code_points(text);
    let mut new = Vec::new();
    if new.try_reserve(all.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for (at, &c) in all.iter().enumerate() {
        map(&mut new, &all, at, c);
    }
    value(PyStr::from_code_points(thread, &new))
}

fn push(new: &mut Vec<u32>, mapped: Mapped) {
    new.extend_from_slice(mapped.as_slice());
}

fn push_lower(new: &mut Vec<u32>, all: &[u32], at: usize, c: u32) {
    match c {
        CAPITAL_SIGMA => new.push(if ends_word(all, at) { FINAL_SIGMA } else { SMALL_SIGMA }),
        _ => push(new, to_lower(c)),
    }
}

pub(super) fn upper(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if let Some(made) = receiver(thread, this)?.map_ascii(thread, |byte| byte.to_ascii_uppercase()) {
        return value(made);
    }
    mapped(thread, this, str::to_ascii_uppercase, |new, _, _, c| push(new, to_upper(c)))
}

pub(super) fn lower(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if let Some(made) = receiver(thread, this)?.map_ascii(thread, |byte| byte.to_ascii_lowercase()) {
        return value(made);
    }
    mapped(thread, this, str::to_ascii_lowercase, push_lower)
}

pub(super) fn casefold(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    if let Some(made) = receiver(thread, this)?.map_ascii(thread, |byte| byte.to_ascii_lowercase()) {
        return value(made);
    }
    mapped(thread, this, str::to_ascii_lowercase, |new, _, _, c| push(new, to_folded(c)))
}

pub(super) fn capitalize(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ascii = |text: &str| {
        let (first, rest) = text.split_at(text.len().min(1));
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    mapped(thread, this, ascii, |new, all, at, c| match at {
        0 => push(new, to_title(c)),
        _ => push_lower(new, all, at, c),
    })
}

pub(super) fn title(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ascii = |text: &str| {
        let mut in_word = false;
        let title = text.chars().map(|c| {
            let was_in_word = std::mem::replace(&mut in_word, c.is_ascii_alphabetic());
            if was_in_word { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
        });
        title.collect()
    };
    let mut in_word = false;
    mapped(thread, this, ascii, |new, all, at, c| match std::mem::replace(&mut in_word, is_cased(c)) {
        true => push_lower(new, all, at, c),
        false => push(new, to_title(c)),
    })
}

pub(super) fn swapcase(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ascii = |text: &str| {
        let swap =
            |c: char| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
        text.chars().map(swap).collect()
    };
    mapped(thread, this, ascii, |new, all, at, c| {
        if is_uppercase(c) {
            push_lower(new, all, at, c);
        } else if is_lowercase(c) {
            push(new, to_upper(c));
        } else {
            new.push(c);
        }
    })
}
