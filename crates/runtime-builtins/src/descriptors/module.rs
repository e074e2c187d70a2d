//! `types.ModuleType`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::module::{MODULE, PyModule};
use taipan_object::str::{PyStr, intern::intern_text, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use crate::arguments::{Parameters, wrong_type};
use crate::methods::method_table;

method_table! { METHODS:
    Instance None c"__dir__" "" dir, c"The names of the attributes.";
}

static ATTRIBUTES: [GetSetDef; 3] = [
    GetSetDef { name: "__dict__", get: dict_value, set: None, doc: "The attributes." },
    GetSetDef {
        name: "__annotations__",
        get: annotations,
        set: Some(set_annotations),
        doc: "The annotations.",
    },
    GetSetDef {
        name: "__annotate__",
        get: annotate,
        set: Some(set_annotate),
        doc: "What gives the annotations.",
    },
];

pub(super) fn install_slots() {
    let slots = MODULE.slots();
    slots.new.set(Some(|thread, class, _, _| Ok(PyModule::empty_in(thread, class)?.into_value())));
    slots.init.set(Some(init));
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &MODULE;
    crate::install::methods(thread, ty, &METHODS)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

fn dict(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PyDict>> {
    let dict = this.get::<PyModule>().and_then(PyModule::dict);
    dict.ok_or_else(|| raise!(thread, TYPE_ERROR, "<module>.__dict__ is not a dictionary"))
}

/// `module(name, doc=None)`
fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], keywords: Option<&PyTuple>) -> PyResult<()> {
    let parameters = Parameters {
        function: "module",
        names: ["name", "doc"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let [Some(name), doc] = parameters.bind(thread, arguments, keywords)? else { return Ok(()) };
    if name.get::<PyStr>().is_none() {
        return Err(wrong_type(thread, "module", "argument 'name'", "str", name));
    }
    let dict = dict(thread, this)?;
    let package = intern_text(thread, "__package__")?;
    let entries: [(&PyStr, Value); 5] = [
        (names::__name__.get(), name.to_value()),
        (names::__doc__.get(), doc.map_or_else(Value::none, Ref::to_value)),
        (&package, Value::none()),
        (names::__loader__.get(), Value::none()),
        (names::__spec__.get(), Value::none()),
    ];
    for (key, value) in entries {
        drop(dict.insert(thread, as_ref(key), value)?);
    }
    if let Some(module) = this.get::<PyModule>() {
        drop(module.md_name().replace(Some(name.to_value())));
    }
    Ok(())
}

fn dict_value(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(dict(thread, this)?.into_value())
}

/// What a `__dir__` of the module says, or its names.
fn dir(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let found = protocol::get_attribute(thread, this, names::__dict__.get())?;
    let Ok(dict) = found.downcast::<PyDict>() else {
        return Err(raise!(thread, TYPE_ERROR, "<module>.__dict__ is not a dictionary"));
    };
    if let Some(own) = dict.get(thread, as_ref(names::__dir__.get()))? {
        return protocol::call(thread, own.as_ref(), &[], None);
    }
    let keys = crate::iterate::collect(thread, dict.as_ref())?;
    Ok(PyList::from_values(thread, keys)?.into_value())
}

fn annotate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let dict = dict(thread, this)?;
    dict.get_or_insert(thread, as_ref(names::__annotate__.get()), Value::none())
}

fn set_annotate(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "cannot delete __annotate__ attribute"));
    };
    let is_none = value.as_ref().is_none();
    if !is_none && value.as_ref().ty().slots().call.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__annotate__ must be callable or None"));
    }
    let dict = dict(thread, this)?;
    drop(dict.insert(thread, as_ref(names::__annotate__.get()), value)?);
    if !is_none {
        drop(dict.remove(thread, as_ref(names::__annotations__.get()))?);
    }
    Ok(())
}

fn annotations(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let dict = dict(thread, this)?;
    if let Some(known) = dict.get(thread, as_ref(names::__annotations__.get()))? {
        return Ok(known);
    }
    let made = crate::classes::compute_annotations(thread, &annotate(thread, this)?)?;
    drop(dict.insert(thread, as_ref(names::__annotations__.get()), made.clone())?);
    Ok(made)
}

fn set_annotations(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (dict, name) = (dict(thread, this)?, names::__annotations__.get());
    match value {
        Some(value) => drop(dict.insert(thread, as_ref(name), value)?),
        None => {
            if dict.remove(thread, as_ref(name))?.is_none() {
                let name = as_ref(name).to_value();
                return Err(thread.raise_value(&taipan_object::exception::ATTRIBUTE_ERROR, name));
            }
        }
    }
    drop(dict.remove(thread, as_ref(names::__annotate__.get()))?);
    Ok(())
}
