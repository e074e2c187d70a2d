//! Methods and attributes of `typing.Union`.

use taipan_object::descriptor::GetSetDef;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, raise};

use super::union::{self, PyUnion, UNION};
use crate::methods::method_table;
use crate::objects::find_attribute;

method_table! { METHODS:
    Instance One c"__mro_entries__" "" mro_entries, c"Refuses to be derived from.";
    Class One c"__class_getitem__" "($type, args, /)" class_getitem, c"The union of the types in brackets.";
}

static ATTRIBUTES: [GetSetDef; 4] = [
    GetSetDef { name: "__name__", get: name, set: None, doc: "The name of the type." },
    GetSetDef { name: "__qualname__", get: name, set: None, doc: "The qualified name of the type." },
    GetSetDef { name: "__origin__", get: origin, set: None, doc: "The type." },
    GetSetDef {
        name: "__parameters__",
        get: parameters,
        set: None,
        doc: "The type parameters among the parts.",
    },
];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &UNION;
    crate::install::methods(thread, ty, &METHODS)?;
    crate::install::fields(thread, ty, &union::FIELDS)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

fn mro_entries(thread: &Thread, this: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    let shown = crate::text::repr(thread, this)?.to_text_lossy();
    Err(raise!(thread, TYPE_ERROR, "Cannot subclass {shown}"))
}

/// `Union[…]`; a string in brackets is a forward reference.
fn class_getitem(thread: &Thread, _: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let given: Vec<Value> = match key.get::<PyTuple>() {
        Some(types) => types.iter().map(Ref::to_value).collect(),
        None => vec![key.to_value()],
    };
    if given.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "Cannot take a Union of no types."));
    }
    let mut types = Vec::new();
    for ty in given {
        types.push(if ty.as_ref().get::<PyStr>().is_some() { forward_reference(thread, ty)? } else { ty });
    }
    union::of(thread, &types)
}

pub(super) fn forward_reference(thread: &Thread, text: Value) -> PyResult<Value> {
    let module = taipan_object::str::intern::intern_text(thread, "annotationlib")?;
    let module = (thread.interp().hooks.import.get())(thread, &module)?;
    let class = taipan_object::str::intern::intern_text(thread, "ForwardRef")?;
    match find_attribute(thread, module.as_ref(), &class)? {
        Some(class) => taipan_object::protocol::call(thread, class.as_ref(), &[text], None),
        None => Ok(text),
    }
}

fn name(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, "Union")?.into_value())
}

fn origin(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(as_ref::<PyTypeObject>(&UNION).to_value())
}

fn parameters(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(PyUnion::parameters_of(thread, this)?.into_value())
}
