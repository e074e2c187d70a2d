//! Bytes to tokens. [`Source`] decodes, [`lex`] splits into tokens; the token kinds are in `kind.rs`,
//! the result in `buffer.rs`.
//! Invariant: lexing never fails. A lexical error is a token of kind [`TokenKind::Error`], the last of
//! the buffer, whose [`LexError`] stands beside it; whoever reads the tokens decides when it counts.
#![forbid(unsafe_code)]

mod buffer;
mod kind;

pub use buffer::TokenBuffer;
pub use kind::TokenKind;

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
    /// Leave open blocks open at the end of the input (CPython's `PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
}
