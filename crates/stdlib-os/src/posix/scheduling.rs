//! How processes get processors.

use taipan_host::{Call, of};
use taipan_object::declare::method_table;
use taipan_object::set::PySet;
use taipan_object::struct_sequence::field;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};

use super::calls::make;
use super::done;
use crate::arguments::any;
use crate::struct_sequence::sequence;

sequence! {
    /// `posix.sched_param`.
    SCHED_PARAM SCHED_PARAM_TYPE SCHED_PARAM_CORE c"posix.sched_param", 1, 1, new new_parameter:
    Some("sched_priority"),
}

method_table! { PARAMETER_METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"The type and the priority.";
}

/// `sched_param(sched_priority)`.
fn new_parameter(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    const PARAMETERS: Parameters<1> = any("sched_param", ["sched_priority"], 1);
    let [priority] = PARAMETERS.bind(thread, arguments, names)?;
    let priority = priority.map_or_else(Value::none, |priority| priority.to_value());
    (SCHED_PARAM.make)(thread, vec![priority])
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let priority = field(this, 0).unwrap_or_else(Value::none);
    let arguments = PyTuple::pack(thread, [priority])?;
    Ok(PyTuple::pack(thread, [as_ref(this.ty()).to_value(), arguments.into_value()])?.into_value())
}

/// The priority of a `sched_param`.
pub(super) fn priority(thread: &Thread, parameter: Ref<'_>) -> PyResult<i32> {
    let ty: &PyTypeObject = &SCHED_PARAM_TYPE;
    if !std::ptr::eq(parameter.ty(), ty) {
        return Err(raise!(thread, TYPE_ERROR, "must have a sched_param object"));
    }
    let priority = field(parameter, 0).unwrap_or_else(Value::none);
    to_int(thread, priority.as_ref())
}

pub(super) fn sched_getparam(thread: &Thread, _: Ref<'_>, process: Ref<'_>) -> PyResult<Value> {
    let process = to_int(thread, process)?;
    let priority = make(thread, Call::SchedulerPriority, [process.into(), 0, 0, 0])?;
    (SCHED_PARAM.make)(thread, vec![Value::int(thread, priority)?])
}

pub(super) fn sched_setparam(
    thread: &Thread,
    _: Ref<'_>,
    process: Ref<'_>,
    parameter: Ref<'_>,
) -> PyResult<Value> {
    let (process, priority) = (to_int(thread, process)?, priority(thread, parameter)?);
    make(thread, Call::SetSchedulerPriority, [process.into(), priority.into(), 0, 0])?;
    Ok(Value::none())
}

pub(super) fn sched_setscheduler(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "sched_setscheduler", arguments.len(), 3, 3)?;
    let [process, policy, parameter] = arguments else { return Ok(Value::none()) };
    let (process, policy) = (to_int(thread, process.as_ref())?, to_int(thread, policy.as_ref())?);
    let priority = priority(thread, parameter.as_ref())?;
    make(thread, Call::SetScheduler, [process.into(), policy.into(), priority.into(), 0])?;
    Ok(Value::none())
}

pub(super) fn sched_getaffinity(thread: &Thread, _: Ref<'_>, process: Ref<'_>) -> PyResult<Value> {
    let process = to_int(thread, process)?;
    let set = PySet::new(thread)?;
    for number in of(thread).processors_of(process).map_err(|error| error.raise(thread))? {
        let number = Value::int(thread, number as i64)?;
        set.add(thread, number.as_ref())?;
    }
    Ok(set.into_value())
}

pub(super) fn sched_setaffinity(
    thread: &Thread,
    _: Ref<'_>,
    process: Ref<'_>,
    mask: Ref<'_>,
) -> PyResult<Value> {
    let process = to_int(thread, process)?;
    let mut processors = Vec::new();
    for item in taipan_runtime_builtins::iterate::collect(thread, mask)? {
        if !item.as_ref().is_int() {
            let ty = taipan_runtime_builtins::text::repr(thread, as_ref(item.as_ref().ty()))?.to_text_lossy();
            let message = "expected an iterator of ints, but iterator yielded";
            return Err(raise!(thread, TYPE_ERROR, "{message} {ty}"));
        }
        let number = protocol::number::index(thread, item.as_ref())?.as_ref().to_i64();
        match number {
            Some(number) if number < 0 => return Err(raise!(thread, VALUE_ERROR, "negative CPU number")),
            Some(number) if number < i32::MAX.into() => processors.push(number as usize),
            _ => return Err(raise!(thread, OVERFLOW_ERROR, "CPU number too large")),
        }
    }
    done(thread, of(thread).set_processors_of(process, &processors))
}
