//! The literals that patterns may hold.

use crate::grammar::{Parse, Parser, Refused};
use taipan_ast::{Constant, Expr, ExprBinOp, ExprKind, Operator, UnaryOp};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// literal_expr: signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
    /// ```
    pub(super) fn literal_expr(&mut self) -> Parse<Expr<'a>> {
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
}

fn is_complex(value: &Expr<'_>) -> bool {
    match value.kind {
        ExprKind::Constant(node) => matches!(node.value, Constant::Complex(_)),
        _ => false,
    }
}
