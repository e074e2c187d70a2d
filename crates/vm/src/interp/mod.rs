//! The interpreter: runs register code in frames.
//!
//! `run.rs` is the loop. What an operation does most of the time stands there, without a call; everything else
//! stands in the file of its family, as functions that redo the operation from its operands. `call.rs` enters
//! frames and leaves them, `bind.rs` gives parameters their arguments, `unwind.rs` takes exceptions to their
//! handlers, `generator.rs` suspends frames and goes on with them.
//!
//! Invariants:
//! - While anything but the loop runs, `frame.ip` is the operation that runs, and `stacks.current` the frame.
//! - An operation that raises has consumed its operands or left them in their slots; the handler releases what
//!   its depth does not keep.
//! - A call of a Python function from an operation never recurses natively: it pushes a frame and goes on in the
//!   loop. Native code that calls Python runs a loop of its own, which ends with the frame that it pushed.

mod attributes;
mod bind;
mod call;
mod class;
mod containers;
mod delegation;
pub mod exceptions;
pub(crate) mod format;
mod found;
mod function;
pub(crate) mod generator;
mod imports;
mod intrinsics;
mod iterate;
mod names;
mod number;
mod patterns;
mod run;
mod safepoint;
pub(crate) mod unwind;
mod values;

pub use call::{call_function, run_code};
pub(crate) use found::FoundTable;
pub use generator::{Coroutine, Generator, generator_types};
pub use names::{current_builtins, current_globals};
pub(crate) use safepoint::safepoint;

/// A function of a code object, without defaults and closure.
pub fn function_of(
    thread: &Thread,
    code: &taipan_object::Owned<taipan_object::code::PyCode>,
    globals: &taipan_object::Owned<taipan_object::dict::PyDict>,
    builtins: &taipan_object::Owned<taipan_object::dict::PyDict>,
) -> taipan_object::PyResult<taipan_object::Owned<taipan_object::function::PyFunction>> {
    let (globals, builtins) = (globals.clone().into_value(), builtins.clone().into_value());
    function::of_code(thread, code.clone(), globals, builtins, None)
}

/// Installs what the types of functions, generators and frames can do.
pub(crate) fn install(thread: &Thread) -> taipan_object::PyResult<()> {
    call::install();
    generator::install(thread)?;
    crate::code_object::install(thread)?;
    crate::frame_object::install(thread)?;
    crate::frame_locals::install(thread)?;
    crate::traceback_object::install(thread)
}

use crate::code::{OpWord, RegisterCode};
use crate::frame::{Frame, UNBOUND, is_pointer, release, word};
use taipan_object::{Ref, Thread, Value};

/// What a frame gave to the native code that ran it.
pub enum Outcome {
    /// It returned.
    Return(Value),
    /// It yielded, and is suspended.
    Yield(Value),
}

/// The frame that runs, for the slow parts of operations.
#[derive(Clone, Copy)]
pub(crate) struct Vm<'t> {
    pub(crate) thread: &'t Thread,
    frame: *mut Frame,
}

impl<'t> Vm<'t> {
    /// The operation's frame.
    #[inline(always)]
    pub(crate) fn frame(&self) -> &'t Frame {
        // SAFETY: the frame runs as long as the operation.
        unsafe { &*self.frame }
    }

    /// The frame's slots.
    #[inline(always)]
    pub(crate) fn slots(&self) -> *mut u64 {
        self.frame().slots
    }

    /// What the frame runs.
    #[inline(always)]
    pub(crate) fn code(&self) -> &'t RegisterCode {
        // SAFETY: a frame's code lives as long as the frame.
        unsafe { &*self.frame().code }
    }

    /// A name of the code.
    #[inline]
    pub(crate) fn name(&self, number: usize) -> &'t taipan_object::str::PyStr {
        match self.code().names.get(number) {
            Some(name) => name,
            None => unreachable!("the verifier has seen the number of every name"),
        }
    }

    /// An operand, consumed unless it is a local.
    #[inline(always)]
    pub(crate) fn operand(&self, at: usize) -> Operand {
        // SAFETY: operands name slots of the frame that hold a value.
        unsafe {
            let slot = self.slots().add(at);
            let word = *slot;
            let owned = at >= self.frame().locals as usize;
            if owned {
                *slot = UNBOUND;
            }
            Operand { word, owned }
        }
    }

    /// What a slot holds, which stays there.
    #[inline(always)]
    pub(crate) fn borrow(&self, at: usize) -> Ref<'t> {
        // SAFETY: the slot is one of the frame and holds a value, by the translator's care.
        unsafe { crate::frame::borrow(self.slots(), at) }
    }

    /// Moves out what a slot holds.
    #[inline(always)]
    pub(crate) fn take(&self, at: usize) -> Value {
        // SAFETY: as for `borrow`.
        unsafe { crate::frame::take(self.slots(), at) }
    }

    /// Stores a result.
    #[inline(always)]
    pub(crate) fn put(&self, at: usize, value: Value) {
        // SAFETY: the slot is one of the frame.
        unsafe { crate::frame::put(self.slots(), at, value) }
    }

    /// Stores a marker.
    #[inline(always)]
    pub(crate) fn put_marker(&self, at: usize, marker: u64) {
        // SAFETY: the slot is one of the frame; a marker is no reference.
        unsafe { crate::frame::put_word(self.slots(), at, marker) }
    }

    /// The words behind the running operation.
    #[inline(always)]
    pub(crate) fn cache(&self, at: usize) -> *mut u64 {
        // SAFETY: an operation has the words that its table says.
        unsafe { self.frame().ip.add(at).cast_mut() }
    }
}

/// An operand of an operation.
pub(crate) struct Operand {
    word: u64,
    owned: bool,
}

impl Operand {
    #[inline(always)]
    pub(crate) fn as_ref(&self) -> Ref<'_> {
        // SAFETY: owned by this, or by a local of the frame, which stays as it is while the operation runs.
        unsafe { Ref::from_word(word(self.word)) }
    }

    /// The operand as a value of its own.
    #[inline(always)]
    pub(crate) fn into_value(self) -> Value {
        let this = std::mem::ManuallyDrop::new(self);
        // SAFETY: the reference is moved out, or a new one is counted.
        unsafe {
            match this.owned {
                true => Value::from_word(word(this.word)),
                false => Value::from_borrowed(word(this.word)),
            }
        }
    }
}

impl Drop for Operand {
    #[inline(always)]
    fn drop(&mut self) {
        if self.owned && is_pointer(self.word) {
            // SAFETY: moved out of its slot.
            unsafe { release(self.word) }
        }
    }
}

/// A slow part of an operation.
pub(crate) type Slow = for<'t> fn(Vm<'t>, OpWord) -> taipan_object::PyResult<()>;
