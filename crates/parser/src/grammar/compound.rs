//! `if`, `while`, `for`, and what follows `async`.

use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, Stmt, StmtFor, StmtIf, StmtKind, StmtWhile};
use taipan_lexer::TokenKind;
use taipan_span::Span;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// if_stmt: 'if' named_expression ':' block (elif_stmt | [else_block])
    /// elif_stmt: 'elif' named_expression ':' block (elif_stmt | [else_block])
    /// ```
    pub(super) fn if_stmt(&mut self) -> Parse<Stmt<'a>> {
        let start = self.start();
        self.bump();
        let test = self.named_expression()?;
        let body = self.colon_block()?;
        if self.kind == TokenKind::Elif {
            return self.elif_chain(start, test, body);
        }
        let orelse = self.else_block()?;
        let kind = StmtKind::If(self.arena.alloc(StmtIf { test, body, orelse }));
        Ok(Stmt { span: self.span_from(start), kind })
    }

    /// An `if` with `elif` branches, each of which nests in the one before.
    fn elif_chain(&mut self, start: u32, test: Expr<'a>, body: &'a [Stmt<'a>]) -> Parse<Stmt<'a>> {
        let mut branches = vec![(start, test, body)];
        while self.kind == TokenKind::Elif {
            let start = self.start();
            self.bump();
            let test = self.named_expression()?;
            branches.push((start, test, self.colon_block()?));
            self.note_chain(branches.len())?;
        }
        let mut orelse = self.else_block()?;
        let mut innermost = None;
        for (start, test, body) in branches.into_iter().rev() {
            let kind = StmtKind::If(self.arena.alloc(StmtIf { test, body, orelse }));
            let stmt = Stmt { span: self.span_from(start), kind };
            orelse = self.arena.alloc_slice_copy(&[stmt]);
            innermost = Some(stmt);
        }
        innermost.ok_or(Refused)
    }

    /// `[else_block]`, `else_block: 'else' ':' block`
    pub(super) fn else_block(&mut self) -> Parse<&'a [Stmt<'a>]> {
        if self.eat(TokenKind::Else) { self.colon_block() } else { Ok(&[]) }
    }

    /// `while_stmt: 'while' named_expression ':' block [else_block]`
    pub(super) fn while_stmt(&mut self) -> Parse<Stmt<'a>> {
        let start = self.start();
        self.bump();
        let test = self.named_expression()?;
        let body = self.colon_block()?;
        let orelse = self.else_block()?;
        let kind = StmtKind::While(self.arena.alloc(StmtWhile { test, body, orelse }));
        Ok(Stmt { span: self.span_from(start), kind })
    }

    /// `for_stmt: 'for' star_targets 'in' star_expressions ':' [TYPE_COMMENT] block [else_block]`
    pub(super) fn for_stmt(&mut self) -> Parse<Stmt<'a>> {
        let start = self.start();
        let node = self.for_parts()?;
        Ok(Stmt { span: self.span_from(start), kind: StmtKind::For(self.arena.alloc(node)) })
    }

    fn for_parts(&mut self) -> Parse<StmtFor<'a>> {
        self.bump();
        let target = self.star_targets()?;
        self.expect(TokenKind::In)?;
        let iter = self.star_expressions()?;
        self.expect(TokenKind::Colon)?;
        let type_comment = self.type_comment();
        let body = self.block()?;
        let orelse = self.else_block()?;
        Ok(StmtFor { target, iter, body, orelse, type_comment })
    }

    /// `'async' (function_def | with_stmt | for_stmt)`
    pub(super) fn async_stmt(&mut self) -> Parse<Stmt<'a>> {
        self.since(5)?;
        let start = self.start();
        let kind = match self.peek(1) {
            TokenKind::Def => return self.function_def(&[]),
            TokenKind::With => {
                self.bump();
                self.async_with()?
            }
            TokenKind::For => {
                self.bump();
                let StmtFor { target, iter, body, orelse, type_comment } = self.for_parts()?;
                let node = taipan_ast::StmtAsyncFor { target, iter, body, orelse, type_comment };
                StmtKind::AsyncFor(self.arena.alloc(node))
            }
            _ => return Err(Refused),
        };
        Ok(Stmt { span: Span::new(start, self.prev_end), kind })
    }
}
