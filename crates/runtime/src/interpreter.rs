//! An interpreter as a value.

use crate::compiler::{Compiler, SourceText};
use crate::interactive::{LineEditor, Lines, Plain};
use crate::streams::TextEncoding;
use crate::sys::{self, Facts};
use crate::{builtins, compiler, evaluate, imports, interactive, report, site, streams};
use std::cell::RefCell;
use std::sync::OnceLock;
use taipan_bytecode_format::Verified;
use taipan_host::Host;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::hash::HashSecret;
use taipan_object::interp::ImportTimes;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::thread::safepoint;
use taipan_object::{Interp, Owned, PyResult, Thread, Value, process, protocol};
use taipan_runtime_builtins::modules;
use taipan_wtf8::Wtf8;

/// How an interpreter is made.
pub struct Options {
    /// What `sys` says.
    pub facts: Facts,
    /// Whether nothing is held back on its way to the standard streams.
    pub unbuffered: bool,
    /// Which of the standard streams are terminals.
    pub terminals: [bool; 3],
    /// How the standard streams read and write text.
    pub text: TextEncoding,
    /// The most digits that an int is converted to or from; none for the usual limit.
    pub max_str_digits: Option<usize>,
    /// Whether code has no columns.
    pub no_debug_ranges: bool,
    /// Whether it is told how long imports take; the inner one counts what is there already as well.
    pub import_times: Option<bool>,
    /// The seed of the hashes of strings; none for a random one. Only the first interpreter of a process says.
    pub hash_seed: Option<u32>,
    /// Random bytes for the seed, if it is to be a random one.
    pub random: [u64; 2],
    /// Bytes of native stack that may be used from where the interpreter is made.
    pub stack: usize,
    /// Whether the interpreter's first thread handles signals, and an interrupt from the keyboard raises
    /// `KeyboardInterrupt`. One interpreter of a process does.
    pub handle_signals: bool,
    /// Whether the process ends with the program: then what nobody would see the end of stays as it is.
    pub ends_process: bool,
    /// Whether the collector runs at every safepoint of a program and every instruction is one: only in debug builds.
    pub stress: bool,
    /// The operating system.
    pub host: Box<dyn Host>,
    /// What compiles while programs run; without it only what is compiled can run. The first interpreter of a process
    /// must have one if others are to.
    pub compiler: Option<&'static dyn Compiler>,
}

impl Options {
    /// Options of an interpreter that is not the process's own: it leaves signals alone, knows no path, hashes strings
    /// without a seed, and has the native stack of a small thread. It has no compiler.
    pub fn new(host: Box<dyn Host>) -> Options {
        Options {
            facts: Facts::default(),
            unbuffered: false,
            terminals: [false; 3],
            text: TextEncoding::default(),
            max_str_digits: None,
            no_debug_ranges: false,
            import_times: None,
            hash_seed: Some(0),
            random: [0; 2],
            stack: 1 << 20,
            handle_signals: false,
            stress: false,
            ends_process: false,
            host,
            compiler: None,
        }
    }
}

/// An interpreter.
pub struct Interpreter {
    interp: Box<Interp>,
    facts: Facts,
    stress: bool,
    /// What lets lines be edited, if standard input and output are a terminal.
    editor: RefCell<Option<Box<dyn LineEditor>>>,
}

fn fill(thread: &Thread) -> PyResult<()> {
    taipan_vm::fill(thread)?;
    taipan_object::types::ready::ready_more(thread, &sys::types())?;
    taipan_object::types::ready::ready_more(thread, &site::types())?;
    taipan_stdlib_io::fill(thread)?;
    taipan_stdlib_os::fill(thread)?;
    taipan_stdlib_core::fill(thread)?;
    taipan_stdlib_asyncio::fill(thread)?;
    taipan_stdlib_sre::fill(thread)?;
    taipan_stdlib_data::fill(thread)?;
    taipan_stdlib_datetime::fill(thread)?;
    taipan_stdlib_pickle::fill(thread)?;
    taipan_stdlib_text::fill(thread)?;
    taipan_stdlib_xml::fill(thread)?;
    taipan_stdlib_compress::fill(thread)?;
    taipan_stdlib_hash::fill(thread)?;
    taipan_stdlib_net::fill(thread)?;
    if let Some(compiler) = COMPILER.get().copied().flatten() {
        compiler.fill(thread)?;
    }
    taipan_runtime_builtins::fill(thread)?;
    taipan_stdlib_core::finish();
    Ok(())
}

