//! The module `marshal`. The format is `taipan-bytecode-format`'s; here objects are walked (`write.rs`) and made
//! (`read.rs`).

mod read;
mod write;

pub(crate) use read::loads_bytes;

use taipan_bytecode_format::marshal::{VERSION, Writer};
use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Keywords c"dump" "($module, value, file, version=version, /, *, allow_code=True)" dump, c"Writes a value to a file.";
    Instance Keywords c"load" "($module, file, /, *, allow_code=True)" load, c"Reads one value from a file.";
    Instance Keywords c"dumps" "($module, value, version=version, /, *, allow_code=True)" dumps, c"The bytes of a value.";
    Instance Keywords c"loads" "($module, bytes, /, *, allow_code=True)" loads, c"The value of bytes.";
}

/// `marshal`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "marshal",
    doc: Some(
        "Values to bytes and back, for what the interpreter keeps in files. The format differs between versions.",
    ),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, "version", Value::small(VERSION as i32))
    }),
};

/// The marshalled form of a code object whose artifact is there.
pub(crate) fn of_artifact(artifact: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    match writer.code(artifact, false) {
        Ok(()) => writer.into_bytes(),
        Err(_) => Vec::new(),
    }
}

const fn parameters<const N: usize>(
    function: &'static str,
    names: [&'static str; N],
    required: usize,
) -> Parameters<N> {
    Parameters { function, names, positional_only: N - 1, positional: N - 1, required }
}

const DUMP: Parameters<4> = parameters("dump", ["value", "file", "version", "allow_code"], 2);
const DUMPS: Parameters<3> = parameters("dumps", ["value", "version", "allow_code"], 1);
const LOAD: Parameters<2> = parameters("load", ["file", "allow_code"], 1);
const LOADS: Parameters<2> = parameters("loads", ["bytes", "allow_code"], 1);

fn version_of(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<i32> {
    value.map_or(Ok(VERSION as i32), |value| to_int(thread, value))
}

fn allows(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<bool> {
    value.map_or(Ok(true), |value| protocol::truth(thread, value))
}

fn dump(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [value, file, version, allow] = DUMP.bind(thread, arguments, names)?;
    let (Some(value), Some(file)) = (value, file) else { return Ok(Value::none()) };
    let (version, allow) = (version_of(thread, version)?, allows(thread, allow)?);
    let bytes = write::bytes_of(thread, value, version, allow)?;
    let bytes = PyBytes::new(thread, &bytes)?.into_value();
    call::method(thread, file, "write", &[bytes])
}

fn dumps(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [value, version, allow] = DUMPS.bind(thread, arguments, names)?;
    let Some(value) = value else { return Ok(Value::none()) };
    let (version, allow) = (version_of(thread, version)?, allows(thread, allow)?);
    let bytes = write::bytes_of(thread, value, version, allow)?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

fn loads(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [bytes, allow] = LOADS.bind(thread, arguments, names)?;
    let Some(bytes) = bytes else { return Ok(Value::none()) };
    let allow = allows(thread, allow)?;
    let bytes = bytes_of(thread, bytes)?;
    loads_bytes(thread, &bytes, allow)
}

/// What is read beyond the value is given back by `seek`.
fn load(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [file, allow] = LOAD.bind(thread, arguments, names)?;
    let Some(file) = file else { return Ok(Value::none()) };
    let allow = allows(thread, allow)?;
    let data = call::method(thread, file, "read", &[])?;
    let Some(bytes) = data.as_ref().get::<PyBytes>() else {
        let ty = data.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "file.read() returned not bytes but {ty}"));
    };
    let (value, used) = read::value_of(thread, bytes.as_slice(), allow)?;
    let left = bytes.as_slice().len() - used;
    if left > 0 {
        let back = [Value::int(thread, -(left as i64))?, Value::small(1)];
        drop(call::method(thread, file, "seek", &back)?);
    }
    Ok(value)
}
