//! From values to bytes.

use taipan_object::buffer::{Buffer, Request};
use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::complex::{COMPLEX, PyComplex};
use taipan_object::exception::TYPE_ERROR;
use taipan_object::half;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::to_size;

use super::error;
use super::format::{Code, Format, Kind};

/// The bytes of values, as an object.
pub(super) fn to_bytes(thread: &Thread, format: &Format, values: &[Value]) -> PyResult<Value> {
    let bytes = bytes_of(thread, format, values, "pack")?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

fn bytes_of(thread: &Thread, format: &Format, values: &[Value], function: &str) -> PyResult<Vec<u8>> {
    if values.len() != format.values {
        let (wanted, got) = (format.values, values.len());
        return Err(error(
            thread,
            format_args!("{function} expected {wanted} items for packing (got {got})"),
        ));
    }
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(format.size).is_err() {
        return Err(thread.raise_memory_error());
    }
    bytes.resize(format.size, 0);
    let mut values = values.iter();
    for code in &format.codes {
        for (at, value) in values.by_ref().take(code.count).enumerate() {
            let start = code.offset + at * code.size;
            let made = one(thread, code, value.as_ref(), format.big)?;
            let place = bytes.iter_mut().skip(start).take(code.size);
            place.zip(made).for_each(|(to, from)| *to = from);
        }
    }
    Ok(bytes)
}

/// Writes the bytes of values into a buffer; the arguments are the buffer, the offset and the values.
pub(super) fn into(thread: &Thread, format: &Format, arguments: &[Value]) -> PyResult<Value> {
    let Some((buffer, rest)) = arguments.split_first() else {
        return Err(error(thread, format_args!("pack_into expected buffer argument")));
    };
    let Some((offset, values)) = rest.split_first() else {
        return Err(error(thread, format_args!("pack_into expected offset argument")));
    };
    if values.len() != format.values {
        bytes_of(thread, format, values, "pack_into")?;
    }
    let target = Buffer::get(thread, buffer.as_ref(), Request::WRITABLE).map_err(|raised| {
        drop(thread.catch(raised));
        let ty = buffer.as_ref().ty().name();
        raise!(thread, TYPE_ERROR, "argument must be read-write bytes-like object, not {ty}")
    })?;
    let offset = to_size(thread, offset.as_ref())?;
    let start = place_of(thread, format, offset, target.len())?;
    let bytes = bytes_of(thread, format, values, "pack_into")?;
    if let Some(memory) = target.contiguous() {
        memory.write(start, &bytes);
    }
    Ok(Value::none())
}

/// Where a part of a buffer of `length` bytes begins.
fn place_of(thread: &Thread, format: &Format, offset: isize, length: usize) -> PyResult<usize> {
    let size = format.size;
    let start = match usize::try_from(offset) {
        Ok(start) => start,
        Err(_) => {
            let back = offset.unsigned_abs();
            if size > back {
                return Err(error(thread, format_args!("no space to pack {size} bytes at offset {offset}")));
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
    if length.checked_sub(start).is_none_or(|left| left < size) {
        let needed = start.saturating_add(size);
        return Err(error(
            thread,
            format_args!(
                "pack_into requires a buffer of at least {needed} bytes for packing {size} bytes at offset {start} (actual buffer size is {length})"
            ),
        ));
    }
    Ok(start)
}

/// The bytes of one value.
fn one(thread: &Thread, code: &Code, value: Ref<'_>, big: bool) -> PyResult<Vec<u8>> {
    match code.kind {
        Kind::Pad => Ok(Vec::new()),
        Kind::Bool => Ok(vec![protocol::truth(thread, value)?.into()]),
        Kind::Char => match value.get::<PyBytes>().map(PyBytes::as_slice) {
            Some([byte]) => Ok(vec![*byte]),
            _ => Err(error(thread, format_args!("char format requires a bytes object of length 1"))),
        },
        Kind::Bytes => bytes_like(thread, code.letter, value),
        Kind::Pascal => {
            let bytes = bytes_like(thread, code.letter, value)?;
            // the length byte says 255 of more, though they are written
            let kept = bytes.len().min(code.size.saturating_sub(1));
            let mut out = vec![kept.min(255) as u8];
            out.extend(bytes.into_iter().take(kept));
            Ok(out)
        }
        Kind::Complex => complex(thread, code, value, big),
        Kind::Float => Ok(ordered(float(thread, code, value)?, big)),
        Kind::Int { signed } => Ok(ordered(int(thread, code, value, signed)?, big)),
    }
}

fn ordered(mut bytes: Vec<u8>, big: bool) -> Vec<u8> {
    if big {
        bytes.reverse();
    }
    bytes
}

fn bytes_like(thread: &Thread, letter: char, value: Ref<'_>) -> PyResult<Vec<u8>> {
    if let Some(bytes) = value.get::<PyBytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    match value.get::<PyByteArray>() {
        Some(array) => array.copy(thread, 0, usize::MAX),
        None => Err(error(thread, format_args!("argument for '{letter}' must be a bytes object"))),
    }
}

/// The bytes of a float, the lowest first.
fn float(thread: &Thread, code: &Code, value: Ref<'_>) -> PyResult<Vec<u8>> {
    let float = match value.to_f64() {
        Some(float) => float,
        None if value.is_int() => taipan_object::int::int_to_f64(thread, value)?,
        None => match value.ty().slots().float.get() {
            Some(to_float) => to_float(thread, value)?.as_ref().to_f64().unwrap_or_default(),
            None => return Err(error(thread, format_args!("required argument is not a float"))),
        },
    };
    let letter = code.letter;
    let too_large = || raise!(thread, OVERFLOW_ERROR, "float too large to pack with {letter} format");
    match code.size {
        2 => Ok(half::write(float).ok_or_else(too_large)?.to_le_bytes().to_vec()),
        4 => {
            let single = float as f32;
            if single.is_infinite() && float.is_finite() {
                return Err(too_large());
            }
            Ok(single.to_le_bytes().to_vec())
        }
        _ => Ok(float.to_le_bytes().to_vec()),
    }
}

/// The bytes of a complex number, the real part first.
fn complex(thread: &Thread, code: &Code, value: Ref<'_>, big: bool) -> PyResult<Vec<u8>> {
    let wrong = || error(thread, format_args!("required argument is not a complex"));
    if value.get::<PyStr>().is_some() {
        return Err(wrong());
    }
    let number = match protocol::call(thread, as_ref(&COMPLEX), &[value.to_value()], None) {
        Ok(number) => number,
        Err(raised) => {
            let exception = thread.catch(raised);
            let is_type_error = exception.as_ref().ty().is_subtype(&TYPE_ERROR);
            return Err(if is_type_error { wrong() } else { thread.raise(exception) });
        }
    };
    let parts = number.as_ref().get::<PyComplex>().map_or([0.0, 0.0], PyComplex::parts);
    let bytes = |part: f64| match code.size {
        // what is too large is infinite
        8 => (part as f32).to_le_bytes().to_vec(),
        _ => part.to_le_bytes().to_vec(),
    };
    Ok(parts.into_iter().flat_map(|part| ordered(bytes(part), big)).collect())
}

/// The bytes of an integer, the lowest first.
fn int(thread: &Thread, code: &Code, value: Ref<'_>, signed: bool) -> PyResult<Vec<u8>> {
    if !value.is_int() && value.ty().slots().index.get().is_none() {
        return Err(error(thread, format_args!("required argument is not an integer")));
    }
    let index = protocol::number::index(thread, value)?;
    let number = match index.as_ref().to_i64() {
        Some(number) => Some(i128::from(number)),
        None => index.as_ref().int_to_text(16).and_then(|digits| i128::from_str_radix(&digits, 16).ok()),
    };
    let bits = code.size * 8;
    let (least, most) = match signed {
        true => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
        false => (0, (1_i128 << bits) - 1),
    };
    match number.filter(|number| (least..=most).contains(number)) {
        Some(number) => Ok(number.to_le_bytes().into_iter().take(code.size).collect()),
        None => {
            let letter = code.letter;
            Err(error(thread, format_args!("'{letter}' format requires {least} <= number <= {most}")))
        }
    }
}
