//! `Struct`: a format that is read once.

use std::cell::OnceCell;

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;

use super::format::Format;
use super::{pack, unpack};
use crate::call;
use taipan_object::declare::{method_table, native_state, receiver};

/// The format.
#[derive(Default)]
pub(super) struct Struct {
    format: OnceCell<Format>,
}

native_type! {
    /// `_struct.Struct`.
    pub(super) static STRUCT: Struct = "_struct.Struct", flags flags::BASETYPE, dict false, weak true,
    does { new: new, repr: repr }
}

native_state!(Struct in STRUCT:);

method_table! { METHODS:
    Instance Positional c"pack" "" |thread, this, values| pack::to_bytes(thread, format(thread, this)?, values), c"The bytes of values.";
    Instance Positional c"pack_into" "" |thread, this, rest| pack::into(thread, format(thread, this)?, rest), c"Writes the bytes of values into a buffer.";
    Instance One c"unpack" "($self, buffer, /)" |thread, this, buffer| unpack::all(thread, format(thread, this)?, buffer), c"The values of bytes.";
    Instance Keywords c"unpack_from" "($self, /, buffer, offset=0)" |thread, this, rest, names| unpack::from(thread, format(thread, this)?, rest, names), c"The values of a part of a buffer.";
    Instance One c"iter_unpack" "($self, buffer, /)" |thread, this, buffer| unpack::each(thread, format(thread, this)?, buffer), c"The values of bytes, tuple after tuple.";
}

static ATTRIBUTES: [GetSetDef; 2] = [
    GetSetDef {
        name: "format",
        get: |thread, this| call::text(thread, &format(thread, this)?.text),
        set: None,
        doc: "The format.",
    },
    GetSetDef {
        name: "size",
        get: |thread, this| Value::int(thread, format(thread, this)?.size as i64),
        set: None,
        doc: "The bytes of the format.",
    },
];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &STRUCT, &METHODS)?;
    install::attributes(thread, &STRUCT, &ATTRIBUTES)
}

const PARAMETERS: Parameters<1> =
    Parameters { function: "Struct", names: ["format"], positional_only: 0, positional: 1, required: 1 };

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [text] = PARAMETERS.bind(thread, arguments, names)?;
    let Some(text) = text else { return Ok(Value::none()) };
    let format = Format::read(thread, text)?;
    Ok(Native::new_in(thread, class, Struct { format: OnceCell::from(format) })?.into_value())
}

/// The format is never changed once it is there, so it may be borrowed while Python code runs.
fn format<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Format> {
    let this: &'a Native<Struct> = receiver::<Struct>(thread, this)?;
    this.format.get().ok_or_else(|| raise!(thread, RUNTIME_ERROR, "Struct object is not initialized"))
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let text = &format(thread, this)?.text;
    call::text(thread, &format!("{}('{text}')", this.ty().short_name()))
}
