//! Taking bytes off the ends: `strip`, `lstrip`, `rstrip`, `removeprefix`, `removesuffix`.

use taipan_object::{PyResult, Ref, Thread, Value};

use super::{alike, bytes_of, is_space};
use crate::arguments::check_count;

fn stripped(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    name: &str,
    [left, right]: [bool; 2],
) -> PyResult<Value> {
    check_count(thread, name, arguments.len(), 0, 1)?;
    let set = arguments.first().filter(|set| !set.as_ref().is_none());
    let set = set.map(|set| bytes_of(thread, set.as_ref())).transpose()?;
    let kept = |byte: &u8| match &set {
        None => !is_space(*byte),
        Some(set) => !set.contains(byte),
    };
    let bytes = bytes_of(thread, this)?;
    let start = if left { bytes.iter().position(kept).unwrap_or(bytes.len()) } else { 0 };
    let end = if right { bytes.iter().rposition(kept).map_or(0, |last| last + 1) } else { bytes.len() };
    alike(thread, this, bytes.get(start..end).unwrap_or_default())
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

pub(super) fn removeprefix(thread: &Thread, this: Ref<'_>, prefix: Ref<'_>) -> PyResult<Value> {
    let (prefix, bytes) = (bytes_of(thread, prefix)?, bytes_of(thread, this)?);
    alike(thread, this, bytes.strip_prefix(&*prefix).unwrap_or(&bytes))
}

pub(super) fn removesuffix(thread: &Thread, this: Ref<'_>, suffix: Ref<'_>) -> PyResult<Value> {
    let (suffix, bytes) = (bytes_of(thread, suffix)?, bytes_of(thread, this)?);
    alike(thread, this, bytes.strip_suffix(&*suffix).unwrap_or(&bytes))
}
