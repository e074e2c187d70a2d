//! The functions of the module: `dump`, `dumps`, `load`, `loads`.

use taipan_object::bytes::PyBytes;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, buffer};
use taipan_runtime_builtins::arguments::Parameters;

use taipan_object::declare::method_table;

use crate::input::Input;
use crate::pickler::{self, Pickler};
use crate::unpickler::{self, Unpickler};

method_table! { FUNCTIONS:
    Instance Keywords c"dump" "($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)"
        dump, c"Writes the pickle of an object to a file.";
    Instance Keywords c"dumps" "($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)"
        dumps, c"The pickle of an object, as bytes.";
    Instance Keywords c"load"
        "($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())"
        load, c"The object of the pickle that a file goes on with.";
    Instance Keywords c"loads"
        "($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())"
        loads, c"The object of a pickle.";
}

type Names<'a> = Option<&'a PyTuple>;

const DUMP: Parameters<5> = Parameters {
    function: "dump",
    names: ["obj", "file", "protocol", "fix_imports", "buffer_callback"],
    positional_only: 0,
    positional: 3,
    required: 2,
};

fn dump(thread: &Thread, _: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [object, file, version, fix_imports, callback] = DUMP.bind(thread, given, names)?;
    let (Some(object), Some(file)) = (object, file) else { return Ok(Value::none()) };
    let state = Native::new(thread, Pickler::default())?;
    pickler::configure(thread, &state, version, fix_imports, callback)?;
    pickler::set_output(thread, &state, file)?;
    pickler::written(thread, state.as_ref(), &state, object)?;
    pickler::flush(thread, &state)?;
    Ok(Value::none())
}

const DUMPS: Parameters<4> = Parameters {
    function: "dumps",
    names: ["obj", "protocol", "fix_imports", "buffer_callback"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn dumps(thread: &Thread, _: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [object, version, fix_imports, callback] = DUMPS.bind(thread, given, names)?;
    let Some(object) = object else { return Ok(Value::none()) };
    let state = Native::new(thread, Pickler::default())?;
    pickler::configure(thread, &state, version, fix_imports, callback)?;
    pickler::written(thread, state.as_ref(), &state, object)?;
    let bytes = state.writer.borrow_mut().take();
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

const LOAD: Parameters<5> = Parameters {
    function: "load",
    names: ["file", "fix_imports", "encoding", "errors", "buffers"],
    positional_only: 0,
    positional: 1,
    required: 1,
};

fn load(thread: &Thread, _: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [file, fix_imports, encoding, errors, buffers] = LOAD.bind(thread, given, names)?;
    let Some(file) = file else { return Ok(Value::none()) };
    let state = Native::new(thread, Unpickler::default())?;
    unpickler::set_file(thread, &state, file)?;
    unpickler::configure(thread, "load", &state, [fix_imports, encoding, errors, buffers])?;
    unpickler::read(thread, state.as_ref(), &state)
}

const LOADS: Parameters<5> = Parameters {
    function: "loads",
    names: ["", "fix_imports", "encoding", "errors", "buffers"],
    positional_only: 1,
    positional: 1,
    required: 1,
};

fn loads(thread: &Thread, _: Ref<'_>, given: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [data, fix_imports, encoding, errors, buffers] = LOADS.bind(thread, given, names)?;
    let Some(data) = data else { return Ok(Value::none()) };
    let state = Native::new(thread, Unpickler::default())?;
    state.input.replace(Input::of(buffer::bytes_of(thread, data)?.into_owned()));
    unpickler::configure(thread, "loads", &state, [fix_imports, encoding, errors, buffers])?;
    unpickler::read(thread, state.as_ref(), &state)
}
