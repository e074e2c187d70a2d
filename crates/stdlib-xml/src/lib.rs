//! The native modules `pyexpat`, the parser of `taipan-xml` as Python sees it, and `_elementtree` (a folder). Of `pyexpat`, `parser.rs` has the type of parsers,
//! `handlers.rs` calls what a program set for the events, `methods.rs` has the methods, `attributes.rs` the attributes,
//! `constants.rs` the modules `pyexpat.errors` and `pyexpat.model`.
//!
//! Invariants: no parser is borrowed while Python code runs, so that handlers may ask it and change it; what a handler
//! raises comes out of `Parse`, and no handler is called after it.
#![forbid(unsafe_code)]

mod attributes;
mod constants;
mod elementtree;
mod encoding;
mod error;
mod handlers;
mod methods;
mod parser;

use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::modules::{ModuleDef, add};

/// Names of arguments.
pub(crate) type Names<'a> = Option<&'a PyTuple>;

method_table! { FUNCTIONS:
    Instance Keywords c"ParserCreate" "($module, /, encoding=None, namespace_separator=None,\n             intern=<unrepresentable>)" parser::create, c"A new parser.";
    Instance One c"ErrorString" "($module, code, /)" error_string, c"The words for an error's number.";
}

/// `pyexpat`.
static MODULE: ModuleDef = ModuleDef {
    name: "pyexpat",
    doc: Some("Python wrapper for Expat parser."),
    functions: &FUNCTIONS,
    exec: Some(exec),
};

/// The native modules of this crate.
pub static MODULES: [&ModuleDef; 2] = [&MODULE, &elementtree::MODULE];

/// Makes the types of this crate ready: part of what fills the static types while the process is set up, before
/// `taipan_runtime_builtins::fill`.
///
/// # Errors
/// When there is no memory.
pub fn fill(thread: &Thread) -> PyResult<()> {
    let types: [&'static PyTypeObject; 2] = [&error::EXPAT_ERROR, &parser::XML_PARSER];
    ready::ready_more(thread, &types)?;
    attributes::fill(thread)?;
    methods::fill(thread)?;
    elementtree::fill(thread)
}

/// The release of libexpat whose behaviour this is.
const VERSION: [i32; 3] = [2, 7, 3];

/// The release in words.
pub(crate) fn version_text(before: &str) -> String {
    let [major, minor, micro] = VERSION;
    format!("{before}{major}.{minor}.{micro}")
}

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    for name in ["ExpatError", "error"] {
        add(thread, module, name, as_ref(&error::EXPAT_ERROR).to_value())?;
    }
    add(thread, module, "XMLParserType", as_ref::<PyTypeObject>(&parser::XML_PARSER).to_value())?;
    let text = |text: &str| Ok(PyStr::from_text(thread, text)?.into_value());
    add(thread, module, "EXPAT_VERSION", text(&version_text("expat_"))?)?;
    let version = PyTuple::pack(thread, VERSION.map(Value::small))?.into_value();
    add(thread, module, "version_info", version)?;
    add(thread, module, "native_encoding", text("UTF-8")?)?;
    for (number, name) in (0..).zip(["NEVER", "UNLESS_STANDALONE", "ALWAYS"]) {
        add(thread, module, &format!("XML_PARAM_ENTITY_PARSING_{name}"), Value::small(number))?;
    }
    add(thread, module, "features", constants::features(thread)?)?;
    constants::add_modules(thread, module)
}

fn error_string(thread: &Thread, _: Ref<'_>, code: Ref<'_>) -> PyResult<Value> {
    let number = protocol::number::index(thread, code)?;
    let Some(number) = number.as_ref().to_i64() else {
        return Err(raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C long"));
    };
    match taipan_xml::ErrorCode::ALL.iter().find(|code| i64::from(**code as i32) == number) {
        Some(code) => Ok(PyStr::from_text(thread, code.text())?.into_value()),
        None => Ok(Value::none()),
    }
}
