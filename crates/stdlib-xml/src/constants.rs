//! `pyexpat.errors`, `pyexpat.model`, and what the parser was built with.

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::modules::add;
use taipan_xml::{ErrorCode, ModelKind, Quantifier};

const FEATURES: [(&str, i32); 10] = [
    ("sizeof(XML_Char)", 1),
    ("sizeof(XML_LChar)", 1),
    ("XML_DTD", 0),
    ("XML_CONTEXT_BYTES", 1024),
    ("XML_NS", 0),
    ("XML_BLAP_MAX_AMP", 100),
    ("XML_BLAP_ACT_THRES", 8_388_608),
    ("XML_GE", 0),
    ("XML_AT_MAX_AMP", 100),
    ("XML_AT_ACT_THRES", 67_108_864),
];

/// `features`
pub(crate) fn features(thread: &Thread) -> PyResult<Value> {
    let one = |(name, value): (&str, i32)| -> PyResult<Value> {
        let name = PyStr::from_text(thread, name)?.into_value();
        Ok(PyTuple::pack(thread, [name, Value::small(value)])?.into_value())
    };
    let all = FEATURES.into_iter().map(one).collect::<PyResult<Vec<Value>>>()?;
    Ok(PyList::from_values(thread, all)?.into_value())
}

/// Adds the two modules within, which can be imported by their names, too.
pub(crate) fn add_modules(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let errors = submodule(thread, module, "errors", "Constants used to describe error conditions.")?;
    let (codes, messages) = (PyDict::new(thread)?, PyDict::new(thread)?);
    for &code in ErrorCode::ALL {
        let text = PyStr::from_text(thread, code.text())?.into_value();
        let number = Value::small(code as i32);
        add(thread, &errors, &constant_of(code), text.clone())?;
        drop(codes.insert(thread, text.as_ref(), number.clone())?);
        drop(messages.insert(thread, number.as_ref(), text)?);
    }
    add(thread, &errors, "codes", codes.into_value())?;
    add(thread, &errors, "messages", messages.into_value())?;
    let model = submodule(thread, module, "model", "Constants used to interpret content model information.")?;
    for (name, value) in [
        ("XML_CTYPE_EMPTY", ModelKind::Empty as i32),
        ("XML_CTYPE_ANY", ModelKind::Any as i32),
        ("XML_CTYPE_MIXED", ModelKind::Mixed as i32),
        ("XML_CTYPE_NAME", ModelKind::Name as i32),
        ("XML_CTYPE_CHOICE", ModelKind::Choice as i32),
        ("XML_CTYPE_SEQ", ModelKind::Sequence as i32),
        ("XML_CQUANT_NONE", Quantifier::None as i32),
        ("XML_CQUANT_OPT", Quantifier::Optional as i32),
        ("XML_CQUANT_REP", Quantifier::Repeated as i32),
        ("XML_CQUANT_PLUS", Quantifier::Plus as i32),
    ] {
        add(thread, &model, name, Value::small(value))?;
    }
    Ok(())
}

fn submodule(
    thread: &Thread,
    module: &PyModule,
    name: &str,
    doc: &str,
) -> PyResult<taipan_object::Owned<PyModule>> {
    let full = intern_text(thread, &format!("pyexpat.{name}"))?;
    let made = PyModule::new(thread, &full)?;
    add(thread, &made, "__doc__", PyStr::from_text(thread, doc)?.into_value())?;
    add(thread, module, name, made.clone().into_value())?;
    if let Some(modules) = thread.interp().modules.get_as::<PyDict>() {
        drop(modules.insert(thread, full.as_ref(), made.clone().into_value())?);
    }
    Ok(made)
}

/// `XML_ERROR_…` for an error, whose name is in words of capitals.
fn constant_of(code: ErrorCode) -> String {
    let mut name = String::from("XML_ERROR");
    for c in format!("{code:?}").chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    name
}
