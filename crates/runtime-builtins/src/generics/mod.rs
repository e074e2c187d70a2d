//! Types with parameters: `list[int]` ([`alias`]), `int | str` ([`union`]), and how parameters are found and replaced
//! (`parameters.rs`). `namespace.rs` is `types.SimpleNamespace`.

pub mod alias;
mod alias_methods;
pub use alias_methods::class_getitem;
pub mod namespace;
mod parameters;
mod show;
#[cfg(test)]
mod tests;
pub mod union;
mod union_attributes;

use taipan_object::{PyResult, PyTypeObject, Thread};

/// The static types that are declared here.
pub(crate) fn types() -> [&'static PyTypeObject; 4] {
    [&alias::GENERIC_ALIAS, &alias::GENERIC_ALIAS_ITERATOR, &union::UNION, &namespace::SIMPLE_NAMESPACE]
}

/// Fills their dicts, and gives the built-in containers their `__class_getitem__`.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    alias_methods::install(thread)?;
    union_attributes::install(thread)?;
    namespace::install(thread)
}

/// Gives a type its `__class_getitem__`: `deque[int]`.
pub fn make_generic(thread: &Thread, ty: &'static PyTypeObject) -> PyResult<()> {
    crate::install::methods(thread, ty, &alias_methods::CLASS_GETITEM)
}
