//! Completing operators: from the stack to nodes.

use super::Pending;
use super::strength::{BIT_OR, TERM};
use crate::grammar::{Parse, Parser, Refused};
use taipan_ast::{Expr, ExprBinOp, ExprBoolOp, ExprCompare, ExprIfExp, ExprKind, ExprLambda};

impl<'a> Parser<'a, '_> {
    /// Completes the operators that bind the operand stronger than one of `strength` on its right.
    pub(super) fn reduce_stronger(
        &mut self,
        base: usize,
        strength: u8,
        mut value: Expr<'a>,
        mut start: u32,
    ) -> Parse<(Expr<'a>, u32)> {
        let left_associative = (BIT_OR..=TERM).contains(&strength);
        while let Some(top) = self.top(base) {
            let above = top.strength();
            if above < strength || (above == strength && !left_associative) {
                break;
            }
            (value, start) = self.reduce(value)?;
        }
        Ok((value, start))
    }

    /// Completes all operators of an operand.
    pub(super) fn reduce_all(&mut self, base: usize, mut value: Expr<'a>) -> Parse<Expr<'a>> {
        while self.scratch.pending.len() > base {
            (value, _) = self.reduce(value)?;
        }
        Ok(value)
    }

    /// Completes the innermost operator with its right operand.
    fn reduce(&mut self, right: Expr<'a>) -> Parse<(Expr<'a>, u32)> {
        let Some(pending) = self.scratch.pending.pop() else { return Err(Refused) };
        let (start, kind) = match pending {
            Pending::Binary { left, start, op, .. } => {
                (start, ExprKind::BinOp(self.arena.alloc(ExprBinOp { left, op, right })))
            }
            Pending::Unary { start, op, .. } => {
                (start, ExprKind::UnaryOp { op, operand: self.arena.alloc(right) })
            }
            Pending::Compare { left, start, count } => {
                self.scratch.exprs.push(right);
                let comparators = self.take_exprs(self.scratch.exprs.len() - count as usize);
                let ops = self.take_cmpops(self.scratch.cmpops.len() - count as usize);
                (start, ExprKind::Compare(self.arena.alloc(ExprCompare { left, ops, comparators })))
            }
            Pending::Bool { start, op, count } => {
                self.scratch.exprs.push(right);
                let values = self.take_exprs(self.scratch.exprs.len() - 1 - count as usize);
                (start, ExprKind::BoolOp(self.arena.alloc(ExprBoolOp { op, values })))
            }
            Pending::Test { .. } => return Err(Refused),
            Pending::Orelse { body, start } => {
                let Some(test) = self.scratch.exprs.pop() else { return Err(Refused) };
                (start, ExprKind::IfExp(self.arena.alloc(ExprIfExp { test, body, orelse: right })))
            }
            Pending::Lambda { start } => {
                let Some(args) = self.scratch.lambdas.pop() else { return Err(Refused) };
                (start, ExprKind::Lambda(self.arena.alloc(ExprLambda { args, body: right })))
            }
        };
        Ok((Expr { span: self.span_from(start), kind }, start))
    }
}
