//! What there is to import: the native modules of all crates, and the library.

use crate::{compiler, sys};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Thread, Value, raise};
use taipan_runtime_builtins::modules::{self, ModuleDef};
use taipan_stdlib_core::import::{self, Frozen, Library};

/// The archive of the pure-Python library.
struct Archive;

impl Library for Archive {
    fn find(&self, name: &str) -> Option<Frozen> {
        let entry = taipan_pylib::find(name)?;
        Some(frozen(entry))
    }

    fn find_file(&self, file: &str) -> Option<Frozen> {
        taipan_pylib::find_file(file).map(frozen)
    }

    fn names(&self) -> Vec<&'static str> {
        taipan_pylib::entries().map(taipan_pylib::Entry::name).collect()
    }
}

fn frozen(entry: taipan_pylib::Entry) -> Frozen {
    Frozen {
        name: entry.name(),
        is_package: entry.is_package(),
        file: entry.file(),
        code: entry.code_bytes(),
        index: entry.index(),
        source: entry.source(),
    }
}

/// Tells an interpreter what there is to import, and the folder that the library seems to stand in.
pub(crate) fn begin(thread: &Thread, folder: &str) {
    let mut natives: Vec<&'static ModuleDef> = modules::ALL.into_iter().collect();
    natives.extend(taipan_stdlib_io::MODULES);
    natives.extend(taipan_stdlib_os::MODULES);
    natives.extend(taipan_stdlib_data::MODULES);
    natives.extend(taipan_stdlib_asyncio::MODULES);
    natives.extend(taipan_stdlib_datetime::MODULES);
    natives.extend(taipan_stdlib_pickle::MODULES);
    natives.extend(taipan_stdlib_text::modules());
    natives.extend(taipan_stdlib_xml::MODULES);
    natives.extend(taipan_stdlib_net::MODULES);
    natives.extend(taipan_stdlib_compress::MODULES);
    natives.extend(taipan_stdlib_hash::MODULES);
    natives.extend(taipan_stdlib_core::modules());
    natives.push(&taipan_stdlib_sre::MODULE);
    natives.extend(compiler::of(thread).modules());
    natives.push(&crate::faulthandler::MODULE);
    natives.push(&sys::MODULE);
    let folder = Some(folder.to_owned()).filter(|folder| !folder.is_empty());
    import::begin(thread, natives, Some(&Archive), folder);
}

/// `sys.builtin_module_names`.
pub(crate) fn names(thread: &Thread) -> PyResult<Value> {
    let names = import::native_names(thread).into_iter();
    let names = names.map(|name| Ok(PyStr::from_text(thread, name)?.into_value()));
    Ok(PyTuple::from_values(thread, names.collect::<PyResult<Vec<Value>>>()?)?.into_value())
}

/// The names of all modules that are in no package, native ones and those of the library.
pub(crate) fn all_names(thread: &Thread) -> impl Iterator<Item = &'static str> {
    let natives = import::native_names(thread).into_iter().filter(|name| !name.contains('.'));
    natives.chain(taipan_pylib::NAMES.iter().copied())
}

/// A native module, made when it is first asked for.
pub(crate) fn native(thread: &Thread, name: &str) -> PyResult<Value> {
    match import::native(thread, name)? {
        Some(module) => Ok(module),
        None => Err(raise!(thread, IMPORT_ERROR, "there is no module {name}")),
    }
}

/// The source of a module of the library, given the name of the file in its code. Of importlib itself nothing is shown,
/// as in the reference.
pub(crate) fn library_source(thread: &Thread, filename: &str) -> Option<&'static [u8]> {
    if let Some(found) = import::library_file(thread, filename) {
        return Some(found.source);
    }
    let name = filename.strip_prefix("<frozen ")?.strip_suffix('>')?;
    if name.starts_with("importlib._bootstrap") {
        return None;
    }
    Some(taipan_pylib::find(name)?.source())
}
