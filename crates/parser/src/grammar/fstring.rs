//! Formatted strings (PEP 498, PEP 701) and template strings (PEP 750).

use super::string::is_empty_text;
use super::{Parse, Parser, Refused};
use crate::literals::{debug, string};
use taipan_ast::{
    Constant, Conversion, Expr, ExprFormattedValue, ExprInterpolation, ExprJoinedStr, ExprKind,
};
use taipan_lexer::TokenKind;
use taipan_span::Span;

/// Whether a string is formatted or a template, and whether it is raw.
#[derive(Clone, Copy)]
struct Flavor {
    middle: TokenKind,
    end: TokenKind,
    template: bool,
    raw: bool,
}

impl<'a> Parser<'a, '_> {
    /// `fstring: FSTRING_START (fstring_replacement_field | FSTRING_MIDDLE)* FSTRING_END`, its parts
    /// onto the stack of expressions
    pub(super) fn fstring(&mut self) -> Parse<()> {
        let raw = self.text().contains(['r', 'R']);
        self.pieces(Flavor {
            middle: TokenKind::FStringMiddle,
            end: TokenKind::FStringEnd,
            template: false,
            raw,
        })
    }

    /// `tstring: TSTRING_START (tstring_replacement_field | TSTRING_MIDDLE)* TSTRING_END`, its parts
    /// onto the stack of expressions
    pub(super) fn tstring(&mut self) -> Parse<()> {
        let raw = self.text().contains(['r', 'R']);
        self.pieces(Flavor {
            middle: TokenKind::TStringMiddle,
            end: TokenKind::TStringEnd,
            template: true,
            raw,
        })
    }

    fn pieces(&mut self, flavor: Flavor) -> Parse<()> {
        self.bump();
        let warnings = self.warnings.len();
        loop {
            match self.kind {
                kind if kind == flavor.middle => {
                    let mut part = self.middle(flavor)?;
                    part.span.end += self.doubled_brace(part.span);
                    if !is_empty_text(&part) {
                        self.scratch.exprs.push(part);
                    }
                }
                TokenKind::LBrace => self.replacement_field(flavor)?,
                kind if kind == flavor.end => break,
                _ => return Err(Refused),
            }
        }
        // CPython decodes the text when it has seen the end, and counts lines from there
        let end = self.start();
        for warning in self.warnings.get_mut(warnings..).unwrap_or_default() {
            warning.anchor = warning.anchor.max(end);
        }
        self.bump();
        Ok(())
    }

    /// Literal text
    fn middle(&mut self, flavor: Flavor) -> Parse<Expr<'a>> {
        let span = self.token_span();
        let body = self.slice(span);
        let text = if flavor.raw || memchr::memchr(b'\\', body.as_bytes()).is_none() {
            self.copy_str(body)
        } else {
            let mut out = std::mem::take(&mut self.scratch.text);
            let decoded = string::decode(body, &mut out);
            let text = self.copy_text(&out);
            out.clear();
            self.scratch.text = out;
            self.warn(decoded.map_err(|_| Refused)?, span.start, span.start, body);
            text?
        };
        self.bump();
        Ok(self.constant(span, Constant::Str(text), None))
    }

    /// Text ends behind the first of two braces; its range covers the second as well: the length of
    /// that.
    fn doubled_brace(&self, text: Span) -> u32 {
        let bytes = self.source.as_bytes();
        let end = text.end as usize;
        let last = if text.is_empty() { None } else { bytes.get(end.wrapping_sub(1)) };
        u32::from(matches!(last, Some(b'{' | b'}')) && last == bytes.get(end))
    }

    /// ```text
    /// fstring_replacement_field:
    ///     '{' annotated_rhs ['='] [fstring_conversion] [fstring_full_format_spec] '}'
    /// ```
    fn replacement_field(&mut self, flavor: Flavor) -> Parse<()> {
        let start = self.start();
        let inside = Span::empty(start + 1);
        self.bump();
        let value = self.nested(Self::annotated_rhs)?;
        let source = inside.to(Span::empty(self.start()));
        let debug = self.eat(TokenKind::Equal);
        let shown = inside.to(Span::empty(self.start()));
        let conversion = self.conversion()?;
        let format_spec =
            if self.kind == TokenKind::Colon { Some(self.nested(|p| p.format_spec(flavor))?) } else { None };
        self.expect(TokenKind::RBrace)?;
        let conversion = match conversion {
            Conversion::None if debug && format_spec.is_none() => Conversion::Repr,
            other => other,
        };
        if debug {
            let text = self.copy_str(&debug::without_comments(self.slice(shown)));
            let part = self.constant(shown, Constant::Str(text), None);
            self.scratch.exprs.push(part);
        }
        let kind = if flavor.template {
            let text = debug::without_comments(self.slice(source));
            let str = Constant::Str(self.copy_str(&text));
            let node = ExprInterpolation { value, str, conversion, format_spec };
            ExprKind::Interpolation(self.arena.alloc(node))
        } else {
            let node = ExprFormattedValue { value, conversion, format_spec };
            ExprKind::FormattedValue(self.arena.alloc(node))
        };
        let span = self.span_from(start);
        self.scratch.exprs.push(Expr { span, kind });
        Ok(())
    }

    /// `[fstring_conversion]`, `fstring_conversion: '!' NAME`, the two side by side
    fn conversion(&mut self) -> Parse<Conversion> {
        if !self.eat(TokenKind::Exclamation) {
            return Ok(Conversion::None);
        }
        if self.kind != TokenKind::Name || self.start() != self.prev_end {
            return Err(Refused);
        }
        let conversion = match self.text() {
            "s" => Conversion::Str,
            "r" => Conversion::Repr,
            "a" => Conversion::Ascii,
            _ => return Err(Refused),
        };
        self.bump();
        Ok(conversion)
    }

    /// `fstring_full_format_spec: ':' (FSTRING_MIDDLE | fstring_replacement_field)*`
    fn format_spec(&mut self, flavor: Flavor) -> Parse<Expr<'a>> {
        let start = self.start();
        self.bump();
        let base = self.scratch.exprs.len();
        loop {
            match self.kind {
                kind if kind == flavor.middle => {
                    let part = self.middle(flavor)?;
                    if !is_empty_text(&part) {
                        self.scratch.exprs.push(part);
                    }
                }
                // fields in a template's format are those of an f-string
                TokenKind::LBrace => self.replacement_field(Flavor { template: false, ..flavor })?,
                _ => break,
            }
        }
        let span = self.span_from(start);
        let parts = self.scratch.exprs.get(base..).unwrap_or_default();
        let texts = parts.iter().filter(|part| matches!(part.kind, ExprKind::Constant(_))).count();
        if parts.len() > 1 && texts == parts.len() {
            // CPython joins texts alone as it joins strings, to a plain constant
            let to = self.scratch.exprs.len();
            let mut joined = self.merge(base, to)?;
            joined.span = span;
            self.scratch.exprs.truncate(base);
            return Ok(joined);
        }
        let values = self.merged_parts(base)?;
        let node = self.arena.alloc(ExprJoinedStr { values });
        Ok(Expr { span, kind: ExprKind::JoinedStr(node) })
    }
}
