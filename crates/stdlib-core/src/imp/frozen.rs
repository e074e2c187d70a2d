//! The functions about modules of the library.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::exception::{IMPORT_ERROR, PyBaseException};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};

use crate::call;
use crate::import::{Frozen, frozen, machinery};

fn name_of<'a>(thread: &Thread, function: &str, name: Ref<'a>) -> PyResult<&'a PyStr> {
    call::str_argument(thread, function, "argument", name)
}

/// The module of the library. That frozen modules are not to be used (`_override_frozen_modules_for_tests`) does not
/// hide it: there is no other library.
fn find(thread: &Thread, name: &PyStr) -> Option<Frozen> {
    frozen(thread, &name.to_text_lossy())
}

#[cold]
fn missing(thread: &Thread, name: &PyStr) -> Raised {
    let text = name.to_text_lossy();
    let raised = thread.raise_message(&IMPORT_ERROR, format_args!("No such frozen object named '{text}'"));
    if let Some(exception) = thread.current_exception()
        && let Some(this) = exception.as_ref().get::<PyBaseException>()
    {
        drop(this.set_field(1, Some(as_ref(name).to_value())));
    }
    raised
}

const FIND_PARAMETERS: Parameters<2> = Parameters {
    function: "find_frozen",
    names: ["", "withdata"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

/// `(data, is_package, name in the library)`; the data is what `get_frozen_object` takes.
pub(super) fn find_frozen(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [name, with_data] = FIND_PARAMETERS.bind(thread, arguments, names)?;
    let Some(name) = name else { return Ok(Value::none()) };
    let name = name_of(thread, "find_frozen", name)?;
    let with_data = with_data.map_or(Ok(false), |value| protocol::truth(thread, value))?;
    let Some(found) = find(thread, name) else { return Ok(Value::none()) };
    let data = match with_data {
        true => PyBytes::new(thread, &crate::marshal::of_artifact(found.code))?.into_value(),
        false => Value::none(),
    };
    let origin = call::text(thread, found.name)?;
    Ok(PyTuple::pack(thread, [data, Value::bool(found.is_package), origin])?.into_value())
}

pub(super) fn get_frozen_object(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "get_frozen_object", arguments.len(), 1, 2)?;
    let Some(name) = arguments.first() else { return Ok(Value::none()) };
    let name = call::str_argument(thread, "get_frozen_object", "argument 1", name.as_ref())?;
    if let Some(data) = arguments.get(1).filter(|data| !data.as_ref().is_none()) {
        let bytes = bytes_of(thread, data.as_ref())?;
        let code = crate::marshal::loads_bytes(thread, &bytes, true)?;
        if code.as_ref().get::<taipan_object::code::PyCode>().is_none() {
            let name = name.to_text_lossy();
            return Err(raise!(thread, TYPE_ERROR, "frozen object '{name}' is not a code object"));
        }
        return Ok(code);
    }
    let found = find(thread, name).ok_or_else(|| missing(thread, name))?;
    let code = found.decode(thread)?;
    Ok(taipan_vm::code_object(thread, code)?.into_value())
}

pub(super) fn is_frozen_package(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = name_of(thread, "is_frozen_package", name)?;
    let found = find(thread, name).ok_or_else(|| missing(thread, name))?;
    Ok(Value::bool(found.is_package))
}

pub(super) fn is_frozen(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = name_of(thread, "is_frozen", name)?;
    Ok(Value::bool(find(thread, name).is_some()))
}

pub(super) fn init_frozen(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = name_of(thread, "init_frozen", name)?;
    let Some(found) = find(thread, name) else { return Ok(Value::none()) };
    let code = found.decode(thread)?;
    let interned = intern(thread, Owned::new_ref(name))?;
    let module = PyModule::new(thread, &interned)?;
    drop(call::all_modules(thread)?.insert(thread, interned.as_ref(), module.as_ref().to_value())?);
    if found.is_package {
        call::set_entry(thread, module.as_ref(), "__path__", PyList::new(thread)?.into_value())?;
    }
    call::set_entry(thread, module.as_ref(), "__origname__", call::text(thread, found.name)?)?;
    crate::import::run(thread, &module, code)?;
    Ok(module.into_value())
}

pub(super) fn names(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let names = machinery(thread).map(|machinery| machinery.frozen_names()).unwrap_or_default();
    let names = names.into_iter().map(|name| call::text(thread, name)).collect::<PyResult<Vec<Value>>>()?;
    Ok(PyList::from_values(thread, names)?.into_value())
}

pub(super) fn override_frozen(thread: &Thread, _: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    // the library is found whatever it says: see `find`
    to_int(thread, value).map(|_| Value::none())
}
