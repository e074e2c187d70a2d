//! Files: their bytes, their names in diagnostics, and what they are.

use crate::args::InputKind;
use std::ffi::OsStr;
use std::io::{self, Read};
use taipan_artifact::{Kind, Limits};
use taipan_ast::artifact::{Form, Tree};
use taipan_ast::{Arena, Interner};
use taipan_lexer::artifact::{self as tokens, TokenFile};
use taipan_wtf8::{CodePoint, Wtf8Buf};

/// The bytes of a file, or of standard input.
pub fn read(file: &OsStr) -> io::Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name of a file as Python has it: bytes that are no UTF-8 are lone surrogates (PEP 383).
pub fn name(file: &OsStr) -> Wtf8Buf {
    let mut name = Wtf8Buf::new();
    if file == "-" {
        name.push_str("<stdin>");
        return name;
    }
    for chunk in file.as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            if let Some(point) = CodePoint::new(0xDC00 + u32::from(byte)) {
                name.push(point);
            }
        }
    }
    name
}

/// What an input is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// Source text.
    Source,
    /// Tokens in any form.
    Tokens,
    /// A tree in any form.
    Tree,
}

/// What the bytes are. Where an artifact could begin a source as well it is one only if it reads as such.
pub fn kind(bytes: &[u8], asked: InputKind) -> Input {
    match asked {
        InputKind::Source => return Input::Source,
        InputKind::Tokens => return Input::Tokens,
        InputKind::Tree => return Input::Tree,
        InputKind::Auto => {}
    }
    let limits = Limits { bytes: u64::MAX, ..Limits::default() };
    let is_tree = || Tree::read(bytes, limits, &Arena::new(), &mut Interner::new()).is_ok();
    match Kind::detect(bytes) {
        Some(Kind::Tree) => return Input::Tree,
        Some(_) => return Input::Tokens,
        None => {}
    }
    match (TokenFile::form(bytes), taipan_ast::artifact::detect(bytes)) {
        (Some(tokens::Form::Json), _) if TokenFile::read(bytes, limits).is_ok() => Input::Tokens,
        (Some(tokens::Form::Text), _) => Input::Tokens,
        (_, Some(Form::Json)) if is_tree() => Input::Tree,
        (_, Some(Form::Text)) => Input::Tree,
        _ => Input::Source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_told_by_its_magic_number() {
        assert_eq!(kind(b"x = 1\n", InputKind::Auto), Input::Source);
        let mut bytes = taipan_artifact::MAGIC.to_vec();
        bytes.extend_from_slice(&Kind::Tree.tag());
        assert_eq!(kind(&bytes, InputKind::Auto), Input::Tree);
        assert_eq!(kind(&bytes, InputKind::Source), Input::Source);
        assert_eq!(kind(b"(ast 1 )", InputKind::Auto), Input::Tree);
        assert_eq!(kind(b"(ast .x)", InputKind::Auto), Input::Source);
        assert_eq!(kind(b"{\"artifact\":\"ast\"}", InputKind::Auto), Input::Source);
    }

    #[test]
    #[cfg(unix)]
    fn a_name_that_is_no_utf8_has_lone_surrogates() {
        use std::os::unix::ffi::OsStrExt;
        let name = name(OsStr::from_bytes(b"a\xFF.py"));
        let points: Vec<u32> = name.as_wtf8().code_points().map(CodePoint::value).collect();
        assert_eq!(points, [0x61, 0xDCFF, 0x2E, 0x70, 0x79]);
    }
}
