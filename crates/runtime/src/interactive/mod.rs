//! The interactive loop: statements are read line by line, compiled and run one after the other. Invariants: what a
//! statement raises is reported and the loop goes on, but for `SystemExit`; the lines of a statement are known to
//! tracebacks by the file name of its code, `<stdin-N>`, under which `linecache` keeps them.

mod around;
mod lines;

pub(crate) use around::{call_hook, greet, is_wanted, main_globals, run_startup};
pub use lines::{Line, LineEditor};
pub(crate) use lines::{Lines, Plain, write};

use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::exception::{SYNTAX_ERROR, SYSTEM_EXIT};
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};

use crate::interpreter::import;
use crate::{evaluate, report, streams, sys};

/// What file names of statements begin with.
const PREFIX: &str = "<stdin-";

/// What was read.
enum Read {
    /// A statement: its code and its text.
    Statement(Owned<PyCode>, String),
    /// The end of the input.
    End,
}

/// The loop.
struct Loop<'t, 'a> {
    thread: &'t Thread,
    globals: Owned<PyDict>,
    lines: Lines<'a>,
    /// `codeop.CommandCompiler()`, which remembers what was imported from `__future__`.
    compiler: Value,
    /// How many statements were compiled.
    count: usize,
}

/// Runs the loop in a module, whose dict is given, up to the end of the input.
///
/// # Errors
/// `SystemExit`
pub(crate) fn run(thread: &Thread, globals: Owned<PyDict>, lines: Lines<'_>) -> PyResult<()> {
    if let Some(own) = thread.interp().sys.get_as::<PyDict>() {
        for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
            if sys::get(thread, name)?.is_none() {
                sys::set(thread, &own, name, PyStr::from_text(thread, prompt)?.into_value())?;
            }
        }
    }
    let codeop = import(thread, "codeop")?;
    let class = protocol::get_attribute(thread, codeop.as_ref(), &*intern_text(thread, "CommandCompiler")?)?;
    let compiler = protocol::call(thread, class.as_ref(), &[], None)?;
    let mut this = Loop { thread, globals, lines, compiler, count: 0 };
    loop {
        match this.step() {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(raised) => report_or_leave(thread, raised)?,
        }
    }
}

/// Reports what a statement raised.
///
/// # Errors
/// `SystemExit`, which is not reported.
fn report_or_leave(thread: &Thread, raised: Raised) -> PyResult<()> {
    let exception = thread.catch(raised);
    if exception.as_ref().ty().is_subtype(&SYSTEM_EXIT) {
        return Err(thread.raise(exception));
    }
    note_last(thread, &exception);
    report::uncaught(thread, exception, report::Main::default());
    Ok(())
}

/// Lets what is wrong with lines be an error of `<stdin>`, and of nothing that compiled them.
fn of_input(thread: &Thread, raised: Raised, text: &str) -> Raised {
    let exception = thread.catch(raised);
    taipan_vm::interp::exceptions::set_traceback(exception.as_ref(), None);
    if exception.as_ref().ty().is_subtype(&SYNTAX_ERROR)
        && let Err(raised) = complete(thread, exception.as_ref(), text)
    {
        drop(thread.catch(raised));
    }
    thread.raise(exception)
}

/// Sets the file name of a syntax error, and the line that it is in.
fn complete(thread: &Thread, exception: Ref<'_>, text: &str) -> PyResult<()> {
    let plain = || Ok(PyStr::from_text(thread, "<stdin>")?.into_value());
    let set = |name: &str, value| {
        protocol::attribute::set_attribute(thread, exception, &*intern_text(thread, name)?, Some(value))
    };
    let get = |name: &str| protocol::get_attribute(thread, exception, &*intern_text(thread, name)?);
    set("filename", plain()?)?;
    if get("text")?.as_ref().is_none() {
        let line =
            get("lineno")?.as_ref().to_i64().and_then(|line| usize::try_from(line).ok()?.checked_sub(1));
        if let Some(line) = line.and_then(|line| text.lines().nth(line)) {
            set("text", PyStr::from_text(thread, line)?.into_value())?;
        }
    }
    let arguments = get("args")?;
    let Some([message, place]) = arguments.as_ref().get::<PyTuple>().and_then(two) else { return Ok(()) };
    let Some(place) = place.as_ref().get::<PyTuple>() else { return Ok(()) };
    let mut parts: Vec<Value> = place.iter().map(Ref::to_value).collect();
    if let Some(filename) = parts.first_mut() {
        *filename = plain()?;
    }
    let place = PyTuple::from_values(thread, parts)?.into_value();
    set("args", PyTuple::pack(thread, [message, place])?.into_value())
}

