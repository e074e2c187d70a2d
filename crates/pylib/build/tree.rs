//! Which files of the library are modules of the archive.

use crate::Module;
use std::path::Path;

/// What is left out: tests, programs with windows, what Python 3.14 has not, and what was written for another
/// interpreter. Names of modules, with all within.
const LEFT_OUT: &[&str] = &[
    "test",
    "idlelib",
    "tkinter",
    "turtledemo",
    "turtle",
    "lib2to3",
    "_dummy_os",
    "_dummy_thread",
    "_pycodecs",
    "dummy_threading",
];

/// The modules below the library's folder, by name, with their sources.
pub fn modules(library: &Path) -> Result<Vec<Module>, String> {
    let mut found = Vec::new();
    let mut folders = vec![(library.to_path_buf(), String::new())];
    while let Some((folder, inside)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let file = format!("{inside}{name}");
            if path.is_dir() {
                folders.push((path, format!("{file}/")));
            } else if let Some(module) = module(&path, file)? {
                found.push(module);
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The module that a file is.
fn module(path: &Path, file: String) -> Result<Option<Module>, String> {
    let Some(stem) = file.strip_suffix(".py") else { return Ok(None) };
    let (stem, is_package) = match stem.strip_suffix("/__init__") {
        Some(package) => (package, true),
        None => (stem, false),
    };
    let names: Vec<&str> = stem.split('/').collect();
    let identifier = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let top = names.first().copied().unwrap_or_default();
    if !names.iter().all(identifier) || LEFT_OUT.contains(&top) || names.contains(&"test") {
        return Ok(None);
    }
    let source = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(Module { name: names.join("."), is_package, file, source, code: Vec::new(), index: Vec::new() }))
}
