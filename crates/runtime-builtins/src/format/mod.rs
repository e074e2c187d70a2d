//! `format(value, specification)` and the `__format__` of the built-in types. One engine: `spec.rs` parses,
//! `number.rs` and `string` here make text, `layout.rs` puts it into its field.

mod layout;
pub(crate) mod markup;
mod number;
pub(crate) mod percent;
mod spec;
pub(crate) mod template;
#[cfg(test)]
mod tests;

use taipan_object::builtin::{Binding, MethodDef, Native};
use taipan_object::str::{PyStr, statics, statics::names};
use taipan_object::types::PyTypeObject;
use taipan_object::types::statics::{COMPLEX, FLOAT, INT, OBJECT, STR};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};

use crate::arguments::expect_str;
use crate::{install, text};
pub(crate) use layout::push_fill;
use spec::{Align, Spec, unknown_kind};

type Formatter = fn(&Thread, Ref<'_>, &PyStr) -> PyResult<Owned<PyStr>>;

/// The `__format__` of a type: what is the same for all of them, then its own.
fn call(thread: &Thread, this: Ref<'_>, spec: Ref<'_>, own: Formatter) -> PyResult<Value> {
    let spec = expect_str(thread, "__format__", "argument", spec)?;
    if spec.is_empty() {
        return Ok(text::str(thread, this)?.into_value());
    }
    Ok(own(thread, this, spec)?.into_value())
}

macro_rules! format_method {
    ($name:ident, $own:expr, $signature:literal, $doc:literal) => {
        static $name: [MethodDef; 1] = [MethodDef::new(
            c"__format__",
            Binding::Instance,
            Native::One(|thread, this, spec| call(thread, this, spec, $own)),
            $signature,
            $doc,
        )];
    };
}

format_method!(STR_FORMAT, format_str, "($self, format_spec, /)", c"The string in a field.");
format_method!(INT_FORMAT, number::format_int, "($self, format_spec, /)", c"The number in a field.");
format_method!(FLOAT_FORMAT, number::format_float, "($self, format_spec, /)", c"The number in a field.");
format_method!(COMPLEX_FORMAT, number::format_complex, "($self, format_spec, /)", c"The number in a field.");
format_method!(OBJECT_FORMAT, format_object, "($self, format_spec, /)", c"str(self), without specification.");

/// Puts the methods into their types.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    let all: [(&'static PyTypeObject, &'static [MethodDef]); _] = [
        (&STR, &STR_FORMAT),
        (&INT, &INT_FORMAT),
        (&FLOAT, &FLOAT_FORMAT),
        (&COMPLEX, &COMPLEX_FORMAT),
        (&OBJECT, &OBJECT_FORMAT),
    ];
    all.into_iter().try_for_each(|(ty, methods)| install::methods(thread, ty, methods))
}

/// `format(value, spec)`; no specification is an empty one.
pub fn format(thread: &Thread, value: Ref<'_>, spec: Option<&PyStr>) -> PyResult<Owned<PyStr>> {
    let is_empty = spec.is_none_or(PyStr::is_empty);
    if is_empty && (value.get_exact::<PyStr>().is_some() || value.word().is_int()) {
        return text::str(thread, value);
    }
    if let Some(spec) = spec
        && let Some(own) = own_formatter(value)
    {
        return if spec.is_empty() { text::str(thread, value) } else { own(thread, value, spec) };
    }
    let Some(found) = value.ty().lookup(thread, names::__format__.get())? else {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "Type {ty} doesn't define __format__"));
    };
    let bound = match found.as_ref().ty().slots().descr_get.get() {
        Some(get) => get(thread, found.as_ref(), Some(value), Some(taipan_object::as_ref(value.ty())))?,
        None => found,
    };
    let spec = spec.map_or_else(statics::empty, Owned::new_ref).into_value();
    let result = protocol::call(thread, bound.as_ref(), &[spec], None)?;
    result.downcast::<PyStr>().map_err(|other| {
        raise!(thread, TYPE_ERROR, "__format__ must return a str, not {}", other.as_ref().ty().name())
    })
}

/// The formatter of an instance of a built-in type that derives nothing.
fn own_formatter(value: Ref<'_>) -> Option<Formatter> {
    if value.get_exact::<PyStr>().is_some() {
        return Some(format_str);
    }
    match value.word() {
        word if word.is_float() => Some(number::format_float),
        word if word.is_int() => Some(number::format_int),
        _ => None,
    }
}

fn format_object(thread: &Thread, value: Ref<'_>, _: &PyStr) -> PyResult<Owned<PyStr>> {
    let ty = value.ty().name();
    Err(raise!(thread, TYPE_ERROR, "unsupported format string passed to {ty}.__format__"))
}

fn format_str(thread: &Thread, value: Ref<'_>, text: &PyStr) -> PyResult<Owned<PyStr>> {
    let spec = Spec::parse(thread, value, text, 's', Align::Left)?;
    let Some(this) = value.get::<PyStr>().filter(|_| spec.is_kind('s')) else {
        return Err(unknown_kind(thread, spec.kind, value));
    };
    let refused = match spec.sign {
        Some(spec::Sign::Space) => Some("Space"),
        Some(_) => Some("Sign"),
        None if spec.no_negative_zero => Some("Negative zero coercion (z)"),
        None if spec.alternate => Some("Alternate form (#)"),
        None if spec.align == Align::Sign => Some("'=' alignment"),
        None => None,
    };
    if let Some(what) = refused {
        return Err(raise!(thread, VALUE_ERROR, "{what} not allowed in string format specifier"));
    }
    let shown = spec.precision.map_or(this.len(), |precision| precision.min(this.len()));
    layout::padded(thread, &spec, &*this.slice(thread, 0, shown)?)
}
