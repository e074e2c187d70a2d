//! Code objects in the text notation of all artifacts: an assembler and its reverse.
//!
//! ```text
//! taipan-code 1
//! (code (names "f.py" "f" "f") (numbers 0 0 0 1 3 1)
//!  (globals "x") (locals ("a" 38)) (constants None (int 5) (code 0))
//!  (instructions (RESUME 0) (LOAD_CONST 0) (RETURN_VALUE 0))
//!  (handlers (0 4 8 0 1)) (positions (2 1 1 0 5) (1)))
//! ```
//!
//! Names are file, name and qualified name; numbers are the counts of arguments, of positional-only and
//! of keyword-only ones, stack size, flags and first line. Code objects stand before those that hold
//! them, which name them by their number. An instruction is its name, argument, and the number of
//! prefixes if it has more than needed. A handler is start, end, target, depth and lasti, a position
//! units and lines and columns, in code units. What has no such form stands as bytes.
//! Invariant: what is written reads back equal, for any code object.

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
