//! `with` and `async with` (PEP 343, PEP 492).

use super::blocks::BlockKind;
use super::numbers::{AENTER, AEXIT, ENTER, EXIT, awaitable};
use super::{Generator, Result};
use crate::ir::{Label, Loc, Pseudo};
use taipan_ast::{Stmt, WithItem};
use taipan_bytecode_format::Opcode;

impl<'a> Generator<'_, 'a> {
    pub(super) fn with_items(
        &mut self,
        items: &'a [WithItem<'a>],
        body: &'a [Stmt<'a>],
        is_async: bool,
    ) -> Result {
        let Some((item, rest)) = items.split_first() else { return self.stmts(body) };
        let (handler, exit, cleanup) = (self.new_label(), self.new_label(), self.new_label());
        self.expr(&item.context_expr)?;
        let span = item.context_expr.span;
        let loc = self.loc(span);
        self.enter_context(is_async, loc);
        self.jump(Pseudo::SetupWith, handler, loc);
        let kind = if is_async { BlockKind::AsyncWith } else { BlockKind::With };
        self.push_block(kind, loc, span)?;
        match &item.optional_vars {
            Some(target) => self.expr(target)?,
            None => self.op(Opcode::PopTop, 0, loc),
        }
        self.with_items(rest, body, is_async)?;
        self.pop_block();
        self.op(Pseudo::PopBlock, 0, if is_async { loc } else { Loc::NONE });
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_value(awaitable::AEXIT, loc);
        }
        self.op(Opcode::PopTop, 0, loc);
        self.jump(Pseudo::Jump, exit, loc);
        self.place(handler);
        self.jump(Pseudo::SetupCleanup, cleanup, loc);
        self.op(Opcode::PushExcInfo, 0, loc);
        self.op(Opcode::WithExceptStart, 0, loc);
        if is_async {
            self.await_value(awaitable::AEXIT, loc);
        }
        self.suppress_or_reraise(cleanup);
        self.place(exit);
        Ok(())
    }

    /// manager => exit, its self, result of enter
    fn enter_context(&mut self, is_async: bool, loc: Loc) {
        let (enter, exit) = if is_async { (AENTER, AEXIT) } else { (ENTER, EXIT) };
        self.op(Opcode::Copy, 1, loc);
        self.op(Opcode::LoadSpecial, exit, loc);
        self.op(Opcode::Swap, 2, loc);
        self.op(Opcode::Swap, 3, loc);
        self.op(Opcode::LoadSpecial, enter, loc);
        self.op(Opcode::Call, 0, loc);
        if is_async {
            self.await_value(awaitable::AENTER, loc);
        }
    }

    pub(super) fn call_exit_with_nones(&mut self, loc: Loc) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.op(Opcode::Call, 3, loc);
    }

    /// exit, its self, lasti, previous exception, exception, what exit returned =>
    fn suppress_or_reraise(&mut self, cleanup: Label) {
        let suppress = self.new_label();
        self.op(Opcode::ToBool, 0, Loc::NONE);
        self.jump(Opcode::PopJumpIfTrue, suppress, Loc::NONE);
        self.op(Opcode::Reraise, 2, Loc::NONE);
        self.place(suppress);
        self.op(Opcode::PopTop, 0, Loc::NONE);
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.op(Opcode::PopExcept, 0, Loc::NONE);
        for _ in 0..3 {
            self.op(Opcode::PopTop, 0, Loc::NONE);
        }
        let exit = self.new_label();
        self.jump(Pseudo::JumpNoInterrupt, exit, Loc::NONE);
        self.place(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.place(exit);
    }
}
