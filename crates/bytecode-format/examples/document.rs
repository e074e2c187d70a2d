//! Prints `docs/bytecode.md`. `cargo xtask codegen` runs it, for xtask depends on nothing that it writes files
//! for.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(taipan_bytecode_format::doc::markdown().as_bytes())
}
