//! A state that is used by one call at a time. What a call does in between may run Python code (a safepoint does), so
//! the state is lent: another thread waits until it is back, and a call from within is refused.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

use taipan_host::Waiters;
use taipan_object::{PyResult, Thread, raise};

/// The state.
#[derive(Default)]
pub(crate) struct Guarded<T> {
    state: Cell<Option<Box<T>>>,
    /// The address of the state of the thread that has it; 0 if none has.
    user: Cell<usize>,
    waiters: Waiters,
}

/// The state, lent.
pub(crate) struct Lent<'a, T> {
    from: &'a Guarded<T>,
    /// There until it is given back.
    state: Option<Box<T>>,
}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        self.from.state.set(self.state.take());
        self.from.user.set(0);
        self.from.waiters.wake();
    }
}

impl<T: Default> Guarded<T> {
    /// With a state.
    pub(crate) fn new(state: T) -> Guarded<T> {
        Guarded { state: Cell::new(Some(Box::new(state))), user: Cell::new(0), waiters: Waiters::default() }
    }

    /// Lends the state, as soon as nobody else has it.
    ///
    /// # Errors
    /// `RuntimeError` in a call from within a call; what a handler of a signal raises.
    pub(crate) fn lend(&self, thread: &Thread) -> PyResult<Lent<'_, T>> {
        let own = std::ptr::from_ref(thread).addr();
        if self.user.get() == own {
            return Err(raise!(thread, RUNTIME_ERROR, "reentrant call"));
        }
        self.waiters.wait(thread, None, || self.user.get() == 0)?;
        self.user.set(own);
        Ok(Lent { from: self, state: Some(self.state.take().unwrap_or_default()) })
    }
}

impl<T> Deref for Lent<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.state {
            Some(state) => state,
            None => unreachable!("it is there until it is given back"),
        }
    }
}

impl<T> DerefMut for Lent<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.state {
            Some(state) => state,
            None => unreachable!("it is there until it is given back"),
        }
    }
}
