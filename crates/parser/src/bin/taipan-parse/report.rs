//! What goes to standard error.

use std::io::Write;
use taipan_diagnostics::Diagnostic;
use taipan_wtf8::Wtf8Buf;

/// A complaint of the program about how it is used. If standard error is closed nobody hears it.
pub fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "taipan-parse: {message}");
}

/// An error of an input.
pub fn diagnostic(diagnostic: &Diagnostic, name: &Wtf8Buf, json: bool) {
    let text = if json { as_json(diagnostic, name) } else { as_cpython(diagnostic, name) };
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// A warning about an input.
pub fn warning(category: &str, message: &str, name: &Wtf8Buf, lineno: u32, line: &str, json: bool) {
    let name = String::from_utf8_lossy(name);
    let text = if json {
        let fields = serde_json::json!({
            "severity": "warning", "file": name, "type": category, "message": message, "lineno": lineno,
        });
        format!("{fields}\n")
    } else {
        format!("{name}:{lineno}: {category}: {message}\n  {}\n", line.trim())
    };
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn as_json(diagnostic: &Diagnostic, name: &Wtf8Buf) -> String {
    let place = diagnostic.location.as_ref();
    let fields = serde_json::json!({
        "severity": "error",
        "file": String::from_utf8_lossy(name),
        "type": diagnostic.class.name(),
        "message": diagnostic.message,
        "lineno": place.map(|at| at.lineno),
        "offset": place.map(|at| at.offset),
        "end_lineno": place.map(|at| at.end_lineno),
        "end_offset": place.map(|at| at.end_offset),
        "text": place.and_then(|at| at.text.as_deref()),
    });
    format!("{fields}\n")
}

fn as_cpython(diagnostic: &Diagnostic, name: &Wtf8Buf) -> String {
    let mut text = String::new();
    if let Some(at) = &diagnostic.location {
        text.push_str(&format!("  File \"{}\", line {}\n", String::from_utf8_lossy(name), at.lineno));
        if let Some(line) = &at.text {
            text.push_str(&format!("    {}\n", line.trim()));
        }
    }
    text.push_str(&format!("{}: {}\n", diagnostic.class.name(), diagnostic.message));
    text
}
