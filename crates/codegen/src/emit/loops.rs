//! `for`, `async for` and `while`.

use super::blocks::BlockKind;
use super::numbers::resume;
use super::{Generator, Result};
use crate::ir::{Loc, Pseudo};
use taipan_ast::{StmtAsyncFor, StmtFor, StmtWhile};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn for_statement(&mut self, node: &'a StmtFor<'a>, span: Span) -> Result {
        let (start, cleanup, end) = (self.new_label(), self.new_label(), self.new_label());
        let loc = self.loc(span);
        self.push_loop(BlockKind::For, loc, Some(start), Some(end), span)?;
        self.expr(&node.iter)?;
        let loc = self.loc(node.iter.span);
        self.op(Opcode::GetIter, 0, loc);
        self.place(start);
        self.jump(Opcode::ForIter, cleanup, loc);
        // traced as a line of its own where the loop's head has several
        let target = self.loc(node.target.span);
        self.op(Opcode::Nop, 0, target);
        self.expr(&node.target)?;
        self.stmts(node.body)?;
        self.jump(Pseudo::Jump, start, Loc::NONE);
        self.place(cleanup);
        self.end_for();
        self.pop_block();
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }

    pub(super) fn end_for(&mut self) {
        self.op(Opcode::EndFor, 0, Loc::NONE);
        self.op(Opcode::PopIter, 0, Loc::NONE);
    }

    pub(super) fn async_for(&mut self, node: &'a StmtAsyncFor<'a>, span: Span) -> Result {
        let (start, send) = (self.new_label(), self.new_label());
        let (except, end) = (self.new_label(), self.new_label());
        let loc = self.loc(span);
        self.expr(&node.iter)?;
        let iter = self.loc(node.iter.span);
        self.op(Opcode::GetAiter, 0, iter);
        self.place(start);
        self.push_loop(BlockKind::For, loc, Some(start), Some(end), span)?;
        self.jump(Pseudo::SetupFinally, except, loc);
        self.op(Opcode::GetAnext, 0, loc);
        self.load_none(loc);
        self.place(send);
        self.delegate(resume::AWAIT, loc);
        self.op(Pseudo::PopBlock, 0, loc);
        self.op(Opcode::NotTaken, 0, loc);
        self.expr(&node.target)?;
        self.stmts(node.body)?;
        self.jump(Pseudo::Jump, start, Loc::NONE);
        self.pop_block();
        self.place(except);
        self.jump(Opcode::EndAsyncFor, send, iter);
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }

    pub(super) fn while_statement(&mut self, node: &'a StmtWhile<'a>, span: Span) -> Result {
        let (start, end, anchor) = (self.new_label(), self.new_label(), self.new_label());
        self.place(start);
        let loc = self.loc(span);
        self.push_loop(BlockKind::While, loc, Some(start), Some(end), span)?;
        self.jump_if(&node.test, anchor, false)?;
        self.stmts(node.body)?;
        self.jump(Pseudo::Jump, start, Loc::NONE);
        self.pop_block();
        self.place(anchor);
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }
}
