//! Generators, coroutines and asynchronous generators: frames that are suspended.
//!
//! While it is suspended, a frame's slots stand in the generator's own memory; while it runs, in the slot stack,
//! so that calls out of it overlap with it as those of any frame do. Invariants: what stands in the generator's
//! slots is owned by it unless it runs; `ip` is the operation that suspended it, whose operand names the slot for
//! what is sent; a generator that has ended holds nothing.

mod asynchronous;
mod methods;
mod run;
mod types;

pub(super) use asynchronous::{is_async_generator, wrap};
pub(crate) use run::close;
pub(crate) use run::{Delivered, end_run, next_item, resume, return_generator, suspend};
pub(crate) use types::generator_type;
pub use types::{AsyncGenerator, Coroutine, Generator, generator_types, run_of};

use crate::frame::{is_pointer, release};
use std::cell::{Cell, UnsafeCell};
use taipan_object::native::Visitor;
use taipan_object::slot::Slot;
use taipan_object::thread::HandledException;
use taipan_object::{Value, Word};

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Status {
    /// It has not begun.
    Created,
    /// It waits at a `yield`.
    Suspended,
    /// It runs.
    Running,
    /// It has ended.
    #[default]
    Ended,
}

/// A suspended frame: what all three kinds of generators are.
pub struct Run {
    slots: UnsafeCell<Box<[u64]>>,
    /// How many of the slots hold something while it waits.
    live: Cell<usize>,
    ip: Cell<*const u64>,
    status: Cell<Status>,
    /// What it is handling.
    handled: HandledException,
    function: Slot,
    code: Slot,
    /// The form of the code that it runs, which lives as long as the code object.
    registers: Cell<*const crate::code::RegisterCode>,
    globals: Slot,
    builtins: Slot,
    namespace: Slot,
    /// The frame object, if one was made.
    object: Slot,
    name: Slot,
    qualname: Slot,
    /// What is running it: the asynchronous operation, of an asynchronous generator.
    busy: Cell<bool>,
    /// Whether the hooks of asynchronous generators were asked.
    hooked: Cell<bool>,
    /// The finalizer of an asynchronous generator.
    finalizer: Slot,
    /// Where a coroutine was made, if that is noted.
    origin: Slot,
}

impl Default for Run {
    fn default() -> Run {
        Run {
            slots: UnsafeCell::default(),
            live: Cell::new(0),
            ip: Cell::new(std::ptr::null()),
            status: Cell::new(Status::Ended),
            handled: HandledException { exc_value: Slot::empty(), previous: Cell::new(std::ptr::null()) },
            function: Slot::empty(),
            code: Slot::empty(),
            registers: Cell::new(std::ptr::null()),
            globals: Slot::empty(),
            builtins: Slot::empty(),
            namespace: Slot::empty(),
            object: Slot::empty(),
            name: Slot::empty(),
            qualname: Slot::empty(),
            busy: Cell::new(false),
            hooked: Cell::new(false),
            finalizer: Slot::empty(),
            origin: Slot::empty(),
        }
    }
}

impl Run {
    /// Where it is.
    pub fn status(&self) -> Status {
        self.status.get()
    }

    /// Whether it can be gone on with.
    #[inline]
    pub fn is_waiting(&self) -> bool {
        matches!(self.status.get(), Status::Created | Status::Suspended)
    }

    fn held(&self) -> [&Slot; 11] {
        [
            &self.origin,
            &self.handled.exc_value,
            &self.function,
            &self.code,
            &self.globals,
            &self.builtins,
            &self.namespace,
            &self.object,
            &self.name,
            &self.qualname,
            &self.finalizer,
        ]
    }

    /// Shows what it owns to the collector.
    fn traverse(&self, visitor: &mut Visitor) {
        self.held().into_iter().for_each(|slot| visitor.slot(slot));
        if self.is_waiting() {
            // SAFETY: nothing runs meanwhile; the slots of a waiting generator are its own.
            let slots = unsafe { &*self.slots.get() };
            for word in slots.iter().take(self.live.get()).filter_map(|&bits| Word::from_bits(bits)) {
                visitor.word(word);
            }
        }
    }

