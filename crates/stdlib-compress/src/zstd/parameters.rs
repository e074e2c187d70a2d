//! What a stream can be told: parameters by number, their names and bounds.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int, wrong_type};
use zstd_safe::zstd_sys::ZSTD_strategy as Strategy;
use zstd_safe::{CCtx, CParameter, DCtx, DParameter};

use super::{ERROR, failed};

/// A parameter: number, name, name of the constant, bounds.
type Parameter = (i32, &'static str, &'static str, i32, i32);

/// Parameters of compression. The library is built without threads, so those about threads can't be set.
const COMPRESSION: [Parameter; 19] = [
    (LEVEL, "compression_level", "ZSTD_c_compressionLevel", -131_072, 22),
    (101, "window_log", "ZSTD_c_windowLog", 10, 31),
    (102, "hash_log", "ZSTD_c_hashLog", 6, 30),
    (103, "chain_log", "ZSTD_c_chainLog", 6, 30),
    (104, "search_log", "ZSTD_c_searchLog", 1, 30),
    (105, "min_match", "ZSTD_c_minMatch", 3, 7),
    (106, "target_length", "ZSTD_c_targetLength", 0, 131_072),
    (107, "strategy", "ZSTD_c_strategy", 1, 9),
    (160, "enable_long_distance_matching", "ZSTD_c_enableLongDistanceMatching", 0, 2),
    (161, "ldm_hash_log", "ZSTD_c_ldmHashLog", 6, 30),
    (162, "ldm_min_match", "ZSTD_c_ldmMinMatch", 4, 4096),
    (163, "ldm_bucket_size_log", "ZSTD_c_ldmBucketSizeLog", 1, 8),
    (164, "ldm_hash_rate_log", "ZSTD_c_ldmHashRateLog", 0, 25),
    (200, "content_size_flag", "ZSTD_c_contentSizeFlag", 0, 1),
    (201, "checksum_flag", "ZSTD_c_checksumFlag", 0, 1),
    (202, "dict_id_flag", "ZSTD_c_dictIDFlag", 0, 1),
    (400, "nb_workers", "ZSTD_c_nbWorkers", 0, 0),
    (401, "job_size", "ZSTD_c_jobSize", 0, 0),
    (402, "overlap_log", "ZSTD_c_overlapLog", 0, 0),
];

/// The level of compression.
const LEVEL: i32 = 100;

/// Parameters of decompression.
const DECOMPRESSION: [Parameter; 1] = [(100, "window_log_max", "ZSTD_d_windowLogMax", 10, 31)];

const STRATEGIES: [(&str, Strategy); 9] = [
    ("ZSTD_fast", Strategy::ZSTD_fast),
    ("ZSTD_dfast", Strategy::ZSTD_dfast),
    ("ZSTD_greedy", Strategy::ZSTD_greedy),
    ("ZSTD_lazy", Strategy::ZSTD_lazy),
    ("ZSTD_lazy2", Strategy::ZSTD_lazy2),
    ("ZSTD_btlazy2", Strategy::ZSTD_btlazy2),
    ("ZSTD_btopt", Strategy::ZSTD_btopt),
    ("ZSTD_btultra", Strategy::ZSTD_btultra),
    ("ZSTD_btultra2", Strategy::ZSTD_btultra2),
];

/// Names and numbers for the module.
pub(super) fn constants() -> impl Iterator<Item = (&'static str, i64)> {
    let parameters = COMPRESSION.into_iter().chain(DECOMPRESSION);
    let strategies = STRATEGIES.into_iter().map(|(name, strategy)| (name, strategy as i64));
    parameters.map(|(number, _, name, ..)| (name, number.into())).chain(strategies)
}

fn known(parameters: &[Parameter], number: i32) -> Option<Parameter> {
    parameters.iter().copied().find(|(known, ..)| *known == number)
}

