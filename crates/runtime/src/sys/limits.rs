//! What is the same in every run: limits, formats of numbers, the version.

use super::set;
use taipan_object::dict::PyDict;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::struct_sequence::StructSequence;

/// The version of the language.
pub(crate) const VERSION: (i64, i64, i64) = (3, 14, 0);

static VERSION_INFO: StructSequence = StructSequence {
    name: "sys.version_info",
    doc: "The version of the language in its parts.",
    fields: &["major", "minor", "micro", "releaselevel", "serial"],
    by_name_only: 0,
    is_single: true,
};

static FLOAT_INFO: StructSequence = StructSequence {
    name: "sys.float_info",
    doc: "What floats can hold.",
    fields: &[
        "max",
        "max_exp",
        "max_10_exp",
        "min",
        "min_exp",
        "min_10_exp",
        "dig",
        "mant_dig",
        "epsilon",
        "radix",
        "rounds",
    ],
    by_name_only: 0,
    is_single: false,
};

static INT_INFO: StructSequence = StructSequence {
    name: "sys.int_info",
    doc: "How ints are held.",
    fields: &["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
    by_name_only: 0,
    is_single: false,
};

static HASH_INFO: StructSequence = StructSequence {
    name: "sys.hash_info",
    doc: "How hashes are made.",
    fields: &["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
    by_name_only: 0,
    is_single: false,
};

static THREAD_INFO: StructSequence = StructSequence {
    name: "sys.thread_info",
    doc: "How threads are made.",
    fields: &["name", "lock", "version"],
    by_name_only: 0,
    is_single: false,
};

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

fn make(thread: &Thread, what: &'static StructSequence, items: Vec<Value>) -> PyResult<Value> {
    let class = what.class(thread)?;
    what.instance(thread, &class, items)
}

/// `sys.version_info`.
pub(crate) fn version_info(thread: &Thread) -> PyResult<Value> {
    let (major, minor, micro) = VERSION;
    let int = |value| Value::int(thread, value);
    let items = vec![int(major)?, int(minor)?, int(micro)?, text(thread, "final")?, int(0)?];
    make(thread, &VERSION_INFO, items)
}

/// Puts all of it into the module.
pub(super) fn fill(thread: &Thread, dict: &PyDict) -> PyResult<()> {
    let int = |value: i64| Value::int(thread, value);
    let float = |value: f64| Value::float(thread, value);
    let (major, minor, micro) = VERSION;
    set(thread, dict, "version_info", version_info(thread)?)?;
    let version = format!("{major}.{minor}.{micro} (Taipan {}) [Rust]", env!("CARGO_PKG_VERSION"));
    set(thread, dict, "version", text(thread, &version)?)?;
    set(thread, dict, "hexversion", int(major << 24 | minor << 16 | micro << 8 | 0xF0)?)?;
    set(thread, dict, "api_version", int(1013)?)?;
    set(thread, dict, "copyright", text(thread, "Copyright (c) the Taipan developers.")?)?;
    set(thread, dict, "maxsize", int(i64::MAX)?)?;
    set(thread, dict, "maxunicode", int(0x10_FFFF)?)?;
    let order = if cfg!(target_endian = "little") { "little" } else { "big" };
    set(thread, dict, "byteorder", text(thread, order)?)?;
    let platform = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    set(thread, dict, "platform", text(thread, platform)?)?;
    set(thread, dict, "float_repr_style", text(thread, "short")?)?;
    let digits = vec![int(30)?, int(4)?, int(4300)?, int(640)?];
    set(thread, dict, "int_info", make(thread, &INT_INFO, digits)?)?;
    let floats = vec![
        float(f64::MAX)?,
        int(1024)?,
        int(308)?,
        float(f64::MIN_POSITIVE)?,
        int(-1021)?,
        int(-307)?,
        int(15)?,
        int(53)?,
        float(f64::EPSILON)?,
        int(2)?,
        int(1)?,
    ];
    set(thread, dict, "float_info", make(thread, &FLOAT_INFO, floats)?)?;
    let hashes = vec![
        int(64)?,
        int((1 << 61) - 1)?,
        int(314_159)?,
        int(0)?,
        int(1_000_003)?,
        text(thread, "siphash13")?,
        int(64)?,
        int(128)?,
        int(0)?,
    ];
    set(thread, dict, "hash_info", make(thread, &HASH_INFO, hashes)?)?;
    let threads = vec![text(thread, "pthread")?, text(thread, "semaphore")?, Value::none()];
    set(thread, dict, "thread_info", make(thread, &THREAD_INFO, threads)?)
}
