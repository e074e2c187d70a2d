//! Putting tables of methods and of computed attributes into static types, while the process is set up.

use super::{GetSetDef, PyGetSetDescr, PyMethodDescr, PyStaticMethod};
use crate::builtin::{Binding, MethodDef, PyCFunction};
use crate::error::PyResult;
use crate::str::intern::intern_text;
use crate::thread::Thread;
use crate::types::PyTypeObject;
use crate::value::as_ref;

/// Puts methods into the dict of a type.
pub fn add_methods(thread: &Thread, ty: &PyTypeObject, methods: &'static [MethodDef]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    dict.reserve(thread, dict.len() + methods.len())?;
    for method in methods {
        let name = intern_text(thread, method.name())?;
        let value = match method.binding() {
            Binding::Static => {
                let function = PyCFunction::new(thread, method, Some(as_ref(ty).to_value()), None)?;
                PyStaticMethod::new(thread, function.into_value())?.into_value()
            }
            _ => PyMethodDescr::new(thread, ty, method)?.into_value(),
        };
        drop(dict.insert(thread, name.as_ref(), value)?);
    }
    Ok(())
}

/// Puts computed attributes into the dict of a type.
pub fn add_attributes(thread: &Thread, ty: &PyTypeObject, all: &'static [GetSetDef]) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Ok(()) };
    dict.reserve(thread, dict.len() + all.len())?;
    for attribute in all {
        let name = intern_text(thread, attribute.name)?;
        let value = PyGetSetDescr::new(thread, ty, attribute)?.into_value();
        drop(dict.insert(thread, name.as_ref(), value)?);
    }
    Ok(())
}
