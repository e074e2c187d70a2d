//! The corpus: the standard library of a reference interpreter, all its `.py` files in a fixed order.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One file of the corpus.
pub struct File {
    /// Where it was read.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The files of the standard library of `python`, sorted by path.
///
/// # Errors
/// If the interpreter cannot be run or its library cannot be read.
pub fn standard_library(python: &Path) -> Result<Vec<File>, String> {
    let mut paths = Vec::new();
    collect(&library_folder(python)?, &mut paths)?;
    paths.sort();
    let read = |path: PathBuf| match std::fs::read(&path) {
        Ok(bytes) => Some(File { path, bytes }),
        Err(_) => None,
    };
    Ok(paths.into_iter().filter_map(read).collect())
}

/// The folder of the standard library of `python`.
///
/// # Errors
/// If the interpreter cannot be run.
pub fn library_folder(python: &Path) -> Result<PathBuf, String> {
    let output = Command::new(python)
        .args(["-I", "-S", "-c", "import os; print(os.path.dirname(os.__file__))"])
        .output()
        .map_err(|error| format!("{}: {error}", python.display()))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "py") {
            paths.push(path);
        }
    }
    Ok(())
}
