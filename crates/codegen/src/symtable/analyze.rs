//! From facts to places: what is local, global, free or a cell.
//!
//! A scope is told which names are bound around it and which of them are type parameters; it tells back
//! which names are free in it. A name that is bound here and free in a scope inside becomes a cell.

use super::bindings::fail;
use super::scope::{ComprehensionKind, Resolution, Scope, ScopeId, ScopeKind, Symbol, flag};
use super::{Result, Symtable};
use crate::CompileErrorKind as Error;
use crate::name_map::NameSet as Names;
use std::rc::Rc;
use taipan_ast::{Identifier, Interner};

/// The names that the interpreter itself binds in a class body.
struct Implicit {
    class: Identifier,
    classdict: Identifier,
    conditional: Identifier,
}

/// What a scope is told by those around it. Most scopes change nothing of it, and so share it.
#[derive(Clone, Default)]
struct Outside {
    /// Names bound by functions around it; none at the module.
    bound: Option<Rc<Names>>,
    type_params: Rc<Names>,
    /// The class whose namespace is looked into.
    class: Option<ScopeId>,
}

struct Analyzer<'t> {
    table: &'t mut Symtable,
    interner: &'t Interner,
    implicit: Implicit,
}

/// Decides where every name lives.
pub(super) fn analyze(table: &mut Symtable, interner: &mut Interner) -> Result<()> {
    let implicit = Implicit {
        class: interner.intern("__class__"),
        classdict: interner.intern("__classdict__"),
        conditional: interner.intern("__conditional_annotations__"),
    };
    let mut analyzer = Analyzer { table, interner, implicit };
    analyzer.scope(ScopeId(0), &mut Outside::default()).map(|_| ())
}

