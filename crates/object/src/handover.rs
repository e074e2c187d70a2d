//! A call that a native thread of its own is to make: how a value and a thread state get there.
//!
//! [`Handover::new`] is made by the thread that starts another, and [`Handover::run`] called by the other. Invariant:
//! what a handover holds is touched by a thread only that holds the interpreter's GIL; where that cannot be, it is
//! left where it is.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::interp::Interp;
use crate::thread::Thread;
use crate::value::Value;

/// A call for another native thread.
pub struct Handover {
    thread: NonNull<Thread>,
    call: ManuallyDrop<Value>,
}

// SAFETY: it goes to one thread, which touches what it holds when it has taken the GIL.
unsafe impl Send for Handover {}

impl Handover {
    /// A new thread state, and what it is to call. It counts as a started thread from now on.
    pub fn new(thread: &Thread, call: Value) -> Handover {
        let interp = thread.interp();
        let new = interp.new_thread();
        new.set_recursion_limit(thread.recursion_limit());
        interp.started.set(interp.started.get() + 1);
        Handover { thread: NonNull::from(new), call: ManuallyDrop::new(call) }
    }

    /// The thread state that the call will be made with.
    pub fn thread(&self) -> *const Thread {
        self.thread.as_ptr()
    }

    /// Makes the call in this native thread, which has `stack` bytes of native stack from here. Waits for the GIL
    /// first, for ever if the interpreter has ended.
    pub fn run(self, stack: usize, act: impl FnOnce(&Thread, Value)) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: a thread state lives as long as its interpreter, which is there as long as its lock can be taken.
        let state = unsafe { this.thread.as_ref() };
        let attached = state.attach();
        let here = 0_u8;
        attached.set_stack_limit((&raw const here).addr().saturating_sub(stack));
        // SAFETY: moved out once, for `this` is not dropped.
        act(&attached, unsafe { ManuallyDrop::take(&mut this.call) });
        attached.let_go();
        attached.interp().end_started(&attached);
    }
}

impl Drop for Handover {
    /// It was not run: no thread could be started.
    fn drop(&mut self) {
        // SAFETY: as long as somebody holds the GIL of the interpreter, it and its thread states are there.
        let interp = unsafe { self.thread.as_ref() }.interp();
        let _ = Thread::current(|current| {
            if std::ptr::eq(current.interp(), interp) {
                // SAFETY: not moved out, for it was not run.
                drop(unsafe { ManuallyDrop::take(&mut self.call) });
                // SAFETY: as above.
                interp.end_started(unsafe { self.thread.as_ref() });
            }
        });
    }
}

impl Interp {
    fn end_started(&self, thread: &Thread) {
        self.started.set(self.started.get().saturating_sub(1));
        self.give_back(thread);
    }
}
