//! `try` with `except*` (PEP 654).
//!
//! While the handlers run, the stack has the group as it was raised, a list of what they raised, and what
//! of the group is not handled yet. At the end the list says what is to be raised again.

use super::blocks::BlockKind;
use super::numbers::PREP_RERAISE_STAR;
use super::{Generator, Result};
use crate::ir::{Label, Loc, Pseudo};
use taipan_ast::{ExceptHandler, StmtTryStar};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn try_star(&mut self, node: &'a StmtTryStar<'a>, span: Span) -> Result {
        if node.finalbody.is_empty() {
            return self.try_star_except(node, span);
        }
        self.try_finally(node.finalbody, span, |g| {
            if node.handlers.is_empty() { g.stmts(node.body) } else { g.try_star_except(node, span) }
        })
    }

    fn try_star_except(&mut self, node: &'a StmtTryStar<'a>, span: Span) -> Result {
        let (except, orelse, end) = (self.new_label(), self.new_label(), self.new_label());
        let (cleanup, reraise_star) = (self.new_label(), self.new_label());
        let loc = self.loc(span);
        self.jump(Pseudo::SetupFinally, except, loc);
        self.push_block(BlockKind::TryExcept, loc, span)?;
        self.stmts(node.body)?;
        self.pop_block();
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.jump(Pseudo::JumpNoInterrupt, orelse, Loc::NONE);
        self.place(except);
        self.jump(Pseudo::SetupCleanup, cleanup, Loc::NONE);
        self.op(Opcode::PushExcInfo, 0, Loc::NONE);
        self.push_block(BlockKind::GroupHandlers, loc, span)?;
        for (row, handler) in node.handlers.iter().enumerate() {
            if row == 0 {
                let loc = self.loc(handler.span);
                self.op(Opcode::BuildList, 0, loc);
                self.op(Opcode::Copy, 2, loc);
            }
            self.star_handler(handler)?;
            if row + 1 == node.handlers.len() {
                self.op(Opcode::ListAppend, 1, Loc::NONE);
                self.jump(Pseudo::JumpNoInterrupt, reraise_star, Loc::NONE);
            }
        }
        self.pop_block();
        self.place(reraise_star);
        self.reraise_group(end);
        self.place(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.place(orelse);
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }

    fn star_handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result {
        let loc = self.loc(handler.span);
        let (handled, raised, no_match) = (self.new_label(), self.new_label(), self.new_label());
        if let Some(class) = &handler.type_ {
            self.expr(class)?;
            self.op(Opcode::CheckEgMatch, 0, loc);
            self.op(Opcode::Copy, 1, loc);
            self.jump(Opcode::PopJumpIfNone, no_match, loc);
        }
        let cleanup = self.new_label();
        match handler.name {
            Some(name) => self.store(name, loc),
            None => self.op(Opcode::PopTop, 0, loc),
        }
        self.jump(Pseudo::SetupCleanup, cleanup, loc);
        self.push_block(BlockKind::Handler(handler.name), loc, handler.span)?;
        self.stmts(handler.body)?;
        self.pop_block();
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        if let Some(name) = handler.name {
            self.unbind(name, Loc::NONE);
        }
        self.jump(Pseudo::JumpNoInterrupt, handled, Loc::NONE);
        self.place(cleanup);
        if let Some(name) = handler.name {
            self.unbind(name, Loc::NONE);
        }
        // raised, list, rest, lasti, exception => raised, list, rest
        self.op(Opcode::ListAppend, 3, Loc::NONE);
        self.op(Opcode::PopTop, 0, Loc::NONE);
        self.jump(Pseudo::JumpNoInterrupt, raised, Loc::NONE);
        self.place(handled);
        self.op(Opcode::Nop, 0, Loc::NONE);
        self.jump(Pseudo::JumpNoInterrupt, raised, Loc::NONE);
        self.place(no_match);
        self.op(Opcode::PopTop, 0, loc);
        self.place(raised);
        Ok(())
    }

    /// previous exception, group, list =>
    fn reraise_group(&mut self, end: Label) {
        let reraise = self.new_label();
        self.op(Opcode::CallIntrinsic2, PREP_RERAISE_STAR, Loc::NONE);
        self.op(Opcode::Copy, 1, Loc::NONE);
        self.jump(Opcode::PopJumpIfNotNone, reraise, Loc::NONE);
        self.op(Opcode::PopTop, 0, Loc::NONE);
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.op(Opcode::PopExcept, 0, Loc::NONE);
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(reraise);
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.op(Opcode::Swap, 2, Loc::NONE);
        self.op(Opcode::PopExcept, 0, Loc::NONE);
        self.op(Opcode::Reraise, 0, Loc::NONE);
    }
}
