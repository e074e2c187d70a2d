//! `itemgetter`, `attrgetter`, `methodcaller`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::native::{Native, NativeStatic, NativeType};
use taipan_object::protocol::{self, get_attribute};
use taipan_object::slot::Slot;
use taipan_object::str::intern::{intern, intern_text};
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, raise};

use crate::arguments::check_count;
use crate::format::template::names_as_dict;
use crate::install;
use crate::iterators::reduced_call;
use crate::methods::method_table;
use crate::text;
use taipan_object::declare::{native_state, receiver};

type Names<'a> = Option<&'a PyTuple>;

/// A tuple of keys.
#[derive(Default)]
pub(super) struct ItemGetter {
    keys: Slot,
}

native_type! {
    /// `itemgetter`.
    pub(super) static ITEMGETTER: ItemGetter = "operator.itemgetter", flags 0, dict false, weak false,
    does { new: new_itemgetter, call: call_itemgetter, repr: |thread, this| repr(thread, this, "itemgetter") }
}

native_state!(ItemGetter in ITEMGETTER: keys);

/// A tuple of names, which may have dots.
#[derive(Default)]
pub(super) struct AttrGetter {
    names: Slot,
}

native_type! {
    /// `attrgetter`.
    pub(super) static ATTRGETTER: AttrGetter = "operator.attrgetter", flags 0, dict false, weak false,
    does { new: new_attrgetter, call: call_attrgetter, repr: |thread, this| repr(thread, this, "attrgetter") }
}

native_state!(AttrGetter in ATTRGETTER: names);

/// The name of a method, a tuple of arguments, a dict of those by name.
#[derive(Default)]
pub(super) struct MethodCaller {
    name: Slot,
    arguments: Slot,
    named: Slot,
}

native_type! {
    /// `methodcaller`.
    pub(super) static METHODCALLER: MethodCaller = "operator.methodcaller", flags 0, dict false, weak false,
    does { new: new_methodcaller, call: call_methodcaller, repr: |thread, this| repr(thread, this, "methodcaller") }
}

native_state!(MethodCaller in METHODCALLER: name, arguments, named);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the callable again from.";
}

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__text_signature__",
    get: |thread, _| Ok(PyStr::from_text(thread, "(obj, /)")?.into_value()),
    set: None,
    doc: "how the object is called",
}];

/// Puts methods and attributes into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &ITEMGETTER, &ATTRIBUTES)?;
    install::attributes(thread, &ATTRGETTER, &ATTRIBUTES)?;
    install::attributes(thread, &METHODCALLER, &ATTRIBUTES)?;
    install::methods(thread, &ITEMGETTER, &METHODS)?;
    install::methods(thread, &ATTRGETTER, &METHODS)?;
    install::methods(thread, &METHODCALLER, &METHODS)
}

/// The parts that a callable was made with: those by position, then those by name.
fn parts(this: Ref<'_>) -> (Vec<Value>, Option<Owned<PyDict>>) {
    let items = |slot: &Slot| -> Vec<Value> {
        let tuple = slot.get();
        let tuple = tuple.as_ref().and_then(|tuple| tuple.as_ref().get::<PyTuple>());
        tuple.into_iter().flat_map(PyTuple::iter).map(Ref::to_value).collect()
    };
    if let Some(getter) = this.get::<Native<ItemGetter>>() {
        return (items(&getter.keys), None);
    }
    if let Some(getter) = this.get::<Native<AttrGetter>>() {
        return (items(&getter.names), None);
    }
    let Some(caller) = this.get::<Native<MethodCaller>>() else { return (Vec::new(), None) };
    let mut all: Vec<Value> = caller.name.get().into_iter().collect();
    all.extend(items(&caller.arguments));
    (all, caller.named.get_as::<PyDict>())
}

fn repr(thread: &Thread, this: Ref<'_>, name: &str) -> PyResult<Value> {
    let Some(_guard) = text::Printing::enter(thread, this) else {
        let shown = format!("operator.{name}(...)");
        return Ok(PyStr::from_text(thread, &shown)?.into_value());
    };
    let (positional, named) = parts(this);
    let mut builder = StrBuilder::new();
    builder.push_str(thread, &format!("operator.{name}("))?;
    let mut separator = "";
    for part in positional {
        builder.push_str(thread, separator)?;
        let part = text::repr(thread, part.as_ref())?;
        builder.push(thread, &part)?;
        separator = ", ";
    }
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = named.as_ref().and_then(|named| cursor.next(named)) {
        builder.push_str(thread, separator)?;
        let name = text::str(thread, name.as_ref())?;
        builder.push(thread, &name)?;
        builder.push_str(thread, "=")?;
        let value = text::repr(thread, value.as_ref())?;
        builder.push(thread, &value)?;
        separator = ", ";
    }
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = as_ref(this.ty()).to_value();
    let (positional, named) = parts(this);
    let Some(named) = named.filter(|named| !named.is_empty()) else {
        return reduced_call(thread, class, positional);
    };
    // a partial of the class has the arguments by name
    let name = positional.first().cloned().unwrap_or_else(Value::none);
    let (mut arguments, mut names) = (vec![class, name], Vec::new());
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = cursor.next(&named) {
        names.push(name);
        arguments.push(value);
    }
    let names = PyTuple::from_values(thread, names)?;
    let partial = super::super::functools::partial_class();
    let partial = protocol::call(thread, as_ref(partial), &arguments, Some(&names))?;
    reduced_call(thread, partial, positional.into_iter().skip(1).collect())
}

