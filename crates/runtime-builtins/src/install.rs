//! Putting slots and methods into static types. Invariant: it runs once, while the process is set up, and
//! every type's own slots stand before those are inherited.

pub use taipan_object::descriptor::table::add_attributes as attributes;

use taipan_object::builtin::{Binding, MethodDef};
use taipan_object::descriptor::member::{MemberDef, MemberKind};
use taipan_object::descriptor::{PyMemberDescr, table};
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Thread};

use crate::descriptors::ClassMethodDescr;

/// Hands slots on from bases to what derives from them, and tells C of them.
pub(crate) fn inherit() {
    for ty in statics::all().chain(statics::more()) {
        ty.inherit_slots();
    }
}

/// Puts methods into the dict of a type; those of the class too, which bind by a descriptor of this crate.
pub fn methods(thread: &Thread, ty: &'static PyTypeObject, methods: &'static [MethodDef]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    dict.reserve(thread, dict.len() + methods.len())?;
    for method in methods {
        if method.binding() == Binding::Class {
            let name = intern_text(thread, method.name())?;
            let value = ClassMethodDescr::make(thread, ty, method)?;
            drop(dict.insert(thread, name.as_ref(), value)?);
        } else {
            table::add_methods(thread, ty, std::slice::from_ref(method))?;
        }
    }
    Ok(())
}

/// A field of an object as an attribute: name, offset, kind, whether it can only be read.
pub type Field = (&'static str, u32, MemberKind, bool);

/// Puts fields of objects into the dict of their type.
pub fn fields(thread: &Thread, ty: &'static PyTypeObject, all: &[Field]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    for &(name, offset, kind, read_only) in all {
        let name = intern_text(thread, name)?;
        let member = PyMemberDescr::new(thread, ty, &name, MemberDef { offset, kind, read_only })?;
        drop(dict.insert(thread, name.as_ref(), member.into_value())?);
    }
    Ok(())
}
