//! `getset_descriptor`: an attribute that functions compute.

use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::{PyTypeObject, flags};
use crate::value::{Owned, Ref, Value, as_ref};

/// Reads the attribute of an instance.
pub type Getter = fn(&Thread, Ref<'_>) -> PyResult<Value>;
/// Sets the attribute of an instance, or deletes it.
pub type Setter = fn(&Thread, Ref<'_>, Option<Value>) -> PyResult<()>;

/// The definition of such an attribute; static, in a table of its type.
pub struct GetSetDef {
    /// The name.
    pub name: &'static str,
    /// How to read it.
    pub get: Getter,
    /// How to set it, if that can be done.
    pub set: Option<Setter>,
    /// The documentation.
    pub doc: &'static str,
}

object! {
    /// A computed attribute.
    pub struct PyGetSetDescr = GETSET_DESCRIPTOR GETSET_DESCRIPTOR_CORE "getset_descriptor" 48 {
        /// `__objclass__`.
        d_type 16: Slot,
        /// `__name__`.
        d_name 24: Slot,
        /// `__qualname__`.
        d_qualname 32: Slot,
        /// The definition.
        d_getset 40: Word,
    }
    slots { d_type, d_name, d_qualname }
    flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does { descr_get: get, descr_set: set }
}

fn check(thread: &Thread, this: &PyGetSetDescr, object: Ref<'_>) -> PyResult<()> {
    let (Some(name), Some(owner)) = (this.d_name.get(), this.d_type.get()) else { return Ok(()) };
    crate::protocol::attribute::check_owner(thread, name, owner, object)
}

fn get(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(attribute), Some(object)) = (this.get::<PyGetSetDescr>(), object) else {
        return Ok(this.to_value());
    };
    check(thread, attribute, object)?;
    (attribute.definition().get)(thread, object)
}

fn set(thread: &Thread, this: Ref<'_>, object: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(attribute) = this.get::<PyGetSetDescr>() else { return Ok(()) };
    check(thread, attribute, object)?;
    match attribute.definition().set {
        Some(set) => set(thread, object, value),
        None => {
            let (name, ty) = (attribute.definition().name, object.ty().name());
            Err(crate::raise!(
                thread,
                ATTRIBUTE_ERROR,
                "attribute '{name}' of '{ty}' objects is not writable"
            ))
        }
    }
}

impl PyGetSetDescr {
    /// An attribute of a type.
    pub fn new(
        thread: &Thread,
        owner: &PyTypeObject,
        definition: &'static GetSetDef,
    ) -> PyResult<Owned<PyGetSetDescr>> {
        let name = crate::str::intern::intern(thread, PyStr::from_text(thread, definition.name)?)?;
        let attribute = PyGetSetDescr::blank(thread)?;
        attribute.d_type.init(as_ref(owner).to_value());
        attribute.d_name.init(name.into_value());
        attribute.d_getset.set(std::ptr::from_ref(definition).expose_provenance());
        Ok(attribute)
    }

    /// The definition.
    #[inline]
    pub fn definition(&self) -> &'static GetSetDef {
        // SAFETY: set by `new`, from a static definition.
        unsafe { &*std::ptr::with_exposed_provenance(self.d_getset.get()) }
    }
}
