//! Frames and the stack that their slots stand in.
//!
//! Slots of all frames of a thread stand in one stack that never moves; a callee's slots begin where its
//! arguments stand in its caller's. What else belongs to a frame stands in a second stack. Invariants: every
//! word of the slot stack below `high_water` is a word that a slot may hold, and what is above the slots of
//! the running frame holds no pointer.

use crate::code::RegisterCode;
use crate::interp::FoundTable;
use crate::interp::generator::Run;
use crate::tracing::Told;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, OnceCell};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use taipan_object::dict::PyDict;
use taipan_object::function::PyFunction;
use taipan_object::header::decref;
use taipan_object::slot::Slot;
use taipan_object::{Owned, Ref, Thread, Value, Word};

/// Words of the slot stack: address space, of which only what is used becomes memory.
const SLOTS: usize = 1 << 23;
/// Frames of one thread.
const FRAMES: usize = 1 << 17;

/// What a slot holds that holds nothing.
pub const UNBOUND: u64 = Word::UNBOUND.bits();
/// The marker for no self.
pub const NULL: u64 = Word::NULL.bits();

/// What is to be done with the value that a frame returns or yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Continuation {
    /// It is the result of the operation `Call`, `CallKw` or `CallEx` at the caller's `ip`, whose callable stands
    /// in its base slot.
    Call = 0,
    /// It is handed to the native code that ran the frame.
    Entry,
    /// It must be None; the object in the caller's callable slot is the result of the call.
    Init,
    /// It is the result of the operation at the caller's `ip`, for the slot that the frame names.
    Value,
    /// It is the next item of the operation `ForIter` at the caller's `ip`; a return ends the loop.
    Next,
    /// It is what the operation `Send` at the caller's `ip` gets; a return ends the delegation.
    Send,
}

/// What a frame has beyond what every frame has.
pub mod extra {
    /// A namespace: that of a module or class body.
    pub const NAMESPACE: u8 = 1;
    /// A frame object.
    pub const OBJECT: u8 = 2;
    /// A generator that the frame is the run of.
    pub const GENERATOR: u8 = 4;
    /// A function that the frame holds itself, for no slot of the caller does.
    pub const FUNCTION: u8 = 8;
}

/// A frame.
#[repr(C)]
pub struct Frame {
    /// What it runs.
    pub code: *const RegisterCode,
    /// Its first slot.
    pub slots: *mut u64,
    /// The operation that is running, while other code runs.
    pub ip: *const u64,
    /// The function that was called; null for a module's or class's code.
    pub function: *const PyFunction,
    /// Its globals.
    pub globals: *const PyDict,
    /// Its built-ins.
    pub builtins: *const PyDict,
    /// What becomes of its result.
    pub continuation: Continuation,
    /// Which of the fields below hold something.
    pub extras: u8,
    /// The caller's slot for the result, if the continuation is `Value`.
    pub destination: u16,
    /// Slots of locals, cells and free variables: operands from there on are consumed.
    pub locals: u32,
    /// The namespace of a module or class body.
    pub namespace: ManuallyDrop<Slot>,
    /// The frame object.
    pub object: ManuallyDrop<Slot>,
    /// The generator.
    pub generator: ManuallyDrop<Slot>,
    /// Its state.
    pub run: *const Run,
}

