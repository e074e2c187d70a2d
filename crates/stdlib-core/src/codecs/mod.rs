//! The module `_codecs`: `registry.rs` finds codecs and error handlers by name, `handlers.rs` has the handlers that are
//! built in, `standard.rs` the encodings that are built in, `charmap.rs` those by a table, `escape.rs` bytes as they are
//! written in sources.

mod charmap;
mod escape;
mod handlers;
mod registry;
mod standard;

use taipan_object::buffer::bytes_of;
use taipan_object::module::PyModule;
use taipan_object::{Interp, PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::modules::ModuleDef;

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance One c"register" "($module, search_function, /)" registry::register, c"Adds a function that finds codecs.";
    Instance One c"unregister" "($module, search_function, /)" registry::unregister, c"Takes such a function away.";
    Instance One c"lookup" "($module, encoding, /)" registry::lookup_function, c"The codec of a name.";
    Instance Keywords c"encode" "($module, /, obj, encoding='utf-8', errors='strict')" registry::encode, c"Encodes an object by a codec.";
    Instance Keywords c"decode" "($module, /, obj, encoding='utf-8', errors='strict')" registry::decode, c"Decodes an object by a codec.";
    Instance Two c"register_error" "($module, errors, handler, /)" registry::register_error, c"Gives an error handler its name.";
    Instance One c"_unregister_error" "($module, errors, /)" registry::unregister_error, c"Takes the name of an error handler away.";
    Instance One c"lookup_error" "($module, name, /)" registry::lookup_error_function, c"The error handler of a name.";
    Instance Positional c"escape_encode" "($module, data, errors=None, /)" escape::encode, c"Bytes as they are written in sources.";
    Instance Positional c"escape_decode" "($module, data, errors=None, /)" escape::decode, c"Bytes as they were written in a source.";
    Instance Positional c"charmap_encode" "($module, str, errors=None, mapping=None, /)" charmap::encode, c"Encodes by a table.";
    Instance Positional c"charmap_decode" "($module, data, errors=None, mapping=None, /)" charmap::decode, c"Decodes by a table.";
    Instance One c"charmap_build" "($module, map, /)" charmap::build, c"The table that is the reverse of a text.";
    Instance Positional c"readbuffer_encode" "($module, data, errors=None, /)" escape::readbuffer, c"The bytes themselves.";
}

/// `_codecs`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_codecs",
    doc: Some("What codecs are made of."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    standard::add_functions(thread, module)
}

/// The static types of this module.
pub(crate) fn types() -> [&'static taipan_object::types::PyTypeObject; 1] {
    [&registry::REGISTRY]
}

/// Lets an interpreter's strings and bytes ask for codecs.
pub(crate) fn prepare(interp: &Interp) {
    interp.hooks.encode.set(registry::encode_text);
    interp.hooks.decode.set(registry::decode_bytes);
    interp.hooks.error_handler.set(registry::lookup_error);
}

/// The optional argument that names an error handler.
pub(super) fn errors_of(thread: &Thread, function: &str, value: Option<&Value>) -> PyResult<String> {
    match value.map(Value::as_ref).filter(|value| !value.is_none()) {
        None => Ok("strict".to_owned()),
        Some(value) => match value.get::<taipan_object::str::PyStr>() {
            Some(name) => Ok(name.to_text_lossy()),
            None => {
                let wanted = "str or None";
                Err(taipan_runtime_builtins::arguments::wrong_type(
                    thread,
                    function,
                    "argument 2",
                    wanted,
                    value,
                ))
            }
        },
    }
}

/// A pair of a result and how much of the argument it took.
pub(super) fn pair(thread: &Thread, value: Value, used: usize) -> PyResult<Value> {
    let used = Value::int(thread, used as i64)?;
    Ok(taipan_object::tuple::PyTuple::pack(thread, [value, used])?.into_value())
}

/// A string argument.
pub(super) fn text_argument<'a>(
    thread: &Thread,
    function: &str,
    value: &'a Value,
) -> PyResult<&'a taipan_object::str::PyStr> {
    call::str_argument(thread, function, "argument 1", value.as_ref())
}

/// Bytes, or a string as UTF-8.
pub(super) fn bytes_or_text(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<u8>> {
    match value.get::<taipan_object::str::PyStr>() {
        Some(text) => taipan_runtime_builtins::codecs::Encoding::Utf8.encode(thread, text, "strict"),
        None => Ok(bytes_of(thread, value)?.to_vec()),
    }
}
