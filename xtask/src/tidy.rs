//! `cargo xtask tidy`: the conventions that no compiler checks.

use std::path::{Path, PathBuf};

/// Lines that a source file may have; the median is far below.
const LONGEST_FILE: usize = 560;
/// The interpreter's loop is one function by its nature, with an arm for each operation.
const THE_LOOP: &str = "crates/vm/src/interp/run.rs";

/// Words that the text of this repository does without.
const BANNED: &[&str] = &["todo!(", "unimplemented!(", "dbg!("];

/// Checks the tree and lists what is amiss.
pub fn run() -> Result<(), String> {
    let root = crate::root();
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    for file in &files {
        check_file(&root, file, &mut problems)?;
    }
    check_crates(&root, &mut problems)?;
    if problems.is_empty() {
        print_unsafe(&root, &files)?;
        return Ok(());
    }
    Err(format!("{} problems\n{}", problems.len(), problems.join("\n")))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?.flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn check_file(root: &Path, path: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let text = read(path)?;
    let name = path.strip_prefix(root).unwrap_or(path).display();
    if !text.starts_with("//!") {
        problems.push(format!("{name}: does not open with a `//!` line that says what it is"));
    }
    let generated = path.components().any(|part| part.as_os_str() == "generated");
    let lines = text.lines().count();
    let is_loop = path.ends_with(THE_LOOP);
    if lines > LONGEST_FILE && !generated && !is_loop {
        problems.push(format!("{name}: {lines} lines, split it"));
    }
    let tidy_itself = path.ends_with("xtask/src/tidy.rs");
    for word in BANNED.iter().filter(|word| !tidy_itself && text.contains(**word)) {
        problems.push(format!("{name}: holds `{word}`"));
    }
    if text.lines().any(|line| line.ends_with(' ') || line.contains('\t')) && !generated {
        let strings_aside = text.lines().any(|line| line.ends_with(' ') && !line.contains('"'));
        if strings_aside {
            problems.push(format!("{name}: blanks at the end of a line"));
        }
    }
    Ok(())
}

/// Every crate takes the workspace's lints and version and has its paragraph in ARCHITECTURE.md.
fn check_crates(root: &Path, problems: &mut Vec<String>) -> Result<(), String> {
    let architecture = read(&root.join("ARCHITECTURE.md"))?;
    let mut crates: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(root.join("crates")).map_err(|e| e.to_string())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let manifest = read(&entry.path().join("Cargo.toml"))?;
        for needed in ["version.workspace = true", "[lints]\nworkspace = true"] {
            if !manifest.contains(needed) {
                problems.push(format!("crates/{name}/Cargo.toml: lacks `{}`", needed.replace('\n', " ")));
            }
        }
        crates.push(name);
    }
    for name in &crates {
        if !architecture.contains(&format!("### `{name}`")) {
            problems.push(format!("ARCHITECTURE.md: no paragraph on the crate `{name}`"));
        }
    }
    for line in architecture.lines() {
        if let Some(name) = line.strip_prefix("### `").and_then(|rest| rest.strip_suffix('`'))
            && !crates.iter().any(|known| known == name)
        {
            problems.push(format!("ARCHITECTURE.md: there is no crate `{name}`"));
        }
    }
    Ok(())
}

/// Prints how many unsafe blocks and functions each crate has, so that a rise is seen.
fn print_unsafe(root: &Path, files: &[PathBuf]) -> Result<(), String> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for path in files {
        let relative = path.strip_prefix(root).unwrap_or(path);
        let owner: Vec<_> = relative
            .components()
            .take(2)
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let code = read(path)?;
        let found = code
            .lines()
            .map(str::trim_start)
            .filter(|line| !line.starts_with("//") && !line.contains('"'))
            .filter(|line| {
                line.contains("unsafe {") || line.contains("unsafe fn") || line.contains("unsafe impl")
            })
            .count();
        *counts.entry(owner.join("/")).or_default() += found;
    }
    for (owner, count) in counts.iter().filter(|(_, count)| **count > 0) {
        println!("unsafe: {owner} {count}");
    }
    Ok(())
}
