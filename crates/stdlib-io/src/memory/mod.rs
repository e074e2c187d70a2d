//! Streams in memory: `BytesIO` and `StringIO`. Invariant: the contents are out of their cell only where nothing can
//! run Python code.

mod bytes_io;
mod bytes_tables;
mod string_io;
mod string_tables;

pub use bytes_io::{BYTES_IO, BYTES_IO_BUFFER};
pub use string_io::STRING_IO;

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::types::PyTypeObject;

/// The types with their tables.
pub(crate) fn tables() -> [(&'static PyTypeObject, &'static [MethodDef], &'static [GetSetDef]); 2] {
    [
        (&BYTES_IO, &bytes_tables::METHODS, &bytes_tables::ATTRIBUTES),
        (&STRING_IO, &string_tables::METHODS, &string_tables::ATTRIBUTES),
    ]
}

use taipan_object::dict::PyDict;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

/// A copy of the dict of an object, or `None`: what its state says.
fn dict_copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match this.head().and_then(taipan_object::instance::existing_dict) {
        Some(dict) => Ok(dict.copy(thread)?.into_value()),
        None => Ok(Value::none()),
    }
}

/// Puts the entries of a state's dict into an object's.
fn update_dict(thread: &Thread, this: Ref<'_>, entries: Ref<'_>, place: &str) -> PyResult<()> {
    if entries.is_none() {
        return Ok(());
    }
    let Some(entries) = entries.get::<PyDict>().map(Owned::new_ref) else {
        let name = entries.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "{place} item of state should be a dict, got a {name}"));
    };
    match this.head() {
        Some(head) => taipan_object::instance::dict(thread, head)?.update(thread, &entries, true),
        None => Ok(()),
    }
}
