//! String literals and their implicit concatenation.

use super::{Parse, Parser, Refused};
use crate::Warning;
use crate::literals::string::{self, Literal};
use crate::literals::{FirstInvalid, bytes};
use taipan_ast::{Constant, Expr, ExprJoinedStr, ExprKind, ExprTemplateStr};
use taipan_lexer::TokenKind;
use taipan_span::Span;
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// What the strings of one concatenation are.
#[derive(Default)]
struct Kinds {
    text: bool,
    bytes: bool,
    formatted: bool,
}

impl<'a> Parser<'a, '_> {
    /// `strings: (fstring | string)+ | tstring+`
    pub(super) fn strings(&mut self) -> Parse<Expr<'a>> {
        match (self.kind, self.peek(1)) {
            (TokenKind::TStringStart, _) => self.templates(),
            (TokenKind::String, TokenKind::String) => self.plain_run(),
            (TokenKind::String, TokenKind::FStringStart) | (TokenKind::FStringStart, _) => {
                self.formatted_run(self.start(), self.scratch.exprs.len(), Kinds::default())
            }
            _ => self.string(),
        }
    }

    /// `string: STRING`
    fn string(&mut self) -> Parse<Expr<'a>> {
        let span = self.token_span();
        let literal = string::split(self.slice(span));
        let value = if literal.prefix.bytes {
            let mut out = std::mem::take(&mut self.scratch.bytes);
            let decoded = self.decode_bytes(span, &literal, &mut out);
            let value = Constant::Bytes(self.arena.alloc_slice_copy(&out));
            out.clear();
            self.scratch.bytes = out;
            decoded?;
            value
        } else if literal.prefix.raw || memchr::memchr(b'\\', literal.body.as_bytes()).is_none() {
            Constant::Str(self.copy_str(literal.body))
        } else {
            let mut out = std::mem::take(&mut self.scratch.text);
            let decoded = self.decode_str(span, &literal, &mut out);
            let text = self.copy_text(&out);
            out.clear();
            self.scratch.text = out;
            decoded?;
            Constant::Str(text?)
        };
        self.bump();
        Ok(self.constant(span, value, kind_of(&literal)))
    }

    /// Two and more `STRING`s: one constant, unless an f-string turns up among them.
    fn plain_run(&mut self) -> Parse<Expr<'a>> {
        let strings = self.kinds.get(self.at..).unwrap_or_default();
        let next = strings.iter().find(|&&kind| kind != TokenKind::String);
        if next == Some(&TokenKind::FStringStart) {
            return self.formatted_run(self.start(), self.scratch.exprs.len(), Kinds::default());
        }
        let start = self.start();
        let first = string::split(self.text());
        let value = if first.prefix.bytes { self.bytes_run()? } else { self.text_run()? };
        Ok(self.constant(self.span_from(start), value, kind_of(&first)))
    }

    fn text_run(&mut self) -> Parse<Constant<'a>> {
        let mut out = std::mem::take(&mut self.scratch.text);
        let result = self.text_pieces(&mut out);
        let text = self.copy_text(&out);
        out.clear();
        self.scratch.text = out;
        result?;
        Ok(Constant::Str(text?))
    }

    fn text_pieces(&mut self, out: &mut Wtf8Buf) -> Parse<()> {
        while self.kind == TokenKind::String {
            let span = self.token_span();
            let literal = string::split(self.slice(span));
            if literal.prefix.bytes {
                return Err(Refused);
            }
            self.decode_str(span, &literal, out)?;
            self.bump();
        }
        Ok(())
    }

    fn bytes_run(&mut self) -> Parse<Constant<'a>> {
        let mut out = Vec::new();
        while self.kind == TokenKind::String {
            let span = self.token_span();
            let literal = string::split(self.slice(span));
            if !literal.prefix.bytes {
                return Err(Refused);
            }
            self.decode_bytes(span, &literal, &mut out)?;
            self.bump();
        }
        Ok(Constant::Bytes(self.arena.alloc_slice_copy(&out)))
    }

    /// Strings of which one at least is an f-string: one `JoinedStr` of all their parts.
    fn formatted_run(&mut self, start: u32, base: usize, mut kinds: Kinds) -> Parse<Expr<'a>> {
        loop {
            match self.kind {
                TokenKind::String => {
                    let part = self.string()?;
                    match part.kind {
                        ExprKind::Constant(node) if matches!(node.value, Constant::Bytes(_)) => {
                            kinds.bytes = true
                        }
                        _ => kinds.text = true,
                    }
                    self.scratch.exprs.push(part);
                }
                TokenKind::FStringStart => {
                    kinds.formatted = true;
                    self.nested(Self::fstring)?;
                }
                _ => break,
            }
        }
        if kinds.bytes && (kinds.text || kinds.formatted) {
            return Err(Refused);
        }
        let values = self.merged_parts(base)?;
        let node = self.arena.alloc(ExprJoinedStr { values });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::JoinedStr(node) })
    }

    /// `tstring+`
    fn templates(&mut self) -> Parse<Expr<'a>> {
        self.since(14)?;
        let start = self.start();
        let base = self.scratch.exprs.len();
        while self.kind == TokenKind::TStringStart {
            self.nested(Self::tstring)?;
        }
        let values = self.merged_parts(base)?;
        let node = self.arena.alloc(ExprTemplateStr { values });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::TemplateStr(node) })
    }

    /// Takes the parts above `base`: neighbouring constants become one, empty ones go.
    pub(super) fn merged_parts(&mut self, base: usize) -> Parse<&'a [Expr<'a>]> {
        let mut kept = base;
        let mut at = base;
        while let Some(&part) = self.scratch.exprs.get(at) {
            at += 1;
            let mut merged = part;
            if is_constant(&part) {
                let run = self.scratch.exprs.get(at..).unwrap_or_default();
                let more = run.iter().take_while(|part| is_constant(part)).count();
                if more > 0 {
                    merged = self.merge(at - 1, at + more)?;
                    at += more;
                }
                if is_empty_text(&merged) {
                    continue;
                }
            }
            if let Some(slot) = self.scratch.exprs.get_mut(kept) {
                *slot = merged;
                kept += 1;
            }
        }
        self.scratch.exprs.truncate(kept);
        Ok(self.take_exprs(base))
    }

    /// One constant of the texts of the parts `from..to`.
    pub(super) fn merge(&mut self, from: usize, to: usize) -> Parse<Expr<'a>> {
        let parts = self.scratch.exprs.get(from..to).unwrap_or_default();
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Err(Refused) };
        let span = first.span.to(last.span);
        let mut kind = None;
        let mut out = Wtf8Buf::new();
        for (index, part) in parts.iter().enumerate() {
            let ExprKind::Constant(node) = part.kind else { return Err(Refused) };
            let Constant::Str(text) = node.value else { return Err(Refused) };
            out.push_wtf8(text);
            if index == 0 {
                kind = node.kind;
            }
        }
        let text = self.copy_text(&out)?;
        Ok(self.constant(span, Constant::Str(text), kind))
    }

    /// Appends the text of a string token.
    fn decode_str(&mut self, span: Span, literal: &Literal<'_>, out: &mut Wtf8Buf) -> Parse<()> {
        if literal.prefix.raw || memchr::memchr(b'\\', literal.body.as_bytes()).is_none() {
            out.push_str(literal.body);
            return Ok(());
        }
        let first = string::decode(literal.body, out).map_err(|_| Refused)?;
        self.warn(first, span.start, span.start + literal.offset as u32, literal.body);
        Ok(())
    }

    /// Appends the bytes of a bytes token.
    fn decode_bytes(&mut self, span: Span, literal: &Literal<'_>, out: &mut Vec<u8>) -> Parse<()> {
        let first = bytes::decode(literal.body, literal.prefix.raw, out).map_err(|_| Refused)?;
        self.warn(first, span.start, span.start + literal.offset as u32, literal.body);
        Ok(())
    }

    /// Notes the warning about an invalid escape in a body that starts at `offset`.
    pub(super) fn warn(&mut self, first: Option<FirstInvalid>, anchor: u32, offset: u32, body: &str) {
        if let Some(FirstInvalid { escape, at }) = first {
            let before = body.as_bytes().get(..at).unwrap_or_default();
            let newlines = memchr::memchr_iter(b'\n', before).count() as u32;
            self.warnings.push(Warning { escape, anchor, newlines, at: offset + at as u32 });
        }
    }

    /// Text in the arena.
    #[inline]
    pub(super) fn copy_str(&self, text: &str) -> Wtf8<'a> {
        Wtf8::from_str(self.arena.alloc_str(text))
    }

    pub(super) fn copy_text(&self, text: &Wtf8Buf) -> Parse<Wtf8<'a>> {
        match text.as_wtf8().as_str() {
            Some(text) => Ok(self.copy_str(text)),
            None => Wtf8::from_bytes(self.arena.alloc_slice_copy(text)).map_err(|_| Refused),
        }
    }
}

/// The `kind` of a string's node.
fn kind_of(literal: &Literal<'_>) -> Option<&'static str> {
    if literal.prefix.unicode { Some("u") } else { None }
}

fn is_constant(part: &Expr<'_>) -> bool {
    matches!(part.kind, ExprKind::Constant(_))
}

pub(super) fn is_empty_text(part: &Expr<'_>) -> bool {
    match part.kind {
        ExprKind::Constant(node) => matches!(node.value, Constant::Str(text) if text.is_empty()),
        _ => false,
    }
}
