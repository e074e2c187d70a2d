//! The work that is timed, for one file: ours and ruff's.

use crate::corpus::File;
use taipan_artifact::SourceHash;
use taipan_ast::Interner;
use taipan_ast::artifact::{TreeInfo, TreeOptions};
use taipan_bytecode_format::{Validation, pyc};
use taipan_codegen::{CompileOptions, compile, header, symtable_of};
use taipan_lexer::{LexOptions, Source, lex};
use taipan_parser::{Mode, ParseOptions, arena_for, parse};
use taipan_span::LineIndex;
use taipan_wtf8::{Wtf8, Wtf8Buf};

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

/// The stages on the way from a source to a `.pyc`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// Tokens.
    Tokens,
    /// A tree.
    Tree,
    /// A symbol table.
    Scopes,
    /// Code objects.
    Code,
    /// The bytes of a `.pyc`.
    File,
}

impl Stage {
    /// All of them in order.
    pub const ALL: [Stage; 5] = [Stage::Tokens, Stage::Tree, Stage::Scopes, Stage::Code, Stage::File];

    /// What it is called in a report.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Tokens => "tokens",
            Stage::Tree => "tree",
            Stage::Scopes => "symbol table",
            Stage::Code => "code",
            Stage::File => ".pyc",
        }
    }
}

/// Goes from a source up to a stage; whether the source is accepted. A symbol table that is asked for is
/// made and dropped; the code makes its own.
pub fn run_to(stage: Stage, file: &File) -> bool {
    let Ok(source) = Source::from_bytes(&file.bytes, Mode::Exec) else { return false };
    let lexed = lex(&source, &LexOptions::default());
    if stage == Stage::Tokens {
        return true;
    }
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    let Ok(parsed) = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner) else {
        return false;
    };
    let options = CompileOptions::default();
    match stage {
        Stage::Tokens | Stage::Tree => return true,
        Stage::Scopes => return symtable_of(&parsed.module, &mut interner, options).is_ok(),
        Stage::Code | Stage::File => {}
    }
    let lines = LineIndex::new(source.text().as_bytes());
    let path = file.path.to_string_lossy();
    let (name, mut warnings) = (Wtf8::from_str(&path), Vec::new());
    let code = compile(parsed.module, &lines, name, options, &arena, &mut interner, &mut warnings);
    let Ok(code) = code else { return false };
    if stage == Stage::Code {
        return true;
    }
    let hash = SourceHash::of(&file.bytes);
    let mut source_name = Wtf8Buf::new();
    source_name.push_wtf8(name);
    let info = TreeInfo::new(source_name, hash, "", TreeOptions::default());
    let validation = Validation::Hash { hash: hash.pyc(), checked: false };
    pyc::write(&code, &header(&info, options), validation).is_ok()
}
