//! `cargo xtask parity`: builds and runs `taipan-parity`, which needs what xtask generates.

use std::process::Command;

/// Runs it with these arguments.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(crate::root())
        .args(["run", "--quiet", "--release", "--package", "taipan-parity", "--"])
        .args(arguments)
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err("not equal to the reference".to_owned()) }
}
