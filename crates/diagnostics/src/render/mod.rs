//! Renderers of diagnostics, a file each.
//! Invariant: a renderer only reads the record; what it needs of the source is in there.

pub mod cpython;
pub mod json;
