//! Trees outside the process: the `.ast` artifact in its binary, text and JSON form. `walk.rs` takes
//! a tree apart into a [`walk::TreeSink`], `assemble.rs` puts one together from an
//! [`assemble::TreeSource`]; each form is one sink and one source.
//! Invariant: all forms carry the same, so that any of them can be turned into any other and back
//! without a difference. What reading returns has passed [`crate::verify`].

pub mod assemble;
mod binary;
mod error;
mod info;
mod json;
mod text;
mod walk;

#[cfg(test)]
mod tests;

pub use error::TreeError;
pub use info::{TreeInfo, TreeOptions};
pub use json::{JsonError, JsonErrorKind};

use crate::{Arena, Interner, Mod};
use taipan_artifact::text::{TextError, TextErrorKind, TextPosition};
use taipan_artifact::{Kind, Limits};

/// The forms of an artifact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// The container of the `artifact` crate.
    Binary,
    /// The notation of [`taipan_artifact::text`].
    Text,
    /// JSON.
    Json,
}

/// Where a tree comes from, and the tree.
#[derive(Clone)]
pub struct Tree<'a> {
    /// Where it comes from.
    pub info: TreeInfo,
    /// The tree.
    pub module: Mod<'a>,
}

impl<'a> Tree<'a> {
    /// The tree in one of the forms. Text and JSON are UTF-8.
    pub fn write(&self, form: Form, interner: &Interner) -> Vec<u8> {
        match form {
            Form::Binary => binary::write(self, interner),
            Form::Text => text::write(self, interner).into_bytes(),
            Form::Json => json::write(self, interner).into_bytes(),
        }
    }

    /// Reads a tree in any of the forms. Its nodes are put into `arena`, its names into `interner`.
    pub fn read(
        bytes: &[u8],
        limits: Limits,
        arena: &'a Arena,
        interner: &mut Interner,
    ) -> Result<Self, TreeError> {
        let tree = match detect(bytes) {
            Some(Form::Text) => text::read(utf8(bytes)?, limits, arena, interner)?,
            Some(Form::Json) => json::read(utf8(bytes)?, limits, arena, interner)?,
            _ => binary::read(bytes, limits, arena, interner)?,
        };
        crate::verify::verify(&tree.module, interner, tree.info.source_len, tree.info.source.as_deref())
            .map_err(TreeError::Rule)?;
        Ok(tree)
    }
}

/// The form of the tree that `bytes` begin; none if they begin none. What begins like the JSON form may
/// be Python source as well.
pub fn detect(bytes: &[u8]) -> Option<Form> {
    if Kind::detect(bytes) == Some(Kind::Tree) {
        return Some(Form::Binary);
    }
    let text = bytes.trim_ascii_start();
    // a number behind a name begins no Python source
    if text.strip_prefix(text::MARK.as_bytes()).and_then(<[u8]>::first).is_some_and(u8::is_ascii_digit) {
        Some(Form::Text)
    } else if text.starts_with(json::MARK.as_bytes()) {
        Some(Form::Json)
    } else {
        None
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, TreeError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
        let column = before.rsplit(|&b| b == b'\n').next().map_or(0, <[u8]>::len) + 1;
        let position = TextPosition { line, column };
        TreeError::Text(TextError { kind: TextErrorKind::StrayCharacter, position })
    })
}
