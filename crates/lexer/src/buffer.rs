//! The tokens of one source as a struct of arrays.

use crate::TokenKind;
use taipan_span::Span;

/// The tokens of one source. A buffer ends with [`TokenKind::EndMarker`] or [`TokenKind::Error`].
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub struct TokenBuffer {
    kinds: Vec<TokenKind>,
    spans: Vec<Span>,
}

impl TokenBuffer {
    /// No tokens, with room for `capacity`.
    pub fn with_capacity(capacity: usize) -> Self {
        TokenBuffer { kinds: Vec::with_capacity(capacity), spans: Vec::with_capacity(capacity) }
    }

    /// Appends a token.
    #[inline]
    pub fn push(&mut self, kind: TokenKind, span: Span) {
        self.kinds.push(kind);
        self.spans.push(span);
    }

    /// Whether the next token needs more room.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.kinds.len() == self.kinds.capacity()
    }

    /// Makes room for just as many tokens.
    pub(crate) fn reserve(&mut self, additional: usize) {
        self.kinds.reserve_exact(additional);
        self.spans.reserve_exact(additional);
    }

    /// Moves the start of token `index`, if there is one.
    pub(crate) fn set_start(&mut self, index: usize, start: u32) {
        if let Some(span) = self.spans.get_mut(index) {
            span.start = start;
        }
    }

    /// Number of tokens.
    #[inline]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kinds of all tokens.
    #[inline]
    pub fn kinds(&self) -> &[TokenKind] {
        &self.kinds
    }

    /// The ranges of all tokens.
    #[inline]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The range of token `index`.
    ///
    /// # Panics
    /// If there is no such token.
    #[inline]
    pub fn span(&self, index: usize) -> Span {
        self.spans[index]
    }
}
