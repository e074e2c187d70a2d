//! The symbol table: every scope of a tree and where each of its names lives.
//!
//! `build.rs`, `definitions.rs`, `annotations.rs`, `expressions.rs` and `comprehensions.rs` walk the tree
//! and note facts in `bindings.rs`; `analyze.rs` then decides from the facts,
//! scope by scope from the outside in, what is local, global, free or a cell. The facts, their numbers and
//! the order of scopes are those of CPython's `_symtable`.
//! Invariant: scopes are found by the address of the node that they belong to, so a table is of use only
//! beside the tree that it was made from.

mod analyze;
mod annotations;
mod bindings;
mod build;
mod comprehensions;
mod definitions;
mod expressions;
mod scope;

pub use scope::{ComprehensionKind, Resolution, Scope, ScopeId, ScopeKind, Symbol, Symbols, flag};

use crate::CompileError;
use rustc_hash::FxHashMap;
use taipan_ast::{Identifier, Interner, Mod};

/// How to read the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SymtableOptions {
    /// `from __future__ import annotations` is in force.
    pub future_annotations: bool,
    /// `await` may stand at the top (`PyCF_ALLOW_TOP_LEVEL_AWAIT`).
    pub top_level_await: bool,
}

/// The node that a scope belongs to, by its address, and which of its scopes: 0 its own, 1 its type
/// parameters, 2 a type parameter's default, 3 the annotations of a body, 4 those of parameters.
pub type Key = (usize, u8);

/// The address of a node: of the fields behind the constructor of a function, class, lambda,
/// comprehension or alias, of a function's `arguments`, of the first type parameter of a list.
pub fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}

/// The scopes of a tree.
#[derive(Debug)]
pub struct Symtable {
    scopes: Vec<Scope>,
    by_key: FxHashMap<Key, ScopeId>,
}

impl Symtable {
    /// Makes the table of a tree.
    ///
    /// # Errors
    /// The first syntax error that scopes can tell, as CPython finds it.
    pub fn build(module: &Mod<'_>, interner: &mut Interner, options: SymtableOptions) -> Result<Symtable> {
        let future_end = crate::future::head(module, interner).last().map_or(0, |(stmt, _)| stmt.span.end);
        let mut builder = build::Builder::new(interner, options, future_end);
        builder.module(module)?;
        let mut table = builder.table;
        analyze::analyze(&mut table, interner)?;
        Ok(table)
    }

    /// The scope of the module.
    pub fn top(&self) -> ScopeId {
        ScopeId(0)
    }

    /// A scope of this table.
    ///
    /// # Panics
    /// If `id` is another table's.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub(crate) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// The scope that belongs to a node.
    pub fn lookup(&self, key: Key) -> Option<ScopeId> {
        self.by_key.get(&key).copied()
    }

    /// What is known of `name` in a scope.
    pub fn symbol(&self, id: ScopeId, name: Identifier) -> Symbol {
        self.scope(id).symbol(name)
    }
}

type Result<T> = std::result::Result<T, Box<CompileError>>;
