//! Subscripts and slices.

use super::operator::Floor;
use super::{Parse, Parser};
use taipan_ast::{Expr, ExprContext, ExprKind, ExprSlice, ExprSubscript, ExprTuple};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `primary '[' slices ']'`, from the bracket on
    pub(super) fn subscript(&mut self, start: u32, value: Expr<'a>) -> Parse<Expr<'a>> {
        self.bump();
        let slice = self.nested(Self::slices)?;
        self.expect(TokenKind::RBracket)?;
        let ctx = ExprContext::Load;
        let kind = ExprKind::Subscript(self.arena.alloc(ExprSubscript { value, slice, ctx }));
        Ok(Expr { span: self.span_from(start), kind })
    }

    /// `slices: slice !',' | ','.(slice | starred_expression)+ [',']`
    fn slices(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let starred = self.kind == TokenKind::Star;
        let first = self.slice_or_starred()?;
        if !starred && self.kind != TokenKind::Comma {
            return Ok(first);
        }
        let base = self.scratch.exprs.len();
        self.scratch.exprs.push(first);
        while self.eat(TokenKind::Comma) && self.kind != TokenKind::RBracket {
            let value = self.slice_or_starred()?;
            self.scratch.exprs.push(value);
        }
        let elts = self.take_exprs(base);
        let node = self.arena.alloc(ExprTuple { elts, ctx: ExprContext::Load });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::Tuple(node) })
    }

    fn slice_or_starred(&mut self) -> Parse<Expr<'a>> {
        if self.kind == TokenKind::Star { self.starred(Floor::EXPRESSION) } else { self.subscript_slice() }
    }

    /// `slice: [expression] ':' [expression] [':' [expression]] | named_expression`
    fn subscript_slice(&mut self) -> Parse<Expr<'a>> {
        let (start, first) = (self.start(), self.at);
        let mut lower = None;
        if self.kind != TokenKind::Colon {
            let value = self.expression()?;
            match self.kind {
                TokenKind::Colon => lower = Some(value),
                TokenKind::ColonEqual => return self.assignment_expression(first, value),
                _ => return Ok(value),
            }
        }
        self.bump();
        let upper = self.slice_bound()?;
        let step = if self.eat(TokenKind::Colon) { self.slice_bound()? } else { None };
        let kind = ExprKind::Slice(self.arena.alloc(ExprSlice { lower, upper, step }));
        Ok(Expr { span: self.span_from(start), kind })
    }

    fn slice_bound(&mut self) -> Parse<Option<Expr<'a>>> {
        match self.kind {
            TokenKind::Colon | TokenKind::Comma | TokenKind::RBracket => Ok(None),
            _ => self.expression().map(Some),
        }
    }
}
