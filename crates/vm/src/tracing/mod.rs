//! `sys.settrace` and `sys.setprofile`: who is told of what a program does.
//!
//! Frames that are entered while a function is set run a second form of their code, with operations that tell of
//! lines, calls and returns ([`RegisterCode::traced`](crate::code::RegisterCode)); others know nothing of it and are
//! as fast as ever, until `f_trace` is set: then they go over (`running.rs`). That a function is set is a bit of the safepoint word, so that calls take the slow way, which looks.
//! Invariants: nothing is told while a function is being told; what a function raises switches it off.

mod jump;
mod natives;
mod running;
mod stack_kinds;

pub(crate) use jump::{refuse_deletion, set_line};
pub(crate) use natives::told;
pub(crate) use running::{go_over, is_trapped, set_traps, trap};

use crate::frame::{Frame, Stacks, stacks};
use crate::frame_object::{self, FrameObject};
use crate::positions;
use taipan_bytecode_format::Code;
use taipan_bytecode_format::tables::positions as table;
use taipan_object::exception;
use taipan_object::str::PyStr;
use taipan_object::thread::safepoint;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol};

/// Sets the function that traces, or none.
pub fn set_trace(thread: &Thread, function: Option<Value>) {
    let stacks = stacks(thread);
    let begins = function.is_some() && stacks.trace.peek().is_none();
    let old = stacks.trace.replace(function);
    update(thread, stacks);
    drop(old);
    if begins {
        trap_traced(thread, stacks);
    }
}

/// Lets the frames go over that run and have something that traces them.
fn trap_traced(thread: &Thread, stacks: &Stacks) {
    for depth in 0..stacks.depth() {
        // SAFETY: a running frame.
        let frame = unsafe { stacks.current.get().sub(depth) };
        // SAFETY: as above.
        let object = unsafe { (*frame).object() };
        let is_traced = object
            .as_ref()
            .and_then(|object| frame_object::state_of(object.as_ref()))
            .is_some_and(|state| state.tracer().is_some());
        // a frame that there is no memory for goes on untold
        if is_traced && let Err(raised) = set_traps(thread, frame) {
            drop(thread.catch(raised));
        }
    }
}

/// Sets the function that profiles, or none.
pub fn set_profile(thread: &Thread, function: Option<Value>) {
    let stacks = stacks(thread);
    let old = stacks.profile.replace(function);
    update(thread, stacks);
    drop(old);
}

/// Lets go of what a thread's stacks refer to, at the end of its native thread.
pub fn leave_thread(thread: &Thread) {
    set_trace(thread, None);
    set_profile(thread, None);
    for hook in &stacks(thread).async_hooks {
        drop(hook.take());
    }
}

/// The functions that trace and profile.
pub fn functions(thread: &Thread) -> [Option<Value>; 2] {
    let stacks = stacks(thread);
    [stacks.trace.get(), stacks.profile.get()]
}

fn update(thread: &Thread, stacks: &Stacks) {
    match stacks.trace.peek().is_some() || stacks.profile.peek().is_some() {
        true => thread.request(safepoint::TRACE),
        false => thread.withdraw(safepoint::TRACE),
    }
}

/// Whether frames that are entered now are to tell what they do.
pub(crate) fn is_on(thread: &Thread) -> bool {
    thread.has_request(safepoint::TRACE) && stacks(thread).told.get() == Told::Nothing
}

/// What is being told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    /// Nothing is.
    Nothing,
    /// A frame begins.
    NewCall,
    /// A generator goes on.
    Resumed,
    /// A line begins.
    Line,
    /// A generator yields.
    Yield,
    /// Something else.
    Other,
}

/// What there is to tell.
enum Event {
    Call(Told),
    Line,
    Opcode,
    Return(Option<Value>, Told),
    Exception(Value),
    /// A call of a built-in function begins or ends.
    Native(&'static str, Value),
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Event::Call(_) => "call",
            Event::Line => "line",
            Event::Opcode => "opcode",
            Event::Return(..) => "return",
            Event::Exception(_) => "exception",
            Event::Native(name, _) => name,
        }
    }

    fn argument(&self) -> Value {
        match self {
            Event::Call(_) | Event::Line | Event::Opcode => Value::none(),
            Event::Return(value, _) => value.clone().unwrap_or_else(Value::none),
            Event::Exception(value) | Event::Native(_, value) => value.clone(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Event::Call(told) | Event::Return(_, told) => *told,
            Event::Line => Told::Line,
            Event::Exception(_) | Event::Opcode | Event::Native(..) => Told::Other,
        }
    }
}

/// Ends the telling when it goes.
struct Telling<'s>(&'s Stacks);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.told.set(Told::Nothing);
        self.0.told_frame.set(std::ptr::null_mut());
    }
}

fn tell(thread: &Thread, function: Ref<'_>, frame: &Value, event: &Event) -> PyResult<Value> {
    let stacks = stacks(thread);
    stacks.told.set(event.told());
    stacks
        .told_frame
        .set(frame_object::state_of(frame.as_ref()).map_or(std::ptr::null_mut(), FrameObject::live));
    let _telling = Telling(stacks);
    let name = PyStr::from_text(thread, event.name())?.into_value();
    protocol::call(thread, function, &[frame.clone(), name, event.argument()], None)
}

/// Tells the function that profiles.
fn tell_profile(thread: &Thread, frame: &Value, event: &Event) -> PyResult<()> {
    let Some(function) = stacks(thread).profile.get() else { return Ok(()) };
    match tell(thread, function.as_ref(), frame, event) {
        Ok(result) => {
            drop(result);
            Ok(())
        }
        Err(raised) => {
            let error = thread.catch(raised);
            set_profile(thread, None);
            Err(thread.raise(error))
        }
    }
}

