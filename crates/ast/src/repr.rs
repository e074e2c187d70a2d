//! Python's `repr` of constants and names, and its inverse for what the encoders write.
//! Invariant: what `write_*` writes of a value, `parse.rs` reads back as an equal value.

mod parse;

pub(crate) use parse::parse_int;
pub use parse::{ReprError, parse_constant};

use crate::{Complex, Constant, Int};
use num_bigint::BigUint;
use std::fmt::Write;
use taipan_wtf8::Wtf8;

/// The number of decimal digits up to which CPython writes an integer in decimal
/// (`sys.get_int_max_str_digits`). It refuses longer ones; they stand here in hexadecimal.
const MAX_DECIMAL_DIGITS: usize = 4300;

/// Appends `repr(value)`.
pub fn write_constant(out: &mut String, value: Constant<'_>) {
    match value {
        Constant::None => out.push_str("None"),
        Constant::True => out.push_str("True"),
        Constant::False => out.push_str("False"),
        Constant::Ellipsis => out.push_str("Ellipsis"),
        Constant::Str(text) => write_str(out, text),
        Constant::Bytes(bytes) => write_bytes(out, bytes),
        Constant::Int(value) => write_int(out, value),
        Constant::Float(value) => write_float(out, value),
        Constant::Complex(value) => write_complex(out, value),
    }
}

/// Appends the `repr` of a string.
pub fn write_str(out: &mut String, text: Wtf8<'_>) {
    let quote = quote_for(text.as_bytes());
    out.push(quote);
    match text.as_str() {
        // most strings: runs of plain ASCII in one piece
        Some(plain) if plain.bytes().all(|b| (0x20..0x7F).contains(&b) && b != b'\\' && b != quote as u8) => {
            out.push_str(plain);
        }
        _ => text.code_points().for_each(|point| write_point(out, point.value(), quote)),
    }
    out.push(quote);
}

fn write_point(out: &mut String, point: u32, quote: char) {
    match char::from_u32(point) {
        Some('\t') => out.push_str("\\t"),
        Some('\n') => out.push_str("\\n"),
        Some('\r') => out.push_str("\\r"),
        Some(c) if c == '\\' || c == quote => {
            out.push('\\');
            out.push(c);
        }
        Some(c) if taipan_unicode::is_printable(point) => out.push(c),
        _ => {
            let _ = match point {
                0..0x100 => write!(out, "\\x{point:02x}"),
                0x100..0x1_0000 => write!(out, "\\u{point:04x}"),
                _ => write!(out, "\\U{point:08x}"),
            };
        }
    }
}

/// Appends the `repr` of a bytes object.
pub fn write_bytes(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes);
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            0x20..0x7F | b'\t' | b'\n' | b'\r' => write_point(out, byte.into(), quote),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
}

/// Double quotes only where the text holds single ones and no double ones.
fn quote_for(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' }
}

/// Appends an integer.
pub fn write_int(out: &mut String, value: Int<'_>) {
    let digits = match value {
        Int::Small(value) => {
            let _ = write!(out, "{value}");
            return;
        }
        Int::Big(digits) => digits,
        Int::NegativeSmall(_) | Int::NegativeBig(_) => {
            out.push('-');
            return write_int(out, value.negate());
        }
    };
    // 32 bits are 9.63 decimal digits
    if digits.len().saturating_mul(963) / 100 <= MAX_DECIMAL_DIGITS {
        out.push_str(&BigUint::from_slice(digits).to_string());
        return;
    }
    out.push_str("0x");
    let mut rest = digits.iter().rev();
    if let Some(first) = rest.next() {
        let _ = write!(out, "{first:x}");
    }
    for digit in rest {
        let _ = write!(out, "{digit:08x}");
    }
}

/// Appends the `repr` of a float: the shortest digits that read back, with an exponent below 1e-4
/// and from 1e16 on.
pub fn write_float(out: &mut String, value: f64) {
    let start = out.len();
    write_short_float(out, value);
    let digits = out.get(start..).unwrap_or_default();
    if value.is_finite() && !digits.contains(['.', 'e']) {
        out.push_str(".0");
    }
}

/// Appends a float without the `.0` that makes it one.
fn write_short_float(out: &mut String, value: f64) {
    if value.is_nan() {
        return out.push_str("nan");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let _ = match exponent {
        -4..16 => write!(out, "{value}"),
        _ => write!(out, "{mantissa}e{exponent:+03}"),
    };
}

/// Appends the `repr` of a complex number.
pub fn write_complex(out: &mut String, value: Complex) {
    if value.real.to_bits() == 0 {
        write_short_float(out, value.imag);
        return out.push('j');
    }
    out.push('(');
    write_short_float(out, value.real);
    if value.imag.is_nan() || value.imag.is_sign_positive() {
        out.push('+');
    }
    write_short_float(out, value.imag);
    out.push_str("j)");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(value: Constant<'_>) -> String {
        let mut out = String::new();
        write_constant(&mut out, value);
        out
    }

    #[test]
    fn floats_are_written_as_python_writes_them() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.25e-5, "1.25e-05"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (2e-7, "2e-07"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ];
        for (value, expected) in cases {
            assert_eq!(repr(Constant::Float(value)), expected);
        }
    }

    #[test]
    fn complex_numbers_are_written_as_python_writes_them() {
        let complex = |real, imag| repr(Constant::Complex(Complex { real, imag }));
        assert_eq!(complex(0.0, 1.0), "1j");
        assert_eq!(complex(0.0, 1e16), "1e+16j");
        assert_eq!(complex(0.0, f64::INFINITY), "infj");
        assert_eq!(complex(-0.0, 1.5), "(-0+1.5j)");
        assert_eq!(complex(1.0, -2.0), "(1-2j)");
    }

    #[test]
    fn strings_are_quoted_and_escaped_as_python_does() {
        let text = |text: &str| repr(Constant::Str(Wtf8::from_str(text)));
        assert_eq!(text("abc"), "'abc'");
        assert_eq!(text("it's"), "\"it's\"");
        assert_eq!(text("'\""), "'\\'\"'");
        assert_eq!(text("a\\\n\r\t\0\x7f"), "'a\\\\\\n\\r\\t\\x00\\x7f'");
        assert_eq!(
            text("é\u{a0}\u{ad}\u{2028}\u{e000}\u{10ffff}😀"),
            "'é\\xa0\\xad\\u2028\\ue000\\U0010ffff😀'"
        );
        assert_eq!(repr(Constant::Str(Wtf8::from_bytes(b"\xED\xB2\x80").unwrap())), "'\\udc80'");
        assert_eq!(repr(Constant::Bytes(b"a'\x00\xFF\n")), "b\"a'\\x00\\xff\\n\"");
    }

    #[test]
    fn integers_are_decimal_up_to_the_limit_of_python() {
        assert_eq!(repr(Constant::Int(Int::Small(u64::MAX))), "18446744073709551615");
        assert_eq!(repr(Constant::Int(Int::Big(&[0, 0, 1]))), "18446744073709551616");
        assert_eq!(repr(Constant::Int(Int::NegativeBig(&[0, 0, 1]))), "-18446744073709551616");
        let huge = vec![1u32; 500];
        assert!(repr(Constant::Int(Int::Big(&huge))).starts_with("0x100000001"));
    }
}
