//! Errors of the host as exceptions: `OSError`, or the class derived from it that stands for the number.

use taipan_object::exception::{self, PyBaseException};
use taipan_object::items::to_c;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, PyTypeObject, Raised, Thread, Value};

use crate::{HostError, numbers, of};

/// The exception type of an error number.
pub fn type_of(errno: i32) -> &'static PyTypeObject {
    match errno {
        numbers::EAGAIN | numbers::EALREADY | numbers::EINPROGRESS => &exception::BLOCKING_IOERROR,
        numbers::EPIPE | numbers::ESHUTDOWN => &exception::BROKEN_PIPE_ERROR,
        numbers::ECHILD => &exception::CHILD_PROCESS_ERROR,
        numbers::ECONNABORTED => &exception::CONNECTION_ABORTED_ERROR,
        numbers::ECONNREFUSED => &exception::CONNECTION_REFUSED_ERROR,
        numbers::ECONNRESET => &exception::CONNECTION_RESET_ERROR,
        numbers::EEXIST => &exception::FILE_EXISTS_ERROR,
        numbers::ENOENT => &exception::FILE_NOT_FOUND_ERROR,
        numbers::EISDIR => &exception::IS_ADIRECTORY_ERROR,
        numbers::ENOTDIR => &exception::NOT_ADIRECTORY_ERROR,
        numbers::EINTR => &exception::INTERRUPTED_ERROR,
        numbers::EACCES | numbers::EPERM => &exception::PERMISSION_ERROR,
        numbers::ESRCH => &exception::PROCESS_LOOKUP_ERROR,
        numbers::ETIMEDOUT => &exception::TIMEOUT_ERROR,
        _ => &exception::OS_ERROR,
    }
}

/// Calls the handlers of signals that came, if the call that was interrupted is one of the thread that handles them.
///
/// # Errors
/// What a handler raises.
pub fn run_signals(thread: &Thread) -> PyResult<()> {
    match of(thread).has_signals() && thread.handles_signals() {
        true => (thread.interp().hooks.signals.get())(thread),
        false => Ok(()),
    }
}

/// An `OSError` with a number, a text and up to two paths.
fn os_error(thread: &Thread, errno: i32, text: &str, paths: [Option<Value>; 2]) -> PyResult<Value> {
    let args = [Value::small(errno), PyStr::from_text(thread, text)?.into_value()];
    let [number, text] = args.clone();
    let error = exception::with_arguments(thread, type_of(errno), PyTuple::pack(thread, args)?)?;
    if let Some(fields) = error.as_ref().get::<PyBaseException>() {
        let [first, second] = paths;
        let values = [Some(number), Some(text), first, second];
        for (at, value) in values.into_iter().enumerate() {
            if let Some(value) = value {
                drop(fields.set_field(at, Some(to_c(thread, value)?)));
            }
        }
    }
    Ok(error)
}

/// Raises an `OSError` with a text of ours.
#[cold]
pub fn raise_text(thread: &Thread, errno: i32, text: &str) -> Raised {
    match os_error(thread, errno, text, [None, None]) {
        Ok(error) => thread.raise(error),
        Err(raised) => raised,
    }
}

impl HostError {
    /// Raises the exception of the error.
    #[cold]
    pub fn raise(self, thread: &Thread) -> Raised {
        self.raise_paths(thread, [None, None])
    }

    /// Raises it with the path that it is about.
    #[cold]
    pub fn raise_path(self, thread: &Thread, path: Value) -> Raised {
        self.raise_paths(thread, [Some(path), None])
    }

    /// Raises it with the paths that it is about.
    #[cold]
    pub fn raise_paths(self, thread: &Thread, paths: [Option<Value>; 2]) -> Raised {
        if self.errno == numbers::EINTR
            && let Err(raised) = run_signals(thread)
        {
            return raised;
        }
        let text = of(thread).error_text(self.errno);
        match os_error(thread, self.errno, &text, paths) {
            Ok(error) => thread.raise(error),
            Err(raised) => raised,
        }
    }
}