impl Frame {
    /// Whether it is a plain call's, with no extras: all that there is to its end is the value.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        // one comparison of the two bytes
        self.continuation as u16 | u16::from(self.extras) << 8 == 0
    }

    /// Whether it is that of an `__init__` which the loop called, and has nothing else but its function.
    #[inline(always)]
    pub fn is_init(&self) -> bool {
        let plain = Continuation::Init as u16 | u16::from(extra::FUNCTION) << 8;
        self.continuation as u16 | u16::from(self.extras) << 8 == plain
    }

    /// Whether it has one of the extras.
    #[inline(always)]
    pub fn has(&self, extra: u8) -> bool {
        self.extras & extra != 0
    }

    /// Gives it a namespace.
    pub fn set_namespace(&mut self, namespace: Value) {
        self.namespace = ManuallyDrop::new(Slot::new(namespace));
        self.extras |= extra::NAMESPACE;
    }

    /// Gives it a frame object.
    pub fn set_object(&mut self, object: Value) {
        self.object = ManuallyDrop::new(Slot::new(object));
        self.extras |= extra::OBJECT;
    }

    /// Makes it the run of a generator.
    pub fn set_generator(&mut self, generator: Value, run: &Run) {
        self.generator = ManuallyDrop::new(Slot::new(generator));
        self.run = run;
        self.extras |= extra::GENERATOR;
    }

    /// The namespace.
    pub fn namespace(&self) -> Option<Value> {
        if self.has(extra::NAMESPACE) { self.namespace.get() } else { None }
    }

    /// Whether the namespace of the body is the dict of its globals: that of a module.
    pub fn runs_in_globals(&self) -> bool {
        let space = if self.has(extra::NAMESPACE) { self.namespace.peek_object() } else { None };
        space.is_some_and(|space| std::ptr::eq(space.as_ptr().cast(), self.globals))
    }

    /// The frame object, if one was made.
    pub fn object(&self) -> Option<Value> {
        if self.has(extra::OBJECT) { self.object.get() } else { None }
    }

    /// The generator.
    pub fn generator(&self) -> Option<Value> {
        if self.has(extra::GENERATOR) { self.generator.get() } else { None }
    }

    /// Takes the extras out, to be released when the frame is no longer the running one.
    pub fn take_extras(&mut self) -> [Option<Value>; 4] {
        let extras = std::mem::take(&mut self.extras);
        let take = |extra: u8, slot: &Slot| if extras & extra != 0 { slot.take() } else { None };
        let function = (extras & extra::FUNCTION != 0 && !self.function.is_null()).then(|| {
            // SAFETY: the frame owned a reference to the function.
            unsafe { Owned::from_ptr(NonNull::new_unchecked(self.function.cast_mut())) }
        });
        [
            take(extra::NAMESPACE, &self.namespace),
            take(extra::OBJECT, &self.object),
            take(extra::GENERATOR, &self.generator),
            function.map(Owned::into_value),
        ]
    }
}

/// The stacks of one thread.
pub struct Stacks {
    base: *mut u64,
    /// Behind the last word that was ever given to a frame.
    high_water: Cell<*mut u64>,
    end: *mut u64,
    frames: *mut Frame,
    /// The frame that runs.
    pub current: Cell<*mut Frame>,
    /// The last frame that the recursion limit allows.
    limit: Cell<*mut Frame>,
    /// What operations found of attributes.
    pub(crate) found: OnceCell<FoundTable>,
    /// What asynchronous generators are shown to first, and what ends them (`sys.set_asyncgen_hooks`).
    pub async_hooks: [Slot; 2],
    /// What is told of lines, calls and returns (`sys.settrace`).
    pub(crate) trace: Slot,
    /// What is told of calls and returns (`sys.setprofile`).
    pub(crate) profile: Slot,
    /// What one of them is being told.
    pub(crate) told: Cell<Told>,
    /// Of which frame.
    pub(crate) told_frame: Cell<*mut Frame>,
    /// How many frames a new coroutine notes of where it was made (`sys.set_coroutine_origin_tracking_depth`).
    pub origin_depth: Cell<usize>,
}

fn layouts() -> (Layout, Layout) {
    match (Layout::array::<u64>(SLOTS), Layout::array::<Frame>(FRAMES)) {
        (Ok(slots), Ok(frames)) => (slots, frames),
        _ => unreachable!("sizes far below the address space"),
    }
}

impl Stacks {
    /// Empty stacks for frames nested as deep as `depth`.
    pub fn new(depth: usize) -> Stacks {
        let (slots, frames) = layouts();
        // SAFETY: neither layout is empty.
        let (base, first) = unsafe { (alloc(slots).cast::<u64>(), alloc(frames).cast::<Frame>()) };
        if base.is_null() || first.is_null() {
            handle_alloc_error(slots);
        }
        // SAFETY: one past the end of what was just allocated.
        let end = unsafe { base.add(SLOTS) };
        let current = Cell::new(first.wrapping_sub(1));
        let limit = Cell::new(first);
        let (high_water, async_hooks) = (Cell::new(base), Default::default());
        let found = OnceCell::new();
        let (trace, profile, told) = (Slot::empty(), Slot::empty(), Cell::new(Told::Nothing));
        let stacks = Stacks {
            base,
            high_water,
            end,
            frames: first,
            current,
            limit,
            found,
            async_hooks,
            trace,
            profile,
            told,
            told_frame: Cell::new(std::ptr::null_mut()),
            origin_depth: Cell::new(0),
        };
        stacks.set_limit(depth);
        stacks
    }

