//! Codecs and error handlers by name. What an interpreter knows of them stands in one object, made when it is first
//! needed; the module `encodings`, which finds nearly all of them, is imported then.

use taipan_object::builtin::{MethodDef, PyCFunction};
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::codecs::Handler;

use super::handlers;
use crate::call;
use taipan_object::declare::native_state;

/// Functions that find codecs, codecs that were found, error handlers.
#[derive(Default)]
pub(super) struct Registry {
    search: Slot,
    found: Slot,
    handlers: Slot,
}

native_type! {
    /// What an interpreter knows of codecs.
    pub(super) static REGISTRY: Registry = "_codecs.registry", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does {}
}

native_state!(Registry in REGISTRY: search, found, handlers);

struct Parts {
    search: Owned<PyList>,
    found: Owned<PyDict>,
    handlers: Owned<PyDict>,
}

/// What the interpreter knows.
fn parts(thread: &Thread) -> PyResult<Parts> {
    let slot = &thread.interp().codecs;
    let known = slot.get().and_then(|known| known.downcast::<Native<Registry>>().ok());
    let registry = match known {
        Some(known) => known,
        None => {
            let state = Registry {
                search: Slot::new(PyList::new(thread)?.into_value()),
                found: Slot::new(PyDict::new(thread)?.into_value()),
                handlers: Slot::new(handlers::all(thread)?.into_value()),
            };
            let made = Native::new(thread, state)?;
            drop(slot.replace(Some(made.clone().into_value())));
            made
        }
    };
    let gone = || raise!(thread, RUNTIME_ERROR, "the registry of codecs is gone");
    Ok(Parts {
        search: registry.search.get().and_then(|list| list.downcast().ok()).ok_or_else(gone)?,
        found: registry.found.get().and_then(|dict| dict.downcast().ok()).ok_or_else(gone)?,
        handlers: registry.handlers.get().and_then(|dict| dict.downcast().ok()).ok_or_else(gone)?,
    })
}

pub(super) fn register(thread: &Thread, _: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    if function.ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "argument must be callable"));
    }
    parts(thread)?.search.push(thread, function.to_value())?;
    Ok(Value::none())
}

pub(super) fn unregister(thread: &Thread, _: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    let parts = parts(thread)?;
    let at = (0..parts.search.len())
        .find(|&at| parts.search.get(at).is_some_and(|known| known.as_ref().is(function)));
    if let Some(at) = at {
        let old = parts.search.remove(at);
        drop(old);
        let old = parts.found.take();
        drop(old);
    }
    Ok(Value::none())
}

/// The name as search functions are given it.
fn normalized(name: &str) -> String {
    name.chars().map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cold]
fn unknown(thread: &Thread, name: &str) -> Raised {
    raise!(thread, LOOKUP_ERROR, "unknown encoding: {name}")
}

/// The codec of a name: a tuple of encoder, decoder, reader and writer.
fn lookup(thread: &Thread, name: &str) -> PyResult<Owned<PyTuple>> {
    let key = intern_text(thread, &normalized(name))?;
    let parts = parts(thread)?;
    if let Some(known) = parts.found.get_str(thread, &key)? {
        return known.downcast().map_err(|_| unknown(thread, name));
    }
    if parts.search.is_empty() && crate::import::is_there(thread) {
        let encodings = intern_text(thread, "encodings")?;
        drop(crate::import::import_module(thread, &encodings)?);
    }
    let mut at = 0;
    while let Some(function) = parts.search.get(at) {
        at += 1;
        let found = protocol::call(thread, function.as_ref(), &[key.as_ref().to_value()], None)?;
        if found.as_ref().is_none() {
            continue;
        }
        let found: Owned<PyTuple> = match found.downcast::<PyTuple>() {
            Ok(found) if found.len() == 4 => found,
            _ => return Err(raise!(thread, TYPE_ERROR, "codec search functions must return 4-tuples")),
        };
        let old = parts.found.insert(thread, key.as_ref(), found.clone().into_value())?;
        drop(old);
        return Ok(found);
    }
    Err(unknown(thread, name))
}

pub(super) fn lookup_function(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = call::str_argument(thread, "lookup", "argument", name)?.to_text_lossy();
    if name.contains('\0') {
        return Err(raise!(thread, VALUE_ERROR, "embedded null character"));
    }
    Ok(lookup(thread, &name)?.into_value())
}

const ENCODE: Parameters<3> = Parameters {
    function: "encode",
    names: ["obj", "encoding", "errors"],
    positional_only: 0,
    positional: 3,
    required: 1,
};
const DECODE: Parameters<3> = Parameters { function: "decode", ..ENCODE };

/// What a codec makes of an object; `at` says which of its functions is asked.
fn apply(
    thread: &Thread,
    at: usize,
    object: Ref<'_>,
    encoding: &str,
    errors: Option<Value>,
) -> PyResult<Value> {
    let codec = lookup(thread, encoding)?;
    convert(thread, &codec, at, object, errors)
}

