//! From the bytes of a file to a tree, whatever they are: source text, tokens or a tree in any form. The
//! stage programs read their inputs through this.
//! Invariant: no file is opened and nothing is printed here.

use crate::{ParseOptions, Warning, parse_noting};
use std::ffi::OsStr;
use taipan_artifact::{Kind, Limits, SourceHash};
use taipan_ast::artifact::{Form, Tree, TreeInfo, TreeOptions};
use taipan_ast::{Arena, Interner};
use taipan_diagnostics::Diagnostic;
use taipan_diagnostics::render::{cpython, json};
use taipan_lexer::artifact::{self as tokens, TokenFile};
use taipan_lexer::{LexOptions, Source, lex};
use taipan_span::LineIndex;
use taipan_wtf8::{CodePoint, Wtf8, Wtf8Buf};

/// What an input is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputKind {
    /// Source text.
    Source,
    /// Tokens in any form.
    Tokens,
    /// A tree in any form.
    Tree,
}

/// A tree and what is to be said about its source.
pub struct Read<'a> {
    /// The tree.
    pub tree: Tree<'a>,
    /// The warnings of lexer and parser that Python shows, each with its line, once each, in the order of
    /// the lines; none for a tree that was a tree already.
    pub warnings: Vec<(u32, String)>,
}

/// Why an input gives no tree.
pub enum ReadFailure {
    /// The source has an error.
    Refused {
        /// The error.
        diagnostic: Box<Diagnostic>,
        /// The warnings before it, as in [`Read`].
        warnings: Vec<(u32, String)>,
        /// The name of the source.
        source_name: Wtf8Buf,
        /// The decoded source, if it decodes.
        source: Option<String>,
    },
    /// The artifact is damaged or lacks a section; what is said of it.
    Artifact(String),
}

/// The name of a file as Python has it: bytes that are no UTF-8 are lone surrogates (PEP 383), and `-` is
/// `<stdin>`.
pub fn source_name(file: &OsStr) -> Wtf8Buf {
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

/// No limit but that of the bytes there are.
fn limits() -> Limits {
    Limits { bytes: u64::MAX, ..Limits::default() }
}

/// What the bytes are. Where an artifact could begin a source as well it is one only if it reads as such.
pub fn detect(bytes: &[u8]) -> InputKind {
    let is_tree = || Tree::read(bytes, limits(), &Arena::new(), &mut Interner::new()).is_ok();
    match Kind::detect(bytes) {
        Some(Kind::Tree) => return InputKind::Tree,
        Some(_) => return InputKind::Tokens,
        None => {}
    }
    match (TokenFile::form(bytes), taipan_ast::artifact::detect(bytes)) {
        (Some(tokens::Form::Json), _) if TokenFile::read(bytes, limits()).is_ok() => InputKind::Tokens,
        (Some(tokens::Form::Text), _) => InputKind::Tokens,
        (_, Some(Form::Json)) if is_tree() => InputKind::Tree,
        (_, Some(Form::Text)) => InputKind::Tree,
        _ => InputKind::Source,
    }
}

/// Reads a tree. What is no artifact is the source `name`; tokens are parsed under the options that they
/// were made with.
///
/// # Errors
/// See [`ReadFailure`].
pub fn read<'a>(
    bytes: &[u8],
    kind: InputKind,
    name: Wtf8<'_>,
    options: &ParseOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Read<'a>, ReadFailure> {
    let damaged = |error: &dyn std::fmt::Display| ReadFailure::Artifact(error.to_string());
    match kind {
        InputKind::Tree => {
            let tree = Tree::read(bytes, limits(), arena, interner).map_err(|error| damaged(&error))?;
            Ok(Read { tree, warnings: Vec::new() })
        }
        InputKind::Tokens => {
            let tokens = TokenFile::read(bytes, limits()).map_err(|error| damaged(&error))?;
            let missing =
                || damaged(&"its source was stripped, and the parser reads names and literals there");
            let source = tokens.source().ok_or_else(missing)?;
            from_tokens(&tokens, &source, options, arena, interner)
        }
        InputKind::Source => {
            let tokens = lex_source(bytes, name, options)?;
            let missing = || damaged(&"its source does not decode");
            let source = tokens.source().ok_or_else(missing)?;
            from_tokens(&tokens, &source, options, arena, interner)
        }
    }
}

