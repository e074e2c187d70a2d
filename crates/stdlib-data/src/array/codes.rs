//! The types of items: their letters, sizes, and how they become bytes, in the machine's order.

use std::borrow::Cow;
use std::ffi::CStr;

use taipan_object::exception::OVERFLOW_ERROR;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use crate::real;

/// The type of the items of an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Code {
    #[default]
    SignedChar,
    UnsignedChar,
    /// The deprecated `u`, as wide as C's `wchar_t`.
    WideChar,
    Ucs4,
    Short,
    UnsignedShort,
    Int,
    UnsignedInt,
    Long,
    UnsignedLong,
    LongLong,
    UnsignedLongLong,
    Float,
    Double,
}

/// All, in the order of `typecodes`.
pub(super) const ALL: [Code; 14] = [
    Code::SignedChar,
    Code::UnsignedChar,
    Code::WideChar,
    Code::Ucs4,
    Code::Short,
    Code::UnsignedShort,
    Code::Int,
    Code::UnsignedInt,
    Code::Long,
    Code::UnsignedLong,
    Code::LongLong,
    Code::UnsignedLongLong,
    Code::Float,
    Code::Double,
];

impl Code {
    /// The letter.
    pub(super) const fn letter(self) -> char {
        match self {
            Code::SignedChar => 'b',
            Code::UnsignedChar => 'B',
            Code::WideChar => 'u',
            Code::Ucs4 => 'w',
            Code::Short => 'h',
            Code::UnsignedShort => 'H',
            Code::Int => 'i',
            Code::UnsignedInt => 'I',
            Code::Long => 'l',
            Code::UnsignedLong => 'L',
            Code::LongLong => 'q',
            Code::UnsignedLongLong => 'Q',
            Code::Float => 'f',
            Code::Double => 'd',
        }
    }

    /// The type of a letter.
    pub(super) fn of(letter: u32) -> Option<Code> {
        ALL.into_iter().find(|code| u32::from(code.letter()) == letter)
    }

    /// Bytes of an item.
    pub(super) const fn size(self) -> usize {
        match self {
            Code::SignedChar | Code::UnsignedChar => 1,
            Code::Short | Code::UnsignedShort => 2,
            Code::WideChar | Code::Ucs4 | Code::Int | Code::UnsignedInt | Code::Float => 4,
            _ => 8,
        }
    }

