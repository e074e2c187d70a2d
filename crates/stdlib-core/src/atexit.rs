//! The module `atexit`: functions that are called when the interpreter ends, the last one first. They stand in a list of
//! the module, as tuples of function, arguments, and arguments by name or `None`.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::call;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance Keywords c"register" "($module, func, /, *args, **kwargs)" register, c"Has a function called at the end.";
    Instance None c"_clear" "($module, /)" clear, c"Forgets all functions.";
    Instance One c"unregister" "($module, func, /)" unregister, c"Forgets a function.";
    Instance None c"_run_exitfuncs" "($module, /)" run_function, c"Calls the functions now.";
    Instance None c"_ncallbacks" "($module, /)" count, c"How many functions there are.";
}

/// `atexit`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "atexit",
    doc: Some("Functions that are called when the interpreter ends."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        add(thread, module, LIST, PyList::new(thread)?.into_value())
    }),
};

const LIST: &str = "_functions";

fn list(thread: &Thread, module: Ref<'_>) -> PyResult<Owned<PyList>> {
    let list = call::entry(thread, module, LIST)?.and_then(|list| list.downcast().ok());
    list.ok_or_else(|| raise!(thread, RUNTIME_ERROR, "the list of exit functions is gone"))
}

fn register(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let Some((function, positional)) = positional.split_first() else {
        return Err(raise!(thread, TYPE_ERROR, "register() takes at least 1 argument (0 given)"));
    };
    if function.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "the first argument must be callable"));
    }
    let dict = PyDict::new(thread)?;
    for (at, value) in named.iter().enumerate() {
        if let Some(name) = names.and_then(|names| names.borrow(at)) {
            drop(dict.insert(thread, name, value.clone())?);
        }
    }
    let positional = PyTuple::from_values(thread, positional.iter().cloned())?.into_value();
    let entry = PyTuple::pack(thread, [function.clone(), positional, dict.into_value()])?;
    list(thread, module)?.push(thread, entry.into_value())?;
    Ok(function.clone())
}

fn clear(thread: &Thread, module: Ref<'_>) -> PyResult<Value> {
    let old = list(thread, module)?.take();
    drop(old);
    Ok(Value::none())
}

fn unregister(thread: &Thread, module: Ref<'_>, function: Ref<'_>) -> PyResult<Value> {
    let list = list(thread, module)?;
    let mut at = list.len();
    // a comparison may change the list
    while let Some(before) = at.checked_sub(1) {
        at = before.min(list.len());
        let Some(entry) = list.get(at) else { continue };
        let known = entry.as_ref().get::<PyTuple>().and_then(|entry| entry.get(0));
        let Some(known) = known else { continue };
        let equal = protocol::holds(thread, function, known.as_ref(), CompareOp::Eq)?;
        let still = list.get(at).is_some_and(|now| now.as_ref().is(entry.as_ref()));
        if equal && still {
            let old = list.remove(at);
            drop(old);
        }
    }
    Ok(Value::none())
}

fn count(thread: &Thread, module: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, list(thread, module)?.len() as i64)
}

fn run_function(thread: &Thread, module: Ref<'_>) -> PyResult<Value> {
    let list = list(thread, module)?;
    while let Some(entry) = list.pop() {
        let Some(entry) = entry.as_ref().get::<PyTuple>() else { continue };
        let (Some(function), Some(positional), Some(named)) = (entry.get(0), entry.get(1), entry.get(2))
        else {
            continue;
        };
        if let Err(raised) = apply(thread, function.as_ref(), positional.as_ref(), named.as_ref()) {
            thread.unraisable(raised, Some("in atexit callback"), Some(function.as_ref()));
        }
    }
    Ok(Value::none())
}

fn apply(thread: &Thread, function: Ref<'_>, positional: Ref<'_>, named: Ref<'_>) -> PyResult<()> {
    let mut arguments: Vec<Value> = positional
        .get::<PyTuple>()
        .map(|items| items.iter().map(Ref::to_value).collect())
        .unwrap_or_default();
    let mut names = Vec::new();
    if let Some(dict) = named.get::<PyDict>() {
        let mut cursor = DictCursor::start();
        while let Some((name, value)) = cursor.next(dict) {
            names.push(name);
            arguments.push(value);
        }
    }
    let names = PyTuple::from_values(thread, names)?;
    let names = Some(&*names).filter(|names| !names.is_empty());
    drop(protocol::call(thread, function, &arguments, names)?);
    Ok(())
}

/// Calls the functions that were registered, when an interpreter ends. What they raise is reported.
///
/// # Errors
/// When there is no memory.
pub fn run(thread: &Thread) -> PyResult<()> {
    if let Some(module) = call::imported(thread, "atexit")? {
        drop(run_function(thread, module.as_ref())?);
    }
    Ok(())
}
