//! Comments, among them type comments (PEP 484).
//! Invariant: a comment ends before its line end.

use super::{Flow, Scanner};
use crate::TokenKind;

impl<const EXTRA: bool> Scanner<'_, EXTRA> {
    /// A comment at `start`; without extra tokens the line end's token begins with it.
    pub(super) fn comment(&mut self, start: usize) -> Flow {
        let rest = &self.bytes[start..];
        let length = if EXTRA { memchr::memchr2(b'\n', b'\r', rest) } else { memchr::memchr(b'\n', rest) };
        let end = start + length.unwrap_or(rest.len());
        if self.options.type_comments
            && let Some(text) = type_comment(&self.bytes[start..end])
            // the prefix's last blank may be missing, but not where the input ends
            && (start + text < self.bytes.len() || self.bytes.last() != Some(&b':'))
        {
            return self.type_comment(start + text, end);
        }
        self.pos = end;
        if EXTRA {
            self.blank &= self.is_first_on_line(start);
            self.push(TokenKind::Comment, start, end);
        } else if end < self.bytes.len() {
            return self.newline(start);
        }
        Ok(())
    }

    /// A type comment whose text is `text..end`. The span is that of the text; of `# type: ignore` it
    /// is what follows the word.
    fn type_comment(&mut self, text: usize, end: usize) -> Flow {
        let ignore = self.bytes[text..end].strip_prefix(b"ignore");
        match ignore.map(|tag| tag.first()) {
            Some(next) if next.is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()) => {
                self.push(TokenKind::TypeIgnore, text + b"ignore".len(), end);
                // Alone on its line it takes the line end with it.
                if self.blank {
                    self.pos = self.bytes.len().min(end + 1);
                    return self.begin_line();
                }
            }
            _ => self.push(TokenKind::TypeComment, text, end),
        }
        // The token makes the line one that has an end.
        self.blank = false;
        Ok(())
    }
}

/// Where the text of a type comment begins: after `# type: `, with any number of blanks at each space.
fn type_comment(comment: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &expected in b"# type: " {
        if expected == b' ' {
            while matches!(comment.get(at), Some(b' ' | b'\t')) {
                at += 1;
            }
        } else if comment.get(at) == Some(&expected) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}
