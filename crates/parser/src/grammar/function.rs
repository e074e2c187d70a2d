//! Function definitions and decorators.

use super::parameter::Style;
use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, Stmt, StmtAsyncFunctionDef, StmtFunctionDef, StmtKind};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// decorators: ('@' named_expression NEWLINE)+
    /// ```
    /// and the definition that they decorate, whose range begins behind them
    pub(super) fn decorated(&mut self) -> Parse<Stmt<'a>> {
        let base = self.scratch.exprs.len();
        while self.eat(TokenKind::At) {
            let decorator = self.named_expression()?;
            self.scratch.exprs.push(decorator);
            self.expect_layout(TokenKind::Newline)?;
        }
        let decorators = self.take_exprs(base);
        match self.kind {
            TokenKind::Class => self.class_def(decorators),
            TokenKind::Def => self.function_def(decorators),
            TokenKind::Async if self.peek(1) == TokenKind::Def => self.function_def(decorators),
            _ => Err(Refused),
        }
    }

    /// ```text
    /// function_def_raw:
    ///     ['async'] 'def' NAME [type_params] '(' [params] ')' ['->' expression] ':' [func_type_comment] block
    /// ```
    pub(super) fn function_def(&mut self, decorator_list: &'a [Expr<'a>]) -> Parse<Stmt<'a>> {
        let start = self.start();
        let is_async = self.eat(TokenKind::Async);
        if is_async {
            self.since(5)?;
        }
        self.bump();
        let name = self.name()?;
        let type_params = self.optional_type_params()?;
        self.expect(TokenKind::LParen)?;
        let args = self.parameters(Style::Function)?;
        self.expect(TokenKind::RParen)?;
        let returns = if self.eat(TokenKind::RArrow) { Some(self.expression()?) } else { None };
        self.expect(TokenKind::Colon)?;
        let type_comment = self.func_type_comment();
        let body = self.block()?;
        let kind = if is_async {
            StmtKind::AsyncFunctionDef(self.arena.alloc(StmtAsyncFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            }))
        } else {
            StmtKind::FunctionDef(self.arena.alloc(StmtFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            }))
        };
        Ok(Stmt { span: self.span_from(start), kind })
    }
}
