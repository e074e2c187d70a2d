//! From bytes to values.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::complex::PyComplex;
use taipan_object::half;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::{Parameters, to_size};

use super::error;
use super::format::{Code, Format, Kind};

/// The values of a buffer that is as large as the format.
pub(super) fn all(thread: &Thread, format: &Format, buffer: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, buffer)?;
    if bytes.len() != format.size {
        let size = format.size;
        return Err(error(thread, format_args!("unpack requires a buffer of {size} bytes")));
    }
    values(thread, format, &bytes)
}

const FROM: Parameters<2> = Parameters {
    function: "unpack_from",
    names: ["buffer", "offset"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

/// The values of a part of a buffer; the arguments are the buffer and the offset.
pub(super) fn from(
    thread: &Thread,
    format: &Format,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [buffer, offset] = FROM.bind(thread, arguments, names)?;
    let Some(buffer) = buffer else { return Ok(Value::none()) };
    let offset = offset.map_or(Ok(0), |offset| to_size(thread, offset))?;
    let bytes = bytes_of(thread, buffer)?;
    let (size, length) = (format.size, bytes.len());
    let start = match usize::try_from(offset) {
        Ok(start) => start,
        Err(_) => {
            let back = offset.unsigned_abs();
            if size > back {
                return Err(error(
                    thread,
                    format_args!("not enough data to unpack {size} bytes at offset {offset}"),
                ));
            }
            match length.checked_sub(back) {
                Some(start) => start,
                None => {
                    return Err(error(
                        thread,
                        format_args!("offset {offset} out of range for {length}-byte buffer"),
                    ));
                }
            }
        }
    };
    match start.checked_add(size).and_then(|end| bytes.get(start..end)) {
        Some(part) => values(thread, format, part),
        None => {
            let needed = start.saturating_add(size);
            Err(error(
                thread,
                format_args!(
                    "unpack_from requires a buffer of at least {needed} bytes for unpacking {size} bytes at offset {start} (actual buffer size is {length})"
                ),
            ))
        }
    }
}

/// An iterator over the values of a buffer, tuple after tuple.
pub(super) fn each(thread: &Thread, format: &Format, buffer: Ref<'_>) -> PyResult<Value> {
    let size = format.size;
    if size == 0 {
        return Err(error(thread, format_args!("cannot iteratively unpack with a struct of length 0")));
    }
    let bytes = bytes_of(thread, buffer)?;
    if !bytes.len().is_multiple_of(size) {
        return Err(error(
            thread,
            format_args!("iterative unpacking requires a buffer of a multiple of {size} bytes"),
        ));
    }
    let tuples = PyList::new(thread)?;
    for part in bytes.chunks_exact(size) {
        tuples.push(thread, values(thread, format, part)?)?;
    }
    protocol::iter(thread, tuples.as_ref())
}

fn values(thread: &Thread, format: &Format, bytes: &[u8]) -> PyResult<Value> {
    let mut out = Vec::with_capacity(format.values.min(bytes.len() + 1));
    for code in &format.codes {
        for at in 0..code.count {
            let start = code.offset + at * code.size;
            let part = bytes.get(start..start + code.size).unwrap_or_default();
            out.push(one(thread, code, part, format.big)?);
        }
    }
    Ok(PyTuple::from_values(thread, out)?.into_value())
}

fn one(thread: &Thread, code: &Code, part: &[u8], big: bool) -> PyResult<Value> {
    match code.kind {
        Kind::Pad => Ok(Value::none()),
        Kind::Bool => Ok(Value::bool(part.iter().any(|&byte| byte != 0))),
        Kind::Char | Kind::Bytes => Ok(PyBytes::new(thread, part)?.into_value()),
        Kind::Pascal => {
            let kept = part
                .split_first()
                .map_or(&[][..], |(&length, rest)| rest.get(..usize::from(length)).unwrap_or(rest));
            Ok(PyBytes::new(thread, kept)?.into_value())
        }
        Kind::Complex => {
            let half = code.size / 2;
            let (real, imaginary) = part.split_at(half.min(part.len()));
            let number = |part: &[u8]| float(half, bits_of(part, big));
            Ok(PyComplex::new(thread, number(real), number(imaginary))?.into_value())
        }
        Kind::Float => Value::float(thread, float(code.size, bits_of(part, big))),
        Kind::Int { signed } => {
            let bits = bits_of(part, big);
            if !signed {
                return Value::uint(thread, bits);
            }
            let unused = 64 - 8 * code.size as u32;
            Value::int(thread, (bits << unused) as i64 >> unused)
        }
    }
}

fn bits_of(part: &[u8], big: bool) -> u64 {
    let add = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
    if big { part.iter().fold(0, add) } else { part.iter().rev().fold(0, add) }
}

fn float(size: usize, bits: u64) -> f64 {
    match size {
        2 => half::read(bits as u16),
        4 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}
