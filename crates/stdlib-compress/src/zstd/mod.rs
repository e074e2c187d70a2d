//! The module `_zstd`: Zstandard frames, over the format's own library, without its threads. `parameters.rs` has what a
//! stream can be told, `dictionary.rs` dictionaries, `compressor.rs` and `decompressor.rs` the two types of streams.

mod compressor;
mod decompressor;
mod dictionary;
mod parameters;

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::method_table;
use taipan_object::exception::{EXCEPTION, error_type};
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_size, wrong_type};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

use crate::streams::bytes;

/// `compression.zstd.ZstdError`
pub(crate) static ERROR: PyTypeObject = error_type("compression.zstd.ZstdError\0", &EXCEPTION, &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { FUNCTIONS:
    Instance Positional c"train_dict" "($module, samples_bytes, samples_sizes, dict_size, /)" train_dict, c"Makes a dictionary of samples.";
    Instance Positional c"finalize_dict" "($module, custom_dict_bytes, samples_bytes, samples_sizes,\n              dict_size, compression_level, /)" finalize_dict, c"Completes a dictionary by samples; not offered.";
    Instance Keywords c"get_param_bounds" "($module, /, parameter, is_compress)" parameters::bounds, c"The least and the greatest value of a parameter.";
    Instance Keywords c"get_frame_size" "($module, /, frame_buffer)" frame_size, c"Bytes of the frame that a buffer begins with.";
    Instance Keywords c"get_frame_info" "($module, /, frame_buffer)" frame_info, c"What the header of a frame says: length and dictionary.";
    Instance Keywords c"set_parameter_types" "($module, /, c_parameter_type, d_parameter_type)" parameters::set_types, c"Tells which enumerations have the parameters.";
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add_types(thread, module, types())?;
    for (name, number) in parameters::constants() {
        add(thread, module, name, Value::int(thread, number)?)?;
    }
    let numbers = [
        ("zstd_version_number", i64::from(zstd_safe::version_number())),
        ("ZSTD_CLEVEL_DEFAULT", zstd_safe::CLEVEL_DEFAULT.into()),
        ("ZSTD_DStreamOutSize", zstd_safe::DCtx::out_size() as i64),
    ];
    for (name, number) in numbers {
        add(thread, module, name, Value::int(thread, number)?)?;
    }
    let version = PyStr::from_text(thread, zstd_safe::version_string())?;
    add(thread, module, "zstd_version", version.into_value())
}

/// `_zstd`
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_zstd", doc: Some("Zstandard streams."), functions: &FUNCTIONS, exec: Some(exec) };

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 4] {
    [&ERROR, &dictionary::DICTIONARY, &compressor::COMPRESSOR, &decompressor::DECOMPRESSOR]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    dictionary::fill(thread)?;
    decompressor::fill(thread)?;
    compressor::fill(thread)?;
    install::entries(thread, &compressor::COMPRESSOR, |thread, dict| {
        let mut modes = compressor::MODES.into_iter().zip(0..);
        modes.try_for_each(|(name, at)| install::insert(thread, dict, name, Value::small(at)))
    })
}

/// Raises `ZstdError`: what was to be done, and what the library says.
#[cold]
fn failed(thread: &Thread, doing: &str, code: usize) -> Raised {
    let said = zstd_safe::get_error_name(code);
    thread.raise_message(&ERROR, format_args!("Unable to {doing}: {said}"))
}

const FRAME_SIZE: Parameters<1> = Parameters {
    function: "get_frame_size",
    names: ["frame_buffer"],
    positional_only: 0,
    positional: 1,
    required: 1,
};
const FRAME_INFO: Parameters<1> = Parameters { function: "get_frame_info", ..FRAME_SIZE };

