//! Suspending frames and going on with them.

use super::super::call::{self, Start, push};
use super::super::{Outcome, Vm, exceptions, run as interpreter};
use super::{AsyncGenerator, Coroutine, Generator, Run, Status, run_of};
use crate::code::OpWord;
use crate::frame::{Continuation, Frame, Stacks, UNBOUND, extra, stacks};
use crate::tracing;
use taipan_bytecode_format::CodeFlags;
use taipan_object::dict::PyDict;
use taipan_object::exception::{GENERATOR_EXIT, STOP_ITERATION};
use taipan_object::function::PyFunction;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::intern;
use taipan_object::thread::safepoint;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};

/// What goes to the continuation of a frame that ended or was suspended.
pub(crate) struct Delivered {
    pub(crate) value: Value,
    pub(crate) continuation: Continuation,
    pub(crate) destination: u16,
}

/// Keeps a loop from becoming one of vectors.
#[inline(always)]
fn taken() {
    // SAFETY: no instruction.
    unsafe { std::arch::asm!("", options(nomem, nostack, preserves_flags)) }
}

/// Moves the first slots of a frame, those that hold something, to where the generator keeps them.
///
/// # Safety
/// The frame is the running one, with so many slots in use.
#[inline(always)]
unsafe fn move_out(slots: *mut u64, live: usize, to: *mut u64) {
    // SAFETY: by contract.
    unsafe {
        let mut at = 0;
        while at < live {
            let bits = *slots.add(at);
            *to.add(at) = bits;
            if bits & 7 == 0 {
                *slots.add(at) = UNBOUND;
            }
            at += 1;
        }
    }
}

fn owned_dict(dict: *const PyDict) -> Option<Value> {
    // SAFETY: null or a dict that the frame keeps alive.
    unsafe { dict.as_ref() }.map(|dict| Owned::new_ref(dict).into_value())
}

/// Where the running frame was called from: file name, line and function of up to so many frames.
fn origin(thread: &Thread, depth: usize) -> PyResult<Value> {
    let mut places = Vec::new();
    for at in 1..=depth {
        let Some(frame) = crate::frame_object::nth(thread, at)? else { break };
        let Some(state) = crate::frame_object::state_of(frame.as_ref()) else { break };
        let Some(code) = state.code() else { break };
        let line = crate::positions::line_of(&crate::load::program(&code).source, state.unit());
        let [file, name] =
            [&code.co_filename, &code.co_name].map(|slot| slot.get().unwrap_or_else(Value::none));
        let place = [file, Value::small(line.unwrap_or(0)), name];
        places.push(PyTuple::pack(thread, place)?.into_value());
    }
    Ok(PyTuple::from_values(thread, places)?.into_value())
}

/// Makes a generator of the running frame, which ends for its caller with the generator as its result.
#[inline(never)]
pub(crate) fn return_generator(vm: Vm<'_>, w: OpWord) -> PyResult<Delivered> {
    let (thread, frame) = (vm.thread, vm.frame());
    let code = vm.code();
    let mut slots = vec![UNBOUND; code.slots as usize].into_boxed_slice();
    // SAFETY: the running frame.
    unsafe { move_out(frame.slots, w.a(), slots.as_mut_ptr()) };
    // SAFETY: null or the function that runs; a code object outlives its register code.
    let (function, object) = unsafe { (frame.function.as_ref(), &*code.object) };
    let function = function.map(|function: &PyFunction| Owned::new_ref(function));
    let names = match &function {
        Some(function) => [function.func_name().get(), function.func_qualname().get()],
        None => [object.co_name.get(), object.co_qualname.get()],
    };
    let [name, qualname] = names;
    let mut run = Run::default();
    *run.slots.get_mut() = slots;
    run.live.set(w.a());
    run.ip.set(frame.ip);
    run.registers.set(code);
    run.status.set(Status::Created);
    run.function = Slot::from_option(function.map(Owned::into_value));
    run.code = Slot::new(Owned::new_ref(object).into_value());
    run.globals = Slot::from_option(owned_dict(frame.globals));
    run.builtins = Slot::from_option(owned_dict(frame.builtins));
    run.namespace = Slot::from_option(frame.namespace());
    run.name = Slot::from_option(name);
    run.qualname = Slot::from_option(qualname);
    let flags = code.source.flags;
    let value = if flags.has(CodeFlags::COROUTINE) {
        let depth = stacks(thread).origin_depth.get();
        if depth > 0 {
            run.origin = Slot::new(origin(thread, depth)?);
        }
        Native::new(thread, Coroutine(run))?.into_value()
    } else if flags.has(CodeFlags::ASYNC_GENERATOR) {
        Native::new(thread, AsyncGenerator(run))?.into_value()
    } else {
        Native::new(thread, Generator(run))?.into_value()
    };
    let (continuation, destination) = (frame.continuation, frame.destination);
    // SAFETY: the frame's slots were moved out.
    unsafe { call::pop(thread, stacks(thread), stacks(thread).current.get()) };
    Ok(Delivered { value, continuation, destination })
}

