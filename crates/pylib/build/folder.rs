//! Writes the library's sources as files, and the files beside them: programs look for them in the folder of
//! `os.__file__`, and tools read them.

use crate::Module;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files that are no modules but belong to some.
const DATA: &[&str] = &["ensurepip/_bundled", "pydoc_data", "venv/scripts"];

/// Writes the sources of the modules into a folder, with the data files of the library.
pub fn write(modules: &[Module], library: &Path, to: &Path) -> Result<(), String> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for folder in DATA {
        collect(&library.join(folder), Path::new(folder), &mut files)?;
    }
    for module in modules {
        files.insert(PathBuf::from(&module.file), module.source.clone());
    }
    for (file, bytes) in files {
        let path = to.join(file);
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        if std::fs::read(&path).is_ok_and(|before| before == bytes) {
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        std::fs::write(&path, bytes).map_err(failed)?;
    }
    Ok(())
}

fn collect(from: &Path, name: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    let Ok(entries) = std::fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let Some(own) = path.file_name() else { continue };
        let name = name.join(own);
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else {
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            files.insert(name, bytes);
        }
    }
    Ok(())
}
