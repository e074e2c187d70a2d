//! Assignments: plain, augmented, annotated.

use super::expression::two_part_slice;
use super::numbers::{SUBSCRIPT, binary};
use super::unit::{Deferred, UnitKind};
use super::{Generator, Result};
use crate::ir::Loc;
use taipan_ast::{Expr, ExprKind, ExprSubscript, Identifier, StmtAnnAssign, StmtAssign, StmtAugAssign};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn assign(&mut self, node: &'a StmtAssign<'a>, span: Span) -> Result {
        self.expr(&node.value)?;
        let loc = self.loc(span);
        for (row, target) in node.targets.iter().enumerate() {
            if row + 1 < node.targets.len() {
                self.op(Opcode::Copy, 1, loc);
            }
            self.expr(target)?;
        }
        Ok(())
    }

    pub(super) fn augmented(&mut self, node: &'a StmtAugAssign<'a>, span: Span) -> Result {
        let target = &node.target;
        match target.kind {
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value)?;
                let loc = self.loc(target.span);
                self.op(Opcode::Copy, 1, loc);
                let at = self.attribute_loc(target.span, target.span, attr);
                let number = self.name_index(attr);
                self.op(Opcode::LoadAttr, number << 1, at);
                self.augment(node, span)?;
                self.op(Opcode::Swap, 2, at);
                self.op(Opcode::StoreAttr, number, at);
                Ok(())
            }
            ExprKind::Subscript(subscript) => self.augmented_subscript(node, subscript, span),
            ExprKind::Name { id, .. } => self.augmented_name(node, id, span),
            _ => Ok(()),
        }
    }

    fn augmented_name(&mut self, node: &'a StmtAugAssign<'a>, name: Identifier, span: Span) -> Result {
        let loc = self.loc(node.target.span);
        self.load(name, loc);
        self.augment(node, span)?;
        self.store(name, loc);
        Ok(())
    }

    fn augmented_subscript(
        &mut self,
        node: &'a StmtAugAssign<'a>,
        subscript: &'a ExprSubscript<'a>,
        span: Span,
    ) -> Result {
        let loc = self.loc(node.target.span);
        self.expr(&subscript.value)?;
        let slice = two_part_slice(&subscript.slice);
        // owner and index, or owner and bounds, are used twice
        let operands = if let Some(slice) = slice {
            self.slice_bounds(slice, subscript.slice.span)?;
            3
        } else {
            self.expr(&subscript.slice)?;
            2
        };
        for _ in 0..operands {
            self.op(Opcode::Copy, operands, loc);
        }
        match slice {
            Some(_) => self.op(Opcode::BinarySlice, 0, loc),
            None => self.op(Opcode::BinaryOp, SUBSCRIPT, loc),
        }
        self.augment(node, span)?;
        for depth in (2..=operands + 1).rev() {
            self.op(Opcode::Swap, depth, loc);
        }
        self.op(if slice.is_some() { Opcode::StoreSlice } else { Opcode::StoreSubscr }, 0, loc);
        Ok(())
    }

    /// old value => new value
    fn augment(&mut self, node: &'a StmtAugAssign<'a>, span: Span) -> Result {
        self.expr(&node.value)?;
        let loc = self.loc(span);
        self.op(Opcode::BinaryOp, binary(node.op, true), loc);
        Ok(())
    }

    pub(super) fn annotated(&mut self, node: &'a StmtAnnAssign<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        if let Some(value) = &node.value {
            self.expr(value)?;
            self.expr(&node.target)?;
        }
        match node.target.kind {
            ExprKind::Name { id, .. } => self.annotated_name(node, id, span, loc),
            ExprKind::Attribute { value, .. } if node.value.is_none() => return self.evaluate(value),
            ExprKind::Subscript(target) if node.value.is_none() => {
                self.evaluate(&target.value)?;
                return self.evaluate_index(&target.slice);
            }
            _ => {}
        }
        Ok(())
    }

    fn annotated_name(&mut self, node: &'a StmtAnnAssign<'a>, name: Identifier, span: Span, loc: Loc) {
        if !node.simple || !matches!(self.unit.kind, UnitKind::Module | UnitKind::Class) {
            return;
        }
        if !self.future_annotations() {
            return self.defer_annotation(Deferred { node, span, condition: None }, loc);
        }
        self.annotation_text(&node.annotation);
        let annotations = self.interner.intern("__annotations__");
        self.op_name(Opcode::LoadName, annotations, loc);
        let name = self.mangle(name);
        self.load_name_text(name, loc);
        self.op(Opcode::StoreSubscr, 0, loc);
    }

    /// Evaluates what an annotated target without a value consists of.
    fn evaluate(&mut self, expr: &'a Expr<'a>) -> Result {
        self.expr(expr)?;
        let loc = self.loc(expr.span);
        self.op(Opcode::PopTop, 0, loc);
        Ok(())
    }

    fn evaluate_index(&mut self, index: &'a Expr<'a>) -> Result {
        match index.kind {
            ExprKind::Slice(slice) => {
                let bounds = [&slice.lower, &slice.upper, &slice.step];
                bounds.into_iter().flatten().try_for_each(|bound| self.evaluate(bound))
            }
            ExprKind::Tuple(tuple) => {
                self.deep(|walk| tuple.elts.iter().try_for_each(|elt| walk.evaluate_index(elt)))
            }
            _ => self.evaluate(index),
        }
    }
}
