//! The clauses of comprehensions.

use super::{Parse, Parser, Refused};
use taipan_ast::Comprehension;
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `for_if_clauses: for_if_clause+`
    pub(super) fn for_if_clauses(&mut self) -> Parse<&'a [Comprehension<'a>]> {
        let base = self.scratch.comprehensions.len();
        while matches!(self.kind, TokenKind::For | TokenKind::Async) {
            let clause = self.for_if_clause()?;
            self.scratch.comprehensions.push(clause);
        }
        Ok(self.take_comprehensions(base))
    }

    /// `for_if_clause: ['async'] 'for' star_targets 'in' disjunction ('if' disjunction)*`
    fn for_if_clause(&mut self) -> Parse<Comprehension<'a>> {
        let is_async = self.eat(TokenKind::Async);
        if is_async {
            self.since(6)?;
        }
        if !self.eat(TokenKind::For) {
            return Err(Refused);
        }
        let target = self.star_targets()?;
        self.expect(TokenKind::In)?;
        let iter = self.disjunction()?;
        let base = self.scratch.exprs.len();
        while self.eat(TokenKind::If) {
            let test = self.disjunction()?;
            self.scratch.exprs.push(test);
        }
        Ok(Comprehension { target, iter, ifs: self.take_exprs(base), is_async })
    }
}
