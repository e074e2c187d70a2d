//! Putting slots and methods into static types. Invariant: it runs once, while the process is set up, and
//! every type's own slots stand before those are inherited.

use taipan_object::builtin::Binding;
use taipan_object::builtin::{MethodDef, PyCFunction};
use taipan_object::descriptor::member::{MemberDef, MemberKind};
use taipan_object::descriptor::{GetSetDef, PyGetSetDescr, PyMemberDescr, PyMethodDescr, PyStaticMethod};
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Thread, as_ref};

use crate::descriptors::ClassMethodDescr;

/// Hands slots on from bases to what derives from them, and tells C of them.
pub(crate) fn inherit() {
    for ty in statics::all().chain(statics::more()) {
        ty.inherit_slots();
    }
}

/// Puts methods into the dict of a type.
pub fn methods(thread: &Thread, ty: &'static PyTypeObject, methods: &'static [MethodDef]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    for method in methods {
        let name = intern_text(thread, method.name())?;
        let value = match method.binding() {
            Binding::Static => {
                let function = PyCFunction::new(thread, method, Some(as_ref(ty).to_value()), None)?;
                PyStaticMethod::new(thread, function.into_value())?.into_value()
            }
            Binding::Class => ClassMethodDescr::make(thread, ty, method)?,
            Binding::Instance => PyMethodDescr::new(thread, ty, method)?.into_value(),
        };
        drop(dict.insert(thread, name.as_ref(), value)?);
    }
    Ok(())
}

/// Puts computed attributes into the dict of a type.
pub fn attributes(thread: &Thread, ty: &PyTypeObject, all: &'static [GetSetDef]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    for attribute in all {
        let name = intern_text(thread, attribute.name)?;
        let value = PyGetSetDescr::new(thread, ty, attribute)?.into_value();
        drop(dict.insert(thread, name.as_ref(), value)?);
    }
    Ok(())
}

/// A field of an object as an attribute: name, offset, kind, whether it can only be read.
pub(crate) type Field = (&'static str, u32, MemberKind, bool);

/// Puts fields of objects into the dict of their type.
pub(crate) fn fields(thread: &Thread, ty: &'static PyTypeObject, all: &[Field]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    for &(name, offset, kind, read_only) in all {
        let name = intern_text(thread, name)?;
        let member = PyMemberDescr::new(thread, ty, &name, MemberDef { offset, kind, read_only })?;
        drop(dict.insert(thread, name.as_ref(), member.into_value())?);
    }
    Ok(())
}
