//! The description of the bytecode, which its crate prints.
//! Invariant: xtask does not depend on that crate, so the files that both need can be written first.

use std::process::{Command, Stdio};

const GENERATOR: &[&str] =
    &["run", "--quiet", "--package", "taipan-bytecode-format", "--example", "document"];

/// The text of `docs/bytecode.md`.
pub fn document() -> Result<String, String> {
    let output = Command::new(crate::cargo_program())
        .current_dir(crate::root())
        .args(GENERATOR)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo {}` failed", GENERATOR.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
