//! Attribute access of classes that define it: `__getattribute__`, `__getattr__` behind it, `__setattr__`,
//! `__delattr__`.

use taipan_object::descriptor::PyWrapperDescr;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::protocol::attribute;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};

use super::lookup::{call_method, call_special};

/// The slot of a class with `__getattribute__` or `__getattr__` in Python.
pub(super) fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let fallback = this.ty().lookup(thread, names::__getattr__.get())?;
    let Some(fallback) = fallback else { return by_getattribute(thread, this, name) };
    let failed = if uses_generic(thread, this)? {
        match attribute::find(thread, this, name) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => None,
            Err(raised) => Some(raised),
        }
    } else {
        match by_getattribute(thread, this, name) {
            Ok(value) => return Ok(value),
            Err(raised) => Some(raised),
        }
    };
    if let Some(raised) = failed {
        let exception = thread.catch(raised);
        if !exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
            return Err(thread.raise(exception));
        }
    }
    let bound = match fallback.as_ref().ty().slots().descr_get.get() {
        Some(get) => get(thread, fallback.as_ref(), Some(this), Some(as_ref(this.ty())))?,
        None => fallback,
    };
    protocol::call(thread, bound.as_ref(), &[as_ref(name).to_value()], None)
}

/// The wrapper under `__getattribute__`, if the class did not define one itself.
fn native_getattribute(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let found = this.ty().lookup(thread, names::__getattribute__.get())?;
    Ok(found.filter(|found| found.as_ref().get_exact::<PyWrapperDescr>().is_some()))
}

/// Whether attributes are read as all objects' are.
fn uses_generic(thread: &Thread, this: Ref<'_>) -> PyResult<bool> {
    let native = native_getattribute(thread, this)?;
    let wrapper = native.as_ref().and_then(|found| found.as_ref().get_exact::<PyWrapperDescr>());
    let slot = wrapper.and_then(|wrapper| wrapper.owner().slots().getattr.get());
    Ok(slot.is_some_and(|slot| std::ptr::fn_addr_eq(slot, attribute::generic_get as Getter)))
}

type Getter = fn(&Thread, Ref<'_>, &PyStr) -> PyResult<Value>;

fn by_getattribute(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let native = native_getattribute(thread, this)?;
    let wrapper = native.as_ref().and_then(|found| found.as_ref().get_exact::<PyWrapperDescr>());
    if let Some(slot) = wrapper.and_then(|wrapper| wrapper.owner().slots().getattr.get()) {
        return slot(thread, this, name);
    }
    let found = call_special(thread, this, names::__getattribute__.get(), [as_ref(name).to_value()])?;
    match found {
        Some(value) => Ok(value),
        None => attribute::generic_get(thread, this, name),
    }
}

/// The slot of a class with `__setattr__` or `__delattr__` in Python.
pub(super) fn set(thread: &Thread, this: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    let name = as_ref(name).to_value();
    let result = match value {
        Some(value) => call_method(thread, this, names::__setattr__.get(), [name, value]),
        None => call_method(thread, this, names::__delattr__.get(), [name]),
    };
    result.map(drop)
}
