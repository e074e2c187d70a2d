//! `Template`: what a t-string gives. Invariant: there is one string more than there are interpolations.

use std::mem::offset_of;

use taipan_object::declare::{attribute_table, method_table, native_state};
use taipan_object::native::{Native, NativeStatic};
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, StrBuilder, statics};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};

use super::interpolation::{INTERPOLATION, value_of};
use super::iterator;
use crate::generics::class_getitem;
use crate::objects::import;
use crate::text;

/// Two tuples.
#[derive(Default)]
pub(super) struct Template {
    strings: Slot,
    interpolations: Slot,
}

native_type! {
    /// `string.templatelib.Template`.
    pub(super) static TEMPLATE: Template = "string.templatelib.Template", flags 0, dict false, weak false,
    does { new: new, repr: repr, iter: iter, concat: concat }
}

native_state!(Template in TEMPLATE: strings, interpolations);

/// The tuples as fields of an object.
pub(super) const FIELDS: [(&str, u32); 2] = [
    ("strings", NativeStatic::<Template>::offset(offset_of!(Template, strings))),
    ("interpolations", NativeStatic::<Template>::offset(offset_of!(Template, interpolations))),
];

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the template again from.";
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The class with arguments in brackets.";
}

attribute_table! { ATTRIBUTES:
    "values" values, None, "The values of the interpolations.";
}

/// A template of a tuple of strings and one of interpolations, one less.
///
/// # Errors
/// `MemoryError`.
pub fn make(thread: &Thread, strings: Value, interpolations: Value) -> PyResult<Value> {
    let state = Template { strings: Slot::new(strings), interpolations: Slot::new(interpolations) };
    Ok(Native::new(thread, state)?.into_value())
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "Template.__new__ only accepts *args arguments"));
    }
    let mut parts = Parts::default();
    for argument in arguments {
        let argument = argument.as_ref();
        if let Some(text) = argument.get::<PyStr>() {
            parts.text(thread, Owned::new_ref(text))?;
        } else if argument.ty().is_subtype(&INTERPOLATION) {
            parts.interpolation(argument.to_value());
        } else {
            let got = argument.ty().name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {got}"
            ));
        }
    }
    parts.finish(thread)
}

/// Strings and interpolations while a template is put together: strings beside each other become one.
#[derive(Default)]
struct Parts {
    strings: Vec<Value>,
    interpolations: Vec<Value>,
    last: Option<Owned<PyStr>>,
}

impl Parts {
    fn text(&mut self, thread: &Thread, text: Owned<PyStr>) -> PyResult<()> {
        self.last = Some(match self.last.take() {
            None => text,
            Some(before) => {
                let mut builder = StrBuilder::new();
                builder.push(thread, &before)?;
                builder.push(thread, &text)?;
                builder.finish(thread)?
            }
        });
        Ok(())
    }

    fn interpolation(&mut self, interpolation: Value) {
        self.strings.push(self.last.take().unwrap_or_else(statics::empty).into_value());
        self.interpolations.push(interpolation);
    }

    fn finish(mut self, thread: &Thread) -> PyResult<Value> {
        self.strings.push(self.last.take().unwrap_or_else(statics::empty).into_value());
        let strings = PyTuple::from_values(thread, self.strings)?.into_value();
        make(thread, strings, PyTuple::from_values(thread, self.interpolations)?.into_value())
    }
}

/// Both tuples of a template.
fn tuples(this: Ref<'_>) -> Option<[Owned<PyTuple>; 2]> {
    let this = this.get::<Native<Template>>()?;
    let tuple = |slot: &Slot| slot.get()?.downcast::<PyTuple>().ok();
    Some([tuple(&this.strings)?, tuple(&this.interpolations)?])
}

fn values(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some([_, interpolations]) = tuples(this) else { return Ok(Value::none()) };
    let values: Vec<Value> = interpolations.iter().filter_map(value_of).collect();
    Ok(PyTuple::from_values(thread, values)?.into_value())
}

fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match tuples(this) {
        Some([strings, interpolations]) => iterator::over(thread, strings, interpolations),
        None => Ok(Value::not_implemented()),
    }
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some([strings, interpolations]) = tuples(this) else { return Ok(Value::not_implemented()) };
    let _guard = thread.recurse(" while getting the repr of an object")?;
    let mut builder = StrBuilder::new();
    builder.push_str(thread, this.ty().short_name())?;
    builder.push_str(thread, "(strings=")?;
    builder.push(thread, &*text::repr(thread, strings.as_ref())?)?;
    builder.push_str(thread, ", interpolations=")?;
    builder.push(thread, &*text::repr(thread, interpolations.as_ref())?)?;
    builder.push_str(thread, ")")?;
    builder.finish(thread).map(Owned::into_value)
}

fn cannot_concat(thread: &Thread, left: Ref<'_>, right: Ref<'_>) -> Raised {
    let (left, right) = (left.ty().name(), right.ty().name());
    raise!(thread, TYPE_ERROR, "can only concatenate {left} (not \"{right}\") to {left}")
}

fn concat(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    let (Some([strings, interpolations]), Some([more_strings, more])) = (tuples(this), tuples(other)) else {
        return Err(cannot_concat(thread, this, other));
    };
    let mut parts = Parts::default();
    for (strings, interpolations) in [(strings, interpolations), (more_strings, more)] {
        for (at, text) in strings.iter().enumerate() {
            if let Some(text) = text.get::<PyStr>() {
                parts.text(thread, Owned::new_ref(text))?;
            }
            if let Some(interpolation) = interpolations.get(at) {
                parts.interpolation(interpolation);
            }
        }
    }
    parts.finish(thread)
}

/// Pickled by a function of the module, which takes both tuples.
fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some([strings, interpolations]) = tuples(this) else { return Ok(Value::not_implemented()) };
    let module = import(thread, &*intern_text(thread, "string.templatelib")?)?;
    let name = intern_text(thread, "_template_unpickle")?;
    let function = protocol::get_attribute(thread, module.as_ref(), &name)?;
    let parts = PyTuple::pack(thread, [strings.into_value(), interpolations.into_value()])?;
    Ok(PyTuple::pack(thread, [function, parts.into_value()])?.into_value())
}