/// The compiler of the first interpreter, whose types are set up with the process.
static COMPILER: OnceLock<Option<&'static dyn Compiler>> = OnceLock::new();

/// Why there is no interpreter: there was no memory for it, or its modules failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StartError(pub String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl Interpreter {
    /// A new interpreter, ready to run programs.
    ///
    /// # Errors
    /// [`StartError`]
    pub fn new(options: Options) -> Result<Interpreter, StartError> {
        let filled = *COMPILER.get_or_init(|| options.compiler);
        if filled.is_none() && options.compiler.is_some() {
            return Err(StartError("the first interpreter of this process has no compiler".to_owned()));
        }
        let secret = match options.hash_seed {
            Some(seed) => HashSecret::from_seed(seed),
            None => HashSecret::from_words(options.random[0], options.random[1]),
        };
        process::init(secret, fill);
        let no_memory = |_| StartError("no memory for an interpreter".to_owned());
        let interp = Interp::new().map_err(no_memory)?;
        taipan_vm::prepare(&interp);
        taipan_runtime_builtins::prepare(&interp);
        taipan_stdlib_core::prepare(&interp);
        taipan_host::install(&interp, options.host);
        compiler::install(&interp, options.compiler);
        let interpreter =
            Interpreter { interp, facts: options.facts, stress: options.stress, editor: RefCell::new(None) };
        let thread = interpreter.interp.new_thread();
        let here = std::ptr::from_ref(&thread).addr();
        thread.set_stack_limit(here.saturating_sub(options.stack));
        interpreter
            .enter(|thread| {
                let (interp, facts) = (thread.interp(), &interpreter.facts);
                interp.optimize.set(facts.flags.optimize);
                interp.no_debug_ranges.set(options.no_debug_ranges);
                interp.ends_process.set(options.ends_process);
                let times =
                    options.import_times.map(|cached| ImportTimes { cached, ..ImportTimes::default() });
                interp.import_times.set(times);
                if let Some(first) = &facts.first_path {
                    let _ = interp.first_path.set(first.clone());
                }
                if let Some(digits) = options.max_str_digits {
                    interp.int_max_str_digits.set(digits);
                }
                start(thread, facts)?;
                taipan_stdlib_core::import::start_later(thread);
                if options.handle_signals {
                    taipan_stdlib_core::signals::begin(thread);
                }
                streams::open(thread, options.unbuffered, options.terminals, &options.text)?;
                match facts.warn_options.is_empty() {
                    true => Ok(()),
                    // it reads the options
                    false => import(thread, "warnings").map(drop),
                }
            })
            .map_err(|raised| {
                let text = interpreter.enter(|thread| {
                    let exception = thread.catch(raised);
                    report::one_line(thread, exception.as_ref())
                });
                StartError(text)
            })?;
        Ok(interpreter)
    }

    /// Calls `act` with the interpreter's thread. No value may be kept beyond the interpreter.
    pub fn enter<R>(&self, act: impl FnOnce(&Thread) -> R) -> R {
        let thread = self.interp.first_thread().attach();
        act(&thread)
    }

    /// Gives the interpreter fuel: so many calls of Python functions and rounds of loops its programs may go on for, then
    /// `taipan.OutOfFuel` is raised, which derives from `BaseException` and is raised again wherever it is caught. None is no
    /// limit.
    pub fn set_fuel(&self, fuel: Option<u64>) {
        self.enter(|thread| taipan_vm::fuel::set(thread.interp(), fuel));
    }

    /// The fuel that is left; none if there is no limit.
    pub fn fuel(&self) -> Option<u64> {
        self.enter(|thread| taipan_vm::fuel::left(thread.interp()))
    }

    /// Adds to `sys.path` and to the built-ins what the module `site` does; imports it if there is much to do.
    ///
    /// # Errors
    /// The status to exit with; what was raised is reported.
    pub fn import_site(&self) -> Result<(), u8> {
        self.enter(|thread| {
            site::start(thread, &self.facts)
                .and_then(|done| if done { Ok(()) } else { import(thread, "site").map(drop) })
                .map_err(|raised| report::finish(thread, Err(raised), report::Main::default()))
        })
    }

    /// Puts the folder of the program before `sys.path`, which `site` has seen by then.
    ///
    /// # Errors
    /// The status to exit with; what was raised is reported.
    pub fn put_first_path(&self) -> Result<(), u8> {
        self.enter(|thread| {
            let put = || -> PyResult<()> {
                let Some(first) = thread.interp().first_path.get() else { return Ok(()) };
                let path = sys::get(thread, "path")?;
                if let Some(path) = path.as_ref().and_then(|path| path.as_ref().get::<PyList>()) {
                    path.insert(thread, 0, PyStr::from_text(thread, first)?.into_value())?;
                }
                Ok(())
            };
            put().map_err(|raised| report::finish(thread, Err(raised), report::Main::default()))
        })
    }

    /// Runs a module as `__main__`, as `-m` does; with `own_argument` the first argument becomes its file. Gives the
    /// status to exit with.
    pub fn run_module(&self, name: &str, own_argument: bool) -> u8 {
        self.enter(|thread| {
            let result = main_module(thread, "<module>").and_then(|_| {
                self.begin_stress(thread);
                let runpy = import(thread, "runpy")?;
                let run = intern_text(thread, "_run_module_as_main")?;
                let run = protocol::get_attribute(thread, runpy.as_ref(), &run)?;
                let name = PyStr::from_text(thread, name)?.into_value();
                protocol::call(thread, run.as_ref(), &[name, Value::bool(own_argument)], None)
            });
            self.finish(thread, result.map(drop), report::Main::default())
        })
    }

    /// Runs a source as `__main__`; gives the status to exit with.
    pub fn run_main(&self, source: &[u8], filename: &str) -> u8 {
        let main = report::Main { filename, source };
        self.run_as_main(main, |thread| {
            let source = SourceText {
                bytes: source,
                filename: Wtf8::from_str(filename),
                is_expression: false,
                is_text: filename == "<string>",
                is_file: !filename.starts_with('<'),
                future: 0,
            };
            taipan_vm::code_object(thread, compiler::of(thread).code(thread, &source)?)
        })
    }

    /// Runs code that was compiled before as `__main__`, given the file that it was read from; gives the status to exit
    /// with.
    pub fn run_code(&self, code: &Verified, filename: &str) -> u8 {
        let main = report::Main { filename, source: &[] };
        self.run_as_main(main, |thread| taipan_vm::code_object(thread, code.code().clone()))
    }

    /// From here on the collector runs at every instruction, if it is to: over what the program makes, not over what there
    /// was before.
    fn begin_stress(&self, thread: &Thread) {
        if self.stress {
            thread.interp().gc().freeze(thread);
            thread.interp().request_always(safepoint::STRESS);
        }
    }

    fn run_as_main(
        &self,
        main: report::Main<'_>,
        code: impl FnOnce(&Thread) -> PyResult<Owned<PyCode>>,
    ) -> u8 {
        self.enter(|thread| {
            let result = main_module(thread, main.filename).and_then(|globals| {
                let code = code(thread)?;
                self.begin_stress(thread);
                let builtins = evaluate::builtins_of(thread, &globals)?;
                let space = globals.clone().into_value();
                taipan_vm::interp::run_code(thread, &code, &globals, &builtins, space, None)
            });
            self.finish(thread, result.map(drop), main)
        })
    }
}

