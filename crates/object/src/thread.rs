//! The thread state: `PyThreadState`, whose documented fields stand where extensions compiled for
//! CPython 3.14 read them. It is the context that every native is given. Invariants: at most one thread
//! state is attached to a native thread, and while it is, that thread holds the interpreter's GIL; the
//! fields are cells, so a `&Thread` never excludes another.
//!
//! `&Thread` is what "may allocate, raise, run Python code" looks like in a signature: a function of this
//! crate without one can do none of the three, except that dropping a [`Value`](crate::Value) always may
//! run code, which finds its thread through the native thread ([`Thread::current`]).

use std::cell::Cell;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::dict::PyDict;
use crate::error::PyResult;
use crate::gil::Gil;
use crate::header::PyObject;
use crate::heap::Heap;
use crate::interp::Interp;
use crate::raise;
use crate::slot::Slot;
use crate::types::layout::offsets;
use crate::value::Owned;

/// Bits of the safepoint word.
pub mod safepoint {
    /// The collector wants to run.
    pub const COLLECT: usize = 1 << 0;
    /// Another thread wants the GIL.
    pub const GIL: usize = 1 << 1;
    /// A signal came in.
    pub const SIGNAL: usize = 1 << 2;
    /// An exception is to be raised in this thread.
    pub const ASYNC: usize = 1 << 3;
    /// The embedder interrupts.
    pub const INTERRUPT: usize = 1 << 4;
    /// Somebody is to be told of what the program does (`sys.settrace`, `sys.setprofile`).
    pub const TRACE: usize = 1 << 5;
    /// Every safepoint costs fuel.
    pub const FUEL: usize = 1 << 7;
    /// The collector is to run at every safepoint, and every instruction to be one (debug builds).
    pub const STRESS: usize = 1 << 6;
    /// What may end a program.
    pub const INTERRUPTS: usize = SIGNAL | ASYNC | INTERRUPT | FUEL;
}

/// `_PyErr_StackItem`: the exception that is being handled, and the one outside of it.
#[repr(C)]
pub struct HandledException {
    /// The exception.
    pub exc_value: Slot,
    /// The handler around this one.
    pub previous: Cell<*const HandledException>,
}

/// The thread state.
#[repr(C)]
pub struct Thread {
    links: [usize; 2],
    interp: NonNull<Interp>,
    /// The safepoint word: what is to be done at the next safepoint, none if zero.
    pub eval_breaker: AtomicUsize,
    status: u32,
    holds_gil: Cell<i32>,
    whence: i32,
    state: Cell<i32>,
    recursion_remaining: Cell<i32>,
    recursion_limit: Cell<i32>,
    recursion_headroom: Cell<i32>,
    tracing: Cell<i32>,
    what_event: Cell<i32>,
    padding: u32,
    /// The frame that runs; the VM's.
    pub current_frame: Cell<*mut c_void>,
    profile: [Cell<usize>; 4],
    pub(crate) current_exception: Slot,
    /// The innermost handler's exception.
    pub exc_info: Cell<*const HandledException>,
    /// The dict of the thread (`PyThreadState_GetDict`).
    pub dict: Slot,
    reserved_1: [Cell<usize>; 4],
    /// Objects without references that wait for their turn, linked through their first word.
    pub(crate) delete_later: Cell<*mut PyObject>,
    critical_section: Cell<usize>,
    reserved_2: [Cell<usize>; 3],
    /// The current context (`contextvars`).
    pub context: Slot,
    reserved_3: [Cell<usize>; 2],
    /// The value stack; the VM's.
    pub datastack: [Cell<*mut c_void>; 3],
    /// The outermost handler.
    pub exc_state: HandledException,
    current_executor: Cell<*mut c_void>,
    /// How many deallocations of containers are on the native stack.
    pub(crate) dealloc_depth: Cell<u32>,
    /// In debug builds: how many containers are half changed just now.
    pub(crate) open_containers: Cell<u32>,
    /// Native stack below this address is not for Python code.
    stack_limit: Cell<usize>,
    /// For the VM: what it hangs off a thread.
    pub host: Cell<*mut c_void>,
    /// The interpreter's lock, which is there as long as a thread waits for it.
    gil: NonNull<Gil>,
    /// The number of the native thread; 0 while it is not known.
    pub ident: Cell<u64>,
    reserved_4: [Cell<usize>; 64],
}

