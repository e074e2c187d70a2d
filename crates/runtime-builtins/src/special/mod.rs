//! Special methods: what connects the names of Python (`__add__`) with the slots of types. [`table`] has a row for
//! each method: its slot, how a built-in type's slot is called from Python (`wrap.rs`), and what a class that defines
//! the method has in its slot (`python.rs`, `operators.rs`, `attribute.rs`). `update.rs` fills the slots of classes
//! by it, `install.rs` the dicts of static types. To add a special method is to add a row.
//!
//! Invariant: a class's slots are a function of what its MRO says about the names in the table: they are computed
//! when it is made and whenever an attribute of such a name, or the MRO, changes.

mod attribute;
pub(crate) mod buffer;
mod coexist;
#[cfg(test)]
mod dict_tests;
mod install;
mod lookup;
mod new;
mod operators;
mod python;
mod table;
#[cfg(test)]
mod tests;
mod update;
mod wrap;

pub use lookup::{call_special, find_special};
pub use update::{type_changed, update_all};

pub(crate) use install::install;

use taipan_object::descriptor::wrapper::WrapperDef;
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Thread, as_ref};

/// A name that fills a slot.
pub(crate) struct Method {
    /// The name, interned.
    pub(crate) name: fn() -> &'static PyStr,
    /// The slot as a method of built-in types; none if they have no such method.
    pub(crate) definition: Option<WrapperDef>,
}

/// A slot and the names that fill it.
pub(crate) struct Row {
    /// The names.
    pub(crate) methods: &'static [Method],
    /// Sets the slot of a class by what its MRO has under the names.
    pub(crate) update: fn(&Thread, &PyTypeObject) -> PyResult<()>,
    /// Sets the slot of a class to what another one has.
    pub(crate) copy: fn(&PyTypeObject, &PyTypeObject),
    /// Whether two classes have the same in the slot.
    pub(crate) is_same: fn(&PyTypeObject, &PyTypeObject) -> bool,
    /// Whether a type has something in the slot that it did not get from its base.
    pub(crate) is_own: fn(&PyTypeObject) -> bool,
}

impl Row {
    /// Whether a dict has one of the names.
    fn is_in(&self, thread: &Thread, dict: &PyDict) -> PyResult<bool> {
        for method in self.methods {
            if dict.contains(thread, as_ref((method.name)()))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
