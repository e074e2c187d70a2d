//! Attributes: `getattr` and `setattr` through the slots, and what `object`, `type` and `module` do in them.
//! Invariant: what was looked up is owned while a descriptor runs.

use crate::descriptor;
use crate::error::{PyResult, Raised};
use crate::exception::{ATTRIBUTE_ERROR, PyBaseException};
use crate::instance;
use crate::module::PyModule;
use crate::raise;
use crate::str::{PyStr, intern, statics::names};
use crate::thread::Thread;
use crate::types::slots::GetAttr;
use crate::types::{PyTypeObject, flags};
use crate::value::{Owned, Ref, Value, as_ref};

/// `getattr(object, name)`.
#[inline]
pub fn get_attribute(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let found = match object.ty().slots().getattr.get() {
        Some(getattr) => getattr(thread, object, name),
        None => generic_get(thread, object, name),
    };
    match found {
        Err(raised) => Err(with_context(thread, raised, object, name)),
        found => found,
    }
}

/// Lets an `AttributeError` that was raised in Python know its object and its name, unless it does.
#[cold]
#[inline(never)]
pub fn with_context(thread: &Thread, raised: Raised, object: Ref<'_>, name: &PyStr) -> Raised {
    if let Some(exception) = thread.current_exception()
        && exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR)
        && let Some(exception) = exception.as_ref().get::<PyBaseException>()
        && exception.field(0).is_none()
        && exception.field(1).is_none()
        && let Ok(object) = crate::items::to_c(thread, object.to_value())
    {
        drop(exception.set_field(0, Some(object)));
        drop(exception.set_field(1, Some(as_ref(name).to_value())));
    }
    raised
}

/// `object.name(*arguments)`. Where the type has a method of that name and the object nothing of its own, the method
/// is called without being bound first.
pub fn call_method(thread: &Thread, object: Ref<'_>, name: &PyStr, arguments: &[Value]) -> PyResult<Value> {
    let plain = object.ty().slots().getattr.get();
    let is_plain = plain.is_none_or(|getattr| std::ptr::fn_addr_eq(getattr, generic_get as GetAttr));
    if is_plain
        && let Some(found) = object.ty().lookup(thread, name)?
        && found.as_ref().ty().has_flag(flags::METHOD_DESCRIPTOR)
    {
        let own = object.head().map(|head| instance::get(thread, head, name)).transpose()?.flatten();
        if let Some(own) = own {
            return super::call(thread, own.as_ref(), arguments, None);
        }
        let this = object.to_value();
        return match arguments {
            [] => super::call(thread, found.as_ref(), &[this], None),
            [a] => super::call(thread, found.as_ref(), &[this, a.clone()], None),
            [a, b] => super::call(thread, found.as_ref(), &[this, a.clone(), b.clone()], None),
            _ => {
                let mut all = Vec::new();
                if all.try_reserve_exact(arguments.len() + 1).is_err() {
                    return Err(thread.raise_memory_error());
                }
                all.push(this);
                all.extend(arguments.iter().cloned());
                super::call(thread, found.as_ref(), &all, None)
            }
        };
    }
    let method = get_attribute(thread, object, name)?;
    super::call(thread, method.as_ref(), arguments, None)
}

/// `setattr(object, name, value)`, or `delattr` without a value.
pub fn set_attribute(thread: &Thread, object: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    match object.ty().slots().setattr.get() {
        Some(setattr) => setattr(thread, object, name, value),
        None => generic_set(thread, object, name, value),
    }
}

/// An `AttributeError` that knows its object and its name.
#[cold]
fn missing(thread: &Thread, object: Ref<'_>, name: &PyStr, message: std::fmt::Arguments<'_>) -> Raised {
    let raised = thread.raise_message(&ATTRIBUTE_ERROR, message);
    if let Some(exception) = thread.current_exception()
        && let Some(exception) = exception.as_ref().get::<PyBaseException>()
        && let Ok(object) = crate::items::to_c(thread, object.to_value())
        && as_ref(exception).ty().is_subtype(&ATTRIBUTE_ERROR)
    {
        drop(exception.set_field(0, Some(object)));
        drop(exception.set_field(1, Some(as_ref(name).to_value())));
    }
    raised
}

/// `object.__getattribute__`.
pub fn generic_get(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    match find(thread, object, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(thread, object, name)),
    }
}

