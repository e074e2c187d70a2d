//! The module `_lzma`: xz and lzma streams, over xz's own library. `filters.rs` reads and writes what says how a stream
//! is filtered, `compressor.rs` and `decompressor.rs` have the two types.

mod compressor;
mod decompressor;
mod filters;

use liblzma::stream::{Check, Error, Status, Stream as Lzma};
use taipan_object::declare::method_table;
use taipan_object::exception::{EXCEPTION, error_type};
use taipan_object::module::PyModule;
use taipan_object::protocol::number;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::to_int;
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

use crate::streams::Step;

/// `_lzma.LZMAError`
pub(crate) static ERROR: PyTypeObject = error_type("_lzma.LZMAError\0", &EXCEPTION, &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

/// The formats, by their numbers.
const AUTO: i32 = 0;
const XZ: i32 = 1;
const ALONE: i32 = 2;
const RAW: i32 = 3;
/// The check of a stream whose header was not seen yet.
const UNKNOWN: i32 = 16;

method_table! { FUNCTIONS:
    Instance One c"is_check_supported" "($module, check_id, /)" is_check_supported, c"Whether a check can be made.";
    Instance One c"_encode_filter_properties" "($module, filter, /)" filters::encode, c"The properties of a filter as bytes.";
    Instance Two c"_decode_filter_properties" "($module, filter_id, encoded_props, /)" filters::decode, c"A filter with properties that are given as bytes.";
}

const CONSTANTS: [(&str, i64); 28] = [
    ("FORMAT_AUTO", AUTO as i64),
    ("FORMAT_XZ", XZ as i64),
    ("FORMAT_ALONE", ALONE as i64),
    ("FORMAT_RAW", RAW as i64),
    ("CHECK_NONE", 0),
    ("CHECK_CRC32", 1),
    ("CHECK_CRC64", 4),
    ("CHECK_SHA256", 10),
    ("CHECK_ID_MAX", 15),
    ("CHECK_UNKNOWN", UNKNOWN as i64),
    ("FILTER_LZMA1", filters::LZMA1 as i64),
    ("FILTER_LZMA2", filters::LZMA2 as i64),
    ("FILTER_DELTA", filters::DELTA as i64),
    ("FILTER_X86", 4),
    ("FILTER_IA64", 6),
    ("FILTER_ARM", 7),
    ("FILTER_ARMTHUMB", 8),
    ("FILTER_SPARC", 9),
    ("FILTER_POWERPC", 5),
    ("MF_HC3", 3),
    ("MF_HC4", 4),
    ("MF_BT2", 18),
    ("MF_BT3", 19),
    ("MF_BT4", 20),
    ("MODE_FAST", 1),
    ("MODE_NORMAL", 2),
    ("PRESET_DEFAULT", 6),
    ("PRESET_EXTREME", 1 << 31),
];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        add(thread, module, name, Value::int(thread, value)?)?;
    }
    add_types(thread, module, types())
}

/// `_lzma`
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_lzma", doc: None, functions: &FUNCTIONS, exec: Some(exec) };

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 3] {
    [&ERROR, &compressor::COMPRESSOR, &decompressor::DECOMPRESSOR]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &compressor::COMPRESSOR, &compressor::METHODS)?;
    install::methods(thread, &decompressor::DECOMPRESSOR, &decompressor::METHODS)?;
    install::attributes(thread, &decompressor::DECOMPRESSOR, &decompressor::ATTRIBUTES)
}

/// Raises what an error of the library stands for.
#[cold]
fn failed(thread: &Thread, error: Error) -> Raised {
    let message = match error {
        Error::Mem => return thread.raise_memory_error(),
        Error::UnsupportedCheck | Error::NoCheck => "Unsupported integrity check",
        Error::MemLimit => "Memory usage limit exceeded",
        Error::Format => "Input format not supported by decoder",
        Error::Options => "Invalid or unsupported options",
        Error::Data => "Corrupt input data",
        Error::Program => "Internal error",
    };
    thread.raise_message(&ERROR, format_args!("{message}"))
}

/// What a step came to, and whether it only told that the check is known.
struct Outcome {
    step: Step,
    tells_check: bool,
}

/// Lets a stream make a step.
fn step(
    thread: &Thread,
    stream: &mut Lzma,
    input: &[u8],
    room: &mut [u8],
    action: liblzma::stream::Action,
) -> PyResult<Outcome> {
    let before = (stream.total_in(), stream.total_out());
    let status = stream.process(input, room, action);
    let used = (stream.total_in() - before.0) as usize;
    let made = (stream.total_out() - before.1) as usize;
    let step = |is_over| Step { used, made, is_over };
    match status {
        Ok(Status::StreamEnd) => Ok(Outcome { step: step(true), tells_check: false }),
        Ok(Status::Ok) => Ok(Outcome { step: step(false), tells_check: false }),
        Ok(Status::GetCheck) | Err(Error::NoCheck) => Ok(Outcome { step: step(false), tells_check: true }),
        // nothing could be done, as is right where nothing was given
        Ok(Status::MemNeeded) if input.is_empty() || room.is_empty() => {
            Ok(Outcome { step: step(false), tells_check: false })
        }
        Ok(Status::MemNeeded) => Err(thread.raise_message(&ERROR, format_args!("Insufficient buffer space"))),
        Err(error) => Err(failed(thread, error)),
    }
}

/// A check that the library knows.
fn check_of(id: i32) -> Option<Check> {
    [Check::None, Check::Crc32, Check::Crc64, Check::Sha256].into_iter().find(|check| *check as i32 == id)
}

fn is_check_supported(thread: &Thread, _: Ref<'_>, id: Ref<'_>) -> PyResult<Value> {
    let id = to_int(thread, id)?;
    Ok(Value::bool(check_of(id).is_some_and(|check| check.is_supported())))
}

/// An unsigned number of the library of so many bits.
fn unsigned(thread: &Thread, value: Ref<'_>, bits: u32, name: &str) -> PyResult<u64> {
    let index = number::index(thread, value)?;
    let text = index.as_ref().int_to_text(10).unwrap_or_default();
    if text.starts_with('-') {
        return Err(raise!(thread, VALUE_ERROR, "Cannot convert negative int"));
    }
    let number = text.parse::<u64>().ok().filter(|number| bits == 64 || *number >> bits == 0);
    number.ok_or_else(|| raise!(thread, OVERFLOW_ERROR, "Python int too large for C {name}"))
}

/// A `uint32_t`.
fn to_u32(thread: &Thread, value: Ref<'_>) -> PyResult<u32> {
    unsigned(thread, value, 32, "uint32_t").map(|number| number as u32)
}
