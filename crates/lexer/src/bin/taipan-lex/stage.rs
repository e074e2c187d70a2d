//! One input: read, lexed, written in the form asked for.

use crate::options::{ErrorFormat, Format, Options};
use std::fmt::Write;
use std::io::{self, Read};
use std::path::Path;
use taipan_diagnostics::Diagnostic;
use taipan_diagnostics::render::{cpython, json};
use taipan_lexer::artifact::{Form, TokenFile};
use taipan_lexer::tokenize::Input;
use taipan_lexer::{Source, lex};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8Buf;

/// What came of one input.
pub struct Done {
    pub output: Vec<u8>,
    pub messages: String,
    pub failed: bool,
}

/// Why an input was not even looked at.
pub type Failure = Box<dyn std::error::Error>;

/// Reads `path` and does what `options` say.
pub fn run(options: &Options, path: &Path) -> Result<Done, Failure> {
    let (bytes, name) = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        (bytes, "<stdin>".to_owned())
    } else {
        (std::fs::read(path)?, path.to_string_lossy().into_owned())
    };
    if options.format == Format::Tokenize {
        return Ok(tokenize(&bytes, &name));
    }
    let limits = taipan_artifact::Limits::default();
    let read = match TokenFile::form(&bytes) {
        None => None,
        // Python source may begin like this too.
        Some(Form::Json) => TokenFile::read(&bytes, limits).ok(),
        Some(_) => Some(TokenFile::read(&bytes, limits)?),
    };
    let file = if let Some(file) = read {
        file
    } else {
        match Source::from_bytes(&bytes, options.lex.mode) {
            Ok(source) => {
                let mut file_name = Wtf8Buf::new();
                file_name.push_str(&name);
                TokenFile::new(file_name, &bytes, &source, options.lex, lex(&source, &options.lex))
            }
            Err(error) => {
                let messages = message(options, &error.diagnostic(), &name);
                return Ok(Done { output: Vec::new(), messages, failed: true });
            }
        }
    };
    let form = match options.format {
        Format::Text => Form::Text,
        Format::Json => Form::Json,
        Format::Binary | Format::Tokenize => Form::Binary,
    };
    let messages = messages(options, &file);
    Ok(Done { output: file.write(form), messages, failed: file.lexed.error.is_some() })
}

/// What `python3.14 -m tokenize -e` prints.
fn tokenize(bytes: &[u8], name: &str) -> Done {
    let refused = |error: taipan_lexer::tokenize::TokenizeError| {
        let messages = format!("{name}:{error}\n");
        Done { output: Vec::new(), messages, failed: true }
    };
    let input = match Input::from_bytes(bytes, name) {
        Ok(input) => input,
        Err(error) => return refused(error),
    };
    let lexed = match input.lex() {
        Ok(lexed) => lexed,
        Err(error) => return refused(error),
    };
    let mut output = input.encoding_row();
    output.push('\n');
    for row in input.rows(&lexed) {
        // Writing to a string does not fail.
        let _ = writeln!(output, "{row}");
    }
    Done { output: output.into_bytes(), messages: String::new(), failed: false }
}

/// The error and the warnings of a file, in the order in which CPython would say them.
fn messages(options: &Options, file: &TokenFile) -> String {
    let Some(source) = file.source() else { return String::new() };
    let name = String::from_utf8_lossy(file.source_name.as_wtf8().as_bytes());
    let mut out = String::new();
    let lines = LineIndex::new(source.text().as_bytes());
    for warning in &file.lexed.warnings {
        let line = lines.line(warning.cursor.saturating_sub(1));
        let text = source.text().get(lines.line_span(line, file.source_len).range()).unwrap_or_default();
        out.push_str(&match options.error_format {
            ErrorFormat::Cpython => cpython::warning(&name, line, &warning.kind.to_string(), text),
            ErrorFormat::Json => json::warning(&name, line, &warning.kind.to_string()),
        });
    }
    if let Some(error) = &file.lexed.error {
        out.push_str(&message(options, &error.diagnostic(&source), &name));
    }
    out
}

fn message(options: &Options, diagnostic: &Diagnostic, name: &str) -> String {
    match options.error_format {
        ErrorFormat::Cpython => cpython::error(diagnostic, name),
        ErrorFormat::Json => json::error(diagnostic, name),
    }
}
