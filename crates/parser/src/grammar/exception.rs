//! `try` statements.

use super::{Parse, Parser, Refused};
use taipan_ast::{ExceptHandler, Expr, ExprKind, ExprTuple, Stmt, StmtKind, StmtTry, StmtTryStar};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// try_stmt:
    ///     | 'try' ':' block finally_block
    ///     | 'try' ':' block except_block+ [else_block] [finally_block]
    ///     | 'try' ':' block except_star_block+ [else_block] [finally_block]
    /// ```
    pub(super) fn try_stmt(&mut self) -> Parse<Stmt<'a>> {
        let start = self.start();
        self.bump();
        let body = self.colon_block()?;
        let star = self.kind == TokenKind::Except && self.peek(1) == TokenKind::Star;
        let base = self.scratch.handlers.len();
        while self.kind == TokenKind::Except {
            self.handler(star)?;
        }
        let handlers = self.take_handlers(base);
        let orelse = if handlers.is_empty() { &[] } else { self.else_block()? };
        let finalbody = if self.eat(TokenKind::Finally) {
            self.colon_block()?
        } else if handlers.is_empty() {
            return Err(Refused);
        } else {
            &[]
        };
        let kind = if star {
            self.since(11)?;
            StmtKind::TryStar(self.arena.alloc(StmtTryStar { body, handlers, orelse, finalbody }))
        } else {
            StmtKind::Try(self.arena.alloc(StmtTry { body, handlers, orelse, finalbody }))
        };
        Ok(Stmt { span: self.span_from(start), kind })
    }

    /// ```text
    /// except_block: 'except' [expression ['as' NAME] | expressions] ':' block
    /// except_star_block: 'except' '*' (expression ['as' NAME] | expressions) ':' block
    /// ```
    fn handler(&mut self, star: bool) -> Parse<()> {
        let start = self.start();
        self.bump();
        if star {
            self.expect(TokenKind::Star)?;
        }
        let (mut type_, mut name) = (None, None);
        if star || self.kind != TokenKind::Colon {
            let first = self.start();
            let mut exceptions = self.expression()?;
            if self.kind == TokenKind::Comma {
                exceptions = self.unparenthesized_exceptions(first, exceptions)?;
            } else if self.eat(TokenKind::As) {
                name = Some(self.name()?);
            }
            type_ = Some(exceptions);
        }
        let body = self.colon_block()?;
        let span = self.span_from(start);
        self.scratch.handlers.push(ExceptHandler { span, type_, name, body });
        Ok(())
    }

    /// `except A, B:` (PEP 758)
    fn unparenthesized_exceptions(&mut self, start: u32, first: Expr<'a>) -> Parse<Expr<'a>> {
        self.since(14)?;
        let base = self.scratch.exprs.len();
        self.scratch.exprs.push(first);
        while self.eat(TokenKind::Comma) && self.kind != TokenKind::Colon {
            let value = self.expression()?;
            self.scratch.exprs.push(value);
        }
        let elts = self.take_exprs(base);
        let node = self.arena.alloc(ExprTuple { elts, ctx: taipan_ast::ExprContext::Load });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::Tuple(node) })
    }
}
