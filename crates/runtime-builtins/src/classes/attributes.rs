//! Attributes of classes.

use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::member::MemberKind;
use taipan_object::str::{PyStr, statics::names};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, protocol, raise};

use super::{annotations, bases};

/// Computed attributes.
pub(super) static ATTRIBUTES: [GetSetDef; 12] = [
    attribute("__name__", name, Some(set_name), "The name."),
    attribute("__qualname__", qualname, Some(set_qualname), "The name with those of what it stands in."),
    attribute("__bases__", bases::get, Some(bases::set), "What it derives from."),
    attribute("__mro__", mro, None, "The order in which attributes are looked up."),
    attribute("__module__", module, Some(set_module), "The name of its module."),
    attribute(
        "__abstractmethods__",
        abstract_methods,
        Some(set_abstract_methods),
        "Names without implementation.",
    ),
    attribute("__dict__", dict, None, "The namespace, read-only."),
    attribute("__doc__", doc, Some(set_doc), "The documentation."),
    attribute("__text_signature__", text_signature, None, "The signature as text."),
    attribute("__annotations__", annotations::get, Some(annotations::set), "The annotations."),
    attribute(
        "__annotate__",
        annotations::get_annotate,
        Some(annotations::set_annotate),
        "What gives the annotations.",
    ),
    attribute("__type_params__", type_params, Some(set_type_params), "The type parameters."),
];

