//! Our own front end: from a source to its tree's dump, or to its error.

use taipan_ast::dump::{DumpOptions, dump};
use taipan_ast::{Arena, Interner};
use taipan_diagnostics::Diagnostic;
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse};
use taipan_span::LineIndex;

const TYPE_COMMENTS: u32 = 0x1000;
const DONT_IMPLY_DEDENT: u32 = 0x200;
const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
const BARRY_AS_FLUFL: u32 = 0x40_0000;

/// A source as `compile` gets it.
#[derive(Clone, Copy)]
pub enum Input<'i> {
    /// Bytes, whose encoding is to be found.
    Bytes(&'i [u8]),
    /// Text.
    Text(&'i str),
}

/// What `compile(source, …, mode, flags | PyCF_ONLY_AST)` gives, dumped with attributes.
pub fn dump_of(input: Input<'_>, mode: &str, flags: u32) -> Result<String, Diagnostic> {
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    };
    let source = match input {
        Input::Bytes(bytes) => Source::from_bytes(bytes, mode),
        Input::Text(text) => Source::from_str(text, mode),
    };
    let source = source.map_err(|error| error.diagnostic())?;
    let type_comments = flags & TYPE_COMMENTS != 0;
    let dont_imply_dedent = flags & DONT_IMPLY_DEDENT != 0;
    let barry_as_flufl = flags & BARRY_AS_FLUFL != 0;
    let lex_options =
        LexOptions { mode, type_comments, extra_tokens: false, dont_imply_dedent, barry_as_flufl };
    let lexed = lex(&source, &lex_options);
    let options = ParseOptions {
        mode,
        type_comments,
        allow_incomplete_input: flags & ALLOW_INCOMPLETE_INPUT != 0,
        dont_imply_dedent,
        barry_as_flufl,
        ..ParseOptions::default()
    };
    let (arena, mut interner) = (Arena::new(), Interner::for_source(source.text().len()));
    let parsed = parse(source.text(), &lexed.tokens, &options, &arena, &mut interner)?;
    let lines = LineIndex::new(source.text().as_bytes());
    let options = DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
    Ok(dump(&parsed.module, &interner, &lines, &options))
}
