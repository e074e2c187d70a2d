//! `BaseException`: how it is made, and its methods.

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::{ATTRIBUTE_ERROR, PyBaseException};
use taipan_object::instance;
use taipan_object::list::PyList;
use taipan_object::protocol::{get_attribute, set_attribute};
use taipan_object::str::PyStr;
use taipan_object::str::intern::{intern, intern_text};
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::types::blank::new_instance;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, raise};

use super::{args_of, attributes, receiver, split_names};
use crate::arguments::expect_str;
use crate::methods::method_table;

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" reduce, c"What pickle makes the exception again from.";
    Instance One c"__setstate__" "($self, state, /)" setstate, c"Sets the attributes that a dict has.";
    Instance One c"with_traceback" "($self, object, /)" with_traceback, c"Sets the traceback; gives the exception.";
    Instance One c"add_note" "($self, object, /)" add_note, c"Adds a note, which is shown below the message.";
}

/// `BaseException.__new__`: the arguments by position are its `args`.
pub(super) fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let (positional, _) = split_names(arguments, names);
    let exception = new_instance::<PyBaseException>(thread, class)?;
    drop(exception.set_args(PyTuple::from_values(thread, positional.iter().cloned())?));
    Ok(exception.into_value())
}

/// Refuses arguments by name, in the name of the class.
pub(super) fn refuse_names(thread: &Thread, class: &PyTypeObject, names: Option<&PyTuple>) -> PyResult<()> {
    match names {
        Some(names) if !names.is_empty() => {
            Err(raise!(thread, TYPE_ERROR, "{}() takes no keyword arguments", class.name()))
        }
        _ => Ok(()),
    }
}

/// `BaseException.__init__`.
pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let exception = receiver(thread, this)?;
    refuse_names(thread, this.ty(), names)?;
    // mostly `__new__` was given the same
    let same = |args: &PyTuple| {
        args.len() == arguments.len() && args.iter().zip(arguments).all(|(a, b)| a.is(b.as_ref()))
    };
    match exception.args() {
        Some(args) if args.as_ref().get_exact::<PyTuple>().is_some_and(same) => Ok(()),
        _ => set_args(thread, exception, arguments),
    }
}

/// Sets `args`.
pub(super) fn set_args(thread: &Thread, exception: &PyBaseException, arguments: &[Value]) -> PyResult<()> {
    drop(exception.set_args(PyTuple::from_values(thread, arguments.iter().cloned())?));
    Ok(())
}

/// The instance's dict, if it has entries.
pub(super) fn filled_dict(this: Ref<'_>) -> Option<Owned<PyDict>> {
    instance::existing_dict(this.head()?).filter(|dict| !dict.is_empty())
}

fn reduce(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let args = args_of(receiver(thread, this)?);
    reduced(thread, this, args, filled_dict(this).map(Owned::into_value))
}

/// Class, arguments, and the state if there is one.
pub(super) fn reduced(
    thread: &Thread,
    this: Ref<'_>,
    args: Owned<PyTuple>,
    state: Option<Value>,
) -> PyResult<Value> {
    let class = as_ref(this.ty()).to_value();
    let args = args.into_value();
    Ok(match state {
        Some(state) => PyTuple::pack(thread, [class, args, state])?,
        None => PyTuple::pack(thread, [class, args])?,
    }
    .into_value())
}

fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    if state.is_none() {
        return Ok(Value::none());
    }
    let Some(dict) = state.get::<PyDict>() else {
        return Err(raise!(thread, TYPE_ERROR, "state is not a dictionary"));
    };
    let mut cursor = DictCursor::start();
    while let Some((name, value)) = cursor.next(dict) {
        let name = match name.downcast::<PyStr>() {
            Ok(name) => name,
            Err(other) => {
                let ty = other.as_ref().ty().name();
                return Err(raise!(thread, TYPE_ERROR, "attribute name must be string, not '{ty}'"));
            }
        };
        let name = intern(thread, name)?;
        set_attribute(thread, this, &name, Some(value))?;
    }
    Ok(Value::none())
}

fn with_traceback(thread: &Thread, this: Ref<'_>, traceback: Ref<'_>) -> PyResult<Value> {
    attributes::set_traceback(thread, this, Some(traceback.to_value()))?;
    Ok(this.to_value())
}

fn add_note(thread: &Thread, this: Ref<'_>, note: Ref<'_>) -> PyResult<Value> {
    expect_str(thread, "add_note", "argument", note)?;
    let name = intern_text(thread, "__notes__")?;
    let notes = match get_attribute(thread, this, &name) {
        Ok(notes) => notes,
        Err(raised) => {
            let exception = thread.catch(raised);
            if !exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                return Err(thread.raise(exception));
            }
            let notes = PyList::new(thread)?.into_value();
            set_attribute(thread, this, &name, Some(notes.clone()))?;
            notes
        }
    };
    match notes.as_ref().get::<PyList>() {
        Some(notes) => notes.push(thread, note.to_value())?,
        None => return Err(raise!(thread, TYPE_ERROR, "Cannot add note: __notes__ is not a list")),
    }
    Ok(Value::none())
}
