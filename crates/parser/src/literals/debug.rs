//! The text of a replacement field's expression, for `{x=}` and for template strings.

use std::borrow::Cow;

/// The text of an expression, comments left out. Quotes are counted one by one, whatever literal they
/// belong to, as CPython does.
pub fn without_comments(text: &str) -> Cow<'_, str> {
    if !has_comment(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                kept.push(c);
                kept.extend(chars.next());
            }
            '"' | '\'' => {
                toggle(&mut quote, c);
                kept.push(c);
            }
            '#' if quote.is_none() => {
                if chars.by_ref().any(|c| c == '\n') {
                    kept.push('\n');
                }
            }
            _ => kept.push(c),
        }
    }
    Cow::Owned(kept)
}

/// Whether a `#` stands outside of quotes.
fn has_comment(text: &[u8]) -> bool {
    if memchr::memchr(b'#', text).is_none() {
        return false;
    }
    let mut quote = None;
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'"' | b'\'' => toggle(&mut quote, char::from(byte)),
            b'#' if quote.is_none() => return true,
            _ => {}
        }
    }
    false
}

fn toggle(quote: &mut Option<char>, found: char) {
    match *quote {
        None => *quote = Some(found),
        Some(open) if open == found => *quote = None,
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_quoted_hashes_stay() {
        assert_eq!(without_comments("x # y\n = "), "x \n = ");
        assert_eq!(without_comments("'#' + x"), "'#' + x");
    }
}
