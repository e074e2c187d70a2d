//! `member_descriptor`: an attribute that is a field of the object: a slot of `__slots__`, or a field of a
//! built-in type.

use std::cell::Cell;

use crate::error::PyResult;
use crate::header::PyObject;
use crate::items::{from_c, to_c};
use crate::layouts::object;
use crate::protocol::attribute::{check_owner, empty_member};
use crate::slot::Slot;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::{PyTypeObject, flags};
use crate::value::{Owned, Ref, Value, as_ref};

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum MemberKind {
    /// A value; an empty one is `None`.
    Object = 0,
    /// A value; an empty one is an `AttributeError`.
    ObjectOrError = 1,
    /// A C `int`.
    Int = 2,
    /// A C `char` as a truth value.
    Bool = 3,
    /// A C `Py_ssize_t`.
    Size = 4,
    /// The flags of a type, as they are shown.
    TypeFlags = 5,
}

/// Which field of an object an attribute is. It fits a word, so that no table has to outlive the descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemberDef {
    /// Where the field stands in the object.
    pub offset: u32,
    /// What it holds.
    pub kind: MemberKind,
    /// Whether it cannot be set.
    pub read_only: bool,
}

object! {
    /// A field.
    pub struct PyMemberDescr = MEMBER_DESCRIPTOR MEMBER_DESCRIPTOR_CORE "member_descriptor" 48 {
        /// `__objclass__`.
        d_type 16: Slot,
        /// `__name__`.
        d_name 24: Slot,
        /// `__qualname__`.
        d_qualname 32: Slot,
        /// The definition, packed.
        d_member 40: Word,
    }
    slots { d_type, d_name, d_qualname }
    flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
    does { descr_get: get, descr_set: set }
}

fn check(thread: &Thread, this: &PyMemberDescr, object: Ref<'_>) -> PyResult<()> {
    let (Some(name), Some(owner)) = (this.d_name.get(), this.d_type.get()) else { return Ok(()) };
    check_owner(thread, name, owner, object)
}

/// The field of an object.
///
/// # Safety
/// The object is of the type that the descriptor describes, and the field is a `T`.
unsafe fn field_of<T>(head: &PyObject, field: MemberDef) -> &T {
    // SAFETY: by contract.
    unsafe { &*std::ptr::from_ref(head).byte_add(field.offset as usize).cast::<T>() }
}

fn get(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    let (Some(member), Some(object)) = (this.get::<PyMemberDescr>(), object) else {
        return Ok(this.to_value());
    };
    check(thread, member, object)?;
    let Some(head) = object.head() else { return Ok(this.to_value()) };
    let field = member.field();
    // SAFETY: the object is of the type; the definition says what the field is.
    unsafe {
        match field.kind {
            MemberKind::Object => Ok(field_of::<Slot>(head, field).get().map_or_else(Value::none, from_c)),
            MemberKind::ObjectOrError => match field_of::<Slot>(head, field).get() {
                Some(value) => Ok(from_c(value)),
                None => Err(empty_member(thread, object, member)),
            },
            MemberKind::Int => Ok(Value::small(*field_of::<i32>(head, field))),
            MemberKind::Bool => Ok(Value::bool(*field_of::<i8>(head, field) != 0)),
            MemberKind::Size => Value::int(thread, *field_of::<i64>(head, field)),
            MemberKind::TypeFlags => {
                Value::int(thread, flags::shown(*field_of::<u64>(head, field)).cast_signed())
            }
        }
    }
}

fn set(thread: &Thread, this: Ref<'_>, object: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(member) = this.get::<PyMemberDescr>() else { return Ok(()) };
    check(thread, member, object)?;
    let (field, Some(head)) = (member.field(), object.head()) else { return Ok(()) };
    if field.read_only {
        return Err(crate::raise!(thread, ATTRIBUTE_ERROR, "readonly attribute"));
    }
    if !matches!(field.kind, MemberKind::Object | MemberKind::ObjectOrError) {
        return set_number(thread, head, field, value);
    }
    let deletes = value.is_none();
    // the fields of built-in types are read by C; `__slots__` of classes are not
    let value = match value {
        Some(value) if field.kind == MemberKind::Object => Some(to_c(thread, value)?),
        value => value,
    };
    // SAFETY: the object is of the type, and the field holds a value.
    let old = unsafe { field_of::<Slot>(head, field) }.replace(value);
    if deletes && old.is_none() && field.kind == MemberKind::ObjectOrError {
        let name = member.d_name.get().unwrap_or_else(Value::none);
        return Err(thread.raise_value(&crate::exception::ATTRIBUTE_ERROR, name));
    }
    drop(old);
    Ok(())
}

/// Sets a field that is a number of C.
fn set_number(thread: &Thread, head: &PyObject, field: MemberDef, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(crate::raise!(thread, TYPE_ERROR, "can't delete numeric/char attribute"));
    };
    if field.kind == MemberKind::Bool {
        if !value.as_ref().ty().is_subtype(&crate::bool::BOOL) {
            return Err(crate::raise!(thread, TYPE_ERROR, "attribute value type must be bool"));
        }
        let truth = value.as_ref().is(Value::bool(true).as_ref());
        // SAFETY: the object is of the type, and the field is a `char`.
        unsafe { field_of::<Cell<i8>>(head, field) }.set(truth.into());
        return Ok(());
    }
    if !value.as_ref().is_int() {
        return Err(crate::raise!(thread, TYPE_ERROR, "an integer is required"));
    }
    let Some(int) = value.as_ref().to_i64() else {
        return Err(crate::raise!(thread, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t"));
    };
    // SAFETY: the object is of the type, and the definition says how wide the field is.
    unsafe {
        match field.kind {
            MemberKind::Size => field_of::<Cell<i64>>(head, field).set(int),
            _ => field_of::<Cell<i32>>(head, field).set(int as i32),
        }
    }
    Ok(())
}

impl PyMemberDescr {
    /// A field of a type's objects.
    pub fn new(
        thread: &Thread,
        owner: &PyTypeObject,
        name: &PyStr,
        field: MemberDef,
    ) -> PyResult<Owned<PyMemberDescr>> {
        let member = PyMemberDescr::blank(thread)?;
        member.d_type.init(as_ref(owner).to_value());
        member.d_name.init(as_ref(name).to_value());
        let packed = field.offset as usize | (field.kind as usize) << 32 | usize::from(field.read_only) << 40;
        member.d_member.set(packed);
        Ok(member)
    }

    /// Which field it is.
    #[inline]
    pub fn field(&self) -> MemberDef {
        let packed = self.d_member.get();
        let kind = match packed >> 32 & 0xFF {
            0 => MemberKind::Object,
            1 => MemberKind::ObjectOrError,
            2 => MemberKind::Int,
            3 => MemberKind::Bool,
            4 => MemberKind::Size,
            _ => MemberKind::TypeFlags,
        };
        MemberDef { offset: packed as u32, kind, read_only: packed >> 40 != 0 }
    }
}
