//! `member_descriptor`: an attribute that is a field of the object: a slot of `__slots__`, or a field of a
//! built-in type.

use crate::error::PyResult;
use crate::layouts::object;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::{PyTypeObject, flags};
use crate::value::{Owned, as_ref};

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
    does {}
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
            _ => MemberKind::Size,
        };
        MemberDef { offset: packed as u32, kind, read_only: packed >> 40 != 0 }
    }
}
