//! Infix operators: each takes the complete operand on its left onto the stack.

use super::Pending;
use crate::grammar::{Parse, Parser, Refused};
use taipan_ast::{BoolOp, CmpOp, Expr, Operator};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `'if'` and `'else'`: neither belongs here unless an `expression` or this `else` is wanted.
    pub(super) fn conditional(&mut self, base: usize, value: Expr<'a>, start: u32) -> Parse<bool> {
        let test = matches!(self.top(base), Some(Pending::Test { .. }));
        let is_else = self.kind == TokenKind::Else;
        match (is_else, test) {
            (false, false) => {
                self.bump();
                self.push_pending(Pending::Test { body: value, start })?;
            }
            (true, true) => {
                self.bump();
                if let Some(Pending::Test { body, start }) = self.scratch.pending.pop() {
                    self.scratch.exprs.push(value);
                    self.scratch.pending.push(Pending::Orelse { body, start });
                }
            }
            (true, false) => return Ok(false),
            (false, true) => return Err(Refused),
        }
        Ok(true)
    }

    /// `'or'` and `'and'`: a chain of the same is one node.
    pub(super) fn bool_op(&mut self, base: usize, op: BoolOp, value: Expr<'a>, start: u32) -> Parse<bool> {
        self.bump();
        self.scratch.exprs.push(value);
        if self.scratch.pending.len() > base
            && let Some(Pending::Bool { op: same, count, .. }) = self.scratch.pending.last_mut()
            && *same == op
        {
            *count += 1;
        } else {
            self.push_pending(Pending::Bool { start, op, count: 1 })?;
        }
        Ok(true)
    }

    /// Comparisons: a chain of any is one node.
    pub(super) fn compare_op(&mut self, base: usize, value: Expr<'a>, start: u32) -> Parse<bool> {
        if self.kind == TokenKind::Not && self.peek(1) != TokenKind::In {
            return Ok(false);
        }
        let op = self.comparison_operator()?;
        self.scratch.cmpops.push(op);
        if self.scratch.pending.len() > base
            && let Some(Pending::Compare { count, .. }) = self.scratch.pending.last_mut()
        {
            *count += 1;
            self.scratch.exprs.push(value);
        } else {
            self.push_pending(Pending::Compare { left: value, start, count: 1 })?;
        }
        Ok(true)
    }

    /// The operator here, both words of it.
    fn comparison_operator(&mut self) -> Parse<CmpOp> {
        let op = match self.kind {
            TokenKind::EqEqual => CmpOp::Eq,
            TokenKind::NotEqual => {
                // `<>` is the same token, and right only on the first of April (PEP 401)
                if self.text().starts_with('<') != self.barry_as_flufl {
                    return Err(Refused);
                }
                CmpOp::NotEq
            }
            TokenKind::Less => CmpOp::Lt,
            TokenKind::LessEqual => CmpOp::LtE,
            TokenKind::Greater => CmpOp::Gt,
            TokenKind::GreaterEqual => CmpOp::GtE,
            TokenKind::In => CmpOp::In,
            TokenKind::Not => {
                self.bump();
                CmpOp::NotIn
            }
            TokenKind::Is if self.peek(1) == TokenKind::Not => {
                self.bump();
                CmpOp::IsNot
            }
            TokenKind::Is => CmpOp::Is,
            _ => return Err(Refused),
        };
        self.bump();
        Ok(op)
    }

    /// Arithmetic, bitwise and shift operators, and `**`.
    pub(super) fn binary_op(&mut self, strength: u8, left: Expr<'a>, start: u32) -> Parse<bool> {
        let op = match self.kind {
            TokenKind::Plus => Operator::Add,
            TokenKind::Minus => Operator::Sub,
            TokenKind::Star => Operator::Mult,
            TokenKind::At => {
                self.since(5)?;
                Operator::MatMult
            }
            TokenKind::Slash => Operator::Div,
            TokenKind::Percent => Operator::Mod,
            TokenKind::DoubleStar => Operator::Pow,
            TokenKind::LeftShift => Operator::LShift,
            TokenKind::RightShift => Operator::RShift,
            TokenKind::VBar => Operator::BitOr,
            TokenKind::Circumflex => Operator::BitXor,
            TokenKind::Amper => Operator::BitAnd,
            TokenKind::DoubleSlash => Operator::FloorDiv,
            _ => return Err(Refused),
        };
        self.bump();
        self.push_pending(Pending::Binary { left, start, op, strength })?;
        Ok(true)
    }
}