#[cold]
fn no_attribute(thread: &Thread, object: Ref<'_>, name: &PyStr) -> Raised {
    let (ty, text) = (object.ty().name(), name.to_text_lossy());
    missing(thread, object, name, format_args!("'{ty}' object has no attribute '{text}'"))
}

/// The same without an error where there is no such attribute: a data descriptor of the class, else the
/// instance's own, else what the class has.
pub fn find(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Option<Value>> {
    let found = object.ty().lookup(thread, name)?;
    let get = found.as_ref().and_then(|found| found.as_ref().ty().slots().descr_get.get());
    if let (Some(descriptor), Some(get)) = (&found, get)
        && descriptor.as_ref().ty().slots().descr_set.get().is_some()
    {
        return get(thread, descriptor.as_ref(), Some(object), Some(as_ref(object.ty()))).map(Some);
    }
    if let Some(own) = object.head().map(|head| instance::get(thread, head, name)).transpose()?.flatten() {
        return Ok(Some(own));
    }
    match (found, get) {
        (Some(descriptor), Some(get)) => {
            get(thread, descriptor.as_ref(), Some(object), Some(as_ref(object.ty()))).map(Some)
        }
        (found, _) => Ok(found),
    }
}

/// `object.__setattr__` and `object.__delattr__`.
pub fn generic_set(thread: &Thread, object: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    let found = object.ty().lookup(thread, name)?;
    if let Some(descriptor) = &found
        && let Some(set) = descriptor.as_ref().ty().slots().descr_set.get()
    {
        return set(thread, descriptor.as_ref(), object, value);
    }
    let (ty, text) = (object.ty().name(), || name.to_text_lossy());
    let Some(head) = object.head().filter(|head| instance::dict_slot(head).is_some()) else {
        let text = text();
        return Err(match found {
            Some(_) => raise!(thread, ATTRIBUTE_ERROR, "'{ty}' object attribute '{text}' is read-only"),
            None => missing(
                thread,
                object,
                name,
                format_args!(
                    "'{ty}' object has no attribute '{text}' and no __dict__ for setting new attributes"
                ),
            ),
        });
    };
    let deletes = value.is_none();
    let old = instance::set(thread, head, name, value)?;
    if deletes && old.is_none() {
        return Err(raise!(thread, ATTRIBUTE_ERROR, "'{ty}' object has no attribute '{}'", text()));
    }
    drop(old);
    Ok(())
}

/// `type.__getattribute__`: the metaclass's data descriptors, then the class's own MRO, then the metaclass.
pub fn type_get(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let Some(class) = object.get::<PyTypeObject>() else { return generic_get(thread, object, name) };
    let meta = object.ty().lookup(thread, name)?;
    let meta_get = meta.as_ref().and_then(|found| found.as_ref().ty().slots().descr_get.get());
    if let (Some(descriptor), Some(get)) = (&meta, meta_get)
        && descriptor.as_ref().ty().slots().descr_set.get().is_some()
    {
        return get(thread, descriptor.as_ref(), Some(object), Some(as_ref(object.ty())));
    }
    if let Some(own) = class.lookup(thread, name)? {
        return match own.as_ref().ty().slots().descr_get.get() {
            Some(get) => get(thread, own.as_ref(), None, Some(object)),
            None => Ok(own),
        };
    }
    match (meta, meta_get) {
        (Some(descriptor), Some(get)) => {
            get(thread, descriptor.as_ref(), Some(object), Some(as_ref(object.ty())))
        }
        (Some(found), None) => Ok(found),
        (None, _) => Err(no_type_attribute(thread, class, name)),
    }
}

#[cold]
fn no_type_attribute(thread: &Thread, class: &PyTypeObject, name: &PyStr) -> Raised {
    let (ty, text) = (class.name(), name.to_text_lossy());
    missing(thread, as_ref(class), name, format_args!("type object '{ty}' has no attribute '{text}'"))
}

/// `type.__setattr__` and `type.__delattr__`. The class's version ends before its dict changes; then the
/// layer above is told, which keeps the slots in line with the names.
pub fn type_set(thread: &Thread, object: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    let Some(class) = object.get::<PyTypeObject>() else { return generic_set(thread, object, name, value) };
    if class.has_flag(flags::IMMUTABLETYPE) {
        let (ty, text) = (class.name(), name.to_text_lossy());
        return Err(raise!(thread, TYPE_ERROR, "cannot set '{text}' attribute of immutable type '{ty}'"));
    }
    if let Some(descriptor) = object.ty().lookup(thread, name)?
        && let Some(set) = descriptor.as_ref().ty().slots().descr_set.get()
    {
        return set(thread, descriptor.as_ref(), object, value);
    }
    let name = intern::intern(thread, Owned::new_ref(name))?;
    let Some(dict) = class.dict().map(Owned::new_ref) else { return Ok(()) };
    class.modified(thread);
    let deletes = value.is_none();
    let old = match value {
        Some(value) => dict.insert(thread, name.as_ref(), value)?,
        None => dict.remove(thread, name.as_ref())?.map(|(_, value)| value),
    };
    if deletes && old.is_none() {
        return Err(no_type_attribute(thread, class, &name));
    }
    let told = (thread.interp().hooks.type_changed.get())(thread, class, &name);
    // a cached lookup may have run meanwhile, for the value was found while it was stored
    class.modified(thread);
    drop(old);
    told
}

/// `module.__getattribute__`: as for all objects, then the `__getattr__` of the module's dict.
pub fn module_get(thread: &Thread, object: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    if let Some(found) = find(thread, object, name)? {
        return Ok(found);
    }
    let Some(dict) = object.get::<PyModule>().and_then(PyModule::dict) else {
        return Err(no_attribute(thread, object, name));
    };
    if let Some(hook) = dict.get(thread, as_ref(names::__getattr__.get()))? {
        return super::call(thread, hook.as_ref(), &[as_ref(name).to_value()], None);
    }
    let module = dict.get(thread, as_ref(names::__name__.get()))?;
    let text = name.to_text_lossy();
    Err(match module.as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
        Some(module) => {
            let message = module_message(thread, &dict, module, name)?;
            missing(thread, object, name, format_args!("{message}"))
        }
        None => missing(thread, object, name, format_args!("module has no attribute '{text}'")),
    })
}

