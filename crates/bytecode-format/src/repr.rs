//! Python's `repr` of constants.

use crate::artifact::MAX_CONST_DEPTH;
use crate::code::{Code, Const};
use std::fmt::Write;
use taipan_wtf8::Wtf8;

/// The name of a constant's type.
pub(crate) fn kind(constant: &Const) -> &'static str {
    match constant {
        Const::None => "None",
        Const::Bool(_) => "bool",
        Const::Ellipsis => "Ellipsis",
        Const::Int(_) => "int",
        Const::Float(_) => "float",
        Const::Complex(..) => "complex",
        Const::Str(_) => "str",
        Const::Bytes(_) => "bytes",
        Const::Tuple(_) => "tuple",
        Const::FrozenSet(_) => "frozenset",
        Const::Slice(_) => "slice",
        Const::Code(_) => "code",
    }
}

/// `repr(constant)`; a frozenset in the order in which it was built, a code object without its address.
pub(crate) fn repr(constant: &Const) -> String {
    let mut out = String::new();
    write_const(&mut out, constant, MAX_CONST_DEPTH + 1);
    out
}

fn write_const(out: &mut String, constant: &Const, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else { return out.push_str("...") };
    // writing to a string does not fail
    let _ = match constant {
        Const::None => write!(out, "None"),
        Const::Bool(true) => write!(out, "True"),
        Const::Bool(false) => write!(out, "False"),
        Const::Ellipsis => write!(out, "Ellipsis"),
        Const::Int(value) => write!(out, "{value}"),
        Const::Float(value) => write!(out, "{}", float(*value, true)),
        Const::Complex(real, imaginary) => write!(out, "{}", complex(*real, *imaginary)),
        Const::Str(text) => write!(out, "{}", text_repr(text.as_wtf8())),
        Const::Bytes(bytes) => write!(out, "{}", bytes_repr(bytes)),
        Const::Code(code) => write!(out, "{}", code_repr(code)),
        Const::Tuple(items) => {
            out.push('(');
            list(out, items, depth);
            out.write_str(if items.len() == 1 { ",)" } else { ")" })
        }
        Const::FrozenSet(items) => {
            out.push_str(if items.is_empty() { "frozenset(" } else { "frozenset({" });
            list(out, items, depth);
            out.write_str(if items.is_empty() { ")" } else { "})" })
        }
        Const::Slice(parts) => {
            out.push_str("slice(");
            list(out, parts.as_slice(), depth);
            out.write_str(")")
        }
    };
}

fn list(out: &mut String, items: &[Const], depth: u32) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_const(out, item, depth);
    }
}

/// `<code object NAME, file "FILE", line N>`
pub(crate) fn code_repr(code: &Code) -> String {
    let (name, file) = (plain(code.name.as_wtf8()), plain(code.filename.as_wtf8()));
    format!("<code object {name}, file \"{file}\", line {}>", code.firstlineno)
}

/// Text as it is; lone surrogates as escapes.
pub(crate) fn plain(text: Wtf8<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    for point in text.code_points() {
        match point.to_char() {
            Some(c) => out.push(c),
            None => drop(write!(out, "\\u{:04x}", point.value())),
        }
    }
    out
}

/// The shortest digits that read back, in Python's layout; `.0` behind whole numbers if `point`.
fn float(value: f64, point: bool) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.unsigned_abs());
    }
    let plain = format!("{value}");
    if point && !plain.contains('.') { format!("{plain}.0") } else { plain }
}

fn complex(real: f64, imaginary: f64) -> String {
    let second = float(imaginary, false);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{second}j");
    }
    let sign = if second.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{second}j)", float(real, false))
}

fn quote(has: impl Fn(char) -> bool) -> char {
    if has('\'') && !has('"') { '"' } else { '\'' }
}

fn text_repr(text: Wtf8<'_>) -> String {
    let quote = quote(|c| text.as_bytes().contains(&(c as u8)));
    let mut out = String::from(quote);
    for point in text.code_points() {
        let value = point.value();
        let _ = match point.to_char() {
            Some('\n') => out.write_str("\\n"),
            Some('\r') => out.write_str("\\r"),
            Some('\t') => out.write_str("\\t"),
            Some(c) if c == '\\' || c == quote => write!(out, "\\{c}"),
            Some(c) if taipan_unicode::is_printable(value) => out.write_char(c),
            _ if value < 0x100 => write!(out, "\\x{value:02x}"),
            _ if value < 0x1_0000 => write!(out, "\\u{value:04x}"),
            _ => write!(out, "\\U{value:08x}"),
        };
    }
    out.push(quote);
    out
}

fn bytes_repr(bytes: &[u8]) -> String {
    let quote = quote(|c| bytes.contains(&(c as u8)));
    let mut out = format!("b{quote}");
    for &byte in bytes {
        let c = char::from(byte);
        let _ = match byte {
            b'\n' => out.write_str("\\n"),
            b'\r' => out.write_str("\\r"),
            b'\t' => out.write_str("\\t"),
            _ if c == '\\' || c == quote => write!(out, "\\{c}"),
            0x20..0x7F => out.write_char(c),
            _ => write!(out, "\\x{byte:02x}"),
        };
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_python() {
        let floats = [0.0, -0.0, 1.5, 1e16, 1e15, 123456789.0, 1e-4, 1e-5, 1.25e-7, 1e300, f64::MAX];
        let texts = floats.map(|value| float(value, true));
        assert_eq!(
            texts.join(" "),
            "0.0 -0.0 1.5 1e+16 1000000000000000.0 123456789.0 0.0001 1e-05 1.25e-07 1e+300 1.7976931348623157e+308"
        );
        assert_eq!(complex(0.0, 1.0), "1j");
        assert_eq!(complex(-0.0, -2.5), "(-0-2.5j)");
        assert_eq!(complex(1.0, 2.0), "(1+2j)");
    }

    #[test]
    fn texts_look_as_in_python() {
        let text = Wtf8::from_bytes(b"it's \xC3\xA9\n\xED\xA0\x80\x07").unwrap();
        assert_eq!(text_repr(text), "\"it's é\\n\\ud800\\x07\"");
        assert_eq!(bytes_repr(b"'\"\x00"), "b'\\'\"\\x00'");
    }
}
