//! Makes the archive: every module of the pure-Python library, compiled and verified.
//!
//! The sources are those of the crate `rustpython-pylib`, which are CPython's. `tree.rs` says which of them are
//! taken, `edits.rs` what is changed in them, `own.rs` adds ours, `compile.rs` runs the front end, `write.rs` lays the file out;
//! `folder.rs` writes the sources as files.
//! Invariant: the same sources and the same front end give the same bytes.

mod compile;
mod edits;
mod folder;
#[path = "../src/layout.rs"]
mod layout;
mod own;
mod tree;
mod write;

use std::path::{Path, PathBuf};

/// A module of the library.
pub struct Module {
    /// Its full name.
    pub name: String,
    /// Whether it is a package.
    pub is_package: bool,
    /// Its file, relative to the library's folder, with `/`.
    pub file: String,
    /// Its source, edited.
    pub source: Vec<u8>,
    /// Its code, as an artifact.
    pub code: Vec<u8>,
    /// Where in it each code object stands.
    pub index: Vec<u8>,
}

fn main() {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=library");
    println!("cargo:rerun-if-changed=src/layout.rs");
    if let Err(error) = run() {
        println!("cargo:error={error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), String> {
    let library = Path::new(rustpython_pylib::LIB_PATH);
    let mut modules = tree::modules(library)?;
    edits::apply(&mut modules)?;
    own::add(&mut modules)?;
    compile::all(&mut modules)?;
    let bytes = write::archive(&modules)?;
    let folder = std::env::var_os("OUT_DIR").ok_or("there is no OUT_DIR")?;
    let write = |name: &str, bytes: &[u8]| {
        let path = PathBuf::from(&folder).join(name);
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    write("library.archive", &bytes)?;
    // known beforehand, for every start of an interpreter asks for them
    let names: Vec<&str> =
        modules.iter().map(|module| &*module.name).filter(|name| !name.contains('.')).collect();
    write("names.rs", format!("&{names:?}").as_bytes())?;
    folder::write(&modules, library, &PathBuf::from(folder).join("lib/python3.14"))
}