const BOUNDS: Parameters<2> = Parameters {
    function: "get_param_bounds",
    names: ["parameter", "is_compress"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

pub(super) fn bounds(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [parameter, compresses] = BOUNDS.bind(thread, arguments, names)?;
    let number = to_int(thread, parameter.unwrap_or(module))?;
    let compresses = protocol::truth(thread, compresses.unwrap_or(module))?;
    let table: &[Parameter] = if compresses { &COMPRESSION } else { &DECOMPRESSION };
    let Some((.., least, greatest)) = known(table, number) else {
        let what = if compresses { "compression" } else { "decompression" };
        let message = format_args!("Unable to get zstd {what} parameter bounds: Unsupported parameter");
        return Err(thread.raise_message(&ERROR, message));
    };
    Ok(PyTuple::pack(thread, [Value::small(least), Value::small(greatest)])?.into_value())
}

const TYPES: Parameters<2> = Parameters {
    function: "set_parameter_types",
    names: ["c_parameter_type", "d_parameter_type"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

/// The enumerations are known by their names, so there is nothing to keep.
pub(super) fn set_types(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let given = TYPES.bind(thread, arguments, names)?;
    for (value, name) in given.into_iter().zip(TYPES.names) {
        let value = value.unwrap_or(module);
        if value.get::<taipan_object::types::PyTypeObject>().is_none() {
            let which = format!("argument '{name}'");
            return Err(wrong_type(thread, TYPES.function, &which, "type", value));
        }
    }
    Ok(Value::none())
}

/// The numbers of an options dict, none of which is of the other enumeration.
fn numbers(
    thread: &Thread,
    function: &str,
    options: Ref<'_>,
    (what, other): (&str, &str),
) -> PyResult<Vec<(i32, i32)>> {
    let Some(dict) = options.get::<PyDict>() else {
        return Err(wrong_type(thread, function, "argument 'options'", "dict", options));
    };
    let mut numbers = Vec::new();
    let mut cursor = DictCursor::start();
    while let Some((key, value)) = cursor.next(dict) {
        if key.as_ref().ty().short_name() == other {
            let message = "options dictionary key must not be a";
            return Err(raise!(thread, TYPE_ERROR, "{what} {message} {other} attribute"));
        }
        numbers.push((to_int(thread, key.as_ref())?, to_int(thread, value.as_ref())?));
    }
    Ok(numbers)
}

/// Checks a value against the bounds of its parameter.
fn check(thread: &Thread, what: &str, table: &[Parameter], number: i32, value: i32) -> PyResult<()> {
    let Some((_, name, _, least, greatest)) = known(table, number) else {
        let unknown = format!("unknown parameter (key {number})");
        return Err(raise!(thread, VALUE_ERROR, "invalid {what} parameter '{unknown}'"));
    };
    if (least..=greatest).contains(&value) {
        return Ok(());
    }
    let range = format!("the valid range is [{least}, {greatest}]");
    let message = format!("{what} parameter '{name}' received an illegal value {value}; {range}");
    Err(raise!(thread, VALUE_ERROR, "{message}"))
}

#[cold]
fn illegal_level(thread: &Thread, level: &str) -> taipan_object::Raised {
    let range = "the valid range is [-131072, 22]";
    raise!(thread, VALUE_ERROR, "illegal compression level{level}; {range}")
}

/// Sets the level.
pub(super) fn set_level(thread: &Thread, stream: &mut CCtx<'static>, level: Ref<'_>) -> PyResult<()> {
    if !level.is_int() {
        return Err(raise!(thread, TYPE_ERROR, "invalid type for level, expected int"));
    }
    match level.to_i64().and_then(|level| i32::try_from(level).ok()) {
        Some(level) => set_level_to(thread, stream, level),
        None => Err(illegal_level(thread, "")),
    }
}

fn set_level_to(thread: &Thread, stream: &mut CCtx<'static>, level: i32) -> PyResult<()> {
    if !(-131_072..=22).contains(&level) {
        return Err(illegal_level(thread, &format!(" {level}")));
    }
    let set = stream.set_parameter(CParameter::CompressionLevel(level));
    set.map(drop).map_err(|code| failed(thread, "set the compression level", code))
}

/// Sets all parameters of an options dict.
pub(super) fn set_all(thread: &Thread, stream: &mut CCtx<'static>, options: Ref<'_>) -> PyResult<()> {
    const NAMES: (&str, &str) = ("compression", "DecompressionParameter");
    for (number, value) in numbers(thread, "ZstdCompressor", options, NAMES)? {
        if number == LEVEL {
            set_level_to(thread, stream, value)?;
            continue;
        }
        check(thread, NAMES.0, &COMPRESSION, number, value)?;
        // the bounds are not negative
        let size = value.unsigned_abs();
        let strategy = STRATEGIES.get((value as usize).wrapping_sub(1)).map(|(_, strategy)| *strategy);
        let parameter = match number {
            101 => CParameter::WindowLog(size),
            102 => CParameter::HashLog(size),
            103 => CParameter::ChainLog(size),
            104 => CParameter::SearchLog(size),
            105 => CParameter::MinMatch(size),
            106 => CParameter::TargetLength(size),
            107 => CParameter::Strategy(strategy.unwrap_or(Strategy::ZSTD_fast)),
            160 => CParameter::EnableLongDistanceMatching(value == 1),
            161 => CParameter::LdmHashLog(size),
            162 => CParameter::LdmMinMatch(size),
            163 => CParameter::LdmBucketSizeLog(size),
            164 => CParameter::LdmHashRateLog(size),
            200 => CParameter::ContentSizeFlag(value == 1),
            201 => CParameter::ChecksumFlag(value == 1),
            202 => CParameter::DictIdFlag(value == 1),
            // no threads, as it is without being told
            _ => continue,
        };
        let set = stream.set_parameter(parameter);
        set.map_err(|code| failed(thread, "set a compression parameter", code))?;
    }
    Ok(())
}

/// The same for decompression.
pub(super) fn set_all_of(thread: &Thread, stream: &mut DCtx<'static>, options: Ref<'_>) -> PyResult<()> {
    const NAMES: (&str, &str) = ("decompression", "CompressionParameter");
    for (number, value) in numbers(thread, "ZstdDecompressor", options, NAMES)? {
        check(thread, NAMES.0, &DECOMPRESSION, number, value)?;
        let set = stream.set_parameter(DParameter::WindowLogMax(value.unsigned_abs()));
        set.map_err(|code| failed(thread, "set a decompression parameter", code))?;
    }
    Ok(())
}