/// Pushes the frame of a generator that waits; `sent` is what its `yield` gives.
pub(crate) fn resume(
    thread: &Thread,
    stacks: &Stacks,
    generator: Ref<'_>,
    run: &Run,
    sent: Value,
    continuation: Continuation,
) -> PyResult<()> {
    let Some(code) = run.registers() else {
        return Err(raise!(thread, SYSTEM_ERROR, "a generator has no code"));
    };
    let slots = stacks.top();
    let room = stacks.reserve(slots.wrapping_add(code.slots as usize + 1));
    let Some(next) = stacks.next().filter(|_| room) else { return Err(call::too_deep(thread)) };
    let start = Start {
        code,
        function: run.function.peek_object().map_or(std::ptr::null(), |f| f.as_ptr().cast_const().cast()),
        globals: call::dict_of(&run.globals),
        builtins: call::dict_of(&run.builtins),
        slots,
        continuation,
        destination: 0,
    };
    // SAFETY: reserved; the generator, which the frame holds, keeps what the frame points to.
    unsafe {
        let ip = run.ip.get();
        let place = OpWord(*ip).a();
        let kept = (*run.slots.get()).as_ptr();
        let mut at = 0;
        while at < place {
            // no loop of vectors for what is mostly a few
            taken();
            *slots.add(at) = *kept.add(at);
            at += 1;
        }
        push(stacks, next, start);
        // the value that was yielded is gone from there
        *slots.add(place) = sent.into_word().bits();
        (*next).ip = ip.add(1);
        (*next).set_generator(generator.to_value(), run);
        if let Some(namespace) = run.namespace.get() {
            (*next).set_namespace(namespace);
        }
        if let Some(object) = run.object.take() {
            crate::frame_object::attach(&object, next);
            (*next).set_object(object);
        }
    }
    run.status.set(Status::Running);
    run.handled.previous.set(thread.exc_info.get());
    thread.exc_info.set(&raw const run.handled);
    if thread.has_request(safepoint::TRACE) && !code.traced {
        trace_resumed(thread, next);
    }
    Ok(())
}

/// A generator that was suspended before anybody traced goes on traced; where there is no memory for that it does not.
#[cold]
#[inline(never)]
fn trace_resumed(thread: &Thread, frame: *mut crate::frame::Frame) {
    // SAFETY: the frame was pushed and stands behind the operation that suspended it.
    if let Err(raised) = unsafe { tracing::go_over(thread, frame) } {
        drop(thread.catch(raised));
    }
}

/// Suspends the running frame, which yields what its operand names; gives the word of that.
///
/// # Safety
/// The frame is the running one, that of a generator; `ip` is the operation.
#[inline(always)]
unsafe fn put_away(thread: &Thread, stacks: &Stacks, frame: *mut Frame, ip: *const u64) -> u64 {
    // SAFETY: by contract; the generator runs, so that its own slots hold nothing.
    unsafe {
        let run = &*(*frame).run;
        let live = OpWord(*ip).a();
        let value = (*frame).slots.add(live).replace(UNBOUND);
        move_out((*frame).slots, live, (*run.slots.get()).as_mut_ptr());
        run.live.set(live);
        run.ip.set(ip);
        thread.exc_info.set(run.handled.previous.get());
        run.status.set(Status::Suspended);
        if (*frame).has(extra::OBJECT)
            && let Some(object) = (*frame).object()
        {
            crate::frame_object::suspend(&object, run);
            drop(run.object.replace(Some(object)));
        }
        if (*frame).extras == extra::GENERATOR {
            (*frame).extras = 0;
            let generator = (*frame).generator.take();
            stacks.current.set(frame.sub(1));
            drop(generator);
        } else {
            let extras = (*frame).take_extras();
            stacks.current.set(frame.sub(1));
            drop(extras);
        }
        value
    }
}

/// Suspends the frame of a generator for the loop `for` that runs in the frame below, or for native code; gives the
/// item.
///
/// # Safety
/// As for `put_away`; the frame's continuation is `Next` or `Entry`.
#[inline(never)]
pub(crate) unsafe fn next_item(thread: &Thread, stacks: &Stacks, frame: *mut Frame, ip: *const u64) -> u64 {
    // SAFETY: by contract.
    unsafe { put_away(thread, stacks, frame, ip) }
}

