//! What goes to standard error.

use std::io::Write;
use taipan_diagnostics::Diagnostic;
use taipan_diagnostics::render::{cpython, json};
use taipan_lexer::artifact::TokenFile;
use taipan_parser::{Parsed, Warning};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8;

/// A complaint of the program about how it is used. If standard error is closed nobody hears it.
pub fn complain(message: &str) {
    say(&format!("taipan-parse: {message}\n"));
}

fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// An error of an input.
pub fn error(diagnostic: &Diagnostic, name: Wtf8<'_>, as_json: bool) {
    let name = String::from_utf8_lossy(name.as_bytes());
    say(&if as_json { json::error(diagnostic, &name) } else { cpython::error(diagnostic, &name) });
}

/// The warnings of lexer and parser, once each, in the order of their lines. Python ignores those of
/// class `DeprecationWarning`, and so are they here.
pub fn warnings(tokens: &TokenFile, text: &str, parsed: &Parsed<'_>, feature_version: u8, as_json: bool) {
    let lines = LineIndex::new(text.as_bytes());
    let lexed = tokens.lexed.warnings.iter();
    let mut warnings: Vec<(u32, String)> = lexed
        .map(|warning| (lines.line(warning.cursor.saturating_sub(1)), warning.kind.to_string()))
        .collect();
    if Warning::category(feature_version) == "SyntaxWarning" {
        let parsed = parsed.warnings.iter();
        warnings.extend(
            parsed.map(|warning| (lines.line(warning.anchor) + warning.newlines, warning.to_string())),
        );
    }
    warnings.sort_by_key(|warning| warning.0);
    warnings.dedup();
    let name = String::from_utf8_lossy(tokens.source_name.as_wtf8().as_bytes());
    for (line, message) in warnings {
        let span = lines.line_span(line, text.len() as u32);
        let line_text = text.get(span.range()).unwrap_or_default();
        say(&match as_json {
            true => json::warning(&name, line, &message),
            false => cpython::warning(&name, line, &message, line_text),
        });
    }
}
