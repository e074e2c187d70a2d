//! The module `_io` as data.

use taipan_object::exception::BLOCKING_IOERROR;
use taipan_object::module::PyModule;
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};

use crate::errors::unsupported_class;
use crate::open;
use taipan_object::declare::method_table;

/// The modules of this crate.
pub static MODULES: [&ModuleDef; 1] = [&MODULE];

pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_io",
    doc: Some("Streams of bytes and of text."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

method_table! { FUNCTIONS:
    Instance Keywords c"open" "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)" open::open, c"Open a file and give a stream for it.";
    Instance Positional c"text_encoding" "($module, encoding, stacklevel=2, /)" open::text_encoding, c"The encoding, or the default one.";
    Instance Keywords c"open_code" "($module, /, path)" open::open_code, c"Open a file that holds a program.";
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add_types(thread, module, crate::types())?;
    add(thread, module, "UnsupportedOperation", unsupported_class(thread)?.into_value())?;
    add_types(thread, module, [&BLOCKING_IOERROR])?;
    add(thread, module, "DEFAULT_BUFFER_SIZE", Value::int(thread, crate::DEFAULT_BUFFER_SIZE as i64)?)
}
