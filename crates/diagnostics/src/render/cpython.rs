//! Diagnostics as CPython's `traceback` module prints exceptions, without colour.
//! Invariant: for a syntax error the lines are those of `TracebackException.format_exception_only`.

use crate::{Diagnostic, Location};
use std::fmt::Write;

/// The lines for an error in the file called `filename`, each with its newline.
pub fn error(diagnostic: &Diagnostic, filename: &str) -> String {
    let mut out = String::new();
    if let Some(location) = &diagnostic.location {
        // Writing to a string does not fail.
        let _ = writeln!(out, "  File \"{filename}\", line {}", location.lineno);
        if let Some(text) = &location.text {
            source_line(&mut out, text, location);
        }
    }
    let _ = writeln!(out, "{}: {}", diagnostic.class.name(), diagnostic.message);
    out
}

/// The lines for a `SyntaxWarning` on the line `text`, as the `warnings` module prints them.
pub fn warning(filename: &str, line: u32, message: &str, text: &str) -> String {
    let mut out = format!("{filename}:{line}: SyntaxWarning: {message}\n");
    let text = text.trim_matches(is_space);
    if !text.is_empty() {
        let _ = writeln!(out, "  {text}");
    }
    out
}

/// The line with the error and, if the place is known, carets below it.
fn source_line(out: &mut String, text: &str, location: &Location) {
    let right = text.trim_end_matches('\n');
    let left = right.trim_start_matches([' ', '\n', '\x0c']);
    let _ = writeln!(out, "    {left}");
    let characters = |text: &str| text.chars().count() as i64;
    let (length, stripped) = (characters(text), characters(right));
    let mut offset = location.offset;
    let mut end = match location.end_offset {
        _ if location.lineno != location.end_lineno => stripped + 1,
        0 => offset,
        end => end,
    };
    if !text.is_empty() && offset > length {
        offset = stripped + 1;
    }
    if !text.is_empty() && end > length {
        end = stripped + 1;
    }
    if offset >= end || end < 0 {
        end = offset + 1;
    }
    let column = offset - 1 - (stripped - characters(left));
    if column < 0 {
        return;
    }
    // Tabs and other blanks are kept, so that the carets stand below the text.
    let indent = left.chars().take(column as usize).map(|c| if is_space(c) { c } else { ' ' });
    let carets = std::iter::repeat_n('^', (end - offset) as usize);
    let line: String = indent.chain(carets).collect();
    let _ = writeln!(out, "    {line}");
}

/// `str.isspace` of one character.
fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | '\x1c'..=' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorClass;

    fn diagnostic(offset: i64, end_offset: i64, text: &str) -> Diagnostic {
        let text = Some(text.to_owned());
        let location = Some(Location { lineno: 1, offset, end_lineno: 1, end_offset, text });
        Diagnostic { class: ErrorClass::Syntax, message: "m".to_owned(), location }
    }

    #[test]
    fn carets_stand_below_the_range_of_the_stripped_line() {
        let rendered = error(&diagnostic(5, 7, "  a\tbcd\n"), "f");
        assert_eq!(rendered, "  File \"f\", line 1\n    a\tbcd\n     \t^^\nSyntaxError: m\n");
    }

    #[test]
    fn a_range_without_end_or_beyond_the_line_is_one_caret() {
        assert!(error(&diagnostic(3, 0, "ab\n"), "f").ends_with("    ab\n      ^\nSyntaxError: m\n"));
        assert!(error(&diagnostic(9, -1, "ab\n"), "f").ends_with("    ab\n      ^\nSyntaxError: m\n"));
    }

    #[test]
    fn an_error_before_the_line_has_no_carets() {
        assert!(error(&diagnostic(0, 0, "ab\n"), "f").ends_with("    ab\nSyntaxError: m\n"));
    }
}
