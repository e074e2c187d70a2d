//! The module `_imp`: what importlib asks of the interpreter.

mod extension;
mod frozen;
mod library;

use taipan_object::buffer::bytes_of;
use taipan_object::code::PyCode;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::modules::{self, ModuleDef, add};

use crate::call;
use crate::import::machinery;
use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance None c"extension_suffixes" "($module, /)" extension::suffixes, c"The endings of the names of extension modules.";
    Instance None c"lock_held" "($module, /)" lock_held, c"Whether the lock of imports is held.";
    Instance None c"acquire_lock" "($module, /)" acquire_lock, c"Takes the lock of imports.";
    Instance None c"release_lock" "($module, /)" release_lock, c"Gives the lock of imports back.";
    Instance Keywords c"find_frozen" "($module, name, /, *, withdata=False)" frozen::find_frozen, c"What is known of a module of the library, or None.";
    Instance Positional c"get_frozen_object" "($module, name, data=None, /)" frozen::get_frozen_object, c"The code of a module of the library.";
    Instance One c"is_frozen_package" "($module, name, /)" frozen::is_frozen_package, c"Whether a module of the library is a package.";
    Instance One c"create_builtin" "($module, spec, /)" create_builtin, c"Makes a native module.";
    Instance One c"init_frozen" "($module, name, /)" frozen::init_frozen, c"Makes a module of the library and runs its code.";
    Instance One c"is_builtin" "($module, name, /)" is_builtin, c"1 for a native module, -1 for one that cannot be made again, else 0.";
    Instance One c"is_frozen" "($module, name, /)" frozen::is_frozen, c"Whether the library has a module.";
    Instance None c"_frozen_module_names" "($module, /)" frozen::names, c"The names of the modules of the library.";
    Instance One c"_override_frozen_modules_for_tests" "($module, override, /)" frozen::override_frozen, c"Says whether the library is used: for tests.";
    Instance One c"_override_multi_interp_extensions_check" "($module, override, /)" extension::override_check, c"Says whether extensions are checked: for tests.";
    Instance Positional c"create_dynamic" "($module, spec, file=<unrepresentable>, /)" extension::create_dynamic, c"Makes an extension module.";
    Instance One c"exec_dynamic" "($module, mod, /)" extension::exec_dynamic, c"Runs an extension module.";
    Instance One c"exec_builtin" "($module, mod, /)" exec_builtin, c"Runs a native module.";
    Instance Two c"_fix_co_filename" "($module, code, path, /)" fix_co_filename, c"Gives code objects another file name.";
    Instance Two c"_library_find" "($module, folder, name, /)" library::find, c"Whether a module in a folder of the library is a package, and its path; or None.";
    Instance Two c"_library_code" "($module, path, size, /)" library::code, c"The code of a file of the library that has this size, or none; or None.";
    Instance One c"_library_source" "($module, path, /)" library::source, c"The source of a file of the library, or None.";
    Instance Keywords c"source_hash" "($module, /, key, source)" source_hash, c"The hash of a source, as it stands in compiled files.";
}

/// `_imp`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_imp",
    doc: Some("What importlib is made of. Not for other uses."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let magic = u32::from_le_bytes(taipan_artifact::PYC_MAGIC);
    add(thread, module, "pyc_magic_number_token", Value::int(thread, magic.into())?)?;
    add(thread, module, "check_hash_based_pycs", call::text(thread, "default")?)
}

fn lock_held(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(machinery(thread).is_some_and(|machinery| machinery.lock_depth.get() > 0)))
}

fn acquire_lock(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    if let Some(machinery) = machinery(thread) {
        machinery.lock_depth.set(machinery.lock_depth.get() + 1);
    }
    Ok(Value::none())
}

fn release_lock(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let depth = machinery(thread).map(|machinery| &machinery.lock_depth);
    match depth.and_then(|depth| depth.get().checked_sub(1).map(|less| depth.set(less))) {
        Some(()) => Ok(Value::none()),
        None => Err(raise!(thread, RUNTIME_ERROR, "not holding the import lock")),
    }
}

fn is_builtin(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let name = call::str_argument(thread, "is_builtin", "argument", name)?.to_text_lossy();
    let known = machinery(thread).is_some_and(|machinery| machinery.native(&name).is_some());
    // those two are there once and for all
    let once = name == "sys" || name == "builtins";
    Ok(Value::small(if once { -1 } else { known.into() }))
}

fn create_builtin(thread: &Thread, _: Ref<'_>, spec: Ref<'_>) -> PyResult<Value> {
    let name = call::attribute(thread, spec, "name")?;
    let Some(text) = name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy) else {
        let ty = name.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "name must be string, not {ty}"));
    };
    if (text == "sys" || text == "builtins")
        && let Some(known) = call::imported(thread, &text)?
    {
        return Ok(known);
    }
    match machinery(thread).and_then(|machinery| machinery.native(&text)) {
        Some(definition) => Ok(modules::create(thread, definition)?.into_value()),
        None => Ok(Value::none()),
    }
}

/// Native modules are whole when they are made.
fn exec_builtin(_: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(0))
}

/// Names of files stand in the immutable code behind the objects, so the objects are told: this one, and those of the
/// code within it that had the same name.
fn fix_co_filename(thread: &Thread, _: Ref<'_>, code: Ref<'_>, path: Ref<'_>) -> PyResult<Value> {
    let Some(code) = code.get::<PyCode>() else {
        let ty = code.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "_fix_co_filename() argument 1 must be code, not {ty}"));
    };
    let path = call::str_argument(thread, "_fix_co_filename", "argument 2", path)?;
    let old = code.co_filename.get();
    let is_old = |code: &PyCode| match (&old, code.co_filename.get()) {
        (Some(old), Some(name)) => protocol::same_or_equal(thread, old.as_ref(), name.as_ref()),
        _ => Ok(false),
    };
    if old.as_ref().is_some_and(|old| old.as_ref().get::<PyStr>().is_some_and(|old| old.equals(path))) {
        return Ok(Value::none());
    }
    let mut left = vec![Owned::new_ref(code)];
    while let Some(code) = left.pop() {
        for constant in taipan_vm::program(&code).constants(thread)?.iter() {
            if let Some(inner) = constant.as_ref().get::<PyCode>()
                && is_old(inner)?
            {
                left.push(Owned::new_ref(inner));
            }
        }
        drop(code.co_filename.replace(Some(as_ref(path).to_value())));
    }
    Ok(Value::none())
}

const HASH_PARAMETERS: Parameters<2> = Parameters {
    function: "source_hash",
    names: ["key", "source"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

fn source_hash(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [key, source] = HASH_PARAMETERS.bind(thread, arguments, names)?;
    let (Some(key), Some(source)) = (key, source) else { return Ok(Value::none()) };
    if !key.is_int() {
        let ty = key.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "source_hash() argument 'key' must be int, not {ty}"));
    }
    let Some(key) = key.to_i64() else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"));
    };
    let source = bytes_of(thread, source)?;
    let hash = taipan_artifact::keyed_hash(key as u64, &source);
    Ok(taipan_object::bytes::PyBytes::new(thread, &hash)?.into_value())
}
