//! `repr` of a string, as the `tokenize` program prints token texts.
//! Invariant: the result is what Python 3.14's `repr` gives for the same text.

use std::fmt::Write;
use taipan_unicode::is_printable;

/// Python's `repr` of `text`.
pub fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            ' '..='~' => out.push(character),
            c if !c.is_ascii() && is_printable(u32::from(c)) => out.push(c),
            c => push_escape(&mut out, u32::from(c)),
        }
    }
    out.push(quote);
    out
}

/// A character that cannot be shown, by its number.
fn push_escape(out: &mut String, number: u32) {
    // Writing to a string does not fail.
    let _ = match number {
        0..=0xFF => write!(out, "\\x{number:02x}"),
        0x100..=0xFFFF => write!(out, "\\u{number:04x}"),
        _ => write!(out, "\\U{number:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::python_repr;

    #[test]
    fn quotes_are_chosen_as_python_chooses_them() {
        assert_eq!(python_repr("a'b"), "\"a'b\"");
        assert_eq!(python_repr("a'b\"c"), "'a\\'b\"c'");
        assert_eq!(python_repr("\u{7f}\u{a0}é\n"), "'\\x7f\\xa0é\\n'");
    }
}
