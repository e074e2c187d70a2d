//! What differs from run to run: arguments, paths, flags.

use super::{limits, set};
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Thread, Value};
use taipan_runtime_builtins::struct_sequence::StructSequence;

/// What an interpreter is started with.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// `sys.orig_argv`.
    pub orig_argv: Vec<String>,
    /// `sys.path` without its first item, the folder of the program.
    pub path: Vec<String>,
    /// That folder, empty for the current one; none if it is not to be searched.
    pub first_path: Option<String>,
    /// `sys.executable`.
    pub executable: String,
    /// `sys._base_executable`: the program that a virtual environment was made with; empty for `sys.executable`.
    pub base_executable: String,
    /// `sys.prefix`.
    pub prefix: String,
    /// `sys.base_prefix`; empty for `sys.prefix`.
    pub base_prefix: String,
    /// The folder that the library's modules seem to stand in (`sys._stdlib_dir`), which need not be there; empty for
    /// none: then they are frozen modules.
    pub library: String,
    /// `sys._xoptions`: names and values of `-X`.
    pub x_options: Vec<(String, Option<String>)>,
    /// `sys.pycache_prefix`: where the files of `__pycache__` are kept instead.
    pub pycache_prefix: Option<String>,
    /// `sys.warnoptions`.
    pub warn_options: Vec<String>,
    /// The flags.
    pub flags: Flags,
}

/// `sys.flags`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// `-O`
    pub optimize: u8,
    /// `-B`
    pub dont_write_bytecode: bool,
    /// `-s`
    pub no_user_site: bool,
    /// `-S`
    pub no_site: bool,
    /// `-E`
    pub ignore_environment: bool,
    /// `-v`
    pub verbose: u8,
    /// `-b`
    pub bytes_warning: u8,
    /// `-q`
    pub quiet: bool,
    /// `-i`, or the variable `PYTHONINSPECT`: the interactive loop follows the program.
    pub inspect: bool,
    /// `-i`
    pub interactive: bool,
    /// `-I`
    pub isolated: bool,
    /// `-P`
    pub safe_path: bool,
    /// `-X dev`
    pub dev_mode: bool,
    /// `-X utf8`
    pub utf8_mode: bool,
    /// `-X warn_default_encoding`
    pub warn_default_encoding: bool,
    /// Whether hashes of strings are seeded at random.
    pub hash_randomization: bool,
}

static FLAGS: StructSequence = StructSequence {
    name: "sys.flags",
    doc: "What was said on the command line.",
    fields: &[
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
        "gil",
        "thread_inherit_context",
        "context_aware_warnings",
    ],
    by_name_only: 3,
    is_single: true,
};

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

fn texts(thread: &Thread, all: &[String]) -> PyResult<Vec<Value>> {
    all.iter().map(|one| text(thread, one)).collect()
}

fn flags(thread: &Thread, flags: &Flags) -> PyResult<Value> {
    let int = |value: i64| Value::int(thread, value);
    let bit = |value: bool| Value::int(thread, value.into());
    let items = vec![
        int(0)?,
        bit(flags.inspect)?,
        bit(flags.interactive)?,
        int(flags.optimize.into())?,
        bit(flags.dont_write_bytecode)?,
        bit(flags.no_user_site)?,
        bit(flags.no_site)?,
        bit(flags.ignore_environment)?,
        int(flags.verbose.into())?,
        int(flags.bytes_warning.into())?,
        bit(flags.quiet)?,
        bit(flags.hash_randomization)?,
        bit(flags.isolated)?,
        Value::bool(flags.dev_mode),
        bit(flags.utf8_mode)?,
        bit(flags.warn_default_encoding)?,
        Value::bool(flags.safe_path),
        int(thread.interp().int_max_str_digits.get() as i64)?,
        int(1)?,
        int(0)?,
        int(0)?,
    ];
    let class = FLAGS.class(thread)?;
    FLAGS.instance(thread, &class, items)
}

