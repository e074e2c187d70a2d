//! Classes as Python makes them and sees them: what `type` does. `call.rs` is `C(…)`, `new.rs` is `type(name, bases,
//! dict)` with `slots.rs` for `__slots__`, `build.rs` the class statement; `attributes.rs` and `methods.rs` are what
//! can be read, set and called on a class; `order.rs` is the MRO where a metaclass decides it.
//!
//! Invariant: a class that can be seen by Python code has the slots that its names say (see
//! [`special`](crate::special)), except while its metaclass's `mro()` runs.

mod annotations;
mod attributes;
mod bases;
mod build;
mod call;
mod methods;
mod new;
mod order;
mod slots;
mod subscript;
#[cfg(test)]
mod tests;

pub(crate) use annotations::compute as compute_annotations;
pub use build::{BUILD_CLASS, resolve_bases};
pub use new::metaclass_of;

use taipan_object::types::statics;
use taipan_object::{PyResult, Thread};

/// Fills the slots of `type`.
pub(crate) fn install_slots() {
    let slots = statics::TYPE.slots();
    slots.call.set(Some(call::call));
    slots.new.set(Some(new::new));
    slots.init.set(Some(call::init));
    slots.subscript.set(Some(subscript::subscript));
    slots.or.set(Some(crate::generics::union::or));
}

/// Fills the dict of `type`.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::methods(thread, &statics::TYPE, &methods::METHODS)?;
    attributes::install_fields(thread)?;
    crate::install::attributes(thread, &statics::TYPE, &attributes::ATTRIBUTES)
}
