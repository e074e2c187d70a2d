//! The answers of this side: what `reference.py` does, with Taipan's objects.

use crate::probe::Probe;
use std::fmt::Write;
use std::path::Path;
use taipan::compile::compile;
use taipan::{Interpreter, Options, evaluate};
use taipan_host_native::NativeHost;
use taipan_object::dict::PyDict;
use taipan_object::items::{export, from_c};
use taipan_object::str::intern::intern_text;
use taipan_object::types::ready;
use taipan_object::{Owned, PyResult, Thread, Value};
use taipan_parser::Mode;
use taipan_wtf8::Wtf8;

/// Where expressions are evaluated.
struct Space<'t> {
    thread: &'t Thread,
    globals: Owned<PyDict>,
}

impl Space<'_> {
    fn run(&self, source: &str, mode: Mode) -> Result<Value, String> {
        let name = Wtf8::from_str("objects.txt");
        let made = compile(source.as_bytes(), name, mode, Default::default());
        let code = made.code.map_err(|error| format!("{source}: {}", error.message))?;
        let run = || -> PyResult<Value> {
            let code = taipan_vm::code_object(self.thread, code)?;
            let builtins = evaluate::builtins_of(self.thread, &self.globals)?;
            let space = self.globals.clone().into_value();
            taipan_vm::interp::run_code(self.thread, &code, &self.globals, &builtins, space, None)
        };
        run().map_err(|raised| {
            let exception = self.thread.catch(raised);
            format!("{source}: {}", exception.as_ref().ty().name())
        })
    }

    /// The object of an expression, as C may have it.
    fn exported(&self, expression: &str) -> Result<Value, String> {
        let value = self.run(expression, Mode::Eval)?;
        export(self.thread, value).map_err(|raised| {
            drop(self.thread.catch(raised));
            "no memory".to_owned()
        })
    }

    /// The text that an expression prints as, with the name `o` for a value.
    fn text(&self, expression: &str, value: Value) -> Result<String, String> {
        let put = || self.globals.insert(self.thread, intern_text(self.thread, "o")?.as_ref(), value);
        drop(put().map_err(|raised| drop(self.thread.catch(raised))));
        let text = self.run(&format!("str(({expression}))"), Mode::Eval)?;
        drop(self.run("del o", Mode::Exec)?);
        text.as_ref()
            .get::<taipan_object::str::PyStr>()
            .map(taipan_object::str::PyStr::to_text_lossy)
            .ok_or_else(|| format!("{expression}: no text"))
    }
}

fn interpreter() -> Result<Interpreter, String> {
    let options = Options { compiler: Some(taipan::COMPILER), ..Options::new(Box::new(NativeHost)) };
    Interpreter::new(options).map_err(|error| error.to_string())
}

/// The answers to all expressions of a file.
pub fn answers(probe: &Probe, file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let (setup, rest) = text.split_once("\n---\n").ok_or("no expressions")?;
    let interpreter = interpreter()?;
    interpreter.enter(|thread| {
        ready::show_to_c(thread);
        let globals = PyDict::new(thread).map_err(|_| "no memory")?;
        let space = Space { thread, globals };
        drop(space.run(setup, Mode::Exec)?);
        let mut answers = String::new();
        for line in rest.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            answers.push_str(line);
            answers.push('\n');
            answer(probe, &space, line, &mut answers)?;
        }
        Ok(answers)
    })
}

fn answer(probe: &Probe, space: &Space<'_>, line: &str, answers: &mut String) -> Result<(), String> {
    let (expression, after) = line.split_once(" -> ").map_or((line, None), |(one, two)| (one, Some(two)));
    let object = space.exported(expression)?;
    let _ = write!(answers, "  {}", probe.describe(&object));
    match after {
        None => {}
        Some("ends") => {
            drop(object);
            for old in [false, true] {
                let ended = probe.end(space.exported(expression)?, old);
                let log = space.text("log", Value::none())?;
                let _ = writeln!(answers, "  ended: {ended} {log}");
            }
        }
        Some(after) => {
            probe.change(&object);
            let text = space.text(after, from_c(object))?;
            let _ = writeln!(answers, "  changed: {text}");
        }
    }
    Ok(())
}
