//! Text as tracebacks treat it: columns of a terminal, common margins, strings of Python without surrogates.

use std::fmt::Write as _;
use taipan_object::str::PyStr;
use taipan_unicode::{is_space, is_wide};
use taipan_wtf8::Wtf8;

/// Whether `str.isspace` is true of a character.
pub(crate) fn is_blank(c: char) -> bool {
    is_space(u32::from(c))
}

/// Columns of a terminal that characters take.
pub(crate) fn width(chars: &[char]) -> usize {
    chars.iter().map(|&c| if is_wide(u32::from(c)) { 2 } else { 1 }).sum()
}

/// How many characters begin before a byte of a text.
pub(crate) fn chars_before(text: &str, byte: u32) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte as usize).count()
}

/// The characters from one place to another, fewer where the text ends before.
pub(crate) fn part<T>(items: &[T], from: usize, to: usize) -> &[T] {
    let to = to.min(items.len());
    items.get(from.min(to)..to).unwrap_or_default()
}

/// Takes from all lines the blanks and tabs that they begin with in common, and all from lines of blanks only.
pub(crate) fn dedent(lines: &[String]) -> Vec<String> {
    let filled = || lines.iter().filter(|line| !line.chars().all(is_blank));
    let mut margin = match filled().next() {
        Some(first) => first.chars().take_while(|c| matches!(c, ' ' | '\t')).collect::<Vec<_>>(),
        None => Vec::new(),
    };
    for line in filled() {
        let common = line.chars().zip(&margin).take_while(|(a, b)| a == *b).count();
        margin.truncate(common);
    }
    let shorten = |line: &String| match line.chars().all(is_blank) {
        true => String::new(),
        false => line.chars().skip(margin.len()).collect(),
    };
    lines.iter().map(shorten).collect()
}

/// A text with something before each of its lines.
pub(crate) fn indent(text: &str, prefix: &str) -> String {
    text.split_inclusive('\n').flat_map(|line| [prefix, line]).collect()
}

/// A text with something before each of its lines, where all that Python calls a line's end ends one.
pub(crate) fn indent_all(text: &str, prefix: &str) -> String {
    let mut indented = String::new();
    let mut begins = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if begins {
            indented.push_str(prefix);
        }
        indented.push(c);
        begins = ends_line(c) && !(c == '\r' && chars.peek() == Some(&'\n'));
    }
    indented
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Appends a code point; a lone surrogate is escaped, as on the error stream.
fn push(text: &mut String, point: u32) {
    match char::from_u32(point) {
        Some(c) => text.push(c),
        // writing to a String does not fail
        None => drop(write!(text, "\\u{point:04x}")),
    }
}

/// The characters of a string.
pub(crate) fn of_str(string: &PyStr) -> String {
    if let Some(ascii) = string.as_ascii() {
        return ascii.to_owned();
    }
    let mut text = String::with_capacity(string.len());
    (0..string.len()).filter_map(|at| string.char_at(at)).for_each(|point| push(&mut text, point));
    text
}

/// The characters of a name or a path of a code object.
pub(crate) fn of_wtf8(source: Wtf8<'_>) -> String {
    if let Some(text) = source.as_str() {
        return text.to_owned();
    }
    let mut text = String::new();
    source.code_points().for_each(|point| push(&mut text, point.value()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_and_widths() {
        let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(dedent(&lines("    a\n\n      b\n   ")), lines("a\n\n  b\n"));
        assert_eq!(dedent(&lines("\ta\n  b")), lines("\ta\n  b"));
        assert_eq!(indent("a\nb\n", "> "), "> a\n> b\n");
        assert_eq!(width(&['a', '世', 'é']), 4);
        assert_eq!(chars_before("é世a", 5), 2);
        assert_eq!(chars_before("ab", 9), 2);
    }
}
