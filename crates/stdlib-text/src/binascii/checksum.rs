//! Checksums: CRC-32 as in gzip and zip, and the CRC-CCITT of BinHex files.

use taipan_object::{PyResult, Ref, Thread, Value, buffer, protocol, raise};
use taipan_runtime_builtins::arguments::check_count;

/// The remainders of all bytes, for the reversed polynomial of CRC-32.
const REMAINDERS: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (mut rest, mut bit) = (at as u32, 0);
        while bit < 8 {
            rest = if rest & 1 == 1 { rest >> 1 ^ 0xEDB8_8320 } else { rest >> 1 };
            bit += 1;
        }
        table[at] = rest;
        at += 1;
    }
    table
};

/// The lowest 32 bits of an int.
fn low_bits(thread: &Thread, value: Ref<'_>) -> PyResult<u32> {
    let int = protocol::number::index(thread, value)?;
    if let Some(int) = int.as_ref().to_i64() {
        return Ok(int as u32);
    }
    let text = int.as_ref().int_to_text(16).unwrap_or_default();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.as_str()),
    };
    let low = digits.get(digits.len().saturating_sub(8)..).unwrap_or_default();
    let Ok(low) = u32::from_str_radix(low, 16) else {
        return Err(raise!(thread, SYSTEM_ERROR, "an int has no digits"));
    };
    Ok(if negative { low.wrapping_neg() } else { low })
}

/// `crc32`
pub(super) fn crc32(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "crc32", arguments.len(), 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let data = buffer::bytes_of(thread, data.as_ref())?;
    let begin = arguments.get(1).map_or(Ok(0), |begin| low_bits(thread, begin.as_ref()))?;
    let rest = data.iter().fold(!begin, |rest, &byte| {
        let at = (rest as u8 ^ byte) as usize;
        REMAINDERS.get(at).copied().unwrap_or(0) ^ rest >> 8
    });
    Value::int(thread, (!rest).into())
}

/// `crc_hqx`
pub(super) fn crc_hqx(thread: &Thread, _: Ref<'_>, data: Ref<'_>, begin: Ref<'_>) -> PyResult<Value> {
    let data = buffer::bytes_of(thread, data)?;
    let begin = low_bits(thread, begin)? as u16;
    let rest = data.iter().fold(begin, |rest, &byte| {
        let shift = |rest: u16, _| if rest & 0x8000 != 0 { rest << 1 ^ 0x1021 } else { rest << 1 };
        (0..8).fold(rest ^ u16::from(byte) << 8, shift)
    });
    Ok(Value::small(rest.into()))
}
