//! Lists, tuples, sets and dictionaries, and the unpacking of targets.

use super::numbers::LIST_TO_TUPLE;
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::Loc;
use taipan_ast::{Expr, ExprContext, ExprDict, ExprKind, ExprList, ExprSet, ExprTuple, Identifier};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

/// More values than this are not all put onto the stack at once.
pub(super) const MANY: usize = 30;

/// The instructions that build a container.
#[derive(Clone, Copy)]
pub(super) struct Builder {
    build: Opcode,
    add: Opcode,
    extend: Opcode,
    /// The list becomes a tuple.
    tuple: bool,
}

pub(super) const LIST: Builder =
    Builder { build: Opcode::BuildList, add: Opcode::ListAppend, extend: Opcode::ListExtend, tuple: false };
pub(super) const TUPLE: Builder = Builder { tuple: true, ..LIST };
const SET: Builder =
    Builder { build: Opcode::BuildSet, add: Opcode::SetAdd, extend: Opcode::SetUpdate, tuple: false };

/// The value of a starred expression.
pub(super) fn starred<'a>(expr: &Expr<'a>) -> Option<&'a Expr<'a>> {
    match expr.kind {
        ExprKind::Starred { value, .. } => Some(value),
        _ => None,
    }
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn list(&mut self, node: &'a ExprList<'a>, span: Span) -> Result {
        self.sequence(node.elts, node.ctx, LIST, span)
    }

    pub(super) fn tuple(&mut self, node: &'a ExprTuple<'a>, span: Span) -> Result {
        self.sequence(node.elts, node.ctx, TUPLE, span)
    }

    pub(super) fn set(&mut self, node: &'a ExprSet<'a>, span: Span) -> Result {
        self.elements(node.elts, None, 0, SET, span)
    }

    fn sequence(&mut self, elts: &'a [Expr<'a>], ctx: ExprContext, builder: Builder, span: Span) -> Result {
        match ctx {
            ExprContext::Load => self.elements(elts, None, 0, builder, span),
            ExprContext::Store => self.unpack(elts, span),
            ExprContext::Del => self.exprs(elts),
        }
    }

    /// Builds a container of `pushed` values on the stack, `elts`, and what the name `last` holds.
    pub(super) fn elements(
        &mut self,
        elts: &'a [Expr<'a>],
        last: Option<Identifier>,
        pushed: u32,
        builder: Builder,
        span: Span,
    ) -> Result {
        let loc = self.loc(span);
        let count = elts.len() + pushed as usize + usize::from(last.is_some());
        let big = count > MANY;
        if !big && elts.iter().all(|elt| starred(elt).is_none()) {
            self.exprs(elts)?;
            if let Some(name) = last {
                self.load(name, loc);
            }
            let build = if builder.tuple { Opcode::BuildTuple } else { builder.build };
            self.op(build, count as u32, loc);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.op(builder.build, pushed, loc);
        }
        for (row, elt) in elts.iter().enumerate() {
            match starred(elt) {
                Some(value) => {
                    if !built {
                        self.op(builder.build, row as u32 + pushed, loc);
                        built = true;
                    }
                    self.expr(value)?;
                    self.op(builder.extend, 1, loc);
                }
                None => {
                    self.expr(elt)?;
                    if built {
                        self.op(builder.add, 1, loc);
                    }
                }
            }
        }
        self.end_elements(last, builder, loc);
        Ok(())
    }

    fn end_elements(&mut self, last: Option<Identifier>, builder: Builder, loc: Loc) {
        if let Some(name) = last {
            self.load(name, loc);
            self.op(builder.add, 1, loc);
        }
        if builder.tuple {
            self.op(Opcode::CallIntrinsic1, LIST_TO_TUPLE, loc);
        }
    }

    /// Unpacks the value on top into targets.
    fn unpack(&mut self, targets: &'a [Expr<'a>], span: Span) -> Result {
        let loc = self.loc(span);
        let mut stars = targets.iter().enumerate().filter(|(_, target)| starred(target).is_some());
        match stars.next() {
            None => self.op(Opcode::UnpackSequence, targets.len() as u32, loc),
            Some((before, _)) => {
                let Some(arg) = unpack_ex(before, targets.len()) else {
                    return fail(Error::TooManyTargets { place: "star-unpacking assignment" }, span);
                };
                self.op(Opcode::UnpackEx, arg, loc);
                if stars.next().is_some() {
                    return fail(Error::TwoStars { place: "assignment" }, span);
                }
            }
        }
        targets.iter().try_for_each(|target| self.expr(starred(target).unwrap_or(target)))
    }

    pub(super) fn dict(&mut self, node: &'a ExprDict<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        let (mut built, mut waiting) = (false, 0);
        for (row, (key, value)) in node.keys.iter().zip(node.values).enumerate() {
            if key.is_none() {
                if waiting > 0 {
                    self.pairs(node, row - waiting, row, &mut built, loc)?;
                    waiting = 0;
                }
                if !built {
                    self.op(Opcode::BuildMap, 0, loc);
                    built = true;
                }
                self.expr(value)?;
                self.op(Opcode::DictUpdate, 1, loc);
            } else if waiting * 2 > MANY {
                self.pairs(node, row - waiting, row + 1, &mut built, loc)?;
                waiting = 0;
            } else {
                waiting += 1;
            }
        }
        let count = node.values.len();
        if waiting > 0 {
            self.pairs(node, count - waiting, count, &mut built, loc)?;
        }
        if !built {
            self.op(Opcode::BuildMap, 0, loc);
        }
        Ok(())
    }

    /// A dictionary of the pairs from `begin` to `end`, merged into the one below if there is one.
    fn pairs(
        &mut self,
        node: &'a ExprDict<'a>,
        begin: usize,
        end: usize,
        built: &mut bool,
        loc: Loc,
    ) -> Result {
        let big = (end - begin) * 2 > MANY;
        if big {
            self.op(Opcode::BuildMap, 0, loc);
        }
        for (key, value) in node.keys.iter().zip(node.values).take(end).skip(begin) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.op(Opcode::MapAdd, 1, loc);
            }
        }
        if !big {
            self.op(Opcode::BuildMap, (end - begin) as u32, loc);
        }
        if *built {
            self.op(Opcode::DictUpdate, 1, loc);
        }
        *built = true;
        Ok(())
    }
}

/// The argument of `UNPACK_EX` with the star behind `before` of `count` targets.
pub(super) fn unpack_ex(before: usize, count: usize) -> Option<u32> {
    let after = count - before - 1;
    (before < 1 << 8 && after < (i32::MAX as usize) >> 8).then_some((before + (after << 8)) as u32)
}
