//! The abstract syntax tree of Python 3.14 in an arena. Nodes are declared in `nodes.def` and
//! generated into `generated/`; what a node is made of beside other nodes is in `value.rs`.
//! Invariant: nodes are plain data (`Copy`, no `Drop`), never written after they are built, and
//! hold byte ranges of the decoded source, which a `LineIndex` turns into lines and columns.
#![forbid(unsafe_code)]

pub mod artifact;
pub mod class;
pub mod dump;
mod generated;
mod interner;
pub mod preprocess;
pub mod rebuild;
pub mod repr;
pub mod unparse;
mod value;
pub mod verify;
pub mod view;
mod visitor;

pub use generated::classes::{Class, Family, Symbol, SymbolType};
pub use generated::nodes::*;
pub use generated::view::{List, Node};
pub use generated::visitor::*;
pub use interner::{Identifier, Interner};
pub use value::{Complex, Constant, Conversion, Int};

/// The arena that owns the nodes of a tree.
pub type Arena = bumpalo::Bump;

const _: () = {
    assert!(size_of::<Expr<'_>>() == 24);
    assert!(size_of::<Option<Expr<'_>>>() == 24);
    assert!(size_of::<Stmt<'_>>() == 24);
    assert!(size_of::<Pattern<'_>>() == 24);
    assert!(size_of::<Constant<'_>>() == 24);
    assert!(size_of::<Option<Identifier>>() == 4);
};