/// What is said of a name that a module does not have.
fn module_message(
    thread: &Thread,
    dict: &crate::dict::PyDict,
    module: &PyStr,
    name: &PyStr,
) -> PyResult<String> {
    use super::module_missing::{Situation, situation};
    let spec = dict.get(thread, as_ref(names::__spec__.get()))?;
    let (own, text) = (module.to_text_lossy(), name.to_text_lossy());
    let plain = format!("module '{own}' has no attribute '{text}'");
    Ok(match situation(thread, spec.as_ref().map(Value::as_ref), Some(as_ref(module)), name)? {
        Situation::ShadowsLibrary(origin) => format!(
            "{plain} (consider renaming '{origin}' since it has the same name as the standard library module \
             named '{own}' and prevents importing that standard library module)"
        ),
        Situation::MayShadow(origin) => format!(
            "{plain} (consider renaming '{origin}' if it has the same name as a library you intended to import)"
        ),
        Situation::Initializing(Some(origin)) => format!(
            "partially initialized module '{own}' from '{origin}' has no attribute '{text}' \
             (most likely due to a circular import)"
        ),
        Situation::Initializing(None) => {
            format!("partially initialized {plain} (most likely due to a circular import)")
        }
        Situation::UninitializedSubmodule => format!(
            "cannot access submodule '{text}' of module '{own}' (most likely due to a circular import)"
        ),
        Situation::Plain(_) => plain,
    })
}

/// Whether an object is of the type that a descriptor describes; otherwise the error.
pub(crate) fn check_owner(thread: &Thread, name: Value, owner: Value, object: Ref<'_>) -> PyResult<()> {
    let owner = owner.as_ref();
    let Some(owner) = owner.get::<PyTypeObject>() else { return Ok(()) };
    if object.ty().is_subtype(owner) {
        return Ok(());
    }
    let name = name.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy);
    let (owner, ty) = (owner.name(), object.ty().name());
    Err(raise!(
        thread,
        TYPE_ERROR,
        "descriptor '{name}' for '{owner}' objects doesn't apply to a '{ty}' object"
    ))
}

/// What a member descriptor says when its slot is empty.
#[cold]
pub(crate) fn empty_member(thread: &Thread, object: Ref<'_>, member: &descriptor::PyMemberDescr) -> Raised {
    let name = member.d_name().get();
    match name.as_ref().and_then(|name| name.as_ref().get::<PyStr>()) {
        Some(name) => {
            let (class, text) = (object.ty().full_name(thread), name.to_text_lossy());
            missing(thread, object, name, format_args!("'{class}' object has no attribute '{text}'"))
        }
        None => raise!(thread, ATTRIBUTE_ERROR, "no such attribute"),
    }
}
