//! Annotations: functions that evaluate them when they are asked for (PEP 649, PEP 749), or strings.

use super::generator::{Counts, index};
use super::numbers::{NOT_IMPLEMENTED_ERROR, comparison};
use super::unit::{Deferred, UnitKind};
use super::{Generator, Result};
use crate::ir::{Loc, Sequence};
use crate::symtable::{Key, ScopeId, address};
use std::sync::Arc;
use taipan_ast::unparse::unparse;
use taipan_ast::{Arg, Arguments, CmpOp, Expr, ExprKind, Identifier};
use taipan_bytecode_format::{CodeFlags, Const, Opcode};

/// The greatest format that the functions themselves know (`annotationlib.Format`).
const VALUE_WITH_FAKE_GLOBALS: u32 = 2;

impl<'a> Generator<'_, 'a> {
    pub(super) fn future_annotations(&self) -> bool {
        self.settings.future & CodeFlags::FUTURE_ANNOTATIONS != 0
    }

    /// Begins a function of one argument, the format, which refuses formats that it does not know.
    pub(super) fn enter_annotations(&mut self, name: Identifier, key: Key, loc: Loc) {
        let scope = self.scope_of(key);
        self.enter_annotation_scope(name, scope, loc);
    }

    fn enter_annotation_scope(&mut self, name: Identifier, scope: ScopeId, loc: Loc) {
        let counts = Counts { positional_only: 1, positional: 1, keyword_only: 0 };
        self.enter(name, UnitKind::Annotations, scope, loc.line, counts);
        self.op(Opcode::LoadFast, 0, loc);
        self.load_int(VALUE_WITH_FAKE_GLOBALS, loc);
        if let Some(greater) = comparison(CmpOp::Gt) {
            self.op(Opcode::CompareOp, greater, loc);
        }
        let body = self.new_label();
        self.jump(Opcode::PopJumpIfFalse, body, loc);
        self.op(Opcode::LoadCommonConstant, NOT_IMPLEMENTED_ERROR, loc);
        self.op(Opcode::RaiseVarargs, 1, loc);
        self.place(body);
    }

    /// Ends `__annotate__`: its parameter is called `format`, which no name in an annotation can mean.
    fn leave_annotations(&mut self, loc: Loc) -> Result {
        self.op(Opcode::ReturnValue, 0, loc);
        let mut code = self.leave(true);
        if let Some(first) = Arc::make_mut(&mut code).localsplusnames.first_mut() {
            *first = super::constants::string("format");
        }
        self.make_function(code, 0, loc)
    }

    // -- variables -----------------------------------------------------------------------------

    /// The `__annotate__` of a module or class, if its annotations need one.
    pub(super) fn deferred_annotations(&mut self, loc: Loc) -> Result {
        let deferred = std::mem::take(&mut self.unit.deferred);
        if deferred.is_empty() {
            return Ok(());
        }
        let in_class = self.unit.kind == UnitKind::Class;
        if !in_class {
            // made before the first statement runs
            let own = std::mem::take(&mut self.unit.code.sequence);
            self.unit.stashed = Some(own);
        }
        let scope = self.scope().annotations.unwrap_or(self.unit.scope);
        let name = self.interner.intern("__annotate__");
        self.enter_annotation_scope(name, scope, loc);
        self.op(Opcode::BuildMap, 0, loc);
        for deferred in &deferred {
            self.deferred_annotation(deferred, in_class, loc)?;
        }
        self.leave_annotations(loc)?;
        self.store_text(if in_class { "__annotate_func__" } else { "__annotate__" }, loc);
        if let Some(own) = self.unit.stashed.take() {
            let setup: Sequence = std::mem::replace(&mut self.unit.code.sequence, own);
            self.unit.code.sequence.annotations = Some(Box::new(setup));
        }
        Ok(())
    }

    /// dictionary => dictionary with the annotation, if its statement was reached
    fn deferred_annotation(&mut self, deferred: &Deferred<'a>, in_class: bool, end: Loc) -> Result {
        let loc = self.loc(deferred.span);
        let not_reached = self.new_label();
        if let Some(number) = deferred.condition {
            self.load_int(number, loc);
            let reached = self.interner.intern("__conditional_annotations__");
            if in_class {
                let cell = self.free_index(reached);
                self.op(Opcode::LoadDeref, cell, loc);
            } else {
                self.load_global(reached, loc);
            }
            self.op(Opcode::ContainsOp, 0, loc);
            self.jump(Opcode::PopJumpIfFalse, not_reached, loc);
        }
        let ExprKind::Name { id, .. } = deferred.node.target.kind else { return Ok(()) };
        let name = self.mangle(id);
        self.expr(&deferred.node.annotation)?;
        self.op(Opcode::Copy, 2, loc);
        self.load_name_text(name, loc);
        self.op(Opcode::StoreSubscr, 0, end);
        self.place(not_reached);
        Ok(())
    }

    /// Remembers an annotation, and notes at run time that its statement was reached.
    pub(super) fn defer_annotation(&mut self, mut deferred: Deferred<'a>, loc: Loc) {
        let in_module = self.unit.kind == UnitKind::Module;
        if !in_module && self.unit.conditional == 0 {
            self.unit.deferred.push(deferred);
            return;
        }
        let number = self.unit.conditional_annotations;
        self.unit.conditional_annotations += 1;
        deferred.condition = Some(number);
        self.unit.deferred.push(deferred);
        let reached = self.interner.intern("__conditional_annotations__");
        if in_module {
            self.op_name(Opcode::LoadName, reached, loc);
        } else {
            let cell = index(&mut self.unit.code.cellvars, reached);
            self.op(Opcode::LoadDeref, cell, loc);
        }
        self.load_int(number, loc);
        self.op(Opcode::SetAdd, 1, loc);
        self.op(Opcode::PopTop, 0, loc);
    }

    /// Loads an annotation as a string (PEP 563).
    pub(super) fn annotation_text(&mut self, annotation: &Expr<'_>) {
        let loc = self.loc(annotation.span);
        let text = unparse(annotation, self.interner);
        self.load_const(Const::Str(super::constants::string(&text)), loc);
    }

    // -- functions -----------------------------------------------------------------------------

    /// Pushes the `__annotate__` of a function; whether it has annotations.
    pub(super) fn function_annotations(
        &mut self,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<bool> {
        let scope = self.scope_of((address(args), 4));
        if !self.table.scope(scope).annotations_used {
            return Ok(false);
        }
        let name = self.interner.intern("__annotate__");
        self.enter_annotation_scope(name, scope, loc);
        let mut count = 0;
        let groups = [args.args, args.posonlyargs, args.vararg.map_or(&[][..], std::slice::from_ref)];
        for arg in groups.into_iter().flatten().chain(args.kwonlyargs).chain(args.kwarg) {
            count += self.argument_annotation(arg, loc)?;
        }
        if let Some(returns) = returns {
            let name = self.interner.intern("return");
            self.load_name_text(name, loc);
            self.annotation_value(returns, loc)?;
            count += 1;
        }
        self.op(Opcode::BuildMap, count, loc);
        self.leave_annotations(loc)?;
        Ok(true)
    }

    /// Pushes the name and the annotation of a parameter; how many pairs that are.
    fn argument_annotation(&mut self, arg: &'a Arg<'a>, loc: Loc) -> Result<u32> {
        let Some(annotation) = &arg.annotation else { return Ok(0) };
        let name = self.mangle(arg.arg);
        self.load_name_text(name, loc);
        self.annotation_value(annotation, loc)?;
        Ok(1)
    }

    fn annotation_value(&mut self, annotation: &'a Expr<'a>, loc: Loc) -> Result {
        if self.future_annotations() {
            self.annotation_text(annotation);
        } else if let ExprKind::Starred { value, .. } = annotation.kind {
            // `*args: *Ts` is annotated with the only value of `[*Ts]`
            self.expr(value)?;
            self.op(Opcode::UnpackSequence, 1, loc);
        } else {
            self.expr(annotation)?;
        }
        Ok(())
    }
}
