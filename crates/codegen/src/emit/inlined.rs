//! Comprehensions that run in the frame around them (PEP 709): their names are kept apart from those of
//! the scope around by saving what the frame's slots held and restoring it in the end.

use super::blocks::BlockKind;
use super::generator::index;
use super::{Generator, Result};
use crate::ir::{Label, Loc, Pseudo};
use crate::symtable::{Resolution, ScopeId, ScopeKind, Symbol, flag};
use taipan_ast::Identifier;
use taipan_bytecode_format::Opcode;
use taipan_span::Span;

/// What has to be restored.
pub(super) struct Inlined {
    /// Names whose slots were saved on the stack.
    pushed: Vec<Identifier>,
    /// Names of the scope around with what it says of them, where the comprehension says otherwise.
    symbols: Vec<(Identifier, Symbol)>,
    /// Names that became locals of the frame for the time.
    hidden: Vec<Identifier>,
    cleanup: Option<Label>,
}

impl Generator<'_, '_> {
    /// Makes the comprehension's names those of the unit: iterator => saved slots, iterator.
    pub(super) fn enter_inlined(&mut self, comprehension: ScopeId, loc: Loc, span: Span) -> Result<Inlined> {
        let own: Vec<(Identifier, Symbol)> =
            self.table.scope(comprehension).symbols.iter().map(|(name, symbol)| (*name, *symbol)).collect();
        let mut state = self.tweak_scope(&own);
        for (name, symbol) in &own {
            if !is_bound_here(*symbol) {
                continue;
            }
            let outside = self.table.symbol(self.unit.scope, *name).resolution;
            self.op_local(Opcode::LoadFastAndClear, *name, loc);
            if symbol.resolution == Some(Resolution::Cell) {
                let cell = match outside {
                    Some(Resolution::Free) => self.free_index(*name),
                    _ => index(&mut self.unit.code.cellvars, *name),
                };
                self.op(Opcode::MakeCell, cell, loc);
            }
            state.pushed.push(*name);
        }
        if !state.pushed.is_empty() {
            self.op(Opcode::Swap, state.pushed.len() as u32 + 1, loc);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.jump(Pseudo::SetupFinally, cleanup, loc);
            self.push_block(BlockKind::Comprehension, loc, span)?;
        }
        Ok(state)
    }

    /// For the time of the comprehension its names live where it says.
    fn tweak_scope(&mut self, own: &[(Identifier, Symbol)]) -> Inlined {
        let mut state =
            Inlined { pushed: Vec::new(), symbols: Vec::new(), hidden: Vec::new(), cleanup: None };
        let scope = self.unit.scope;
        let in_class = self.scope().kind == ScopeKind::Class && self.unit.inlined == 0;
        let in_frame = self.scope().is_function_like();
        self.unit.inlined += 1;
        for (name, symbol) in own {
            let bound_here = is_bound_here(*symbol) || in_class;
            if bound_here && !in_frame && self.unit.hidden_now.insert(*name) {
                self.unit.code.hidden.insert(*name);
                state.hidden.push(*name);
            }
            let outside = self.table.symbol(scope, *name);
            let (here, there) = (symbol.resolution, outside.resolution);
            let shared = here == Some(Resolution::Free)
                || here == Some(Resolution::Cell) && there == Some(Resolution::Free);
            if here != there && !shared || in_class {
                state.symbols.push((*name, outside));
                self.table.scope_mut(scope).symbols.insert(*name, *symbol);
            }
        }
        state
    }

    /// Ends the comprehension: saved slots, result => result.
    pub(super) fn leave_inlined(&mut self, state: Inlined, loc: Loc) {
        if let Some(cleanup) = state.cleanup {
            self.pop_block();
            self.op(Pseudo::PopBlock, 0, Loc::NONE);
            let end = self.new_label();
            self.jump(Pseudo::JumpNoInterrupt, end, Loc::NONE);
            self.place(cleanup);
            // the container that is not complete is below the exception
            self.op(Opcode::Swap, 2, Loc::NONE);
            self.op(Opcode::PopTop, 0, Loc::NONE);
            self.restore_slots(&state.pushed, loc);
            self.op(Opcode::Reraise, 0, Loc::NONE);
            self.place(end);
            self.restore_slots(&state.pushed, loc);
        }
        self.unit.inlined -= 1;
        for (name, symbol) in state.symbols {
            self.table.scope_mut(self.unit.scope).symbols.insert(name, symbol);
        }
        for name in state.hidden {
            self.unit.hidden_now.remove(&name);
        }
    }

    fn restore_slots(&mut self, names: &[Identifier], loc: Loc) {
        self.op(Opcode::Swap, names.len() as u32 + 1, loc);
        for name in names.iter().rev() {
            self.op_local(Pseudo::StoreFastMaybeNull, *name, loc);
        }
    }
}

/// Whether the comprehension itself binds the name.
fn is_bound_here(symbol: Symbol) -> bool {
    symbol.is(flag::LOCAL) && !symbol.is(flag::NONLOCAL)
}
