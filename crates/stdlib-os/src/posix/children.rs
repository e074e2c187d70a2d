//! Waiting for processes.

use taipan_host::waiting;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};

use super::files::Names;
use crate::arguments::any;
use crate::struct_sequence::sequence;

sequence! {
    /// `posix.waitid_result`.
    WAITID_RESULT WAITID_RESULT_TYPE WAITID_RESULT_CORE c"posix.waitid_result", 5, 5:
    Some("si_pid"), Some("si_uid"), Some("si_signo"), Some("si_status"), Some("si_code"),
}

fn wait_for(thread: &Thread, process: i32, options: i32) -> PyResult<Value> {
    let found = waiting(thread, |host| host.wait(process, options))?;
    let (process, status) = found.map_err(|error| error.raise(thread))?;
    Ok(PyTuple::pack(thread, [Value::small(process), Value::small(status)])?.into_value())
}

pub(super) fn waitpid(thread: &Thread, _: Ref<'_>, process: Ref<'_>, options: Ref<'_>) -> PyResult<Value> {
    wait_for(thread, to_int(thread, process)?, to_int(thread, options)?)
}

pub(super) fn wait(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    wait_for(thread, -1, 0)
}

/// Waits, and tells what was used as well.
fn wait_used(thread: &Thread, process: i32, options: i32) -> PyResult<Value> {
    let found = waiting(thread, |host| host.wait_usage(process, options))?;
    let (process, status, usage) = found.map_err(|error| error.raise(thread))?;
    let usage = crate::resource::result(thread, &usage)?;
    Ok(PyTuple::pack(thread, [Value::small(process), Value::small(status), usage])?.into_value())
}

const WAIT3: Parameters<1> = any("wait3", ["options"], 1);
const WAIT4: Parameters<2> = any("wait4", ["pid", "options"], 2);

pub(super) fn wait3(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [options] = WAIT3.bind(thread, arguments, names)?;
    wait_used(thread, -1, to_int(thread, options.unwrap_or(module))?)
}

pub(super) fn wait4(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [process, options] = WAIT4.bind(thread, arguments, names)?;
    let process = to_int(thread, process.unwrap_or(module))?;
    wait_used(thread, process, to_int(thread, options.unwrap_or(module))?)
}

pub(super) fn waitid(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "waitid", arguments.len(), 3, 3)?;
    let [kind, id, options] = arguments else { return Ok(Value::none()) };
    let (kind, id) = (to_int(thread, kind.as_ref())?, to_int(thread, id.as_ref())?);
    let options = to_int(thread, options.as_ref())?;
    let found = waiting(thread, |host| host.wait_report(kind, id.into(), options))?;
    let Some(found) = found.map_err(|error| error.raise(thread))? else { return Ok(Value::none()) };
    let values = vec![
        Value::small(found.process),
        Value::int(thread, found.user.into())?,
        Value::small(found.signal),
        Value::small(found.status),
        Value::small(found.code),
    ];
    (WAITID_RESULT.make)(thread, values)
}

const SYSTEM: Parameters<1> = any("system", ["command"], 1);

pub(super) fn system(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [command] = SYSTEM.bind(thread, arguments, names)?;
    let command = crate::arguments::fs_bytes(thread, command.unwrap_or(module))?;
    let status = taipan_host::released(thread, |host| host.run_command(&command));
    // -1 says that no shell could be run
    Ok(Value::small(status.map_err(|error| error.raise(thread))?))
}
