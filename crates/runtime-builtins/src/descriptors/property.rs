//! `property` as Python sees it.

use taipan_object::descriptor::member::MemberKind;
use taipan_object::descriptor::property::PROPERTY;
use taipan_object::descriptor::{GetSetDef, PyProperty};
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::slot::Slot;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use crate::arguments::Parameters;
use crate::install::fields;
use crate::methods::method_table;
use crate::objects::find_attribute;

method_table! { METHODS:
    Instance One c"getter" "($self, object, /)" getter, c"The property with another function to get.";
    Instance One c"setter" "($self, object, /)" setter, c"The property with another function to set.";
    Instance One c"deleter" "($self, object, /)" deleter, c"The property with another function to delete.";
    Instance Positional c"__set_name__" "($self, owner, name, /)" set_name, c"Says what it is called in its class.";
}

static ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef { name: "__name__", get: name, set: Some(set_own_name), doc: "The name." },
    GetSetDef {
        name: "__isabstractmethod__",
        get: is_abstract,
        set: None,
        doc: "Whether a function is abstract.",
    },
];

pub(super) fn install_slots() {
    let slots = PROPERTY.slots();
    slots.new.set(Some(|thread, class, _, _| Ok(PyProperty::empty_in(thread, class)?.into_value())));
    slots.init.set(Some(init));
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &PROPERTY;
    crate::install::methods(thread, ty, &METHODS)?;
    let all = [
        ("fget", 16, MemberKind::Object, true),
        ("fset", 24, MemberKind::Object, true),
        ("fdel", 32, MemberKind::Object, true),
        ("__doc__", 40, MemberKind::Object, false),
    ];
    fields(thread, ty, &all)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

/// `property(fget=None, fset=None, fdel=None, doc=None)`
fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], keywords: Option<&PyTuple>) -> PyResult<()> {
    let parameters = Parameters {
        function: "property",
        names: ["fget", "fset", "fdel", "doc"],
        positional_only: 0,
        positional: 4,
        required: 0,
    };
    let given = parameters.bind(thread, arguments, keywords)?;
    let [get, set, delete, doc] =
        given.map(|value| value.filter(|value| !value.is_none()).map(Ref::to_value));
    let Some(property) = this.get::<PyProperty>() else { return Ok(()) };
    let mut doc = doc;
    let mut of_getter = false;
    if doc.is_none()
        && let Some(get) = &get
    {
        doc = find_attribute(thread, get.as_ref(), names::__doc__.get())?;
        doc = doc.filter(|doc| !doc.as_ref().is_none());
        of_getter = doc.is_some();
    }
    put(property.prop_get(), get);
    put(property.prop_set(), set);
    put(property.prop_del(), delete);
    put(property.prop_name(), None);
    property.getter_doc().set([i32::from(of_getter), 0]);
    put(property.prop_doc(), doc.clone());
    if std::ptr::eq(this.ty(), &raw const PROPERTY) {
        return Ok(());
    }
    keep_doc_of_derived(thread, this, doc)
}

fn put(slot: &Slot, value: Option<Value>) {
    drop(slot.replace(value));
}

/// An instance of a derived class has its documentation in its dict: `__doc__` of the class stands before the field.
fn keep_doc_of_derived(thread: &Thread, this: Ref<'_>, doc: Option<Value>) -> PyResult<()> {
    let none = doc.is_none();
    let doc = doc.unwrap_or_else(Value::none);
    let Err(raised) = protocol::set_attribute(thread, this, names::__doc__.get(), Some(doc)) else {
        return Ok(());
    };
    let exception = thread.catch(raised);
    if none && exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
        return Ok(());
    }
    Err(thread.raise(exception))
}

/// A property like this one with one of its functions replaced.
fn copy(thread: &Thread, this: Ref<'_>, at: usize, function: Ref<'_>) -> PyResult<Value> {
    let Some(property) = this.get::<PyProperty>() else { return Ok(Value::none()) };
    let or_none = |slot: &Slot| slot.get().unwrap_or_else(Value::none);
    let mut parts = [
        or_none(property.prop_get()),
        or_none(property.prop_set()),
        or_none(property.prop_del()),
        or_none(property.prop_doc()),
    ];
    if let Some(part) = parts.get_mut(at).filter(|_| !function.is_none()) {
        *part = function.to_value();
    }
    let of_getter = property.getter_doc().get()[0] != 0;
    if of_getter && !parts[0].as_ref().is_none() {
        parts[3] = Value::none();
    }
    let made = protocol::call(thread, as_ref(this.ty()), &parts, None)?;
    if let Some(made) = made.as_ref().get::<PyProperty>() {
        put(made.prop_name(), property.prop_name().get());
    }
    Ok(made)
}

fn getter(thread: &Thread, this: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    copy(thread, this, 0, function)
}

fn setter(thread: &Thread, this: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    copy(thread, this, 1, function)
}

fn deleter(thread: &Thread, this: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    copy(thread, this, 2, function)
}

fn set_name(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let [_, name] = arguments else {
        let given = arguments.len();
        let message = format!("__set_name__() takes 2 positional arguments but {given} were given");
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    if let Some(property) = this.get::<PyProperty>() {
        put(property.prop_name(), Some(name.clone()));
    }
    Ok(Value::none())
}

fn name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = match this.get::<PyProperty>() {
        Some(property) => property.name(thread)?,
        None => None,
    };
    name.ok_or_else(|| {
        let ty = this.ty().name();
        raise!(thread, ATTRIBUTE_ERROR, "'{ty}' object has no attribute '__name__'")
    })
}

fn set_own_name(_: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    if let Some(property) = this.get::<PyProperty>() {
        put(property.prop_name(), value);
    }
    Ok(())
}

fn is_abstract(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(property) = this.get::<PyProperty>() else { return Ok(Value::bool(false)) };
    for function in [property.prop_get(), property.prop_set(), property.prop_del()] {
        if let Some(function) = function.get()
            && is_abstract_function(thread, function.as_ref())?
        {
            return Ok(Value::bool(true));
        }
    }
    Ok(Value::bool(false))
}

/// Whether a function says that it is abstract.
pub(super) fn is_abstract_function(thread: &Thread, function: Ref<'_>) -> PyResult<bool> {
    let _guard = thread.recurse("")?;
    match find_attribute(thread, function, names::__isabstractmethod__.get())? {
        Some(value) => protocol::truth(thread, value.as_ref()),
        None => Ok(false),
    }
}
