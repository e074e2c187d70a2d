//! `mappingproxy`: a view of a mapping that does not let it be changed.

use taipan_object::list::PyList;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};

use crate::arguments::Parameters;

/// The mapping.
#[derive(Default)]
pub struct MappingProxy {
    mapping: Slot,
}

native_type! {
    /// `mappingproxy`.
    pub static MAPPING_PROXY: MappingProxy = "mappingproxy", flags flags::MAPPING, dict false, weak false,
    does {
        new: new, repr: repr, str: str, hash: hash, richcompare: compare, iter: iter, or: or, inplace_or: inplace_or,
        map_length: |thread, this| protocol::length(thread, mapping(this).as_ref()),
        subscript: |thread, this, key| protocol::subscript(thread, mapping(this).as_ref(), key),
        contains: |thread, this, key| protocol::contains(thread, mapping(this).as_ref(), key),
    }
}

impl NativeType for MappingProxy {
    fn definition() -> &'static NativeStatic<MappingProxy> {
        &MAPPING_PROXY
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.mapping);
    }

    fn clear(&self) {
        drop(self.mapping.take());
    }
}

/// The view of a mapping.
pub fn mapping_proxy(thread: &Thread, mapping: Value) -> PyResult<Value> {
    Ok(Native::new(thread, MappingProxy { mapping: Slot::new(mapping) })?.into_value())
}

/// The mapping behind; what is no view comes back.
pub fn mapping(this: Ref<'_>) -> Value {
    let held = this.get::<Native<MappingProxy>>().and_then(|proxy| proxy.mapping.get());
    held.unwrap_or_else(|| this.to_value())
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let parameters = Parameters {
        function: "mappingproxy",
        names: ["mapping"],
        positional_only: 0,
        positional: 1,
        required: 1,
    };
    let [Some(given)] = parameters.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let is_mapping = given.ty().slots().subscript.get().is_some()
        && given.get::<PyList>().is_none()
        && given.get::<PyTuple>().is_none();
    if !is_mapping {
        let ty = given.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "mappingproxy() argument must be a mapping, not {ty}"));
    }
    mapping_proxy(thread, given.to_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let inner = crate::text::repr(thread, mapping(this).as_ref())?.to_text_lossy();
    Ok(PyStr::from_text(thread, &format!("mappingproxy({inner})"))?.into_value())
}

fn str(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(crate::text::str(thread, mapping(this).as_ref())?.into_value())
}

fn hash(thread: &Thread, this: Ref<'_>) -> PyResult<i64> {
    protocol::hash(thread, mapping(this).as_ref())
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    protocol::compare(thread, mapping(this).as_ref(), other, op)
}

fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    protocol::iter(thread, mapping(this).as_ref())
}

fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    protocol::binary(thread, mapping(a).as_ref(), mapping(b).as_ref(), protocol::BinaryOp::Or)
}

fn inplace_or(thread: &Thread, this: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    let ty = this.ty().name();
    Err(raise!(thread, TYPE_ERROR, "'|=' is not supported by {ty}; use '|' instead"))
}
