//! What an interpreter knows of the modules that are part of the program: native ones, and those of a library.
//! Invariant: it holds no Python object, for it outlives them.

use std::cell::Cell;

use taipan_bytecode_format::{CodeRef, artifact};
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value, raise};
use taipan_runtime_builtins::modules::{self, ModuleDef};
use taipan_wtf8::Wtf8;

use crate::call;

/// A module of a library.
#[derive(Clone, Copy)]
pub struct Frozen {
    /// Its name in the library, which differs from the name that was asked for if that is an alias.
    pub name: &'static str,
    /// Whether it is a package.
    pub is_package: bool,
    /// Its file, relative to the library's folder, with `/`.
    pub file: &'static str,
    /// Its code, as an artifact.
    pub code: &'static [u8],
    /// Where in it each code object stands.
    pub index: &'static [u8],
    /// Its source; the encoding is what the source says.
    pub source: &'static [u8],
}

impl Frozen {
    /// Its code, with the name of a frozen module in place of a file's.
    pub(crate) fn decode(self, thread: &Thread) -> PyResult<CodeRef> {
        self.stored(thread, None)
    }

    /// Its code, with the name of a file.
    pub(crate) fn decode_as(self, thread: &Thread, filename: Wtf8<'_>) -> PyResult<CodeRef> {
        self.stored(thread, Some(filename))
    }

    fn stored(self, thread: &Thread, filename: Option<Wtf8<'_>>) -> PyResult<CodeRef> {
        artifact::stored_code(self.code, self.index, filename)
            .map_err(|_| raise!(thread, IMPORT_ERROR, "Frozen object named '{}' is invalid", self.name))
    }
}

/// A library of modules that are part of the program.
pub trait Library {
    /// The module of a name.
    fn find(&self, name: &str) -> Option<Frozen>;

    /// The module of a file, which is named relative to the library's folder, with `/`.
    fn find_file(&self, file: &str) -> Option<Frozen>;

    /// The names of all modules.
    fn names(&self) -> Vec<&'static str>;
}

/// What an interpreter knows of modules.
pub(crate) struct Machinery {
    natives: Vec<&'static ModuleDef>,
    library: Option<&'static dyn Library>,
    /// The folder that the library's modules seem to stand in; if it has none, all of them are frozen ones.
    folder: Option<String>,
    /// How often the lock of imports was taken.
    pub(crate) lock_depth: Cell<usize>,
    /// Counts the registrations of classes with abstract ones.
    pub(crate) abc_token: Cell<i64>,
    /// Counts the changes of the filters of warnings.
    pub(crate) filters_version: Cell<i64>,
    /// Whether extensions must say that they can do without the first interpreter.
    pub(crate) extensions_override: Cell<i32>,
    /// Whether importlib is to be started by the first import.
    pub(crate) start_later: Cell<bool>,
}

/// Names under which the parts of importlib are known to the interpreter.
const ALIASES: [(&str, &str); 2] = [
    ("_frozen_importlib", "importlib._bootstrap"),
    ("_frozen_importlib_external", "importlib._bootstrap_external"),
];

/// The modules of the library that are frozen ones, whatever else is: CPython's, and what finds the others.
const FROZEN: [&str; 29] = [
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "zipimport",
    "abc",
    "codecs",
    "io",
    "_collections_abc",
    "_sitebuiltins",
    "genericpath",
    "ntpath",
    "posixpath",
    "os",
    "site",
    "stat",
    "importlib.util",
    "importlib.machinery",
    "runpy",
    "__hello__",
    "__hello_alias__",
    "__phello_alias__",
    "__phello_alias__.spam",
    "__phello__",
    "__phello__.__init__",
    "__phello__.ham",
    "__phello__.ham.__init__",
    "__phello__.ham.eggs",
    "__phello__.spam",
    "__hello_only__",
    "_library_finder",
];

