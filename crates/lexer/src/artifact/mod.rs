//! Tokens as a file, `.tok`: the binary form in the container of all artifacts, a text form and a JSON
//! form that read back. `verify.rs` says what holds of tokens that were read.
//! Invariant: the same source and options give the same bytes, and encode, decode, encode gives them
//! again.

mod binary;
mod error;
mod json;
mod parts;
mod text;
mod verify;

#[cfg(test)]
mod tests;

use crate::{LexOptions, Lexed, Source};
use taipan_artifact::{
    Kind, LANGUAGE, LanguageVersion, Limits, PRODUCER, ProducerVersion, ReadError, SourceHash,
};
use taipan_wtf8::Wtf8Buf;

pub use error::{TokenFileError, VerifyError};

/// How an artifact is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// The container.
    Binary,
    /// The notation for people.
    Text,
    /// JSON.
    Json,
}

/// Tokens with what a file says of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenFile {
    /// The program that wrote the file.
    pub producer: ProducerVersion,
    /// The name of the source, as it appears in diagnostics.
    pub source_name: Wtf8Buf,
    /// The hash of the source before decoding.
    pub source_hash: SourceHash,
    /// The options that the tokens were made with.
    pub options: LexOptions,
    /// The declared encoding of the source.
    pub encoding: String,
    /// Whether the last newline of the text is not in the file.
    pub implicit_newline: bool,
    /// Length of the decoded source in bytes.
    pub source_len: u32,
    /// The decoded source, unless it was stripped.
    pub source: Option<String>,
    /// The tokens, with error and warnings.
    pub lexed: Lexed,
}

impl TokenFile {
    /// The tokens that this program made of `source`, which was decoded from `bytes`.
    pub fn new(
        source_name: Wtf8Buf,
        bytes: &[u8],
        source: &Source<'_>,
        options: LexOptions,
        lexed: Lexed,
    ) -> Self {
        TokenFile {
            producer: PRODUCER,
            source_name,
            source_hash: SourceHash::of(bytes),
            options,
            encoding: source.encoding().to_owned(),
            implicit_newline: source.has_implicit_newline(),
            source_len: source.text().len() as u32,
            source: Some(source.text().to_owned()),
            lexed,
        }
    }

    /// The file in one of its forms.
    pub fn write(&self, form: Form) -> Vec<u8> {
        match form {
            Form::Binary => binary::write(self),
            Form::Text => text::write(self).into_bytes(),
            Form::Json => json::write(self).into_bytes(),
        }
    }

    /// Reads a file in any of its forms.
    ///
    /// # Errors
    /// See [`TokenFileError`].
    pub fn read(bytes: &[u8], limits: Limits) -> Result<TokenFile, TokenFileError> {
        let size = bytes.len() as u64;
        if size > limits.bytes {
            return Err(ReadError::TooLarge { size, limit: limits.bytes }.into());
        }
        let file = match TokenFile::form(bytes) {
            Some(Form::Text) => text::read(utf8(bytes)?)?,
            Some(Form::Json) => json::read(utf8(bytes)?)?,
            _ => binary::read(bytes, limits)?,
        };
        verify::verify(&file)?;
        Ok(file)
    }

    /// The form that `bytes` begin with, if they begin with one. What begins like the binary or the
    /// text form is no Python source; what begins like JSON may be one.
    pub fn form(bytes: &[u8]) -> Option<Form> {
        if Kind::detect(bytes).is_some() {
            Some(Form::Binary)
        } else if bytes
            .strip_prefix(text::MARK.as_bytes())
            .is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
        {
            Some(Form::Text)
        } else if bytes.starts_with(json::MARK.as_bytes()) {
            Some(Form::Json)
        } else {
            None
        }
    }

    /// The decoded source, unless it was stripped.
    pub fn source(&self) -> Option<Source<'_>> {
        // A file that was read or made has text that is a source.
        let text = self.source.as_deref()?;
        Source::decoded(text, self.encoding.clone(), self.implicit_newline).ok()
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| ReadError::Text { offset: error.valid_up_to() })
}

/// Refuses other versions than those of this program.
fn check_versions(format: u32, language: LanguageVersion) -> Result<(), ReadError> {
    let expected = Kind::Tokens.format_version();
    if format != expected {
        return Err(ReadError::FormatVersion { kind: Kind::Tokens, expected, found: format });
    }
    if language != LANGUAGE {
        return Err(ReadError::Language { expected: LANGUAGE, found: language });
    }
    Ok(())
}