offsets!(Thread, 832: interp 16, eval_breaker 24, holds_gil 36, state 44, recursion_remaining 48,
    recursion_limit 52, tracing 60, current_frame 72, profile 80, current_exception 112, exc_info 120,
    dict 128, delete_later 168, critical_section 176, context 208, datastack 232, exc_state 256,
    current_executor 272);
const _: () = assert!(offset_of!(HandledException, previous) == 8);

/// The safepoint word of the thread that signals are handled in; null if there is none.
static SIGNALLED: AtomicPtr<AtomicUsize> = AtomicPtr::new(std::ptr::null_mut());

/// Tells the thread that handles signals that one came. A signal handler may call this.
pub fn signal_came() {
    // SAFETY: null, or a word of a thread state, which takes it back before it goes.
    if let Some(word) = unsafe { SIGNALLED.load(Ordering::Acquire).as_ref() } {
        word.fetch_or(safepoint::SIGNAL, Ordering::Relaxed);
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let own = (&raw const self.eval_breaker).cast_mut();
        let null = std::ptr::null_mut();
        // whoever handles signals now goes on to do so
        let _ = SIGNALLED.compare_exchange(own, null, Ordering::AcqRel, Ordering::Relaxed);
    }
}

thread_local! {
    static CURRENT: Cell<*const Thread> = const { Cell::new(std::ptr::null()) };
}

/// Keeps a thread state attached to the native thread; detaches when dropped, and gives the GIL back.
#[must_use]
pub struct Attached<'a> {
    thread: &'a Thread,
    before: *const Thread,
    /// Whether it was not attached before.
    outermost: bool,
    local: PhantomData<*mut ()>,
}

impl std::ops::Deref for Attached<'_> {
    type Target = Thread;

    fn deref(&self) -> &Thread {
        self.thread
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        CURRENT.set(self.before);
        if self.outermost {
            self.thread.holds_gil.set(0);
            self.thread.gil().give();
        }
    }
}

/// Takes the GIL back when it goes, also where a panic unwinds.
struct Released<'a>(&'a Thread);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.gil().take(self.0);
        self.0.holds_gil.set(1);
        CURRENT.set(self.0);
    }
}

/// Python's default recursion limit.
const RECURSION_LIMIT: i32 = 1000;

impl Thread {
    /// A thread state of an interpreter, not attached yet.
    ///
    /// # Safety
    /// The interpreter outlives the thread state, and its lock outlives whoever waits for it.
    pub(crate) unsafe fn new(interp: NonNull<Interp>, gil: NonNull<Gil>) -> Box<Thread> {
        let null = std::ptr::null_mut();
        let thread = Box::new(Thread {
            links: [0; 2],
            interp,
            eval_breaker: AtomicUsize::new(0),
            status: 0,
            holds_gil: Cell::new(0),
            whence: 0,
            state: Cell::new(0),
            recursion_remaining: Cell::new(RECURSION_LIMIT),
            recursion_limit: Cell::new(RECURSION_LIMIT),
            recursion_headroom: Cell::new(0),
            tracing: Cell::new(0),
            what_event: Cell::new(0),
            padding: 0,
            current_frame: Cell::new(null),
            profile: Default::default(),
            current_exception: Slot::empty(),
            exc_info: Cell::new(std::ptr::null()),
            dict: Slot::empty(),
            reserved_1: Default::default(),
            delete_later: Cell::new(std::ptr::null_mut()),
            critical_section: Cell::new(0),
            reserved_2: Default::default(),
            context: Slot::empty(),
            reserved_3: Default::default(),
            datastack: [const { Cell::new(std::ptr::null_mut()) }; 3],
            exc_state: HandledException { exc_value: Slot::empty(), previous: Cell::new(std::ptr::null()) },
            current_executor: Cell::new(null),
            dealloc_depth: Cell::new(0),
            open_containers: Cell::new(0),
            stack_limit: Cell::new(0),
            host: Cell::new(null),
            gil,
            ident: Cell::new(0),
            reserved_4: [const { Cell::new(0) }; 64],
        });
        thread.exc_info.set(&raw const thread.exc_state);
        thread
    }

