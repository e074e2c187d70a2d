//! Ints from and to floats and text. Invariant: conversions to float round to nearest, ties to even, and
//! say so when the result is out of range.

use dashu_int::UBig;

use super::{IntRef, SHIFT, library, long_text};
use crate::error::{PyResult, Raised};
use crate::raise;
use crate::thread::Thread;
use crate::value::{Ref, Value};

/// Why a text is no int.
#[derive(Debug)]
pub enum ParseError {
    /// A character that is no digit of the base, or no digit at all.
    Invalid,
    /// No memory, or what a long conversion raised at a safepoint.
    Raised(Raised),
}

/// The float of up to 53 bits.
pub(super) fn exact_f64(digits: &[u32]) -> f64 {
    digits.iter().rev().fold(0.0, |sum, &digit| sum * f64::from(1 << SHIFT) + f64::from(digit))
}

/// The float nearest to a magnitude (with something nonzero below it if `sticky`) times `2^scale`; none if it
/// is too large.
pub(super) fn rounded(digits: &[u32], sticky: bool, scale: i64) -> Option<f64> {
    let used = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    let digits = digits.get(..used)?;
    let length = IntRef { negative: false, digits, word: None }.bit_length() as i64;
    if length == 0 {
        return Some(0.0);
    }
    // the place of the lowest bit that the result keeps, not below that of subnormals
    let lowest = (length + scale - 53).max(-1074);
    let drop = lowest - scale;
    let bit = |at: i64| {
        let digit = usize::try_from(at / i64::from(SHIFT)).ok().and_then(|i| digits.get(i)).copied();
        at >= 0 && digit.is_some_and(|digit| digit >> (at % i64::from(SHIFT)) & 1 != 0)
    };
    let mut mantissa = (drop.max(0)..length).rev().fold(0_u64, |m, at| m << 1 | u64::from(bit(at)));
    if drop < 0 {
        mantissa <<= drop.unsigned_abs().min(63);
    }
    let half = bit(drop - 1);
    let below = sticky || (0..drop - 1).any(bit);
    if half && (below || mantissa & 1 != 0) {
        mantissa += 1;
    }
    if mantissa == 0 {
        return Some(0.0);
    }
    if lowest + (64 - i64::from(mantissa.leading_zeros())) > 1024 {
        return None;
    }
    Some(scaled(mantissa as f64, lowest))
}

/// `value * 2^power`, exactly, where the result is a float.
fn scaled(mut value: f64, mut power: i64) -> f64 {
    while power > 1000 {
        value *= 2_f64.powi(1000);
        power -= 1000;
    }
    while power < -1000 {
        value *= 2_f64.powi(-1000);
        power += 1000;
    }
    value * 2_f64.powi(power as i32)
}

pub(super) fn to_f64(int: IntRef<'_>, thread: &Thread) -> PyResult<f64> {
    match rounded(int.digits, false, 0) {
        Some(magnitude) => Ok(if int.negative { -magnitude } else { magnitude }),
        None => Err(raise!(thread, OVERFLOW_ERROR, "int too large to convert to float")),
    }
}

pub(super) fn float_slot(thread: &Thread, int: Ref<'_>) -> PyResult<Value> {
    let mut buffer = [0; 3];
    match IntRef::with_buffer(int, &mut buffer) {
        Some(int) => Value::float(thread, to_f64(int, thread)?),
        None => Ok(Value::not_implemented()),
    }
}

/// The float nearest to an int.
pub fn int_to_f64(thread: &Thread, int: Ref<'_>) -> PyResult<f64> {
    if let Some(small) = int.word().as_int() {
        return Ok(small as f64);
    }
    let mut buffer = [0; 3];
    match IntRef::with_buffer(int, &mut buffer) {
        Some(int) => to_f64(int, thread),
        None => Err(raise!(thread, TYPE_ERROR, "an integer is required")),
    }
}

impl Value {
    /// The int that is left of a finite float without its fraction.
    pub fn int_from_f64(thread: &Thread, value: f64) -> PyResult<Value> {
        if value.is_nan() {
            return Err(raise!(thread, VALUE_ERROR, "cannot convert float NaN to integer"));
        }
        if value.is_infinite() {
            return Err(raise!(thread, OVERFLOW_ERROR, "cannot convert float infinity to integer"));
        }
        if value.abs() < 2_f64.powi(62) {
            return Value::int(thread, value as i64);
        }
        let bits = value.to_bits();
        let (power, mantissa) = ((bits >> 52 & 0x7FF) as usize - 1075, bits & ((1 << 52) - 1) | 1 << 52);
        library::to_value(thread, value < 0.0, &(UBig::from(mantissa) << power))
    }
}

impl Ref<'_> {
    /// The digits of an int in a base from 2 to 36, with its sign; none if it is no int. Limits on the number
    /// of digits are the caller's.
    pub fn int_to_text(self, base: u32) -> Option<String> {
        if let Some(small) = self.word().as_int() {
            let (sign, size) = (if small < 0 { "-" } else { "" }, small.unsigned_abs());
            match base {
                2 => return Some(format!("{sign}{size:b}")),
                8 => return Some(format!("{sign}{size:o}")),
                10 => return Some(small.to_string()),
                16 => return Some(format!("{sign}{size:x}")),
                _ => {}
            }
        }
        let mut buffer = [0; 3];
        let int = IntRef::with_buffer(self, &mut buffer)?;
        let digits = library::from_digits(int.digits).in_radix(base).to_string();
        Some(if int.negative { format!("-{digits}") } else { digits })
    }

    /// The same in base ten, also of an int of so many digits that it takes long.
    ///
    /// # Errors
    /// What is raised at a safepoint meanwhile; `MemoryError`.
    pub fn int_to_decimal(self, thread: &Thread) -> PyResult<Option<String>> {
        let mut buffer = [0; 3];
        let int = IntRef::with_buffer(self, &mut buffer);
        let Some(int) = int.filter(|int| int.bit_length() > long_text::DIGITS as u64) else {
            return Ok(self.int_to_text(10));
        };
        let negative = int.negative;
        let mut text = long_text::to_text(thread, library::from_digits(int.digits), 10)?;
        if negative {
            text.insert(0, '-');
        }
        Ok(Some(text))
    }

    /// Bits of the magnitude of an int; none if it is no int.
    pub fn int_bit_length(self) -> Option<u64> {
        let mut buffer = [0; 3];
        IntRef::with_buffer(self, &mut buffer).map(|int| int.bit_length())
    }
}

/// The int of digits in a base from 2 to 36, without sign, prefix or underscores.
pub fn parse(thread: &Thread, negative: bool, digits: &str, base: u32) -> Result<Value, ParseError> {
    if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(base)) {
        return Err(ParseError::Invalid);
    }
    if digits.len() <= 12 {
        let magnitude = i64::from_str_radix(digits, base).map_err(|_| ParseError::Invalid)?;
        return Value::int(thread, if negative { -magnitude } else { magnitude }).map_err(ParseError::Raised);
    }
    let number = match digits.len() > long_text::DIGITS && !base.is_power_of_two() {
        true => long_text::parse(thread, digits, base).map_err(ParseError::Raised)?,
        false => UBig::from_str_radix(digits, base).ok(),
    };
    library::to_value(thread, negative, &number.ok_or(ParseError::Invalid)?).map_err(ParseError::Raised)
}
