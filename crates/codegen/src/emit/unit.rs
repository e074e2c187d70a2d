//! The scope in hand: its code in the making and what the walk has to remember of it.

use super::blocks::Block;
use crate::ir::{Sequence, Unit};
use crate::symtable::ScopeId;
use rustc_hash::FxHashSet;
use taipan_ast::{Identifier, StmtAnnAssign};
use taipan_span::Span;

/// What a unit is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnitKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Annotations, the value of an alias, a bound or a default, or type parameters.
    Annotations,
}

impl UnitKind {
    /// What stands behind its name in the names of what it contains.
    pub(super) const fn separator(self) -> &'static str {
        match self {
            UnitKind::Function | UnitKind::AsyncFunction | UnitKind::Lambda => ".<locals>.",
            _ => ".",
        }
    }
}

/// A variable's annotation, to be evaluated by `__annotate__` (PEP 649).
#[derive(Clone, Copy)]
pub(super) struct Deferred<'a> {
    pub(super) node: &'a StmtAnnAssign<'a>,
    pub(super) span: Span,
    /// Its number among those that are noted when their statement is reached.
    pub(super) condition: Option<u32>,
}

/// A unit in hand.
pub(super) struct UnitState<'a> {
    pub(super) code: Box<Unit>,
    pub(super) kind: UnitKind,
    pub(super) scope: ScopeId,
    /// The class whose private names are mangled.
    pub(super) class: Option<Identifier>,
    /// What statements that leave must unwind, the outermost first.
    pub(super) blocks: Vec<Block<'a>>,
    /// In how many inlined comprehensions the walk is.
    pub(super) inlined: u32,
    /// Names that are locals of the frame as long as an inlined comprehension runs.
    pub(super) hidden_now: FxHashSet<Identifier>,
    pub(super) deferred: Vec<Deferred<'a>>,
    /// In how many statements that run on a condition the walk is.
    pub(super) conditional: u32,
    pub(super) conditional_annotations: u32,
    /// Attributes of `self` that methods assign to.
    pub(super) static_attributes: FxHashSet<Identifier>,
    /// The unit's own instructions while those that set up annotations are written.
    pub(super) stashed: Option<Sequence>,
}

impl UnitState<'_> {
    pub(super) fn new(code: Box<Unit>, kind: UnitKind, scope: ScopeId, class: Option<Identifier>) -> Self {
        UnitState {
            code,
            kind,
            scope,
            class,
            blocks: Vec::new(),
            inlined: 0,
            hidden_now: FxHashSet::default(),
            deferred: Vec::new(),
            conditional: 0,
            conditional_annotations: 0,
            static_attributes: FxHashSet::default(),
            stashed: None,
        }
    }
}
