//! The tables: what `cargo xtask unicode` writes.

pub(crate) mod database;
pub(crate) mod database_3_2;
pub(crate) mod mappings;
pub(crate) mod sets;
