//! `os.fork`, and what is called around it.

use taipan_host::{Host, HostResult, of};
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::list::PyList;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

/// Places of the lists in `Interp::at_fork`.
const BEFORE: usize = 0;
const IN_PARENT: usize = 1;
const IN_CHILD: usize = 2;

const REGISTER: Parameters<3> = Parameters {
    function: "register_at_fork",
    names: ["before", "after_in_child", "after_in_parent"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

fn list_of(thread: &Thread, which: usize) -> PyResult<Option<Owned<PyList>>> {
    let Some(slot) = thread.interp().at_fork.get(which) else { return Ok(None) };
    if slot.peek().is_none() {
        drop(slot.replace(Some(PyList::new(thread)?.into_value())));
    }
    Ok(slot.get().and_then(|list| list.downcast::<PyList>().ok()))
}

/// `register_at_fork(*, before, after_in_child, after_in_parent)`.
pub(super) fn register(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [before, child, parent] = REGISTER.bind(thread, arguments, names)?;
    if before.is_none() && child.is_none() && parent.is_none() {
        return Err(raise!(thread, TYPE_ERROR, "At least one argument is required."));
    }
    let given = [("before", before), ("after_in_child", child), ("after_in_parent", parent)];
    for (name, function) in given {
        if function.is_some_and(|function| function.ty().slots().call.get().is_none()) {
            let got = function.map_or("", |function| function.ty().short_name());
            return Err(raise!(thread, TYPE_ERROR, "'{name}' must be callable, not {got}"));
        }
    }
    for (which, function) in [(BEFORE, before), (IN_CHILD, child), (IN_PARENT, parent)] {
        if let (Some(function), Some(list)) = (function, list_of(thread, which)?) {
            list.push(thread, function.to_value())?;
        }
    }
    Ok(Value::none())
}

/// Calls what was registered; what it raises is reported and stops nothing.
fn call_all(thread: &Thread, which: usize, backwards: bool) -> PyResult<()> {
    let Some(list) = list_of(thread, which)? else { return Ok(()) };
    let mut functions: Vec<Value> = (0..list.len()).filter_map(|at| list.get(at)).collect();
    if backwards {
        functions.reverse();
    }
    for function in functions {
        if let Err(raised) = protocol::call(thread, function.as_ref(), &[], None) {
            thread.unraisable(raised, None, Some(function.as_ref()));
        }
    }
    Ok(())
}

fn warn_of_threads(thread: &Thread, process: i32) -> PyResult<()> {
    let message = format!(
        "This process (pid={process}) is multi-threaded, use of fork() may lead to deadlocks in the child."
    );
    crate::warnings::warn(thread, &DEPRECATION_WARNING, &message)
}

/// Splits the process by `call`, which gives the number of the child and something more.
fn split<T>(
    thread: &Thread,
    refusal: &str,
    call: impl FnOnce(&dyn Host) -> HostResult<(i32, T)>,
) -> PyResult<(i32, T)> {
    let interp = thread.interp();
    if interp.is_closed() {
        return Err(raise!(thread, PYTHON_FINALIZATION_ERROR, "{refusal} at interpreter shutdown"));
    }
    call_all(thread, BEFORE, true)?;
    let host = of(thread);
    let threads = interp.started_threads();
    let result = interp.fork(thread, || call(host), |result| matches!(result, Ok((0, _))));
    match result {
        Ok((0, _)) => call_all(thread, IN_CHILD, false)?,
        _ => call_all(thread, IN_PARENT, false)?,
    }
    let (process, more) = result.map_err(|error| error.raise(thread))?;
    if process > 0
        && threads > 0
        && let Ok(own) = host.process(taipan_host::Identity::Own)
    {
        warn_of_threads(thread, own)?;
    }
    Ok((process, more))
}

/// `fork()`: 0 in the child.
pub(super) fn fork(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let (process, ()) = split(thread, "can't fork", |host| host.fork().map(|process| (process, ())))?;
    Ok(Value::small(process))
}

/// `forkpty()`: the same, the child with a pseudo-terminal.
pub(super) fn forkpty(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let (process, fd) = split(thread, "can't fork", |host| host.fork_terminal())?;
    Ok(PyTuple::pack(thread, [Value::small(process), Value::small(fd)])?.into_value())
}
