//! The stages of the compiler as the one that an interpreter is given.

use crate::compile::{self, Compiled, Reading};
use crate::{compile_function, errors, symtable_function, warn};
use std::sync::Arc;
use taipan_bytecode_format::Code;
use taipan_codegen::CompileOptions;
use taipan_lexer::Source;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Thread, Value};
use taipan_parser::Mode;
use taipan_runtime::{Compiler, SourceText, files};
use taipan_runtime_builtins::modules::ModuleDef;
use taipan_wtf8::Wtf8;

/// What compiles while a program runs.
pub const COMPILER: &dyn Compiler = &Stages;

struct Stages;

impl Compiler for Stages {
    fn fill(&self, thread: &Thread) -> PyResult<()> {
        taipan_stdlib_language::fill(thread)
    }

    fn modules(&self) -> Vec<&'static ModuleDef> {
        let mut modules = taipan_stdlib_language::MODULES.to_vec();
        modules.push(&symtable_function::MODULE);
        modules
    }

    fn code(&self, thread: &Thread, source: &SourceText<'_>) -> PyResult<Arc<Code>> {
        let reading = Reading {
            mode: if source.is_expression { Mode::Eval } else { Mode::Exec },
            is_text: source.is_text,
            is_file: source.is_file,
            ..Reading::default()
        };
        let optimize = thread.interp().optimize.get();
        let options = CompileOptions { future: source.future, optimize, ..CompileOptions::default() };
        compiled(thread, source.bytes, source.filename, reading, options)
    }

    fn compile(&self, thread: &Thread, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
        compile_function::compile(thread, arguments, names)
    }

    fn text(&self, bytes: &[u8]) -> Option<String> {
        let source = Source::from_bytes(bytes, Mode::Exec).ok()?;
        Some(source.text().to_owned())
    }

    fn parses(&self, text: &str) -> bool {
        compile::parses(text)
    }
}

/// Digits that a decimal integer of a source may have.
pub(crate) fn max_decimal_digits(thread: &Thread) -> usize {
    match thread.interp().int_max_str_digits.get() {
        0 => usize::MAX,
        limit => limit,
    }
}

/// Compiles a source, or raises its error.
pub(crate) fn compiled(
    thread: &Thread,
    bytes: &[u8],
    filename: Wtf8<'_>,
    reading: Reading,
    options: CompileOptions,
) -> PyResult<Arc<Code>> {
    let reading = Reading { max_decimal_digits: Some(max_decimal_digits(thread)), ..reading };
    let Compiled { code, warnings, refused, late } = compile::compile(bytes, filename, reading, options);
    for warning in &warnings {
        warn::syntax_warning(thread, filename, warning)?;
    }
    let made = code.map(|code| match thread.interp().no_debug_ranges.get() {
        true => compile::without_columns(&code),
        false => code,
    });
    made.map_err(|mut diagnostic| {
        let path = String::from_utf8_lossy(filename.as_bytes());
        if late
            && let Some(location) = &mut diagnostic.location
            && files::read(thread, &path).is_none()
        {
            location.text = None;
        }
        match PyStr::from_text(thread, &path) {
            Ok(name) => errors::raise_refusal(thread, &diagnostic, &name.into_value(), refused.as_deref()),
            Err(raised) => raised,
        }
    })
}
