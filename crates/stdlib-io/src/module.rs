//! The module `_io` as data.

use taipan_object::builtin::MethodDef;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value, as_ref};

use crate::open;
use crate::table::method_table;

/// What there is to say about a native module.
pub struct ModuleDef {
    /// The name by which it is imported.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: Option<&'static str>,
    /// Its functions; the first argument of each is the module.
    pub functions: &'static [MethodDef],
    /// Adds types and constants.
    pub exec: Option<fn(&Thread, &PyModule) -> PyResult<()>>,
}

/// The modules of this crate.
pub static MODULES: &[ModuleDef] = &[ModuleDef {
    name: "_io",
    doc: Some("Streams of bytes and of text."),
    functions: &FUNCTIONS,
    exec: Some(exec),
}];

method_table! { FUNCTIONS:
    Instance Keywords c"open" "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)" open::open, c"Open a file and give a stream for it.";
    Instance Positional c"text_encoding" "($module, encoding, stacklevel=2, /)" open::text_encoding, c"The encoding, or the default one.";
    Instance Keywords c"open_code" "($module, /, path)" open::open_code, c"Open a file that holds a program.";
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let Some(dict) = module.dict() else { return Ok(()) };
    let add = |name: &str, value: Value| {
        let name = intern_text(thread, name)?;
        dict.insert(thread, name.as_ref(), value).map(drop)
    };
    for ty in crate::types() {
        add(ty.short_name(), as_ref(ty).to_value())?;
    }
    add("UnsupportedOperation", as_ref(&crate::UNSUPPORTED_OPERATION).to_value())?;
    add("BlockingIOError", as_ref(&taipan_object::exception::BLOCKING_IOERROR).to_value())?;
    add("DEFAULT_BUFFER_SIZE", Value::int(thread, crate::DEFAULT_BUFFER_SIZE as i64)?)
}
