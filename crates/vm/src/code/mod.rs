//! Register code: what the interpreter runs. It is made by `translate/` from verified bytecode when a code
//! object is first executed. Operations are 64-bit words whose operands are slots of the frame.
//!
//! **Slots.** A frame has a slot for each local, cell and free variable, then one for each position of the
//! bytecode's stack. Invariants, which every operation keeps:
//! 1. *Ownership*: a slot owns what it holds.
//! 2. *Dead slots hold no pointer*: what is moved out of a slot leaves a marker or an immediate there. So a
//!    result is stored by one rule everywhere: write it, then release what was there if that is a pointer.
//! 3. *Operands*: one that names a local is borrowed, one that names a stack slot is consumed: it is released
//!    within the operation, when the result is stored.
//! 4. Arguments of a call stand in stack slots one behind the other, and become the first locals of the
//!    callee where they are: the frames of a chain of calls overlap.
//!
//! **Two forms.** The optimised form keeps loads of locals and constants pending as long as it may, and joins
//! comparisons with jumps and results with stores. The traced form begins each line with nothing pending and
//! tells of it; frames go over to it where an operation begins (`switch.rs`), when they are to be traced: their
//! operations become traps then. `points.rs` is the map from words to instructions.

mod listing;
pub mod op;
mod points;
mod switch;

pub use op::{Op, OpWord};
pub use points::{Pending, Points};
pub(crate) use switch::Switches;

use std::cell::{RefCell, UnsafeCell};
use std::rc::Rc;
use std::sync::Arc;
use taipan_bytecode_format::Code;
use taipan_object::code::PyCode;
use taipan_object::str::PyStr;
use taipan_object::{Owned, Value};

/// An exception handler: a range of words and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Handler {
    /// The first word of the range.
    pub start: u32,
    /// The word behind it.
    pub end: u32,
    /// Where the handler begins.
    pub target: u32,
    /// How many stack slots it keeps.
    pub depth: u32,
    /// It wants to know which instruction raised.
    pub lasti: bool,
}

/// The register code of one code object in one interpreter.
pub struct RegisterCode {
    /// The words; caches among them change as the code runs.
    pub words: Box<[UnsafeCell<u64>]>,
    /// The constants, which the forms of a code share.
    pub constants: Rc<[Value]>,
    /// The names, interned.
    pub names: Box<[Owned<PyStr>]>,
    /// The names of locals, cells and free variables, interned.
    pub local_names: Box<[Owned<PyStr>]>,
    /// Handlers, the innermost first where ranges nest.
    pub handlers: Box<[Handler]>,
    /// From words back to the bytecode.
    pub points: Points,
    /// Slots of locals, cells and free variables.
    pub locals: u32,
    /// Slots in all.
    pub slots: u32,
    /// Positional parameters.
    pub argcount: u32,
    /// A call with exactly `argcount` positional arguments needs no binding.
    pub simple: bool,
    /// The number of positional arguments of a call that needs no binding; none if there is no such call.
    pub exact: u32,
    /// A call makes a generator or coroutine.
    pub suspends: bool,
    /// It tells of lines, calls and returns.
    pub traced: bool,
    /// The bytecode that this was made from.
    pub source: Arc<Code>,
    /// The code object that this hangs off, which lives longer.
    pub object: *const PyCode,
    /// The numbers of operations that are traps now, by word, in order.
    pub(crate) trapped: RefCell<Vec<(u32, u16)>>,
}

impl RegisterCode {
    /// The first word.
    #[inline(always)]
    pub fn start(&self) -> *mut u64 {
        self.words.as_ptr().cast_mut().cast()
    }

    /// The number of the word at an address within the code.
    pub fn index_of(&self, ip: *const u64) -> u32 {
        ((ip as usize).wrapping_sub(self.start() as usize) / 8) as u32
    }

    /// The innermost handler around a word.
    pub fn handler_at(&self, word: u32) -> Option<Handler> {
        self.handlers.iter().find(|handler| (handler.start..handler.end).contains(&word)).copied()
    }
}
