//! Descriptors and what helps them, as Python sees them: `property`, `staticmethod`, `classmethod`, `super`, bound slot
//! wrappers, the read-only view of a class's dict, and the attributes of functions, methods and cells. A file a family.

mod about;
mod binding;
mod builtin;
mod cell;
mod function;
mod function_new;
mod method;
mod module;
mod property;
mod proxy;
mod proxy_methods;
#[cfg(test)]
mod tests;
mod wrapper;

pub use proxy::{MAPPING_PROXY, mapping, mapping_proxy};
pub use taipan_object::super_object::{SUPER, super_attribute, super_method};
pub use wrapper::METHOD_WRAPPER;

use taipan_object::descriptor::member::MemberKind;
use taipan_object::{PyResult, PyTypeObject, Thread};

/// The static types that are declared here.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&MAPPING_PROXY, &METHOD_WRAPPER]
}

/// Fills the slots of descriptors that are more than a look into the layout.
pub(crate) fn install_slots() {
    wrapper::install_slots();
    property::install_slots();
    binding::install_slots();
    cell::install_slots();
    function_new::install_slots();
    method::install_slots();
    module::install_slots();
    builtin::install_slots();
}

/// Fills their dicts.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    about::install(thread)?;
    property::install(thread)?;
    binding::install(thread)?;
    install_super(thread)?;
    proxy_methods::install(thread)?;
    function::install(thread)?;
    method::install(thread)?;
    module::install(thread)?;
    builtin::install(thread)?;
    cell::install(thread)?;
    wrapper::install(thread)
}

/// The attributes of `super`.
fn install_super(thread: &Thread) -> PyResult<()> {
    let [class, object, object_type] = taipan_object::super_object::FIELDS;
    let field = |name, offset| (name, offset, MemberKind::Object, true);
    let all =
        [field("__thisclass__", class), field("__self__", object), field("__self_class__", object_type)];
    crate::install::fields(thread, &SUPER, &all)
}
