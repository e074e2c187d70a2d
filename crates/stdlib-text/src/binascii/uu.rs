//! Lines of uuencoded data: a character for the length, then four for three bytes.

use taipan_object::bytes::PyBytes;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol};
use taipan_runtime_builtins::arguments::Parameters;

use super::{ascii, error, one_positional};

/// Bytes in a line.
const MOST: usize = 45;

/// `a2b_uu`
pub(super) fn decode(thread: &Thread, _: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let data = ascii(thread, data)?;
    let mut rest = data.iter().copied();
    let Some(length) = rest.next() else { return Err(error(thread, "Missing length byte")) };
    let length = usize::from(length.wrapping_sub(b' ') & 0x3F);
    let (mut out, mut bits, mut held) = (Vec::with_capacity(length), 0_u32, 0);
    while out.len() < length {
        let digit = match rest.next() {
            // whitespace at the end of a line may have been lost
            None | Some(b'\n' | b'\r') => {
                rest = [].iter().copied();
                0
            }
            Some(byte @ b' '..=b'`') => u32::from(byte - b' ') & 0x3F,
            Some(_) => return Err(error(thread, "Illegal char")),
        };
        bits = (bits << 6 | digit) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    // what is left over is padding
    if !rest.all(|byte| matches!(byte, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(error(thread, "Trailing garbage"));
    }
    Ok(PyBytes::new(thread, &out)?.into_value())
}

const ENCODE: Parameters<2> = Parameters {
    function: "b2a_uu",
    names: ["", "backtick"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

/// `b2a_uu`
pub(super) fn encode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    one_positional(thread, "b2a_uu", arguments, names)?;
    let [data, backtick] = ENCODE.bind(thread, arguments, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let data = buffer::bytes_of(thread, data)?;
    let zero = match backtick.map_or(Ok(false), |backtick| protocol::truth(thread, backtick))? {
        true => b'`',
        false => b' ',
    };
    if data.len() > MOST {
        return Err(error(thread, "At most 45 bytes at once"));
    }
    let character = |value: u32| if value & 63 == 0 { zero } else { b' ' + (value & 63) as u8 };
    let mut out = vec![character(data.len() as u32)];
    for group in data.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0, |bits, &byte| bits << 8 | u32::from(byte));
        out.extend([bits >> 18, bits >> 12, bits >> 6, bits].map(character));
    }
    out.push(b'\n');
    Ok(PyBytes::new(thread, &out)?.into_value())
}
