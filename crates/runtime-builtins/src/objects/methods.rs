//! Methods of `object`, but for those of pickling.

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::find_attribute;
use crate::arguments::wrong_type;
use crate::methods::method_table;

method_table! { METHODS:
    Class One c"__subclasshook__" "($type, object, /)" subclasshook, c"Asked by issubclass of classes that say so.";
    Class None c"__init_subclass__" "($type, /)" init_subclass, c"Called when a class was derived from it.";
    Instance One c"__format__" "($self, format_spec, /)" format, c"What format(self) gives.";
    Instance None c"__sizeof__" "($self, /)" sizeof, c"The size in memory.";
    Instance None c"__dir__" "($self, /)" dir, c"The names of the attributes.";
}

fn subclasshook(_: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::not_implemented())
}

fn init_subclass(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn format(thread: &Thread, this: Ref<'_>, spec: Ref<'_>) -> PyResult<Value> {
    let Some(spec) = spec.get::<PyStr>() else {
        return Err(wrong_type(thread, "__format__", "argument", "str", spec));
    };
    if !spec.is_empty() {
        let ty = this.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "unsupported format string passed to {ty}.__format__"));
    }
    Ok(crate::text::str(thread, this)?.into_value())
}

fn sizeof(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let ty = this.ty();
    let items = match ty.item_size() {
        0 => 0,
        _ => protocol::length(thread, this).or_else(|raised| {
            drop(thread.catch(raised));
            Ok(0)
        })?,
    };
    Value::int(thread, (ty.basic_size() + items * ty.item_size()) as i64)
}

/// The names of the object's own attributes, of its class's, and of those of the class's bases.
fn dir(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = find_attribute(thread, this, names::__dict__.get())?;
    let names = PyDict::new(thread)?;
    if let Some(own) = own.as_ref().and_then(|own| own.as_ref().get::<PyDict>()) {
        names.update(thread, own, true)?;
    }
    if let Some(class) = find_attribute(thread, this, names::__class__.get())? {
        merge_class_names(thread, &names, class.as_ref())?;
    }
    let keys = crate::iterate::collect(thread, names.as_ref())?;
    Ok(PyList::from_values(thread, keys)?.into_value())
}

/// Adds what `__dict__` of a class and of its bases has.
pub(crate) fn merge_class_names(thread: &Thread, into: &PyDict, class: Ref<'_>) -> PyResult<()> {
    let _guard = thread.recurse("")?;
    let own = match class.get::<taipan_object::PyTypeObject>().and_then(|class| class.dict()) {
        Some(dict) => Some(as_ref(dict).to_value()),
        None => find_attribute(thread, class, names::__dict__.get())?,
    };
    if let Some(own) = own {
        match own.as_ref().get::<PyDict>() {
            Some(dict) => into.update(thread, dict, true)?,
            None => {
                for key in crate::iterate::collect(thread, own.as_ref())? {
                    drop(into.insert(thread, key.as_ref(), Value::none())?);
                }
            }
        }
    }
    let Some(bases) = find_attribute(thread, class, names::__bases__.get())? else { return Ok(()) };
    let Some(bases) = bases.as_ref().get::<PyTuple>() else { return Ok(()) };
    bases.iter().try_for_each(|base| merge_class_names(thread, into, base))
}
