//! The cursor over the tokens, and the guard of the native stack.

use super::{Parse, Parser, Refused};
use taipan_ast::Identifier;
use taipan_lexer::TokenKind;
use taipan_span::Span;

/// Stack that must be left before another level is entered, and what is added otherwise.
const RED_ZONE: usize = 64 * 1024;
const STACK_STEP: usize = 1024 * 1024;

/// Levels of native recursion. CPython's parser gives up far earlier on anything that nests.
const MAX_NESTING: u32 = 3_000;

/// Levels of anything. CPython's parser stops at 6,000.
const MAX_DEPTH: u32 = 6_000;

impl<'s> Parser<'_, 's> {
    /// Where the current token starts.
    #[inline]
    pub(super) fn start(&self) -> u32 {
        self.spans.get(self.at).map_or(self.prev_end, |span| span.start)
    }

    /// The kind of the token `n` behind the current one.
    #[inline]
    pub(super) fn peek(&self, n: usize) -> TokenKind {
        self.kinds.get(self.at + n).copied().unwrap_or(TokenKind::EndMarker)
    }

    /// Goes on to the next token.
    #[inline]
    pub(super) fn bump(&mut self) {
        self.prev_end = self.spans.get(self.at).map_or(self.prev_end, |span| span.end);
        self.bump_layout();
    }

    /// Goes on from a newline, indent or dedent, which no node's range ends with.
    #[inline]
    pub(super) fn bump_layout(&mut self) {
        self.at += 1;
        self.kind = self.peek(0);
    }

    /// Consumes a token if it is a `kind`.
    #[inline]
    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.kind == kind;
        if found {
            self.bump();
        }
        found
    }

    /// Consumes a token that must be a `kind`.
    #[inline]
    pub(super) fn expect(&mut self, kind: TokenKind) -> Parse<()> {
        if self.eat(kind) { Ok(()) } else { Err(Refused) }
    }

    /// Consumes a token of layout that must be a `kind`.
    #[inline]
    pub(super) fn expect_layout(&mut self, kind: TokenKind) -> Parse<()> {
        if self.kind != kind {
            return Err(Refused);
        }
        self.bump_layout();
        Ok(())
    }

    /// The range from `start` to the end of the last token.
    #[inline]
    pub(super) fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.prev_end)
    }

    /// The range of the current token.
    #[inline]
    pub(super) fn token_span(&self) -> Span {
        self.spans.get(self.at).copied().unwrap_or(Span::empty(self.prev_end))
    }

    /// The source in a range.
    #[inline]
    pub(super) fn slice(&self, span: Span) -> &'s str {
        self.source.get(span.range()).unwrap_or("")
    }

    /// The text of the current token.
    #[inline]
    pub(super) fn text(&self) -> &'s str {
        self.slice(self.token_span())
    }

    /// Consumes a name.
    #[inline]
    pub(super) fn name(&mut self) -> Parse<Identifier> {
        if self.kind != TokenKind::Name {
            return Err(Refused);
        }
        let span = self.token_span();
        self.prev_end = span.end;
        self.bump_layout();
        self.intern(span)
    }

    /// Enters a level of native recursion: on a new piece of stack where the present one ends.
    #[inline]
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.nesting >= MAX_NESTING {
            return Err(Refused);
        }
        self.nesting += 1;
        self.note_depth()?;
        let result = stacker::maybe_grow(RED_ZONE, STACK_STEP, || parse(self));
        self.nesting -= 1;
        result
    }

    /// Records the depth reached, and refuses what is deeper than anything that is valid.
    #[inline]
    pub(super) fn note_depth(&mut self) -> Parse<()> {
        self.note_chain(0)
    }

    /// The same, below a chain of `length` levels that stands on no stack of the parser's.
    #[inline]
    pub(super) fn note_chain(&mut self, length: usize) -> Parse<()> {
        let depth = self.nesting + (self.scratch.pending.len() + length) as u32;
        self.deepest = self.deepest.max(depth);
        if depth <= MAX_DEPTH { Ok(()) } else { Err(Refused) }
    }
}

/// A place to return to when a reading of the tokens fails and another is tried.
pub(super) struct Snapshot {
    at: usize,
    prev_end: u32,
    nesting: u32,
    warnings: usize,
    scratch: super::scratch::Lengths,
}

impl Parser<'_, '_> {
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            at: self.at,
            prev_end: self.prev_end,
            nesting: self.nesting,
            warnings: self.warnings.len(),
            scratch: self.scratch.lengths(),
        }
    }

    pub(super) fn rewind(&mut self, to: &Snapshot) {
        self.at = to.at;
        self.kind = self.peek(0);
        self.prev_end = to.prev_end;
        self.nesting = to.nesting;
        self.warnings.truncate(to.warnings);
        self.scratch.truncate(&to.scratch);
    }
}