impl Interpreter {
    /// Lets lines of the interactive loop be edited.
    pub fn set_line_editor(&self, editor: Box<dyn LineEditor>) {
        *self.editor.borrow_mut() = Some(editor);
    }

    /// Runs the interactive loop, after the file that `PYTHONSTARTUP` names, which is given with its text if it could be
    /// read; gives the status to exit with.
    pub fn run_interactive(&self, startup: Option<(&str, Option<&[u8]>)>) -> u8 {
        self.enter(|thread| {
            let result = main_module(thread, "<stdin>").and_then(|globals| {
                self.begin_stress(thread);
                interactive::greet(thread, self.facts.flags.quiet, self.facts.flags.no_site)?;
                if let Some((name, text)) = startup {
                    interactive::run_startup(thread, &globals, name, text)?;
                }
                interactive::call_hook(thread)?;
                self.converse(thread, globals)
            });
            report::finish(thread, result, report::Main::default())
        })
    }

    fn converse(&self, thread: &Thread, globals: Owned<PyDict>) -> PyResult<()> {
        let mut editor = self.editor.take();
        match &mut editor {
            Some(editor) => interactive::run(thread, globals, Lines::Editor(editor.as_mut())),
            None => interactive::run(thread, globals, Lines::Plain(&mut Plain::default())),
        }
    }

