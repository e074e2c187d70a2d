//! `match` and its patterns (PEP 634).
//!
//! The code of a pattern consumes the subject on top of the stack and goes on if it matches; if not, it
//! jumps to where all is popped that the patterns so far have left. Captured values wait below what is
//! still matched, and are bound only when the whole pattern has matched.

mod class;
mod mapping;
mod or;
mod sequence;

use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::{Kind, Label, Loc, Pseudo};
use taipan_ast::{CmpOp, Constant, ExprKind, Identifier, MatchCase, Pattern, PatternKind, StmtMatch};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

/// The state of a match.
#[derive(Default)]
struct Context {
    /// The names captured so far, in the order of their values on the stack.
    stores: Vec<Identifier>,
    /// Patterns that always match may stand here.
    allow_irrefutable: bool,
    /// Where to go on failure with so many values to pop.
    fail_pop: Vec<Label>,
    /// How many values stand above the captured ones.
    on_top: usize,
}

/// Whether it is `_`.
fn is_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn match_statement(&mut self, node: &'a StmtMatch<'a>) -> Result {
        self.expr(&node.subject)?;
        let end = self.new_label();
        let Some((last, before)) = node.cases.split_last() else { return Ok(()) };
        // a last `case _` needs no copy of the subject
        let has_default = is_wildcard(&last.pattern) && !before.is_empty();
        let cases = if has_default { before } else { node.cases };
        for (row, case) in cases.iter().enumerate() {
            let is_last = row + 1 == cases.len();
            let irrefutable = case.guard.is_some() || row + 1 == node.cases.len();
            self.case(case, is_last, irrefutable, end)?;
        }
        if has_default {
            let loc = self.loc(last.pattern.span);
            self.op(Opcode::Nop, 0, loc);
            if let Some(guard) = &last.guard {
                self.jump_if(guard, end, false)?;
            }
            self.stmts(last.body)?;
        }
        self.place(end);
        Ok(())
    }

    fn case(&mut self, case: &'a MatchCase<'a>, is_last: bool, irrefutable: bool, end: Label) -> Result {
        let loc = self.loc(case.pattern.span);
        if !is_last {
            self.op(Opcode::Copy, 1, loc);
        }
        let mut context = Context { allow_irrefutable: irrefutable, ..Context::default() };
        self.pattern(&case.pattern, &mut context)?;
        for name in &context.stores {
            self.store(*name, loc);
        }
        if let Some(guard) = &case.guard {
            let failed = self.fail_label(0, &mut context);
            self.jump_if(guard, failed, false)?;
        }
        if !is_last {
            self.op(Opcode::PopTop, 0, Loc::NEXT);
        }
        self.stmts(case.body)?;
        self.jump(Pseudo::Jump, end, Loc::NONE);
        // the clean-up belongs to the pattern that failed, not to the body
        self.place_fail_pop(&mut context, loc);
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>, context: &mut Context) -> Result {
        self.deep(|walk| walk.pattern_here(pattern, context))
    }

    fn pattern_here(&mut self, pattern: &'a Pattern<'a>, context: &mut Context) -> Result {
        let span = pattern.span;
        match pattern.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant(_) | ExprKind::Attribute { .. }) {
                    return fail(Error::PatternValue, span);
                }
                self.expr(value)?;
                let loc = self.loc(span);
                self.compare_op(CmpOp::Eq, loc);
                self.op(Opcode::ToBool, 0, loc);
                self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
                Ok(())
            }
            PatternKind::MatchSingleton(node) => self.singleton_pattern(node.value, context, span),
            PatternKind::MatchSequence(node) => self.sequence_pattern(node.patterns, context, span),
            PatternKind::MatchMapping(node) => self.mapping_pattern(node, context, span),
            PatternKind::MatchClass(node) => self.class_pattern(node, context, span),
            PatternKind::MatchStar { name } => self.capture(name, context, span),
            PatternKind::MatchAs { pattern, name } => self.as_pattern(pattern, name, context, span),
            PatternKind::MatchOr(node) => self.or_pattern(node.patterns, context, span),
        }
    }

    /// A pattern inside another, which may always match.
    fn subpattern(&mut self, pattern: &'a Pattern<'a>, context: &mut Context) -> Result {
        let allowed = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(pattern, context)?;
        context.allow_irrefutable = allowed;
        Ok(())
    }

    fn singleton_pattern(&mut self, value: Constant<'a>, context: &mut Context, span: Span) -> Result {
        let loc = self.loc(span);
        self.load_const(super::constants::constant(value), loc);
        self.compare_op(CmpOp::Is, loc);
        self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
        Ok(())
    }

    fn as_pattern(
        &mut self,
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Identifier>,
        context: &mut Context,
        span: Span,
    ) -> Result {
        let Some(pattern) = pattern else {
            if context.allow_irrefutable {
                return self.capture(name, context, span);
            }
            return fail(
                match name {
                    Some(name) => Error::CaptureUnreachable { name: self.interner.resolve(name).to_owned() },
                    None => Error::WildcardUnreachable,
                },
                span,
            );
        };
        context.on_top += 1;
        let loc = self.loc(span);
        self.op(Opcode::Copy, 1, loc);
        self.pattern(pattern, context)?;
        context.on_top -= 1;
        self.capture(name, context, span)
    }

    // -- captures and failures -----------------------------------------------------------------

    /// Puts the value on top below what is still matched, to be bound to the name.
    fn capture(&mut self, name: Option<Identifier>, context: &mut Context, span: Span) -> Result {
        let loc = self.loc(span);
        let Some(name) = name else {
            self.op(Opcode::PopTop, 0, loc);
            return Ok(());
        };
        self.check_not_captured(name, context, span)?;
        self.rotate(context.on_top + context.stores.len() + 1, loc);
        context.stores.push(name);
        Ok(())
    }

    fn check_not_captured(&self, name: Identifier, context: &Context, span: Span) -> Result {
        if context.stores.contains(&name) {
            let name = self.interner.resolve(name).to_owned();
            return fail(Error::CapturedTwice { name }, span);
        }
        Ok(())
    }

    /// Puts the top below the `count - 1` values under it.
    fn rotate(&mut self, count: usize, loc: Loc) {
        for depth in (2..=count).rev() {
            self.op(Opcode::Swap, depth as u32, loc);
        }
    }

    fn fail_label(&mut self, pops: usize, context: &mut Context) -> Label {
        while context.fail_pop.len() <= pops {
            let label = self.new_label();
            context.fail_pop.push(label);
        }
        context.fail_pop.get(pops).copied().unwrap_or(Label(0))
    }

    /// Jumps to where all is popped that the patterns so far have left.
    fn jump_on_failure(&mut self, op: impl Into<Kind>, context: &mut Context, loc: Loc) {
        let target = self.fail_label(context.on_top + context.stores.len(), context);
        self.jump(op, target, loc);
    }

    /// Writes the pops; a pattern that cannot fail has none.
    fn place_fail_pop(&mut self, context: &mut Context, loc: Loc) {
        while let Some(label) = context.fail_pop.pop() {
            self.place(label);
            if !context.fail_pop.is_empty() {
                self.op(Opcode::PopTop, 0, loc);
            }
        }
    }
}
