//! The patterns of `match` statements.

mod compound;
mod literal;

use super::{Parse, Parser, Refused};
use taipan_ast::{
    Constant, Expr, ExprContext, ExprKind, Identifier, Pattern, PatternKind, PatternMatchOr,
    PatternMatchSequence, PatternMatchSingleton,
};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `patterns: open_sequence_pattern | pattern`
    pub(super) fn patterns(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        let starred = self.kind == TokenKind::Star;
        let first = self.maybe_star_pattern()?;
        if self.kind != TokenKind::Comma {
            return if starred { Err(Refused) } else { Ok(first) };
        }
        let base = self.scratch.patterns.len();
        self.scratch.patterns.push(first);
        while self.eat(TokenKind::Comma) && !matches!(self.kind, TokenKind::Colon | TokenKind::If) {
            let next = self.maybe_star_pattern()?;
            self.scratch.patterns.push(next);
        }
        Ok(self.sequence(start, base))
    }

    fn sequence(&mut self, start: u32, base: usize) -> Pattern<'a> {
        let patterns = self.take_patterns(base);
        let kind = PatternKind::MatchSequence(self.arena.alloc(PatternMatchSequence { patterns }));
        Pattern { span: self.span_from(start), kind }
    }

    /// `pattern: or_pattern ['as' pattern_capture_target]`
    fn pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        let pattern = self.or_pattern()?;
        if !self.eat(TokenKind::As) {
            return Ok(pattern);
        }
        let name = Some(self.capture_target()?);
        let kind = PatternKind::MatchAs { pattern: Some(self.arena.alloc(pattern)), name };
        Ok(Pattern { span: self.span_from(start), kind })
    }

    /// `or_pattern: '|'.closed_pattern+`
    fn or_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        let first = self.closed_pattern()?;
        if self.kind != TokenKind::VBar {
            return Ok(first);
        }
        let base = self.scratch.patterns.len();
        self.scratch.patterns.push(first);
        while self.eat(TokenKind::VBar) {
            let next = self.closed_pattern()?;
            self.scratch.patterns.push(next);
        }
        let patterns = self.take_patterns(base);
        let kind = PatternKind::MatchOr(self.arena.alloc(PatternMatchOr { patterns }));
        Ok(Pattern { span: self.span_from(start), kind })
    }

    /// ```text
    /// closed_pattern:
    ///     | literal_pattern | capture_pattern | wildcard_pattern | value_pattern
    ///     | group_pattern | sequence_pattern | mapping_pattern | class_pattern
    /// ```
    fn closed_pattern(&mut self) -> Parse<Pattern<'a>> {
        match self.kind {
            TokenKind::Name => self.name_pattern(),
            TokenKind::LParen => self.nested(Self::parenthesized_pattern),
            TokenKind::LBracket => self.nested(Self::list_pattern),
            TokenKind::LBrace => self.nested(Self::mapping_pattern),
            TokenKind::None | TokenKind::True | TokenKind::False => {
                let span = self.token_span();
                let value = match self.kind {
                    TokenKind::None => Constant::None,
                    TokenKind::True => Constant::True,
                    _ => Constant::False,
                };
                self.bump();
                let node = self.arena.alloc(PatternMatchSingleton { value });
                Ok(Pattern { span, kind: PatternKind::MatchSingleton(node) })
            }
            _ => {
                let start = self.start();
                let value = self.literal_expr()?;
                let kind = PatternKind::MatchValue { value: self.arena.alloc(value) };
                Ok(Pattern { span: self.span_from(start), kind })
            }
        }
    }

    /// ```text
    /// capture_pattern: !"_" NAME !('.' | '(' | '=')
    /// wildcard_pattern: "_"
    /// value_pattern: attr !('.' | '(' | '=')
    /// ```
    /// or a `class_pattern`
    fn name_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        if self.text() == "_" {
            self.bump();
            let kind = PatternKind::MatchAs { pattern: None, name: None };
            return Ok(Pattern { span: self.span_from(start), kind });
        }
        let value = self.name_or_attr()?;
        let kind = match (self.kind, value.kind) {
            (TokenKind::LParen, _) => return self.class_pattern(start, value),
            (TokenKind::Equal, _) => return Err(Refused),
            (_, ExprKind::Name { id, .. }) => PatternKind::MatchAs { pattern: None, name: Some(id) },
            _ => PatternKind::MatchValue { value: self.arena.alloc(value) },
        };
        Ok(Pattern { span: self.span_from(start), kind })
    }

    /// `name_or_attr: NAME ('.' NAME)*`
    fn name_or_attr(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let mut value = self.name_expr(ExprContext::Load)?;
        while self.eat(TokenKind::Dot) {
            let attr = self.name()?;
            let kind = ExprKind::Attribute { value: self.arena.alloc(value), attr, ctx: ExprContext::Load };
            value = Expr { span: self.span_from(start), kind };
        }
        Ok(value)
    }

    /// `pattern_capture_target: !"_" NAME !('.' | '(' | '=')`
    fn capture_target(&mut self) -> Parse<Identifier> {
        if self.text() == "_" {
            return Err(Refused);
        }
        let name = self.name()?;
        match self.kind {
            TokenKind::Dot | TokenKind::LParen | TokenKind::Equal => Err(Refused),
            _ => Ok(name),
        }
    }

    /// `maybe_star_pattern: '*' (pattern_capture_target | "_") | pattern`
    fn maybe_star_pattern(&mut self) -> Parse<Pattern<'a>> {
        if self.kind != TokenKind::Star {
            return self.pattern();
        }
        let start = self.start();
        self.bump();
        let name = if self.kind == TokenKind::Name && self.text() == "_" {
            self.bump();
            None
        } else {
            Some(self.capture_target()?)
        };
        Ok(Pattern { span: self.span_from(start), kind: PatternKind::MatchStar { name } })
    }

    /// ```text
    /// group_pattern: '(' pattern ')'
    /// sequence_pattern: '(' [open_sequence_pattern] ')'
    /// ```
    fn parenthesized_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        self.bump();
        let base = self.scratch.patterns.len();
        if self.kind != TokenKind::RParen {
            let starred = self.kind == TokenKind::Star;
            let first = self.maybe_star_pattern()?;
            if !starred && self.eat(TokenKind::RParen) {
                return Ok(first);
            }
            self.scratch.patterns.push(first);
            if self.kind != TokenKind::Comma {
                return Err(Refused);
            }
            self.more_patterns(TokenKind::RParen)?;
        }
        self.expect(TokenKind::RParen)?;
        Ok(self.sequence(start, base))
    }

    /// `(',' maybe_star_pattern)* [',']` up to `end`
    fn more_patterns(&mut self, end: TokenKind) -> Parse<()> {
        while self.eat(TokenKind::Comma) && self.kind != end {
            let next = self.maybe_star_pattern()?;
            self.scratch.patterns.push(next);
        }
        Ok(())
    }

    /// `sequence_pattern: '[' [maybe_sequence_pattern] ']'`
    fn list_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        self.bump();
        let base = self.scratch.patterns.len();
        if self.kind != TokenKind::RBracket {
            let first = self.maybe_star_pattern()?;
            self.scratch.patterns.push(first);
            self.more_patterns(TokenKind::RBracket)?;
        }
        self.expect(TokenKind::RBracket)?;
        Ok(self.sequence(start, base))
    }
}
