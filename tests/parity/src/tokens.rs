//! Tokens beside those of the reference's `tokenize` module: exact type, text, start and end.
//! Invariant: a file that the reference refuses must be refused with the same words and place.

use crate::Request;
use crate::reference::{Frame, Reference};
use std::fmt::Write;
use std::io;
use std::path::Path;
use taipan_lexer::tokenize::Input;

/// Compares all files; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let mut reference = Reference::start(&request.python, "tokens.py", &request.files)?;
    let (mut equal, mut all) = (0, 0);
    while let Some(frame) = reference.next_frame()? {
        all += 1;
        match difference(&frame)? {
            None => equal += 1,
            Some(difference) if all - equal <= request.show => {
                println!("{}: {difference}", frame.path.display());
            }
            Some(_) => {}
        }
    }
    println!("tokens: equal {equal} of {all}");
    Ok(equal == all)
}

/// The first difference, if there is one.
fn difference(frame: &Frame) -> io::Result<Option<String>> {
    let bytes = std::fs::read(&frame.path)?;
    let expected = String::from_utf8_lossy(&frame.text);
    let (kind, actual) = match listing(&bytes, &frame.path) {
        Ok(listing) => ("T", listing),
        Err(error) => ("E", error),
    };
    if kind == frame.kind && actual == expected {
        return Ok(None);
    }
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    let differing = lines.find(|(_, (expected, actual))| expected != actual);
    Ok(Some(match differing {
        Some((row, (expected, actual))) => {
            format!("row {row}\n  reference: {expected}\n  taipan:    {actual}")
        }
        None => format!("{} rows for {} of the reference", actual.lines().count(), expected.lines().count()),
    }))
}

/// What `python -m tokenize -e` prints, or its error.
fn listing(bytes: &[u8], path: &Path) -> Result<String, String> {
    let name = path.to_string_lossy();
    let refused = |error| format!("{name}:{error}");
    let input = Input::from_bytes(bytes, &name).map_err(refused)?;
    let lexed = input.lex().map_err(refused)?;
    let mut out = input.encoding_row();
    out.push('\n');
    for row in input.rows(&lexed) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{row}");
    }
    Ok(out)
}
