//! Code objects for the tests: what the reference compiled of `fixtures/bytecode`.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use taipan_artifact::{Header, Limits, PRODUCER, SourceHash};
use taipan_bytecode_format::marshal::{Dialect, read_const};
use taipan_bytecode_format::{Code, Const};
use taipan_wtf8::Wtf8Buf;

/// A path below `fixtures/bytecode`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/bytecode").join(name)
}

/// What `tests/parity/reference/bytecode.py` says of a module.
pub struct Module {
    pub path: String,
    /// Its code object as the reference marshals it.
    pub marshalled: Vec<u8>,
    pub facts: String,
}

impl Module {
    pub fn code(&self) -> Arc<Code> {
        let constant = read_const(&self.marshalled, Dialect::Reference, Limits::default());
        let Ok(Const::Code(code)) = constant else { panic!("{}: {constant:?}", self.path) };
        code.whole().clone()
    }
}

/// The modules in a file of `tests/parity/reference/bytecode.py`.
pub fn modules(path: &Path) -> Vec<Module> {
    let bytes = std::fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut part = || {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (part, tail) = tail.split_at(u32::from_le_bytes(*length) as usize);
        rest = tail;
        Some(part.to_vec())
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let mut modules = Vec::new();
    while let (Some(path), Some(marshalled), Some(facts)) = (part(), part(), part()) {
        modules.push(Module { path: text(path), marshalled, facts: text(facts) });
    }
    modules
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

/// The header of what no stage made.
pub fn header() -> Header {
    Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name: Wtf8Buf::new(),
        source_hash: SourceHash::default(),
    }
}

/// The names and bytes of the small files, in order.
pub fn small_files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(fixture("small")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pyc") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            files.push((name, std::fs::read(path).unwrap()));
        }
    }
    files.sort();
    files
}
