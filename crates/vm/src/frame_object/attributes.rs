//! Attributes and methods of `frame`.

use super::{FRAME, FrameObject, state};
use crate::frame::{Frame, UNBOUND, is_pointer};
use crate::interp::generator::Status;
use crate::{positions, tracing};
use taipan_object::declare::attribute_table;
use taipan_object::descriptor::table;
use taipan_object::str::PyStr;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

fn with<T>(thread: &Thread, this: Ref<'_>, read: impl FnOnce(&FrameObject) -> PyResult<T>) -> PyResult<T> {
    read(state(this).ok_or_else(|| raise!(thread, SYSTEM_ERROR, "not a frame"))?)
}

fn or_none(value: Option<Value>) -> Value {
    value.unwrap_or_else(Value::none)
}

fn f_code(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.code.get())))
}

fn f_globals(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.globals.get())))
}

fn f_builtins(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.builtins.get())))
}

fn f_locals(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    match with(thread, this, |frame| Ok(frame.visible_namespace()))? {
        Some(namespace) => Ok(namespace),
        None => crate::frame_locals::of(thread, this),
    }
}

fn f_back(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.back(thread)?)))
}

fn f_lasti(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(Value::small(frame.unit() as i32 * 2)))
}

fn f_lineno(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        let line = frame
            .code()
            .and_then(|code| positions::line_of(&crate::load::program(&code).source, frame.unit()));
        Ok(line.map_or_else(Value::none, Value::small))
    })
}

fn set_f_lineno(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(tracing::refuse_deletion(thread)) };
    with(thread, this, |frame| {
        tracing::set_line(thread, frame, value.as_ref())?;
        frame.forget_line();
        Ok(())
    })
}

fn f_trace(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(or_none(frame.trace.get())))
}

fn set_f_trace(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    with(thread, this, |frame| {
        let value = value.filter(|value| !value.as_ref().is_none());
        let traces = value.is_some();
        let old = frame.trace.replace(value);
        drop(old);
        match frame.live() {
            live if traces && !live.is_null() => tracing::set_traps(thread, live),
            _ => Ok(()),
        }
    })
}

fn f_generator(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        // SAFETY: `live` is null or a frame that runs.
        let of_live = unsafe { frame.live.get().as_ref() }.and_then(Frame::generator);
        // SAFETY: `run` is null or a generator that is there.
        let of_run = unsafe { frame.run.get().as_ref() }.and_then(|run| run.object());
        Ok(or_none(of_live.or(of_run)))
    })
}

fn flag(value: Option<Value>, thread: &Thread) -> PyResult<bool> {
    match value {
        Some(value) if value.as_ref().is(Value::bool(true).as_ref()) => Ok(true),
        Some(value) if value.as_ref().is(Value::bool(false).as_ref()) => Ok(false),
        Some(_) => Err(raise!(thread, TYPE_ERROR, "attribute value type must be bool")),
        None => Err(raise!(thread, TYPE_ERROR, "can't delete numeric/char attribute")),
    }
}

fn f_trace_lines(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(Value::bool(!frame.no_lines.get())))
}

fn set_f_trace_lines(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let wanted = flag(value, thread)?;
    with(thread, this, |frame| {
        frame.no_lines.set(!wanted);
        Ok(())
    })
}

fn f_trace_opcodes(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| Ok(Value::bool(frame.opcodes.get())))
}

fn set_f_trace_opcodes(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let wanted = match value {
        Some(value) => flag(Some(value), thread)?,
        None => false,
    };
    with(thread, this, |frame| {
        frame.opcodes.set(wanted);
        Ok(())
    })
}

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        let Some(code) = frame.code() else {
            return Err(raise!(thread, SYSTEM_ERROR, "a frame without code"));
        };
        let file = code.co_filename.get().unwrap_or_else(Value::none);
        let file = crate::interp::format::repr(thread, file.as_ref())?;
        let text = |value: Option<Value>| {
            value.and_then(|value| Some(value.as_ref().get::<PyStr>()?.to_text_lossy())).unwrap_or_default()
        };
        let line = positions::line_of(&crate::load::program(&code).source, frame.unit());
        let (line, file, name) = (line.unwrap_or(-1), text(Some(file)), text(code.co_name.get()));
        let at = this.word().bits();
        Ok(PyStr::from_text(thread, &format!("<frame at {at:#x}, file {file}, line {line}, code {name}>"))?
            .into_value())
    })
}

/// `frame.clear()`: releases the locals of a frame that does not run.
fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        if !frame.live.get().is_null() {
            return Err(raise!(thread, RUNTIME_ERROR, "cannot clear an executing frame"));
        }
        // SAFETY: `run` is null or a generator that is there.
        if let Some(generator) = unsafe { frame.run.get().as_ref() }.and_then(|run| run.object()) {
            let run = crate::interp::generator::run_of(generator.as_ref());
            if run.is_some_and(|run| run.status() != Status::Created) {
                return Err(raise!(thread, RUNTIME_ERROR, "cannot clear a suspended frame"));
            }
            let close = taipan_object::str::statics::names::close.get();
            drop(taipan_object::protocol::attribute::call_method(thread, generator.as_ref(), close, &[])?);
            return Ok(Value::none());
        }
        let locals = frame.locals.take();
        drop(locals);
        Ok(Value::none())
    })
}

taipan_object::declare::method_table! { METHODS:
    Instance None c"clear" "($self, /)" clear, c"Releases the locals.";
}

attribute_table! { ATTRIBUTES:
    "f_generator" f_generator, None, "The generator whose frame it is.";
    "f_trace_lines" f_trace_lines, Some(set_f_trace_lines), "Whether lines are traced.";
    "f_trace_opcodes" f_trace_opcodes, Some(set_f_trace_opcodes), "Whether instructions are traced.";
    "f_code" f_code, None, "The code that it runs.";
    "f_globals" f_globals, None, "The globals that it sees.";
    "f_builtins" f_builtins, None, "The built-ins that it sees.";
    "f_locals" f_locals, None, "Its local variables.";
    "f_back" f_back, None, "The frame that called it.";
    "f_lasti" f_lasti, None, "The offset of the instruction that ran last.";
    "f_lineno" f_lineno, Some(set_f_lineno), "The line of that instruction.";
    "f_trace" f_trace, Some(set_f_trace), "The function that traces it.";
}

/// Puts attributes into the type.
pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    debug_assert!(!is_pointer(UNBOUND));
    table::add_methods(thread, &FRAME, &METHODS)?;
    table::add_attributes(thread, &FRAME, &ATTRIBUTES)
}
