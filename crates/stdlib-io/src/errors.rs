//! The errors of streams: `UnsupportedOperation`, and what several streams say.

use taipan_host::{numbers, raise::raise_text};
use taipan_object::exception::{self, os_error_type};
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

/// `io.UnsupportedOperation`: an `OSError` and a `ValueError`.
pub static UNSUPPORTED_OPERATION: PyTypeObject = os_error_type("io.UnsupportedOperation\0", &CORE);
static CORE: TypeCore = TypeCore::new(Slots::empty());

/// Says that a stream does not do something.
#[cold]
pub(crate) fn unsupported(thread: &Thread, what: &str) -> Raised {
    thread.raise_message(&UNSUPPORTED_OPERATION, format_args!("{what}"))
}

/// Says that the stream is closed.
#[cold]
pub(crate) fn closed(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "I/O operation on closed file.")
}

/// Says that `__init__` did not run, or did not succeed.
#[cold]
pub(crate) fn uninitialized(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "I/O operation on uninitialized object")
}

/// Says that a stream which does not wait took only a part: a `BlockingIOError` with `characters_written`.
#[cold]
pub(crate) fn would_block(thread: &Thread, errno: i32, text: &str, written: usize) -> Raised {
    let error = || {
        let text = taipan_object::str::PyStr::from_text(thread, text)?.into_value();
        let arguments = [Value::small(errno), text, Value::int(thread, written as i64)?];
        new_exception(thread, &exception::BLOCKING_IOERROR, arguments)
    };
    match error() {
        Ok(error) => thread.raise(error),
        Err(raised) => {
            drop(thread.catch(raised));
            raise_text(thread, numbers::EAGAIN, text)
        }
    }
}

/// Whether the error is an `OSError` of this class; if it is, it is gone.
pub(crate) fn caught(thread: &Thread, raised: Raised, ty: &'static PyTypeObject) -> PyResult<()> {
    let error = thread.catch(raised);
    if error.as_ref().ty().is_subtype(ty) { Ok(()) } else { Err(thread.raise(error)) }
}

/// `cannot pickle '…' object`.
#[cold]
pub(crate) fn cannot_pickle(thread: &Thread, this: Ref<'_>) -> Raised {
    let name = this.ty().short_name();
    raise!(thread, TYPE_ERROR, "cannot pickle '{name}' instances")
}

/// Two errors at once: the second is raised, the first is its context.
pub(crate) fn chain(thread: &Thread, first: Value, second: Raised) -> Raised {
    let second = thread.catch(second);
    if let Some(fields) = second.as_ref().get::<exception::PyBaseException>() {
        let [_, _, _, _, context, _] = fields.slots();
        drop(context.replace(Some(first)));
    }
    thread.raise(second)
}

/// The error that was raised, with another one as its cause.
pub(crate) fn with_cause(thread: &Thread, raised: Raised, cause: Value) -> Raised {
    let error = thread.catch(raised);
    if let Some(fields) = error.as_ref().get::<exception::PyBaseException>() {
        let [_, _, _, _, context, slot] = fields.slots();
        drop(context.replace(Some(cause.clone())));
        drop(slot.replace(Some(cause)));
        fields.suppress_context().set(1);
    }
    thread.raise(error)
}

/// An exception of a built-in type as Python would make it.
pub(crate) fn new_exception<const N: usize>(
    thread: &Thread,
    ty: &'static PyTypeObject,
    arguments: [Value; N],
) -> PyResult<Value> {
    let class = taipan_object::as_ref(ty);
    match class.ty().slots().call.get() {
        Some(_) => taipan_object::protocol::call(thread, class, &arguments, None),
        None => {
            let arguments = taipan_object::tuple::PyTuple::pack(thread, arguments)?;
            exception::with_arguments(thread, ty, arguments)
        }
    }
}
