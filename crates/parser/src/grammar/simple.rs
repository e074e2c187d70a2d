//! Simple statements but for assignments and imports.

use super::{Parse, Parser, Refused};
use taipan_ast::{
    ExprContext, ExprKind, Stmt, StmtAssert, StmtDelete, StmtGlobal, StmtKind, StmtNonlocal, StmtRaise,
    StmtTypeAlias,
};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `simple_stmt`
    pub(super) fn simple_stmt(&mut self) -> Parse<Stmt<'a>> {
        let start = self.start();
        let kind = match self.kind {
            TokenKind::Name if self.at_type_alias() => self.type_alias()?,
            TokenKind::Return => self.return_stmt()?,
            TokenKind::Import => self.import_name()?,
            TokenKind::From => self.import_from()?,
            TokenKind::Raise => self.raise_stmt()?,
            TokenKind::Pass => self.keyword_stmt(StmtKind::Pass),
            TokenKind::Break => self.keyword_stmt(StmtKind::Break),
            TokenKind::Continue => self.keyword_stmt(StmtKind::Continue),
            TokenKind::Del => self.del_stmt()?,
            TokenKind::Yield => self.yield_stmt()?,
            TokenKind::Assert => self.assert_stmt()?,
            TokenKind::Global | TokenKind::Nonlocal => self.scope_stmt()?,
            _ => self.assignment_or_expression()?,
        };
        Ok(Stmt { span: self.span_from(start), kind })
    }

    fn keyword_stmt(&mut self, kind: StmtKind<'a>) -> StmtKind<'a> {
        self.bump();
        kind
    }

    /// `return_stmt: 'return' [star_expressions]`
    fn return_stmt(&mut self) -> Parse<StmtKind<'a>> {
        self.bump();
        let value = match self.kind {
            TokenKind::Newline | TokenKind::Semicolon => None,
            _ => {
                let value = self.star_expressions()?;
                Some(&*self.arena.alloc(value))
            }
        };
        Ok(StmtKind::Return { value })
    }

    /// `raise_stmt: 'raise' [expression ['from' expression]]`
    fn raise_stmt(&mut self) -> Parse<StmtKind<'a>> {
        self.bump();
        let (mut exc, mut cause) = (None, None);
        if !matches!(self.kind, TokenKind::Newline | TokenKind::Semicolon) {
            exc = Some(self.expression()?);
            if self.eat(TokenKind::From) {
                cause = Some(self.expression()?);
            }
        }
        Ok(StmtKind::Raise(self.arena.alloc(StmtRaise { exc, cause })))
    }

    /// `yield_stmt: yield_expr`
    fn yield_stmt(&mut self) -> Parse<StmtKind<'a>> {
        let value = self.yield_expr()?;
        Ok(StmtKind::Expr { value: self.arena.alloc(value) })
    }

    /// `assert_stmt: 'assert' expression [',' expression]`
    fn assert_stmt(&mut self) -> Parse<StmtKind<'a>> {
        self.bump();
        let test = self.expression()?;
        let msg = if self.eat(TokenKind::Comma) { Some(self.expression()?) } else { None };
        Ok(StmtKind::Assert(self.arena.alloc(StmtAssert { test, msg })))
    }

    /// `('global' | 'nonlocal') ','.NAME+`
    fn scope_stmt(&mut self) -> Parse<StmtKind<'a>> {
        let global = self.kind == TokenKind::Global;
        self.bump();
        let base = self.scratch.names.len();
        loop {
            let name = self.name()?;
            self.scratch.names.push(name);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let names = self.take_names(base);
        Ok(if global {
            StmtKind::Global(self.arena.alloc(StmtGlobal { names }))
        } else {
            StmtKind::Nonlocal(self.arena.alloc(StmtNonlocal { names }))
        })
    }

    /// `del_stmt: 'del' ','.del_target+ [','] &(';' | NEWLINE)`
    fn del_stmt(&mut self) -> Parse<StmtKind<'a>> {
        self.bump();
        let base = self.scratch.exprs.len();
        loop {
            let target = self.primary()?;
            let target = self.in_context(target, ExprContext::Del)?;
            self.scratch.exprs.push(target);
            if !self.eat(TokenKind::Comma) || self.at_statement_end() {
                break;
            }
        }
        if !self.at_statement_end() {
            return Err(Refused);
        }
        let targets = self.take_exprs(base);
        Ok(StmtKind::Delete(self.arena.alloc(StmtDelete { targets })))
    }

    fn at_statement_end(&self) -> bool {
        matches!(self.kind, TokenKind::Semicolon | TokenKind::Newline)
    }

    /// Two names in a row begin nothing but `type X`.
    fn at_type_alias(&self) -> bool {
        self.peek(1) == TokenKind::Name && self.text() == "type"
    }

    /// `type_alias: "type" NAME [type_params] '=' expression`
    fn type_alias(&mut self) -> Parse<StmtKind<'a>> {
        self.since(12)?;
        self.bump();
        let span = self.token_span();
        let id = self.name()?;
        let name = taipan_ast::Expr { span, kind: ExprKind::Name { id, ctx: ExprContext::Store } };
        let type_params = self.optional_type_params()?;
        self.expect(TokenKind::Equal)?;
        let value = self.expression()?;
        Ok(StmtKind::TypeAlias(self.arena.alloc(StmtTypeAlias { name, type_params, value })))
    }
}