/// The items of a tuple of two.
fn two(tuple: &PyTuple) -> Option<[Value; 2]> {
    (tuple.len() == 2).then(|| Some([tuple.get(0)?, tuple.get(1)?]))?
}

/// Whether an error says that brackets or quotes are open still, or that a line goes on.
fn is_open(thread: &Thread, exception: Ref<'_>) -> bool {
    let text = report::one_line(thread, exception);
    ["was never closed", "unterminated triple-quoted", "unexpected EOF"]
        .iter()
        .any(|open| text.contains(open))
}

/// Sets `sys.last_exc` and its parts.
pub(crate) fn note_last(thread: &Thread, exception: &Value) {
    let Some(own) = thread.interp().sys.get_as::<PyDict>() else { return };
    let class = taipan_object::as_ref(exception.as_ref().ty()).to_value();
    let traceback = taipan_vm::interp::exceptions::traceback(exception.as_ref()).unwrap_or_else(Value::none);
    let entries = [
        ("last_exc", exception.clone()),
        ("last_type", class),
        ("last_value", exception.clone()),
        ("last_traceback", traceback),
    ];
    for (name, value) in entries {
        if let Err(raised) = sys::set(thread, &own, name, value) {
            drop(thread.catch(raised));
        }
    }
}

impl Loop<'_, '_> {
    /// Reads a statement and runs it; false at the end of the input.
    fn step(&mut self) -> PyResult<bool> {
        let Read::Statement(code, text) = self.read()? else {
            write(self.thread, "\n");
            return Ok(false);
        };
        let thread = self.thread;
        self.count += 1;
        let cache = import(thread, "linecache")?;
        let register = intern_text(thread, "_register_code")?;
        let names = [text.as_str(), "<stdin>"].map(|text| PyStr::from_text(thread, text));
        let [text, name] = names;
        let arguments = [code.clone().into_value(), text?.into_value(), name?.into_value()];
        drop(protocol::call_method(thread, cache.as_ref(), &register, &arguments)?);
        let builtins = evaluate::builtins_of(thread, &self.globals)?;
        let space = self.globals.clone().into_value();
        let result = taipan_vm::interp::run_code(thread, &code, &self.globals, &builtins, space, None);
        self.flush();
        result.map(|_| true)
    }

    fn flush(&self) {
        for name in ["stderr", "stdout"] {
            if let Err(raised) = streams::flush(self.thread, name) {
                drop(self.thread.catch(raised));
            }
        }
    }

    /// The text of a prompt; nothing if it has none.
    fn prompt(&self, name: &str) -> String {
        let thread = self.thread;
        let shown = sys::get(thread, name).and_then(|prompt| match prompt {
            Some(prompt) => Ok(taipan_runtime_builtins::text::str(thread, prompt.as_ref())?.to_text_lossy()),
            None => Ok(String::new()),
        });
        shown.unwrap_or_else(|raised| {
            drop(thread.catch(raised));
            String::new()
        })
    }

