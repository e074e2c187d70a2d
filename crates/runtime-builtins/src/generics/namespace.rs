//! `types.SimpleNamespace`: an object with the attributes that it was given.

use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};

use crate::arguments::{check_count, positional_count};
use crate::methods::method_table;
use crate::text::Printing;

/// It is the dict that matters.
#[derive(Default)]
pub struct Namespace {}

native_type! {
    /// `types.SimpleNamespace`.
    pub static SIMPLE_NAMESPACE: Namespace = "types.SimpleNamespace", flags flags::BASETYPE, dict true, weak false,
    does { new: new, init: init, repr: repr, richcompare: compare, hash: protocol::no_hash }
}

impl NativeType for Namespace {
    fn definition() -> &'static NativeStatic<Namespace> {
        &SIMPLE_NAMESPACE
    }

    fn traverse(&self, _: &mut Visitor) {}

    fn clear(&self) {}
}

method_table! { METHODS:
    Instance None c"__reduce__" "" reduce, c"What pickle needs.";
    Instance Keywords c"__replace__" "" replace, c"A copy with other values of some attributes.";
}

static ATTRIBUTES: [GetSetDef; 1] = [GetSetDef {
    name: "__dict__",
    get: |thread, this| dict_value(thread, this),
    set: None,
    doc: "The attributes.",
}];

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &SIMPLE_NAMESPACE;
    crate::install::methods(thread, ty, &METHODS)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

fn dict_value(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(taipan_object::types::rebase::dict_of(thread, this)?.unwrap_or_else(Value::none))
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Namespace::default())?.into_value())
}

/// `SimpleNamespace(mapping_or_pairs, /, **attributes)`
fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let positional = positional_count(arguments, names);
    check_count(thread, "SimpleNamespace", positional, 0, 1)?;
    let own = dict_value(thread, this)?;
    let Some(own) = own.as_ref().get::<PyDict>() else { return Ok(()) };
    if let Some(given) = arguments.first().filter(|_| positional == 1) {
        let update = PyDict::new(thread)?;
        let method = taipan_object::str::intern::intern_text(thread, "update")?;
        let method = protocol::get_attribute(thread, update.as_ref(), &method)?;
        drop(protocol::call(thread, method.as_ref(), std::slice::from_ref(given), None)?);
        let mut cursor = DictCursor::start();
        while let Some((name, _)) = cursor.next(&update) {
            if name.as_ref().get::<PyStr>().is_none() {
                return Err(raise!(thread, TYPE_ERROR, "keywords must be strings"));
            }
        }
        own.update(thread, &update, true)?;
    }
    let values = arguments.get(positional..).unwrap_or_default();
    for (name, value) in names.into_iter().flat_map(PyTuple::iter).zip(values) {
        drop(own.insert(thread, name, value.clone())?);
    }
    Ok(())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let is_exact = std::ptr::eq(this.ty(), &raw const *SIMPLE_NAMESPACE);
    let name = if is_exact { "namespace" } else { this.ty().short_name() };
    let Some(_printing) = Printing::enter(thread, this) else {
        return Ok(PyStr::from_text(thread, &format!("{name}(...)"))?.into_value());
    };
    let own = dict_value(thread, this)?;
    let mut parts = Vec::new();
    if let Some(own) = own.as_ref().get::<PyDict>() {
        let mut cursor = DictCursor::start();
        while let Some((key, value)) = cursor.next(own) {
            let Some(key) = key.as_ref().get::<PyStr>().filter(|key| !key.is_empty()) else { continue };
            let value = crate::text::repr(thread, value.as_ref())?.to_text_lossy();
            parts.push(format!("{}={value}", key.to_text_lossy()));
        }
    }
    Ok(PyStr::from_text(thread, &format!("{name}({})", parts.join(", ")))?.into_value())
}

fn compare(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let both = a.get::<Native<Namespace>>().is_some() && b.get::<Native<Namespace>>().is_some();
    if !both {
        return Ok(Value::not_implemented());
    }
    let (a, b) = (dict_value(thread, a)?, dict_value(thread, b)?);
    protocol::compare(thread, a.as_ref(), b.as_ref(), op)
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let parts = [as_ref(this.ty()).to_value(), PyTuple::empty().into_value(), dict_value(thread, this)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

fn replace(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    if positional_count(arguments, names) > 0 {
        return Err(raise!(thread, TYPE_ERROR, "__replace__() takes no positional arguments"));
    }
    let copy = protocol::call(thread, as_ref(this.ty()), &[], None)?;
    if copy.as_ref().get::<Native<Namespace>>().is_none() {
        let (own, got) = (this.ty().full_name(thread), copy.as_ref().ty().full_name(thread));
        let message = format!("expect types.SimpleNamespace type, but {own}() returned '{got}' object");
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let (from, to) = (dict_value(thread, this)?, dict_value(thread, copy.as_ref())?);
    if let (Some(from), Some(to)) = (from.as_ref().get::<PyDict>(), to.as_ref().get::<PyDict>()) {
        to.update(thread, from, true)?;
        for (name, value) in names.into_iter().flat_map(PyTuple::iter).zip(arguments) {
            drop(to.insert(thread, name, value.clone())?);
        }
    }
    Ok(copy)
}

/// A namespace with the entries of a dict as its attributes.
pub fn simple_namespace(thread: &Thread, dict: Owned<PyDict>) -> PyResult<Value> {
    let made = Native::<Namespace>::new(thread, Namespace::default())?;
    if let Some(slot) = taipan_object::instance::dict_slot(made.head()) {
        let old = slot.replace(Some(dict.into_value()));
        drop(old);
    }
    Ok(made.into_value())
}
