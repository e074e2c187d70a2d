//! The module `_symtable`: the scopes of a source. The objects are those of `taipan_stdlib_language`.

use taipan_object::builtin::MethodDef;
use taipan_object::declare::method_table;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_parser::Mode;
use taipan_runtime::evaluate::{filename_text, source_bytes};
use taipan_runtime_builtins::arguments::{check_count, wrong_type};
use taipan_runtime_builtins::modules::ModuleDef;
use taipan_stdlib_language::symtable;

use crate::trees;

method_table! { FUNCTIONS:
    Instance Positional c"symtable" "($module, source, filename, startstr, /)" table, c"The scopes of a source.";
}

/// `_symtable`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_symtable",
    doc: None,
    functions: &FUNCTIONS as &[MethodDef],
    exec: Some(symtable::add_constants),
};

fn table(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "symtable", arguments.len(), 3, 3)?;
    let [source, filename, mode] = arguments else { return Ok(Value::none()) };
    let filename = filename_text(thread, filename.as_ref())?;
    let Some(mode) = mode.as_ref().get::<PyStr>() else {
        return Err(wrong_type(thread, "symtable", "argument 3", "str", mode.as_ref()));
    };
    let bytes = source_bytes(thread, source.as_ref(), "symtable")?;
    let mode = match mode.to_text_lossy().as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => return Err(symtable::wrong_mode(thread)),
    };
    let is_text = source.as_ref().get::<PyStr>().is_some();
    trees::symbols(thread, &bytes, filename.as_wtf8(), mode, is_text)
}
