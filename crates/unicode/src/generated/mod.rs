//! The tables: what `cargo xtask unicode` writes.

pub(crate) mod mappings;
pub(crate) mod sets;
