//! From values to bytes.

use std::borrow::Cow;

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
            let to = bytes.get_mut(start..start + code.size).unwrap_or_default();
            one(thread, code, value.as_ref(), format.big, to)?;
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

/// Writes the bytes of one value where they belong, where there are zeros.
fn one(thread: &Thread, code: &Code, value: Ref<'_>, big: bool, to: &mut [u8]) -> PyResult<()> {
    match code.kind {
        Kind::Pad => {}
        Kind::Bool => put(to, &[protocol::truth(thread, value)?.into()], false),
        Kind::Char => match value.get::<PyBytes>().map(PyBytes::as_slice) {
            Some([byte]) => put(to, &[*byte], false),
            _ => return Err(error(thread, format_args!("char format requires a bytes object of length 1"))),
        },
        Kind::Bytes => put(to, &bytes_like(thread, code.letter, value)?, false),
        Kind::Pascal => {
            let bytes = bytes_like(thread, code.letter, value)?;
            if let Some((length, to)) = to.split_first_mut() {
                // the length byte says 255 of more, though they are written
                *length = bytes.len().min(to.len()).min(255) as u8;
                put(to, &bytes, false);
            }
        }
        Kind::Complex => complex(thread, code, value, big, to)?,
        Kind::Float => float(thread, code, value, big, to)?,
        Kind::Int { signed } => put(to, &int(thread, code, value, signed)?.to_le_bytes(), big),
    }
    Ok(())
}

/// Writes as many bytes as there are, and as there is room for, the last of those first if that is wanted.
#[inline]
fn put(to: &mut [u8], bytes: &[u8], reversed: bool) {
    let count = to.len().min(bytes.len());
    if let (Some(to), Some(bytes)) = (to.get_mut(..count), bytes.get(..count)) {
        to.copy_from_slice(bytes);
        if reversed {
            to.reverse();
        }
    }
}

fn bytes_like<'a>(thread: &Thread, letter: char, value: Ref<'a>) -> PyResult<Cow<'a, [u8]>> {
    if let Some(bytes) = value.get::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_slice()));
    }
    match value.get::<PyByteArray>() {
        Some(array) => array.copy(thread, 0, usize::MAX).map(Cow::Owned),
        None => Err(error(thread, format_args!("argument for '{letter}' must be a bytes object"))),
    }
}

fn float(thread: &Thread, code: &Code, value: Ref<'_>, big: bool, to: &mut [u8]) -> PyResult<()> {
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
        2 => put(to, &half::write(float).ok_or_else(too_large)?.to_le_bytes(), big),
        4 => {
            let single = float as f32;
            if single.is_infinite() && float.is_finite() {
                return Err(too_large());
            }
            put(to, &single.to_le_bytes(), big);
        }
        _ => put(to, &float.to_le_bytes(), big),
    }
    Ok(())
}

/// Writes a complex number, the real part first.
fn complex(thread: &Thread, code: &Code, value: Ref<'_>, big: bool, to: &mut [u8]) -> PyResult<()> {
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
    for (part, to) in parts.into_iter().zip(to.chunks_exact_mut(code.size / 2)) {
        match code.size {
            // what is too large is infinite
            8 => put(to, &(part as f32).to_le_bytes(), big),
            _ => put(to, &part.to_le_bytes(), big),
        }
    }
    Ok(())
}

/// The number that a value is, if it fits.
fn int(thread: &Thread, code: &Code, value: Ref<'_>, signed: bool) -> PyResult<i128> {
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
        Some(number) => Ok(number),
        None => {
            let letter = code.letter;
            Err(error(thread, format_args!("'{letter}' format requires {least} <= number <= {most}")))
        }
    }
}
