//! What compiles while a program runs, behind a trait: the crate `taipan` has the one that there is, and an interpreter
//! is given it or none. Invariant: nothing in this crate knows of tokens or trees.

use std::sync::Arc;
use taipan_bytecode_format::Code;
use taipan_object::declare::method_table;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Interp, PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::modules::ModuleDef;
use taipan_wtf8::Wtf8;

/// A source that is to run.
#[derive(Clone, Copy, Debug)]
pub struct SourceText<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What its code says that it comes from.
    pub filename: Wtf8<'a>,
    /// Whether it is one expression, and no statements.
    pub is_expression: bool,
    /// Whether it is text, in UTF-8, that declares no encoding.
    pub is_text: bool,
    /// Whether it is what a file holds, which an error of its encoding names.
    pub is_file: bool,
    /// The future features that it inherits, as flags of code.
    pub future: u32,
}

/// What compiles while a program runs.
pub trait Compiler: Sync {
    /// Makes its types ready: part of what fills the static types while the process is set up.
    ///
    /// # Errors
    /// When there is no memory.
    fn fill(&self, thread: &Thread) -> PyResult<()>;

    /// Whether there is one.
    fn compiles(&self) -> bool {
        true
    }

    /// Its native modules.
    fn modules(&self) -> Vec<&'static ModuleDef>;

    /// Code of a source.
    ///
    /// # Errors
    /// The error of the source; what filters of warnings raise.
    fn code(&self, thread: &Thread, source: &SourceText<'_>) -> PyResult<Arc<Code>>;

    /// The built-in function `compile`.
    ///
    /// # Errors
    /// Those of the source, and of the arguments.
    fn compile(&self, thread: &Thread, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value>;

    /// The text of a source, in the encoding that it declares; none if it isn't in it.
    fn text(&self, bytes: &[u8]) -> Option<String>;

    /// Whether a text is a program, or the beginning of one.
    fn parses(&self, text: &str) -> bool;
}

/// Gives an interpreter its compiler.
pub(crate) fn install(interp: &Interp, compiler: Option<&'static dyn Compiler>) {
    let _ = interp.compiler.set(Box::new(compiler.unwrap_or(&Absent) as &'static dyn Compiler));
}

/// The compiler of a thread's interpreter; without one, what says so.
pub(crate) fn of(thread: &Thread) -> &'static dyn Compiler {
    let compiler = thread.interp().compiler.get();
    compiler.and_then(|compiler| compiler.downcast_ref::<&dyn Compiler>()).copied().unwrap_or(&Absent)
}

/// No compiler: whatever needs one fails.
pub(crate) struct Absent;

impl Compiler for Absent {
    fn fill(&self, _: &Thread) -> PyResult<()> {
        Ok(())
    }

    fn compiles(&self) -> bool {
        false
    }

    fn modules(&self) -> Vec<&'static ModuleDef> {
        MODULES.iter().collect()
    }

    fn code(&self, thread: &Thread, source: &SourceText<'_>) -> PyResult<Arc<Code>> {
        let name = String::from_utf8_lossy(source.filename.as_bytes());
        Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "cannot compile {name}: this program has no compiler"))
    }

    fn compile(&self, thread: &Thread, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
        Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "cannot compile: this program has no compiler"))
    }

    /// Only UTF-8: what other encodings a source may declare is known to the lexer.
    fn text(&self, bytes: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Some(text.replace("\r\n", "\n").replace('\r', "\n"))
    }

    fn parses(&self, _: &str) -> bool {
        false
    }
}

method_table! { TOKENIZE:
    Instance Keywords c"TokenizerIter" "($module, readline, /, *, encoding=None, extra_tokens=False)" no_tokens,
        c"Says that there is no lexer.";
}

/// The modules that are made of the compiler's stages. Much of the library imports `tokenize` and never uses it.
static MODULES: [ModuleDef; 3] = [
    without("_ast"),
    without("_symtable"),
    ModuleDef { name: "_tokenize", doc: None, functions: &TOKENIZE, exec: None },
];

const fn without(name: &'static str) -> ModuleDef {
    ModuleDef { name, doc: None, functions: &[], exec: Some(refuse) }
}

fn no_tokens(thread: &Thread, _: Ref<'_>, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Err(raise!(thread, NOT_IMPLEMENTED_ERROR, "cannot tokenize: this program has no compiler"))
}

fn refuse(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let name = module.md_name().get();
    let name = name.as_ref().and_then(|name| name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy));
    let name = name.unwrap_or_default();
    Err(raise!(thread, IMPORT_ERROR, "cannot import {name}: this program has no compiler"))
}
