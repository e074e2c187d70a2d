//! The module `zlib`: deflate streams (RFC 1950 to 1952) and checksums.
//!
//! `deflate.rs` has compressors, `inflate.rs` runs a decompressor, `objects.rs` has the two types of those. A stream works on its input
//! part by part, with a safepoint after each.

mod deflate;
mod inflate;
mod objects;

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::exception::{EXCEPTION, error_type};
use taipan_object::module::PyModule;
use taipan_object::protocol::number::BinaryOp;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int, to_size};
use taipan_runtime_builtins::modules::{ModuleDef, add};

/// `zlib.error`
pub(crate) static ERROR: PyTypeObject = error_type("zlib.error\0", &EXCEPTION, &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

const MAX_WBITS: i32 = 15;
const DEF_BUF_SIZE: i32 = 16384;
/// Input is worked on in parts of so many bytes.
const PART: usize = 1 << 18;

method_table! { FUNCTIONS:
    Instance Positional c"adler32" "($module, data, value=1, /)" adler32, c"The Adler-32 of bytes, going on from one.";
    Instance Positional c"crc32" "($module, data, value=0, /)" crc32, c"The CRC-32 of bytes, going on from one.";
    Instance Keywords c"compress" "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)" compress, c"Compresses at once.";
    Instance Keywords c"decompress" "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)" decompress, c"Decompresses at once.";
    Instance Keywords c"compressobj" "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)" deflate::compressobj, c"A new compressor.";
    Instance Keywords c"decompressobj" "($module, /, wbits=MAX_WBITS, zdict=b'')" objects::decompressobj, c"A new decompressor.";
}

const CONSTANTS: [(&str, i32); 21] = [
    ("MAX_WBITS", MAX_WBITS),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", DEF_BUF_SIZE),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
    ("_GIL_MINSIZE", 2048),
];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for (name, value) in CONSTANTS.into_iter().filter(|(name, _)| !name.starts_with('_')) {
        add(thread, module, name, Value::small(value))?;
    }
    for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
        // the interface that the crate below has
        add(thread, module, name, PyStr::from_text(thread, "1.3.1")?.into_value())?;
    }
    add(thread, module, "error", as_ref(&ERROR).to_value())?;
    let own: &PyTypeObject = &objects::ZLIB_DECOMPRESSOR;
    add(thread, module, "_ZlibDecompressor", as_ref(own).to_value())
}

/// `zlib`
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "zlib",
    doc: Some("Compression as gzip and zip have it."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 4] {
    [&ERROR, &deflate::COMPRESS, &objects::DECOMPRESS, &objects::ZLIB_DECOMPRESSOR]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    deflate::fill(thread)?;
    objects::fill(thread)
}

/// Raises `zlib.error` in the words of CPython.
#[cold]
fn failed(thread: &Thread, code: i32, doing: &str, message: Option<&str>) -> Raised {
    match message {
        Some(message) => thread.raise_message(&ERROR, format_args!("Error {code} {doing}: {message}")),
        None => thread.raise_message(&ERROR, format_args!("Error {code} {doing}")),
    }
}

#[cold]
fn invalid_option(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "Invalid initialization option")
}

/// The lowest 32 bits of an int.
fn low_bits(thread: &Thread, value: Ref<'_>) -> PyResult<u32> {
    let int = protocol::index(thread, value)?;
    if let Some(int) = int.as_ref().to_i64() {
        return Ok(int as u32);
    }
    let mask = Value::int(thread, 0xFFFF_FFFF)?;
    let low = protocol::number::binary(thread, int.as_ref(), mask.as_ref(), BinaryOp::And)?;
    Ok(low.as_ref().to_i64().unwrap_or(0) as u32)
}

/// Goes on with a checksum, part by part.
fn checksum(
    thread: &Thread,
    name: &str,
    arguments: &[Value],
    start: u32,
    step: fn(u32, &[u8]) -> u32,
) -> PyResult<Value> {
    check_count(thread, name, arguments.len(), 1, 2)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let data = bytes_of(thread, data.as_ref())?;
    let mut sum = arguments.get(1).map_or(Ok(start), |value| low_bits(thread, value.as_ref()))?;
    for part in data.chunks(PART << 4) {
        sum = step(sum, part);
        taipan_vm::safepoint(thread)?;
    }
    Value::int(thread, sum.into())
}

fn adler32(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    checksum(thread, "adler32", arguments, 1, zlib_rs::adler32::adler32)
}

fn crc32(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    checksum(thread, "crc32", arguments, 0, zlib_rs::crc32::crc32)
}

const COMPRESS: Parameters<3> = Parameters {
    function: "compress",
    names: ["", "level", "wbits"],
    positional_only: 1,
    positional: 3,
    required: 1,
};

fn compress(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(data), level, wbits] = COMPRESS.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let data = bytes_of(thread, data)?;
    let level = level.map_or(Ok(-1), |level| to_int(thread, level))?;
    let wbits = wbits.map_or(Ok(MAX_WBITS), |wbits| to_int(thread, wbits))?;
    let Some(mut stream) = deflate::Settings { level, wbits, ..deflate::Settings::default() }.stream() else {
        return Err(thread.raise_message(&ERROR, format_args!("Bad compression level")));
    };
    let mut out = Vec::new();
    deflate::run(
        thread,
        &mut stream,
        &data,
        zlib_rs::DeflateFlush::Finish,
        &mut out,
        "while compressing data",
    )?;
    Ok(PyBytes::new(thread, &out)?.into_value())
}

const DECOMPRESS: Parameters<3> = Parameters {
    function: "decompress",
    names: ["", "wbits", "bufsize"],
    positional_only: 1,
    positional: 3,
    required: 1,
};

fn decompress(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(data), wbits, size] = DECOMPRESS.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let data = bytes_of(thread, data)?;
    let wbits = wbits.map_or(Ok(MAX_WBITS), |wbits| to_int(thread, wbits))?;
    if size.map_or(Ok(0), |size| to_size(thread, size))? < 0 {
        return Err(raise!(thread, VALUE_ERROR, "bufsize must be non-negative"));
    }
    let Some(mut stream) = inflate::stream(wbits) else {
        let doing = "while preparing to decompress data";
        return Err(failed(thread, -2, doing, Some("inconsistent stream state")));
    };
    let mut out = Vec::new();
    let end = inflate::run(thread, &mut stream, &data, None, &[], &mut out)?;
    if !end.is_over {
        let doing = "while decompressing data";
        return Err(failed(thread, -5, doing, Some("incomplete or truncated stream")));
    }
    Ok(PyBytes::new(thread, &out)?.into_value())
}
