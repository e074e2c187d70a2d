//! Why bytes are no tokens.

use std::fmt;
use taipan_artifact::ReadError;
use taipan_artifact::text::TextError;

/// Why bytes are no token file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenFileError {
    /// The container or the encoding in it is malformed.
    Artifact(ReadError),
    /// The options in the header are malformed; offsets count from their start.
    Options(ReadError),
    /// The text form is malformed.
    Text(TextError),
    /// The JSON form is malformed.
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there, in the words of the JSON reader.
        reason: String,
    },
    /// The tokens break a rule.
    Verify(VerifyError),
}

/// The rule that tokens break. `token` counts from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerifyError {
    /// The length given is not that of the source.
    SourceLength,
    /// The source has a zero byte or more than 4 GiB.
    Source,
    /// A token begins before the end of the one before it.
    Order {
        /// The token.
        token: usize,
    },
    /// A token ends before it begins, or behind the source.
    Range {
        /// The token.
        token: usize,
    },
    /// A token begins or ends within a character.
    Boundary {
        /// The token.
        token: usize,
    },
    /// The text of a keyword or operator is another than its kind says.
    Spelling {
        /// The token.
        token: usize,
    },
    /// A token that ends a file stands before the end, or the last token is none.
    End {
        /// The token.
        token: usize,
    },
    /// There is an error without its token, or the other way round.
    Error,
    /// The error is not a kind and fields that go together.
    ErrorFields,
    /// The error is outside of the source.
    ErrorPlace,
    /// A warning is not a kind and fields that go together.
    WarningFields {
        /// The warning.
        index: usize,
    },
    /// A warning is outside of the source or about no token.
    WarningPlace {
        /// The warning.
        index: usize,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerifyError::SourceLength => f.write_str("the length given is not that of the source"),
            VerifyError::Source => f.write_str("the source has a zero byte or more than 4 GiB"),
            VerifyError::Order { token } => {
                write!(f, "token {token} begins before the end of the one before")
            }
            VerifyError::Range { token } => write!(f, "token {token} is not within the source"),
            VerifyError::Boundary { token } => write!(f, "token {token} divides a character"),
            VerifyError::Spelling { token } => write!(f, "the text of token {token} does not fit its kind"),
            VerifyError::End { token } => {
                write!(f, "token {token} ends the file where it must not, or does not")
            }
            VerifyError::Error => f.write_str("an error without its token, or a token without its error"),
            VerifyError::ErrorFields => f.write_str("the fields of the error do not fit its kind"),
            VerifyError::ErrorPlace => f.write_str("the error is outside of the source"),
            VerifyError::WarningFields { index } => {
                write!(f, "the fields of warning {index} do not fit its kind")
            }
            VerifyError::WarningPlace { index } => write!(f, "warning {index} is outside of the source"),
        }
    }
}

impl fmt::Display for TokenFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenFileError::Artifact(error) => error.fmt(f),
            TokenFileError::Options(error) => write!(f, "malformed options: {error}"),
            TokenFileError::Text(error) => error.fmt(f),
            TokenFileError::Json { line, column, reason } => {
                write!(f, "line {line}, column {column}: {reason}")
            }
            TokenFileError::Verify(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TokenFileError {}

impl From<ReadError> for TokenFileError {
    fn from(error: ReadError) -> Self {
        TokenFileError::Artifact(error)
    }
}

impl From<TextError> for TokenFileError {
    fn from(error: TextError) -> Self {
        TokenFileError::Text(error)
    }
}

impl From<VerifyError> for TokenFileError {
    fn from(error: VerifyError) -> Self {
        TokenFileError::Verify(error)
    }
}
