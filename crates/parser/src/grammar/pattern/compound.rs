//! Mapping and class patterns.

use crate::grammar::{Parse, Parser, Refused};
use taipan_ast::{Expr, Pattern, PatternKind, PatternMatchClass, PatternMatchMapping};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// mapping_pattern: '{' [','.key_value_pattern+] [',' double_star_pattern] [','] '}'
    /// key_value_pattern: (literal_expr | attr) ':' pattern
    /// double_star_pattern: '**' pattern_capture_target
    /// ```
    pub(super) fn mapping_pattern(&mut self) -> Parse<Pattern<'a>> {
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
    pub(super) fn class_pattern(&mut self, start: u32, cls: Expr<'a>) -> Parse<Pattern<'a>> {
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
