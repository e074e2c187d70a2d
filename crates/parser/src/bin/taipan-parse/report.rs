//! What goes to standard error.

use std::io::Write;
use taipan_diagnostics::Diagnostic;
use taipan_diagnostics::render::{cpython, json};
use taipan_parser::front::Read;
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

/// The warnings of lexer and parser about a source, if it is at hand.
pub fn warnings(read: &Read<'_>, as_json: bool) {
    let info = &read.tree.info;
    let text = info.source.as_deref().unwrap_or_default();
    let lines = info.line_index();
    let name = String::from_utf8_lossy(info.source_name.as_wtf8().as_bytes());
    for (line, message) in &read.warnings {
        let span = lines.line_span(*line, text.len() as u32);
        let line_text = text.get(span.range()).unwrap_or_default();
        say(&match as_json {
            true => json::warning(&name, *line, message),
            false => cpython::warning(&name, *line, message, line_text),
        });
    }
}
