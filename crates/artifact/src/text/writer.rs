//! Writes the text notation.

use std::fmt::{Display, Write};
use taipan_wtf8::Wtf8;

/// Indentation stops growing here, so that deep lists take no quadratic room.
const MAX_INDENT: usize = 40;

/// Text being written. Every method returns the writer, so that calls can be chained.
#[derive(Default, Debug)]
pub struct TextWriter {
    out: String,
    depth: usize,
    /// Whether the next item needs a blank before it.
    after_item: bool,
}

impl TextWriter {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text, with a newline at its end.
    pub fn finish(mut self) -> String {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out
    }

    fn item(&mut self) -> &mut String {
        if self.after_item {
            self.out.push(' ');
        }
        self.after_item = true;
        &mut self.out
    }

    /// Begins a list whose first item is the word `head`.
    pub fn open(&mut self, head: &str) -> &mut Self {
        let out = self.item();
        out.push('(');
        out.push_str(head);
        self.depth += 1;
        self
    }

    /// Begins a list that has no head.
    pub fn open_bare(&mut self) -> &mut Self {
        self.item().push('(');
        self.after_item = false;
        self.depth += 1;
        self
    }

    /// Ends the innermost list.
    pub fn close(&mut self) -> &mut Self {
        self.out.push(')');
        self.depth = self.depth.saturating_sub(1);
        self.after_item = true;
        self
    }

    /// Goes to a new line, indented by the number of open lists.
    pub fn line(&mut self) -> &mut Self {
        self.out.push('\n');
        for _ in 0..self.depth.min(MAX_INDENT) {
            self.out.push(' ');
        }
        self.after_item = false;
        self
    }

    /// Writes a word, which must not be empty nor hold a character that ends words.
    pub fn word(&mut self, word: &str) -> &mut Self {
        self.item().push_str(word);
        self
    }

    /// Writes a number.
    pub fn number(&mut self, number: impl Display) -> &mut Self {
        let _ = write!(self.item(), "{number}");
        self
    }

    /// Writes a text in quotes.
    pub fn text(&mut self, text: Wtf8<'_>) -> &mut Self {
        let out = self.item();
        out.push('"');
        for point in text.code_points() {
            match point.to_char() {
                Some('"') => out.push_str("\\\""),
                Some('\\') => out.push_str("\\\\"),
                Some('\n') => out.push_str("\\n"),
                Some('\r') => out.push_str("\\r"),
                Some('\t') => out.push_str("\\t"),
                Some(c) if taipan_unicode::is_printable(c.into()) => out.push(c),
                _ => {
                    let _ = write!(out, "\\u{{{:x}}}", point.value());
                }
            }
        }
        out.push('"');
        self
    }

    /// Writes a text in quotes.
    pub fn str(&mut self, text: &str) -> &mut Self {
        self.text(Wtf8::from_str(text))
    }

    /// Writes bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let out = self.item();
        out.push_str("#\"");
        for &byte in bytes {
            match byte {
                b'"' => out.push_str("\\\""),
                b'\\' => out.push_str("\\\\"),
                0x20..0x7F => out.push(byte.into()),
                _ => {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
        }
        out.push('"');
        self
    }
}
