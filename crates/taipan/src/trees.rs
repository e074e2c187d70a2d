//! Trees of the module `ast`: sources to trees, trees to code.

use crate::compile::{SourceWarning, early_warnings};
use crate::errors;
use std::sync::Arc;
use taipan_ast::preprocess::preprocess;
use taipan_ast::{Arena, Class, Interner, Mod};
use taipan_bytecode_format::Code;
use taipan_codegen::CompileOptions;
use taipan_diagnostics::Diagnostic;
use taipan_lexer::{LexOptions, lex};
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value};
use taipan_parser::{Mode, ParseOptions, arena_for, parse_noting};
use taipan_span::LineIndex;
use taipan_stdlib_language::ast::{build, read};
use taipan_stdlib_language::symtable;
use taipan_wtf8::Wtf8;

/// How to parse a source to a tree.
pub(crate) struct TreeOptions {
    pub(crate) mode: Mode,
    pub(crate) type_comments: bool,
    /// The minor version of the grammar, if it is not the own one.
    pub(crate) feature_version: Option<u8>,
    /// The level to optimize the tree at, if it is to be.
    pub(crate) optimize: Option<u8>,
    pub(crate) incomplete_input: bool,
    pub(crate) dont_imply_dedent: bool,
    /// Whether the source is text, in UTF-8, that declares no encoding.
    pub(crate) is_text: bool,
}

fn failed(thread: &Thread, diagnostic: &Diagnostic, filename: Wtf8<'_>) -> Raised {
    match PyStr::from_text(thread, &String::from_utf8_lossy(filename.as_bytes())) {
        Ok(name) => errors::raise(thread, diagnostic, &name.into_value()),
        Err(raised) => raised,
    }
}

/// The tree of a source, as objects.
pub(crate) fn parse(
    thread: &Thread,
    bytes: &[u8],
    filename: Wtf8<'_>,
    options: &TreeOptions,
) -> PyResult<Value> {
    parsed(thread, bytes, filename, options, |module, arena, interner, lines| {
        let module = match options.optimize {
            Some(level) => preprocess(module, level, interner, arena),
            None => module,
        };
        build::objects(thread, module, interner, lines)
    })
}

/// The scopes of a source, as objects.
pub(crate) fn symbols(
    thread: &Thread,
    bytes: &[u8],
    filename: Wtf8<'_>,
    mode: Mode,
    is_text: bool,
) -> PyResult<Value> {
    let options = TreeOptions {
        mode,
        type_comments: false,
        feature_version: None,
        optimize: None,
        incomplete_input: false,
        dont_imply_dedent: false,
        is_text,
    };
    parsed(thread, bytes, filename, &options, |module, _, interner, lines| {
        let table = taipan_codegen::symtable_of(&module, interner, CompileOptions::default());
        let table = table.map_err(|error| failed(thread, &error.diagnostic(lines), filename))?;
        symtable::entries(thread, &table, interner, lines)
    })
}

/// What `then` makes of the tree of a source.
fn parsed<T>(
    thread: &Thread,
    bytes: &[u8],
    filename: Wtf8<'_>,
    options: &TreeOptions,
    then: impl for<'a> FnOnce(Mod<'a>, &'a Arena, &mut Interner, &LineIndex) -> PyResult<T>,
) -> PyResult<T> {
    let mode = options.mode;
    let source = crate::compile::source_of(bytes, mode, options.is_text)
        .map_err(|error| failed(thread, &error.diagnostic(), filename))?;
    let lex_options = LexOptions {
        mode,
        type_comments: options.type_comments,
        dont_imply_dedent: options.dont_imply_dedent,
        ..LexOptions::default()
    };
    let lexed = lex(&source, &lex_options);
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    let own = ParseOptions::default();
    let parse_options = ParseOptions {
        mode,
        type_comments: options.type_comments,
        feature_version: options.feature_version.unwrap_or(own.feature_version),
        allow_incomplete_input: options.incomplete_input,
        max_decimal_digits: crate::compiler::max_decimal_digits(thread),
        dont_imply_dedent: options.dont_imply_dedent,
        ..own
    };
    let lines = LineIndex::new(source.text().as_bytes());
    let mut refused = Vec::new();
    let parsed = parse_noting(&source, &lexed, &parse_options, &arena, &mut interner, &mut refused);
    let early = match &parsed {
        Ok(parsed) => &parsed.warnings,
        Err(_) => &refused,
    };
    let warnings = early_warnings(&source, &lexed, early, &lines);
    warnings.iter().try_for_each(|warning| crate::warn::syntax_warning(thread, filename, warning))?;
    let parsed = parsed.map_err(|diagnostic| failed(thread, &diagnostic, filename))?;
    then(parsed.module, &arena, &mut interner, &lines)
}

/// Checks that an object is of the class that a mode needs.
pub(crate) fn check_class(thread: &Thread, tree: Ref<'_>, class: Class) -> PyResult<()> {
    read::check_class(thread, tree, class)
}

/// A tree, optimized.
pub(crate) fn optimized(thread: &Thread, tree: Ref<'_>, class: Class, level: u8) -> PyResult<Value> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let read = read::tree(thread, tree, class, &arena, &mut interner)?;
    let module = preprocess(read.module, level, &interner, &arena);
    build::objects(thread, module, &interner, &read.lines)
}

/// Code of a tree.
pub(crate) fn compile(
    thread: &Thread,
    tree: Ref<'_>,
    class: Class,
    filename: Wtf8<'_>,
    options: CompileOptions,
) -> PyResult<Arc<Code>> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let read = read::tree(thread, tree, class, &arena, &mut interner)?;
    let mut warnings = Vec::new();
    let code = taipan_codegen::compile(
        read.module,
        &read.lines,
        filename,
        options,
        &arena,
        &mut interner,
        &mut warnings,
    );
    for warning in &warnings {
        let warning = SourceWarning::of_codegen(warning, &read.lines);
        crate::warn::syntax_warning(thread, filename, &warning)?;
    }
    let code = code.map_err(|error| failed(thread, &error.diagnostic(&read.lines), filename))?;
    Ok(Arc::new(code))
}
