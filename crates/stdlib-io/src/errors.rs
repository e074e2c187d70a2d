//! The errors of streams: `UnsupportedOperation`, and what several streams say.

use taipan_host::{numbers, raise::raise_text};
use taipan_object::dict::PyDict;
use taipan_object::exception;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::class::ClassSpec;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};
use taipan_runtime_builtins::modules;

const UNSUPPORTED: &str = "UnsupportedOperation";

/// Makes the class `io.UnsupportedOperation`, an `OSError` and a `ValueError`. Each interpreter has its own, for the
/// module `io` sets an attribute of it.
pub(crate) fn unsupported_class(thread: &Thread) -> PyResult<Owned<PyTypeObject>> {
    let dict = PyDict::new(thread)?;
    for (name, value) in [("__module__", "io"), ("__doc__", "The stream does not do this.")] {
        let value = PyStr::from_text(thread, value)?.into_value();
        drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), value)?);
    }
    let bases = [Owned::new_ref(&exception::OS_ERROR), Owned::new_ref(&exception::VALUE_ERROR)];
    let spec = ClassSpec {
        metatype: &statics::TYPE,
        name: &*intern_text(thread, UNSUPPORTED)?,
        bases: &bases,
        dict,
        members: 0,
        add_dict: false,
        add_weakref: true,
        expected_attributes: 0,
    };
    PyTypeObject::new_class(thread, spec)
}

/// The class that the module `_io` has; the module is made if nobody has imported it yet.
fn unsupported_of(thread: &Thread) -> PyResult<Value> {
    let all = thread.interp().modules.get_as::<PyDict>();
    let name = intern_text(thread, "_io")?;
    let known = match &all {
        Some(all) => all.get_str(thread, &name)?,
        None => None,
    };
    let dict = known.as_ref().and_then(|module| module.as_ref().get::<PyModule>()).and_then(PyModule::dict);
    let dict = match (dict, all) {
        (Some(dict), _) => Some(dict),
        (None, Some(all)) if known.is_none() => {
            let module = modules::create(thread, &crate::module::MODULE)?;
            drop(all.insert(thread, name.as_ref(), module.as_ref().to_value())?);
            module.dict()
        }
        _ => None,
    };
    let class = match dict {
        Some(dict) => dict.get_str(thread, &*intern_text(thread, UNSUPPORTED)?)?,
        None => None,
    };
    class.map_or_else(|| Ok(unsupported_class(thread)?.into_value()), Ok)
}

/// Says that a stream does not do something.
#[cold]
pub(crate) fn unsupported(thread: &Thread, what: &str) -> Raised {
    let error = || {
        let class = unsupported_of(thread)?;
        let text = PyStr::from_text(thread, what)?.into_value();
        taipan_object::protocol::call(thread, class.as_ref(), &[text], None)
    };
    match error() {
        Ok(error) => thread.raise(error),
        Err(raised) => raised,
    }
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
        let text = PyStr::from_text(thread, text)?.into_value();
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
    taipan_object::protocol::call(thread, taipan_object::as_ref(ty), &arguments, None)
}
