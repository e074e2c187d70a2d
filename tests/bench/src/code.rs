//! Code objects to measure with: those that a reference interpreter makes of its standard library.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use taipan_artifact::{Header, Limits, PRODUCER, SourceHash};
use taipan_bytecode_format::marshal::{Dialect, read_const};
use taipan_bytecode_format::{Code, Const, Validation, pyc};

/// A module of the corpus.
pub struct Module {
    /// Where its source stands.
    pub path: String,
    /// Its code object, as data.
    pub code: Arc<Code>,
    /// Its `.pyc`.
    pub file: Vec<u8>,
}

/// The modules of the standard library of `python`.
///
/// # Errors
/// If the interpreter cannot be run or writes what cannot be read.
pub fn standard_library(python: &Path) -> Result<Vec<Module>, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../parity/reference/bytecode.py");
    let out = std::env::temp_dir().join(format!("taipan-bench-{}.bin", std::process::id()));
    let folder = super::corpus::library_folder(python)?;
    let status = Command::new(python)
        .args(["-I", "-W", "ignore"])
        .args([&script, &out, &folder])
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("{}: {error}", python.display()))?;
    let bytes = std::fs::read(&out).map_err(|error| format!("{}: {error}", out.display()));
    let _ = std::fs::remove_file(&out);
    if !status.success() {
        return Err(format!("the reference stopped with {status}"));
    }
    modules(&bytes?)
}

/// The modules in what `tests/parity/reference/bytecode.py` writes.
fn modules(bytes: &[u8]) -> Result<Vec<Module>, String> {
    let mut rest = bytes;
    let mut part = || {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (part, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rest = tail;
        Some(part)
    };
    let mut modules = Vec::new();
    while let (Some(path), Some(code), Some(_)) = (part(), part(), part()) {
        let path = String::from_utf8_lossy(path).into_owned();
        let constant = read_const(code, Dialect::Reference, Limits::default());
        let Ok(Const::Code(code)) = constant else { return Err(format!("{path}: no code object")) };
        let file = pyc::write(&code, &header(&code), Validation::Hash { hash: [0; 8], checked: false });
        let file = file.map_err(|error| format!("{path}: {error}"))?;
        modules.push(Module { path, code: code.whole().clone(), file });
    }
    Ok(modules)
}

fn header(code: &Code) -> Header {
    Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name: code.filename.clone(),
        source_hash: SourceHash::default(),
    }
}

/// A code object and all in its constants.
pub fn tree(code: &Code) -> Vec<&Code> {
    let mut found = vec![code];
    for constant in &code.consts {
        if let Const::Code(code) = constant {
            found.extend(tree(code));
        }
    }
    found
}
