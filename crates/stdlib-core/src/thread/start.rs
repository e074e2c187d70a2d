//! Starting threads, what becomes of them, and their end.

use taipan_host::{HostError, of};
use taipan_object::dict::PyDict;
use taipan_object::exception::SYSTEM_EXIT;
use taipan_object::handover::Handover;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count};

use super::handle::Handle;
use super::local;

#[cold]
fn cannot_start(thread: &Thread, _: HostError) -> Raised {
    raise!(thread, RUNTIME_ERROR, "can't start new thread")
}

/// Starts a thread that calls the function of a tuple (function, arguments, keywords or None, handle).
fn launch(thread: &Thread, parts: [Value; 4], handle: &Handle) -> PyResult<()> {
    if thread.interp().is_closed() {
        return Err(raise!(
            thread,
            PYTHON_FINALIZATION_ERROR,
            "can't create new thread at interpreter shutdown"
        ));
    }
    let call = PyTuple::pack(thread, parts.clone())?.into_value();
    running(thread)?.push(thread, parts[3].clone())?;
    let handover = Handover::new(thread, call);
    let size = super::stack_size_of(thread);
    let started = of(thread).spawn(size, Box::new(move |stack| handover.run(stack, run)));
    handle.ident.set(started.map_err(|error| cannot_start(thread, error))?);
    handle.started.set(true);
    Ok(())
}

/// The body of a native thread.
fn run(thread: &Thread, call: Value) {
    super::ident(thread);
    let Some(parts) = call.as_ref().get::<PyTuple>() else { return };
    let [function, arguments, names, handle] =
        [0, 1, 2, 3].map(|at| parts.get(at).unwrap_or_else(Value::none));
    drop(call);
    if let Err(raised) = call_with(thread, &function, &arguments, &names) {
        let exception = thread.catch(raised);
        if !exception.as_ref().ty().is_subtype(&SYSTEM_EXIT) {
            let raised = thread.raise(exception);
            let doing = taipan_runtime_builtins::text::repr(thread, function.as_ref());
            let doing = doing.map_or_else(
                |failed| {
                    drop(thread.catch(failed));
                    String::new()
                },
                |text| text.to_text_lossy(),
            );
            let doing = format!("in thread started by {doing}");
            thread.unraisable(raised, Some(&doing), None);
        }
    }
    drop((function, arguments, names));
    local::leave(thread);
    taipan_vm::tracing::leave_thread(thread);
    if let Some(handle) = handle.as_ref().get::<Native<Handle>>() {
        handle.end();
    }
}

fn call_with(thread: &Thread, function: &Value, arguments: &Value, keywords: &Value) -> PyResult<()> {
    let mut values: Vec<Value> = match arguments.as_ref().get::<PyTuple>() {
        Some(tuple) => (0..tuple.len()).filter_map(|at| tuple.get(at)).collect(),
        None => Vec::new(),
    };
    let mut names = Vec::new();
    if let Some(keywords) = keywords.as_ref().get::<PyDict>() {
        let mut cursor = taipan_object::dict::DictCursor::start();
        while let Some((name, value)) = cursor.next(keywords) {
            names.push(name);
            values.push(value);
        }
    }
    let names = match names.is_empty() {
        true => None,
        false => Some(PyTuple::from_values(thread, names)?),
    };
    protocol::call(thread, function.as_ref(), &values, names.as_deref()).map(drop)
}

fn is_callable(value: Ref<'_>) -> bool {
    value.ty().slots().call.get().is_some()
}

/// `start_new_thread(function, args, kwargs)`: gives the number of the thread.
pub(super) fn start(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "start_new_thread", arguments.len(), 2, 3)?;
    let [function, positional, rest @ ..] = arguments else { return Ok(Value::none()) };
    if !is_callable(function.as_ref()) {
        return Err(raise!(thread, TYPE_ERROR, "first arg must be callable"));
    }
    if positional.as_ref().get::<PyTuple>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "2nd arg must be a tuple"));
    }
    let keywords = rest.first().cloned().unwrap_or_else(Value::none);
    if !rest.is_empty() && keywords.as_ref().get::<PyDict>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "optional 3rd arg must be a dictionary"));
    }
    let handle = Native::new(thread, Handle::default())?;
    let parts = [function.clone(), positional.clone(), keywords, handle.clone().into_value()];
    launch(thread, parts, &handle)?;
    Value::uint(thread, handle.ident.get())
}

