//! Expressions: the choice among them, and those that are short.

use super::generator::index;
use super::numbers::{SUBSCRIPT, UNARY_POSITIVE, awaitable, binary, resume};
use super::unit::UnitKind;
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::{Loc, Pseudo};
use taipan_ast::{Expr, ExprBinOp, ExprContext, ExprKind, ExprSlice, ExprSubscript, Identifier, UnaryOp};
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &'a Expr<'a>) -> Result {
        // the leaves are most of a tree
        match expr.kind {
            ExprKind::Name { id, ctx } => {
                let loc = self.loc(expr.span);
                self.name(id, ctx, loc);
                Ok(())
            }
            ExprKind::Constant(node) => {
                let loc = self.loc(expr.span);
                self.load_const(super::constants::constant(node.value), loc);
                Ok(())
            }
            _ => self.deep(|walk| walk.expr_here(expr)),
        }
    }

    fn expr_here(&mut self, expr: &'a Expr<'a>) -> Result {
        let span = expr.span;
        match expr.kind {
            ExprKind::Name { .. } | ExprKind::Constant(_) => self.expr(expr),
            ExprKind::NamedExpr(node) => {
                self.expr(&node.value)?;
                let loc = self.loc(span);
                self.op(Opcode::Copy, 1, loc);
                self.expr(&node.target)
            }
            ExprKind::BoolOp(node) => self.bool_op(node, span),
            ExprKind::BinOp(node) => self.binary(node, span),
            ExprKind::UnaryOp { op, operand } => self.unary(op, operand, span),
            ExprKind::Lambda(node) => self.lambda(node, span),
            ExprKind::IfExp(node) => self.conditional(node),
            ExprKind::Compare(node) => self.compare(node, span),
            ExprKind::Call(node) => self.call(node, span),
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, ctx),
            ExprKind::Subscript(node) => self.subscript(node, span),
            ExprKind::Starred { ctx: ExprContext::Store, .. } => fail(Error::StarredTarget, span),
            ExprKind::Starred { .. } => fail(Error::StarredExpression, span),
            ExprKind::Slice(node) => self.slice(node, span),
            ExprKind::List(node) => self.list(node, span),
            ExprKind::Tuple(node) => self.tuple(node, span),
            ExprKind::Set(node) => self.set(node, span),
            ExprKind::Dict(node) => self.dict(node, span),
            ExprKind::JoinedStr(node) => self.joined_string(node, span),
            ExprKind::TemplateStr(node) => self.template_string(node, span),
            ExprKind::FormattedValue(node) => self.formatted_value(node, span),
            ExprKind::Interpolation(node) => self.interpolation(node, span),
            ExprKind::ListComp(_)
            | ExprKind::SetComp(_)
            | ExprKind::DictComp(_)
            | ExprKind::GeneratorExp(_) => self.comprehension(expr),
            ExprKind::Yield { value } => self.yield_value(value, span),
            ExprKind::YieldFrom { value } => self.yield_from(value, span),
            ExprKind::Await { value } => {
                self.expr(value)?;
                let loc = self.loc(span);
                self.await_value(awaitable::ANY, loc);
                Ok(())
            }
        }
    }

    fn binary(&mut self, node: &'a ExprBinOp<'a>, span: Span) -> Result {
        self.expr(&node.left)?;
        self.expr(&node.right)?;
        let loc = self.loc(span);
        self.op(Opcode::BinaryOp, binary(node.op, false), loc);
        Ok(())
    }

    fn unary(&mut self, op: UnaryOp, operand: &'a Expr<'a>, span: Span) -> Result {
        self.expr(operand)?;
        let loc = self.loc(span);
        match op {
            UnaryOp::UAdd => self.op(Opcode::CallIntrinsic1, UNARY_POSITIVE, loc),
            UnaryOp::Not => {
                self.op(Opcode::ToBool, 0, loc);
                self.op(Opcode::UnaryNot, 0, loc);
            }
            UnaryOp::Invert => self.op(Opcode::UnaryInvert, 0, loc),
            UnaryOp::USub => self.op(Opcode::UnaryNegative, 0, loc),
        }
        Ok(())
    }

    // -- attributes and subscripts -------------------------------------------------------------

    fn attribute(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        attr: Identifier,
        context: ExprContext,
    ) -> Result {
        if context == ExprContext::Load && self.super_attribute(expr, value, attr)? {
            return Ok(());
        }
        if context == ExprContext::Store {
            self.note_static_attribute(value, attr);
        }
        self.expr(value)?;
        let loc = self.attribute_loc(expr.span, expr.span, attr);
        let number = self.name_index(attr);
        match context {
            ExprContext::Load => self.op(Opcode::LoadAttr, number << 1, loc),
            ExprContext::Store => self.op(Opcode::StoreAttr, number, loc),
            ExprContext::Del => self.op(Opcode::DeleteAttr, number, loc),
        }
        Ok(())
    }

    /// The class around learns that one of its methods assigns to `self.attr`.
    fn note_static_attribute(&mut self, value: &Expr<'_>, attr: Identifier) {
        let ExprKind::Name { id, .. } = value.kind else { return };
        if self.interner.resolve(id) != "self" {
            return;
        }
        if let Some(class) = self.outer.iter_mut().rev().find(|unit| unit.kind == UnitKind::Class) {
            class.static_attributes.insert(attr);
        }
    }

    /// The location `of` something at an attribute: it begins at the attribute's name if that is on a line
    /// below. `attribute` is the range of the whole attribute access.
    pub(super) fn attribute_loc(&mut self, of: Span, attribute: Span, attr: Identifier) -> Loc {
        let mut loc = self.loc(of);
        if loc.line == loc.end_line && of.start <= attribute.start && attribute.end <= of.end {
            return loc;
        }
        let end = self.loc(attribute);
        if loc.line != end.end_line {
            loc.line = end.end_line;
            let length = self.interner.resolve(attr).chars().count() as i32;
            if length <= end.end_column {
                loc.column = end.end_column - length;
            } else {
                loc.column = -1;
                loc.end_column = -1;
            }
            loc.end_line = loc.end_line.max(loc.line);
            if loc.line == loc.end_line {
                loc.end_column = loc.end_column.max(loc.column);
            }
        }
        loc
    }

    fn subscript(&mut self, node: &'a ExprSubscript<'a>, span: Span) -> Result {
        if node.ctx == ExprContext::Load {
            self.check_subscripted(&node.value);
            self.check_index(&node.value, &node.slice);
        }
        self.expr(&node.value)?;
        if let Some(slice) = two_part_slice(&node.slice)
            && node.ctx != ExprContext::Del
        {
            self.slice_bounds(slice, node.slice.span)?;
            let loc = self.loc(span);
            let load = node.ctx == ExprContext::Load;
            self.op(if load { Opcode::BinarySlice } else { Opcode::StoreSlice }, 0, loc);
            return Ok(());
        }
        self.expr(&node.slice)?;
        let loc = self.loc(span);
        match node.ctx {
            ExprContext::Load => self.op(Opcode::BinaryOp, SUBSCRIPT, loc),
            ExprContext::Store => self.op(Opcode::StoreSubscr, 0, loc),
            ExprContext::Del => self.op(Opcode::DeleteSubscr, 0, loc),
        }
        Ok(())
    }

    pub(super) fn slice_bounds(&mut self, slice: &'a ExprSlice<'a>, span: Span) -> Result {
        for bound in [&slice.lower, &slice.upper] {
            match bound {
                Some(bound) => self.expr(bound)?,
                None => {
                    let loc = self.loc(span);
                    self.load_none(loc);
                }
            }
        }
        Ok(())
    }

    fn slice(&mut self, slice: &'a ExprSlice<'a>, span: Span) -> Result {
        if let Some(constant) = constant_slice(slice) {
            let loc = self.loc(span);
            self.load_const(constant, loc);
            return Ok(());
        }
        self.slice_bounds(slice, span)?;
        let mut count = 2;
        if let Some(step) = &slice.step {
            self.expr(step)?;
            count = 3;
        }
        let loc = self.loc(span);
        self.op(Opcode::BuildSlice, count, loc);
        Ok(())
    }

    // -- generators and coroutines -------------------------------------------------------------

    fn yield_value(&mut self, value: Option<&'a Expr<'a>>, span: Span) -> Result {
        if !self.scope().is_function_like() {
            return fail(Error::YieldOutside, span);
        }
        if let Some(value) = value {
            self.expr(value)?;
        }
        let loc = self.loc(span);
        if value.is_none() {
            self.load_none(loc);
        }
        self.yield_top(loc);
        Ok(())
    }

    /// Yields the value on top.
    pub(super) fn yield_top(&mut self, loc: Loc) {
        if self.scope().generator && self.scope().coroutine {
            self.op(Opcode::CallIntrinsic1, super::numbers::ASYNC_GEN_WRAP, loc);
        }
        self.op(Opcode::YieldValue, 0, loc);
        self.op(Opcode::Resume, resume::YIELD, loc);
    }

    fn yield_from(&mut self, value: &'a Expr<'a>, span: Span) -> Result {
        if !self.scope().is_function_like() {
            return fail(Error::YieldFromOutside, span);
        }
        if self.unit.kind == UnitKind::AsyncFunction {
            return fail(Error::YieldFromInAsync, span);
        }
        self.expr(value)?;
        let loc = self.loc(span);
        self.op(Opcode::GetYieldFromIter, 0, loc);
        self.load_none(loc);
        self.delegate(resume::YIELD_FROM, loc);
        Ok(())
    }

    pub(super) fn await_value(&mut self, awaitable: u32, loc: Loc) {
        self.op(Opcode::GetAwaitable, awaitable, loc);
        self.load_none(loc);
        self.delegate(resume::AWAIT, loc);
    }

    /// Sends and yields until the sub-iterator ends: receiver, value => result.
    pub(super) fn delegate(&mut self, resume: u32, loc: Loc) {
        let (send, fail, exit) = (self.new_label(), self.new_label(), self.new_label());
        self.place(send);
        self.jump(Opcode::Send, exit, loc);
        // a StopIteration that `close` or `throw` raises here ends the delegation
        self.jump(Pseudo::SetupFinally, fail, loc);
        self.op(Opcode::YieldValue, 1, loc);
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.op(Opcode::Resume, resume, loc);
        self.jump(Pseudo::JumpNoInterrupt, send, loc);
        self.place(fail);
        self.op(Opcode::CleanupThrow, 0, loc);
        self.place(exit);
        self.op(Opcode::EndSend, 0, loc);
    }

    /// An instruction on a local, by its name as it is stored.
    pub(super) fn op_local(&mut self, op: impl Into<crate::ir::Kind>, name: Identifier, loc: Loc) {
        let local = index(&mut self.unit.code.varnames, name);
        self.op(op, local, loc);
    }
}

fn is_constant(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Constant(_))
}

/// A slice all of whose parts are constants.
fn constant_slice(slice: &ExprSlice<'_>) -> Option<Const> {
    let part = |part: &Option<Expr<'_>>| match part.map(|expr| expr.kind) {
        None => Some(Const::None),
        Some(ExprKind::Constant(node)) => Some(super::constants::constant(node.value)),
        Some(_) => None,
    };
    Some(Const::Slice(Box::new([part(&slice.lower)?, part(&slice.upper)?, part(&slice.step)?])))
}

/// A slice without a step that has instructions of its own.
pub(super) fn two_part_slice<'a>(expr: &Expr<'a>) -> Option<&'a ExprSlice<'a>> {
    let ExprKind::Slice(slice) = expr.kind else { return None };
    let constant = [&slice.lower, &slice.upper].into_iter().flatten().all(is_constant);
    (slice.step.is_none() && !constant).then_some(slice)
}
