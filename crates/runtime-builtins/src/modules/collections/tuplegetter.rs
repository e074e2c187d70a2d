//! `_tuplegetter`: the attributes of named tuples.

use std::cell::Cell;

use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, raise};

use crate::arguments::{check_count, no_keywords, to_size};
use crate::iterators::reduced_call;
use crate::methods::method_table;
use crate::{install, text};
use taipan_object::declare::{native_state, receiver};

/// The index of the item, and the documentation.
#[derive(Default)]
pub(super) struct TupleGetter {
    doc: Slot,
    index: Cell<isize>,
}

native_type! {
    /// `_tuplegetter`.
    pub(super) static TUPLEGETTER: TupleGetter = "collections._tuplegetter", flags 0, dict false, weak false,
    does { new: new, repr: repr, descr_get: get, descr_set: set }
}

native_state!(TupleGetter in TUPLEGETTER: doc);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the descriptor again from.";
}

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__doc__",
    get: |thread, this| Ok(receiver::<TupleGetter>(thread, this)?.doc.get().unwrap_or_else(Value::none)),
    set: Some(|thread, this, value| {
        drop(receiver::<TupleGetter>(thread, this)?.doc.replace(value));
        Ok(())
    }),
    doc: "the documentation",
}];

/// Puts methods and attributes into the type.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &TUPLEGETTER, &METHODS)?;
    install::attributes(thread, &TUPLEGETTER, &ATTRIBUTES)
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &TUPLEGETTER, arguments, names)?;
    check_count(thread, "_tuplegetter", arguments.len(), 2, 2)?;
    let none = Value::none();
    let index = to_size(thread, arguments.first().unwrap_or(&none).as_ref())?;
    let state = TupleGetter { doc: Slot::from_option(arguments.get(1).cloned()), index: Cell::new(index) };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn get(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let getter = receiver::<TupleGetter>(thread, this)?;
    let Some(object) = object.filter(|object| !object.is_none()) else { return Ok(this.to_value()) };
    let index = getter.index.get();
    let Some(tuple) = object.get::<PyTuple>() else {
        let ty = object.ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{ty}' object"
        ));
    };
    let item = usize::try_from(index).ok().and_then(|index| tuple.get(index));
    item.ok_or_else(|| raise!(thread, INDEX_ERROR, "tuple index out of range"))
}

fn set(thread: &Thread, _: Ref<'_>, _: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let does = if value.is_some() { "set" } else { "delete" };
    Err(raise!(thread, ATTRIBUTE_ERROR, "can't {does} attribute"))
}

fn parts(thread: &Thread, this: Ref<'_>) -> PyResult<[Value; 2]> {
    let getter = receiver::<TupleGetter>(thread, this)?;
    let index = Value::int(thread, getter.index.get() as i64)?;
    Ok([index, getter.doc.get().unwrap_or_else(Value::none)])
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let [index, doc] = parts(thread, this)?;
    let doc = text::repr(thread, doc.as_ref())?.to_text_lossy();
    let (name, index) = (this.ty().short_name(), text::repr(thread, index.as_ref())?.to_text_lossy());
    Ok(PyStr::from_text(thread, &format!("{name}({index}, {doc})"))?.into_value())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    reduced_call(thread, as_ref(this.ty()).to_value(), parts(thread, this)?.to_vec())
}
