//! `try` with `except` and `finally`.
//!
//! A `finally` block is written once for each way into it: after the body, for each statement that leaves
//! the body, and for an exception.

use super::blocks::BlockKind;
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::{Label, Loc, Pseudo};
use taipan_ast::{ExceptHandler, Identifier, Stmt, StmtTry};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn try_statement(&mut self, node: &'a StmtTry<'a>, span: Span) -> Result {
        if node.finalbody.is_empty() {
            return self.try_except(node, span);
        }
        self.try_finally(node.finalbody, span, |g| {
            if node.handlers.is_empty() { g.stmts(node.body) } else { g.try_except(node, span) }
        })
    }

    /// `try: body finally: finalbody`
    pub(super) fn try_finally(
        &mut self,
        finalbody: &'a [Stmt<'a>],
        span: Span,
        body: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        let (handler, exit, cleanup) = (self.new_label(), self.new_label(), self.new_label());
        let loc = self.loc(span);
        self.jump(Pseudo::SetupFinally, handler, loc);
        self.push_block(BlockKind::FinallyTry(finalbody), loc, span)?;
        body(self)?;
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.pop_block();
        self.stmts(finalbody)?;
        self.jump(Pseudo::JumpNoInterrupt, exit, Loc::NONE);
        self.place(handler);
        self.jump(Pseudo::SetupCleanup, cleanup, Loc::NONE);
        self.op(Opcode::PushExcInfo, 0, Loc::NONE);
        self.push_block(BlockKind::FinallyEnd, Loc::NONE, span)?;
        self.stmts(finalbody)?;
        self.pop_block();
        self.op(Opcode::Reraise, 0, Loc::NONE);
        self.place(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.place(exit);
        Ok(())
    }

    /// previous exception, lasti, exception =>
    pub(super) fn pop_except_and_reraise(&mut self, loc: Loc) {
        self.op(Opcode::Copy, 3, loc);
        self.op(Opcode::PopExcept, 0, loc);
        self.op(Opcode::Reraise, 1, loc);
    }

    fn try_except(&mut self, node: &'a StmtTry<'a>, span: Span) -> Result {
        let (except, end, cleanup) = (self.new_label(), self.new_label(), self.new_label());
        let loc = self.loc(span);
        self.jump(Pseudo::SetupFinally, except, loc);
        self.push_block(BlockKind::TryExcept, loc, span)?;
        self.stmts(node.body)?;
        self.pop_block();
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.stmts(node.orelse)?;
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(except);
        self.jump(Pseudo::SetupCleanup, cleanup, Loc::NONE);
        self.op(Opcode::PushExcInfo, 0, Loc::NONE);
        self.push_block(BlockKind::Handlers, loc, span)?;
        for (row, handler) in node.handlers.iter().enumerate() {
            if handler.type_.is_none() && row + 1 < node.handlers.len() {
                return fail(Error::DefaultExceptNotLast, handler.span);
            }
            self.handler(handler, end)?;
        }
        self.pop_block();
        self.op(Opcode::Reraise, 0, Loc::NONE);
        self.place(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.place(end);
        Ok(())
    }

    fn handler(&mut self, handler: &'a ExceptHandler<'a>, end: Label) -> Result {
        let loc = self.loc(handler.span);
        let next = self.new_label();
        if let Some(class) = &handler.type_ {
            self.expr(class)?;
            self.op(Opcode::CheckExcMatch, 0, loc);
            self.jump(Opcode::PopJumpIfFalse, next, loc);
        }
        match handler.name {
            Some(name) => self.named_handler(handler, name, loc, end)?,
            None => {
                self.op(Opcode::PopTop, 0, loc);
                self.push_block(BlockKind::Handler(None), loc, handler.span)?;
                self.stmts(handler.body)?;
                self.pop_block();
                self.op(Pseudo::PopBlock, 0, Loc::NONE);
                self.op(Opcode::PopExcept, 0, Loc::NONE);
                self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
            }
        }
        self.place(next);
        Ok(())
    }

    /// The body of `except class as name`, which ends with `name = None; del name` in any case.
    fn named_handler(
        &mut self,
        handler: &'a ExceptHandler<'a>,
        name: Identifier,
        loc: Loc,
        end: Label,
    ) -> Result {
        let cleanup = self.new_label();
        self.store(name, loc);
        self.jump(Pseudo::SetupCleanup, cleanup, loc);
        self.push_block(BlockKind::Handler(Some(name)), loc, handler.span)?;
        self.stmts(handler.body)?;
        self.pop_block();
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.op(Pseudo::PopBlock, 0, Loc::NONE);
        self.op(Opcode::PopExcept, 0, Loc::NONE);
        self.unbind(name, Loc::NONE);
        self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
        self.place(cleanup);
        self.unbind(name, Loc::NONE);
        self.op(Opcode::Reraise, 1, Loc::NONE);
        Ok(())
    }
}
