//! `SyntaxWarning`s of a source: given by the rules of the module `warnings`, and the errors that filters make of them.

use crate::errors;
use taipan_codegen::CompileWarning;
use taipan_diagnostics::{Diagnostic, ErrorClass, Location};
use taipan_lexer::{LexWarning, Source};
use taipan_object::exception::SYNTAX_WARNING;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Thread};
use taipan_parser::Warning;
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8;

/// A `SyntaxWarning`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceWarning {
    /// Its line.
    pub line: u32,
    /// Its text.
    pub message: String,
    /// The error that it is where warnings are errors.
    pub error: Diagnostic,
}

fn error(message: String, location: Location) -> Diagnostic {
    Diagnostic { class: ErrorClass::Syntax, message, location: Some(location) }
}

/// The line around an offset, and how many characters of it stand before the offset.
fn line_at(source: &Source, lines: &LineIndex, offset: u32) -> (u32, String, i64) {
    let text = source.text();
    let line = lines.line(offset);
    let span = lines.line_span(line, text.len() as u32);
    let own = text.get(span.range()).unwrap_or_default().trim_end_matches(['\n', '\r']);
    let before = text.get(span.start as usize..offset as usize).unwrap_or_default();
    (line, own.to_owned(), before.chars().count() as i64)
}

impl SourceWarning {
    /// A warning of the lexer.
    pub(crate) fn of_lexer(warning: &LexWarning, source: &Source, lines: &LineIndex) -> SourceWarning {
        let last = warning.cursor.saturating_sub(1);
        let (line, text, before) = line_at(source, lines, last);
        let (lineno, offset) = (line.into(), before + 1);
        let location = Location { lineno, offset, end_lineno: lineno, end_offset: offset, text: Some(text) };
        let message = warning.kind.to_string();
        SourceWarning { line, error: error(message.clone(), location), message }
    }

    /// A warning about an escape sequence.
    pub(crate) fn of_parser(warning: &Warning, source: &Source, lines: &LineIndex) -> SourceWarning {
        let (line, text, before) = line_at(source, lines, warning.at);
        let (lineno, offset) = (i64::from(line), before + 1);
        let (end_offset, text) = (offset + 2, Some(text + "\n"));
        let location = Location { lineno, offset, end_lineno: lineno, end_offset, text };
        let line = lines.line(warning.anchor) + warning.newlines;
        SourceWarning { line, message: warning.to_string(), error: error(warning.error_message(), location) }
    }

    /// A warning of the code generator.
    pub(crate) fn of_codegen(warning: &CompileWarning, lines: &LineIndex) -> SourceWarning {
        let (start, end) = (lines.locate(warning.span.start), lines.locate(warning.span.end));
        let location = Location {
            lineno: start.line.into(),
            offset: i64::from(start.column) + 1,
            end_lineno: end.line.into(),
            end_offset: i64::from(end.column) + 1,
            text: None,
        };
        let message = warning.kind.to_string();
        SourceWarning { line: start.line, error: error(message.clone(), location), message }
    }
}

/// Issues the warning of a source.
///
/// # Errors
/// SyntaxError where the filters make it an error; what filters and hooks raise.
pub(crate) fn syntax_warning(thread: &Thread, filename: Wtf8<'_>, warning: &SourceWarning) -> PyResult<()> {
    let name = PyStr::from_text(thread, &String::from_utf8_lossy(filename.as_bytes()))?.into_value();
    let given =
        taipan_stdlib_core::warn_at(thread, &SYNTAX_WARNING, &warning.message, name.clone(), warning.line);
    given.map_err(|raised| {
        let exception = thread.catch(raised);
        if exception.as_ref().ty().is_subtype(&SYNTAX_WARNING) {
            return errors::raise(thread, &warning.error, &name);
        }
        thread.raise(exception)
    })
}
