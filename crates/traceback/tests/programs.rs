//! Runs the programs `fixtures/programs/traceback_*.py`, each of which ends with an exception, and compares what
//! they print and the report with what the reference interpreter printed (the `.txt` beside: first what went to
//! its output, then what went to its error stream). `TRACEBACK_PROGRAM=name` runs one of them, and
//! `TRACEBACK_SHOW=1` prints what came instead.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use taipan::compile::compile;
use taipan_ast::{Arena, Interner};
use taipan_lexer::{LexOptions, Source, lex};
use taipan_object::builtin::{Binding, MethodDef, Native, PyCFunction};
use taipan_object::dict::PyDict;
use taipan_object::module::PyModule;
use taipan_object::str::{PyStr, intern::intern_text};
use taipan_object::{Interp, Owned, PyResult, Ref, Thread, Value, hash, process, raise};
use taipan_parser::{Mode, ParseOptions, parse};
use taipan_runtime_builtins::modules;
use taipan_traceback::Sources;

thread_local! {
    static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
}

fn write(_: &Thread, _: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let text = text.get::<PyStr>().map(PyStr::to_text_lossy).unwrap_or_default();
    PRINTED.with_borrow_mut(|printed| printed.push_str(&text));
    Ok(Value::none())
}

fn flush(_: &Thread, _: Ref<'_>) -> PyResult<Value> {
    Ok(Value::none())
}

fn import(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let name = arguments.first().and_then(|name| name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy));
    let name = name.unwrap_or_default();
    match modules::find(&name) {
        Some(module) => Ok(modules::create(thread, module)?.into_value()),
        None => Err(raise!(thread, MODULE_NOT_FOUND_ERROR, "No module named '{name}'")),
    }
}

static WRITE: MethodDef = MethodDef::new(c"write", Binding::Static, Native::One(write), "", c"");
static FLUSH: MethodDef = MethodDef::new(c"flush", Binding::Static, Native::None(flush), "", c"");
static IMPORT: MethodDef =
    MethodDef::new(c"__import__", Binding::Static, Native::Positional(import), "", c"");

/// The lines of one file.
struct File<'a> {
    name: &'a str,
    text: String,
}

impl Sources for File<'_> {
    fn line(&self, filename: &str, line: u32) -> Option<String> {
        (filename == self.name).then(|| self.text.split('\n').nth(line as usize - 1).map(str::to_owned))?
    }

    fn compiles(&self, source: &str) -> bool {
        let name = taipan_wtf8::Wtf8::from_str("<input>");
        let compiles = || compile(source.as_bytes(), name, Mode::Exec, Default::default()).code.is_ok();
        match parsed(source) {
            Some(Ok(())) => compiles(),
            Some(Err(())) => true,
            None => parsed(&format!("{source}\n")).is_some() || compiles(),
        }
    }
}

/// Whether a source can be parsed; an error inside if only more of it could be.
fn parsed(source: &str) -> Option<Result<(), ()>> {
    let source = Source::from_bytes(source.as_bytes(), Mode::Exec).ok()?;
    let lexed = lex(&source, &LexOptions { dont_imply_dedent: true, ..LexOptions::default() });
    let options =
        ParseOptions { allow_incomplete_input: true, dont_imply_dedent: true, ..ParseOptions::default() };
    match parse(&source, &lexed, &options, &Arena::new(), &mut Interner::new()) {
        Ok(_) => Some(Ok(())),
        Err(diagnostic) => (diagnostic.message == "incomplete input").then_some(Err(())),
    }
}

fn set(thread: &Thread, dict: &PyDict, name: &str, value: Value) {
    drop(dict.insert(thread, intern_text(thread, name).unwrap().as_ref(), value).unwrap());
}

fn builtin(thread: &Thread, method: &'static MethodDef) -> Value {
    PyCFunction::new(thread, method, None, None).unwrap().into_value()
}

/// Built-ins that import built-in modules, and an output that is kept.
fn set_up(thread: &Thread) -> Owned<PyDict> {
    let builtins = modules::create(thread, modules::find("builtins").unwrap()).unwrap().dict().unwrap();
    set(thread, &builtins, "__import__", builtin(thread, &IMPORT));
    drop(thread.interp().builtins.replace(Some(builtins.clone().into_value())));
    let output = PyModule::new(thread, &intern_text(thread, "output").unwrap()).unwrap();
    set(thread, &output.dict().unwrap(), "write", builtin(thread, &WRITE));
    set(thread, &output.dict().unwrap(), "flush", builtin(thread, &FLUSH));
    let sys = PyDict::new(thread).unwrap();
    set(thread, &sys, "stdout", output.into_value());
    drop(thread.interp().sys.replace(Some(sys.into_value())));
    builtins
}

/// What a program prints, and the report of the exception that it ends with.
fn run(path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let source = std::fs::read(path).unwrap();
    process::init(hash::HashSecret::from_seed(0), |thread| {
        taipan_vm::fill(thread)?;
        taipan_runtime_builtins::fill(thread)
    });
    let interp = Interp::new().unwrap();
    taipan_vm::prepare(&interp);
    taipan_runtime_builtins::prepare(&interp);
    let thread = interp.new_thread().attach();
    let thread: &Thread = &thread;
    thread.set_stack_limit((&raw const interp) as usize - STACK / 8 * 7);
    let shown = taipan_wtf8::Wtf8::from_str(name);
    let compiled = compile(&source, shown, Mode::Exec, Default::default());
    let code = taipan_vm::code_object(thread, compiled.code.expect(name)).unwrap();
    let builtins = set_up(thread);
    let globals = PyDict::new(thread).unwrap();
    set(thread, &globals, "__name__", PyStr::from_text(thread, "__main__").unwrap().into_value());
    set(thread, &globals, "__builtins__", builtins.clone().into_value());
    PRINTED.take();
    let namespace = globals.clone().into_value();
    let ended = taipan_vm::interp::run_code(thread, &code, &globals, &builtins, namespace, None);
    let file = File { name, text: String::from_utf8_lossy(&source).into_owned() };
    let report = match ended {
        Ok(_) => String::new(),
        Err(raised) => {
            let exception = thread.catch(raised);
            taipan_traceback::format_exception(thread, exception.as_ref(), &file).unwrap().concat()
        }
    };
    PRINTED.take() + &report
}

const STACK: usize = 64 << 20;

fn on_large_stack(path: PathBuf) -> String {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&path)).unwrap();
    thread.join().unwrap_or_else(|_| "panicked\n".to_owned())
}

#[test]
fn programs_end_as_in_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/programs");
    let wanted = std::env::var("TRACEBACK_PROGRAM").ok();
    let mut programs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap();
            // there is no compiler among the built-ins here
            let compiles = name.starts_with("traceback_exec_");
            name.starts_with("traceback_")
                && !compiles
                && wanted.as_ref().is_none_or(|wanted| name.contains(wanted))
        })
        .collect();
    programs.sort();
    let mut wrong = Vec::new();
    for program in programs {
        let expected = std::fs::read_to_string(program.with_extension("txt")).unwrap();
        let found = on_large_stack(program.clone());
        if found != expected {
            if std::env::var_os("TRACEBACK_SHOW").is_some() {
                println!("--- {}\n{found}--- expected\n{expected}", program.display());
            }
            wrong.push(program.file_stem().unwrap().to_owned());
        }
    }
    assert!(wrong.is_empty(), "{} differ: {wrong:?}", wrong.len());
}
