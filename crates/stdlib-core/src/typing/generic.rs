//! `Generic` and `NoDefault`.

use taipan_object::native::Native;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_base, native_type, protocol, raise};

use crate::call;
use taipan_object::declare::{method_table, native_state};

native_base! {
    /// `typing.Generic`.
    pub(super) static GENERIC = "typing.Generic", flags flags::BASETYPE | flags::SHOWN_AS_HEAP,
    does {}
}

method_table! { CLASS_METHODS:
    Class Keywords c"__class_getitem__" "" class_getitem, c"The class with arguments in brackets.";
    Class Keywords c"__init_subclass__" "" init_subclass, c"Finds out the parameters of a class.";
}

/// Lets classes that derive from it be made as those of `object` are: it has no `__new__` of its own.
pub(super) fn finish() {
    GENERIC.slots().new.set(taipan_object::types::statics::OBJECT.slots().new.get());
    GENERIC.sync_slots();
}

fn forward(
    thread: &Thread,
    function: &str,
    class: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let typing = crate::import::import_module(thread, &*intern_text(thread, "typing")?)?;
    let function = call::attribute(thread, typing.as_ref(), function)?;
    let mut all = vec![class.to_value()];
    all.extend(arguments.iter().cloned());
    protocol::call(thread, function.as_ref(), &all, names)
}

fn class_getitem(
    thread: &Thread,
    class: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    forward(thread, "_generic_class_getitem", class, arguments, names)
}

fn init_subclass(
    thread: &Thread,
    class: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    forward(thread, "_generic_init_subclass", class, arguments, names)
}

/// It is the type that matters.
#[derive(Default)]
pub(super) struct NoDefault {}

native_type! {
    /// The type of `NoDefault`.
    pub(super) static NO_DEFAULT: NoDefault = "NoDefaultType", flags 0, dict false, weak false,
    does {
        new: new_no_default,
        repr: |thread, _| call::text(thread, "typing.NoDefault"),
    }
}

native_state!(NoDefault in NO_DEFAULT:);

method_table! { METHODS:
    Instance None c"__reduce__" "" |thread, _| call::text(thread, "NoDefault"), c"What pickle needs.";
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    taipan_runtime_builtins::install::methods(thread, &NO_DEFAULT, &METHODS)
}

fn new_no_default(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    _: Option<&PyTuple>,
) -> PyResult<Value> {
    if !arguments.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "NoDefaultType takes no arguments"));
    }
    no_default(thread)
}

/// Whether a value is `NoDefault`.
pub(super) fn is_no_default(value: Ref<'_>) -> bool {
    value.get::<Native<NoDefault>>().is_some()
}

/// `NoDefault`: that of the module if it was made.
pub(super) fn no_default(thread: &Thread) -> PyResult<Value> {
    if let Some(module) = call::imported(thread, "_typing")?
        && let Some(known) = call::entry(thread, module.as_ref(), "NoDefault")?
    {
        return Ok(known);
    }
    Ok(Native::new(thread, NoDefault::default())?.into_value())
}
