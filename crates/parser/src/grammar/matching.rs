//! `match` statements (PEP 634); their patterns are in `pattern.rs`.

use super::expression::starts_expression;
use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, MatchCase, Stmt, StmtKind, StmtMatch};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// Whether the name here is a `match` that begins a statement of its own: no other statement
    /// that begins with a name ends its line with a colon and has an indented block behind.
    #[inline]
    pub(super) fn at_match(&self) -> bool {
        starts_expression(self.peek(1)) && self.text() == "match" && self.block_follows_line()
    }

    fn block_follows_line(&self) -> bool {
        let rest = self.kinds.get(self.at..).unwrap_or_default();
        let Some(newline) = rest.iter().position(|&kind| kind == TokenKind::Newline) else { return false };
        newline > 0
            && rest.get(newline - 1) == Some(&TokenKind::Colon)
            && rest.get(newline + 1) == Some(&TokenKind::Indent)
    }

    /// `match_stmt: "match" subject_expr ':' NEWLINE INDENT case_block+ DEDENT`
    pub(super) fn match_stmt(&mut self) -> Parse<Stmt<'a>> {
        self.since(10)?;
        let start = self.start();
        self.bump();
        let subject = self.subject_expr()?;
        self.expect(TokenKind::Colon)?;
        self.expect_layout(TokenKind::Newline)?;
        self.expect_layout(TokenKind::Indent)?;
        let base = self.scratch.cases.len();
        self.nested(|p| {
            while p.kind != TokenKind::Dedent {
                p.case_block()?;
            }
            Ok(())
        })?;
        self.bump_layout();
        let cases = self.take_cases(base);
        let kind = StmtKind::Match(self.arena.alloc(StmtMatch { subject, cases }));
        Ok(Stmt { span: self.span_from(start), kind })
    }

    /// `subject_expr: star_named_expression ',' [star_named_expressions] | named_expression`
    fn subject_expr(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let starred = self.kind == TokenKind::Star;
        let first = self.star_named_expression()?;
        match self.kind {
            TokenKind::Comma => self.tuple_rest(start, first, Self::star_named_expression),
            _ if starred => Err(Refused),
            _ => Ok(first),
        }
    }

    /// `case_block: "case" patterns ['if' named_expression] ':' block`
    fn case_block(&mut self) -> Parse<()> {
        if self.kind != TokenKind::Name || self.text() != "case" {
            return Err(Refused);
        }
        self.bump();
        let pattern = self.patterns()?;
        let guard = if self.eat(TokenKind::If) { Some(self.named_expression()?) } else { None };
        let body = self.colon_block()?;
        self.scratch.cases.push(MatchCase { pattern, guard, body });
        Ok(())
    }
}