/// Refuses arguments by name.
fn no_names<S: NativeType>(thread: &Thread, ty: &NativeStatic<S>, names: Names<'_>) -> PyResult<()> {
    match names {
        Some(names) if !names.is_empty() => {
            Err(raise!(thread, TYPE_ERROR, "{}() takes no keyword arguments", ty.short_name()))
        }
        _ => Ok(()),
    }
}

fn new_itemgetter(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    no_names(thread, &ITEMGETTER, names)?;
    if arguments.is_empty() {
        check_count(thread, "itemgetter", 0, 1, 1)?;
    }
    let keys = Slot::new(PyTuple::from_values(thread, arguments.to_vec())?.into_value());
    Ok(Native::new_in(thread, class, ItemGetter { keys })?.into_value())
}

/// What one object has for each part: alone if there is one, else in a tuple.
fn for_parts(
    thread: &Thread,
    parts: &Slot,
    mut read: impl FnMut(Ref<'_>) -> PyResult<Value>,
) -> PyResult<Value> {
    let held = parts.get();
    let Some(parts) = held.as_ref().and_then(|parts| parts.as_ref().get::<PyTuple>()) else {
        return Ok(Value::none());
    };
    if let (1, Some(only)) = (parts.len(), parts.borrow(0)) {
        return read(only);
    }
    let mut all = TupleBuilder::new(thread, parts.len())?;
    for part in parts.iter() {
        all.push(read(part)?);
    }
    Ok(all.finish().into_value())
}

fn call_itemgetter(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    no_names(thread, &ITEMGETTER, names)?;
    check_count(thread, "itemgetter", arguments.len(), 1, 1)?;
    let object = arguments.first().map_or(this, Value::as_ref);
    let getter = receiver::<ItemGetter>(thread, this)?;
    for_parts(thread, &getter.keys, |key| protocol::subscript(thread, object, key))
}

fn new_attrgetter(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    no_names(thread, &ATTRGETTER, names)?;
    if arguments.is_empty() {
        check_count(thread, "attrgetter", 0, 1, 1)?;
    }
    let mut all = TupleBuilder::new(thread, arguments.len())?;
    for name in arguments {
        let Some(text) = name.as_ref().get::<PyStr>() else {
            return Err(raise!(thread, TYPE_ERROR, "attribute name must be a string"));
        };
        all.push(intern(thread, text.slice(thread, 0, text.len())?)?.into_value());
    }
    let names = Slot::new(all.finish().into_value());
    Ok(Native::new_in(thread, class, AttrGetter { names })?.into_value())
}

/// The attribute of a name with dots.
fn attribute(thread: &Thread, object: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let Some(name) = name.get::<PyStr>() else { return Ok(Value::none()) };
    if name.find_char(u32::from('.'), 0).is_none() {
        return get_attribute(thread, object, name);
    }
    let mut value = object.to_value();
    for part in name.to_text_lossy().split('.') {
        value = get_attribute(thread, value.as_ref(), &*intern_text(thread, part)?)?;
    }
    Ok(value)
}

fn call_attrgetter(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    no_names(thread, &ATTRGETTER, names)?;
    check_count(thread, "attrgetter", arguments.len(), 1, 1)?;
    let object = arguments.first().map_or(this, Value::as_ref);
    let getter = receiver::<AttrGetter>(thread, this)?;
    for_parts(thread, &getter.names, |name| attribute(thread, object, name))
}

fn new_methodcaller(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let Some((name, rest)) = positional.split_first() else {
        let message = "methodcaller needs at least one argument, the method name";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let Some(text) = name.as_ref().get::<PyStr>() else {
        return Err(raise!(thread, TYPE_ERROR, "method name must be a string"));
    };
    let name = intern(thread, text.slice(thread, 0, text.len())?)?;
    let state = MethodCaller {
        name: Slot::new(name.into_value()),
        arguments: Slot::new(PyTuple::from_values(thread, rest.to_vec())?.into_value()),
        named: Slot::from_option(names_as_dict(thread, named, names)?.map(Owned::into_value)),
    };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn call_methodcaller(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    no_names(thread, &METHODCALLER, names)?;
    check_count(thread, "methodcaller", arguments.len(), 1, 1)?;
    let object = arguments.first().map_or(this, Value::as_ref);
    let caller = receiver::<MethodCaller>(thread, this)?;
    let name = caller.name.get().and_then(|name| name.downcast::<PyStr>().ok());
    let Some(name) = name else { return Ok(Value::none()) };
    let method = get_attribute(thread, object, &name)?;
    let (all, named) = parts(this);
    let mut all: Vec<Value> = all.into_iter().skip(1).collect();
    let mut names = Vec::new();
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = named.as_ref().and_then(|named| cursor.next(named)) {
        names.push(name);
        all.push(value);
    }
    let names = PyTuple::from_values(thread, names)?;
    protocol::call(thread, method.as_ref(), &all, (!names.is_empty()).then_some(&*names))
}
