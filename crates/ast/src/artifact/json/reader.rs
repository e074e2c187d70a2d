//! Reads JSON piece by piece, in the order that the writer has, since a tree may be deeper than any
//! reader of whole values goes. Strings are serde_json's.
//! Invariant: keeps nothing but its place.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use taipan_artifact::text::TextPosition;

/// JSON that is no tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// Where.
    pub position: TextPosition,
}

/// What is wrong with JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonErrorKind {
    /// Something else where this character has to stand.
    Expected(char),
    /// Something else where this key has to stand.
    Key(&'static str),
    /// Something else where this value has to stand.
    Literal(&'static str),
    /// Something else where a string has to stand, or one with a bad escape.
    String,
    /// Something else where a number in range has to stand.
    Number,
    /// Something else where a truth value has to stand.
    Bool,
    /// A version that is none.
    Version,
    /// A hash that is none.
    Hash,
    /// A class of nodes that is unknown or may not stand here.
    Class,
    /// A kind and `repr` of no constant.
    Constant,
    /// A number that is no conversion.
    Conversion,
    /// A context or operator that is unknown or may not stand here.
    Symbol,
    /// Nodes within nodes beyond the reader's limit.
    TooDeep,
    /// Something after the end.
    Trailing,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.position.line, self.position.column)?;
        f.write_str(match self.kind {
            JsonErrorKind::Expected(c) => return write!(f, "expected {c}"),
            JsonErrorKind::Key(key) => return write!(f, "expected the key {key}"),
            JsonErrorKind::Literal(literal) => return write!(f, "expected {literal}"),
            JsonErrorKind::String => "expected a string",
            JsonErrorKind::Number => "expected a number in range",
            JsonErrorKind::Bool => "expected true or false",
            JsonErrorKind::Version => "expected a version",
            JsonErrorKind::Hash => "expected a hash",
            JsonErrorKind::Class => "no class of nodes that may stand here",
            JsonErrorKind::Constant => "no constant",
            JsonErrorKind::Conversion => "no conversion",
            JsonErrorKind::Symbol => "no context or operator that may stand here",
            JsonErrorKind::TooDeep => "nested too deep",
            JsonErrorKind::Trailing => "unexpected text after the end",
        })
    }
}

impl std::error::Error for JsonError {}

/// JSON being read.
pub(super) struct JsonReader<'t> {
    whole: &'t str,
    rest: &'t str,
}

impl<'t> JsonReader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        JsonReader { whole: text, rest: text }
    }

    /// An error at the place that was reached.
    pub(super) fn error(&self, kind: JsonErrorKind) -> JsonError {
        let offset = self.whole.len() - self.rest.len();
        let before = self.whole.get(..offset).unwrap_or(self.whole);
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        JsonError { kind, position: TextPosition { line, column } }
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// Whether this character stands here.
    pub(super) fn at(&mut self, symbol: u8) -> bool {
        self.skip();
        self.rest.as_bytes().first() == Some(&symbol)
    }

    fn eat(&mut self, literal: &str) -> bool {
        self.skip();
        let after = self.rest.strip_prefix(literal);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Reads this character.
    pub(super) fn symbol(&mut self, symbol: u8) -> Result<(), JsonError> {
        if !self.at(symbol) {
            return Err(self.error(JsonErrorKind::Expected(symbol.into())));
        }
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(())
    }

    /// Reads this text.
    pub(super) fn literal(&mut self, literal: &'static str) -> Result<(), JsonError> {
        if self.eat(literal) { Ok(()) } else { Err(self.error(JsonErrorKind::Literal(literal))) }
    }

    /// Reads this key, the first of its object, and the colon.
    pub(super) fn key(&mut self, key: &'static str) -> Result<(), JsonError> {
        let inner = self.rest.trim_start_matches([' ', '\n', '\r', '\t']).strip_prefix('"');
        let after = inner.and_then(|rest| rest.strip_prefix(key)).and_then(|rest| rest.strip_prefix('"'));
        self.rest = after.ok_or_else(|| self.error(JsonErrorKind::Key(key)))?;
        self.symbol(b':')
    }

    /// Reads a comma, this key and the colon.
    pub(super) fn next_key(&mut self, key: &'static str) -> Result<(), JsonError> {
        self.symbol(b',')?;
        self.key(key)
    }

    /// Reads `null` if it stands here.
    pub(super) fn null(&mut self) -> bool {
        self.eat("null")
    }

    /// Reads a truth value.
    pub(super) fn bool(&mut self) -> Result<bool, JsonError> {
        if self.eat("true") {
            Ok(true)
        } else if self.eat("false") {
            Ok(false)
        } else {
            Err(self.error(JsonErrorKind::Bool))
        }
    }

    /// Reads an integer.
    pub(super) fn number<N: FromStr>(&mut self) -> Result<N, JsonError> {
        self.skip();
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().map_err(|_| self.error(JsonErrorKind::Number))?;
        self.rest = rest;
        Ok(number)
    }

    /// Reads a string.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        self.skip();
        let end = self.string_end().ok_or_else(|| self.error(JsonErrorKind::String))?;
        let (literal, rest) = self.rest.split_at(end);
        let plain = literal.get(1..end - 1).filter(|inner| !inner.bytes().any(|b| b == b'\\' || b < 0x20));
        let string = match plain {
            Some(plain) => Cow::Borrowed(plain),
            None => {
                let read: Result<String, _> = serde_json::from_str(literal);
                Cow::Owned(read.map_err(|_| self.error(JsonErrorKind::String))?)
            }
        };
        self.rest = rest;
        Ok(string)
    }

    /// The length of the string literal that stands here.
    fn string_end(&self) -> Option<usize> {
        let mut bytes = self.rest.bytes().enumerate();
        bytes.next().filter(|(_, first)| *first == b'"')?;
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'"' => return Some(at + 1),
                b'\\' => drop(bytes.next()),
                _ => {}
            }
        }
        None
    }

    /// Refuses text that is left.
    pub(super) fn finish(&mut self) -> Result<(), JsonError> {
        self.skip();
        if self.rest.is_empty() { Ok(()) } else { Err(self.error(JsonErrorKind::Trailing)) }
    }
}
