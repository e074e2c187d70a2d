//! `T.__new__` of built-in types: their `new` slot as a function that is given the class. It checks that the class
//! derives from the type, and that the type is the one that makes the class's instances.

use taipan_object::builtin::{Binding, MethodDef, Native, PyCFunction};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

type Names<'a> = Option<&'a PyTuple>;

/// `T.__new__` of built-in types, bound to the type.
static NEW: MethodDef = MethodDef::new(
    c"__new__",
    Binding::Instance,
    Native::Keywords(call_new),
    "($type, *args, **kwargs)",
    c"Makes an object of the class.",
);

fn call_new(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let Some(ty) = this.get::<PyTypeObject>() else { return Ok(Value::not_implemented()) };
    let own = ty.name();
    let positional = arguments.len() - names.map_or(0, PyTuple::len).min(arguments.len());
    let Some((class, rest)) = arguments.split_first().filter(|_| positional > 0) else {
        return Err(raise!(thread, TYPE_ERROR, "{own}.__new__(): not enough arguments"));
    };
    let Some(class) = class.as_ref().get::<PyTypeObject>() else {
        let got = class.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{own}.__new__(X): X is not a type object ({got})"));
    };
    if !class.is_subtype(ty) {
        let class = class.name();
        return Err(raise!(thread, TYPE_ERROR, "{own}.__new__({class}): {class} is not a subtype of {own}"));
    }
    let solid = native_new_base(class);
    let (made_by, own_new) = (solid.slots().new.get(), ty.slots().new.get());
    let same = matches!((made_by, own_new), (Some(a), Some(b)) if std::ptr::fn_addr_eq(a, b));
    if class.has_flag(flags::DISALLOW_INSTANTIATION) {
        return Err(raise!(thread, TYPE_ERROR, "cannot create '{}' instances", class.name()));
    }
    if !same {
        let (class, solid) = (class.name(), solid.name());
        return Err(raise!(thread, TYPE_ERROR, "{own}.__new__({class}) is not safe, use {solid}.__new__()"));
    }
    match own_new {
        Some(new) => new(thread, class, rest, names),
        None => Err(raise!(thread, TYPE_ERROR, "cannot create '{own}' instances")),
    }
}

/// The nearest type whose `new` is not a `__new__` in Python.
fn native_new_base(class: &PyTypeObject) -> &PyTypeObject {
    let mut ty = class;
    while ty.has_flag(flags::HEAPTYPE)
        && let Some(base) = ty.base_type()
    {
        ty = base;
    }
    ty
}

/// Whether a value is the `__new__` of a built-in type; gives the type.
pub(super) fn native_new(value: Ref<'_>) -> Option<Value> {
    let function = value.get_exact::<PyCFunction>()?;
    std::ptr::eq(function.definition(), &raw const NEW).then(|| function.this())
}

/// `T.__new__` for the dict of a type.
pub(super) fn new_function(thread: &Thread, ty: &'static PyTypeObject) -> PyResult<Value> {
    Ok(PyCFunction::new(thread, &NEW, Some(as_ref(ty).to_value()), None)?.into_value())
}
