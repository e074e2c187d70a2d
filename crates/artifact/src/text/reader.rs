//! Reads the text notation, one token at a time.
//! Invariant: the reader holds no more than one token; positions are counted only for errors.

use super::{TextError, TextErrorKind, TextPosition};
use std::str::FromStr;
use taipan_wtf8::{CodePoint, Wtf8Buf};

/// One token of the notation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextToken<'t> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// A word or number.
    Word(&'t str),
    /// A text.
    Text(Wtf8Buf),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The place of a token, cheap to keep.
#[derive(Clone, Copy, Debug)]
pub struct TextMark(usize);

/// Text being read.
#[derive(Clone, Debug)]
pub struct TextReader<'t> {
    whole: &'t str,
    rest: &'t str,
    /// What stands before `rest`: where the token begins that was read last.
    token_start: usize,
}

impl<'t> TextReader<'t> {
    /// Reads `text` from its start.
    pub fn new(text: &'t str) -> Self {
        TextReader { whole: text, rest: text, token_start: 0 }
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
            let Some(comment) = self.rest.strip_prefix(';') else { return };
            self.rest = comment.find('\n').and_then(|end| comment.get(end..)).unwrap_or_default();
        }
    }

    fn offset(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    fn error_at(&self, kind: TextErrorKind, offset: usize) -> TextError {
        let before = self.whole.get(..offset).unwrap_or(self.whole);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        TextError { kind, position: TextPosition { line, column } }
    }

    /// The place of the token that was read last, for errors that turn out later.
    pub fn mark(&self) -> TextMark {
        TextMark(self.token_start)
    }

    /// An error at a token that was read before.
    pub fn error_at_mark(&self, mark: TextMark, kind: TextErrorKind) -> TextError {
        self.error_at(kind, mark.0)
    }

    /// An error at the token that was read last.
    pub fn error(&self, kind: TextErrorKind) -> TextError {
        self.error_at(kind, self.token_start)
    }

    /// Reads the next token, whatever it is; none at the end.
    pub fn next_token(&mut self) -> Result<Option<TextToken<'t>>, TextError> {
        self.skip();
        self.token_start = self.offset();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let mut rest = self.rest.chars();
        rest.next();
        let token = match first {
            '(' => {
                self.rest = rest.as_str();
                TextToken::Open
            }
            ')' => {
                self.rest = rest.as_str();
                TextToken::Close
            }
            '"' => {
                self.rest = rest.as_str();
                TextToken::Text(self.quoted_text()?)
            }
            '#' if rest.as_str().starts_with('"') => {
                rest.next();
                self.rest = rest.as_str();
                TextToken::Bytes(self.quoted_bytes()?)
            }
            '#' => return Err(self.error(TextErrorKind::StrayCharacter)),
            _ => {
                let end = self.rest.find([' ', '\n', '\r', '\t', '(', ')', '"', ';', '#']);
                let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                TextToken::Word(word)
            }
        };
        Ok(Some(token))
    }

    fn quoted_text(&mut self) -> Result<Wtf8Buf, TextError> {
        let mut text = Wtf8Buf::new();
        loop {
            let plain = self.rest.find(['"', '\\']).ok_or_else(|| self.error(TextErrorKind::UnclosedText))?;
            let (before, rest) = self.rest.split_at(plain);
            text.push_str(before);
            let escape_at = self.whole.len() - rest.len();
            if let Some(rest) = rest.strip_prefix('"') {
                self.rest = rest;
                return Ok(text);
            }
            let mut rest = rest.chars();
            let escaped = (rest.next(), rest.next()).1;
            self.rest = rest.as_str();
            match escaped {
                Some(c @ ('"' | '\\')) => text.push_char(c),
                Some('n') => text.push_char('\n'),
                Some('r') => text.push_char('\r'),
                Some('t') => text.push_char('\t'),
                Some('u') => match self.braced_code_point() {
                    Some(point) => text.push(point),
                    None => return Err(self.error_at(TextErrorKind::UnknownEscape, escape_at)),
                },
                _ => return Err(self.error_at(TextErrorKind::UnknownEscape, escape_at)),
            }
        }
    }

    /// Reads `{hex}`.
    fn braced_code_point(&mut self) -> Option<CodePoint> {
        let inner = self.rest.strip_prefix('{')?;
        let (digits, rest) = inner.split_once('}')?;
        let plain = digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let point = CodePoint::new(u32::from_str_radix(digits, 16).ok().filter(|_| plain)?)?;
        self.rest = rest;
        Some(point)
    }

    fn quoted_bytes(&mut self) -> Result<Vec<u8>, TextError> {
        let mut bytes = Vec::new();
        loop {
            let at = self.offset();
            let mut rest = self.rest.chars();
            let first = rest.next().ok_or_else(|| self.error(TextErrorKind::UnclosedText))?;
            self.rest = rest.as_str();
            match first {
                '"' => return Ok(bytes),
                '\\' => {
                    let bad = |reader: &Self| reader.error_at(TextErrorKind::UnknownEscape, at);
                    bytes.push(self.escaped_byte().ok_or_else(|| bad(self))?);
                }
                _ if first.is_ascii() => bytes.push(first as u8),
                _ => return Err(self.error_at(TextErrorKind::NotAscii, at)),
            }
        }
    }

    fn escaped_byte(&mut self) -> Option<u8> {
        let mut rest = self.rest.chars();
        let byte = match rest.next()? {
            c @ ('"' | '\\') => c as u8,
            'x' => {
                let (high, low) = (rest.next()?.to_digit(16)?, rest.next()?.to_digit(16)?);
                u8::try_from(high << 4 | low).ok()?
            }
            _ => return None,
        };
        self.rest = rest.as_str();
        Some(byte)
    }

    /// Whether a list begins here.
    pub fn at_list(&mut self) -> bool {
        self.skip();
        self.rest.starts_with('(')
    }

    /// Whether the innermost list ends here.
    pub fn at_close(&mut self) -> bool {
        self.skip();
        self.rest.starts_with(')')
    }

    /// Whether the text ends here.
    pub fn at_end(&mut self) -> bool {
        self.skip();
        self.rest.is_empty()
    }

    /// Whether this word stands here, which is read if it does.
    pub fn eat(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        let found = matches!(ahead.next_token(), Ok(Some(TextToken::Word(found))) if found == word);
        if found {
            *self = ahead;
        }
        found
    }

    fn required(&mut self) -> Result<TextToken<'t>, TextError> {
        self.next_token()?.ok_or_else(|| self.error(TextErrorKind::UnexpectedEnd))
    }

    /// Reads the beginning of a list.
    pub fn open_bare(&mut self) -> Result<(), TextError> {
        match self.required()? {
            TextToken::Open => Ok(()),
            _ => Err(self.error(TextErrorKind::ExpectedList)),
        }
    }

    /// Reads the beginning of a list and its first item, a word.
    pub fn open(&mut self) -> Result<&'t str, TextError> {
        self.open_bare()?;
        self.word()
    }

    /// Reads the end of the innermost list.
    pub fn close(&mut self) -> Result<(), TextError> {
        match self.required()? {
            TextToken::Close => Ok(()),
            _ => Err(self.error(TextErrorKind::ExpectedClose)),
        }
    }

    /// Reads a word.
    pub fn word(&mut self) -> Result<&'t str, TextError> {
        match self.required()? {
            TextToken::Word(word) => Ok(word),
            _ => Err(self.error(TextErrorKind::ExpectedWord)),
        }
    }

    /// Reads this word.
    pub fn keyword(&mut self, keyword: &'static str) -> Result<(), TextError> {
        match self.required()? {
            TextToken::Word(word) if word == keyword => Ok(()),
            _ => Err(self.error(TextErrorKind::ExpectedKeyword(keyword))),
        }
    }

    /// Reads a number.
    pub fn number<N: FromStr>(&mut self) -> Result<N, TextError> {
        let bad = TextErrorKind::ExpectedNumber;
        match self.required()? {
            // Rust's numbers may begin with a plus sign, those of the notation do not
            TextToken::Word(word) if !word.starts_with('+') => word.parse().map_err(|_| self.error(bad)),
            _ => Err(self.error(bad)),
        }
    }

    /// Reads a text.
    pub fn text(&mut self) -> Result<Wtf8Buf, TextError> {
        match self.required()? {
            TextToken::Text(text) => Ok(text),
            _ => Err(self.error(TextErrorKind::ExpectedText)),
        }
    }

    /// Reads a text without lone surrogates.
    pub fn str(&mut self) -> Result<String, TextError> {
        let text = self.text()?;
        String::from_utf8(text.into_bytes()).map_err(|_| self.error(TextErrorKind::LoneSurrogate))
    }

    /// Reads bytes.
    pub fn bytes(&mut self) -> Result<Vec<u8>, TextError> {
        match self.required()? {
            TextToken::Bytes(bytes) => Ok(bytes),
            _ => Err(self.error(TextErrorKind::ExpectedBytes)),
        }
    }

    /// Refuses text that is left.
    pub fn finish(&mut self) -> Result<(), TextError> {
        match self.next_token()? {
            None => Ok(()),
            Some(_) => Err(self.error(TextErrorKind::TrailingText)),
        }
    }
}
