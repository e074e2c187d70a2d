//! What `return`, `break` and `continue` leave on their way out.

use super::numbers::awaitable;
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::{Label, Loc, Pseudo};
use taipan_ast::{ExprContext, Identifier, Stmt};
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

/// How deep blocks may nest, as in CPython.
const MAX_BLOCKS: usize = 40;

/// A construct that has to be unwound.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) kind: BlockKind<'a>,
    pub(super) loc: Loc,
    /// Where `continue` goes.
    pub(super) start: Option<Label>,
    /// Where `break` goes.
    pub(super) exit: Option<Label>,
}

/// The kinds of construct.
#[derive(Clone, Copy)]
pub(super) enum BlockKind<'a> {
    While,
    For,
    TryExcept,
    /// The body of a `try` with this `finally`.
    FinallyTry(&'a [Stmt<'a>]),
    /// A `finally` that runs because of an exception.
    FinallyEnd,
    With,
    AsyncWith,
    /// The body of a handler, with the name that it unbinds at its end.
    Handler(Option<Identifier>),
    Handlers,
    GroupHandlers,
    /// A value on the stack that is not wanted any more.
    Value,
    AsyncComprehension,
    StopIteration,
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn push_block(&mut self, kind: BlockKind<'a>, loc: Loc, span: Span) -> Result {
        self.push_loop(kind, loc, None, None, span)
    }

    pub(super) fn push_loop(
        &mut self,
        kind: BlockKind<'a>,
        loc: Loc,
        start: Option<Label>,
        exit: Option<Label>,
        span: Span,
    ) -> Result {
        if self.unit.blocks.len() >= MAX_BLOCKS {
            return fail(Error::TooManyBlocks, span);
        }
        self.unit.blocks.push(Block { kind, loc, start, exit });
        Ok(())
    }

    pub(super) fn pop_block(&mut self) {
        self.unit.blocks.pop();
    }

    /// Unwinds the blocks from the innermost on, to the innermost loop if `to_loop`, and gives that loop.
    /// `keeps` says that the value on top is to be kept. The location of what follows is left in `loc`.
    pub(super) fn unwind(
        &mut self,
        loc: &mut Loc,
        keeps: bool,
        to_loop: bool,
        span: Span,
    ) -> Result<Option<Block<'a>>> {
        let Some(top) = self.unit.blocks.last().copied() else { return Ok(None) };
        match top.kind {
            BlockKind::GroupHandlers => return fail(Error::LeavesGroupHandler, span),
            BlockKind::While | BlockKind::For if to_loop => return Ok(Some(top)),
            _ => {}
        }
        // what is written for the outer blocks is outside this one
        self.unit.blocks.pop();
        self.unwind_block(loc, &top, keeps)?;
        let found = self.unwind(loc, keeps, to_loop, span)?;
        self.unit.blocks.push(top);
        Ok(found)
    }

    pub(super) fn unwind_block(&mut self, loc: &mut Loc, block: &Block<'a>, keeps: bool) -> Result {
        match block.kind {
            BlockKind::While
            | BlockKind::Handlers
            | BlockKind::GroupHandlers
            | BlockKind::AsyncComprehension
            | BlockKind::StopIteration => {}
            BlockKind::For | BlockKind::Value => self.pop_below(keeps, *loc),
            BlockKind::TryExcept => self.op(Pseudo::PopBlock, 0, *loc),
            BlockKind::FinallyTry(body) => {
                self.op(Pseudo::PopBlock, 0, *loc);
                if keeps {
                    self.push_block(BlockKind::Value, *loc, Span::default())?;
                }
                self.stmts(body)?;
                if keeps {
                    self.pop_block();
                }
                // the block seems to run after the statement that leaves
                *loc = Loc::NONE;
            }
            BlockKind::FinallyEnd => {
                self.pop_below(keeps, *loc);
                if keeps {
                    self.op(Opcode::Swap, 2, *loc);
                }
                self.op(Pseudo::PopBlock, 0, *loc);
                self.op(Opcode::PopExcept, 0, *loc);
            }
            BlockKind::With | BlockKind::AsyncWith => self.unwind_with(loc, block, keeps),
            BlockKind::Handler(name) => self.unwind_handler(*loc, name, keeps),
        }
        Ok(())
    }

    /// Pops what stands on top, or below the value that is kept.
    fn pop_below(&mut self, keeps: bool, loc: Loc) {
        if keeps {
            self.op(Opcode::Swap, 2, loc);
        }
        self.op(Opcode::PopTop, 0, loc);
    }

    fn unwind_with(&mut self, loc: &mut Loc, block: &Block<'_>, keeps: bool) {
        *loc = block.loc;
        self.op(Pseudo::PopBlock, 0, *loc);
        if keeps {
            self.op(Opcode::Swap, 3, *loc);
            self.op(Opcode::Swap, 2, *loc);
        }
        self.call_exit_with_nones(*loc);
        if matches!(block.kind, BlockKind::AsyncWith) {
            self.await_value(awaitable::AEXIT, *loc);
        }
        self.op(Opcode::PopTop, 0, *loc);
        *loc = Loc::NONE;
    }

    fn unwind_handler(&mut self, loc: Loc, name: Option<Identifier>, keeps: bool) {
        if name.is_some() {
            self.op(Pseudo::PopBlock, 0, loc);
        }
        if keeps {
            self.op(Opcode::Swap, 2, loc);
        }
        self.op(Pseudo::PopBlock, 0, loc);
        self.op(Opcode::PopExcept, 0, loc);
        if let Some(name) = name {
            self.unbind(name, loc);
        }
    }

    /// `name = None; del name`, so that `del` works even if the name is not bound.
    pub(super) fn unbind(&mut self, name: Identifier, loc: Loc) {
        self.load_none(loc);
        self.store(name, loc);
        self.name(name, ExprContext::Del, loc);
    }
}