const JOINABLE: Parameters<3> = Parameters {
    function: "start_joinable_thread",
    names: ["function", "handle", "daemon"],
    positional_only: 0,
    positional: 3,
    required: 1,
};

/// `start_joinable_thread(function, handle=None, daemon=True)`: gives the handle.
pub(super) fn start_joinable(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [function, handle, daemon] = JOINABLE.bind(thread, arguments, names)?;
    let Some(function) = function.filter(|function| is_callable(*function)) else {
        return Err(raise!(thread, TYPE_ERROR, "thread function must be callable"));
    };
    let handle = match handle.filter(|handle| !handle.is_none()) {
        Some(handle) => match handle.get::<Native<Handle>>() {
            Some(handle) => Owned::new_ref(handle),
            None => return Err(raise!(thread, TYPE_ERROR, "'handle' must be a _ThreadHandle")),
        },
        None => Native::new(thread, Handle::default())?,
    };
    let daemon = daemon.map_or(Ok(true), |daemon| protocol::truth(thread, daemon))?;
    if handle.started.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "thread already started"));
    }
    handle.waited.set(!daemon);
    let parts =
        [function.to_value(), PyTuple::empty().into_value(), Value::none(), handle.clone().into_value()];
    launch(thread, parts, &handle)?;
    Ok(handle.into_value())
}

/// The handles of threads that have not ended.
fn running(thread: &Thread) -> PyResult<Owned<PyList>> {
    let slot = &thread.interp().threading;
    if let Some(list) = slot.get().and_then(|list| list.downcast::<PyList>().ok()) {
        // those that have ended are forgotten
        let running: Vec<Value> = (0..list.len())
            .filter_map(|at| list.get(at))
            .filter(|handle| {
                handle.as_ref().get::<Native<Handle>>().is_some_and(|handle| !handle.has_ended())
            })
            .collect();
        if running.len() == list.len() {
            return Ok(list);
        }
        let list = PyList::new(thread)?;
        for handle in running {
            list.push(thread, handle)?;
        }
        drop(slot.replace(Some(list.clone().into_value())));
        return Ok(list);
    }
    let list = PyList::new(thread)?;
    drop(slot.replace(Some(list.clone().into_value())));
    Ok(list)
}

/// `_shutdown()`: waits for the threads that are not daemons.
pub(super) fn shutdown(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    wait_for_all(thread)?;
    Ok(Value::none())
}

fn wait_for_all(thread: &Thread) -> PyResult<()> {
    loop {
        let list = running(thread)?;
        let own = super::ident(thread);
        let next = (0..list.len())
            .filter_map(|at| list.get(at)?.downcast::<Native<Handle>>().ok())
            .find(|handle| handle.waited.get() && !handle.has_ended() && handle.ident.get() != own);
        let Some(handle) = next else { return Ok(()) };
        handle.wait(thread, None)?;
    }
}

/// In the child of a fork: all other threads have ended.
pub(super) fn forked(thread: &Thread) {
    let own = super::ident(thread);
    let list = thread.interp().threading.get().and_then(|list| list.downcast::<PyList>().ok());
    let handles = list.iter().flat_map(|list| (0..list.len()).filter_map(|at| list.get(at)));
    for handle in handles.filter_map(|handle| handle.downcast::<Native<Handle>>().ok()) {
        if handle.ident.get() != own {
            handle.end();
        }
    }
}

/// What the end of a program waits for: `threading._shutdown()`, if that module was imported.
///
/// # Errors
/// What it raises.
pub fn finish_threads(thread: &Thread) -> PyResult<()> {
    let modules = crate::call::all_modules(thread)?;
    let name = PyStr::from_text(thread, "threading")?;
    match modules.get_str(thread, &name)? {
        Some(module) => {
            let name = taipan_object::str::intern::intern_text(thread, "_shutdown")?;
            let shutdown = protocol::get_attribute(thread, module.as_ref(), &name)?;
            protocol::call(thread, shutdown.as_ref(), &[], None).map(drop)
        }
        None => Ok(()),
    }
}
