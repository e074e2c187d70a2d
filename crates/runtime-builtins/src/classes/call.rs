//! Calling a class: `__new__`, then `__init__` if the result is an instance.

use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use crate::arguments::positional_count;

/// `type.__call__`
pub(super) fn call(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let Some(class) = this.get::<PyTypeObject>() else { return Ok(Value::not_implemented()) };
    if std::ptr::eq(class, &raw const statics::TYPE) {
        match (positional_count(arguments, names), arguments) {
            (1, [object]) => return Ok(as_ref(object.as_ref().ty()).to_value()),
            (1, _) => return Err(raise!(thread, TYPE_ERROR, "type() takes no keyword arguments")),
            (3, _) => {}
            _ => return Err(raise!(thread, TYPE_ERROR, "type() takes 1 or 3 arguments")),
        }
    }
    let Some(new) = class.slots().new.get() else {
        let name = class.name();
        return Err(raise!(thread, TYPE_ERROR, "cannot create '{name}' instances"));
    };
    let object = new(thread, class, arguments, names)?;
    let ty = object.as_ref().ty();
    if ty.is_subtype(class)
        && let Some(init) = ty.slots().init.get()
    {
        init(thread, object.as_ref(), arguments, names)?;
    }
    Ok(object)
}

/// `type.__init__`, which has nothing left to do.
pub(super) fn init(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let positional = positional_count(arguments, names);
    if positional == 1 && arguments.len() > 1 {
        return Err(raise!(thread, TYPE_ERROR, "type.__init__() takes no keyword arguments"));
    }
    match positional {
        1 | 3 => Ok(()),
        _ => Err(raise!(thread, TYPE_ERROR, "type.__init__() takes 1 or 3 arguments")),
    }
}
