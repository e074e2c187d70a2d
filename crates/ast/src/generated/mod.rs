//! Written by `cargo xtask codegen`.

pub mod classes;
pub mod nodes;
pub mod stacks;
pub mod view;
pub mod visitor;
