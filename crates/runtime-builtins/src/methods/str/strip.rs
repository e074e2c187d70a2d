//! `strip`, `lstrip`, `rstrip`.

use taipan_object::str::{Chars, PyStr};
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_unicode::is_space;

use super::{receiver, value};
use crate::arguments::check_count;
use crate::chars::with_chars;

fn stripped(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    name: &str,
    [left, right]: [bool; 2],
) -> PyResult<Value> {
    check_count(thread, name, arguments.len(), 0, 1)?;
    let text = receiver(thread, this)?;
    let set = match arguments.first().filter(|set| !set.as_ref().is_none()) {
        None => None,
        Some(set) => match set.as_ref().get::<PyStr>() {
            Some(set) => Some(set.chars()),
            None => return Err(raise!(thread, TYPE_ERROR, "{name} arg must be None or str")),
        },
    };
    let goes = |c: u32| match &set {
        None => is_space(c),
        Some(Chars::One(set)) => u8::try_from(c).is_ok_and(|c| set.contains(&c)),
        Some(Chars::Two(set)) => u16::try_from(c).is_ok_and(|c| set.contains(&c)),
        Some(Chars::Four(set)) => set.contains(&c),
    };
    let (start, end) = with_chars!(text, chars => {
        let kept = |&c: &_| !goes(u32::from(c));
        let start = if left { chars.iter().position(kept).unwrap_or(chars.len()) } else { 0 };
        let end = if right { chars.iter().rposition(kept).map_or(0, |last| last + 1) } else { chars.len() };
        (start, end.max(start))
    });
    value(text.slice(thread, start, end))
}

pub(super) fn strip(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    stripped(thread, this, arguments, "strip", [true, true])
}

pub(super) fn lstrip(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    stripped(thread, this, arguments, "lstrip", [true, false])
}

pub(super) fn rstrip(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    stripped(thread, this, arguments, "rstrip", [false, true])
}
