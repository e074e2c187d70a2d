//! Fields: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{receiver, unchanged, value};
use crate::arguments::{Parameters, check_count, to_size};
use crate::chars::code_points;
use crate::format::push_fill;

/// The width and the fill character of a call; the width in characters.
fn field(thread: &Thread, arguments: &[Value], name: &str) -> PyResult<(usize, u32)> {
    check_count(thread, name, arguments.len(), 1, 2)?;
    let width = match arguments.first() {
        Some(width) => to_size(thread, width.as_ref())?,
        None => 0,
    };
    let width = usize::try_from(width).unwrap_or(0);
    let Some(fill) = arguments.get(1) else { return Ok((width, ' '.into())) };
    let Some(fill) = fill.as_ref().get::<PyStr>() else {
        let got = fill.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "The fill character must be a unicode character, not {got}"));
    };
    match (fill.len(), fill.char_at(0)) {
        (1, Some(fill)) => Ok((width, fill)),
        _ => Err(raise!(thread, TYPE_ERROR, "The fill character must be exactly one character long")),
    }
}

fn padded(thread: &Thread, text: &PyStr, fill: u32, before: usize, behind: usize) -> PyResult<Value> {
    if before + behind == 0 {
        return unchanged(thread, text);
    }
    let mut builder = StrBuilder::new();
    push_fill(thread, &mut builder, fill, before)?;
    builder.push(thread, text)?;
    push_fill(thread, &mut builder, fill, behind)?;
    value(builder.finish(thread))
}

pub(super) fn center(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (width, fill) = field(thread, arguments, "center")?;
    let text = receiver(thread, this)?;
    let padding = width.saturating_sub(text.len());
    // an odd one goes to the left if the width is odd
    let before = padding / 2 + (padding & width & 1);
    padded(thread, text, fill, before, padding - before)
}

pub(super) fn ljust(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (width, fill) = field(thread, arguments, "ljust")?;
    let text = receiver(thread, this)?;
    padded(thread, text, fill, 0, width.saturating_sub(text.len()))
}

pub(super) fn rjust(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (width, fill) = field(thread, arguments, "rjust")?;
    let text = receiver(thread, this)?;
    padded(thread, text, fill, width.saturating_sub(text.len()), 0)
}

pub(super) fn zfill(thread: &Thread, this: Ref<'_>, width: Ref<'_>) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let width = usize::try_from(to_size(thread, width)?).unwrap_or(0);
    let padding = width.saturating_sub(text.len());
    let sign = text.char_at(0).filter(|&c| c == '+'.into() || c == '-'.into());
    let Some(sign) = sign.filter(|_| padding > 0) else {
        return padded(thread, text, '0'.into(), padding, 0);
    };
    let mut builder = StrBuilder::new();
    builder.push_char(thread, sign)?;
    push_fill(thread, &mut builder, '0'.into(), padding)?;
    builder.push(thread, &*text.slice(thread, 1, text.len())?)?;
    value(builder.finish(thread))
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
    let size = size.map_or(Ok(8), |size| crate::arguments::to_int(thread, size))?;
    let size = usize::try_from(size).unwrap_or(0);
    let text = receiver(thread, this)?;
    let mut builder = StrBuilder::new();
    let mut column = 0;
    for c in code_points(text) {
        match char::from_u32(c) {
            Some('\t') => {
                let spaces = if size == 0 { 0 } else { size - column % size };
                push_fill(thread, &mut builder, ' '.into(), spaces)?;
                column += spaces;
            }
            other => {
                column = if matches!(other, Some('\n' | '\r')) { 0 } else { column + 1 };
                builder.push_char(thread, c)?;
            }
        }
    }
    value(builder.finish(thread))
}
