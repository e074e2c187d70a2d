//! Items of the formats that are one letter: from bytes to a value and back, in the machine's order.

use taipan_object::buffer::Memory;
use taipan_object::bytes::PyBytes;
use taipan_object::exception::{OVERFLOW_ERROR, TYPE_ERROR};
use taipan_object::{PyResult, Ref, Thread, Value, half, protocol, raise};

use crate::construct::float_from_number;

/// The value of an item.
///
/// # Errors
/// `NotImplementedError` for letters that are none.
pub(super) fn unpack(thread: &Thread, letter: u8, item: Memory<'_>) -> PyResult<Value> {
    let mut bytes = [0; 8];
    item.copy_to(&mut bytes);
    let word = u64::from_ne_bytes(bytes);
    match letter {
        b'B' => Ok(Value::small(word as u8 as i32)),
        b'b' => Ok(Value::small(word as i8 as i32)),
        b'c' => Ok(PyBytes::new(thread, &bytes[..1])?.into_value()),
        b'?' => Ok(Value::bool(bytes[0] != 0)),
        b'h' => Ok(Value::small(word as i16 as i32)),
        b'H' => Ok(Value::small(word as u16 as i32)),
        b'i' => Ok(Value::small(word as i32)),
        b'I' => Value::int(thread, i64::from(word as u32)),
        b'l' | b'q' | b'n' => Value::int(thread, word as i64),
        b'L' | b'Q' | b'N' | b'P' => Value::uint(thread, word),
        b'e' => Value::float(thread, half::read(word as u16)),
        b'f' => Value::float(thread, f64::from(f32::from_bits(word as u32))),
        b'd' => Value::float(thread, f64::from_bits(word)),
        _ => Err(not_supported(thread, letter)),
    }
}

fn not_supported(thread: &Thread, letter: u8) -> taipan_object::Raised {
    let letter = char::from(letter);
    raise!(thread, NOT_IMPLEMENTED_ERROR, "memoryview: format {letter} not supported")
}

/// The bytes of a value as an item, the first `size` of the eight.
///
/// # Errors
/// `TypeError` or `ValueError` if the value is not one of the format.
pub(super) fn pack(thread: &Thread, letter: u8, value: Ref<'_>) -> PyResult<[u8; 8]> {
    let signed = |low: i64, high: i64| integer(thread, letter, value, i128::from(low), i128::from(high));
    let unsigned = |high: u64| integer(thread, letter, value, 0, i128::from(high));
    match letter {
        b'b' => signed(i8::MIN.into(), i8::MAX.into()),
        b'h' => signed(i16::MIN.into(), i16::MAX.into()),
        b'i' => signed(i32::MIN.into(), i32::MAX.into()),
        b'l' | b'q' | b'n' => signed(i64::MIN, i64::MAX),
        b'B' => unsigned(u8::MAX.into()),
        b'H' => unsigned(u16::MAX.into()),
        b'I' => unsigned(u32::MAX.into()),
        b'L' | b'Q' | b'N' | b'P' => unsigned(u64::MAX),
        b'?' => Ok(u64::from(protocol::truth(thread, value)?).to_ne_bytes()),
        b'c' => match value.get::<PyBytes>().map(PyBytes::as_slice) {
            Some([byte]) => Ok(u64::from(*byte).to_ne_bytes()),
            Some(_) => Err(wrong_value(thread, letter)),
            None => Err(wrong_type(thread, letter)),
        },
        b'e' | b'f' | b'd' => float(thread, letter, value),
        _ => Err(not_supported(thread, letter)),
    }
}

fn integer(thread: &Thread, letter: u8, value: Ref<'_>, low: i128, high: i128) -> PyResult<[u8; 8]> {
    let int = match protocol::number::index(thread, value) {
        Ok(int) => int,
        Err(raised) => {
            let error = thread.catch(raised);
            let own = error.as_ref().ty().is_subtype(&TYPE_ERROR);
            return Err(if own { wrong_type(thread, letter) } else { thread.raise(error) });
        }
    };
    let int = int.as_ref();
    let wide = match int.to_i64() {
        Some(int) => Some(i128::from(int)),
        None => int.int_to_text(10).and_then(|text| text.parse().ok()),
    };
    match wide.filter(|wide| (low..=high).contains(wide)) {
        Some(wide) => Ok((wide as u64).to_ne_bytes()),
        None => Err(wrong_value(thread, letter)),
    }
}

fn float(thread: &Thread, letter: u8, value: Ref<'_>) -> PyResult<[u8; 8]> {
    let float = match float_from_number(thread, value) {
        Ok(float) => float,
        Err(raised) => {
            let error = thread.catch(raised);
            let ty = error.as_ref().ty();
            return Err(match (ty.is_subtype(&TYPE_ERROR), ty.is_subtype(&OVERFLOW_ERROR)) {
                (true, _) => wrong_type(thread, letter),
                (_, true) => wrong_value(thread, letter),
                _ => thread.raise(error),
            });
        }
    };
    match letter {
        b'e' => match half::write(float) {
            Some(bits) => Ok(u64::from(bits).to_ne_bytes()),
            None => Err(raise!(thread, OVERFLOW_ERROR, "float too large to pack with e format")),
        },
        b'f' => Ok(u64::from((float as f32).to_bits()).to_ne_bytes()),
        _ => Ok(float.to_bits().to_ne_bytes()),
    }
}

#[cold]
fn wrong_type(thread: &Thread, letter: u8) -> taipan_object::Raised {
    let letter = char::from(letter);
    raise!(thread, TYPE_ERROR, "memoryview: invalid type for format '{letter}'")
}

#[cold]
fn wrong_value(thread: &Thread, letter: u8) -> taipan_object::Raised {
    let letter = char::from(letter);
    raise!(thread, VALUE_ERROR, "memoryview: invalid value for format '{letter}'")
}
