//! The module `errno`: numbers of errors, and their names.

use taipan_host::of;
use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::modules::{ModuleDef, add};

/// `errno`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "errno",
    doc: Some("Numbers of the system's errors by name, and names by number in errorcode."),
    functions: &[],
    exec: Some(exec),
};

/// Names that are not the first of their number.
const SECOND: [&str; 3] = ["EWOULDBLOCK", "EDEADLK", "EOPNOTSUPP"];

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let codes = PyDict::new(thread)?;
    let numbers = of(thread).error_numbers();
    for (name, number) in numbers {
        let value = Value::int(thread, *number)?;
        add(thread, module, name, value.clone())?;
        let is_known = codes.contains(thread, value.as_ref())?;
        if !is_known || !SECOND.contains(name) {
            drop(codes.insert(thread, value.as_ref(), intern_text(thread, name)?.into_value())?);
        }
    }
    add(thread, module, "errorcode", codes.into_value())
}
