//! `Struct`: a format that is read once.

use std::cell::RefCell;
use std::rc::Rc;

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

/// The format; none before `__init__`, which may be called again.
#[derive(Default)]
pub(super) struct Struct {
    format: RefCell<Option<Rc<Format>>>,
}

native_type! {
    /// `_struct.Struct`.
    pub(super) static STRUCT: Struct = "_struct.Struct", flags flags::BASETYPE, dict false, weak true,
    does { new: new, init: init, repr: repr }
}

native_state!(Struct in STRUCT:);

method_table! { METHODS:
    Instance Positional c"pack" "" |thread, this, values| pack::to_bytes(thread, &*format(thread, this)?, values), c"The bytes of values.";
    Instance Positional c"pack_into" "" |thread, this, rest| pack::into(thread, &*format(thread, this)?, rest), c"Writes the bytes of values into a buffer.";
    Instance One c"unpack" "($self, buffer, /)" |thread, this, buffer| unpack::all(thread, &*format(thread, this)?, buffer), c"The values of bytes.";
    Instance Keywords c"unpack_from" "($self, /, buffer, offset=0)" |thread, this, rest, names| unpack::from(thread, &*format(thread, this)?, rest, names), c"The values of a part of a buffer.";
    Instance One c"iter_unpack" "($self, buffer, /)" |thread, this, buffer| unpack::each(thread, &*format(thread, this)?, buffer), c"The values of bytes, tuple after tuple.";
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
        get: |thread, this| {
            let state = receiver::<Struct>(thread, this)?;
            let size = state.format.borrow().as_ref().map_or(-1, |format| format.size as i64);
            Value::int(thread, size)
        },
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

/// The arguments are for `__init__`.
fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Struct::default())?.into_value())
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let [text] = PARAMETERS.bind(thread, arguments, names)?;
    let Some(text) = text else { return Ok(()) };
    let read = Format::read(thread, text)?;
    let old = receiver::<Struct>(thread, this)?.format.replace(Some(Rc::new(read)));
    drop(old);
    Ok(())
}

/// The format, which stays while it is used, whatever Python code does meanwhile.
fn format(thread: &Thread, this: Ref<'_>) -> PyResult<Rc<Format>> {
    let known = receiver::<Struct>(thread, this)?.format.borrow().clone();
    known.ok_or_else(|| raise!(thread, RUNTIME_ERROR, "Struct object is not initialized"))
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let text = &format(thread, this)?.text;
    call::text(thread, &format!("{}('{text}')", this.ty().short_name()))
}
