//! The module `_json`: what the package `json` is fast by. `strings.rs` reads and writes strings, `scan.rs` reads values,
//! `encode.rs` writes them.

mod encode;
mod scan;
mod strings;

use taipan_object::declare::method_table;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use strings::{Plain, text_of};

method_table! { FUNCTIONS:
    Instance One c"encode_basestring" "($self, object, /)" encode_basestring, c"A string as JSON.";
    Instance One c"encode_basestring_ascii" "($self, object, /)" encode_basestring_ascii, c"A string as JSON of ASCII.";
    Instance Positional c"scanstring" "" scan::scanstring, c"The string behind a quote of JSON, and the place behind it.";
}

/// `_json`
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_json",
    doc: Some("The fast part of json."),
    functions: &FUNCTIONS,
    exec: Some(|thread, module| {
        let types: [(&str, &'static PyTypeObject); 2] =
            [("make_scanner", &scan::SCANNER), ("make_encoder", &encode::ENCODER)];
        for (name, ty) in types {
            add(thread, module, name, as_ref(ty).to_value())?;
        }
        Ok(())
    }),
};

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&scan::SCANNER, &encode::ENCODER]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &scan::SCANNER, &scan::ATTRIBUTES)?;
    install::attributes(thread, &encode::ENCODER, &encode::ATTRIBUTES)
}

fn encoded(thread: &Thread, text: Ref<'_>, plain: Plain) -> PyResult<Value> {
    let text = text_of(thread, text)?;
    let mut out = StrBuilder::new();
    strings::write(thread, &mut out, text, plain)?;
    Ok(out.finish(thread)?.into_value())
}

fn encode_basestring(thread: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    encoded(thread, text, Plain::All)
}

fn encode_basestring_ascii(thread: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    encoded(thread, text, Plain::Ascii)
}

/// Raises `json.JSONDecodeError`.
#[cold]
fn decode_error(thread: &Thread, message: &str, text: &PyStr, at: usize) -> Raised {
    let made = intern_text(thread, "json.decoder").and_then(|name| {
        let module = (thread.interp().hooks.import.get())(thread, &name)?;
        let name = intern_text(thread, "JSONDecodeError")?;
        let class = protocol::get_attribute(thread, module.as_ref(), &name)?;
        let message = PyStr::from_text(thread, message.trim_end_matches(": "))?.into_value();
        let arguments = [message, as_ref(text).to_value(), Value::int(thread, at as i64)?];
        protocol::call(thread, class.as_ref(), &arguments, None)
    });
    match made {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}