impl Analyzer<'_> {
    /// Analyses a scope and those in it; gives the names free in them.
    fn scope(&mut self, id: ScopeId, outside: &mut Outside) -> Result<Names> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.scope_here(id, outside))
    }

    fn scope_here(&mut self, id: ScopeId, outside: &mut Outside) -> Result<Names> {
        let is_class = self.table.scope(id).kind == ScopeKind::Class;
        let around = if is_class { outside.bound.clone() } else { None };
        // only scopes inside are told the locals
        let mut locals = (!self.table.scope(id).children.is_empty()).then(Names::default);
        let mut own_free = Names::default();
        let mut at = 0;
        while let Some((&name, &symbol)) = self.table.scope(id).symbols.get_index(at) {
            let place = self.place(id, name, symbol, outside, locals.as_mut(), &mut own_free)?;
            if let Some(symbol) = self.table.scope_mut(id).symbols.get_index_mut(at) {
                symbol.resolution = Some(place);
            }
            at += 1;
        }
        let Some(mut locals) = locals else { return Ok(own_free) };
        let bound = if is_class {
            let Implicit { class, classdict, conditional } = self.implicit;
            let mut bound = around.unwrap_or_default();
            Rc::make_mut(&mut bound).extend(&[class, classdict, conditional]);
            bound
        } else if !self.table.scope(id).is_function_like() || locals.is_empty() {
            outside.bound.clone().unwrap_or_default()
        } else {
            locals.extend(outside.bound.iter().flat_map(|bound| bound.iter()));
            Rc::new(locals)
        };
        let inside = Outside { bound: Some(bound), type_params: outside.type_params.clone(), class: None };
        let mut free = Names::default();
        let inlined_cells = self.children(id, outside.class, &inside, &mut free)?;
        self.settle(id, outside, &mut free, &inlined_cells);
        own_free.extend(&free);
        Ok(own_free)
    }

    /// Analyses the scopes in a scope; gives the cells of comprehensions that run in its frame.
    fn children(
        &mut self,
        id: ScopeId,
        class: Option<ScopeId>,
        inside: &Outside,
        free: &mut Names,
    ) -> Result<Names> {
        let mut inlined_cells = Names::default();
        let children = std::mem::take(&mut self.table.scope_mut(id).children);
        let sees_class = self.table.scope(id).can_see_class_scope;
        let mut kept = Vec::with_capacity(children.len());
        for child in children {
            let scope = self.table.scope(child);
            let inline =
                scope.comprehension.is_some_and(|kind| kind != ComprehensionKind::Generator) && !sees_class;
            let mut told = inside.clone();
            told.class = match scope.can_see_class_scope {
                true if self.table.scope(id).kind == ScopeKind::Class => Some(id),
                true => class,
                false => None,
            };
            let mut child_free = self.scope(child, &mut told)?;
            if inline {
                self.inline(id, child, &mut child_free, &mut inlined_cells);
                self.table.scope_mut(child).inlined = true;
                kept.extend(self.table.scope(child).children.iter().copied());
            } else {
                kept.push(child);
            }
            free.extend(&child_free);
        }
        self.table.scope_mut(id).children = kept;
        Ok(inlined_cells)
    }

    /// Where one name of a scope lives.
    fn place(
        &self,
        id: ScopeId,
        name: Identifier,
        symbol: Symbol,
        outside: &mut Outside,
        locals: Option<&mut Names>,
        free: &mut Names,
    ) -> Result<Resolution> {
        if symbol.is(flag::GLOBAL) {
            if symbol.is(flag::NONLOCAL) {
                return self.fail_at_directive(id, name, |name| Error::NonlocalAndGlobal { name });
            }
            if let Some(bound) = &mut outside.bound
                && bound.contains(&name)
            {
                Rc::make_mut(bound).swap_remove(&name);
            }
            return Ok(Resolution::GlobalExplicit);
        }
        if symbol.is(flag::NONLOCAL) {
            let Some(bound) = &outside.bound else {
                return self.fail_at_directive(id, name, |_| Error::NonlocalAtModule);
            };
            if !bound.contains(&name) {
                return self.fail_at_directive(id, name, |name| Error::NoBindingForNonlocal { name });
            }
            if outside.type_params.contains(&name) {
                return self.fail_at_directive(id, name, |name| Error::NonlocalTypeParameter { name });
            }
            free.insert(name);
            return Ok(Resolution::Free);
        }
        if symbol.is(flag::BOUND) {
            if let Some(locals) = locals {
                locals.insert(name);
            }
            if symbol.is(flag::TYPE_PARAM) {
                Rc::make_mut(&mut outside.type_params).insert(name);
            } else if outside.type_params.contains(&name) {
                Rc::make_mut(&mut outside.type_params).swap_remove(&name);
            }
            return Ok(Resolution::Local);
        }
        if let Some(class) = outside.class.filter(|_| name != self.implicit.classdict) {
            // bound by the class whose namespace is looked into first: nothing nearer than global
            let in_class = self.table.symbol(class, name);
            if in_class.is(flag::GLOBAL) {
                return Ok(Resolution::GlobalExplicit);
            }
            if in_class.is(flag::BOUND) && !in_class.is(flag::NONLOCAL) {
                return Ok(Resolution::GlobalImplicit);
            }
        }
        if outside.bound.as_ref().is_some_and(|bound| bound.contains(&name)) {
            free.insert(name);
            return Ok(Resolution::Free);
        }
        Ok(Resolution::GlobalImplicit)
    }

    fn fail_at_directive<T>(
        &self,
        id: ScopeId,
        name: Identifier,
        kind: impl FnOnce(String) -> Error,
    ) -> Result<T> {
        let scope = self.table.scope(id);
        let place = scope.directives.iter().find(|(declared, _)| *declared == name);
        let span = place.map_or(scope.span, |(_, span)| *span);
        fail(kind(self.interner.resolve(name).to_owned()), span)
    }

    /// Merges the names of a comprehension into the scope in whose frame it runs (PEP 709).
    fn inline(
        &mut self,
        id: ScopeId,
        comprehension: ScopeId,
        comprehension_free: &mut Names,
        inlined_cells: &mut Names,
    ) {
        let symbols: Vec<(Identifier, Symbol)> =
            self.table.scope(comprehension).symbols.iter().map(|(name, symbol)| (*name, *symbol)).collect();
        let is_class = self.table.scope(id).kind == ScopeKind::Class;
        for (name, symbol) in symbols {
            if symbol.is(flag::PARAM) {
                continue;
            }
            let mut place = symbol.resolution.unwrap_or(Resolution::GlobalImplicit);
            if place == Resolution::Cell || symbol.is(flag::COMP_CELL) {
                inlined_cells.insert(name);
            }
            if place == Resolution::Free && is_class && self.is_implicit(name) {
                place = Resolution::GlobalImplicit;
                if !self.is_free_in_child(comprehension, name) {
                    comprehension_free.swap_remove(&name);
                }
                self.table.scope_mut(comprehension).symbols.remove(&name);
            }
            let existing = self.table.scope(id).symbols.get(&name).copied();
            match existing {
                None => {
                    let flags = symbol.flags;
                    let symbol = Symbol { flags, resolution: Some(place) };
                    self.table.scope_mut(id).symbols.insert(name, symbol);
                }
                Some(existing) => {
                    let declared = existing.is(flag::BOUND | flag::NONLOCAL);
                    if place == Resolution::Free && declared && !is_class {
                        let used = symbol.flags & flag::USE;
                        self.table.scope_mut(id).symbols.get_or_default(name).flags |= used;
                    }
                    // free in the comprehension and bound here: now simply a local
                    if existing.is(flag::BOUND) && !is_class && !self.is_free_in_child(comprehension, name) {
                        comprehension_free.swap_remove(&name);
                    }
                }
            }
        }
    }

    fn is_implicit(&self, name: Identifier) -> bool {
        name == self.implicit.class || name == self.implicit.classdict || name == self.implicit.conditional
    }

    fn is_free_in_child(&self, id: ScopeId, name: Identifier) -> bool {
        let free = |child: &ScopeId| self.table.symbol(*child, name).resolution == Some(Resolution::Free);
        self.table.scope(id).children.iter().any(free)
    }

    /// Turns locals into cells where scopes inside need them, and writes the result down.
    fn settle(&mut self, id: ScopeId, outside: &Outside, free: &mut Names, inlined_cells: &Names) {
        let Implicit { class, classdict, conditional } = self.implicit;
        let scope = self.table.scope_mut(id);
        if scope.is_function_like() {
            for (name, symbol) in scope.symbols.iter_mut() {
                let local = symbol.resolution == Some(Resolution::Local);
                if local && (free.swap_remove(name) || inlined_cells.contains(name)) {
                    symbol.resolution = Some(Resolution::Cell);
                }
            }
        } else if scope.kind == ScopeKind::Class {
            scope.needs_class_closure |= free.swap_remove(&class);
            scope.needs_classdict |= free.swap_remove(&classdict);
            scope.has_conditional_annotations |= free.swap_remove(&conditional);
        }
        record(scope, outside, free, inlined_cells);
    }
}

/// Writes down which names are cells of comprehensions, and names that are only passed on to scopes inside.
fn record(scope: &mut Scope, outside: &Outside, free: &Names, inlined_cells: &Names) {
    for name in inlined_cells {
        if let Some(symbol) = scope.symbols.get_mut(name) {
            symbol.flags |= flag::COMP_CELL;
        }
    }
    let class_like = scope.kind == ScopeKind::Class || scope.can_see_class_scope;
    for name in free {
        if let Some(symbol) = scope.symbols.get_mut(name) {
            if class_like {
                symbol.flags |= flag::FREE_CLASS;
            }
            continue;
        }
        if outside.bound.as_ref().is_some_and(|bound| !bound.contains(name)) {
            continue;
        }
        scope.symbols.insert(*name, Symbol { flags: 0, resolution: Some(Resolution::Free) });
    }
}
