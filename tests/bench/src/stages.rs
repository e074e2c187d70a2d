//! The work that is timed, for one file: ours and ruff's.

use taipan_ast::Interner;
use taipan_lexer::{LexOptions, Source, lex};
use taipan_parser::{Mode, ParseOptions, arena_for, parse};

/// Decodes and lexes; returns the number of tokens, or none for a source that is refused.
pub fn lex_file(bytes: &[u8]) -> Option<usize> {
    let source = Source::from_bytes(bytes, Mode::Exec).ok()?;
    Some(lex(&source, &LexOptions::default()).tokens.len())
}

/// Decodes, lexes and parses; whether the source is accepted.
pub fn parse_file(bytes: &[u8]) -> bool {
    let Ok(source) = Source::from_bytes(bytes, Mode::Exec) else { return false };
    let lexed = lex(&source, &LexOptions::default());
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner).is_ok()
}

/// Lexes and parses with ruff, from text that is decoded already; whether the source is accepted.
pub fn parse_file_with_ruff(text: &str) -> bool {
    ruff_python_parser::parse_module(text).is_ok()
}
