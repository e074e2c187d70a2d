//! The module `_struct`: values as bytes and back. `format.rs` reads formats, `pack.rs` and `unpack.rs` go the two ways,
//! `object.rs` the type `Struct`.

mod format;
mod object;
mod pack;
mod unpack;

use taipan_object::exception::plain_error_type;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore, ready};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::check_count;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use format::Format;
use taipan_object::declare::method_table;

/// `struct.error`.
pub(crate) static ERROR: PyTypeObject = plain_error_type("struct.error\0", &CORE);
static CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { FUNCTIONS:
    Instance None c"_clearcache" "($module, /)" clear_cache, c"Forgets formats that were read.";
    Instance One c"calcsize" "($module, format, /)" size_of, c"The bytes of a format.";
    Instance Positional c"pack" "(format, /, *values)" pack_function, c"The bytes of values.";
    Instance Positional c"pack_into" "(format, buffer, offset, /, *values)" pack_into, c"Writes the bytes of values into a buffer.";
    Instance Two c"unpack" "($module, format, buffer, /)" unpack_function, c"The values of bytes.";
    Instance Keywords c"unpack_from" "($module, format, /, buffer, offset=0)" unpack_from, c"The values of a part of a buffer.";
    Instance Two c"iter_unpack" "($module, format, buffer, /)" iter_unpack, c"The values of bytes, tuple after tuple.";
}

/// `_struct`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_struct",
    doc: Some("Values as bytes, as C lays them out, and back."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        let ty: &PyTypeObject = &object::STRUCT;
        add(thread, module, "Struct", as_ref(ty).to_value())?;
        add(thread, module, "error", as_ref(&ERROR).to_value())
    }),
};

/// The static types of this module, but for the exception.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&object::STRUCT]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    ready::ready_more(thread, &[&ERROR])?;
    object::install(thread)
}

/// Raises `struct.error`.
#[cold]
fn error(thread: &Thread, message: std::fmt::Arguments<'_>) -> Raised {
    thread.raise_message(&ERROR, message)
}

fn clear_cache(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn size_of(thread: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, Format::read(thread, text)?.size as i64)
}

/// The format that is the first argument, and the others.
fn format_of<'a>(thread: &Thread, arguments: &'a [Value]) -> PyResult<(Format, &'a [Value])> {
    match arguments.split_first() {
        Some((text, rest)) => Ok((Format::read(thread, text.as_ref())?, rest)),
        None => Err(raise!(thread, TYPE_ERROR, "missing format argument")),
    }
}

fn pack_function(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (format, values) = format_of(thread, arguments)?;
    pack::to_bytes(thread, &format, values)
}

fn pack_into(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (format, rest) = format_of(thread, arguments)?;
    pack::into(thread, &format, rest)
}

fn unpack_function(thread: &Thread, _: Ref<'_>, text: Ref<'_>, buffer: Ref<'_>) -> PyResult<Value> {
    unpack::all(thread, &Format::read(thread, text)?, buffer)
}

fn unpack_from(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    if arguments.len() <= names.map_or(0, PyTuple::len) {
        check_count(thread, "unpack_from", 0, 1, 3)?;
    }
    let (format, rest) = format_of(thread, arguments)?;
    unpack::from(thread, &format, rest, names)
}

fn iter_unpack(thread: &Thread, _: Ref<'_>, text: Ref<'_>, buffer: Ref<'_>) -> PyResult<Value> {
    unpack::each(thread, &Format::read(thread, text)?, buffer)
}
