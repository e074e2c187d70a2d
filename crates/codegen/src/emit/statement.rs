//! Statements: the choice among them, and those that are short.

use super::numbers::{ASSERTION_ERROR, PRINT};
use super::{Generator, Result, fail};
use crate::CompileErrorKind as Error;
use crate::ir::{Loc, Pseudo};
use crate::warning::WarningKind;
use taipan_ast::{Constant, Expr, ExprKind, Stmt, StmtAssert, StmtKind, StmtRaise};
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn stmts(&mut self, body: &'a [Stmt<'a>]) -> Result {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// The body of a module or class: its docstring, its statements, its annotations.
    pub(super) fn body(&mut self, loc: Loc, body: &'a [Stmt<'a>]) -> Result {
        let future_annotations = self.future_annotations();
        if future_annotations && self.scope().annotations_used {
            self.op(Opcode::SetupAnnotations, 0, loc);
        }
        let mut rest = body;
        if let [first, behind @ ..] = body
            && !self.interactive_top()
            && self.scope().has_docstring
            && let StmtKind::Expr { value } = first.kind
            && let Some(text) = super::docstring::docstring(value)
        {
            let loc = self.loc(value.span);
            self.load_const(Const::Str(text), loc);
            self.store_text("__doc__", Loc::NONE);
            rest = behind;
        }
        self.stmts(rest)?;
        if body.is_empty() || future_annotations { Ok(()) } else { self.deferred_annotations(loc) }
    }

    pub(super) fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result {
        self.deep(|walk| walk.stmt_here(stmt))
    }

    fn stmt_here(&mut self, stmt: &'a Stmt<'a>) -> Result {
        let span = stmt.span;
        match stmt.kind {
            StmtKind::FunctionDef(_) | StmtKind::AsyncFunctionDef(_) => self.function(stmt),
            StmtKind::ClassDef(node) => self.class(node, span),
            StmtKind::TypeAlias(node) => self.type_alias(node, span),
            StmtKind::Return { value } => self.return_statement(value, span),
            StmtKind::Delete(node) => self.exprs(node.targets),
            StmtKind::Assign(node) => self.assign(node, span),
            StmtKind::AugAssign(node) => self.augmented(node, span),
            StmtKind::AnnAssign(node) => self.annotated(node, span),
            StmtKind::Raise(node) => self.raise(node, span),
            StmtKind::Assert(node) => self.assert(node, span),
            StmtKind::Import(node) => self.import(node, span),
            StmtKind::ImportFrom(node) => self.import_from(node, span),
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => Ok(()),
            StmtKind::Expr { value } => self.expression_statement(value, span),
            StmtKind::Pass => {
                let loc = self.loc(span);
                self.op(Opcode::Nop, 0, Loc { end_line: loc.line, end_column: loc.column + 4, ..loc });
                Ok(())
            }
            StmtKind::Break => self.break_statement(span),
            StmtKind::Continue => self.continue_statement(span),
            _ => self.compound(stmt),
        }
    }

    /// The statements whose blocks run on a condition.
    fn compound(&mut self, stmt: &'a Stmt<'a>) -> Result {
        let span = stmt.span;
        self.unit.conditional += 1;
        let done = match stmt.kind {
            StmtKind::For(node) => self.for_statement(node, span),
            StmtKind::AsyncFor(node) => self.async_for(node, span),
            StmtKind::While(node) => self.while_statement(node, span),
            StmtKind::If(node) => self.if_statement(node),
            StmtKind::With(node) => self.with_items(node.items, node.body, false),
            StmtKind::AsyncWith(node) => self.with_items(node.items, node.body, true),
            StmtKind::Match(node) => self.match_statement(node),
            StmtKind::Try(node) => self.try_statement(node, span),
            StmtKind::TryStar(node) => self.try_star(node, span),
            _ => Ok(()),
        };
        // behind an error the unit may be that of a scope inside
        if done.is_ok() {
            self.unit.conditional -= 1;
        }
        done
    }

    pub(super) fn interactive_top(&self) -> bool {
        self.interactive && self.outer.is_empty()
    }

    fn expression_statement(&mut self, value: &'a Expr<'a>, span: Span) -> Result {
        let loc = self.loc(span);
        if self.interactive_top() {
            self.expr(value)?;
            self.op(Opcode::CallIntrinsic1, PRINT, loc);
        } else if matches!(value.kind, ExprKind::Constant(_)) {
            self.op(Opcode::Nop, 0, loc);
            return Ok(());
        } else {
            self.expr(value)?;
        }
        self.op(Opcode::PopTop, 0, Loc::NONE);
        Ok(())
    }

    fn raise(&mut self, node: &'a StmtRaise<'a>, span: Span) -> Result {
        let mut count = 0;
        if let Some(exc) = &node.exc {
            self.expr(exc)?;
            count = 1;
            if let Some(cause) = &node.cause {
                self.expr(cause)?;
                count = 2;
            }
        }
        let loc = self.loc(span);
        self.op(Opcode::RaiseVarargs, count, loc);
        Ok(())
    }

    fn assert(&mut self, node: &'a StmtAssert<'a>, span: Span) -> Result {
        if matches!(node.test.kind, ExprKind::Tuple(tuple) if !tuple.elts.is_empty()) {
            self.warn(WarningKind::AssertTuple, span);
        }
        if self.settings.optimize > 0 {
            return Ok(());
        }
        let loc = self.loc(span);
        let end = self.new_label();
        self.jump_if(&node.test, end, true)?;
        self.op(Opcode::LoadCommonConstant, ASSERTION_ERROR, loc);
        if let Some(msg) = &node.msg {
            self.expr(msg)?;
            self.op(Opcode::Call, 0, loc);
        }
        let test = self.loc(node.test.span);
        self.op(Opcode::RaiseVarargs, 1, test);
        self.place(end);
        Ok(())
    }

    fn return_statement(&mut self, value: Option<&'a Expr<'a>>, span: Span) -> Result {
        let mut loc = self.loc(span);
        let scope = self.scope();
        if !scope.is_function_like() {
            return fail(Error::ReturnOutside, span);
        }
        if value.is_some() && scope.coroutine && scope.generator {
            return fail(Error::ReturnValueInAsyncGenerator, span);
        }
        let (stmt_loc, mut place) = (loc, span);
        let mut constant = None;
        let mut same_line = false;
        if let Some(value) = value {
            let value_loc = self.loc(value.span);
            same_line = value_loc.line == stmt_loc.line;
            if let ExprKind::Constant(node) = value.kind {
                constant = Some(node.value);
                (loc, place) = (value_loc, value.span);
                self.op(Opcode::Nop, 0, loc);
            } else {
                self.expr(value)?;
            }
        }
        if !same_line {
            (loc, place) = (stmt_loc, span);
            self.op(Opcode::Nop, 0, loc);
        }
        let keeps = value.is_some() && constant.is_none();
        self.unwind(&mut loc, keeps, false, place)?;
        if !keeps {
            self.load_const(super::constants::constant(constant.unwrap_or(Constant::None)), loc);
        }
        self.op(Opcode::ReturnValue, 0, loc);
        Ok(())
    }

    fn break_statement(&mut self, span: Span) -> Result {
        let mut loc = self.loc(span);
        self.op(Opcode::Nop, 0, loc);
        let Some(found) = self.unwind(&mut loc, false, true, span)? else {
            return fail(Error::BreakOutside, span);
        };
        self.unwind_block(&mut loc, &found, false)?;
        if let Some(exit) = found.exit {
            self.jump(Pseudo::Jump, exit, loc);
        }
        Ok(())
    }

    fn continue_statement(&mut self, span: Span) -> Result {
        let mut loc = self.loc(span);
        self.op(Opcode::Nop, 0, loc);
        let Some(found) = self.unwind(&mut loc, false, true, span)? else {
            return fail(Error::ContinueOutside, span);
        };
        if let Some(start) = found.start {
            self.jump(Pseudo::Jump, start, loc);
        }
        Ok(())
    }
}
