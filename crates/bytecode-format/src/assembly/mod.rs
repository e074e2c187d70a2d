//! Code objects in the text notation of all artifacts: an assembler and its reverse.
//!
//! ```text
//! taipan-code 1
//! (code (names "f.py" "f" "f") (numbers 0 0 0 1 3 1)
//!  (globals "x") (locals ("a" 38)) (constants None (int 5) (code 0))
//!  (instructions (RESUME 0) L1: (LOAD_CONST 0) (POP_JUMP_IF_NONE L2) (JUMP_BACKWARD L1) L2: ...)
//!  (handlers (L1 L2 8 0 1)) (positions (2 1 1 0 5) (1)))
//! ```
//!
//! Names are file, name and qualified name; numbers are the counts of arguments, of positional-only and
//! of keyword-only ones, stack size, flags and first line. Code objects stand before those that hold
//! them, which name them by their number. An instruction is its name, argument, and the number of
//! prefixes if it has more than needed. A label stands before an instruction or at the end and begins with a
//! letter; the argument of a jump is one, or the distance. A handler is start, end and target (labels or
//! offsets), depth and lasti, a position units and lines and columns. Offsets and distances count code units.
//! What has no such form stands as bytes.
//! Invariant: what is written reads back equal.

mod instructions;
mod layout;
mod listing;
mod read;
mod write;

pub use read::{AssemblyError, read};
pub use write::write;

/// How the text begins, before the version of the format.
pub const MARK: &str = "taipan-code ";

/// What stands for a column that is none.
const NO_COLUMN: &str = "_";

#[cfg(test)]
mod tests;
