//! Jumps on a condition, `if` and conditional expressions, `and` and `or`, comparisons.

use super::numbers::comparison;
use super::{Generator, Result};
use crate::ir::{Label, Loc, Pseudo};
use taipan_ast::{BoolOp, CmpOp, Expr, ExprBoolOp, ExprCompare, ExprIfExp, ExprKind, StmtIf, UnaryOp};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

/// The jump that is taken if the value is `condition`.
fn pop_jump(condition: bool) -> Opcode {
    if condition { Opcode::PopJumpIfTrue } else { Opcode::PopJumpIfFalse }
}

impl<'a> Generator<'_, 'a> {
    /// Goes to `target` if the truth of `expr` is `condition`, else on.
    pub(super) fn jump_if(&mut self, expr: &'a Expr<'a>, target: Label, condition: bool) -> Result {
        self.deep(|walk| walk.jump_if_here(expr, target, condition))
    }

    fn jump_if_here(&mut self, expr: &'a Expr<'a>, target: Label, condition: bool) -> Result {
        match expr.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => {
                return self.jump_if(operand, target, !condition);
            }
            ExprKind::BoolOp(node) => return self.jump_if_bool_op(node, target, condition),
            ExprKind::IfExp(node) => return self.jump_if_conditional(node, target, condition),
            ExprKind::Compare(node) if node.ops.len() > 1 => {
                return self.jump_if_chain(node, expr.span, target, condition);
            }
            _ => {}
        }
        self.expr(expr)?;
        let loc = self.loc(expr.span);
        self.op(Opcode::ToBool, 0, loc);
        self.jump(pop_jump(condition), target, loc);
        Ok(())
    }

    fn jump_if_bool_op(&mut self, node: &'a ExprBoolOp<'a>, target: Label, condition: bool) -> Result {
        let Some((last, rest)) = node.values.split_last() else { return Ok(()) };
        let decides = node.op == BoolOp::Or;
        let early = if decides == condition { target } else { self.new_label() };
        for value in rest {
            self.jump_if(value, early, decides)?;
        }
        self.jump_if(last, target, condition)?;
        if early != target {
            self.place(early);
        }
        Ok(())
    }

    fn jump_if_conditional(&mut self, node: &'a ExprIfExp<'a>, target: Label, condition: bool) -> Result {
        let end = self.new_label();
        let orelse = self.new_label();
        self.jump_if(&node.test, orelse, false)?;
        self.jump_if(&node.body, target, condition)?;
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(orelse);
        self.jump_if(&node.orelse, target, condition)?;
        self.place(end);
        Ok(())
    }

    fn jump_if_chain(
        &mut self,
        node: &'a ExprCompare<'a>,
        span: Span,
        target: Label,
        condition: bool,
    ) -> Result {
        self.check_compare(node, span);
        let cleanup = self.new_label();
        self.expr(&node.left)?;
        let loc = self.loc(span);
        let last = node.ops.len() - 1;
        for (row, (op, right)) in node.ops.iter().zip(node.comparators).enumerate() {
            self.expr(right)?;
            if row < last {
                self.op(Opcode::Swap, 2, loc);
                self.op(Opcode::Copy, 2, loc);
            }
            self.compare_op(*op, loc);
            self.op(Opcode::ToBool, 0, loc);
            if row < last {
                self.jump(Opcode::PopJumpIfFalse, cleanup, loc);
            } else {
                self.jump(pop_jump(condition), target, loc);
            }
        }
        let end = self.new_label();
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(cleanup);
        self.op(Opcode::PopTop, 0, loc);
        if !condition {
            self.jump(Pseudo::JumpNoInterrupt, target, Loc::NONE);
        }
        self.place(end);
        Ok(())
    }

    pub(super) fn compare_op(&mut self, op: CmpOp, loc: Loc) {
        match (comparison(op), op) {
            (Some(arg), _) => self.op(Opcode::CompareOp, arg, loc),
            (None, CmpOp::Is) => self.op(Opcode::IsOp, 0, loc),
            (None, CmpOp::IsNot) => self.op(Opcode::IsOp, 1, loc),
            (None, CmpOp::In) => self.op(Opcode::ContainsOp, 0, loc),
            (None, _) => self.op(Opcode::ContainsOp, 1, loc),
        }
    }

    pub(super) fn compare(&mut self, node: &'a ExprCompare<'a>, span: Span) -> Result {
        self.check_compare(node, span);
        self.expr(&node.left)?;
        let loc = self.loc(span);
        let (Some((last_op, ops)), Some((last, rights))) =
            (node.ops.split_last(), node.comparators.split_last())
        else {
            return Ok(());
        };
        if ops.is_empty() {
            self.expr(last)?;
            self.compare_op(*last_op, loc);
            return Ok(());
        }
        let cleanup = self.new_label();
        for (op, right) in ops.iter().zip(rights) {
            self.expr(right)?;
            self.op(Opcode::Swap, 2, loc);
            self.op(Opcode::Copy, 2, loc);
            self.compare_op(*op, loc);
            self.op(Opcode::Copy, 1, loc);
            self.op(Opcode::ToBool, 0, loc);
            self.jump(Opcode::PopJumpIfFalse, cleanup, loc);
            self.op(Opcode::PopTop, 0, loc);
        }
        self.expr(last)?;
        self.compare_op(*last_op, loc);
        let end = self.new_label();
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(cleanup);
        self.op(Opcode::Swap, 2, loc);
        self.op(Opcode::PopTop, 0, loc);
        self.place(end);
        Ok(())
    }

    pub(super) fn bool_op(&mut self, node: &'a ExprBoolOp<'a>, span: Span) -> Result {
        let Some((last, rest)) = node.values.split_last() else { return Ok(()) };
        let loc = self.loc(span);
        let jump = match node.op {
            BoolOp::And => Pseudo::JumpIfFalse,
            BoolOp::Or => Pseudo::JumpIfTrue,
        };
        let end = self.new_label();
        for value in rest {
            self.expr(value)?;
            self.jump(jump, end, loc);
            self.op(Opcode::PopTop, 0, loc);
        }
        self.expr(last)?;
        self.place(end);
        Ok(())
    }

    pub(super) fn conditional(&mut self, node: &'a ExprIfExp<'a>) -> Result {
        let end = self.new_label();
        let orelse = self.new_label();
        self.jump_if(&node.test, orelse, false)?;
        self.expr(&node.body)?;
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(orelse);
        self.expr(&node.orelse)?;
        self.place(end);
        Ok(())
    }

    pub(super) fn if_statement(&mut self, node: &'a StmtIf<'a>) -> Result {
        let end = self.new_label();
        let orelse = if node.orelse.is_empty() { end } else { self.new_label() };
        self.jump_if(&node.test, orelse, false)?;
        self.stmts(node.body)?;
        if !node.orelse.is_empty() {
            self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
            self.place(orelse);
            self.stmts(node.orelse)?;
        }
        self.place(end);
        Ok(())
    }
}
