//! What the two halves of the generator share: `emit` walks a tree and writes a [`Sequence`] of
//! instructions into a [`Unit`], `flow` makes a code object of the unit.
//!
//! The instructions are those of the bytecode and a few pseudo-instructions ([`Pseudo`]) that only live
//! between the halves; jumps name a [`Label`]. Invariant: every label that a jump names is placed.

mod constants;
mod op;
mod sequence;
mod unit;

pub use constants::Constants;
pub use op::{Kind, Op, Pseudo};
pub use sequence::{Instr, Label, Loc, Sequence};
pub use unit::{Names, Unit};
