//! Fields: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{alike, bytes_of, peek, reserve};
use crate::arguments::{Parameters, check_count, to_int, to_size, wrong_type};

/// The width and the fill byte of a call.
fn field(thread: &Thread, arguments: &[Value], name: &str) -> PyResult<(usize, u8)> {
    check_count(thread, name, arguments.len(), 1, 2)?;
    let width = arguments.first().map_or(Ok(0), |width| to_size(thread, width.as_ref()))?;
    let width = usize::try_from(width).unwrap_or(0);
    let Some(fill) = arguments.get(1).map(Value::as_ref) else { return Ok((width, b' ')) };
    let wanted = "a byte string of length 1";
    match peek(thread, fill)?.as_deref() {
        None => Err(wrong_type(thread, name, "argument 2", wanted, fill)),
        Some([byte]) => Ok((width, *byte)),
        Some(bytes) => {
            // a class derived from one of the two counts as it
            let got =
                if fill.get::<taipan_object::bytes::PyBytes>().is_some() { "bytes" } else { "bytearray" };
            let len = bytes.len();
            let message =
                format_args!("{name}(): argument 2 must be {wanted}, not a {got} object of length {len}");
            Err(raise!(thread, TYPE_ERROR, "{message}"))
        }
    }
}

fn push_fill(thread: &Thread, to: &mut Vec<u8>, fill: u8, count: usize) -> PyResult<()> {
    reserve(thread, to, count)?;
    to.resize(to.len() + count, fill);
    Ok(())
}

/// The receiver with `fill` before and behind; `place` tells how much of the padding goes before.
fn padded(
    thread: &Thread,
    this: Ref<'_>,
    (width, fill): (usize, u8),
    place: impl FnOnce(usize) -> usize,
) -> PyResult<Value> {
    let bytes = bytes_of(thread, this)?;
    let padding = width.saturating_sub(bytes.len());
    let before = place(padding);
    let mut result = Vec::new();
    push_fill(thread, &mut result, fill, before)?;
    reserve(thread, &mut result, bytes.len())?;
    result.extend_from_slice(&bytes);
    push_fill(thread, &mut result, fill, padding - before)?;
    alike(thread, this, &result)
}

pub(super) fn center(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let field = field(thread, arguments, "center")?;
    // an odd one goes to the left if the width is odd
    padded(thread, this, field, |padding| padding / 2 + (padding & field.0 & 1))
}

pub(super) fn ljust(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    padded(thread, this, field(thread, arguments, "ljust")?, |_| 0)
}

pub(super) fn rjust(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    padded(thread, this, field(thread, arguments, "rjust")?, |padding| padding)
}

pub(super) fn zfill(thread: &Thread, this: Ref<'_>, width: Ref<'_>) -> PyResult<Value> {
    let width = usize::try_from(to_size(thread, width)?).unwrap_or(0);
    let bytes = bytes_of(thread, this)?;
    let signs = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let (sign, digits) = bytes.split_at(signs);
    let mut result = sign.to_vec();
    push_fill(thread, &mut result, b'0', width.saturating_sub(bytes.len()))?;
    reserve(thread, &mut result, digits.len())?;
    result.extend_from_slice(digits);
    alike(thread, this, &result)
}

const EXPANDTABS: Parameters<1> =
    Parameters { function: "expandtabs", names: ["tabsize"], positional_only: 0, positional: 1, required: 0 };

pub(super) fn expandtabs(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [size] = EXPANDTABS.bind(thread, arguments, names)?;
    let size = size.map_or(Ok(8), |size| to_int(thread, size))?;
    let size = usize::try_from(size).unwrap_or(0);
    let mut result = Vec::new();
    let mut column = 0;
    for &byte in bytes_of(thread, this)?.iter() {
        if byte == b'\t' {
            let spaces = if size == 0 { 0 } else { size - column % size };
            push_fill(thread, &mut result, b' ', spaces)?;
            column += spaces;
        } else {
            column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
            push_fill(thread, &mut result, byte, 1)?;
        }
    }
    alike(thread, this, &result)
}