    /// Ends it: releases what its slots hold.
    fn end(&self) {
        if !self.is_waiting() {
            return;
        }
        self.status.set(Status::Ended);
        crate::frame_object::forget_run(self);
        // SAFETY: the slots are taken out before anything of them is released.
        let slots = unsafe { std::mem::take(&mut *self.slots.get()) };
        for bits in slots.into_iter().take(self.live.get()) {
            if is_pointer(bits) {
                // SAFETY: the generator owned it.
                unsafe { release(bits) }
            }
        }
    }

    /// Gives up what may be part of a cycle.
    fn clear(&self) {
        self.end();
        for slot in self.held() {
            drop(slot.take());
        }
    }

    /// What a slot holds while the generator waits.
    pub(crate) fn slot(&self, at: usize) -> Option<Value> {
        if !self.is_waiting() {
            return None;
        }
        // SAFETY: nothing runs meanwhile.
        let bits = unsafe { (&*self.slots.get()).get(..self.live.get())?.get(at).copied()? };
        let word = Word::from_bits(bits).filter(|word| !word.is_marker())?;
        // SAFETY: what a slot holds is alive.
        Some(unsafe { Value::from_borrowed(word) })
    }

    /// Sets what a slot of the frame holds while the generator waits, and gives what it held.
    pub(crate) fn set_slot(&self, at: usize, value: Value) -> Option<Value> {
        if !self.is_waiting() || at >= self.live.get() {
            return None;
        }
        // SAFETY: nothing runs meanwhile.
        let place = unsafe { (&mut *self.slots.get()).get_mut(at)? };
        let bits = std::mem::replace(place, value.into_word().bits());
        let word = Word::from_bits(bits).filter(|word| !word.is_marker())?;
        // SAFETY: the slot owned it.
        Some(unsafe { Value::from_word(word) })
    }

    /// The object whose state this is.
    pub(crate) fn object(&self) -> Option<Value> {
        let offset = taipan_object::native::NativeStatic::<types::Generator>::offset(0) as usize;
        let head = std::ptr::from_ref(self).wrapping_byte_sub(offset).cast::<taipan_object::PyObject>();
        // SAFETY: a run is the state of a generator, a coroutine or an asynchronous generator, and nothing else of it;
        // the object is alive as long as its state is borrowed.
        let head = unsafe { head.as_ref() }?;
        Some(taipan_object::Ref::from_head(head).to_value())
    }

    pub(crate) fn frame_object(&self) -> Option<Value> {
        self.object.get()
    }

    /// Notes the frame object that was made for it.
    pub(crate) fn set_frame_object(&self, object: Value) {
        drop(self.object.replace(Some(object)));
    }

    /// Code, globals, built-ins and namespace.
    pub(crate) fn parts(&self) -> [Option<Value>; 4] {
        [self.code.get(), self.globals.get(), self.builtins.get(), self.namespace.get()]
    }

    /// The code unit of the instruction at which it waits.
    pub(crate) fn unit(&self) -> u32 {
        self.registers().map_or(0, |code| code.points.unit(code.index_of(self.ip.get())))
    }

    /// Its code object.
    pub(crate) fn code(&self) -> Option<Value> {
        self.code.get()
    }

    /// What it delegates to, if it waits for that.
    pub fn delegate(&self) -> Option<Value> {
        use crate::code::{Op, OpWord};
        if self.status.get() != Status::Suspended {
            return None;
        }
        // SAFETY: a suspended generator's `ip` is an operation of its code.
        let word = unsafe { OpWord(*self.ip.get()) };
        let delegates = word.number() == Op::Yield as u16 && word.b() & 1 != 0;
        if delegates { self.slot(word.a().checked_sub(1)?) } else { None }
    }

    /// Its register code.
    /// The generator goes on in another form of its code.
    pub(crate) fn set_registers(&self, code: &crate::code::RegisterCode) {
        self.registers.set(code);
    }

    fn registers(&self) -> Option<&crate::code::RegisterCode> {
        self.code.peek_object()?;
        // SAFETY: null, or what lives as long as the code object in the slot.
        unsafe { self.registers.get().as_ref() }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.end();
    }
}

/// Puts methods and attributes into the types.
pub(crate) fn install(thread: &taipan_object::Thread) -> taipan_object::PyResult<()> {
    methods::install(thread)?;
    asynchronous::install(thread)
}