    /// The format of a buffer of such items.
    pub(super) const fn format(self) -> Cow<'static, CStr> {
        Cow::Borrowed(match self {
            Code::SignedChar => c"b",
            Code::UnsignedChar => c"B",
            // as wide as each other
            Code::WideChar | Code::Ucs4 => c"w",
            Code::Short => c"h",
            Code::UnsignedShort => c"H",
            Code::Int => c"i",
            Code::UnsignedInt => c"I",
            Code::Long => c"l",
            Code::UnsignedLong => c"L",
            Code::LongLong => c"q",
            Code::UnsignedLongLong => c"Q",
            Code::Float => c"f",
            Code::Double => c"d",
        })
    }

    /// Whether the items are characters.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Code::WideChar | Code::Ucs4)
    }

    /// Whether the items are integers, and if so whether they may be negative.
    pub(super) const fn signed(self) -> Option<bool> {
        match self {
            Code::SignedChar | Code::Short | Code::Int | Code::Long | Code::LongLong => Some(true),
            Code::WideChar | Code::Ucs4 | Code::Float | Code::Double => None,
            _ => Some(false),
        }
    }

    /// The value of an item, whose bytes stand first.
    pub(super) fn unpack(self, thread: &Thread, bytes: [u8; 8]) -> PyResult<Value> {
        let word =
            u64::from_le_bytes(if cfg!(target_endian = "big") { swapped(bytes, self.size()) } else { bytes });
        match self {
            Code::SignedChar => Ok(Value::small((word as i8).into())),
            Code::UnsignedChar => Ok(Value::small((word as u8).into())),
            Code::Short => Ok(Value::small((word as i16).into())),
            Code::UnsignedShort => Ok(Value::small((word as u16).into())),
            Code::Int => Ok(Value::small(word as i32)),
            Code::UnsignedInt => Value::int(thread, (word as u32).into()),
            Code::Long | Code::LongLong => Value::int(thread, word as i64),
            Code::UnsignedLong | Code::UnsignedLongLong => Value::uint(thread, word),
            Code::Float => Value::float(thread, f32::from_bits(word as u32).into()),
            Code::Double => Value::float(thread, f64::from_bits(word)),
            Code::WideChar | Code::Ucs4 => match word as u32 {
                point @ ..=0x10_FFFF => Ok(PyStr::from_code_point(thread, point)?.into_value()),
                point => Err(raise!(
                    thread,
                    VALUE_ERROR,
                    "character U+{point:x} is not in range [U+0000; U+10ffff]"
                )),
            },
        }
    }

    /// The bytes of a value as an item, which stand first.
    pub(super) fn pack(self, thread: &Thread, value: Ref<'_>) -> PyResult<[u8; 8]> {
        let word = match self {
            Code::Float => u64::from((real(thread, value)? as f32).to_bits()),
            Code::Double => real(thread, value)?.to_bits(),
            Code::WideChar | Code::Ucs4 => character(thread, value)?.into(),
            _ => self.integer(thread, value)?,
        };
        let bytes = word.to_le_bytes();
        Ok(if cfg!(target_endian = "big") { swapped(bytes, self.size()) } else { bytes })
    }

    fn integer(self, thread: &Thread, value: Ref<'_>) -> PyResult<u64> {
        let index = protocol::number::index(thread, value)?;
        let index = index.as_ref();
        let error = |message: &str| Err(thread.raise_message(&OVERFLOW_ERROR, format_args!("{message}")));
        let negative = || index.int_to_text(16).is_some_and(|text| text.starts_with('-'));
        let small = index.to_i64();
        // what is no long of C, and what is one but not of the type
        let (low, high, name) = match self {
            Code::SignedChar => (i8::MIN.into(), i8::MAX.into(), "signed char"),
            Code::UnsignedChar => (0, u8::MAX.into(), "unsigned byte integer"),
            Code::Short => (i16::MIN.into(), i16::MAX.into(), "signed short integer"),
            Code::UnsignedShort => (0, u16::MAX.into(), "unsigned short"),
            Code::Int => (i32::MIN.into(), i32::MAX.into(), "signed integer"),
            Code::Long => {
                return match small {
                    Some(int) => Ok(int as u64),
                    None => error("Python int too large to convert to C long"),
                };
            }
            Code::LongLong => {
                return match small {
                    Some(int) => Ok(int as u64),
                    None => error("int too big to convert"),
                };
            }
            _ => return self.unsigned(thread, index, small, negative()),
        };
        let Some(int) = small else { return error("Python int too large to convert to C long") };
        // numbers are read as a wider type first, whose own error comes before
        let wider = match self {
            Code::SignedChar => Some((i64::from(i16::MIN), i64::from(i16::MAX), "signed short integer")),
            Code::UnsignedShort => Some((i64::from(i32::MIN), i64::from(i32::MAX), "signed integer")),
            _ => None,
        };
        for (low, high, name) in wider.into_iter().chain([(low, high, name)]) {
            if int < low {
                return error(&format!("{name} is less than minimum"));
            }
            if int > high {
                return error(&format!("{name} is greater than maximum"));
            }
        }
        Ok(int as u64)
    }

    fn unsigned(self, thread: &Thread, index: Ref<'_>, small: Option<i64>, negative: bool) -> PyResult<u64> {
        let error = |message: &str| Err(thread.raise_message(&OVERFLOW_ERROR, format_args!("{message}")));
        let is_long_long = self == Code::UnsignedLongLong;
        if negative {
            return error(match is_long_long {
                true => "can't convert negative int to unsigned",
                false => "can't convert negative value to unsigned int",
            });
        }
        let digits = || index.int_to_text(16).and_then(|text| u64::from_str_radix(&text, 16).ok());
        let Some(word) = small.map(|int| int as u64).or_else(digits) else {
            return error(match is_long_long {
                true => "int too big to convert",
                false => "Python int too large to convert to C unsigned long",
            });
        };
        if self == Code::UnsignedInt && word > u32::MAX.into() {
            return error("unsigned int is greater than maximum");
        }
        Ok(word)
    }
}

/// The bytes of an item in the other order.
pub(super) fn swapped(mut bytes: [u8; 8], size: usize) -> [u8; 8] {
    if let Some(item) = bytes.get_mut(..size) {
        item.reverse();
    }
    bytes
}

fn character(thread: &Thread, value: Ref<'_>) -> PyResult<u32> {
    let Some(text) = value.get::<PyStr>() else {
        let ty = if value.is_none() { "None" } else { value.ty().name() };
        return Err(raise!(thread, TYPE_ERROR, "array item must be a unicode character, not {ty}"));
    };
    match (text.char_at(0), text.len()) {
        (Some(point), 1) => Ok(point),
        (_, len) => Err(raise!(
            thread,
            TYPE_ERROR,
            "array item must be a unicode character, not a string of length {len}"
        )),
    }
}