    /// Sets how deep frames may nest.
    pub fn set_limit(&self, limit: usize) {
        self.limit.set(self.frames.wrapping_add(limit.clamp(1, FRAMES) - 1));
    }

    /// Whether no frame runs.
    pub fn is_idle(&self) -> bool {
        self.current.get() < self.frames
    }

    /// Whether a frame is the outermost one.
    pub fn is_first(&self, frame: *mut Frame) -> bool {
        frame == self.frames
    }

    /// Whether a frame is one of these.
    pub fn contains(&self, frame: *mut Frame) -> bool {
        (self.frames..self.frames.wrapping_add(FRAMES)).contains(&frame)
    }

    /// How many frames run.
    pub fn depth(&self) -> usize {
        (self.current.get() as usize).wrapping_add(size_of::<Frame>()).wrapping_sub(self.frames as usize)
            / size_of::<Frame>()
    }

    /// Where the slots of a frame without a caller begin.
    pub fn top(&self) -> *mut u64 {
        if self.is_idle() {
            return self.base;
        }
        // SAFETY: the current frame is a frame, its code lives as long as it runs.
        unsafe {
            let frame = &*self.current.get();
            frame.slots.add((*frame.code).slots as usize)
        }
    }

    /// Makes sure that the slots up to `end` may be used. False if there is no room.
    #[inline(always)]
    pub fn reserve(&self, end: *mut u64) -> bool {
        if end > self.high_water.get() { self.extend(end) } else { true }
    }

    #[cold]
    fn extend(&self, end: *mut u64) -> bool {
        if end > self.end || end < self.base {
            return false;
        }
        let mut at = self.high_water.get();
        // a little more, so that this is rare
        let end = end.wrapping_add(1024).min(self.end);
        while at < end {
            // SAFETY: within the allocation.
            unsafe {
                at.write(UNBOUND);
                at = at.add(1);
            }
        }
        self.high_water.set(end);
        true
    }

    /// The frame to be filled next; none if there are too many.
    #[inline(always)]
    pub fn next(&self) -> Option<*mut Frame> {
        let next = self.current.get().wrapping_add(1);
        (next <= self.limit.get()).then_some(next)
    }
}

impl Drop for Stacks {
    fn drop(&mut self) {
        let (slots, frames) = layouts();
        // SAFETY: allocated with these layouts; no frame runs any more.
        unsafe {
            dealloc(self.base.cast(), slots);
            dealloc(self.frames.cast(), frames);
        }
    }
}

// -- slots ---------------------------------------------------------------------------------------

/// Whether a word is a pointer to an object.
#[inline(always)]
pub const fn is_pointer(word: u64) -> bool {
    word & 7 == 0
}

/// Releases what a slot held.
///
/// # Safety
/// The word was owned by a slot and is no longer there.
#[inline(always)]
pub unsafe fn release(word: u64) {
    if is_pointer(word)
        && let Some(object) = Word::from_bits(word).and_then(Word::as_object)
    {
        // SAFETY: a slot owned it.
        unsafe { decref(object) }
    }
}

/// A slot's word as a [`Word`].
///
/// # Safety
/// The word comes from a slot, so it is not zero.
#[inline(always)]
pub unsafe fn word(bits: u64) -> Word {
    // SAFETY: by contract.
    unsafe { Word::from_bits(bits).unwrap_unchecked() }
}

/// Borrows what a slot holds.
///
/// # Safety
/// The slot is one of a running frame, holds a value, and keeps it for `'a`.
#[inline(always)]
pub unsafe fn borrow<'a>(slots: *mut u64, at: usize) -> Ref<'a> {
    // SAFETY: by contract.
    unsafe { Ref::from_word(word(*slots.add(at))) }
}

/// A counted copy of what a slot holds.
///
/// # Safety
/// As [`borrow`].
#[inline(always)]
pub unsafe fn copy(slots: *mut u64, at: usize) -> Value {
    // SAFETY: by contract.
    unsafe { Value::from_borrowed(word(*slots.add(at))) }
}

