//! Files: their bytes, their names in diagnostics, and what they are.

use crate::args::InputKind;
use std::ffi::OsStr;
use std::io::{self, Read};
use taipan_artifact::{Kind, Limits};
use taipan_ast::artifact::Tree;
use taipan_ast::{Arena, Interner};
use taipan_lexer::artifact::TokenFile;
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

/// What the bytes are. The text and JSON forms of artifacts could begin a source as well, and are
/// artifacts only if they read as such.
pub fn kind(bytes: &[u8], asked: InputKind) -> Input {
    match asked {
        InputKind::Source => return Input::Source,
        InputKind::Tokens => return Input::Tokens,
        InputKind::Tree => return Input::Tree,
        InputKind::Auto => {}
    }
    match Kind::detect(bytes) {
        Some(Kind::Tokens) => return Input::Tokens,
        Some(Kind::Tree) => return Input::Tree,
        _ => {}
    }
    if TokenFile::form(bytes).is_some() && TokenFile::read(bytes, Limits::default()).is_ok() {
        return Input::Tokens;
    }
    let tree = || Tree::read(bytes, Limits::default(), &Arena::new(), &mut Interner::new()).is_ok();
    if taipan_ast::artifact::detect(bytes).is_some() && tree() { Input::Tree } else { Input::Source }
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
        assert_eq!(kind(b"(ast 1 )", InputKind::Auto), Input::Source);
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