/// Suspends the running frame, which yields what its operand names.
#[inline(never)]
pub(crate) fn suspend(vm: Vm<'_>, _: OpWord) -> PyResult<Delivered> {
    let (thread, frame) = (vm.thread, vm.frame());
    if !frame.has(extra::GENERATOR) {
        return Err(raise!(thread, SYSTEM_ERROR, "yield outside of a generator"));
    }
    let (continuation, destination) = (frame.continuation, frame.destination);
    let stacks = stacks(thread);
    // SAFETY: the running frame.
    let value = unsafe {
        let bits = put_away(thread, stacks, stacks.current.get(), frame.ip);
        Value::from_word(crate::frame::word(bits))
    };
    Ok(Delivered { value, continuation, destination })
}

/// Notes that the running frame ends, if it is that of a generator.
pub(crate) fn end_run(thread: &Thread, frame: &Frame) {
    if !frame.has(extra::GENERATOR) {
        return;
    }
    // SAFETY: a frame with a generator has its state, which the generator keeps.
    if let Some(run) = unsafe { frame.run.as_ref() } {
        thread.exc_info.set(run.handled.previous.get());
        run.status.set(Status::Ended);
        drop(run.handled.exc_value.take());
    }
}

// -- from native code ------------------------------------------------------------------------------

/// What a generator gave.
pub enum Thrown {
    /// A value.
    Yield(Value),
    /// It ended.
    Return(Value),
}

impl From<Outcome> for Thrown {
    fn from(outcome: Outcome) -> Thrown {
        match outcome {
            Outcome::Yield(value) => Thrown::Yield(value),
            Outcome::Return(value) => Thrown::Return(value),
        }
    }
}