impl Machinery {
    /// The native module of a name.
    pub(crate) fn native(&self, name: &str) -> Option<&'static ModuleDef> {
        self.natives.iter().find(|native| native.name == name).copied()
    }

    /// The names of all native modules, sorted.
    pub(crate) fn native_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.natives.iter().map(|native| native.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The module of a name in the library.
    pub(crate) fn frozen(&self, name: &str) -> Option<Frozen> {
        let target = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, target)| target);
        let is_frozen = self.folder.is_none() || FROZEN.contains(&target);
        self.library?.find(target).filter(|_| is_frozen)
    }

    /// The folder that the library's modules seem to stand in.
    pub(crate) fn folder(&self) -> Option<&str> {
        self.folder.as_deref()
    }

    /// The module that a file of the library's folder is.
    pub(crate) fn file(&self, path: &str) -> Option<Frozen> {
        let file = path.strip_prefix(self.folder()?)?.strip_prefix('/')?;
        self.library?.find_file(file)
    }

    /// The module of a name in a folder of the library, with the path of its file.
    pub(crate) fn in_folder(&self, folder: &str, name: &str) -> Option<(Frozen, String)> {
        let inside = folder.strip_prefix(self.folder()?)?;
        if !inside.is_empty() && !inside.starts_with('/') || name.contains(['.', '/']) {
            return None;
        }
        let inside = inside.trim_matches('/');
        let file = if inside.is_empty() { name.to_owned() } else { format!("{inside}/{name}") };
        let library = self.library?;
        let found = library.find(&file.replace('/', "."))?;
        // a name with a dot in a folder is not that of a package
        let own = found.file.strip_prefix(&*file)?;
        Some((found, format!("{folder}/{name}{own}")))
    }

    /// The names of all modules of the library.
    pub(crate) fn frozen_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = ALIASES.iter().map(|(alias, _)| *alias).collect();
        let library = self.library.map(|library| library.names()).unwrap_or_default();
        names.extend(library.into_iter().filter(|name| self.folder.is_none() || FROZEN.contains(name)));
        names
    }
}

/// Tells an interpreter, once, which native modules there are, what the library is, and in which folder its modules
/// seem to stand.
pub fn begin(
    thread: &Thread,
    natives: Vec<&'static ModuleDef>,
    library: Option<&'static dyn Library>,
    folder: Option<String>,
) {
    let machinery = Machinery {
        natives,
        library,
        folder,
        lock_depth: Cell::new(0),
        abc_token: Cell::new(0),
        filters_version: Cell::new(0),
        extensions_override: Cell::new(0),
        start_later: Cell::new(false),
    };
    let _ = thread.interp().imports.set(Box::new(machinery));
    thread.interp().hooks.import.set(super::import_module);
}

/// What the interpreter knows of modules.
pub(crate) fn machinery(thread: &Thread) -> Option<&Machinery> {
    thread.interp().imports.get()?.downcast_ref()
}

/// The module of a name in the library.
pub(crate) fn frozen(thread: &Thread, name: &str) -> Option<Frozen> {
    machinery(thread)?.frozen(name)
}

/// The names of the native modules, sorted: `sys.builtin_module_names`.
pub fn native_names(thread: &Thread) -> Vec<&'static str> {
    machinery(thread).map(Machinery::native_names).unwrap_or_default()
}

/// A native module: that of `sys.modules`, else a new one, which is put there.
pub fn native(thread: &Thread, name: &str) -> PyResult<Option<Value>> {
    let key = intern_text(thread, name)?;
    let all = call::all_modules(thread)?;
    if let Some(found) = all.get_str(thread, &key)? {
        return Ok(Some(found));
    }
    let Some(definition) = machinery(thread).and_then(|machinery| machinery.native(name)) else {
        return Ok(None);
    };
    let module = modules::create(thread, definition)?.into_value();
    let old = all.insert(thread, key.as_ref(), module.clone())?;
    drop(old);
    Ok(Some(module))
}