fn frame_size(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [frame] = FRAME_SIZE.bind(thread, arguments, names)?;
    let frame = bytes_of(thread, frame.unwrap_or(module))?;
    match zstd_safe::find_frame_compressed_size(&frame) {
        Ok(size) => Value::int(thread, size as i64),
        Err(code) => {
            let said = zstd_safe::get_error_name(code);
            Err(thread.raise_message(
                &ERROR,
                format_args!(
                    "Error when finding the compressed size of a Zstandard frame. \
                     Ensure the frame_buffer argument starts from the beginning of a frame, \
                     and its length is not less than this complete frame. Zstd error message: {said}."
                ),
            ))
        }
    }
}

fn frame_info(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [frame] = FRAME_INFO.bind(thread, arguments, names)?;
    let frame = bytes_of(thread, frame.unwrap_or(module))?;
    let Ok(length) = zstd_safe::get_frame_content_size(&frame) else {
        return Err(thread.raise_message(
            &ERROR,
            format_args!(
                "Error when getting information from the header of a Zstandard frame. \
                 Ensure the frame_buffer argument starts from the beginning of a frame, \
                 and its length is not less than the frame header (6~18 bytes)."
            ),
        ));
    };
    let length = length.map_or_else(|| Ok(Value::none()), |length| Value::uint(thread, length))?;
    let id = zstd_safe::get_dict_id_from_frame(&frame).map_or(0, |id| id.get());
    Ok(PyTuple::pack(thread, [length, Value::int(thread, id.into())?])?.into_value())
}

/// The sizes of samples, which together are as long as their bytes.
fn sizes(thread: &Thread, function: &str, given: &Value, length: usize) -> PyResult<Vec<usize>> {
    let Some(tuple) = given.as_ref().get::<PyTuple>() else {
        return Err(wrong_type(thread, function, "argument 2", "tuple", given.as_ref()));
    };
    let mut sizes = Vec::new();
    let mut total = 0_usize;
    for item in tuple.iter() {
        if !item.is_int() {
            return Err(raise!(thread, TYPE_ERROR, "an integer is required"));
        }
        // what is no size is longer than any bytes
        let size = item.to_i64().and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        total = total.saturating_add(size);
        sizes.push(size);
    }
    if total != length {
        let message = "The samples size tuple doesn't match the concatenation's size.";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    Ok(sizes)
}

/// Samples, their sizes, and the size that a dictionary of them may have.
fn samples<'a>(
    thread: &Thread,
    function: &str,
    [samples, given, size]: [&'a Value; 3],
) -> PyResult<(&'a [u8], Vec<usize>, usize)> {
    let Some(samples) = samples.as_ref().get::<PyBytes>() else {
        return Err(wrong_type(thread, function, "argument 1", "bytes", samples.as_ref()));
    };
    if given.as_ref().get::<PyTuple>().is_none() {
        return Err(wrong_type(thread, function, "argument 2", "tuple", given.as_ref()));
    }
    let size = to_size(thread, size.as_ref())?;
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(raise!(thread, VALUE_ERROR, "dict_size argument should be positive number."));
    };
    let sizes = sizes(thread, function, given, samples.as_slice().len())?;
    Ok((samples.as_slice(), sizes, size))
}

fn train_dict(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "train_dict", arguments.len(), 3, 3)?;
    let [given, sizes, size] = arguments else { return Ok(Value::none()) };
    let (samples, sizes, size) = samples(thread, "train_dict", [given, sizes, size])?;
    let mut trained: Vec<u8> = Vec::new();
    if trained.try_reserve_exact(size).is_err() {
        return Err(thread.raise_memory_error());
    }
    match zstd_safe::train_from_buffer(&mut trained, samples, &sizes) {
        Ok(length) => bytes(thread, trained.get(..length).unwrap_or_default()),
        Err(code) => Err(failed(thread, "train the Zstandard dictionary", code)),
    }
}

/// The crate below has no such function.
fn finalize_dict(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "finalize_dict", arguments.len(), 5, 5)?;
    let [_, given, sizes, size, _] = arguments else { return Ok(Value::none()) };
    samples(thread, "finalize_dict", [given, sizes, size])?;
    let ty = &taipan_object::exception::NOT_IMPLEMENTED_ERROR;
    Err(thread.raise_message(ty, format_args!("finalize_dict() is not available")))
}
