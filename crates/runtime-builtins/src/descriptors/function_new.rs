//! `types.FunctionType(code, globals, name, argdefs, closure, kwdefaults)`.

use taipan_object::cell::PyCell;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::function::{FUNCTION, FunctionParts, PyFunction};
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, raise};

use super::function::free_variables;
use crate::arguments::Parameters;

pub(super) fn install_slots() {
    FUNCTION.slots().new.set(Some(new));
}

fn new(
    thread: &Thread,
    _: &PyTypeObject,
    arguments: &[Value],
    keywords: Option<&PyTuple>,
) -> PyResult<Value> {
    let parameters = Parameters {
        function: "function",
        names: ["code", "globals", "name", "argdefs", "closure", "kwdefaults"],
        positional_only: 0,
        positional: 6,
        required: 2,
    };
    let [Some(code), Some(globals), name, defaults, closure, kwdefaults] =
        parameters.bind(thread, arguments, keywords)?
    else {
        return Ok(Value::none());
    };
    let wrong = |what: &str, wanted: &str, got: Ref<'_>| -> Raised {
        let got = got.ty().name();
        raise!(thread, TYPE_ERROR, "function() argument '{what}' must be {wanted}, not {got}")
    };
    let object = code;
    let code = code.get::<PyCode>().ok_or_else(|| wrong("code", "code", object))?;
    let globals_dict = globals.get::<PyDict>().ok_or_else(|| wrong("globals", "dict", globals))?;
    let given = |value: Option<Ref<'_>>| value.filter(|value| !value.is_none()).map(Ref::to_value);
    let (name, defaults, kwdefaults) = (given(name), given(defaults), given(kwdefaults));
    check::<PyStr>(thread, &name, "arg 3 (name) must be None or string")?;
    check::<PyTuple>(thread, &defaults, "arg 4 (defaults) must be None or tuple")?;
    let closure = check_closure(thread, code, object, closure)?;
    check::<PyDict>(thread, &kwdefaults, "arg 6 (kwdefaults) must be None or dict")?;
    let code_name = code.co_name.get().unwrap_or_else(Value::none);
    let parts = FunctionParts {
        code: object.to_value(),
        globals: globals.to_value(),
        builtins: builtins_of(thread, globals_dict)?,
        name: name.clone().unwrap_or_else(|| code_name.clone()),
        qualname: match name {
            Some(name) => name,
            None => code.co_qualname.get().unwrap_or(code_name),
        },
        doc: Value::none(),
        module: globals_dict.get(thread, as_ref(names::__name__.get()))?,
    };
    let function = PyFunction::new(thread, parts)?;
    for (slot, value) in [
        (function.func_defaults(), defaults),
        (function.func_closure(), closure),
        (function.func_kwdefaults(), kwdefaults),
    ] {
        drop(slot.replace(value));
    }
    Ok(function.into_value())
}

fn check<T: taipan_object::Layout>(thread: &Thread, value: &Option<Value>, message: &str) -> PyResult<()> {
    match value {
        Some(value) if value.as_ref().get::<T>().is_none() => Err(raise!(thread, TYPE_ERROR, "{message}")),
        _ => Ok(()),
    }
}

/// A cell for each free variable; `None` where there is none.
fn check_closure(
    thread: &Thread,
    code: &PyCode,
    object: Ref<'_>,
    closure: Option<Ref<'_>>,
) -> PyResult<Option<Value>> {
    let wants = free_variables(object);
    let closure = closure.map_or_else(Value::none, Ref::to_value);
    let tuple = closure.as_ref().get::<PyTuple>();
    if tuple.is_none() && wants > 0 {
        return Err(raise!(thread, TYPE_ERROR, "arg 5 (closure) must be tuple"));
    }
    if tuple.is_none() && !closure.as_ref().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "arg 5 (closure) must be None or tuple"));
    }
    let has = tuple.map_or(0, PyTuple::len);
    if has != wants {
        let name = code.co_name.get();
        let name = name.as_ref().and_then(|name| name.as_ref().get::<PyStr>());
        let name = name.map_or_else(String::new, PyStr::to_text_lossy);
        return Err(raise!(thread, VALUE_ERROR, "{name} requires closure of length {wants}, not {has}"));
    }
    for cell in tuple.into_iter().flat_map(PyTuple::iter) {
        if cell.get::<PyCell>().is_none() {
            let ty = cell.ty().name();
            return Err(raise!(thread, TYPE_ERROR, "arg 5 (closure) expected cell, found {ty}"));
        }
    }
    Ok(Some(closure).filter(|closure| !closure.as_ref().is_none()))
}

/// What the globals say the builtins are, a module or a dict; else those of the caller.
fn builtins_of(thread: &Thread, globals: &PyDict) -> PyResult<Value> {
    let found = globals.get(thread, as_ref(names::__builtins__.get()))?;
    if let Some(found) = found {
        let module = found.as_ref().get::<taipan_object::module::PyModule>();
        return Ok(match module.and_then(taipan_object::module::PyModule::dict) {
            Some(dict) => dict.into_value(),
            None => found,
        });
    }
    let of_caller = (thread.interp().hooks.caller_builtins.get())(thread).map(Owned::into_value);
    Ok(of_caller.or_else(|| thread.interp().builtins.get()).unwrap_or_else(Value::none))
}
