//! Exceptions that nobody caught.

use crate::{compiler, streams};
use taipan_object::exception::{KEYBOARD_INTERRUPT, PyBaseException, SYSTEM_EXIT};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};
use taipan_traceback::{Sources, format_exception};
use taipan_vm::interp::exceptions;

/// The source that runs as `__main__`, whose lines no file may have; none by default.
#[derive(Clone, Copy, Default)]
pub(crate) struct Main<'a> {
    /// The file name of its code.
    pub(crate) filename: &'a str,
    /// Its text.
    pub(crate) source: &'a [u8],
}

/// Lines of sources: of the program, else of files.
struct Files<'a> {
    thread: &'a Thread,
    main: Main<'a>,
}

impl Sources for Files<'_> {
    fn line(&self, filename: &str, line: u32) -> Option<String> {
        match crate::interactive::line_of(self.thread, filename, line) {
            Ok(Some(line)) => return Some(line),
            Ok(None) => {}
            Err(raised) => drop(self.thread.catch(raised)),
        }
        let own = filename == self.main.filename;
        let bytes = match own {
            true => self.main.source.to_vec(),
            false => crate::files::read(self.thread, filename)
                .or_else(|| Some(crate::imports::library_source(self.thread, filename)?.to_vec()))?,
        };
        let text = compiler::of(self.thread).text(&bytes)?;
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        text.split_inclusive('\n').nth(at).map(str::to_owned)
    }

    fn compiles(&self, source: &str) -> bool {
        compiler::of(self.thread).parses(source)
    }
}

/// The last line of an exception's text.
pub(crate) fn one_line(thread: &Thread, exception: Ref<'_>) -> String {
    let name = exception.ty().short_name();
    let text = match taipan_runtime_builtins::text::str(thread, exception) {
        Ok(text) => text.to_text_lossy(),
        Err(raised) => {
            drop(thread.catch(raised));
            "<exception str() failed>".to_owned()
        }
    };
    if text.is_empty() { name.to_owned() } else { format!("{name}: {text}") }
}

/// What shells see of a process that an interrupt ended.
const INTERRUPTED: u8 = 130;

/// The status to exit with, after what was raised is reported, the modules have gone and the streams are flushed.
pub(crate) fn finish(thread: &Thread, result: PyResult<()>, main: Main<'_>) -> u8 {
    let mut interrupted = false;
    let mut status = match result {
        Ok(()) => 0,
        Err(raised) => {
            let exception = thread.catch(raised);
            interrupted = exception.as_ref().ty().is_subtype(&KEYBOARD_INTERRUPT);
            uncaught(thread, exception, main)
        }
    };
    if let Err(raised) = taipan_stdlib_core::finish_threads(thread) {
        thread.unraisable(raised, Some("Exception ignored on threading shutdown"), None);
    }
    if let Err(raised) = taipan_stdlib_core::atexit::run(thread) {
        drop(thread.catch(raised));
    }
    if !flush(thread) && status == 0 {
        status = 120;
    }
    // threads that are left behind run no further
    thread.interp().close(thread);
    if let Err(raised) = crate::shutdown::shut_down(thread) {
        drop(thread.catch(raised));
    }
    if !flush(thread) && status == 0 {
        status = 120;
    }
    if interrupted && thread.handles_signals() {
        taipan_stdlib_core::signals::end_by_interrupt(thread);
        status = INTERRUPTED;
    }
    status
}

/// Flushes the standard streams; false if standard output could not be.
fn flush(thread: &Thread) -> bool {
    let mut good = true;
    for name in ["stdout", "stderr"] {
        if let Err(raised) = streams::flush(thread, name) {
            drop(thread.catch(raised));
            good &= name != "stdout";
        }
    }
    good
}

/// Reports an exception that nobody caught; gives the status to exit with.
pub(crate) fn uncaught(thread: &Thread, exception: Value, main: Main<'_>) -> u8 {
    if exception.as_ref().ty().is_subtype(&SYSTEM_EXIT) {
        return exit_status(thread, exception.as_ref());
    }
    uncaught_while_inspecting(thread, exception, main)
}

/// The same where `SystemExit` is an exception like others.
pub(crate) fn uncaught_while_inspecting(thread: &Thread, exception: Value, main: Main<'_>) -> u8 {
    if let Err(raised) = streams::flush(thread, "stdout") {
        drop(thread.catch(raised));
    }
    if let Some(hook) = own_hook(thread)
        && let Err(raised) = call_hook(thread, hook.as_ref(), &exception)
    {
        let failed = thread.catch(raised);
        write(thread, "Error in sys.excepthook:\n");
        show(thread, failed.as_ref(), main);
        write(thread, "\nOriginal exception was:\n");
    } else if own_hook(thread).is_some() {
        return 1;
    }
    show(thread, exception.as_ref(), main);
    1
}

/// `sys.excepthook`, if a program put another one there.
fn own_hook(thread: &Thread) -> Option<Value> {
    let entry = |name: &str| match crate::sys::get(thread, name) {
        Ok(found) => found,
        Err(raised) => {
            drop(thread.catch(raised));
            None
        }
    };
    let (hook, original) = (entry("excepthook")?, entry("__excepthook__"));
    let same = original.is_some_and(|original| original.as_ref().is(hook.as_ref()));
    (!same).then_some(hook)
}

fn call_hook(thread: &Thread, hook: Ref<'_>, exception: &Value) -> PyResult<()> {
    let class = as_ref(exception.as_ref().ty()).to_value();
    let traceback = exceptions::traceback(exception.as_ref()).unwrap_or_else(Value::none);
    drop(protocol::call(thread, hook, &[class, exception.clone(), traceback], None)?);
    Ok(())
}

/// Writes to standard error; what fails there fails unheard.
pub(crate) fn write(thread: &Thread, text: &str) {
    if let Err(raised) = streams::write_error(thread, text) {
        drop(thread.catch(raised));
    }
}

/// Writes an exception with its traceback to standard error.
pub(crate) fn show(thread: &Thread, exception: Ref<'_>, main: Main<'_>) {
    let sources = Files { thread, main };
    let text = match format_exception(thread, exception, &sources) {
        Ok(lines) => lines.concat(),
        Err(raised) => {
            drop(thread.catch(raised));
            format!("{}\n", one_line(thread, exception))
        }
    };
    write(thread, &text);
}

/// The text of an exception as C's printer has it, without what it was raised from and without carets.
pub(crate) fn plain_text(thread: &Thread, exception: Ref<'_>) -> String {
    let options = taipan_traceback::Options { chain: false, limit: None, carets: false };
    let sources = Files { thread, main: Main::default() };
    match taipan_traceback::format_with(thread, exception, &sources, &options) {
        Ok(lines) => lines.concat(),
        Err(raised) => {
            drop(thread.catch(raised));
            format!("{}\n", one_line(thread, exception))
        }
    }
}

/// What `sys.exit` was given: a number, or a text to be written.
fn exit_status(thread: &Thread, exception: Ref<'_>) -> u8 {
    let code = exception.get::<PyBaseException>().and_then(|this| this.field(0));
    let Some(code) = code.filter(|code| !code.as_ref().is_none()) else { return 0 };
    if code.as_ref().is_int() {
        return code.as_ref().to_i64().unwrap_or(-1) as u8;
    }
    let text = taipan_runtime_builtins::text::str(thread, code.as_ref());
    let result = text.and_then(|text| {
        streams::write_error_value(thread, text.into_value())?;
        streams::write_error(thread, "\n")
    });
    if let Err(raised) = result {
        drop(thread.catch(raised));
    }
    1
}
