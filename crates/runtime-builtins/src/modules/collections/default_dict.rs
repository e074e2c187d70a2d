//! `defaultdict`: a dict that makes values for keys that are not there.

use taipan_object::descriptor::member::MemberKind;
use taipan_object::dict::PyDict;
use taipan_object::dict::derived::{DEFAULT_DICT, PyDefaultDict};
use taipan_object::exception::KEY_ERROR;
use taipan_object::items::to_c;
use taipan_object::protocol::{self, get_attribute};
use taipan_object::str::StrBuilder;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use crate::methods::{dict, method_table};
use crate::{install, text};

method_table! { METHODS:
    Instance One c"__missing__" "($self, key, /)" missing, c"Makes the value of a key that is not there.";
    Instance None c"copy" "($self, /)" copy, c"A defaultdict of the same pairs.";
    Instance None c"__copy__" "($self, /)" copy, c"A defaultdict of the same pairs.";
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the defaultdict again from.";
}

/// Fills the slots.
pub(super) fn install_slots() {
    let slots = DEFAULT_DICT.slots();
    slots.new.set(Some(new));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
    slots.or.set(Some(or));
}

/// Puts methods and attributes into the type.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DEFAULT_DICT, &METHODS)?;
    crate::generics::make_generic(thread, &DEFAULT_DICT)?;
    install::fields(thread, &DEFAULT_DICT, &[("default_factory", 48, MemberKind::Object, false)])
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyDefaultDict> {
    this.get::<PyDefaultDict>().ok_or_else(|| {
        let got = this.ty().name();
        raise!(thread, TYPE_ERROR, "'collections.defaultdict' object expected, not '{got}'")
    })
}

fn factory(this: &PyDefaultDict) -> Option<Value> {
    this.default_factory().get().filter(|factory| !factory.as_ref().is_none())
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(new_instance::<PyDefaultDict>(thread, class)?.into_value())
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let made = receiver(thread, this)?;
    let by_name = names.map_or(0, PyTuple::len);
    let positional = arguments.len().saturating_sub(by_name);
    let (factory, rest) = match arguments.split_first() {
        Some((factory, rest)) if positional > 0 => (Some(factory.clone()), rest),
        _ => (None, arguments),
    };
    if let Some(factory) = &factory
        && !factory.as_ref().is_none()
        && factory.as_ref().ty().slots().call.get().is_none()
    {
        return Err(raise!(thread, TYPE_ERROR, "first argument must be callable or None"));
    }
    let factory = factory.map(|factory| to_c(thread, factory)).transpose()?;
    drop(made.default_factory().replace(factory));
    dict::update_by(thread, this, rest, names, "dict")
}

fn missing(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let made = receiver(thread, this)?;
    let Some(factory) = factory(made) else { return Err(thread.raise_value(&KEY_ERROR, key.to_value())) };
    let value = protocol::call(thread, factory.as_ref(), &[], None)?;
    // the factory may have set it itself
    made.dict().get_or_insert(thread, key, value)
}

/// The class called with the factory and the pairs.
fn like(thread: &Thread, this: Ref<'_>, pairs: Value) -> PyResult<Value> {
    let factory = factory(receiver(thread, this)?).unwrap_or_else(Value::none);
    protocol::call(thread, as_ref(this.ty()), &[factory, pairs], None)
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    like(thread, this, this.to_value())
}

fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let (own, other) = match a.get::<PyDefaultDict>() {
        Some(_) => (a, b),
        None => (b, a),
    };
    if own.get::<PyDefaultDict>().is_none() || other.get::<PyDict>().is_none() {
        return Ok(Value::not_implemented());
    }
    let union = like(thread, own, a.to_value())?;
    if let Some(dict) = union.as_ref().get::<PyDict>() {
        dict::update_from(thread, dict, b)?;
    }
    Ok(union)
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let made = receiver(thread, this)?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, this.ty().short_name())?;
    builder.push_str(thread, "(")?;
    // a factory that shows the dict itself ends in dots
    let shown = factory(made).unwrap_or_else(Value::none);
    let shown = match text::Printing::enter(thread, this) {
        Some(_guard) => text::repr(thread, shown.as_ref())?,
        None => taipan_object::str::PyStr::from_text(thread, "...")?,
    };
    builder.push(thread, &shown)?;
    builder.push_str(thread, ", ")?;
    let pairs = match taipan_object::types::statics::DICT.slots().repr.get() {
        Some(repr) => repr(thread, this)?,
        None => Value::none(),
    };
    let pairs = text::str(thread, pairs.as_ref())?;
    builder.push(thread, &pairs)?;
    builder.push_str(thread, ")")?;
    Ok(builder.finish(thread)?.into_value())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let arguments = match factory(receiver(thread, this)?) {
        Some(factory) => PyTuple::pack(thread, [factory])?,
        None => PyTuple::empty(),
    };
    let items = get_attribute(thread, this, taipan_object::str::statics::names::items.get())?;
    let items = protocol::call(thread, items.as_ref(), &[], None)?;
    let items = protocol::iter(thread, items.as_ref())?;
    let (class, none) = (as_ref(this.ty()).to_value(), Value::none());
    let parts = [class, arguments.into_value(), none.clone(), none, items];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}
