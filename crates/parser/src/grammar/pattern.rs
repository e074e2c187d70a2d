//! The patterns of `match` statements.

use super::{Parse, Parser, Refused};
use taipan_ast::{
    Constant, Expr, ExprBinOp, ExprContext, ExprKind, Identifier, Operator, Pattern, PatternKind,
    PatternMatchClass, PatternMatchMapping, PatternMatchOr, PatternMatchSequence, PatternMatchSingleton,
    UnaryOp,
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

    /// ```text
    /// literal_expr: signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
    /// ```
    fn literal_expr(&mut self) -> Parse<Expr<'a>> {
        match self.kind {
            TokenKind::Number | TokenKind::Minus => self.number_literal(),
            TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart => self.strings(),
            TokenKind::None | TokenKind::True | TokenKind::False => self.atom(),
            _ => Err(Refused),
        }
    }

    /// ```text
    /// signed_number: ['-'] NUMBER
    /// complex_number: ['-'] NUMBER ('+' | '-') NUMBER
    /// ```
    /// of which the first must be real then, the second imaginary
    fn number_literal(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let negative = self.eat(TokenKind::Minus);
        if self.kind != TokenKind::Number {
            return Err(Refused);
        }
        let mut left = self.number()?;
        let real = !is_complex(&left);
        if negative {
            let kind = ExprKind::UnaryOp { op: UnaryOp::USub, operand: self.arena.alloc(left) };
            left = Expr { span: self.span_from(start), kind };
        }
        let op = match self.kind {
            TokenKind::Plus => Operator::Add,
            TokenKind::Minus => Operator::Sub,
            _ => return Ok(left),
        };
        self.bump();
        if self.kind != TokenKind::Number {
            return Err(Refused);
        }
        let right = self.number()?;
        if !real || !is_complex(&right) {
            return Err(Refused);
        }
        let kind = ExprKind::BinOp(self.arena.alloc(ExprBinOp { left, op, right }));
        Ok(Expr { span: self.span_from(start), kind })
    }

    /// ```text
    /// mapping_pattern: '{' [','.key_value_pattern+] [',' double_star_pattern] [','] '}'
    /// key_value_pattern: (literal_expr | attr) ':' pattern
    /// double_star_pattern: '**' pattern_capture_target
    /// ```
    fn mapping_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        self.bump();
        let (keys, patterns) = (self.scratch.exprs.len(), self.scratch.patterns.len());
        let mut rest = None;
        while self.kind != TokenKind::RBrace {
            if self.eat(TokenKind::DoubleStar) {
                rest = Some(self.capture_target()?);
                self.eat(TokenKind::Comma);
                break;
            }
            let key = self.mapping_key()?;
            self.scratch.exprs.push(key);
            self.expect(TokenKind::Colon)?;
            let value = self.pattern()?;
            self.scratch.patterns.push(value);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RBrace)?;
        let (keys, patterns) = (self.take_exprs(keys), self.take_patterns(patterns));
        let node = self.arena.alloc(PatternMatchMapping { keys, patterns, rest });
        Ok(Pattern { span: self.span_from(start), kind: PatternKind::MatchMapping(node) })
    }

    fn mapping_key(&mut self) -> Parse<Expr<'a>> {
        if self.kind != TokenKind::Name {
            return self.literal_expr();
        }
        if self.peek(1) == TokenKind::Dot { self.name_or_attr() } else { Err(Refused) }
    }

    /// ```text
    /// class_pattern: name_or_attr '(' [','.pattern+] [',' ','.keyword_pattern+] [','] ')'
    /// keyword_pattern: NAME '=' pattern
    /// ```
    fn class_pattern(&mut self, start: u32, cls: Expr<'a>) -> Parse<Pattern<'a>> {
        self.bump();
        let base = self.scratch.patterns.len();
        let names = self.scratch.names.len();
        let keywords = self.nested(|p| p.positional_patterns(base))?;
        let patterns = self.take_patterns(base);
        if keywords {
            self.nested(Self::keyword_patterns)?;
        }
        self.expect(TokenKind::RParen)?;
        let (kwd_attrs, kwd_patterns) = (self.take_names(names), self.take_patterns(base));
        let node = self.arena.alloc(PatternMatchClass { cls, patterns, kwd_attrs, kwd_patterns });
        Ok(Pattern { span: self.span_from(start), kind: PatternKind::MatchClass(node) })
    }

    /// Those up to the first keyword, and whether there is one. A keyword that is called `_` is taken
    /// for the wildcard there unless it is the very first.
    fn positional_patterns(&mut self, base: usize) -> Parse<bool> {
        while self.kind != TokenKind::RParen {
            if self.at_keyword_pattern() {
                let misread = self.text() == "_" && self.scratch.patterns.len() > base;
                return if misread { Err(Refused) } else { Ok(true) };
            }
            let pattern = self.pattern()?;
            self.scratch.patterns.push(pattern);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        Ok(false)
    }

    fn keyword_patterns(&mut self) -> Parse<()> {
        while self.at_keyword_pattern() {
            let name = self.name()?;
            self.scratch.names.push(name);
            self.bump();
            let pattern = self.pattern()?;
            self.scratch.patterns.push(pattern);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        Ok(())
    }

    fn at_keyword_pattern(&self) -> bool {
        self.kind == TokenKind::Name && self.peek(1) == TokenKind::Equal
    }
}

fn is_complex(value: &Expr<'_>) -> bool {
    match value.kind {
        ExprKind::Constant(node) => matches!(node.value, Constant::Complex(_)),
        _ => false,
    }
}
