//! Exceptions that nobody caught.

use crate::streams;
use taipan_object::exception::{PyBaseException, SYSTEM_EXIT};
use taipan_object::str::PyStr;
use taipan_object::traceback::PyTraceback;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_vm::interp::exceptions;
use taipan_vm::{frame_object, positions, program};

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

/// The status to exit with, after what was raised is reported and the streams are flushed.
pub(crate) fn finish(thread: &Thread, result: PyResult<()>) -> u8 {
    let mut status = match result {
        Ok(()) => 0,
        Err(raised) => {
            let exception = thread.catch(raised);
            uncaught(thread, exception)
        }
    };
    for name in ["stdout", "stderr"] {
        if let Err(raised) = streams::flush(thread, name) {
            drop(thread.catch(raised));
            if name == "stdout" && status == 0 {
                status = 120;
            }
        }
    }
    status
}

fn uncaught(thread: &Thread, exception: Value) -> u8 {
    if exception.as_ref().ty().is_subtype(&SYSTEM_EXIT) {
        return exit_status(thread, exception.as_ref());
    }
    if let Err(raised) = streams::flush(thread, "stdout") {
        drop(thread.catch(raised));
    }
    let text = format!("{}{}\n", traceback(exception.as_ref()), one_line(thread, exception.as_ref()));
    if let Err(raised) = streams::write_error(thread, &text) {
        drop(thread.catch(raised));
    }
    1
}

/// What `sys.exit` was given: a number, or a text to be written.
fn exit_status(thread: &Thread, exception: Ref<'_>) -> u8 {
    let code = exception.get::<PyBaseException>().and_then(|this| this.field(0));
    let Some(code) = code.filter(|code| !code.as_ref().is_none()) else { return 0 };
    if code.as_ref().is_int() {
        return code.as_ref().to_i64().unwrap_or(-1) as u8;
    }
    let text = taipan_runtime_builtins::text::str(thread, code.as_ref());
    let result = text.and_then(|text| streams::write_error(thread, &format!("{}\n", text.to_text_lossy())));
    if let Err(raised) = result {
        drop(thread.catch(raised));
    }
    1
}

/// The way that an exception took.
fn traceback(exception: Ref<'_>) -> String {
    let mut out = String::new();
    let mut at = exceptions::traceback(exception);
    while let Some(entry) = at {
        let Some(entry) = entry.as_ref().get::<PyTraceback>() else { break };
        let frame = entry.tb_frame().get();
        let code = frame.as_ref().and_then(|frame| frame_object::state_of(frame.as_ref())?.code());
        if let Some(code) = code {
            let source = &program(&code).source;
            let line = positions::line_of(source, entry.tb_place().get()[0] as u32 / 2);
            let file = String::from_utf8_lossy(source.filename.as_wtf8().as_bytes()).into_owned();
            let name = code.co_name.get();
            let name = name.as_ref().and_then(|name| name.as_ref().get::<PyStr>());
            let name = name.map_or_else(String::new, PyStr::to_text_lossy);
            out += &format!("  File \"{file}\", line {}, in {name}\n", line.unwrap_or(0));
        }
        let next = entry.tb_next().get();
        at = next;
    }
    if out.is_empty() { out } else { format!("Traceback (most recent call last):\n{out}") }
}