/// `sys.implementation`.
fn implementation(thread: &Thread) -> PyResult<Value> {
    let dict = PyDict::new(thread)?;
    set(thread, &dict, "name", text(thread, "taipan")?)?;
    set(thread, &dict, "cache_tag", text(thread, "taipan-314")?)?;
    set(thread, &dict, "version", limits::version_info(thread)?)?;
    let (major, minor, micro) = limits::VERSION;
    set(thread, &dict, "hexversion", Value::int(thread, major << 24 | minor << 16 | micro << 8 | 0xF0)?)?;
    let multiarch = match std::env::consts::OS {
        "macos" => "darwin".to_owned(),
        system => format!("{}-{system}-gnu", std::env::consts::ARCH),
    };
    set(thread, &dict, "_multiarch", text(thread, &multiarch)?)?;
    set(thread, &dict, "supports_isolated_interpreters", Value::bool(true))?;
    if !crate::compiler::of(thread).compiles() {
        // the library asks
        set(thread, &dict, "_compiles", Value::bool(false))?;
    }
    taipan_runtime_builtins::generics::namespace::simple_namespace(thread, dict)
}

/// `sys.stdlib_module_names`.
fn library_names(thread: &Thread) -> PyResult<Value> {
    let names = PySet::new_frozen(thread)?;
    for name in crate::imports::all_names(thread) {
        names.add(thread, text(thread, name)?.as_ref())?;
    }
    Ok(names.into_value())
}

/// Puts the facts into the dict of the module.
pub fn fill_facts(thread: &Thread, dict: &PyDict, facts: &Facts) -> PyResult<()> {
    let list = |all: &[String]| -> PyResult<Value> {
        Ok(PyList::from_values(thread, texts(thread, all)?)?.into_value())
    };
    set(thread, dict, "argv", list(&facts.argv)?)?;
    set(thread, dict, "orig_argv", list(&facts.orig_argv)?)?;
    set(thread, dict, "path", list(&facts.path)?)?;
    set(thread, dict, "warnoptions", list(&facts.warn_options)?)?;
    set(thread, dict, "executable", text(thread, &facts.executable)?)?;
    let or = |text: &'_ String, other: &'_ String| if text.is_empty() { other.clone() } else { text.clone() };
    let base = or(&facts.base_prefix, &facts.prefix);
    let program = or(&facts.base_executable, &facts.executable);
    for (name, value) in [
        ("_base_executable", &program),
        ("prefix", &facts.prefix),
        ("exec_prefix", &facts.prefix),
        ("base_prefix", &base),
        ("base_exec_prefix", &base),
    ] {
        set(thread, dict, name, text(thread, value)?)?;
    }
    set(thread, dict, "platlibdir", text(thread, "lib")?)?;
    set(thread, dict, "_framework", text(thread, "")?)?;
    set(thread, dict, "abiflags", text(thread, "")?)?;
    let library = match facts.library.as_str() {
        "" => Value::none(),
        folder => text(thread, folder)?,
    };
    set(thread, dict, "_stdlib_dir", library)?;
    set(thread, dict, "stdlib_module_names", library_names(thread)?)?;
    set(thread, dict, "flags", flags(thread, &facts.flags)?)?;
    set(thread, dict, "implementation", implementation(thread)?)?;
    set(thread, dict, "dont_write_bytecode", Value::bool(facts.flags.dont_write_bytecode))?;
    for name in ["meta_path", "path_hooks"] {
        set(thread, dict, name, PyList::new(thread)?.into_value())?;
    }
    set(thread, dict, "path_importer_cache", PyDict::new(thread)?.into_value())?;
    let options = PyDict::new(thread)?;
    for (name, value) in &facts.x_options {
        let value = match value {
            Some(value) => text(thread, value)?,
            None => Value::bool(true),
        };
        drop(options.insert(thread, text(thread, name)?.as_ref(), value)?);
    }
    set(thread, dict, "_xoptions", options.into_value())?;
    let prefix = match &facts.pycache_prefix {
        Some(prefix) => text(thread, prefix)?,
        None => Value::none(),
    };
    set(thread, dict, "pycache_prefix", prefix)?;
    let git = [text(thread, "Taipan")?, text(thread, "")?, text(thread, "")?];
    set(thread, dict, "_git", PyTuple::pack(thread, git)?.into_value())
}
