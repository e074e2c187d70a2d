//! Numbers. The lexer has checked their spelling.

use num_bigint::BigUint;
use std::fmt;
use taipan_ast::{Arena, Complex, Constant, Int};

/// Decimal digits that an integer may have (`sys.int_info.default_max_str_digits`).
pub const MAX_DECIMAL_DIGITS: usize = 4300;

/// Why a number has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberError {
    /// A decimal integer of more digits than the limit.
    TooManyDigits {
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// Text that is no number.
    Malformed,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumberError::TooManyDigits { count, limit } => write!(
                f,
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} \
                 digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge \
                 integer literals to avoid decimal conversion limits."
            ),
            NumberError::Malformed => f.write_str("invalid number literal"),
        }
    }
}

/// The value of a decimal integer of at most 19 digits and nothing else.
#[inline]
pub fn small_decimal<'a>(text: &str) -> Option<Constant<'a>> {
    if text.len() > 19 {
        return None;
    }
    let mut value = 0u64;
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    Some(Constant::Int(Int::Small(value)))
}

/// The value of any number; a decimal integer may have `limit` digits.
///
/// # Errors
/// If the text is no number or too long a one.
pub fn parse<'a>(text: &str, limit: usize, arena: &'a Arena) -> Result<Constant<'a>, NumberError> {
    let plain;
    let digits = if text.contains('_') {
        plain = text.replace('_', "");
        &plain
    } else {
        text
    };
    let bytes = digits.as_bytes();
    if let [b'0', base, rest @ ..] = bytes {
        let bits = match base {
            b'x' | b'X' => 4,
            b'o' | b'O' => 3,
            b'b' | b'B' => 1,
            _ => 0,
        };
        if bits > 0 {
            return power_of_two(rest, bits, arena);
        }
    }
    match bytes.last() {
        Some(b'j' | b'J') => {
            let imag = float(digits.get(..digits.len() - 1).unwrap_or(""))?;
            Ok(Constant::Complex(Complex { real: 0.0, imag }))
        }
        _ if bytes.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => {
            float(digits).map(Constant::Float)
        }
        _ => decimal(digits, limit, arena),
    }
}

/// A float: rounded to the nearest even, infinite above the largest.
fn float(digits: &str) -> Result<f64, NumberError> {
    digits.parse().map_err(|_| NumberError::Malformed)
}

fn decimal<'a>(digits: &str, limit: usize, arena: &'a Arena) -> Result<Constant<'a>, NumberError> {
    if let Ok(value) = digits.parse::<u64>() {
        return Ok(Constant::Int(Int::Small(value)));
    }
    if digits.len() > limit {
        return Err(NumberError::TooManyDigits { count: digits.len(), limit });
    }
    let value = BigUint::parse_bytes(digits.as_bytes(), 10).ok_or(NumberError::Malformed)?;
    Ok(Constant::Int(big(&value.to_u32_digits(), arena)))
}

/// An integer in base 2, 8 or 16: `bits` a digit.
fn power_of_two<'a>(digits: &[u8], bits: u32, arena: &'a Arena) -> Result<Constant<'a>, NumberError> {
    let mut words = Vec::with_capacity(digits.len() * bits as usize / 32 + 1);
    let (mut word, mut filled) = (0u64, 0);
    for &byte in digits.iter().rev() {
        let digit = char::from(byte).to_digit(1 << bits).ok_or(NumberError::Malformed)?;
        word |= u64::from(digit) << filled;
        filled += bits;
        if filled >= 32 {
            words.push(word as u32);
            word >>= 32;
            filled -= 32;
        }
    }
    words.push(word as u32);
    while words.last() == Some(&0) {
        words.pop();
    }
    Ok(Constant::Int(big(&words, arena)))
}

/// The integer of these 32-bit digits, the least significant first, the last not zero.
fn big<'a>(words: &[u32], arena: &'a Arena) -> Int<'a> {
    match *words {
        [] => Int::Small(0),
        [low] => Int::Small(u64::from(low)),
        [low, high] => Int::Small(u64::from(high) << 32 | u64::from(low)),
        _ => Int::Big(arena.alloc_slice_copy(words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_has_its_value() {
        let arena = Arena::new();
        let int = |value| Ok(Constant::Int(Int::Small(value)));
        for (text, value) in [
            ("0", 0),
            ("0_0", 0),
            ("1_000", 1000),
            ("0xFF_ff", 0xFFFF),
            ("0o17", 15),
            ("0b_1011", 11),
            ("18446744073709551615", u64::MAX),
            ("0xffffffffffffffff", u64::MAX),
        ] {
            assert_eq!(parse(text, MAX_DECIMAL_DIGITS, &arena), int(value), "{text}");
        }
        assert_eq!(
            parse("18446744073709551616", MAX_DECIMAL_DIGITS, &arena),
            Ok(Constant::Int(Int::Big(&[0, 0, 1])))
        );
        assert_eq!(
            parse("0x1_0000_0000_0000_0000", MAX_DECIMAL_DIGITS, &arena),
            Ok(Constant::Int(Int::Big(&[0, 0, 1])))
        );
        assert_eq!(parse("1e400", MAX_DECIMAL_DIGITS, &arena), Ok(Constant::Float(f64::INFINITY)));
        assert_eq!(parse("1_0.5e-1", MAX_DECIMAL_DIGITS, &arena), Ok(Constant::Float(1.05)));
        assert_eq!(
            parse("3.J", MAX_DECIMAL_DIGITS, &arena),
            Ok(Constant::Complex(Complex { real: 0.0, imag: 3.0 }))
        );
        assert_eq!(
            parse(&"9".repeat(4301), MAX_DECIMAL_DIGITS, &arena),
            Err(NumberError::TooManyDigits { count: 4301, limit: 4300 })
        );
    }
}