fn convert(
    thread: &Thread,
    codec: &PyTuple,
    at: usize,
    object: Ref<'_>,
    errors: Option<Value>,
) -> PyResult<Value> {
    let function = codec.get(at).unwrap_or_else(Value::none);
    let mut arguments = vec![object.to_value()];
    arguments.extend(errors);
    let result = protocol::call(thread, function.as_ref(), &arguments, None)?;
    match result.as_ref().get::<PyTuple>().filter(|result| result.len() == 2) {
        Some(result) => Ok(result.get(0).unwrap_or_else(Value::none)),
        None => {
            let what = if at == 0 { "encoder" } else { "decoder" };
            Err(raise!(thread, TYPE_ERROR, "{what} must return a tuple (object, integer)"))
        }
    }
}

fn by_arguments(
    thread: &Thread,
    at: usize,
    parameters: &Parameters<3>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [object, encoding, errors] = parameters.bind(thread, arguments, names)?;
    let Some(object) = object else { return Ok(Value::none()) };
    let encoding = match encoding {
        Some(name) => {
            call::str_argument(thread, parameters.function, "argument 'encoding'", name)?.to_text_lossy()
        }
        None => "utf-8".to_owned(),
    };
    let errors = match errors {
        Some(name) => {
            call::str_argument(thread, parameters.function, "argument 'errors'", name)?;
            Some(name.to_value())
        }
        None => None,
    };
    apply(thread, at, object, &encoding, errors)
}

pub(super) fn encode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    by_arguments(thread, 0, &ENCODE, arguments, names)
}

pub(super) fn decode(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    by_arguments(thread, 1, &DECODE, arguments, names)
}

/// The codec of a name if it is one of text and bytes.
fn text_codec(thread: &Thread, encoding: &str, verb: &str) -> PyResult<Owned<PyTuple>> {
    let codec = lookup(thread, encoding)?;
    if let Some(flag) = call::find(thread, codec.as_ref(), "_is_text_encoding")?
        && !protocol::truth(thread, flag.as_ref())?
    {
        return Err(raise!(
            thread,
            LOOKUP_ERROR,
            "'{encoding}' is not a text encoding; use codecs.{verb}() to handle arbitrary codecs"
        ));
    }
    Ok(codec)
}

/// What `str.encode` does for encodings that are not built in.
pub(super) fn encode_text(thread: &Thread, text: Ref<'_>, encoding: &str, errors: &str) -> PyResult<Value> {
    let codec = text_codec(thread, encoding, "encode")?;
    let errors = call::text(thread, errors)?;
    convert(thread, &codec, 0, text, Some(errors))
}

/// What `bytes.decode` does for encodings that are not built in.
pub(super) fn decode_bytes(thread: &Thread, bytes: Ref<'_>, encoding: &str, errors: &str) -> PyResult<Value> {
    let codec = text_codec(thread, encoding, "decode")?;
    let errors = call::text(thread, errors)?;
    convert(thread, &codec, 1, bytes, Some(errors))
}

// -- error handlers -------------------------------------------------------------------------------

pub(super) fn register_error(
    thread: &Thread,
    _: Ref<'_>,
    name: Ref<'_>,
    handler: Ref<'_>,
) -> PyResult<Value> {
    let name = call::str_argument(thread, "register_error", "argument 1", name)?;
    if handler.ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "handler must be callable"));
    }
    let name = intern_text(thread, &name.to_text_lossy())?;
    let old = parts(thread)?.handlers.insert(thread, name.as_ref(), handler.to_value())?;
    drop(old);
    Ok(Value::none())
}

pub(super) fn unregister_error(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let text = call::str_argument(thread, "_unregister_error", "argument", name)?.to_text_lossy();
    if Handler::named(&text).is_some() {
        return Err(raise!(thread, VALUE_ERROR, "cannot un-register built-in error handler '{text}'"));
    }
    let old = parts(thread)?.handlers.remove(thread, name)?;
    Ok(Value::bool(old.is_some()))
}

/// The error handler of a name.
pub(super) fn lookup_error(thread: &Thread, name: &str) -> PyResult<Value> {
    let key = intern_text(thread, name)?;
    let found = parts(thread)?.handlers.get_str(thread, &key)?;
    found.ok_or_else(|| raise!(thread, LOOKUP_ERROR, "unknown error handler name '{name}'"))
}

pub(super) fn lookup_error_function(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name: &PyStr = call::str_argument(thread, "lookup_error", "argument", name)?;
    lookup_error(thread, &name.to_text_lossy())
}

/// A function without a module.
pub(super) fn plain_function(thread: &Thread, definition: &'static MethodDef) -> PyResult<Value> {
    Ok(PyCFunction::new(thread, definition, None, None)?.into_value())
}
