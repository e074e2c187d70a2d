//! `super`: attributes of the classes that stand behind a class on the MRO of an object.

use crate::native::{Native, NativeStatic, NativeType, Visitor};
use crate::protocol::attribute;
use crate::slot::Slot;
use crate::str::{PyStr, statics::names};
use crate::tuple::PyTuple;
use crate::types::{PyTypeObject, flags};
use crate::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, native_type, raise};

/// The class, the object and the object's type, as far as they are known.
#[derive(Default)]
pub struct Super {
    class: Slot,
    object: Slot,
    object_type: Slot,
}

native_type! {
    /// `super`.
    pub static SUPER: Super = "super", flags flags::BASETYPE, dict false, weak false,
    does { getattr: get, descr_get: bind, init: init, new: new, repr: repr }
}

impl NativeType for Super {
    fn definition() -> &'static NativeStatic<Super> {
        &SUPER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in [&self.class, &self.object, &self.object_type] {
            visitor.slot(slot);
        }
    }

    fn clear(&self) {
        drop((self.class.take(), self.object.take(), self.object_type.take()));
    }
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Super::default())?.into_value())
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], keywords: Option<&PyTuple>) -> PyResult<()> {
    if keywords.is_some_and(|keywords| !keywords.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "super() takes no keyword arguments"));
    }
    let given = arguments.len();
    if given > 2 {
        return Err(raise!(thread, TYPE_ERROR, "super() expected at most 2 arguments, got {given}"));
    }
    let (class, object) = match arguments {
        [] => {
            let (class, object) = (thread.interp().hooks.super_arguments.get())(thread)?;
            (class, Some(object))
        }
        [class, rest @ ..] => (class.clone(), rest.first().cloned()),
    };
    let Some(class_ref) = class.as_ref().get::<PyTypeObject>() else {
        let got = class.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "super() argument 1 must be a type, not {got}"));
    };
    let object = object.filter(|object| !object.as_ref().is_none());
    let object_type = match &object {
        Some(object) => Some(check(thread, class_ref, object.as_ref())?),
        None => None,
    };
    let Some(this) = this.get::<Native<Super>>() else { return Ok(()) };
    let old = (
        this.class.replace(Some(class)),
        this.object.replace(object),
        this.object_type.replace(object_type.map(Owned::into_value)),
    );
    drop(old);
    Ok(())
}

/// The type whose MRO counts: the object itself if it is a class derived from `class`, its type, or what it says
/// its class is.
fn check(thread: &Thread, class: &PyTypeObject, object: Ref<'_>) -> PyResult<Owned<PyTypeObject>> {
    if let Some(ty) = object.get::<PyTypeObject>().filter(|ty| ty.is_subtype(class)) {
        return Ok(Owned::new_ref(ty));
    }
    if object.ty().is_subtype(class) {
        return Ok(Owned::new_ref(object.ty()));
    }
    if let Some(claimed) = claimed_class(thread, object)?
        && let Some(claimed) = claimed.as_ref().get::<PyTypeObject>()
        && !std::ptr::eq(claimed, object.ty())
        && claimed.is_subtype(class)
    {
        return Ok(Owned::new_ref(claimed));
    }
    Err(unrelated(thread, class, object))
}

/// What an object says its class is.
fn claimed_class(thread: &Thread, object: Ref<'_>) -> PyResult<Option<Value>> {
    match attribute::get_attribute(thread, object, names::__class__.get()) {
        Ok(claimed) => Ok(Some(claimed)),
        Err(raised) => {
            let exception = thread.catch(raised);
            if exception.as_ref().ty().is_subtype(&crate::exception::ATTRIBUTE_ERROR) {
                return Ok(None);
            }
            Err(thread.raise(exception))
        }
    }
}

#[cold]
fn unrelated(thread: &Thread, class: &PyTypeObject, object: Ref<'_>) -> Raised {
    let class = class.name();
    let (kind, name) = match object.get::<PyTypeObject>() {
        Some(ty) => ("type", ty.name()),
        None => ("instance of", object.ty().name()),
    };
    raise!(
        thread,
        TYPE_ERROR,
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({class})."
    )
}

