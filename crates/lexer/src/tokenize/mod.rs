//! The view of Python's `tokenize` module: comments and blank lines are tokens, and positions are lines
//! and columns. [`Input`] decodes as the module does, [`Input::rows`] gives its tokens.
//! Invariant: rows and errors are those of `python3.14 -m tokenize -e`.

mod detect;
mod repr;
mod rows;

use crate::{LexError, LexErrorKind, LexOptions, Lexed, Source, lex};
use std::fmt;
use taipan_diagnostics::ErrorClass;

pub use repr::python_repr;
pub use rows::{Row, Rows};

/// A source as the `tokenize` module reads it from a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input<'s> {
    source: Source<'s>,
    /// The text ends before a line that has a zero byte.
    cut_at_null: bool,
}

/// Why the `tokenize` module refuses an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenizeError {
    /// The class of the exception before the module turns it into its own.
    pub class: ErrorClass,
    /// The message.
    pub message: String,
    /// Line from 1 and column, if it has a place.
    pub place: Option<(u32, u32)>,
}

impl fmt::Display for TokenizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{line}:{column}: error: {}", self.message),
            None => write!(f, " error: {}", self.message),
        }
    }
}

impl<'s> Input<'s> {
    /// Decodes the bytes of the file called `file`, as which messages name it.
    ///
    /// # Errors
    /// An encoding that is unknown or does not fit the first two lines.
    pub fn from_bytes(bytes: &'s [u8], file: &str) -> Result<Input<'s>, TokenizeError> {
        let (source, cut_at_null) = detect::read(bytes, file)?;
        Ok(Input { source, cut_at_null })
    }

    /// Takes text that is decoded.
    ///
    /// # Errors
    /// A text of 4 GiB and more.
    pub fn from_text(text: &'s str) -> Result<Input<'s>, TokenizeError> {
        let (source, cut_at_null) = detect::from_text(text)?;
        Ok(Input { source, cut_at_null })
    }

    /// Whether the text ends before a line that has a zero byte.
    pub fn is_cut_at_null(&self) -> bool {
        self.cut_at_null
    }

    /// The decoded text.
    pub fn source(&self) -> &Source<'s> {
        &self.source
    }

    /// Splits the text into tokens.
    ///
    /// # Errors
    /// The first lexical error.
    pub fn lex(&self) -> Result<Lexed, TokenizeError> {
        let options = LexOptions { extra_tokens: true, ..LexOptions::default() };
        let lexed = lex(&self.source, &options);
        match lexed.error {
            Some(error) if !(error.at_end && self.cut_at_null) => Err(self.error(&error)),
            _ if self.cut_at_null => {
                let line = memchr::memchr_iter(b'\n', self.source.text().as_bytes()).count() as u32 + 1;
                let message = "source code cannot contain null bytes".to_owned();
                Err(TokenizeError { class: ErrorClass::Syntax, message, place: Some((line, 0)) })
            }
            _ => Ok(lexed),
        }
    }

    /// The line about the encoding that `python3.14 -m tokenize` prints first.
    pub fn encoding_row(&self) -> String {
        format!("{:<20}{:<15}{:<15}", "0,0-0,0:", "ENCODING", python_repr(self.source.encoding()))
    }

    /// The tokens with their text and places. `lexed` must be of this input.
    pub fn rows<'a>(&'a self, lexed: &'a Lexed) -> Rows<'a> {
        Rows::new(&self.source, &lexed.tokens)
    }

    /// The error in the module's words and with its place.
    pub fn error(&self, error: &LexError) -> TokenizeError {
        let text = self.source.text();
        let line = error.line(&self.source);
        let buffered = |end: usize| text.as_bytes().get(error.buffer_start as usize..end).unwrap_or_default();
        let class = error.kind.class();
        match error.kind {
            LexErrorKind::UnclosedBracket { .. } | LexErrorKind::EofAfterContinuation => TokenizeError {
                class,
                message: "unexpected EOF in multi-line statement".to_owned(),
                place: Some((line, buffered(error.cursor as usize).len() as u32)),
            },
            LexErrorKind::InconsistentTabs
            | LexErrorKind::InconsistentDedent
            | LexErrorKind::TooManyIndents
            | LexErrorKind::AfterContinuation => {
                let rest = &text.as_bytes()[error.line_start as usize..];
                let end =
                    memchr::memchr(b'\n', rest).map_or(text.len(), |at| error.line_start as usize + at + 1);
                let column = buffered(end).iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32;
                TokenizeError { class, message: error.kind.to_string(), place: Some((line, column)) }
            }
            LexErrorKind::UnterminatedTripleQuoted { .. } => {
                self.placed(error, class, "EOF in multi-line string".to_owned())
            }
            _ => self.placed(error, class, error.kind.to_string()),
        }
    }

    fn placed(&self, error: &LexError, class: ErrorClass, message: String) -> TokenizeError {
        let place = error
            .diagnostic(&self.source)
            .location
            .map(|location| (location.lineno as u32, location.offset as u32));
        TokenizeError { class, message, place }
    }
}
