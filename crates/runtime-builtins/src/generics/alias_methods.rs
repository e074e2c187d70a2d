//! Methods and attributes of `types.GenericAlias`, and the `__class_getitem__` that makes them.

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use super::alias::{self, GENERIC_ALIAS, GenericAlias};
use crate::methods::method_table;

method_table! { METHODS:
    Instance One c"__mro_entries__" "" mro_entries, c"The class, as a base.";
    Instance One c"__instancecheck__" "" instancecheck, c"Refuses to be asked.";
    Instance One c"__subclasscheck__" "" subclasscheck, c"Refuses to be asked.";
    Instance None c"__reduce__" "" reduce, c"What pickle needs.";
    Instance None c"__dir__" "" dir, c"The names of the attributes.";
}

method_table! { ITERATOR_METHODS:
    Instance None c"__reduce__" "" reduce_iterator, c"What pickle needs.";
}

method_table! { CLASS_GETITEM:
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The class with arguments in brackets.";
}

static ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef {
        name: "__parameters__",
        get: parameters,
        set: None,
        doc: "The type parameters among the arguments.",
    },
    GetSetDef {
        name: "__typing_unpacked_tuple_args__",
        get: tuple_args,
        set: None,
        doc: "The arguments of a tuple type with a star before it.",
    },
];

/// `__class_getitem__` of a container, for tables of methods.
pub fn class_getitem(thread: &Thread, class: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    alias::of(thread, class.to_value(), key.to_value())
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &GENERIC_ALIAS;
    crate::install::methods(thread, ty, &METHODS)?;
    crate::install::fields(thread, ty, &alias::FIELDS)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)?;
    let generic: [&'static PyTypeObject; _] = [
        &statics::TUPLE,
        &statics::LIST,
        &statics::DICT,
        &statics::SET,
        &statics::FROZENSET,
        &crate::iterators::enumerate::ENUMERATE,
        &crate::descriptors::MAPPING_PROXY,
        &taipan_object::weakref::REFERENCE,
        &taipan_object::descriptor::static_method::STATIC_METHOD,
        &taipan_object::descriptor::class_method::CLASS_METHOD,
        &taipan_object::exception::BASE_EXCEPTION_GROUP,
    ];
    let table: &'static [MethodDef] = &CLASS_GETITEM;
    generic.into_iter().try_for_each(|ty| crate::install::methods(thread, ty, table))?;
    crate::install::methods(thread, &alias::GENERIC_ALIAS_ITERATOR, &ITERATOR_METHODS)
}

/// What makes an iterator over the alias with a star again; one over nothing, if that was given already.
fn reduce_iterator(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let iter = built_in(thread, "iter")?;
    let over = alias::AliasIterator::left(this).unwrap_or_else(|| PyTuple::empty().into_value());
    let arguments = PyTuple::pack(thread, [over])?.into_value();
    Ok(PyTuple::pack(thread, [iter, arguments])?.into_value())
}

fn mro_entries(thread: &Thread, this: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    let origin = GenericAlias::of(this).map_or_else(Value::none, |alias| alias.origin());
    Ok(PyTuple::pack(thread, [origin])?.into_value())
}

fn instancecheck(thread: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Err(raise!(thread, TYPE_ERROR, "isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclasscheck(thread: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Err(raise!(thread, TYPE_ERROR, "issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(alias) = GenericAlias::of(this) else { return Ok(Value::none()) };
    if alias.is_starred() {
        // the alias without star, walked over
        let plain = alias::of(thread, alias.origin(), alias.args().into_value())?;
        let iterator = taipan_object::protocol::iter(thread, plain.as_ref())?;
        let arguments = PyTuple::pack(thread, [iterator])?.into_value();
        return Ok(PyTuple::pack(thread, [built_in(thread, "next")?, arguments])?.into_value());
    }
    let arguments = PyTuple::pack(thread, [alias.origin(), alias.args().into_value()])?;
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), arguments.into_value()])?.into_value())
}

/// A built-in function.
pub(super) fn built_in(thread: &Thread, name: &str) -> PyResult<Value> {
    let name = taipan_object::str::intern::intern_text(thread, name)?;
    let builtins = thread.interp().builtins.get().unwrap_or_else(Value::none);
    taipan_object::protocol::subscript(thread, builtins.as_ref(), name.as_ref())
}

/// The names of the class's attributes, and of the alias's own.
fn dir(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let names = PyDict::new(thread)?;
    if let Some(alias) = GenericAlias::of(this) {
        crate::objects::merge_class_names(thread, &names, alias.origin().as_ref())?;
    }
    for name in alias::BLOCKED {
        let name = taipan_object::str::intern::intern_text(thread, name)?;
        drop(names.remove(thread, name.as_ref())?);
    }
    for name in alias::OWN {
        let name = taipan_object::str::intern::intern_text(thread, name)?;
        drop(names.insert(thread, name.as_ref(), Value::none())?);
    }
    let keys = crate::iterate::collect(thread, names.as_ref())?;
    Ok(PyList::from_values(thread, keys)?.into_value())
}

fn parameters(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match GenericAlias::of(this) {
        Some(alias) => Ok(alias.parameters(thread)?.into_value()),
        None => Ok(Value::none()),
    }
}

fn tuple_args(_: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(GenericAlias::unpacked_args(this).map_or_else(Value::none, taipan_object::Owned::into_value))
}
