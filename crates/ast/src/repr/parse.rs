//! Reads back what `repr` wrote. Only that: not all of Python's literals.

use crate::{Arena, Complex, Constant, Int};
use num_bigint::BigUint;
use taipan_wtf8::{CodePoint, Wtf8, Wtf8Buf};

/// Text that is no `repr` of a constant of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReprError;

/// The constant of this kind (`str`, `bytes`, `int`, `float`, `complex`, `NoneType`, `bool`,
/// `ellipsis`) and `repr`, in `arena`.
pub fn parse_constant<'a>(kind: &str, repr: &str, arena: &'a Arena) -> Result<Constant<'a>, ReprError> {
    let constant = match (kind, repr) {
        ("NoneType", "None") => Constant::None,
        ("bool", "True") => Constant::True,
        ("bool", "False") => Constant::False,
        ("ellipsis", "Ellipsis") => Constant::Ellipsis,
        ("str", _) => Constant::Str(parse_str(repr, arena)?),
        ("bytes", _) => Constant::Bytes(parse_bytes(repr, arena)?),
        ("int", _) => Constant::Int(parse_int(repr, arena)?),
        ("float", _) => Constant::Float(parse_float(repr)?),
        ("complex", _) => Constant::Complex(parse_complex(repr)?),
        _ => return Err(ReprError),
    };
    Ok(constant)
}

/// The text between equal quotes.
fn unquote(repr: &str) -> Option<&str> {
    let quote = repr.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = repr.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(inner)
}

fn parse_str<'a>(repr: &str, arena: &'a Arena) -> Result<Wtf8<'a>, ReprError> {
    let mut rest = unquote(repr).ok_or(ReprError)?;
    let mut text = Wtf8Buf::new();
    while let Some((plain, escaped)) = rest.split_once('\\') {
        text.push_str(plain);
        let (point, after) = unescape(escaped).ok_or(ReprError)?;
        text.push(point);
        rest = after;
    }
    text.push_str(rest);
    Wtf8::from_bytes(arena.alloc_slice_copy(&text)).map_err(|_| ReprError)
}

/// The code point of an escape, whose backslash is already read, and what follows.
fn unescape(escaped: &str) -> Option<(CodePoint, &str)> {
    let mut chars = escaped.chars();
    let (value, digits) = match chars.next()? {
        'n' => ('\n'.into(), 0),
        'r' => ('\r'.into(), 0),
        't' => ('\t'.into(), 0),
        c @ ('\\' | '\'' | '"') => (c.into(), 0),
        'x' => (0, 2),
        'u' => (0, 4),
        'U' => (0, 8),
        _ => return None,
    };
    let mut value: u32 = value;
    for _ in 0..digits {
        value = value.checked_mul(16)? | chars.next()?.to_digit(16)?;
    }
    Some((CodePoint::new(value)?, chars.as_str()))
}

fn parse_bytes<'a>(repr: &str, arena: &'a Arena) -> Result<&'a [u8], ReprError> {
    let mut rest = repr.strip_prefix('b').and_then(unquote).ok_or(ReprError)?;
    let mut bytes = Vec::new();
    while let Some((plain, escaped)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let (point, after) = unescape(escaped).ok_or(ReprError)?;
        bytes.push(u8::try_from(point.value()).map_err(|_| ReprError)?);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(arena.alloc_slice_copy(&bytes))
}

/// Reads an integer in decimal or, after `0x`, in hexadecimal, with or without a minus sign.
pub(crate) fn parse_int<'a>(text: &str, arena: &'a Arena) -> Result<Int<'a>, ReprError> {
    match text.strip_prefix('-') {
        None => parse_natural(text, arena),
        Some(digits) => match parse_natural(digits, arena)? {
            Int::Small(0) => Err(ReprError),
            value => Ok(value.negate()),
        },
    }
}

