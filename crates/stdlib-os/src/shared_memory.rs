//! The module `_posixshmem`: memory that processes share by name.

use taipan_host::{of, path, waiting};
use taipan_object::declare::method_table;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::{Parameters, expect_str};
use taipan_runtime_builtins::modules::ModuleDef;

use crate::arguments::{any, int};

method_table! { FUNCTIONS:
    Instance Keywords c"shm_open" "($module, /, path, flags, mode=511)" open, c"Open memory that has a name; give the descriptor.";
    Instance One c"shm_unlink" "($module, path, /)" unlink, c"Remove the name of such memory.";
}

/// `_posixshmem`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_posixshmem",
    doc: Some("POSIX shared memory module"),
    functions: &FUNCTIONS,
    exec: None,
};

/// The bytes of a name.
pub(crate) fn name(thread: &Thread, function: &str, which: &str, value: Ref<'_>) -> PyResult<Vec<u8>> {
    let text: &PyStr = expect_str(thread, function, which, value)?;
    let bytes = path::encode(thread, text)?;
    match bytes.contains(&0) {
        true => Err(raise!(thread, VALUE_ERROR, "embedded null character")),
        false => Ok(bytes),
    }
}

const OPEN: Parameters<3> = any("shm_open", ["path", "flags", "mode"], 2);

fn open(thread: &Thread, module: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [path, flags, mode] = OPEN.bind(thread, arguments, names)?;
    let path = path.unwrap_or(module);
    let bytes = name(thread, "shm_open", "argument 1", path)?;
    let (flags, mode) = (int(thread, flags, 0)?, int(thread, mode, 0o777)? as u32);
    let fd = waiting(thread, |host| host.open_shared_memory(&bytes, flags, mode))?;
    fd.map(Value::small).map_err(|error| error.raise_path(thread, path.to_value()))
}

fn unlink(thread: &Thread, _: Ref<'_>, path: Ref<'_>) -> PyResult<Value> {
    let bytes = name(thread, "shm_unlink", "argument", path)?;
    match of(thread).unlink_shared_memory(&bytes) {
        Ok(()) => Ok(Value::none()),
        Err(error) => Err(error.raise_path(thread, path.to_value())),
    }
}
