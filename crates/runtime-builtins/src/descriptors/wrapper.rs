//! `method-wrapper`: a slot wrapper bound to an instance (`(1).__add__`).

use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::PyWrapperDescr;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::descriptor::wrapper::WRAPPER_DESCRIPTOR;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, hash, native_type, protocol, raise};

/// A wrapper and the instance.
#[derive(Default)]
pub struct MethodWrapper {
    wrapper: Slot,
    this: Slot,
}

native_type! {
    /// `method-wrapper`.
    pub static METHOD_WRAPPER: MethodWrapper = "method-wrapper",
    flags taipan_object::types::flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { call: call, hash: hash_wrapper, richcompare: compare, repr: repr }
}

impl NativeType for MethodWrapper {
    fn definition() -> &'static NativeStatic<MethodWrapper> {
        &METHOD_WRAPPER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.wrapper);
        visitor.slot(&self.this);
    }

    fn clear(&self) {
        drop((self.wrapper.take(), self.this.take()));
    }
}

/// Lets slot wrappers bind.
pub(super) fn install_slots() {
    WRAPPER_DESCRIPTOR.slots().descr_get.set(Some(bind));
}

fn bind(thread: &Thread, wrapper: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(this), Some(object)) = (wrapper.get::<PyWrapperDescr>(), object) else {
        return Ok(wrapper.to_value());
    };
    if !object.ty().is_subtype(this.owner()) {
        let (name, owner, ty) = (this.definition().name, this.owner().short_name(), object.ty().short_name());
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "descriptor '{name}' for '{owner}' objects doesn't apply to a '{ty}' object"
        ));
    }
    let bound = MethodWrapper { wrapper: Slot::new(wrapper.to_value()), this: Slot::new(object.to_value()) };
    Ok(Native::new(thread, bound)?.into_value())
}

impl MethodWrapper {
    /// The wrapper and the instance; none of a value that is no such method.
    pub(crate) fn parts(value: Ref<'_>) -> Option<(Value, Value)> {
        let bound = value.get::<Native<MethodWrapper>>()?;
        Some((bound.wrapper.get()?, bound.this.get()?))
    }
}

fn call(thread: &Thread, method: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let Some((wrapper, this)) = MethodWrapper::parts(method) else { return Ok(Value::not_implemented()) };
    match wrapper.as_ref().get::<PyWrapperDescr>() {
        Some(wrapper) => wrapper.call_bound(thread, this.as_ref(), arguments, names),
        None => Ok(Value::not_implemented()),
    }
}

fn hash_wrapper(_: &Thread, method: Ref<'_>) -> PyResult<i64> {
    let parts = MethodWrapper::parts(method);
    Ok(parts.map_or(0, |(wrapper, this)| {
        let both = hash::of_address(wrapper.word().bits()) ^ hash::of_address(this.word().bits());
        if both == -1 { -2 } else { both }
    }))
}

/// Equal if the slot is the same and the instance is.
fn compare(_: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (Some(a), Some(b)) = (MethodWrapper::parts(a), MethodWrapper::parts(b)) else {
        return Ok(Value::not_implemented());
    };
    let equal = a.0.as_ref().is(b.0.as_ref()) && a.1.as_ref().is(b.1.as_ref());
    Ok(match op {
        CompareOp::Eq => Value::bool(equal),
        CompareOp::Ne => Value::bool(!equal),
        _ => Value::not_implemented(),
    })
}

fn repr(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    let (name, owner, address) = match MethodWrapper::parts(method) {
        Some((wrapper, this)) => {
            let name =
                wrapper.as_ref().get::<PyWrapperDescr>().map_or("?", |wrapper| wrapper.definition().name);
            (name, this.as_ref().ty().name().to_owned(), this.word().bits())
        }
        None => ("?", "?".to_owned(), 0),
    };
    let text = format!("<method-wrapper '{name}' of {owner} object at {address:#x}>");
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// Fields of the state as attributes.
const FIELDS: [crate::install::Field; 1] = [(
    "__self__",
    NativeStatic::<MethodWrapper>::offset(std::mem::offset_of!(MethodWrapper, this)),
    MemberKind::Object,
    true,
)];

static ATTRIBUTES: [GetSetDef; 5] = [
    GetSetDef { name: "__objclass__", get: owner, set: None, doc: "The type that has the slot." },
    GetSetDef { name: "__name__", get: name, set: None, doc: "The name." },
    GetSetDef { name: "__qualname__", get: qualname, set: None, doc: "The name behind that of the type." },
    GetSetDef { name: "__doc__", get: doc, set: None, doc: "The documentation." },
    GetSetDef { name: "__text_signature__", get: signature, set: None, doc: "The signature as text." },
];

crate::methods::method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle needs.";
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    let ty: &'static PyTypeObject = &METHOD_WRAPPER;
    crate::install::methods(thread, ty, &METHODS)?;
    crate::install::fields(thread, ty, &FIELDS)?;
    crate::install::attributes(thread, ty, &ATTRIBUTES)
}

/// An attribute of the wrapper.
fn of_wrapper(thread: &Thread, method: Ref<'_>, name: &str) -> PyResult<Value> {
    let Some((wrapper, _)) = MethodWrapper::parts(method) else { return Ok(Value::none()) };
    let name = intern::intern_text(thread, name)?;
    protocol::get_attribute(thread, wrapper.as_ref(), &name)
}

fn owner(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    of_wrapper(thread, method, "__objclass__")
}

fn name(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    of_wrapper(thread, method, "__name__")
}

fn qualname(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    of_wrapper(thread, method, "__qualname__")
}

fn doc(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    of_wrapper(thread, method, "__doc__")
}

fn signature(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    of_wrapper(thread, method, "__text_signature__")
}

fn reduce(thread: &Thread, method: Ref<'_>) -> PyResult<Value> {
    match MethodWrapper::parts(method) {
        Some((_, this)) => bound_by_getattr(thread, this, of_wrapper(thread, method, "__name__")?),
        None => Ok(Value::none()),
    }
}

/// `(getattr, (object, name))`
pub(super) fn bound_by_getattr(thread: &Thread, object: Value, name: Value) -> PyResult<Value> {
    let builtins = thread.interp().builtins.get();
    let key = intern::intern_text(thread, "getattr")?;
    let getattr = match builtins.as_ref().and_then(|dict| dict.as_ref().get::<taipan_object::dict::PyDict>())
    {
        Some(dict) => dict.get(thread, key.as_ref())?,
        None => None,
    };
    let Some(getattr) = getattr else {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "module 'builtins' has no attribute 'getattr'"));
    };
    let arguments = PyTuple::pack(thread, [object, name])?;
    Ok(PyTuple::pack(thread, [getattr, arguments.into_value()])?.into_value())
}
