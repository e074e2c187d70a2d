//! Runs a program: source to code, code in the virtual machine, with the native modules of this crate and of
//! `taipan-stdlib-io` to import, and an `__import__` that knows nothing else.

use std::sync::Once;

use taipan_host_native::NativeHost;
use taipan_object::builtin::{Binding, MethodDef, Native, PyCFunction};
use taipan_object::dict::PyDict;
use taipan_object::hash::HashSecret;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{Interp, Owned, PyResult, Ref, Thread, Value, process, protocol, raise};
use taipan_runtime_builtins::{modules, text};
use taipan_stdlib_io::standard::{StandardStream, standard_stream};

static SET_UP: Once = Once::new();

static IMPORT: MethodDef = MethodDef::new(
    c"__import__",
    Binding::Instance,
    Native::Positional(import),
    "",
    c"Import a native module.",
);

fn import(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let name = text::str(thread, arguments[0].as_ref())?;
    let known = thread.interp().modules.get().unwrap();
    let known = known.as_ref().get::<PyDict>().map(Owned::new_ref).unwrap();
    if let Some(module) = known.get_str(thread, &name)? {
        return Ok(module);
    }
    let wanted = name.to_text_lossy();
    let all = taipan_stdlib_io::MODULES.iter().chain(&taipan_stdlib_os::MODULES);
    let Some(found) = all.copied().find(|module| module.name == wanted) else {
        return Err(raise!(thread, IMPORT_ERROR, "No module named '{wanted}'"));
    };
    let module = modules::create(thread, found)?.into_value();
    drop(known.insert(thread, name.as_ref(), module.clone())?);
    Ok(module)
}

fn fill(thread: &Thread) -> PyResult<()> {
    taipan_vm::fill(thread)?;
    taipan_stdlib_io::fill(thread)?;
    taipan_stdlib_os::fill(thread)?;
    taipan_runtime_builtins::fill(thread)
}

fn put(thread: &Thread, dict: &PyDict, name: &str, value: Value) {
    let name = intern_text(thread, name).unwrap();
    drop(dict.insert(thread, name.as_ref(), value).unwrap());
}

/// A new interpreter on this system.
pub fn interpreter() -> Box<Interp> {
    SET_UP.call_once(|| {
        process::init(HashSecret::default(), fill);
    });
    let interp = Interp::new().unwrap();
    taipan_runtime_builtins::prepare(&interp);
    taipan_vm::prepare(&interp);
    taipan_host::install(&interp, Box::new(NativeHost));
    interp
}

/// The built-ins, and `sys` with a standard output on this descriptor.
fn world(thread: &Thread, fd: i32) -> Owned<PyDict> {
    let interp = thread.interp();
    let builtins = modules::create(thread, modules::find("builtins").unwrap()).unwrap();
    let dict = builtins.dict().unwrap();
    put(thread, &dict, "__import__", PyCFunction::new(thread, &IMPORT, None, None).unwrap().into_value());
    drop(interp.builtins.replace(Some(dict.clone().into_value())));
    let known = PyDict::new(thread).unwrap();
    drop(interp.modules.replace(Some(known.clone().into_value())));
    let sys = taipan_object::module::PyModule::new(thread, &intern_text(thread, "sys").unwrap()).unwrap();
    put(thread, &known, "sys", sys.as_ref().to_value());
    put(thread, &known, "builtins", builtins.into_value());
    let sys_dict = sys.dict().unwrap();
    let options = StandardStream {
        fd,
        name: "<stdout>",
        writes: true,
        encoding: "utf-8",
        errors: "strict",
        line_buffering: false,
        unbuffered: false,
    };
    put(thread, &sys_dict, "stdout", standard_stream(thread, options).unwrap());
    put(thread, &sys_dict, "modules", known.into_value());
    drop(interp.sys.replace(Some(sys_dict.into_value())));
    dict
}

/// What an exception says, with the type before it.
fn describe(thread: &Thread, exception: Ref<'_>) -> String {
    let text = text::str(thread, exception).map(|text| text.to_text_lossy()).unwrap_or_default();
    format!("{}: {text}", exception.ty().name())
}

/// Runs a program whose standard output is a descriptor; the exception that ended it, as text.
pub fn run(thread: &Thread, source: &[u8], name: &str, fd: i32) -> Result<(), String> {
    let builtins = world(thread, fd);
    let globals = PyDict::new(thread).unwrap();
    put(thread, &globals, "__name__", intern_text(thread, "__main__").unwrap().into_value());
    let name = taipan_wtf8::Wtf8::from_str(name);
    let compiled = taipan::compile::compile(source, name, taipan_parser::Mode::Exec, Default::default());
    let code = compiled.code.map_err(|error| format!("{error:?}"))?;
    let code = taipan_vm::code_object(thread, code).unwrap();
    let space = globals.clone().into_value();
    let result = taipan_vm::interp::run_code(thread, &code, &globals, &builtins, space, None);
    let result = result.map(drop).map_err(|raised| describe(thread, thread.catch(raised).as_ref()));
    let sys = thread.interp().sys.get().unwrap();
    let sys = sys.as_ref().get::<PyDict>().map(Owned::new_ref).unwrap();
    let stdout = sys.get_str(thread, &PyStr::from_text(thread, "stdout").unwrap()).unwrap().unwrap();
    let flush =
        protocol::get_attribute(thread, stdout.as_ref(), &intern_text(thread, "flush").unwrap()).unwrap();
    if let Err(raised) = protocol::call(thread, flush.as_ref(), &[], None) {
        return Err(describe(thread, thread.catch(raised).as_ref()));
    }
    result
}
