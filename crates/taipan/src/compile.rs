//! From source to code, in process: the stages that the stage programs run one by one.

pub use crate::warn::SourceWarning;
use std::sync::Arc;
use taipan_ast::Interner;
use taipan_bytecode_format::tables::positions::{self, Location, PositionEntry};
use taipan_bytecode_format::{Code, Const};
use taipan_codegen::{CompileOptions, compile as generate};
use taipan_diagnostics::{Diagnostic, ErrorClass};
use taipan_lexer::{LexOptions, Lexed, Source, SourceError, lex};
use taipan_parser::{Mode, ParseOptions, Warning, arena_for, parse_noting};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8;

/// What compiling a source gives: code or an error, and the warnings on the way.
pub struct Compiled {
    /// The code.
    pub code: Result<Arc<Code>, Diagnostic>,
    /// The warnings in the order in which they are issued.
    pub warnings: Vec<SourceWarning>,
    /// The text that lexer or parser refused; none of an error of another stage.
    pub refused: Option<String>,
    /// Whether the error was found in the tree, when the text is not at hand any more: its line is that of the file.
    pub late: bool,
}

/// How a source is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// What it is.
    pub mode: Mode,
    /// Whether its end may be missing, which is an error of its own then (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub incomplete_input: bool,
    /// Whether blocks stay open at its end (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// Digits that a decimal integer may have, if not the usual number.
    pub max_decimal_digits: Option<usize>,
    /// Whether it is text, in UTF-8, that declares no encoding.
    pub is_text: bool,
    /// Whether it is what a file holds, which an error of its encoding names.
    pub is_file: bool,
}

impl From<Mode> for Reading {
    fn from(mode: Mode) -> Reading {
        Reading { mode, ..Reading::default() }
    }
}

/// Compiles a source of bytes, whose encoding it tells itself.
pub fn compile(
    bytes: &[u8],
    filename: Wtf8<'_>,
    reading: impl Into<Reading>,
    options: CompileOptions,
) -> Compiled {
    let mut notes = Notes::default();
    let code = compile_noting(bytes, filename, reading.into(), options, &mut notes);
    let Notes { warnings, refused, late } = notes;
    Compiled { code: code.map(Arc::new), warnings, refused, late }
}

/// What is found on the way.
#[derive(Default)]
struct Notes {
    warnings: Vec<SourceWarning>,
    refused: Option<String>,
    late: bool,
}

/// The text of a source.
pub(crate) fn source_of(bytes: &[u8], mode: Mode, is_text: bool) -> Result<Source<'_>, SourceError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if is_text => Source::from_str(text, mode),
        _ => Source::from_bytes(bytes, mode),
    }
}

/// What is wrong with the encoding of a source.
fn undecoded(error: &SourceError, filename: Wtf8<'_>, is_file: bool) -> Diagnostic {
    let mut diagnostic = error.diagnostic();
    if is_file && matches!(error, SourceError::NotUtf8 { .. }) {
        let place = format!(" in file {} on line ", String::from_utf8_lossy(filename.as_bytes()));
        diagnostic.message = diagnostic.message.replacen(" on line ", &place, 1);
    }
    diagnostic
}

fn compile_noting(
    bytes: &[u8],
    filename: Wtf8<'_>,
    reading: Reading,
    options: CompileOptions,
    notes: &mut Notes,
) -> Result<Code, Diagnostic> {
    let Reading { mode, incomplete_input, dont_imply_dedent, max_decimal_digits, is_text, is_file } = reading;
    let source = source_of(bytes, mode, is_text).map_err(|error| undecoded(&error, filename, is_file))?;
    let lexed = lex(&source, &LexOptions { mode, dont_imply_dedent, ..LexOptions::default() });
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    let parse_options = ParseOptions {
        mode,
        allow_incomplete_input: incomplete_input,
        dont_imply_dedent,
        ..ParseOptions::default()
    };
    let max_decimal_digits = max_decimal_digits.unwrap_or(parse_options.max_decimal_digits);
    let parse_options = ParseOptions { max_decimal_digits, ..parse_options };
    let lines = LineIndex::new(source.text().as_bytes());
    let mut refused = Vec::new();
    let parsed = parse_noting(&source, &lexed, &parse_options, &arena, &mut interner, &mut refused);
    let early = match &parsed {
        Ok(parsed) => &parsed.warnings,
        Err(_) => &refused,
    };
    notes.warnings.extend(early_warnings(&source, &lexed, early, &lines));
    if parsed.is_err() {
        let end = if mode == Mode::Exec && !source.text().ends_with('\n') { "\n" } else { "" };
        notes.refused = Some([source.text(), end].concat());
    }
    let parsed = parsed?;
    let mut own = Vec::new();
    let code = generate(parsed.module, &lines, filename, options, &arena, &mut interner, &mut own);
    notes.warnings.extend(own.iter().map(|own| SourceWarning::of_codegen(own, &lines)));
    notes.late = code.is_err();
    code.map_err(|error| {
        let mut diagnostic = error.diagnostic(&lines);
        if let Some(location) = &mut diagnostic.location {
            let text = source.text();
            let span = lines.line_span(lines.line(error.span.start), text.len() as u32);
            location.text = text.get(span.range()).map(str::to_owned);
        }
        diagnostic
    })
}

/// The code without columns, and that of all functions in it.
pub(crate) fn without_columns(code: &Code) -> Arc<Code> {
    let mut plain = code.clone();
    let entries = positions::decode(&code.linetable, code.firstlineno).filter_map(Result::ok);
    let entries = entries.map(|entry| {
        let location = entry.location.map(|location| Location {
            end_line: location.line,
            column: None,
            end_column: None,
            ..location
        });
        PositionEntry { location, ..entry }
    });
    plain.linetable = positions::encode(code.firstlineno, entries);
    plain.consts = code
        .consts
        .iter()
        .map(|constant| match constant {
            Const::Code(inner) => Const::Code(without_columns(inner).into()),
            other => other.clone(),
        })
        .collect();
    Arc::new(plain)
}

/// What lexer and parser warn of, in the order of lines.
pub(crate) fn early_warnings(
    source: &Source,
    lexed: &Lexed,
    parser: &[Warning],
    lines: &LineIndex,
) -> Vec<SourceWarning> {
    let of_lexer = lexed.warnings.iter().map(|warning| SourceWarning::of_lexer(warning, source, lines));
    let of_parser = parser.iter().map(|warning| SourceWarning::of_parser(warning, source, lines));
    // a string that is looked at twice is warned of once
    let mut warnings: Vec<SourceWarning> = of_parser.collect();
    warnings.dedup_by(|a, b| (a.line, &a.message) == (b.line, &b.message));
    warnings.splice(0..0, of_lexer);
    warnings.sort_by_key(|warning| warning.line);
    warnings
}

/// Whether a text is a program, or the beginning of one.
pub(crate) fn parses(text: &str) -> bool {
    let Ok(source) = Source::from_bytes(text.as_bytes(), Mode::Exec) else { return false };
    let lexed = lex(&source, &LexOptions::default());
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(text.len());
    let options = ParseOptions { allow_incomplete_input: true, ..ParseOptions::default() };
    match parse_noting(&source, &lexed, &options, &arena, &mut interner, &mut Vec::new()) {
        Ok(_) => true,
        Err(diagnostic) => diagnostic.class == ErrorClass::IncompleteInput,
    }
}
