//! `cargo xtask charsets --python PATH`: asks the reference interpreter what the codes of its encodings of Chinese,
//! Japanese and Korean stand for, and writes the tables of `crates/charsets`, whose `table.rs` says how they are laid out.

use std::process::Command;

const QUESTIONS: &str = include_str!("charsets.py");

/// Writes the tables.
pub fn run(python: &str) -> Result<(), String> {
    let output = Command::new(python)
        .args(["-I", "-X", "utf8", "-c", QUESTIONS])
        .output()
        .map_err(|e| format!("{python}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{python}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let answers = String::from_utf8(output.stdout).map_err(|e| e.to_string())?;
    let folder = crate::root().join("crates/charsets/src/tables");
    for table in answers.split("# ").filter(|table| !table.is_empty()) {
        let Some((name, lines)) = table.split_once('\n') else { return Err("no answers".to_owned()) };
        let path = folder.join(format!("{name}.txt"));
        std::fs::write(&path, lines).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}