/// Tells the function that traces the frame: at a call that of the thread, which says what traces the rest.
fn tell_trace(thread: &Thread, frame: &Value, event: &Event) -> PyResult<()> {
    let Some(global) = stacks(thread).trace.get() else { return Ok(()) };
    let Some(state) = frame_object::state_of(frame.as_ref()) else { return Ok(()) };
    let is_call = matches!(event, Event::Call(_));
    let Some(function) = (if is_call { Some(global) } else { state.tracer() }) else { return Ok(()) };
    match tell(thread, function.as_ref(), frame, event) {
        Ok(result) => {
            let is_none = result.as_ref().is_none();
            if is_call || !is_none {
                state.set_tracer(if is_none { None } else { Some(result) });
            }
            Ok(())
        }
        Err(raised) => {
            let error = thread.catch(raised);
            set_trace(thread, None);
            state.set_tracer(None);
            Err(thread.raise(error))
        }
    }
}

/// The frame object of the running frame, if somebody is to be told.
fn frame_of(thread: &Thread, frame: *mut Frame) -> PyResult<Option<Value>> {
    if !is_on(thread) {
        return Ok(None);
    }
    // SAFETY: the running frame.
    frame_object::of(thread, unsafe { &mut *frame }).map(Some)
}

/// A function begins, or a generator goes on.
pub(crate) fn call(thread: &Thread, frame: *mut Frame, begins: bool) -> PyResult<()> {
    let told = if begins { Told::NewCall } else { Told::Resumed };
    let Some(object) = frame_of(thread, frame)? else { return Ok(()) };
    if let Some(state) = frame_object::state_of(object.as_ref()) {
        match begins {
            true => state.forget_line(),
            false => note_line(state),
        }
    }
    tell_profile(thread, &object, &Event::Call(told))?;
    tell_trace(thread, &object, &Event::Call(told))
}

/// Notes the line that a frame stands in as told.
pub(crate) fn note_line(state: &FrameObject) {
    let unit = state.unit();
    let line = state.code().and_then(|code| positions::line_of(&crate::load::program(&code).source, unit));
    if let Some(line) = line {
        state.set_last_line(line, unit);
    }
}

/// A line begins, unless it is the one that ran last and nothing jumped back.
pub(crate) fn line(thread: &Thread, frame: *mut Frame) -> PyResult<()> {
    if !is_on(thread) || stacks(thread).trace.peek().is_none() {
        return Ok(());
    }
    let Some(object) = frame_of(thread, frame)? else { return Ok(()) };
    let Some(state) = frame_object::state_of(object.as_ref()) else { return Ok(()) };
    if !is_new_line(state) || !state.wants_lines() {
        return Ok(());
    }
    tell_trace(thread, &object, &Event::Line)
}

/// An instruction is next, in a frame whose instructions are told.
pub(crate) fn instruction(thread: &Thread, frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the running frame.
    let object = unsafe { (*frame).object() };
    let Some(object) = object.filter(|_| is_on(thread)) else { return Ok(()) };
    let wants = frame_object::state_of(object.as_ref()).is_some_and(FrameObject::wants_opcodes);
    if wants { tell_trace(thread, &object, &Event::Opcode) } else { Ok(()) }
}

/// What a frame delegated to has ended with a value: PEP 380 has it that this is an exception.
pub(crate) fn stopped(thread: &Thread, frame: *mut Frame, value: Value) -> PyResult<()> {
    if !is_on(thread) {
        return Ok(());
    }
    let stop = exception::instance(thread, &exception::STOP_ITERATION, Some(value))?;
    self::exception(thread, frame, &stop)
}

/// Where lines begin: code units and lines, as the table of positions has them.
fn line_starts(code: &Code) -> Vec<(u32, i32)> {
    let mut starts = Vec::new();
    let (mut unit, mut last) = (0, None);
    for entry in table::decode(&code.linetable, code.firstlineno).filter_map(Result::ok) {
        if let Some(line) = entry.location.map(|location| location.line)
            && last != Some(line)
        {
            starts.push((unit, line));
            last = Some(line);
        }
        unit += entry.units;
    }
    starts
}

fn is_new_line(state: &FrameObject) -> bool {
    let unit = state.unit();
    let line = state.code().and_then(|code| positions::line_of(&crate::load::program(&code).source, unit));
    let Some(line) = line else { return false };
    let (last_line, last_unit) = state.last_line();
    state.set_last_line(line, unit);
    last_line != line || unit <= last_unit
}

/// A frame gives a value back, at its end or as a generator that goes on later; none if it ends by an exception.
pub(crate) fn returned(
    thread: &Thread,
    frame: *mut Frame,
    value: Option<Value>,
    yields: bool,
) -> PyResult<()> {
    let Some(object) = frame_of(thread, frame)? else { return Ok(()) };
    let event = Event::Return(value, if yields { Told::Yield } else { Told::Other });
    let traced = tell_trace(thread, &object, &event);
    let profiled = match &traced {
        Ok(()) => tell_profile(thread, &object, &event),
        Err(_) => Ok(()),
    };
    traced.and(profiled)
}

/// An exception was raised in a frame, or comes by.
pub(crate) fn exception(thread: &Thread, frame: *mut Frame, exception: &Value) -> PyResult<()> {
    if stacks(thread).trace.peek().is_none() {
        return Ok(());
    }
    let Some(object) = frame_of(thread, frame)? else { return Ok(()) };
    let class = as_ref(exception.as_ref().ty()).to_value();
    let traceback = crate::interp::exceptions::traceback(exception.as_ref()).unwrap_or_else(Value::none);
    let parts = PyTuple::pack(thread, [class, exception.clone(), traceback])?.into_value();
    tell_trace(thread, &object, &Event::Exception(parts))
}
