//! Objects: the value word, the heap, types, reference counts and the cycle collector, and the cores of the
//! basic types. Every byte that extensions compiled for CPython 3.14 look at stands where they look.
//!
//! # Where to start
//!
//! [`word`] is the 64-bit word; [`value`] makes it an owned [`Value`] or a borrowed [`Ref`]. [`header`] is what
//! every object begins with, [`heap`] where it lives, [`types`] what it is, [`gc`] how it ends. [`thread`] is
//! the context that functions are given, [`interp`] what one interpreter has, [`process`] what all share. Then
//! one folder or file a type.
//!
//! # Rules that hold everywhere
//!
//! 1. **A `&Thread` in a signature means: this may allocate, raise, run Python code.** What has none does none
//!    of it, with one exception: dropping a [`Value`].
//! 2. **Dropping a `Value` may run Python code.** So methods of containers hand out what they displace
//!    (`#[must_use]`), and never release while the container is half changed; debug builds stop if one does.
//! 3. **Nothing of a container is borrowed across a call.** Objects are reached by `&T` with cells inside;
//!    containers give owned items by index, never slices of what can change.
//! 4. **Errors are [`Raised`]**, a word; the exception rests in the thread state.
//! 5. **Words are canonical**: an exact int of 62 bits or a float in range is never a heap object where the VM
//!    can see it; [`items::to_c`] and [`items::from_c`] are the border to C.
//! 6. **Static types, singletons and static strings are immortal and shared** by all interpreters of the
//!    process; they change only while [`process::init`] runs.
//! 7. **The collector runs at safepoints only** ([`Thread::collect_if_requested`]), never in an allocation.
//!
//! # Calling
//!
//! [`types::slots`] has the protocol for what a type does (`fn(&Thread, Ref, …) -> PyResult<Value>`), one table
//! for all slots; [`builtin::Native`] that of built-in functions.

pub mod bool;
pub mod buffer;
pub mod builtin;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod complex;
pub mod datetime;
pub mod declare;
pub mod descriptor;
pub mod dict;
pub mod error;
pub mod exception;
pub mod float;
pub mod function;
pub mod gc;
pub mod gil;
pub mod half;
pub mod handover;
pub mod hash;
pub mod header;
pub mod heap;
pub mod instance;
pub mod int;
pub mod interp;
pub mod items;
pub mod iterators;
mod layouts;
pub mod libm;
pub mod list;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod native;
pub mod process;
pub mod protocol;
pub mod range;
pub mod sequence;
pub mod set;
#[cfg(test)]
mod simple_tests;
pub mod slice;
pub mod slot;
pub mod str;
pub mod struct_sequence;
pub mod super_object;
#[cfg(test)]
mod testing;
pub mod thread;
#[cfg(test)]
mod torture;
pub mod traceback;
pub mod tuple;
pub mod types;
pub mod value;
pub mod weakref;
pub mod word;

pub use error::{PyResult, Raised};
pub use header::PyObject;
pub use interp::Interp;
pub use thread::Thread;
pub use types::PyTypeObject;
pub use value::{Layout, Owned, Ref, Value, as_ref};
pub use word::Word;