    /// What follows a program: the interactive loop, if it was asked for, and the end.
    fn finish(&self, thread: &Thread, result: PyResult<()>, main: report::Main<'_>) -> u8 {
        let flags = &self.facts.flags;
        let asked = flags.interactive || self.editor.borrow().is_some();
        // the program may have asked for it itself
        let inspects = || flags.inspect || !flags.ignore_environment && interactive::is_wanted(thread);
        if !asked || !inspects() {
            return report::finish(thread, result, main);
        }
        if let Err(raised) = result {
            let exception = thread.catch(raised);
            interactive::note_last(thread, &exception);
            report::uncaught_while_inspecting(thread, exception, main);
        }
        let result = interactive::main_globals(thread).and_then(|globals| {
            interactive::call_hook(thread)?;
            self.converse(thread, globals)
        });
        report::finish(thread, result, report::Main::default())
    }
}

/// Imports a module by its full name.
pub(crate) fn import(thread: &Thread, name: &str) -> PyResult<Value> {
    (thread.interp().hooks.import.get())(thread, &*intern_text(thread, name)?)
}

fn start(thread: &Thread, facts: &Facts) -> PyResult<()> {
    imports::begin(thread, &facts.library);
    let interp = thread.interp();
    let all = PyDict::new(thread)?;
    drop(interp.modules.replace(Some(all.clone().into_value())));
    let builtins = builtins::create(thread)?;
    let system = modules::create(thread, &sys::MODULE)?;
    for (name, module, slot) in [("builtins", &builtins, &interp.builtins), ("sys", &system, &interp.sys)] {
        let dict = module.dict().map(Owned::into_value);
        drop(slot.replace(dict));
        sys::set(thread, &all, name, module.as_ref().to_value())?;
    }
    if let Some(dict) = builtins.dict() {
        for (name, slot) in ["all", "any"].into_iter().zip(&interp.common) {
            drop(slot.replace(dict.get_str(thread, &*intern_text(thread, name)?)?));
        }
    }
    if let Some(dict) = system.dict() {
        sys::fill_facts(thread, &dict, facts)?;
        sys::set(thread, &dict, "modules", all.into_value())?;
        sys::set(thread, &dict, "builtin_module_names", imports::names(thread)?)?;
    }
    Ok(())
}

/// The module `__main__`; gives its dict.
fn main_module(thread: &Thread, filename: &str) -> PyResult<Owned<PyDict>> {
    let name = intern_text(thread, "__main__")?;
    let module = PyModule::new(thread, &name)?;
    let Some(dict) = module.dict() else { return PyDict::new(thread) };
    sys::set(thread, &dict, "__package__", Value::none())?;
    if !filename.starts_with('<') {
        sys::set(thread, &dict, "__file__", PyStr::from_text(thread, filename)?.into_value())?;
    }
    sys::set(thread, &dict, "__cached__", Value::none())?;
    if let Some(all) = thread.interp().modules.get_as::<PyDict>()
        && let Some(builtins) = all.get_str(thread, &*intern_text(thread, "builtins")?)?
    {
        sys::set(thread, &dict, "__builtins__", builtins)?;
    }
    if let Some(all) = thread.interp().modules.get_as::<PyDict>() {
        sys::set(thread, &all, "__main__", module.into_value())?;
    }
    Ok(dict)
}
