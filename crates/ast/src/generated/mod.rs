//! What `cargo xtask codegen` writes from `nodes.def`.

pub mod nodes;