/// Moves out what a slot holds.
///
/// # Safety
/// As [`borrow`].
#[inline(always)]
pub unsafe fn take(slots: *mut u64, at: usize) -> Value {
    // SAFETY: by contract; the slot gives up its reference.
    unsafe {
        let slot = slots.add(at);
        let bits = slot.replace(UNBOUND);
        Value::from_word(word(bits))
    }
}

/// Stores a word into a slot and releases what was there.
///
/// # Safety
/// The slot is one of a running frame; the word is owned.
#[inline(always)]
pub unsafe fn put_word(slots: *mut u64, at: usize, bits: u64) {
    // SAFETY: by contract.
    unsafe {
        let old = slots.add(at).replace(bits);
        release(old);
    }
}

/// Stores a value into a slot and releases what was there.
///
/// # Safety
/// The slot is one of a running frame.
#[inline(always)]
pub unsafe fn put(slots: *mut u64, at: usize, value: Value) {
    // SAFETY: by contract.
    unsafe { put_word(slots, at, value.into_word().bits()) }
}

/// Releases what the slots from `from` to before `to` hold.
///
/// # Safety
/// They are slots of a running frame.
pub unsafe fn clear(slots: *mut u64, from: usize, to: usize) {
    for at in from..to {
        // SAFETY: by contract.
        unsafe { put_word(slots, at, UNBOUND) }
    }
}

/// Gives the stacks of a thread back; the objects that they refer to go in bulk.
pub(crate) fn end(host: *mut std::ffi::c_void) {
    // SAFETY: made by `stacks`, and nobody uses the thread state any more.
    let stacks = unsafe { Box::from_raw(host.cast::<Stacks>()) };
    for slot in stacks.async_hooks.iter().chain([&stacks.trace, &stacks.profile]) {
        std::mem::forget(slot.take());
    }
    if let Some(found) = stacks.found.get() {
        found.forget_references();
    }
}

/// The stacks of a thread, made when it first runs code.
pub fn stacks(thread: &Thread) -> &Stacks {
    let host = thread.host.get().cast::<Stacks>();
    if host.is_null() {
        let made = Box::into_raw(Box::new(Stacks::new(thread.recursion_limit().unsigned_abs() as usize)));
        thread.host.set(made.cast());
        // SAFETY: just made; it lives as long as the thread state, which never moves.
        return unsafe { &*made };
    }
    // SAFETY: as above.
    unsafe { &*host }
}

/// The stacks that a running frame stands in, which may be those of another thread.
pub fn stacks_of(thread: &Thread, frame: *mut Frame) -> &Stacks {
    let own = stacks(thread);
    if own.contains(frame) {
        return own;
    }
    let all = thread.interp().thread_states();
    all.into_iter().map(stacks).find(|stacks| stacks.contains(frame)).unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use taipan_object::Interp;
    use taipan_object::list::PyList;

    #[test]
    fn a_slot_owns_what_it_holds() {
        let interp = Interp::new().unwrap();
        let thread = interp.new_thread().attach();
        let stacks = stacks(&thread);
        let slots = stacks.top();
        assert!(stacks.is_idle() && stacks.reserve(slots.wrapping_add(4)));
        let list = PyList::new(&thread).unwrap().into_value();
        let count = || list.as_ref().head().unwrap().refcount();
        let before = count();
        // SAFETY: the slots were reserved, no frame runs; what is borrowed stays in its slot.
        unsafe {
            put(slots, 0, list.clone());
            put(slots, 1, copy(slots, 0));
            assert_eq!(count(), before + 2);
            assert!(borrow(slots, 1).is(list.as_ref()));
            drop(take(slots, 0));
            assert_eq!((*slots, count()), (UNBOUND, before + 1));
            put_word(slots, 2, NULL);
            clear(slots, 0, 4);
        }
        assert_eq!(count(), before);
    }

    #[test]
    fn there_is_an_end_to_the_stacks() {
        let stacks = Stacks::new(1000);
        assert_eq!(stacks.depth(), 0);
        assert!(stacks.reserve(stacks.top().wrapping_add(SLOTS - 1)));
        assert!(!stacks.reserve(stacks.top().wrapping_add(SLOTS + 1)));
    }
}