    /// Attaches the thread state to this native thread, and takes the interpreter's GIL if this state does not
    /// hold it already.
    pub fn attach(&self) -> Attached<'_> {
        let outermost = self.holds_gil.get() == 0;
        if outermost {
            self.gil().take(self);
            self.holds_gil.set(1);
        }
        let before = CURRENT.replace(std::ptr::from_ref(self));
        Attached { thread: self, before, outermost, local: PhantomData }
    }

    /// Calls `wait` without the GIL, so that other threads run meanwhile. What it uses may be sent to other threads,
    /// which nothing may that belongs to objects.
    pub fn released<R: Send>(&self, wait: impl FnOnce() -> R + Send) -> R {
        CURRENT.set(std::ptr::null());
        self.holds_gil.set(0);
        self.gil().give();
        let released = Released(self);
        let result = wait();
        drop(released);
        result
    }

    /// Lets another thread run that has asked to.
    pub fn pass_gil(&self) {
        self.withdraw(safepoint::GIL);
        self.gil().pass(self);
        CURRENT.set(self);
    }

    /// The interpreter's lock.
    pub fn gil(&self) -> &Gil {
        // SAFETY: the lock is kept as long as a thread state may wait for it.
        unsafe { self.gil.as_ref() }
    }

    /// Calls `f` with the thread state that is attached to this native thread; none if none is.
    #[inline]
    pub fn current<R>(f: impl FnOnce(&Thread) -> R) -> Option<R> {
        let thread = CURRENT.get();
        // SAFETY: `Attached` keeps the thread state borrowed as long as it is current.
        (!thread.is_null()).then(|| f(unsafe { &*thread }))
    }

    /// Lets this thread be the one in which signals are handled.
    pub fn handle_signals(&self) {
        SIGNALLED.store((&raw const self.eval_breaker).cast_mut(), Ordering::Release);
    }

    /// Whether this is the thread in which signals are handled.
    pub fn handles_signals(&self) -> bool {
        std::ptr::eq(SIGNALLED.load(Ordering::Relaxed), &raw const self.eval_breaker)
    }

    /// The dict of the thread, which is made when it is first asked for.
    pub fn own_dict(&self) -> PyResult<Owned<PyDict>> {
        if let Some(known) = self.dict.get_as() {
            return Ok(known);
        }
        let made = PyDict::new(self)?;
        drop(self.dict.replace(Some(made.clone().into_value())));
        Ok(made)
    }

    /// The interpreter.
    #[inline(always)]
    pub fn interp(&self) -> &Interp {
        // SAFETY: the interpreter outlives its thread states.
        unsafe { self.interp.as_ref() }
    }

    /// The interpreter's heap.
    #[inline(always)]
    pub fn heap(&self) -> &Heap {
        &self.interp().heap
    }

    /// Asks for something to be done at the next safepoint.
    #[inline]
    pub fn request(&self, bit: usize) {
        self.eval_breaker.fetch_or(bit, Ordering::Relaxed);
    }

    /// Takes back what was asked for.
    pub fn withdraw(&self, bit: usize) {
        self.eval_breaker.fetch_and(!bit, Ordering::Relaxed);
    }

    /// Whether something was asked for.
    #[inline(always)]
    pub fn has_request(&self, bit: usize) -> bool {
        self.eval_breaker.load(Ordering::Relaxed) & bit != 0
    }

    /// Whether something is to be done at a safepoint.
    #[inline(always)]
    pub fn has_requests(&self) -> bool {
        self.eval_breaker.load(Ordering::Relaxed) != 0
    }

    /// A safepoint of natives below the VM that run for long: signals, the collector and other threads get their turn.
    /// Python code may run.
    ///
    /// # Errors
    /// What was asked to be raised: `KeyboardInterrupt`, say.
    #[inline(always)]
    pub fn safepoint(&self) -> PyResult<()> {
        if self.has_requests() { self.pass_safepoint() } else { Ok(()) }
    }

    /// A safepoint where other threads and the collector do not get their turn: of natives that walk through what
    /// other threads may change, and that seem to do so at once.
    ///
    /// # Errors
    /// What was asked to be raised.
    #[inline(always)]
    pub fn check_interrupts(&self) -> PyResult<()> {
        if self.has_request(safepoint::INTERRUPTS) { self.pass_safepoint() } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn pass_safepoint(&self) -> PyResult<()> {
        (self.interp().hooks.safepoint.get())(self)
    }

    /// Runs the collector if it asked to. The VM calls this at safepoints, where finalizers may run.
    pub fn collect_if_requested(&self) {
        let before = self.eval_breaker.fetch_and(!safepoint::COLLECT, Ordering::Relaxed);
        if before & safepoint::COLLECT != 0 {
            crate::gc::collect_due(self);
        }
    }

    /// The limit of nested calls.
    pub fn recursion_limit(&self) -> i32 {
        self.recursion_limit.get()
    }

    /// Sets the limit of nested calls; the depth stays.
    pub fn set_recursion_limit(&self, limit: i32) {
        let depth = self.recursion_limit.get() - self.recursion_remaining.get();
        self.recursion_limit.set(limit);
        self.recursion_remaining.set(limit - depth);
    }

    /// Sets the address below which the native stack is not to be used; 0 is no limit.
    pub fn set_stack_limit(&self, address: usize) {
        self.stack_limit.set(address);
    }

    /// `RecursionError` near the end of the native stack: for natives that call natives of their own kind, and no
    /// Python code between, as iterators over iterators do.
    #[inline(always)]
    pub fn check_stack(&self) -> PyResult<()> {
        if self.has_stack() { Ok(()) } else { Err(self.stack_is_used_up()) }
    }

    /// Whether the end of the native stack is far.
    #[inline(always)]
    pub fn has_stack(&self) -> bool {
        let here = 0u8;
        std::ptr::from_ref(&here).addr() >= self.stack_limit.get()
    }

    #[cold]
    fn stack_is_used_up(&self) -> crate::error::Raised {
        raise!(self, RECURSION_ERROR, "maximum recursion depth exceeded")
    }

    /// Goes one level deeper into native code, until the guard is dropped; `RecursionError` near the end of the native
    /// stack. Where that is not known the limit of nested calls counts instead. `doing` completes the message
    /// (" while calling a Python object").
    #[inline]
    pub fn recurse(&self, doing: &str) -> PyResult<Recursion<'_>> {
        self.check_interrupts()?;
        let limit = self.stack_limit.get();
        let here = std::ptr::from_ref(&doing).addr();
        let counted = limit == 0;
        if here < limit || (counted && self.recursion_remaining.get() <= 0) {
            return Err(raise!(self, RECURSION_ERROR, "maximum recursion depth exceeded{doing}"));
        }
        if counted {
            self.recursion_remaining.set(self.recursion_remaining.get() - 1);
        }
        Ok(Recursion { thread: self, counted })
    }
}

