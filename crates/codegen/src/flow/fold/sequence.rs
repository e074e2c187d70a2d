//! Texts, bytes and tuples. Repetitions are folded only if what they give is short.

use super::number::Number;
use num_bigint::{BigInt, Sign};
use taipan_bytecode_format::Const;
use taipan_wtf8::{CodePoint, Wtf8Buf};

/// Most values of a repeated tuple.
const MAX_ITEMS: usize = 256;

/// Most characters or bytes of a repeated text.
const MAX_LENGTH: usize = 4096;

/// Most values of a repeated tuple, those of tuples in it counted.
const MAX_TOTAL_ITEMS: usize = 1024;

/// `left + right`
pub(super) fn concatenate(left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Str(left), Const::Str(right)) => {
            let mut text = Wtf8Buf::with_capacity(left.len() + right.len());
            text.push_wtf8(left.as_wtf8());
            text.push_wtf8(right.as_wtf8());
            Some(Const::Str(text))
        }
        (Const::Bytes(left), Const::Bytes(right)) => Some(Const::Bytes([&left[..], right].concat())),
        (Const::Tuple(left), Const::Tuple(right)) => Some(Const::Tuple([&left[..], right].concat())),
        _ => None,
    }
}

/// `sequence * count`
pub(super) fn repeat(sequence: &Const, count: &Const) -> Option<Const> {
    let Number::Int(count) = Number::of(count)? else { return None };
    match sequence {
        Const::Str(text) => {
            let count = repetitions(&count, text.as_wtf8().code_points().count(), MAX_LENGTH)?;
            let mut repeated = Wtf8Buf::with_capacity(text.len() * count);
            (0..count).for_each(|_| repeated.push_wtf8(text.as_wtf8()));
            Some(Const::Str(repeated))
        }
        Const::Bytes(bytes) => {
            Some(Const::Bytes(bytes.repeat(repetitions(&count, bytes.len(), MAX_LENGTH)?)))
        }
        Const::Tuple(items) => {
            let count = repetitions(&count, items.len(), MAX_ITEMS)?;
            if count > 0 && total_items(items, MAX_TOTAL_ITEMS / count).is_none() {
                return None;
            }
            Some(Const::Tuple(std::iter::repeat_n(items, count).flatten().cloned().collect()))
        }
        _ => None,
    }
}

/// How often to repeat something of this length; none if the result is longer than allowed.
fn repetitions(count: &BigInt, length: usize, most: usize) -> Option<usize> {
    if length == 0 {
        // any number that fits a machine word
        return i64::try_from(count).ok().map(|_| 0);
    }
    let count = usize::try_from(count).ok()?;
    (count <= most / length).then_some(count)
}

/// What is left of a number of values that tuples may have, these and those in them.
fn total_items(items: &[Const], most: usize) -> Option<usize> {
    let mut left = most.checked_sub(items.len())?;
    for item in items {
        if let Const::Tuple(items) = item {
            left = total_items(items, left)?;
        }
    }
    Some(left)
}

/// `sequence[key]`
pub(super) fn subscript(sequence: &Const, key: &Const) -> Option<Const> {
    match sequence {
        Const::Str(text) => {
            let points: Vec<CodePoint> = text.as_wtf8().code_points().collect();
            let chosen = choose(&points, key)?;
            let mut text = Wtf8Buf::with_capacity(chosen.len());
            chosen.iter().for_each(|&point| text.push(point));
            Some(Const::Str(text))
        }
        Const::Bytes(bytes) => match choose(bytes, key)? {
            chosen if matches!(key, Const::Slice(_)) => Some(Const::Bytes(chosen)),
            chosen => chosen.first().map(|&byte| Const::Int(byte.into())),
        },
        Const::Tuple(items) => match choose(items, key)? {
            chosen if matches!(key, Const::Slice(_)) => Some(Const::Tuple(chosen)),
            chosen => chosen.into_iter().next(),
        },
        _ => None,
    }
}

/// The values that an index or a slice names: of an index exactly one.
fn choose<T: Clone>(values: &[T], key: &Const) -> Option<Vec<T>> {
    if let Const::Slice(parts) = key {
        return Some(slice(values.len(), parts)?.map(|at| values[at].clone()).collect());
    }
    let Number::Int(index) = Number::of(key)? else { return None };
    let index = i64::try_from(index.as_ref()).ok()?;
    let at = if index < 0 { index.checked_add(i64::try_from(values.len()).ok()?)? } else { index };
    values.get(usize::try_from(at).ok()?).map(|value| vec![value.clone()])
}

/// The places that a slice names in something of this length.
fn slice(length: usize, [start, stop, step]: &[Const; 3]) -> Option<impl Iterator<Item = usize> + use<>> {
    let length = i128::try_from(length).ok()?;
    let step = part(step)?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let step = step.max(-i128::from(i64::MAX));
    let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let place = |value: Option<i128>, default| match value {
        None => default,
        Some(value) if value < 0 => (value + length).clamp(least, most),
        Some(value) => value.clamp(least, most),
    };
    let (first, last) = if step > 0 { (least, most) } else { (most, least) };
    let (start, stop) = (place(part(start)?, first), place(part(stop)?, last));
    let distance = if step > 0 { stop - start } else { start - stop };
    let count = if distance > 0 { (distance - 1) / step.abs() + 1 } else { 0 };
    Some((0..count).filter_map(move |n| usize::try_from(start + n * step).ok()))
}

/// A part of a slice, cut to a machine word; `Some(None)` if it is left out.
#[expect(clippy::option_option, reason = "a part may be wrong, and may be left out")]
fn part(part: &Const) -> Option<Option<i128>> {
    if matches!(part, Const::None) {
        return Some(None);
    }
    let Number::Int(value) = Number::of(part)? else { return None };
    Some(Some(match i64::try_from(value.as_ref()) {
        Ok(value) => value.into(),
        Err(_) if value.sign() == Sign::Minus => i64::MIN.into(),
        Err(_) => i64::MAX.into(),
    }))
}