fn parse_natural<'a>(text: &str, arena: &'a Arena) -> Result<Int<'a>, ReprError> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    // decimal takes quadratic time: `repr` writes hexadecimal from here on
    if !plain || (radix == 10 && digits.len() > super::MAX_DECIMAL_DIGITS + 10) {
        return Err(ReprError);
    }
    if let Ok(small) = u64::from_str_radix(digits, radix) {
        return Ok(Int::Small(small));
    }
    let value = BigUint::parse_bytes(digits.as_bytes(), radix).ok_or(ReprError)?;
    Ok(Int::Big(arena.alloc_slice_copy(&value.to_u32_digits())))
}

fn parse_float(text: &str) -> Result<f64, ReprError> {
    match text {
        "inf" => Ok(f64::INFINITY),
        "-inf" => Ok(f64::NEG_INFINITY),
        "nan" => Ok(f64::NAN),
        _ => {
            let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'-' | b'+'));
            text.parse().ok().filter(|_| plain && !text.starts_with('+')).ok_or(ReprError)
        }
    }
}

fn parse_complex(text: &str) -> Result<Complex, ReprError> {
    let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) else {
        let imag = parse_float(text.strip_suffix('j').ok_or(ReprError)?)?;
        return Ok(Complex { real: 0.0, imag });
    };
    let inner = inner.strip_suffix('j').ok_or(ReprError)?;
    // the sign of the imaginary part is the last that follows no exponent's `e`
    let is_sign = |&(at, b): &(usize, u8)| {
        at > 0 && matches!(b, b'+' | b'-') && inner.as_bytes().get(at - 1) != Some(&b'e')
    };
    let split = inner.bytes().enumerate().rfind(is_sign);
    let (real, imag) = split.and_then(|(at, _)| inner.split_at_checked(at)).ok_or(ReprError)?;
    Ok(Complex { real: parse_float(real)?, imag: parse_float(imag.strip_prefix('+').unwrap_or(imag))? })
}

#[cfg(test)]
mod tests {
    use super::super::write_constant;
    use super::*;

    #[test]
    fn every_kind_of_constant_reads_back() {
        let huge = vec![7u32; 600];
        let arena = Arena::new();
        let text = Wtf8::from_bytes(b"it's \\ \n\x00\xC3\xA9\xED\xB2\x80\xF0\x9F\x98\x80\"").unwrap();
        let constants = [
            ("NoneType", Constant::None),
            ("bool", Constant::True),
            ("bool", Constant::False),
            ("ellipsis", Constant::Ellipsis),
            ("str", Constant::Str(text)),
            ("bytes", Constant::Bytes(b"'\"\\\x00\xFFz")),
            ("int", Constant::Int(Int::Small(17))),
            ("int", Constant::Int(Int::Big(&[1, 2, 3]))),
            ("int", Constant::Int(Int::Big(&huge))),
            ("int", Constant::Int(Int::NegativeSmall(17))),
            ("int", Constant::Int(Int::NegativeBig(&huge))),
            ("float", Constant::Float(1.5e-300)),
            ("float", Constant::Float(f64::INFINITY)),
            ("complex", Constant::Complex(Complex { real: 0.0, imag: 2.0 })),
            ("complex", Constant::Complex(Complex { real: -1e-20, imag: -3e+20 })),
        ];
        for (kind, constant) in constants {
            let mut repr = String::new();
            write_constant(&mut repr, constant);
            assert_eq!(parse_constant(kind, &repr, &arena), Ok(constant), "{repr}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        let arena = Arena::new();
        let bad = [
            ("str", "'"),
            ("str", "'a"),
            ("str", "'\\'"),
            ("str", "'\\U00110000'"),
            ("bytes", "b'\\u1234'"),
            ("int", "-0"),
            ("int", "--1"),
            ("int", "1_0"),
            ("int", ""),
            ("float", "infinity"),
            ("float", "+1"),
            ("complex", "1"),
            ("complex", "(1j)"),
            ("list", "[]"),
        ];
        for (kind, repr) in bad {
            assert_eq!(parse_constant(kind, repr, &arena), Err(ReprError), "{kind} {repr}");
        }
    }
}
