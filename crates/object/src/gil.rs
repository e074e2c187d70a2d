//! The lock of an interpreter: whichever native thread holds it may touch the interpreter's objects.
//!
//! A thread takes it when its state is attached ([`Thread::attach`]), gives it back while it waits for something else
//! ([`Thread::released`]), and passes it on at a safepoint when another one has waited for longer than the switch
//! interval ([`Thread::pass_gil`]). As in CPython, who passes it on waits until somebody has taken it, so that a
//! thread that computes does not take it again at once. Invariants: nothing is called while the mutex is held; after
//! [`Gil::close`] only the thread that closed it takes it, the others wait for ever.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::thread::{Thread, safepoint};

/// Microseconds until a thread that waits asks for the lock; CPython's.
const INTERVAL: u64 = 5000;

/// The thread state that holds the lock; it lives at least as long as it does.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Holder(*const Thread);

// SAFETY: only compared, and asked for its safepoint word, which is atomic, while it holds the lock.
unsafe impl Send for Holder {}

struct State {
    holder: Holder,
    /// How often the lock was taken.
    taken: u64,
    waiting: usize,
    /// The only thread that may take it from now on.
    closed_by: Option<Holder>,
}

/// The lock.
pub struct Gil {
    state: Mutex<State>,
    /// The lock was given back.
    free: Condvar,
    /// The lock was taken by one that waited.
    switched: Condvar,
    /// Never told of anything.
    never: Condvar,
    interval: AtomicU64,
}

const NOBODY: Holder = Holder(std::ptr::null());

impl Gil {
    pub(crate) fn new() -> Gil {
        Gil {
            state: Mutex::new(State { holder: NOBODY, taken: 0, waiting: 0, closed_by: None }),
            free: Condvar::new(),
            switched: Condvar::new(),
            never: Condvar::new(),
            interval: AtomicU64::new(INTERVAL),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // nothing panics while it is held
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the lock is free, and takes it.
    pub(crate) fn take(&self, thread: &Thread) {
        self.take_in(self.state(), thread);
    }

    fn take_in(&self, mut state: MutexGuard<'_, State>, thread: &Thread) {
        let own = Holder(thread);
        let interval = Duration::from_micros(self.interval());
        let mut waited = false;
        loop {
            if state.closed_by.is_some_and(|only| only != own) {
                loop {
                    state = self.never.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
            if state.holder == NOBODY {
                state.holder = own;
                state.taken += 1;
                if waited {
                    self.switched.notify_all();
                }
                return;
            }
            waited = true;
            let before = state.taken;
            state.waiting += 1;
            let (after, timeout) =
                self.free.wait_timeout(state, interval).unwrap_or_else(PoisonError::into_inner);
            state = after;
            state.waiting -= 1;
            if timeout.timed_out() && state.holder != NOBODY && state.taken == before {
                // SAFETY: a thread state that holds the lock lives.
                unsafe { (*state.holder.0).request(safepoint::GIL) };
            }
        }
    }

    /// Gives the lock back.
    pub(crate) fn give(&self) {
        let mut state = self.state();
        state.holder = NOBODY;
        if state.waiting > 0 {
            self.free.notify_one();
        }
    }

    /// Gives the lock to one that waits for it, if one does, and takes it again.
    pub(crate) fn pass(&self, thread: &Thread) {
        let mut state = self.state();
        if state.waiting == 0 || state.closed_by.is_some() {
            return;
        }
        state.holder = NOBODY;
        self.free.notify_one();
        let before = state.taken;
        while state.taken == before && state.waiting > 0 {
            state = self.switched.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.take_in(state, thread);
    }

    /// From now on only this thread, which holds the lock, takes it: the end of the interpreter.
    pub(crate) fn close(&self, thread: &Thread) {
        self.state().closed_by = Some(Holder(thread));
        // who waits finds out that it will not get it
        self.free.notify_all();
    }

    /// Whether it is closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed_by.is_some()
    }

    /// Microseconds until a thread that waits asks for the lock (`sys.getswitchinterval`).
    pub fn interval(&self) -> u64 {
        self.interval.load(Ordering::Relaxed)
    }

    /// Sets the microseconds until a thread that waits asks for the lock.
    pub fn set_interval(&self, micros: u64) {
        self.interval.store(micros.max(1), Ordering::Relaxed);
    }

    /// Calls `fork` while no other thread is about to change the lock. In the child the other threads are gone.
    pub(crate) fn across_fork<R>(&self, fork: impl FnOnce() -> R, in_child: impl FnOnce(&R) -> bool) -> R {
        let mut state = self.state();
        let result = fork();
        if in_child(&result) {
            state.waiting = 0;
        }
        result
    }
}
