//! Names: where they live decides how they are read and written.

use super::generator::index;
use super::unit::UnitKind;
use super::{Generator, Result};
use crate::ir::{Loc, Pseudo};
use crate::symtable::{Resolution, ScopeKind};
use taipan_ast::{ExprContext, Identifier};
use taipan_bytecode_format::{Code, LocalKind, Opcode};

/// The ways to reach a name.
enum Access {
    Fast,
    Deref(u32),
    Global,
    Name,
}

impl Generator<'_, '_> {
    /// Reads, binds or unbinds a name.
    pub(super) fn name(&mut self, name: Identifier, context: ExprContext, loc: Loc) {
        let name = self.mangle(name);
        let place = self.table.symbol(self.unit.scope, name).resolution;
        match self.access(name, place) {
            Access::Fast => {
                let opcode = match context {
                    ExprContext::Load => Opcode::LoadFast,
                    ExprContext::Store => Opcode::StoreFast,
                    ExprContext::Del => Opcode::DeleteFast,
                };
                let local = index(&mut self.unit.code.varnames, name);
                self.op(opcode, local, loc);
            }
            Access::Deref(cell) => self.deref(cell, context, loc),
            Access::Global => self.global(name, place, context, loc),
            Access::Name => {
                let hides_class = self.scope().kind == ScopeKind::Class && self.unit.inlined > 0;
                let opcode = match context {
                    ExprContext::Load if hides_class => return self.load_global(name, loc),
                    ExprContext::Load => Opcode::LoadName,
                    ExprContext::Store => Opcode::StoreName,
                    ExprContext::Del => Opcode::DeleteName,
                };
                let number = index(&mut self.unit.code.names, name);
                self.op(opcode, number, loc);
            }
        }
    }

    pub(super) fn load(&mut self, name: Identifier, loc: Loc) {
        self.name(name, ExprContext::Load, loc);
    }

    pub(super) fn store(&mut self, name: Identifier, loc: Loc) {
        self.name(name, ExprContext::Store, loc);
    }

    /// Reads one of the names that the language itself gives meaning to.
    pub(super) fn load_text(&mut self, name: &str, loc: Loc) {
        let name = self.interner.intern(name);
        self.load(name, loc);
    }

    /// Binds one of the names that the language itself gives meaning to.
    pub(super) fn store_text(&mut self, name: &str, loc: Loc) {
        let name = self.interner.intern(name);
        self.store(name, loc);
    }

    fn access(&mut self, name: Identifier, place: Option<Resolution>) -> Access {
        let in_frame = self.scope().is_function_like();
        match place {
            Some(Resolution::Free) => Access::Deref(self.free_index(name)),
            Some(Resolution::Cell) => Access::Deref(index(&mut self.unit.code.cellvars, name)),
            Some(Resolution::Local) if in_frame || self.unit.hidden_now.contains(&name) => Access::Fast,
            Some(Resolution::GlobalImplicit) if in_frame => Access::Global,
            Some(Resolution::GlobalExplicit) => Access::Global,
            _ => Access::Name,
        }
    }

    /// The index of a free variable, behind the cells.
    pub(super) fn free_index(&mut self, name: Identifier) -> u32 {
        let cells = self.unit.code.cellvars.len() as u32;
        cells + index(&mut self.unit.code.freevars, name)
    }

    fn deref(&mut self, cell: u32, context: ExprContext, loc: Loc) {
        let opcode = match context {
            ExprContext::Load if self.scope().kind == ScopeKind::Class && self.unit.inlined == 0 => {
                self.op(Opcode::LoadLocals, 0, loc);
                Opcode::LoadFromDictOrDeref
            }
            ExprContext::Load if self.scope().can_see_class_scope => {
                self.load_classdict(loc);
                Opcode::LoadFromDictOrDeref
            }
            ExprContext::Load => Opcode::LoadDeref,
            ExprContext::Store => Opcode::StoreDeref,
            ExprContext::Del => Opcode::DeleteDeref,
        };
        self.op(opcode, cell, loc);
    }

    fn global(&mut self, name: Identifier, place: Option<Resolution>, context: ExprContext, loc: Loc) {
        let implicit = place == Some(Resolution::GlobalImplicit);
        let number = index(&mut self.unit.code.names, name);
        let opcode = match context {
            ExprContext::Load if self.scope().can_see_class_scope && implicit => {
                self.load_classdict(loc);
                Opcode::LoadFromDictOrGlobals
            }
            ExprContext::Load => return self.load_global(name, loc),
            ExprContext::Store => Opcode::StoreGlobal,
            ExprContext::Del => Opcode::DeleteGlobal,
        };
        self.op(opcode, number, loc);
    }

    pub(super) fn load_global(&mut self, name: Identifier, loc: Loc) {
        let number = index(&mut self.unit.code.names, name);
        self.op(Opcode::LoadGlobal, number << 1, loc);
    }

    /// The namespace of the class around.
    fn load_classdict(&mut self, loc: Loc) {
        let name = self.interner.intern("__classdict__");
        let cell = self.free_index(name);
        self.op(Opcode::LoadDeref, cell, loc);
    }

    /// Where a name lives, as the functions in this scope see it.
    pub(super) fn closure_place(&mut self, name: Identifier) -> Option<Resolution> {
        if self.unit.kind == UnitKind::Class {
            let text = self.interner.resolve(name);
            if matches!(text, "__class__" | "__classdict__" | "__conditional_annotations__") {
                return Some(Resolution::Cell);
            }
        }
        self.table.symbol(self.unit.scope, name).resolution
    }

    /// Pushes the cells that a code object closes over, as a tuple; whether there are any.
    pub(super) fn closure(&mut self, code: &Code, loc: Loc) -> Result<bool> {
        let mut count = 0;
        for (name, kind) in code.localsplusnames.iter().zip(&code.localspluskinds) {
            if !kind.has(LocalKind::FREE) {
                continue;
            }
            let Some(name) = name.as_wtf8().as_str() else { continue };
            let name = self.interner.intern(name);
            let cell = match self.closure_place(name) {
                Some(Resolution::Cell) => index(&mut self.unit.code.cellvars, name),
                _ => self.free_index(name),
            };
            self.op(Pseudo::LoadClosure, cell, loc);
            count += 1;
        }
        if count > 0 {
            self.op(Opcode::BuildTuple, count, loc);
        }
        Ok(count > 0)
    }
}