/// What a generator is called in messages.
pub(super) fn kind_name(generator: Ref<'_>) -> &'static str {
    if generator.get_exact::<Native<Coroutine>>().is_some() {
        "coroutine"
    } else if generator.get_exact::<Native<AsyncGenerator>>().is_some() {
        "async generator"
    } else {
        "generator"
    }
}

#[cold]
fn already_runs(thread: &Thread, generator: Ref<'_>) -> Raised {
    raise!(thread, VALUE_ERROR, "{} already executing", kind_name(generator))
}

/// Goes on with a generator: what its `send` does. One that has ended returns None again, but a coroutine is an
/// error.
pub fn send(thread: &Thread, generator: Ref<'_>, run: &Run, value: Value) -> PyResult<Thrown> {
    match run.status() {
        Status::Running => return Err(already_runs(thread, generator)),
        Status::Ended => {
            if kind_name(generator) == "coroutine" {
                let message = "cannot reuse already awaited coroutine";
                return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
            }
            return Ok(Thrown::Return(Value::none()));
        }
        Status::Created if !value.as_ref().is_none() => {
            let kind = kind_name(generator);
            return Err(raise!(thread, TYPE_ERROR, "can't send non-None value to a just-started {kind}"));
        }
        _ => {}
    }
    let stacks = stacks(thread);
    let _guard = thread.recurse("")?;
    resume(thread, stacks, generator, run, value, Continuation::Entry)?;
    interpreter::run(thread, stacks).map(Thrown::from)
}

/// Raises an exception where a generator waits.
pub fn throw(thread: &Thread, generator: Ref<'_>, run: &Run, exception: Value) -> PyResult<Thrown> {
    if run.status() == Status::Running {
        return Err(already_runs(thread, generator));
    }
    if let Some(delegate) = run.delegate() {
        match throw_into(thread, run, delegate, &exception)? {
            Some(value) => return Ok(Thrown::Yield(value)),
            None => {
                if let Some(raised) = thread.take_exception() {
                    return raise_in(thread, generator, run, raised);
                }
            }
        }
    }
    raise_in(thread, generator, run, exception)
}

/// Hands an exception on to what a generator delegates to. A value is what that yields; none says that the
/// exception is to be raised in the generator itself, another one if it rests in the thread.
fn throw_into(thread: &Thread, run: &Run, delegate: Value, exception: &Value) -> PyResult<Option<Value>> {
    run.status.set(Status::Running);
    let result = throw_into_delegate(thread, delegate, exception);
    run.status.set(Status::Suspended);
    match result {
        Ok(value) => Ok(value),
        Err(raised) => {
            let raised = thread.catch(raised);
            drop(thread.raise(raised));
            Ok(None)
        }
    }
}

fn throw_into_delegate(thread: &Thread, delegate: Value, exception: &Value) -> PyResult<Option<Value>> {
    let this = delegate.as_ref();
    if exception.as_ref().ty().is_subtype(&GENERATOR_EXIT) {
        close_delegate(thread, this)?;
        return Ok(None);
    }
    if let Some(run) = run_of(this)
        && this.get_exact::<Native<AsyncGenerator>>().is_none()
    {
        return match throw(thread, this, run, exception.clone())? {
            Thrown::Yield(value) => Ok(Some(value)),
            Thrown::Return(value) => Err(stop(thread, value)),
        };
    }
    let name = intern::intern_text(thread, "throw")?;
    match super::super::attributes::optional(thread, this, &name)? {
        Some(method) => {
            protocol::call(thread, method.as_ref(), std::slice::from_ref(exception), None).map(Some)
        }
        None => Ok(None),
    }
}

/// Closes what a generator delegates to.
fn close_delegate(thread: &Thread, delegate: Ref<'_>) -> PyResult<()> {
    if let Some(run) = run_of(delegate)
        && delegate.get_exact::<Native<AsyncGenerator>>().is_none()
    {
        close(thread, delegate, run)?;
        return Ok(());
    }
    let name = intern::intern_text(thread, "close")?;
    match super::super::attributes::optional(thread, delegate, &name) {
        Ok(Some(method)) => drop(protocol::call(thread, method.as_ref(), &[], None)?),
        Ok(None) => {}
        // the generator is closed all the same
        Err(raised) => thread.unraisable(raised, None, Some(delegate)),
    }
    Ok(())
}

/// A `StopIteration` with a value.
#[cold]
pub(crate) fn stop(thread: &Thread, value: Value) -> Raised {
    if value.as_ref().is_none() {
        return thread.raise_arguments(&STOP_ITERATION, taipan_object::tuple::PyTuple::empty());
    }
    thread.raise_value(&STOP_ITERATION, value)
}

/// Raises an exception in the generator's own frame.
fn raise_in(thread: &Thread, generator: Ref<'_>, run: &Run, mut exception: Value) -> PyResult<Thrown> {
    match run.status() {
        Status::Running => return Err(already_runs(thread, generator)),
        Status::Ended => {
            if kind_name(generator) == "coroutine" {
                let message = "cannot reuse already awaited coroutine";
                return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
            }
            return Err(thread.raise(exception));
        }
        Status::Created => {
            // there is no handler yet: the frame's line stands in the traceback all the same
        }
        Status::Suspended => {}
    }
    let stacks = stacks(thread);
    let _guard = thread.recurse("")?;
    let goes_on = run.status() == Status::Suspended;
    resume(thread, stacks, generator, run, Value::none(), Continuation::Entry)?;
    // SAFETY: the frame that was just pushed: the exception is raised where it waits, an operation of one word.
    unsafe {
        let frame = stacks.current.get();
        (*frame).ip = (*frame).ip.sub(1);
        if goes_on
            && (*(*frame).code).traced
            && let Err(raised) = tracing::call(thread, frame, false)
        {
            exception = thread.catch(raised);
        }
    }
    exceptions::set_context(thread, exception.as_ref());
    let raised = thread.raise(exception);
    interpreter::run_raising(thread, stacks, raised).map(Thrown::from)
}

/// Closes a generator: what its `close` does.
pub fn close(thread: &Thread, generator: Ref<'_>, run: &Run) -> PyResult<Value> {
    match run.status() {
        Status::Running => return Err(already_runs(thread, generator)),
        Status::Ended => return Ok(Value::none()),
        Status::Created => {
            run.end();
            return Ok(Value::none());
        }
        Status::Suspended => {}
    }
    let mut failed = None;
    if let Some(delegate) = run.delegate() {
        run.status.set(Status::Running);
        let closed = close_delegate(thread, delegate.as_ref());
        run.status.set(Status::Suspended);
        failed = closed.err().map(|raised| thread.catch(raised));
    }
    let exception = match failed {
        Some(exception) => exception,
        None => taipan_object::exception::instance(thread, &GENERATOR_EXIT, None)?,
    };
    match raise_in(thread, generator, run, exception) {
        Ok(Thrown::Yield(value)) => {
            drop(value);
            let kind = kind_name(generator);
            Err(raise!(thread, RUNTIME_ERROR, "{kind} ignored GeneratorExit"))
        }
        Ok(Thrown::Return(value)) => Ok(value),
        Err(raised) => {
            let exception = thread.catch(raised);
            let ty = exception.as_ref().ty();
            if ty.is_subtype(&GENERATOR_EXIT) || ty.is_subtype(&STOP_ITERATION) {
                return Ok(Value::none());
            }
            Err(thread.raise(exception))
        }
    }
}