    /// Reads lines until they are a statement.
    fn read(&mut self) -> PyResult<Read> {
        let mut text: Option<String> = None;
        loop {
            self.flush();
            let prompt = self.prompt(if text.is_none() { "ps1" } else { "ps2" });
            let line = self.lines.read(self.thread, &prompt)?;
            if line.is_none() && text.is_some() {
                write(self.thread, "\n");
            }
            let is_blank = line.as_ref().is_none_or(|line| line.trim().is_empty());
            let whole = match (text, &line) {
                (None, None) => return Ok(Read::End),
                (None, Some(_)) if is_blank => {
                    text = None;
                    continue;
                }
                (None, Some(line)) => line.clone(),
                (Some(before), line) => format!("{before}\n{}", line.as_deref().unwrap_or_default()),
            };
            // a line that nothing has ended goes on
            if self.lines.is_unterminated() {
                text = Some(whole);
                continue;
            }
            let filename = format!("{PREFIX}{}>", self.count);
            if let Some(code) = self.compiled(&whole, &filename)? {
                return Ok(Read::Statement(code, whole + "\n"));
            }
            // an empty line ends a block that has begun, and nothing else
            if is_blank {
                match self.compiled_whole(&whole, &filename) {
                    Ok(code) => return Ok(Read::Statement(code, whole + "\n")),
                    Err(raised) => self.still_incomplete(raised, line.is_none())?,
                }
            }
            text = Some(whole);
        }
    }

    /// Hands the error of lines on that are no statement, if no more lines can make them one.
    fn still_incomplete(&self, raised: Raised, is_end: bool) -> PyResult<()> {
        let exception = self.thread.catch(raised);
        match is_end || !is_open(self.thread, exception.as_ref()) {
            true => Err(self.thread.raise(exception)),
            false => Ok(()),
        }
    }

    /// The code of lines; none if more are wanted.
    fn compiled(&self, text: &str, filename: &str) -> PyResult<Option<Owned<PyCode>>> {
        let arguments = self.arguments(text, filename)?;
        let code = protocol::call(self.thread, self.compiler.as_ref(), &arguments, None);
        match code {
            Ok(code) => Ok(code.downcast::<PyCode>().ok()),
            // the places of errors are those of a text that ends with a line
            Err(raised) => {
                let exception = self.thread.catch(raised);
                match exception.as_ref().ty().is_subtype(&SYNTAX_ERROR) {
                    true => self.compiled_whole(text, filename).map(Some),
                    false => Err(of_input(self.thread, self.thread.raise(exception), text)),
                }
            }
        }
    }

    /// The code of lines that are all there will be.
    fn compiled_whole(&self, text: &str, filename: &str) -> PyResult<Owned<PyCode>> {
        let arguments = self.arguments(&format!("{text}\n"), filename)?;
        let code = crate::compiler::of(self.thread).compile(self.thread, &arguments, None);
        let code = code.map_err(|raised| of_input(self.thread, raised, text))?;
        code.downcast::<PyCode>().map_err(|other| {
            let ty = other.as_ref().ty().name();
            raise!(self.thread, TYPE_ERROR, "compile() returned {ty}")
        })
    }

    fn arguments(&self, text: &str, filename: &str) -> PyResult<[Value; 3]> {
        let text_of = |text| Ok(PyStr::from_text(self.thread, text)?.into_value());
        Ok([text_of(text)?, text_of(filename)?, text_of("single")?])
    }
}

/// A line of a statement that was read before, given the file name of its code.
pub(crate) fn line_of(thread: &Thread, filename: &str, line: u32) -> PyResult<Option<String>> {
    if !filename.starts_with(PREFIX) {
        return Ok(None);
    }
    let cache = import(thread, "linecache")?;
    let entries =
        protocol::get_attribute(thread, cache.as_ref(), &*intern_text(thread, "_interactive_cache")?)?;
    let Some(entries) = entries.as_ref().get::<PyDict>() else { return Ok(None) };
    let text_of = |text| Ok(PyStr::from_text(thread, text)?.into_value());
    let key =
        PyTuple::pack(thread, [text_of(filename)?, text_of("<module>")?, Value::small(1)])?.into_value();
    let Some(entry) = entries.get(thread, key.as_ref())? else { return Ok(None) };
    let lines = entry.as_ref().get::<PyTuple>().and_then(|entry| entry.get(2));
    let at = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
    let found = lines.as_ref().and_then(|lines| lines.as_ref().get::<PyList>()?.get(at?));
    Ok(found.and_then(|line| line.as_ref().get::<PyStr>().map(PyStr::to_text_lossy)))
}
