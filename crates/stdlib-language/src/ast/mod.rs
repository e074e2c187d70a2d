//! The module `_ast`: the classes of Python's abstract syntax as CPython 3.14 has them.
//!
//! `classes.rs` makes the classes from the table of `taipan_ast`, `node.rs` is what all of them derive from, `show.rs`
//! prints nodes. [`build`] makes objects of a tree, [`read`] a tree of objects, which `validate.rs` then checks.
//! Invariants: a class is found by its number, not by what the module's dict says; no walk over a tree uses the
//! native stack.

pub mod build;
mod classes;
mod items;
mod node;
pub mod read;
mod replace;
mod show;
mod validate;

use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::modules::{ModuleDef, add};

pub(crate) use node::{AST, fill};

/// `PyCF_ONLY_AST`: `compile` gives a tree.
pub const ONLY_AST: i64 = 0x400;
/// `PyCF_TYPE_COMMENTS`: type comments are part of the tree.
pub const TYPE_COMMENTS: i64 = 0x1000;
/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`.
pub const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;
/// `PyCF_OPTIMIZED_AST`: `compile` gives a tree that was optimized.
pub const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;

/// `_ast`.
pub(crate) static MODULE: ModuleDef = ModuleDef { name: "_ast", doc: None, functions: &[], exec: Some(exec) };

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let classes = classes::all(thread)?;
    for at in 0..classes::COUNT {
        let Some(class) = classes.get(at) else { continue };
        if let Some(class) = class.as_ref().get::<PyTypeObject>() {
            add(thread, module, class.short_name(), taipan_object::as_ref(class).to_value())?;
        }
    }
    for (name, flag) in [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", ALLOW_TOP_LEVEL_AWAIT),
        ("PyCF_ONLY_AST", ONLY_AST),
        ("PyCF_TYPE_COMMENTS", TYPE_COMMENTS),
        ("PyCF_OPTIMIZED_AST", OPTIMIZED_AST),
    ] {
        add(thread, module, name, Value::int(thread, flag)?)?;
    }
    Ok(())
}

/// Whether an object is a node.
pub fn is_node(value: Ref<'_>) -> bool {
    value.get::<taipan_object::native::Native<node::AstNode>>().is_some()
}

type Names<'a> = Option<&'a PyTuple>;
