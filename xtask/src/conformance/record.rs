//! The record of what passes: a test a line, in order.

use super::run::Statuses;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn path() -> PathBuf {
    crate::root().join("fixtures/conformance/sample.txt")
}

/// The tests that passed when the record was written, by module.
///
/// # Errors
/// There is no record.
pub fn read() -> Result<BTreeMap<String, Vec<String>>, String> {
    let text = std::fs::read_to_string(path()).map_err(|error| format!("{}: {error}", path().display()))?;
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut module = String::new();
    for line in text.lines() {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => name.clone_into(&mut module),
            None if line.is_empty() => {}
            None => found.entry(module.clone()).or_default().push(format!("test.{module}.{line}")),
        }
    }
    Ok(found)
}

/// Writes down what passes now. Tests of documentation, whose names are others, are left out.
///
/// # Errors
/// The file cannot be written.
pub fn write(found: &BTreeMap<String, Statuses>) -> Result<(), String> {
    let mut text = String::new();
    for (module, statuses) in found {
        text += &format!("[{module}]\n");
        let prefix = format!("test.{module}.");
        for test in statuses.passing().filter_map(|test| test.strip_prefix(&prefix)) {
            text += &format!("{test}\n");
        }
        text.push('\n');
    }
    std::fs::write(path(), text).map_err(|error| format!("{}: {error}", path().display()))
}
