//! What stands in the dicts of static types. A program uses few of the types that there are, so their dicts are made
//! when they are first asked for: while the process is set up, tables are only noted here.
//!
//! Invariants: nothing is noted once the process is set up; a dict is seen by others only when it is complete and all
//! that hangs off it is immortal ([`process::extend`]); of two threads that make the same one, both see the first.

use std::cell::RefCell;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;
use std::sync::{OnceLock, PoisonError, RwLock};

use super::core::NOT_STATIC;
use super::{PyTypeObject, flags};
use crate::builtin::{Binding, MethodDef, PyCFunction};
use crate::descriptor::native_class_method::PyClassMethodDescr;
use crate::descriptor::{GetSetDef, MemberDef, PyGetSetDescr, PyMemberDescr, PyMethodDescr, PyStaticMethod};
use crate::dict::PyDict;
use crate::error::PyResult;
use crate::process;
use crate::str::intern::intern_text;
use crate::thread::Thread;
use crate::value::{Value, as_ref};

/// Puts objects into the dict of a type.
pub type Entries = Box<dyn Fn(&Thread, &PyDict) -> PyResult<()> + Send + Sync>;

/// Fills the dict of a type, given what was noted for it.
pub type Complete = fn(&Thread, &'static PyTypeObject, noted: &PyDict, dict: &PyDict) -> PyResult<()>;

/// A part of what a dict holds.
pub enum Part {
    /// Methods: of instances, of the class, static ones.
    Methods(&'static [MethodDef]),
    /// Attributes that are computed.
    Attributes(&'static [GetSetDef]),
    /// Attributes that are fields of the object, with their names.
    Fields(Box<[(&'static str, MemberDef)]>),
    /// Anything else.
    Entries(Entries),
}

static NOTED: RwLock<Vec<(&'static PyTypeObject, Part)>> = RwLock::new(Vec::new());
static COMPLETE: OnceLock<Complete> = OnceLock::new();

/// Notes what the dict of a static type is to hold, behind what was noted before.
///
/// # Panics
/// When the process is set up already.
pub fn note(thread: &Thread, ty: &'static PyTypeObject, part: Part) -> PyResult<()> {
    assert!(!process::is_set_up(), "what static types have is noted while the process is set up");
    let mut noted = NOTED.write().unwrap_or_else(PoisonError::into_inner);
    if noted.try_reserve(1).is_err() {
        return Err(thread.raise_memory_error());
    }
    noted.push((ty, part));
    Ok(())
}

/// Notes what fills each dict. Only the first call does anything.
pub fn complete_with(complete: Complete) {
    let _ = COMPLETE.set(complete);
}

thread_local! {
    /// The types whose dicts this thread makes just now, and these.
    static UNDER_WAY: RefCell<Vec<(&'static PyTypeObject, Value)>> = const { RefCell::new(Vec::new()) };
}

/// The dict of a static type that has none yet; none of what is no static type, or not ready.
#[cold]
pub(super) fn dict_of(ty: &PyTypeObject) -> Option<&PyDict> {
    if !ty.has_flag(flags::READY) || ty.core().static_index.get() == NOT_STATIC {
        return None;
    }
    // SAFETY: a type that has a static index is static.
    let ty: &'static PyTypeObject = unsafe { NonNull::from(ty).as_ref() };
    if let Some(dict) = under_way(ty) {
        return Some(dict);
    }
    if process::is_extending() {
        // something that goes into the dict of another type asks for it; that call publishes both
        Thread::current(|thread| make(thread, ty));
        return under_way(ty);
    }
    debug_assert!(process::is_set_up(), "{} is looked at while the process is set up", ty.name());
    process::extend(|thread| make(thread, ty))?;
    for (ty, dict) in UNDER_WAY.take() {
        let (dict, null) = (dict.into_object().cast_mut(), std::ptr::null_mut());
        // who was quicker made the same
        let _ = ty.tp_dict.compare_exchange(null, dict, Ordering::AcqRel, Ordering::Acquire);
    }
    // SAFETY: null or a dict that the type owns.
    unsafe { ty.tp_dict.load(Ordering::Acquire).cast::<PyDict>().as_ref() }
}

fn under_way(ty: &PyTypeObject) -> Option<&'static PyDict> {
    UNDER_WAY.with_borrow(|all| {
        let (_, dict) = all.iter().find(|(other, _)| std::ptr::eq(*other, ty))?;
        let dict: *const PyDict = dict.as_ref().get::<PyDict>()?;
        // SAFETY: what is under way is kept, and immortal in the end.
        unsafe { dict.as_ref() }
    })
}

/// # Panics
/// When there is no memory for it.
fn make(thread: &Thread, ty: &'static PyTypeObject) {
    let filled = PyDict::new(thread).and_then(|dict| {
        UNDER_WAY.with_borrow_mut(|all| all.push((ty, dict.as_ref().to_value())));
        let noted = PyDict::new(thread)?;
        let parts = NOTED.read().unwrap_or_else(PoisonError::into_inner);
        for (_, part) in parts.iter().filter(|(owner, _)| std::ptr::eq(*owner, ty)) {
            put(thread, ty, &noted, part)?;
        }
        drop(parts);
        match COMPLETE.get() {
            Some(complete) => complete(thread, ty, &noted, &dict),
            None => dict.update(thread, &noted, true),
        }
    });
    assert!(filled.is_ok(), "no memory for the attributes of {}", ty.name());
}

fn put(thread: &Thread, ty: &'static PyTypeObject, dict: &PyDict, part: &Part) -> PyResult<()> {
    match part {
        Part::Methods(methods) => {
            dict.reserve(thread, dict.len() + methods.len())?;
            methods
                .iter()
                .try_for_each(|method| insert(thread, dict, method.name(), of_method(thread, ty, method)?))
        }
        Part::Attributes(attributes) => {
            dict.reserve(thread, dict.len() + attributes.len())?;
            attributes.iter().try_for_each(|attribute| {
                let value = PyGetSetDescr::new(thread, ty, attribute)?.into_value();
                insert(thread, dict, attribute.name, value)
            })
        }
        Part::Fields(fields) => fields.iter().try_for_each(|(name, field)| {
            let value = PyMemberDescr::new(thread, ty, &*intern_text(thread, name)?, *field)?.into_value();
            insert(thread, dict, name, value)
        }),
        Part::Entries(entries) => entries(thread, dict),
    }
}

fn of_method(thread: &Thread, ty: &'static PyTypeObject, method: &'static MethodDef) -> PyResult<Value> {
    Ok(match method.binding() {
        Binding::Static => {
            let function = PyCFunction::new(thread, method, Some(as_ref(ty).to_value()), None)?;
            PyStaticMethod::new(thread, function.into_value())?.into_value()
        }
        Binding::Class => PyClassMethodDescr::new(thread, ty, method)?.into_value(),
        _ => PyMethodDescr::new(thread, ty, method)?.into_value(),
    })
}

/// Puts an object into the dict of a type: for [`Part::Entries`].
pub fn insert(thread: &Thread, dict: &PyDict, name: &str, value: Value) -> PyResult<()> {
    drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), value)?);
    Ok(())
}
