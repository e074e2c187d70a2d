//! What goes to standard error.

use std::io::Write;
use taipan_diagnostics::Diagnostic;
use taipan_parser::front;
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
    say(&front::error_text(diagnostic, name, as_json));
}

/// Warnings about a source, each with its line.
pub fn warnings(warnings: &[(u32, String)], source: Option<&str>, name: Wtf8<'_>, as_json: bool) {
    say(&front::warnings_text(warnings, source, name, as_json));
}
