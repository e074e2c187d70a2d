//! Noting tables of methods, of computed attributes and of fields for the dicts of static types, while the process is
//! set up.

use super::member::MemberKind;
use super::{GetSetDef, MemberDef};
use crate::builtin::MethodDef;
use crate::dict::PyDict;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::PyTypeObject;
use crate::types::contents::{Part, note};

/// A field of an object as an attribute: name, offset, kind, whether it can only be read.
pub type Field = (&'static str, u32, MemberKind, bool);

/// Methods, those of the class and static ones too.
pub fn add_methods(
    thread: &Thread,
    ty: &'static PyTypeObject,
    methods: &'static [MethodDef],
) -> PyResult<()> {
    note(thread, ty, Part::Methods(methods))
}

/// Computed attributes.
pub fn add_attributes(thread: &Thread, ty: &'static PyTypeObject, all: &'static [GetSetDef]) -> PyResult<()> {
    note(thread, ty, Part::Attributes(all))
}

/// Fields of objects.
pub fn add_fields(thread: &Thread, ty: &'static PyTypeObject, all: &[Field]) -> PyResult<()> {
    let field = |&(name, offset, kind, read_only): &Field| (name, MemberDef { offset, kind, read_only });
    note(thread, ty, Part::Fields(all.iter().map(field).collect()))
}

/// Anything else: a function that puts it there.
pub fn add_entries(
    thread: &Thread,
    ty: &'static PyTypeObject,
    entries: impl Fn(&Thread, &PyDict) -> PyResult<()> + Send + Sync + 'static,
) -> PyResult<()> {
    note(thread, ty, Part::Entries(Box::new(entries)))
}