fn lex_source(bytes: &[u8], name: Wtf8<'_>, options: &ParseOptions) -> Result<TokenFile, ReadFailure> {
    let ParseOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, .. } = *options;
    let mut source_name = Wtf8Buf::new();
    source_name.push_wtf8(name);
    let source = match Source::from_bytes(bytes, mode) {
        Ok(source) => source,
        Err(error) => {
            let diagnostic = Box::new(error.diagnostic());
            return Err(ReadFailure::Refused { diagnostic, warnings: Vec::new(), source_name, source: None });
        }
    };
    let options = LexOptions { mode, type_comments, extra_tokens: false, barry_as_flufl, dont_imply_dedent };
    let lexed = lex(&source, &options);
    Ok(TokenFile::new(source_name, bytes, &source, options, lexed))
}

fn from_tokens<'a>(
    tokens: &TokenFile,
    source: &Source<'_>,
    options: &ParseOptions,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Read<'a>, ReadFailure> {
    let LexOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, .. } = tokens.options;
    let options = ParseOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, ..*options };
    let mut noted = Vec::new();
    let parsed = parse_noting(source, &tokens.lexed, &options, arena, interner, &mut noted);
    let shown = |own: &[Warning]| warnings(tokens, source.text(), own, options.feature_version);
    let parsed = parsed.map_err(|diagnostic| ReadFailure::Refused {
        diagnostic: Box::new(diagnostic),
        warnings: shown(&noted),
        source_name: tokens.source_name.clone(),
        source: Some(source.text().to_owned()),
    })?;
    let warnings = shown(&parsed.warnings);
    let hash: SourceHash = tokens.source_hash;
    let ParseOptions { feature_version, optimize, .. } = options;
    let options = TreeOptions { feature_version, optimize, type_comments, barry_as_flufl };
    let info = TreeInfo::new(tokens.source_name.clone(), hash, source.text(), options);
    Ok(Read { tree: Tree { info, module: parsed.module }, warnings })
}

/// Python ignores warnings of class `DeprecationWarning`, and so are they here.
fn warnings(tokens: &TokenFile, text: &str, own: &[Warning], feature_version: u8) -> Vec<(u32, String)> {
    let lines = LineIndex::new(text.as_bytes());
    let lexed = tokens.lexed.warnings.iter();
    let mut warnings: Vec<(u32, String)> = lexed
        .map(|warning| (lines.line(warning.cursor.saturating_sub(1)), warning.kind.to_string()))
        .collect();
    if Warning::category(feature_version) == "SyntaxWarning" {
        let line = |warning: &Warning| lines.line(warning.anchor) + warning.newlines;
        warnings.extend(own.iter().map(|warning| (line(warning), warning.to_string())));
    }
    warnings.sort_by_key(|warning| warning.0);
    warnings.dedup();
    warnings
}

/// An error of an input as a program says it.
pub fn error_text(diagnostic: &Diagnostic, name: Wtf8<'_>, as_json: bool) -> String {
    let name = String::from_utf8_lossy(name.as_bytes());
    if as_json { json::error(diagnostic, &name) } else { cpython::error(diagnostic, &name) }
}

/// Warnings about a source as a program says them, each with its line; the lines are shown if the source is at
/// hand.
pub fn warnings_text(
    warnings: &[(u32, String)],
    source: Option<&str>,
    name: Wtf8<'_>,
    as_json: bool,
) -> String {
    let text = source.unwrap_or_default();
    let lines = LineIndex::new(text.as_bytes());
    let name = String::from_utf8_lossy(name.as_bytes());
    let one = |(line, message): &(u32, String)| {
        let span = lines.line_span(*line, text.len() as u32);
        let line_text = text.get(span.range()).unwrap_or_default();
        match as_json {
            true => json::warning(&name, *line, message),
            false => cpython::warning(&name, *line, message, line_text),
        }
    };
    warnings.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_told_by_its_magic_number() {
        assert_eq!(detect(b"x = 1\n"), InputKind::Source);
        let mut bytes = taipan_artifact::MAGIC.to_vec();
        bytes.extend_from_slice(&Kind::Tree.tag());
        assert_eq!(detect(&bytes), InputKind::Tree);
        assert_eq!(detect(b"(ast 1 )"), InputKind::Tree);
        assert_eq!(detect(b"(ast .x)"), InputKind::Source);
        assert_eq!(detect(b"{\"artifact\":\"ast\"}"), InputKind::Source);
    }

    #[test]
    #[cfg(unix)]
    fn a_name_that_is_no_utf8_has_lone_surrogates() {
        use std::os::unix::ffi::OsStrExt;
        let name = source_name(OsStr::from_bytes(b"a\xFF.py"));
        let points: Vec<u32> = name.as_wtf8().code_points().map(CodePoint::value).collect();
        assert_eq!(points, [0x61, 0xDCFF, 0x2E, 0x70, 0x79]);
    }
}