type Get = fn(&Thread, Ref<'_>) -> PyResult<Value>;
type Set = fn(&Thread, Ref<'_>, Option<Value>) -> PyResult<()>;

const fn attribute(name: &'static str, get: Get, set: Option<Set>, doc: &'static str) -> GetSetDef {
    GetSetDef { name, get, set, doc }
}

/// Fields of the type object itself, by their offsets.
static FIELDS: [(&str, u32, MemberKind); 6] = [
    ("__basicsize__", 32, MemberKind::Size),
    ("__itemsize__", 40, MemberKind::Size),
    ("__flags__", 168, MemberKind::TypeFlags),
    ("__weakrefoffset__", 208, MemberKind::Size),
    ("__base__", 256, MemberKind::Object),
    ("__dictoffset__", 288, MemberKind::Size),
];

/// Puts those into the dict of `type`.
pub(super) fn install_fields(thread: &Thread) -> PyResult<()> {
    let fields = FIELDS.map(|(name, offset, kind)| (name, offset, kind, true));
    crate::install::fields(thread, &statics::TYPE, &fields)
}

/// The class that an attribute is read from.
pub(super) fn class_of<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTypeObject> {
    this.get::<PyTypeObject>().ok_or_else(|| raise!(thread, TYPE_ERROR, "a type is expected"))
}

/// The class whose attribute is set, or deleted; not one that can't be changed.
pub(super) fn changeable<'a>(
    thread: &Thread,
    this: Ref<'a>,
    name: &str,
    value: Option<Value>,
) -> PyResult<(&'a PyTypeObject, Value)> {
    let class = class_of(thread, this)?;
    let ty = class.name();
    if class.has_flag(flags::IMMUTABLETYPE) {
        return Err(raise!(thread, TYPE_ERROR, "cannot set '{name}' attribute of immutable type '{ty}'"));
    }
    match value {
        Some(value) => Ok((class, value)),
        None => Err(raise!(thread, TYPE_ERROR, "cannot delete '{name}' attribute of immutable type '{ty}'")),
    }
}

/// What the class's own dict has under a name.
pub(super) fn own(thread: &Thread, class: &PyTypeObject, name: &PyStr) -> PyResult<Option<Value>> {
    match class.dict().map(Owned::new_ref) {
        Some(dict) => dict.get(thread, as_ref(name)),
        None => Ok(None),
    }
}

/// Sets an entry of the class's own dict, or removes it; says whether there was one.
pub(super) fn set_own(
    thread: &Thread,
    class: &PyTypeObject,
    name: &PyStr,
    value: Option<Value>,
) -> PyResult<bool> {
    let Some(dict) = class.dict().map(Owned::new_ref) else { return Ok(false) };
    class.modified(thread);
    let old = match value {
        Some(value) => dict.insert(thread, as_ref(name), value)?,
        None => dict.remove(thread, as_ref(name))?.map(|(_, value)| value),
    };
    Ok(old.is_some())
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

fn name(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = class_of(thread, this)?;
    match class.given_name() {
        Some(name) => Ok(name),
        None => text(thread, class.short_name()),
    }
}

fn string(thread: &Thread, class: &PyTypeObject, name: &str, value: Value) -> PyResult<Owned<PyStr>> {
    value.downcast::<PyStr>().map_err(|other| {
        let (class, ty) = (class.name(), other.as_ref().ty().name());
        raise!(thread, TYPE_ERROR, "can only assign string to {class}.{name}, not '{ty}'")
    })
}

fn set_name(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (class, value) = changeable(thread, this, "__name__", value)?;
    let name = string(thread, class, "__name__", value)?;
    super::new::check_encodable(thread, &name)?;
    class.set_given_name(thread, name)
}

fn qualname(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match class_of(thread, this)?.qualified_name() {
        Some(name) => Ok(name),
        None => name(thread, this),
    }
}

fn set_qualname(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (class, value) = changeable(thread, this, "__qualname__", value)?;
    class.set_qualified_name(string(thread, class, "__qualname__", value)?);
    Ok(())
}

fn mro(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mro = class_of(thread, this)?.mro();
    Ok(mro.map_or_else(Value::none, |mro| as_ref(mro).to_value()))
}

fn module(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = class_of(thread, this)?;
    if class.has_flag(flags::HEAPTYPE) {
        let found = own(thread, class, names::__module__.get())?;
        return found.ok_or_else(|| {
            let name = names::__module__.get();
            thread.raise_value(&taipan_object::exception::ATTRIBUTE_ERROR, as_ref(name).to_value())
        });
    }
    let module = class.name().rsplit_once('.').map_or("builtins", |(module, _)| module);
    // one string for all: what pickles it remembers it by its identity
    Ok(taipan_object::str::intern::intern_text(thread, module)?.into_value())
}

fn set_module(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (class, value) = changeable(thread, this, "__module__", value)?;
    set_own(thread, class, names::__firstlineno__.get(), None)?;
    set_own(thread, class, names::__module__.get(), Some(value)).map(drop)
}

fn abstract_methods(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = class_of(thread, this)?;
    let found = match std::ptr::eq(class, &raw const statics::TYPE) {
        true => None,
        false => own(thread, class, names::__abstractmethods__.get())?,
    };
    found.ok_or_else(|| no_abstract_methods(thread))
}

fn no_abstract_methods(thread: &Thread) -> taipan_object::Raised {
    let name = as_ref(names::__abstractmethods__.get()).to_value();
    thread.raise_value(&taipan_object::exception::ATTRIBUTE_ERROR, name)
}

fn set_abstract_methods(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let class = class_of(thread, this)?;
    if class.has_flag(flags::IMMUTABLETYPE) {
        return changeable(thread, this, "__abstractmethods__", value).map(drop);
    }
    let is_abstract = match &value {
        Some(value) => protocol::truth(thread, value.as_ref())?,
        None => false,
    };
    let deletes = value.is_none();
    let was_there = set_own(thread, class, names::__abstractmethods__.get(), value)?;
    if deletes && !was_there {
        return Err(no_abstract_methods(thread));
    }
    class.set_flags(flags::IS_ABSTRACT, is_abstract);
    Ok(())
}

fn dict(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match class_of(thread, this)?.dict() {
        Some(dict) => crate::descriptors::mapping_proxy(thread, as_ref(dict).to_value()),
        None => Ok(Value::none()),
    }
}

fn doc(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = class_of(thread, this)?;
    let found = own(thread, class, names::__doc__.get())?;
    // the dict of a static type may describe the attribute of its instances under the name
    let is_text = |found: &Value| found.as_ref().get::<PyStr>().is_some();
    let is_static = !class.has_flag(flags::HEAPTYPE);
    let Some(found) = found.filter(|found| !is_static || is_text(found)) else { return Ok(Value::none()) };
    match found.as_ref().ty().slots().descr_get.get() {
        Some(get) => get(thread, found.as_ref(), None, Some(this)),
        None => Ok(found),
    }
}

fn set_doc(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (class, value) = changeable(thread, this, "__doc__", value)?;
    set_own(thread, class, names::__doc__.get(), Some(value)).map(drop)
}

fn text_signature(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = this.get::<PyTypeObject>().filter(|class| !class.has_flag(flags::HEAPTYPE));
    match class.and_then(|class| crate::docs::signature_of(class.name())) {
        Some(signature) => Ok(PyStr::from_text(thread, signature)?.into_value()),
        None => Ok(Value::none()),
    }
}

fn type_params(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let class = class_of(thread, this)?;
    // what stands in the dict of `type` is this attribute itself
    let itself: &PyTypeObject = &statics::TYPE;
    let found = match std::ptr::eq(class, itself) {
        true => None,
        false => own(thread, class, names::__type_params__.get())?,
    };
    Ok(found.unwrap_or_else(|| PyTuple::empty().into_value()))
}

fn set_type_params(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let (class, value) = changeable(thread, this, "__type_params__", value)?;
    set_own(thread, class, names::__type_params__.get(), Some(value)).map(drop)
}