/// What the classes behind `class` on the MRO of `start` have under a name, not bound.
fn find_behind(
    thread: &Thread,
    class: &PyTypeObject,
    start: &PyTypeObject,
    name: &PyStr,
) -> PyResult<Option<Value>> {
    let Some(mro) = start.mro().map(Owned::new_ref) else { return Ok(None) };
    let at = mro.iter().position(|ty| ty.is(as_ref(class)));
    for ty in mro.iter().skip(at.map_or(mro.len(), |at| at + 1)) {
        let Some(dict) = ty.get::<PyTypeObject>().and_then(PyTypeObject::dict).map(Owned::new_ref) else {
            continue;
        };
        if let Some(found) = dict.get(thread, as_ref(name))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// `super(class, object).name`, without making the `super`.
///
/// # Errors
/// Those of `super`, and `AttributeError`.
pub fn super_attribute(thread: &Thread, class: Ref<'_>, object: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    super_method(thread, class, object, name, false).map(|(value, _)| value)
}

/// The same; with `wants_method` what would bind to the object as a method comes unbound, with `true`: the object is
/// then to be its first argument.
pub fn super_method(
    thread: &Thread,
    class: Ref<'_>,
    object: Ref<'_>,
    name: &PyStr,
    wants_method: bool,
) -> PyResult<(Value, bool)> {
    let Some(class_type) = class.get::<PyTypeObject>() else {
        let got = class.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "super() argument 1 must be a type, not {got}"));
    };
    let start = check(thread, class_type, object)?;
    let found = match name.equals_text("__class__") {
        true => None,
        false => find_behind(thread, class_type, &start, name)?,
    };
    let Some(found) = found else {
        let state = Super {
            class: Slot::new(class.to_value()),
            object: Slot::new(object.to_value()),
            object_type: Slot::new(start.into_value()),
        };
        let this = Native::new(thread, state)?;
        return Ok((attribute::generic_get(thread, this.as_ref(), name)?, false));
    };
    let on_class = object.is(start.as_ref());
    if wants_method && !on_class && found.as_ref().ty().has_flag(flags::METHOD_DESCRIPTOR) {
        return Ok((found, true));
    }
    Ok((bind_found(thread, found, object, &start)?, false))
}

fn bind_found(
    thread: &Thread,
    found: Value,
    object: Ref<'_>,
    start: &Owned<PyTypeObject>,
) -> PyResult<Value> {
    match found.as_ref().ty().slots().descr_get.get() {
        Some(get) => {
            let instance = (!object.is(start.as_ref())).then_some(object);
            get(thread, found.as_ref(), instance, Some(start.as_ref()))
        }
        None => Ok(found),
    }
}

/// `super.__getattribute__`
fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let parts = this.get::<Native<Super>>().and_then(|this| {
        Some((
            this.class.get()?,
            this.object.get()?,
            this.object_type.get()?.downcast::<PyTypeObject>().ok()?,
        ))
    });
    if let Some((class, object, start)) = parts
        && let Some(class) = class.as_ref().get::<PyTypeObject>()
        && !name.equals_text("__class__")
        && let Some(found) = find_behind(thread, class, &start, name)?
    {
        return bind_found(thread, found, object.as_ref(), &start);
    }
    attribute::generic_get(thread, this, name)
}

/// A `super` without object binds to the instance that it is looked up on.
fn bind(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(state), Some(object)) = (this.get::<Native<Super>>(), object) else {
        return Ok(this.to_value());
    };
    let Some(class) = state.class.get().filter(|_| state.object.peek().is_none()) else {
        return Ok(this.to_value());
    };
    if object.is_none() {
        return Ok(this.to_value());
    }
    if !std::ptr::eq(this.ty(), &raw const *SUPER) {
        let arguments = [class, object.to_value()];
        return crate::protocol::call(thread, as_ref(this.ty()), &arguments, None);
    }
    let Some(class_type) = class.as_ref().get::<PyTypeObject>() else { return Ok(this.to_value()) };
    let object_type = check(thread, class_type, object)?;
    let bound = Super {
        class: Slot::new(class.clone()),
        object: Slot::new(object.to_value()),
        object_type: Slot::new(object_type.into_value()),
    };
    Ok(Native::new(thread, bound)?.into_value())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let name = |value: Option<Value>| {
        let class = value.as_ref().and_then(|class| class.as_ref().get::<PyTypeObject>());
        class.map(|class| class.short_name().to_owned())
    };
    let Some(this) = this.get::<Native<Super>>() else { return Ok(Value::none()) };
    let class = name(this.class.get()).unwrap_or_else(|| "NULL".to_owned());
    let text = match name(this.object_type.get()) {
        Some(object) => format!("<super: <class '{class}'>, <{object} object>>"),
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    Ok(PyStr::from_text(thread, &text)?.into_value())
}

/// Where the class, the object and the object's type stand in a `super`, for its attributes.
pub const FIELDS: [u32; 3] = [
    NativeStatic::<Super>::offset(std::mem::offset_of!(Super, class)),
    NativeStatic::<Super>::offset(std::mem::offset_of!(Super, object)),
    NativeStatic::<Super>::offset(std::mem::offset_of!(Super, object_type)),
];
