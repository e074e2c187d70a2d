//! `ZstdDict`: a dictionary that streams are given.

use std::cell::OnceCell;

use taipan_object::buffer::bytes_of;
use taipan_object::declare::{attribute_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::install;

use crate::streams::bytes;

/// The state of a `ZstdDict`.
#[derive(Default)]
pub(crate) struct Dictionary {
    content: OnceCell<Vec<u8>>,
    id: OnceCell<u32>,
}

native_type! {
    /// `compression.zstd.ZstdDict`
    pub(crate) static DICTIONARY: Dictionary = "compression.zstd.ZstdDict", flags 0, dict false, weak false,
    does { new: new, repr: repr, length: |thread, this| Ok(content(thread, this)?.len()) }
}

native_state!(Dictionary in DICTIONARY:);

attribute_table! { ATTRIBUTES:
    "dict_id" |thread, this| Value::int(thread, id(thread, this)?.into()), None, "The number of the dictionary; 0 for one without a format.";
    "dict_content" |thread, this| bytes(thread, content(thread, this)?), None, "Its bytes.";
    "as_digested_dict" |thread, this| used_as(thread, this, 0), None, "To be used as one that is prepared.";
    "as_undigested_dict" |thread, this| used_as(thread, this, 1), None, "To be used as one that is read by each stream.";
    "as_prefix" |thread, this| used_as(thread, this, 2), None, "To be used as what stands before one frame.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &DICTIONARY, &ATTRIBUTES)
}

fn content<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a [u8]> {
    let own: &'a Native<Dictionary> = receiver(thread, this)?;
    Ok(own.content.get().map(Vec::as_slice).unwrap_or_default())
}

fn id(thread: &Thread, this: Ref<'_>) -> PyResult<u32> {
    Ok(receiver::<Dictionary>(thread, this)?.id.get().copied().unwrap_or(0))
}

fn used_as(thread: &Thread, this: Ref<'_>, way: i32) -> PyResult<Value> {
    receiver::<Dictionary>(thread, this)?;
    Ok(PyTuple::pack(thread, [this.to_value(), Value::small(way)])?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let (id, size) = (id(thread, this)?, content(thread, this)?.len());
    Ok(PyStr::from_text(thread, &format!("<ZstdDict dict_id={id} dict_size={size}>"))?.into_value())
}

const PARAMETERS: Parameters<2> = Parameters {
    function: "ZstdDict",
    names: ["", "is_raw"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(given), is_raw] = PARAMETERS.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let is_raw = is_raw.map_or(Ok(false), |is_raw| protocol::truth(thread, is_raw))?;
    let given = bytes_of(thread, given)?.into_owned();
    if given.len() < 8 {
        let message = "Zstandard dictionary content too short (must have at least eight bytes)";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let id = zstd_safe::get_dict_id_from_dict(&given).map_or(0, |id| id.get());
    if id == 0 && !is_raw {
        return Err(raise!(thread, VALUE_ERROR, "invalid Zstandard dictionary"));
    }
    let state = Dictionary { content: OnceCell::from(given), id: OnceCell::from(id) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

/// How a stream uses a dictionary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Digested,
    Undigested,
    Prefix,
}

/// The dictionary that a stream is given, and how it is used if that is said.
pub(super) fn read<'a>(thread: &Thread, given: &'a Value) -> PyResult<(&'a Native<Dictionary>, Option<Way>)> {
    let refusal = || raise!(thread, TYPE_ERROR, "zstd_dict argument should be a ZstdDict object.");
    if let Some(own) = given.as_ref().get::<Native<Dictionary>>() {
        return Ok((own, None));
    }
    let tuple = given.as_ref().get::<PyTuple>().filter(|tuple| tuple.len() == 2).ok_or_else(refusal)?;
    let own = tuple.borrow(0).and_then(|own| own.get::<Native<Dictionary>>()).ok_or_else(refusal)?;
    let way = tuple.borrow(1).filter(|way| way.is_int()).ok_or_else(refusal)?;
    match to_int(thread, way)? {
        0 => Ok((own, Some(Way::Digested))),
        1 => Ok((own, Some(Way::Undigested))),
        2 => Ok((own, Some(Way::Prefix))),
        _ => Err(refusal()),
    }
}

impl Dictionary {
    /// Its bytes.
    pub(super) fn content(&self) -> &[u8] {
        self.content.get().map(Vec::as_slice).unwrap_or_default()
    }
}