/// One level of native recursion.
#[must_use]
pub struct Recursion<'a> {
    thread: &'a Thread,
    counted: bool,
}

impl Drop for Recursion<'_> {
    fn drop(&mut self) {
        if self.counted {
            let thread = self.thread;
            thread.recursion_remaining.set(thread.recursion_remaining.get() + 1);
        }
    }
}

/// Held while a container is half changed. In debug builds a deallocation meanwhile stops the program:
/// it could run Python code, which would see the container.
#[must_use]
pub(crate) struct Changing<'a> {
    #[cfg(debug_assertions)]
    thread: &'a Thread,
    local: PhantomData<&'a Thread>,
}

impl<'a> Changing<'a> {
    #[inline(always)]
    pub(crate) fn new(_thread: &'a Thread) -> Changing<'a> {
        #[cfg(debug_assertions)]
        _thread.open_containers.set(_thread.open_containers.get() + 1);
        Changing {
            #[cfg(debug_assertions)]
            thread: _thread,
            local: PhantomData,
        }
    }
}

#[cfg(debug_assertions)]
impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.thread.open_containers.set(self.thread.open_containers.get() - 1);
    }
}

impl Thread {
    /// Lets go of what the thread state refers to, at the end of its native thread, so that it can serve another.
    pub(crate) fn let_go(&self) {
        for slot in [&self.current_exception, &self.dict, &self.context, &self.exc_state.exc_value] {
            drop(slot.take());
        }
        self.exc_info.set(&raw const self.exc_state);
        self.ident.set(0);
        self.eval_breaker.store(0, Ordering::Relaxed);
    }

    /// In a process that was just forked: signals are this thread's if they were another's of the same program.
    pub(crate) fn handle_signals_in_child(&self) {
        if !SIGNALLED.load(Ordering::Relaxed).is_null() {
            self.handle_signals();
        }
    }

    /// Forgets what the thread state refers to, when the whole heap goes.
    pub(crate) fn forget_references(&self) {
        for slot in [&self.current_exception, &self.dict, &self.context, &self.exc_state.exc_value] {
            std::mem::forget(slot.take());
        }
    }
}
