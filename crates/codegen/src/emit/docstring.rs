//! Docstrings, with their indentation removed.

use std::borrow::Cow;
use taipan_ast::{Constant, Expr, ExprKind};
use taipan_wtf8::{CodePoint, Wtf8Buf};

/// The docstring that an expression statement's value is, cleaned.
pub(super) fn docstring(value: &Expr<'_>) -> Option<Wtf8Buf> {
    let ExprKind::Constant(node) = value.kind else { return None };
    let Constant::Str(text) = node.value else { return None };
    Some(clean(text.as_bytes()))
}

const TAB: usize = 8;

/// The text with tabs as spaces, without blanks before the first line and without the margin that all
/// others share: as `inspect.cleandoc`, but that blank lines at either end stay.
fn clean(text: &[u8]) -> Wtf8Buf {
    let text = expand_tabs(text);
    let mut lines = text.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let margin = lines.clone().filter_map(indent).min().unwrap_or(0);
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    out.extend_from_slice(first.get(indent(first).unwrap_or(first.len())..).unwrap_or_default());
    for line in lines {
        out.push(b'\n');
        out.extend_from_slice(line.get(margin..).unwrap_or_default());
    }
    text_of(&out)
}

/// How many spaces a line begins with; none for a line that has nothing else.
fn indent(line: &[u8]) -> Option<usize> {
    line.iter().position(|&byte| byte != b' ')
}

/// Tabs as spaces up to the next multiple of eight columns; a character is a column.
fn expand_tabs(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\t') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let spaces = TAB - column % TAB;
                out.resize(out.len() + spaces, b' ');
                column += spaces;
                continue;
            }
            b'\n' | b'\r' => column = 0,
            0x80..=0xBF => {}
            _ => column += 1,
        }
        out.push(byte);
    }
    Cow::Owned(out)
}

/// Bytes that were cut between characters, as text.
fn text_of(bytes: &[u8]) -> Wtf8Buf {
    let mut out = Wtf8Buf::with_capacity(bytes.len());
    match taipan_wtf8::Wtf8::from_bytes(bytes) {
        Ok(text) => out.push_wtf8(text),
        Err(_) => bytes.iter().filter_map(|&byte| CodePoint::new(byte.into())).for_each(|c| out.push(c)),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_of_the_lines_behind_the_first_is_removed() {
        let check = |text: &str, expected: &str| {
            assert_eq!(clean(text.as_bytes()).as_wtf8().as_str(), Some(expected), "{text:?}");
        };
        check("  one", "one");
        check("one\n    two\n      three\n\n    four\n", "one\ntwo\n  three\n\nfour\n");
        check("one\n\ttwo\n        three", "one\ntwo\nthree");
        check("\n   ", "\n   ");
        check("one\n\n  ", "one\n\n  ");
        check("a\n  é\tb\n  c", "a\né     b\nc");
    }
}
