//! Notes of exceptions: the list `__notes__`, which is an attribute like any other.

use taipan_object::exception::PyBaseException;
use taipan_object::list::PyList;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value, as_ref, protocol, raise};

/// `exception.add_note(note)`
///
/// # Errors
/// `TypeError` if the exception's `__notes__` is no list.
pub fn add_note(thread: &Thread, exception: &PyBaseException, note: Value) -> PyResult<()> {
    let name = intern_text(thread, "__notes__")?;
    if let Some(notes) = protocol::attribute::find(thread, as_ref(exception), &name)? {
        return match notes.as_ref().get::<PyList>() {
            Some(notes) => notes.push(thread, note),
            None => Err(raise!(thread, TYPE_ERROR, "Cannot add note: __notes__ is not a list")),
        };
    }
    let notes = PyList::from_values(thread, [note])?;
    protocol::set_attribute(thread, as_ref(exception), &name, Some(notes.into_value()))
}
