//! Bytes to tokens. [`Source`] decodes, [`lex`] splits into tokens; the token kinds are in `kind.rs`,
//! the result in `buffer.rs`.
//! Invariant: lexing never fails. A lexical error is a token of kind [`TokenKind::Error`], the last of
//! the buffer, whose [`LexError`] stands beside it; whoever reads the tokens decides when it counts.
#![forbid(unsafe_code)]

pub mod artifact;
mod buffer;
mod diagnostic;
mod error;
mod keyword;
mod kind;
mod scanner;
mod source;
pub mod tokenize;
pub mod unicode;
mod warning;

pub use buffer::TokenBuffer;
pub use error::{LexError, LexErrorKind, NumberKind, StringPrefix};
pub use kind::TokenKind;
pub use source::{Source, SourceError};
pub use warning::{LexWarning, LexWarningKind};

/// What the source is to be read as: CPython's start symbols.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// A module.
    #[default]
    Exec,
    /// One interactive statement.
    Single,
    /// An expression.
    Eval,
    /// A signature type comment.
    FuncType,
}

/// How to lex.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LexOptions {
    /// What the source is to be read as.
    pub mode: Mode,
    /// Make `# type:` comments tokens.
    pub type_comments: bool,
    /// Keep comments and blank line ends, and place tokens as the `tokenize` module does.
    pub extra_tokens: bool,
    /// Read `<>` as one token of kind [`TokenKind::NotEqual`] (`CO_FUTURE_BARRY_AS_BDFL`, PEP 401).
    /// It is one behind `from __future__ import barry_as_FLUFL` in any case, and two elsewhere.
    pub barry_as_flufl: bool,
    /// Leave open blocks open at the end of the input (CPython's `PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
}

/// What lexing gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lexed {
    /// The tokens; the last is [`TokenKind::EndMarker`] or [`TokenKind::Error`].
    pub tokens: TokenBuffer,
    /// What the last token is about if it is an error.
    pub error: Option<LexError>,
    /// Warnings in the order of their positions.
    pub warnings: Vec<LexWarning>,
}

/// Splits `source` into tokens.
pub fn lex(source: &Source<'_>, options: &LexOptions) -> Lexed {
    if options.extra_tokens { scan::<true>(source, options) } else { scan::<false>(source, options) }
}

fn scan<const EXTRA: bool>(source: &Source<'_>, options: &LexOptions) -> Lexed {
    let mut scanner = scanner::Scanner::<EXTRA>::new(source.text(), *options);
    scanner.run();
    Lexed { tokens: scanner.tokens, error: scanner.error, warnings: scanner.warnings }
}
