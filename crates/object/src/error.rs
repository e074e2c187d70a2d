//! How errors travel: `Result` with one word. Invariant: where a function returns [`Raised`], an exception
//! rests in the thread state; where it returns `Ok`, none was left there by it.

use std::fmt;

use crate::exception;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::types::PyTypeObject;
use crate::value::{Owned, Value};

/// Says that an exception was raised; the exception itself is [`Thread::current_exception`].
/// It cannot be made but by raising.
#[derive(Debug)]
#[must_use = "an exception rests in the thread: hand it on, or take it out"]
pub struct Raised(pub(crate) ());

/// What may raise returns this.
pub type PyResult<T> = Result<T, Raised>;

impl Thread {
    /// Raises an exception object.
    #[cold]
    pub fn raise(&self, exception: Value) -> Raised {
        let displaced = self.current_exception.replace(Some(exception));
        drop(displaced);
        Raised(())
    }

    /// Raises an exception of a built-in type with a message.
    #[cold]
    #[inline(never)]
    pub fn raise_message(&self, ty: &'static PyTypeObject, message: fmt::Arguments<'_>) -> Raised {
        match exception::with_message(self, ty, message) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// Raises an exception of a built-in type with one argument.
    #[cold]
    #[inline(never)]
    pub fn raise_value(&self, ty: &'static PyTypeObject, argument: Value) -> Raised {
        match exception::with_argument(self, ty, argument) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// Issues a warning about the Python code that runs.
    ///
    /// # Errors
    /// The warning, where filters make it an error; what filters and hooks raise.
    #[cold]
    pub fn warn(&self, category: &'static PyTypeObject, message: &str) -> PyResult<()> {
        (self.interp().hooks.warn.get())(self, category, message)
    }

    /// Raises an exception of a built-in type with these arguments.
    #[cold]
    #[inline(never)]
    pub fn raise_arguments(&self, ty: &'static PyTypeObject, arguments: Owned<PyTuple>) -> Raised {
        match exception::with_arguments(self, ty, arguments) {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// Raises a `MemoryError`: a new one, for it keeps where it was raised; if there is no memory even for that, the one
    /// that was made beforehand.
    #[cold]
    #[inline(never)]
    pub fn raise_memory_error(&self) -> Raised {
        let interp = self.interp();
        let mut made = None;
        // making one may fail, and come here again
        if !interp.making_memory_error.replace(true) {
            made = exception::instance(self, &exception::MEMORY_ERROR, None).ok();
            interp.making_memory_error.set(false);
            if made.is_none() {
                drop(self.take_exception());
            }
        }
        self.raise(made.unwrap_or_else(|| interp.memory_error()))
    }

    /// Takes the exception out, so that the thread has none.
    pub fn take_exception(&self) -> Option<Value> {
        self.current_exception.take()
    }

    /// The exception that was raised and not yet caught.
    pub fn current_exception(&self) -> Option<Value> {
        self.current_exception.get()
    }

    /// Takes the exception that `raised` speaks of.
    pub fn catch(&self, raised: Raised) -> Value {
        let Raised(()) = raised;
        self.take_exception().unwrap_or_else(Value::none)
    }

    /// Reports an exception that nobody can catch (in a destructor, in a callback): what was being done, as the
    /// message goes on after "Exception ignored", and the object that it was done with.
    pub fn unraisable(&self, raised: Raised, doing: Option<&str>, object: Option<crate::value::Ref<'_>>) {
        let exception = self.catch(raised);
        (self.interp().hooks.unraisable.get())(self, exception, doing, object);
    }
}

/// `raise!(thread, TYPE_ERROR, "…{}…", x)`: raises a built-in exception with a message, gives the `Raised`.
#[macro_export]
macro_rules! raise {
    ($thread:expr, $ty:ident, $($message:tt)+) => {
        $thread.raise_message(&$crate::exception::$ty, format_args!($($message)+))
    };
}
