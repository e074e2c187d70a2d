//! Type comments (PEP 484), which are tokens only if asked for.

use super::Parser;
use taipan_lexer::{TokenBuffer, TokenKind};
use taipan_span::Span;

/// A `# type: ignore` comment: the range of what follows `ignore`.
pub(super) struct Ignore {
    pub(super) span: Span,
}

/// The tokens without `# type: ignore` comments, which may stand anywhere; those go to `ignores`.
pub(super) fn without_ignores(tokens: &TokenBuffer, ignores: &mut Vec<Ignore>) -> TokenBuffer {
    let mut rest = TokenBuffer::with_capacity(tokens.len());
    for (index, &kind) in tokens.kinds().iter().enumerate() {
        let span = tokens.span(index);
        if kind == TokenKind::TypeIgnore {
            ignores.push(Ignore { span });
        } else {
            rest.push(kind, span);
        }
    }
    rest
}

impl<'a> Parser<'a, '_> {
    /// `[TYPE_COMMENT]`
    #[inline]
    pub(super) fn type_comment(&mut self) -> Option<&'a str> {
        if self.kind == TokenKind::TypeComment { Some(self.type_comment_text()) } else { None }
    }

    #[cold]
    fn type_comment_text(&mut self) -> &'a str {
        let text = self.text();
        self.bump();
        self.arena.alloc_str(text)
    }

    /// ```text
    /// func_type_comment: NEWLINE TYPE_COMMENT &(NEWLINE INDENT) | TYPE_COMMENT
    /// ```
    pub(super) fn func_type_comment(&mut self) -> Option<&'a str> {
        let own_line = self.kind == TokenKind::Newline
            && self.peek(1) == TokenKind::TypeComment
            && self.peek(2) == TokenKind::Newline
            && self.peek(3) == TokenKind::Indent;
        if own_line {
            self.bump_layout();
        }
        self.type_comment()
    }
}
