//! Methods that stand in the place of slot wrappers, because they are called more directly: CPython has them for these
//! types. (`dict` has its own in its table of methods.)

use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value};

use crate::methods::method_table;

method_table! { LIST:
    Instance One c"__getitem__" "($self, index, /)" list_getitem, c"self[index]";
}

method_table! { SET:
    Instance One c"__contains__" "($self, object, /)" set_contains, c"object in self";
}

/// Puts them into the dicts, before the wrappers come.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    crate::install::methods(thread, &statics::LIST, &LIST)?;
    let sets: [&'static PyTypeObject; 2] = [&statics::SET, &statics::FROZENSET];
    sets.into_iter().try_for_each(|ty| crate::install::methods(thread, ty, &SET))
}

fn list_getitem(thread: &Thread, this: Ref<'_>, index: Ref<'_>) -> PyResult<Value> {
    match statics::LIST.slots().subscript.get() {
        Some(subscript) => subscript(thread, this, index),
        None => Ok(Value::not_implemented()),
    }
}

fn set_contains(thread: &Thread, this: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    match statics::SET.slots().contains.get() {
        Some(contains) => contains(thread, this, object).map(Value::bool),
        None => Ok(Value::not_implemented()),
    }
}
