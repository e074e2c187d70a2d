//! Classes.

use super::generator::{Counts, index};
use super::numbers::SUBSCRIPT_GENERIC;
use super::unit::UnitKind;
use super::{Generator, Result};
use crate::ir::{Loc, Pseudo};
use crate::symtable::address;
use taipan_ast::StmtClassDef;
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;

impl<'a> Generator<'_, 'a> {
    pub(super) fn class(&mut self, node: &'a StmtClassDef<'a>, span: Span) -> Result {
        self.exprs(node.decorator_list)?;
        let line = self.first_line(node.decorator_list, span);
        let loc = self.loc(span);
        if node.type_params.is_empty() {
            self.class_function(node, span, line)?;
            self.arguments(node.bases, None, node.keywords, 2, span)?;
        } else {
            self.generic_class(node, span, line)?;
        }
        self.apply_decorators(node.decorator_list);
        self.store(node.name, loc);
        Ok(())
    }

    /// A class with type parameters is made by a function that makes the parameters (PEP 695).
    fn generic_class(&mut self, node: &'a StmtClassDef<'a>, span: Span, line: i32) -> Result {
        let loc = self.loc(span);
        self.enter_type_params(node.name, node.type_params, line, 0);
        self.unit.class = Some(node.name);
        self.type_params(node.type_params)?;
        self.store_text(".type_params", loc);
        self.class_function(node, span, line)?;
        self.load_text(".type_params", loc);
        self.op(Opcode::CallIntrinsic1, SUBSCRIPT_GENERIC, loc);
        self.store_text(".generic_base", loc);
        let base = self.interner.intern(".generic_base");
        self.arguments(node.bases, Some(base), node.keywords, 2, span)?;
        let code = self.leave(false);
        self.make_function(code, 0, loc)?;
        self.op(Opcode::PushNull, 0, loc);
        self.op(Opcode::Call, 0, loc);
        Ok(())
    }

    /// Pushes `__build_class__`, null, the function of the body and the name.
    fn class_function(&mut self, node: &'a StmtClassDef<'a>, span: Span, line: i32) -> Result {
        let scope = self.scope_of((address(node), 0));
        self.enter(node.name, UnitKind::Class, scope, line, Counts::default());
        self.unit.class = Some(node.name);
        self.class_head(node, line);
        self.body(Loc::line(line), node.body)?;
        self.class_tail();
        let code = self.leave(true);
        let loc = self.loc(span);
        self.op(Opcode::LoadBuildClass, 0, loc);
        self.op(Opcode::PushNull, 0, loc);
        self.make_function(code, 0, loc)?;
        self.load_name_text(node.name, loc);
        Ok(())
    }

    /// What every class body begins with.
    fn class_head(&mut self, node: &StmtClassDef<'_>, line: i32) {
        let loc = Loc::line(line);
        self.load_text("__name__", loc);
        self.store_text("__module__", loc);
        let qualname = self.unit.code.qualname.clone();
        self.load_const(Const::Str(qualname), loc);
        self.store_text("__qualname__", loc);
        self.load_int(line, loc);
        self.store_text("__firstlineno__", loc);
        if !node.type_params.is_empty() {
            self.load_text(".type_params", loc);
            self.store_text("__type_params__", loc);
        }
        if self.scope().needs_classdict {
            self.op(Opcode::LoadLocals, 0, loc);
            self.store_cell("__classdict__", loc);
        }
        if self.scope().has_conditional_annotations {
            self.op(Opcode::BuildSet, 0, loc);
            self.store_cell("__conditional_annotations__", loc);
        }
    }

    fn cell(&mut self, name: &str) -> u32 {
        let name = self.interner.intern(name);
        index(&mut self.unit.code.cellvars, name)
    }

    fn store_cell(&mut self, name: &str, loc: Loc) {
        let cell = self.cell(name);
        self.op(Opcode::StoreDeref, cell, loc);
    }

    /// What every class body ends with.
    fn class_tail(&mut self) {
        let mut attributes: Vec<_> = self.unit.static_attributes.iter().copied().collect();
        attributes.sort_by_key(|name| self.interner.resolve(*name));
        self.load_names_tuple(attributes.into_iter(), Loc::NONE);
        self.store_text("__static_attributes__", Loc::NONE);
        if self.scope().needs_classdict {
            let cell = self.cell("__classdict__");
            self.op(Pseudo::LoadClosure, cell, Loc::NONE);
            self.store_text("__classdictcell__", Loc::NONE);
        }
        if self.scope().needs_class_closure {
            let cell = self.cell("__class__");
            self.op(Pseudo::LoadClosure, cell, Loc::NONE);
            self.op(Opcode::Copy, 1, Loc::NONE);
            self.store_text("__classcell__", Loc::NONE);
        } else {
            self.load_none(Loc::NONE);
        }
        self.op(Opcode::ReturnValue, 0, Loc::NONE);
    }
}
