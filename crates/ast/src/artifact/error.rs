//! Why bytes are no tree.

use super::JsonError;
use crate::verify::RuleError;
use std::fmt;
use taipan_artifact::ReadError;
use taipan_artifact::text::TextError;

/// Why bytes are no tree.
#[derive(Clone, PartialEq, Debug)]
pub enum TreeError {
    /// The container or the encoding in it is malformed.
    Artifact(ReadError),
    /// The options in the header are malformed; offsets count from their start.
    Options(ReadError),
    /// The text form is malformed.
    Text(TextError),
    /// The JSON form is malformed.
    Json(JsonError),
    /// Names that are not in order of first use, or not used at all.
    NameOrder {
        /// The place in the list of names.
        index: u32,
    },
    /// Lines that are not those of the source.
    Lines,
    /// The tree breaks a rule that every tree of a parser keeps.
    Rule(RuleError),
    /// The reader's stacks and the table of classes disagree: a bug of this program.
    Unbalanced,
}

impl From<ReadError> for TreeError {
    fn from(error: ReadError) -> Self {
        TreeError::Artifact(error)
    }
}

impl From<TextError> for TreeError {
    fn from(error: TextError) -> Self {
        TreeError::Text(error)
    }
}

impl From<JsonError> for TreeError {
    fn from(error: JsonError) -> Self {
        TreeError::Json(error)
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TreeError::Artifact(error) => error.fmt(f),
            TreeError::Options(error) => write!(f, "malformed options: {error}"),
            TreeError::Text(error) => error.fmt(f),
            TreeError::Json(error) => error.fmt(f),
            TreeError::NameOrder { index } => write!(f, "name {index} is out of order or not used"),
            TreeError::Lines => f.write_str("the lines are not those of the source"),
            TreeError::Rule(error) => error.fmt(f),
            TreeError::Unbalanced => f.write_str("internal error: unbalanced stacks in the reader of trees"),
        }
    }
}

impl std::error::Error for TreeError {}
