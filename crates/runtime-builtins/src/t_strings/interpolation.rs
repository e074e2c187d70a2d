//! `Interpolation`: a value of a t-string, with the text that it was made from and how it is to be formatted.

use std::mem::offset_of;

use taipan_object::declare::{method_table, native_state};
use taipan_object::native::{Native, NativeStatic};
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, raise};

use crate::arguments::Parameters;
use crate::generics::class_getitem;
use crate::{install, text};

/// The four parts.
#[derive(Default)]
pub(super) struct Interpolation {
    value: Slot,
    expression: Slot,
    conversion: Slot,
    format_spec: Slot,
}

native_type! {
    /// `string.templatelib.Interpolation`.
    pub(super) static INTERPOLATION: Interpolation = "string.templatelib.Interpolation", flags 0, dict false, weak false,
    does { new: new, repr: repr }
}

native_state!(Interpolation in INTERPOLATION: value, expression, conversion, format_spec);

/// The parts as fields of an object.
pub(super) const FIELDS: [(&str, u32); 4] = [
    ("value", NativeStatic::<Interpolation>::offset(offset_of!(Interpolation, value))),
    ("expression", NativeStatic::<Interpolation>::offset(offset_of!(Interpolation, expression))),
    ("conversion", NativeStatic::<Interpolation>::offset(offset_of!(Interpolation, conversion))),
    ("format_spec", NativeStatic::<Interpolation>::offset(offset_of!(Interpolation, format_spec))),
];

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the interpolation again from.";
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The class with arguments in brackets.";
}

/// `__match_args__`.
pub(super) fn set_match_args(thread: &Thread) -> PyResult<()> {
    install::entries(thread, &INTERPOLATION, |thread, dict| {
        let names = FIELDS.map(|(name, _)| intern_text(thread, name).map(Owned::into_value));
        let names = names.into_iter().collect::<PyResult<Vec<Value>>>()?;
        install::insert(thread, dict, "__match_args__", PyTuple::from_values(thread, names)?.into_value())
    })
}

/// An interpolation of these parts; the conversion is a letter or none.
///
/// # Errors
/// `MemoryError`.
pub fn make(
    thread: &Thread,
    value: Value,
    expression: Value,
    conversion: Option<char>,
    format_spec: Option<Value>,
) -> PyResult<Value> {
    let conversion = match conversion {
        Some(letter) => intern_text(thread, letter.encode_utf8(&mut [0; 4]))?.into_value(),
        None => Value::none(),
    };
    let format_spec = format_spec.unwrap_or_else(|| taipan_object::str::statics::empty().into_value());
    from_parts(thread, [value, expression, conversion, format_spec])
}

fn from_parts(thread: &Thread, parts: [Value; 4]) -> PyResult<Value> {
    let [value, expression, conversion, format_spec] = parts.map(Slot::new);
    let state = Interpolation { value, expression, conversion, format_spec };
    Ok(Native::new(thread, state)?.into_value())
}

const NEW: Parameters<4> = Parameters {
    function: "Interpolation",
    names: ["value", "expression", "conversion", "format_spec"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(value), expression, conversion, format_spec] = NEW.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let text = |name: &str, given: Option<Ref<'_>>| match given {
        None => Ok(taipan_object::str::statics::empty().into_value()),
        Some(given) if given.get::<PyStr>().is_some() => Ok(given.to_value()),
        Some(given) => {
            let got = if given.is_none() { "None" } else { given.ty().short_name() };
            Err(raise!(thread, TYPE_ERROR, "Interpolation() argument '{name}' must be str, not {got}"))
        }
    };
    let expression = text("expression", expression)?;
    let conversion = conversion_of(thread, conversion)?;
    let format_spec = text("format_spec", format_spec)?;
    from_parts(thread, [value.to_value(), expression, conversion, format_spec])
}

fn conversion_of(thread: &Thread, given: Option<Ref<'_>>) -> PyResult<Value> {
    let Some(given) = given.filter(|given| !given.is_none()) else { return Ok(Value::none()) };
    let Some(text) = given.get::<PyStr>() else {
        let got = given.ty().short_name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "Interpolation() argument 'conversion' must be str, not {got}"
        ));
    };
    if !["s", "a", "r"].into_iter().any(|letter| text.equals_text(letter)) {
        let message = "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    Ok(given.to_value())
}

fn parts_of(this: Ref<'_>) -> Option<[Value; 4]> {
    let this = this.get::<Native<Interpolation>>()?;
    let slots = [&this.value, &this.expression, &this.conversion, &this.format_spec];
    Some(slots.map(|slot| slot.get().unwrap_or_else(Value::none)))
}

/// The value that stands in the text.
pub(super) fn value_of(this: Ref<'_>) -> Option<Value> {
    this.get::<Native<Interpolation>>()?.value.get()
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(parts) = parts_of(this) else { return Ok(Value::not_implemented()) };
    let _guard = thread.recurse(" while getting the repr of an object")?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, this.ty().short_name())?;
    for (at, part) in parts.iter().enumerate() {
        builder.push_str(thread, if at == 0 { "(" } else { ", " })?;
        builder.push(thread, &*text::repr(thread, part.as_ref())?)?;
    }
    builder.push_str(thread, ")")?;
    builder.finish(thread).map(Owned::into_value)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(parts) = parts_of(this) else { return Ok(Value::not_implemented()) };
    let parts = PyTuple::pack(thread, parts)?.into_value();
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), parts])?.into_value())
}
