//! Methods of `type`.

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::types::class::subclasses_of;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref};

use super::attributes::class_of;
use crate::instance_check;
use crate::methods::method_table;

method_table! { METHODS:
    Instance None c"mro" "($self, /)" mro, c"The order in which attributes are to be looked up.";
    Instance None c"__subclasses__" "($self, /)" subclasses, c"The classes that derive from it directly.";
    Class Keywords c"__prepare__" "" prepare, c"The namespace of a class that is to be made.";
    Instance One c"__instancecheck__" "($self, instance, /)" instancecheck, c"Whether an object is an instance.";
    Instance One c"__subclasscheck__" "($self, subclass, /)" subclasscheck, c"Whether a class derives from it.";
    Instance None c"__dir__" "($self, /)" dir, c"The names of the attributes.";
    Instance None c"__sizeof__" "($self, /)" sizeof, c"The size in memory.";
}

fn mro(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let order = class_of(thread, this)?.linearise(thread)?;
    Ok(PyList::from_values(thread, order.iter().map(Ref::to_value).collect::<Vec<_>>())?.into_value())
}

fn subclasses(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let all = subclasses_of(thread, class_of(thread, this)?);
    Ok(PyList::from_values(thread, all.into_iter().map(Owned::into_value).collect::<Vec<_>>())?.into_value())
}

fn prepare(thread: &Thread, _: Ref<'_>, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(PyDict::new(thread)?.into_value())
}

fn instancecheck(thread: &Thread, this: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(instance_check::real_instance(thread, object, this)?))
}

fn subclasscheck(thread: &Thread, this: Ref<'_>, class: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(instance_check::real_subclass(thread, class, this)?))
}

/// The keys of the class's dict and of those of its bases.
fn dir(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let names = PyDict::new(thread)?;
    crate::objects::merge_class_names(thread, &names, this)?;
    let keys = crate::iterate::collect(thread, names.as_ref())?;
    Ok(PyList::from_values(thread, keys)?.into_value())
}

fn sizeof(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class: &PyTypeObject = class_of(thread, this)?;
    let size = if class.has_flag(flags::HEAPTYPE) { as_ref(class).ty().basic_size() } else { 416 };
    Value::int(thread, size as i64)
}
