//! Primaries: atoms with attributes, calls and subscripts behind them.

use super::{Parse, Parser};
use taipan_ast::{Expr, ExprContext, ExprKind};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `await_primary: 'await' primary | primary`
    #[inline]
    pub(super) fn await_primary(&mut self) -> Parse<Expr<'a>> {
        if self.kind == TokenKind::Await { self.await_expr() } else { self.primary() }
    }

    fn await_expr(&mut self) -> Parse<Expr<'a>> {
        self.since(5)?;
        let start = self.start();
        self.bump();
        let value = self.primary()?;
        let kind = ExprKind::Await { value: self.arena.alloc(value) };
        Ok(Expr { span: self.span_from(start), kind })
    }

    /// ```text
    /// primary: atom ('.' NAME | genexp | '(' [arguments] ')' | '[' slices ']')*
    /// ```
    pub(super) fn primary(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let mut value =
            if self.kind == TokenKind::Name { self.name_expr(ExprContext::Load)? } else { self.atom()? };
        loop {
            value = match self.kind {
                TokenKind::Dot => {
                    self.bump();
                    let attr = self.name()?;
                    let kind =
                        ExprKind::Attribute { value: self.arena.alloc(value), attr, ctx: ExprContext::Load };
                    Expr { span: self.span_from(start), kind }
                }
                TokenKind::LParen => self.call(start, value)?,
                TokenKind::LBracket => self.subscript(start, value)?,
                _ => return Ok(value),
            };
        }
    }
}
