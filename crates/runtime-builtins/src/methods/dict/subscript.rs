//! `d[key]`: the entry, what `__missing__` of a derived class gives, or `KeyError`.

use taipan_object::dict::PyDict;
use taipan_object::exception::KEY_ERROR;
use taipan_object::str::statics::names;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

pub(crate) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let Some(dict) = this.get::<PyDict>() else {
        return Err(raise!(thread, TYPE_ERROR, "'dict' object expected, not '{}'", this.ty().name()));
    };
    if let Some(found) = dict.get(thread, key)? {
        return Ok(found);
    }
    if this.get_exact::<PyDict>().is_none()
        && let Some(missing) = this.ty().lookup(thread, names::__missing__.get())?
    {
        let bound = match missing.as_ref().ty().slots().descr_get.get() {
            Some(get) => get(thread, missing.as_ref(), Some(this), Some(as_ref(this.ty())))?,
            None => missing,
        };
        return protocol::call(thread, bound.as_ref(), &[key.to_value()], None);
    }
    Err(thread.raise_value(&KEY_ERROR, key.to_value()))
}
