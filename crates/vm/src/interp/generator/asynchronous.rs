//! What is awaited: coroutines, and the steps of asynchronous generators.
//!
//! A value that an asynchronous generator yields comes wrapped ([`Wrapped`]), to be told from what is yielded by
//! what it awaits. A step (`asend`, `athrow`, `aclose`) is an iterator that ends with such a value.

use super::run::{Thrown, send as send_into, stop, throw};
use super::types::ASYNC_GENERATOR;
use super::{AsyncGenerator, Run, Status, methods, run_of};
use crate::frame::stacks;
use std::cell::Cell;
use taipan_object::builtin::{Binding, MethodDef, Native as Form};
use taipan_object::descriptor::table;
use taipan_object::exception::{GENERATOR_EXIT, STOP_ASYNC_ITERATION, instance};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::types::slots::Sent;
use taipan_object::{PyResult, PyTypeObject, Raised, Ref, Thread, Value, native_type, protocol, raise};

/// The iterator of a coroutine: `coroutine.__await__()`.
#[derive(Default)]
pub struct Awaiting {
    coroutine: Slot,
}

/// A value that an asynchronous generator yields.
#[derive(Default)]
pub struct Wrapped {
    value: Slot,
}

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Progress {
    #[default]
    New,
    Running,
    Over,
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Step {
    #[default]
    Send,
    Throw,
    Close,
}

/// A step of an asynchronous generator.
#[derive(Default)]
struct Operation {
    generator: Slot,
    value: Slot,
    step: Cell<Step>,
    progress: Cell<Progress>,
}

/// A step that sends.
#[derive(Default)]
pub struct AsyncSend(Operation);

/// A step that throws or closes.
#[derive(Default)]
pub struct AsyncThrow(Operation);

macro_rules! holders {
    ($($ty:ident $static:ident: $path:tt;)*) => {$(
        impl NativeType for $ty {
            fn definition() -> &'static NativeStatic<$ty> {
                &$static
            }

            fn traverse(&self, visitor: &mut Visitor) {
                self.$path.traverse_into(visitor);
            }

            fn clear(&self) {
                self.$path.clear_all();
            }
        }
    )*};
}

/// What can be shown to the collector.
trait Held {
    fn traverse_into(&self, visitor: &mut Visitor);
    fn clear_all(&self);
}

impl Held for Slot {
    fn traverse_into(&self, visitor: &mut Visitor) {
        visitor.slot(self);
    }

    fn clear_all(&self) {
        drop(self.take());
    }
}

impl Held for Operation {
    fn traverse_into(&self, visitor: &mut Visitor) {
        visitor.slot(&self.generator);
        visitor.slot(&self.value);
    }

    fn clear_all(&self) {
        drop(self.generator.take());
        drop(self.value.take());
    }
}

holders! {
    Awaiting COROUTINE_WRAPPER: coroutine;
    Wrapped WRAPPED_VALUE: value;
    AsyncSend ASYNC_SEND: 0;
    AsyncThrow ASYNC_THROW: 0;
}

fn next_of(sent: Sent, thread: &Thread) -> PyResult<Option<Value>> {
    match sent {
        Sent::Next(value) => Ok(Some(value)),
        Sent::Return(value) if value.as_ref().is_none() => Ok(None),
        Sent::Return(value) => Err(stop(thread, value)),
    }
}

native_type! {
    /// `coroutine_wrapper`.
    static COROUTINE_WRAPPER: Awaiting = "coroutine_wrapper", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does {
        iter: |_, this| Ok(this.to_value()),
        next: |thread, this| next_of(await_send(thread, this, Value::none().as_ref())?, thread),
        send: await_send,
    }
}

native_type! {
    /// `async_generator_wrapped_value`.
    static WRAPPED_VALUE: Wrapped = "async_generator_wrapped_value", flags flags::DISALLOW_INSTANTIATION,
    dict false, weak false, does {}
}

native_type! {
    /// `async_generator_asend`.
    static ASYNC_SEND: AsyncSend = "async_generator_asend", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does {
        await_: |_, this| Ok(this.to_value()),
        iter: |_, this| Ok(this.to_value()),
        next: |thread, this| next_of(step_send(thread, this, Value::none().as_ref())?, thread),
        send: step_send,
        finalize: finalize_step,
    }
}

native_type! {
    /// `async_generator_athrow`.
    static ASYNC_THROW: AsyncThrow = "async_generator_athrow", flags flags::DISALLOW_INSTANTIATION, dict false,
    weak false,
    does {
        await_: |_, this| Ok(this.to_value()),
        iter: |_, this| Ok(this.to_value()),
        next: |thread, this| next_of(step_send(thread, this, Value::none().as_ref())?, thread),
        send: step_send,
        finalize: finalize_step,
    }
}

/// The static types of this file.
pub(super) fn types() -> [&'static PyTypeObject; 4] {
    [&COROUTINE_WRAPPER, &WRAPPED_VALUE, &ASYNC_SEND, &ASYNC_THROW]
}

// -- coroutines -------------------------------------------------------------------------------------

/// `coroutine.__await__()`.
pub(super) fn await_coroutine(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let coroutine = Slot::new(this.to_value());
    Ok(Native::new(thread, Awaiting { coroutine })?.into_value())
}

fn with_coroutine<T>(
    thread: &Thread,
    this: Ref<'_>,
    act: impl FnOnce(Ref<'_>, &Run) -> PyResult<T>,
) -> PyResult<T> {
    let held = this.get::<Native<Awaiting>>().and_then(|awaiting| awaiting.coroutine.get());
    match held.as_ref().and_then(|held| Some((held.as_ref(), run_of(held.as_ref())?))) {
        Some((held, run)) => act(held, run),
        None => Err(raise!(thread, SYSTEM_ERROR, "nothing is awaited")),
    }
}

fn sent(thrown: Thrown) -> Sent {
    match thrown {
        Thrown::Yield(value) => Sent::Next(value),
        Thrown::Return(value) => Sent::Return(value),
    }
}

fn await_send(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Sent> {
    with_coroutine(thread, this, |held, run| send_into(thread, held, run, value.to_value()).map(sent))
}

fn method_result(thread: &Thread, sent: Sent) -> PyResult<Value> {
    match sent {
        Sent::Next(value) => Ok(value),
        Sent::Return(value) => Err(stop(thread, value)),
    }
}

fn await_send_method(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let sent = await_send(thread, this, value)?;
    method_result(thread, sent)
}

fn await_throw(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    methods::warn_of_parts(thread, "throw", arguments)?;
    let exception = methods::thrown_exception(thread, arguments)?;
    let result = with_coroutine(thread, this, |held, run| throw(thread, held, run, exception).map(sent))?;
    method_result(thread, result)
}

fn await_close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with_coroutine(thread, this, |held, run| super::close(thread, held, run))
}

// -- asynchronous generators ------------------------------------------------------------------------

/// Wraps what an asynchronous generator yields.
pub(crate) fn wrap(thread: &Thread, value: Value) -> PyResult<Value> {
    Ok(Native::new(thread, Wrapped { value: Slot::new(value) })?.into_value())
}

/// Asks the hooks of asynchronous generators, once for each.
fn ask_hooks(thread: &Thread, generator: Ref<'_>, run: &Run) -> PyResult<()> {
    if run.hooked.replace(true) {
        return Ok(());
    }
    let [first, finalizer] = &stacks(thread).async_hooks;
    if let Some(finalizer) = finalizer.get() {
        drop(run.finalizer.replace(Some(finalizer)));
    }
    if let Some(first) = first.get() {
        drop(protocol::call(thread, first.as_ref(), &[generator.to_value()], None)?);
    }
    Ok(())
}

fn operation(generator: Ref<'_>, value: Option<Value>, step: Step) -> Operation {
    Operation {
        generator: Slot::new(generator.to_value()),
        value: Slot::from_option(value),
        step: Cell::new(step),
        progress: Cell::default(),
    }
}

fn asend(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let run = run_of(this).ok_or_else(|| raise!(thread, SYSTEM_ERROR, "not a generator"))?;
    ask_hooks(thread, this, run)?;
    let operation = operation(this, Some(value.to_value()), Step::Send);
    Ok(Native::new(thread, AsyncSend(operation))?.into_value())
}

/// `__anext__`.
pub(super) fn anext(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    asend(thread, this, Value::none().as_ref())
}

fn athrow(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    methods::warn_of_parts(thread, "athrow", arguments)?;
    let run = run_of(this).ok_or_else(|| raise!(thread, SYSTEM_ERROR, "not a generator"))?;
    ask_hooks(thread, this, run)?;
    let exception = PyTuple::from_values(thread, arguments.to_vec())?.into_value();
    Ok(Native::new(thread, AsyncThrow(operation(this, Some(exception), Step::Throw)))?.into_value())
}

fn aclose(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let run = run_of(this).ok_or_else(|| raise!(thread, SYSTEM_ERROR, "not a generator"))?;
    ask_hooks(thread, this, run)?;
    Ok(Native::new(thread, AsyncThrow(operation(this, None, Step::Close)))?.into_value())
}

fn operation_of<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Operation> {
    if let Some(send) = this.get_exact::<Native<AsyncSend>>() {
        return Ok(&send.0);
    }
    match this.get_exact::<Native<AsyncThrow>>() {
        Some(throw) => Ok(&throw.0),
        None => Err(raise!(thread, SYSTEM_ERROR, "not a step of a generator")),
    }
}

/// A step that nobody began is warned about.
fn finalize_step(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let step = operation_of(thread, this)?;
    let generator = step.generator.get().filter(|_| step.progress.get() == Progress::New);
    let Some(run) = generator.as_ref().and_then(|generator| run_of(generator.as_ref())) else {
        return Ok(());
    };
    let (method, name) = (step.name(), methods::run_name(&run.qualname).unwrap_or_default());
    let message = format!("coroutine method '{method}' of '{name}' was never awaited");
    thread.warn(&taipan_object::exception::RUNTIME_WARNING, &message)
}

impl Operation {
    fn name(&self) -> &'static str {
        match self.step.get() {
            Step::Send => "asend",
            Step::Throw => "athrow",
            Step::Close => "aclose",
        }
    }

    fn reused(&self, thread: &Thread) -> Raised {
        let what = if self.step.get() == Step::Send { "__anext__()/asend()" } else { "aclose()/athrow()" };
        raise!(thread, RUNTIME_ERROR, "cannot reuse already awaited {what}")
    }

    fn busy(&self, thread: &Thread) -> Raised {
        let what = match self.step.get() {
            Step::Send => "anext",
            Step::Throw => "athrow",
            Step::Close => "aclose",
        };
        raise!(thread, RUNTIME_ERROR, "{what}(): asynchronous generator is already running")
    }

    /// Goes on with the step.
    fn go_on(&self, thread: &Thread, act: impl FnOnce(Ref<'_>, &Run) -> PyResult<Thrown>) -> PyResult<Sent> {
        let Some(generator) = self.generator.get() else { return Err(self.reused(thread)) };
        let Some(run) = run_of(generator.as_ref()) else { return Err(self.reused(thread)) };
        let result = act(generator.as_ref(), run);
        let over = || {
            run.busy.set(false);
            self.progress.set(Progress::Over);
        };
        match result {
            Ok(Thrown::Yield(value)) => match value.as_ref().get_exact::<Native<Wrapped>>() {
                None => Ok(Sent::Next(value)),
                Some(_) if self.step.get() == Step::Close => {
                    over();
                    Err(raise!(thread, RUNTIME_ERROR, "async generator ignored GeneratorExit"))
                }
                Some(wrapped) => {
                    over();
                    Ok(Sent::Return(wrapped.value.get().unwrap_or_else(Value::none)))
                }
            },
            Ok(Thrown::Return(_)) => {
                over();
                if self.step.get() == Step::Close {
                    return Ok(Sent::Return(Value::none()));
                }
                Err(thread.raise_arguments(&STOP_ASYNC_ITERATION, PyTuple::empty()))
            }
            Err(raised) => {
                over();
                let exception = thread.catch(raised);
                let ty = exception.as_ref().ty();
                let expected = ty.is_subtype(&STOP_ASYNC_ITERATION) || ty.is_subtype(&GENERATOR_EXIT);
                if self.step.get() == Step::Close && expected {
                    return Ok(Sent::Return(Value::none()));
                }
                Err(thread.raise(exception))
            }
        }
    }
}

/// What a new step does first.
fn begin(
    thread: &Thread,
    this: &Operation,
    generator: Ref<'_>,
    run: &Run,
    value: Ref<'_>,
) -> PyResult<Thrown> {
    match this.step.get() {
        Step::Send => {
            let first = if value.is_none() { this.value.get() } else { Some(value.to_value()) };
            send_into(thread, generator, run, first.unwrap_or_else(Value::none))
        }
        Step::Throw => {
            let arguments = this.value.get().and_then(|value| value.downcast::<PyTuple>().ok());
            let arguments: Vec<Value> =
                arguments.iter().flat_map(|arguments| arguments.iter()).map(Ref::to_value).collect();
            let exception = methods::thrown_exception(thread, &arguments)?;
            throw(thread, generator, run, exception)
        }
        Step::Close => {
            let exception = instance(thread, &GENERATOR_EXIT, None)?;
            throw(thread, generator, run, exception)
        }
    }
}

fn step_send(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Sent> {
    let step = operation_of(thread, this)?;
    match step.progress.get() {
        Progress::Over => Err(step.reused(thread)),
        Progress::Running => {
            step.go_on(thread, |generator, run| send_into(thread, generator, run, value.to_value()))
        }
        Progress::New => {
            if let Some(ended) = start(thread, step, value)? {
                return Ok(ended);
            }
            step.go_on(thread, |generator, run| begin(thread, step, generator, run, value))
        }
    }
}

/// Takes hold of the generator for a new step; the step's end if there is nothing to do.
fn start(thread: &Thread, step: &Operation, value: Ref<'_>) -> PyResult<Option<Sent>> {
    let generator = step.generator.get();
    let run = generator.as_ref().and_then(|generator| run_of(generator.as_ref()));
    let Some(run) = run else { return Err(step.reused(thread)) };
    if run.busy.get() {
        step.progress.set(Progress::Over);
        return Err(step.busy(thread));
    }
    if step.step.get() != Step::Send {
        if run.status() == Status::Ended {
            step.progress.set(Progress::Over);
            return Ok(Some(Sent::Return(Value::none())));
        }
        if !value.is_none() {
            let message = "can't send non-None value to a just-started coroutine";
            return Err(raise!(thread, RUNTIME_ERROR, "{message}"));
        }
    }
    step.progress.set(Progress::Running);
    run.busy.set(true);
    Ok(None)
}

fn step_send_method(thread: &Thread, this: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let sent = step_send(thread, this, value)?;
    method_result(thread, sent)
}

fn step_throw(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    methods::warn_of_parts(thread, "throw", arguments)?;
    let step = operation_of(thread, this)?;
    let exception = methods::thrown_exception(thread, arguments)?;
    match step.progress.get() {
        Progress::Over => return Err(step.reused(thread)),
        Progress::New => {
            if let Some(ended) = start(thread, step, Value::none().as_ref())? {
                return method_result(thread, ended);
            }
        }
        Progress::Running => {}
    }
    let sent = step.go_on(thread, |generator, run| throw(thread, generator, run, exception))?;
    method_result(thread, sent)
}

fn step_close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let step = operation_of(thread, this)?;
    if step.progress.get() == Progress::Over {
        return Ok(Value::none());
    }
    let exception = instance(thread, &GENERATOR_EXIT, None)?;
    match step_throw(thread, this, &[exception]) {
        Ok(value) => {
            drop(value);
            Err(raise!(thread, RUNTIME_ERROR, "coroutine ignored GeneratorExit"))
        }
        Err(raised) => {
            let exception = thread.catch(raised);
            let ty = exception.as_ref().ty();
            let expected =
                [&STOP_ASYNC_ITERATION, &GENERATOR_EXIT, &taipan_object::exception::STOP_ITERATION];
            if expected.into_iter().any(|class| ty.is_subtype(class)) {
                return Ok(Value::none());
            }
            Err(thread.raise(exception))
        }
    }
}

static WRAPPER_METHODS: [MethodDef; 3] = [
    MethodDef::new(c"send", Binding::Instance, Form::One(await_send_method), "", c"Goes on with a value."),
    MethodDef::new(
        c"throw",
        Binding::Instance,
        Form::Positional(await_throw),
        "",
        c"Raises an exception in it.",
    ),
    MethodDef::new(c"close", Binding::Instance, Form::None(await_close), "", c"Ends it."),
];

static STEP_METHODS: [MethodDef; 3] = [
    MethodDef::new(c"send", Binding::Instance, Form::One(step_send_method), "", c"Goes on with a value."),
    MethodDef::new(
        c"throw",
        Binding::Instance,
        Form::Positional(step_throw),
        "",
        c"Raises an exception in it.",
    ),
    MethodDef::new(c"close", Binding::Instance, Form::None(step_close), "", c"Ends it."),
];

static GENERATOR_METHODS: [MethodDef; 3] = [
    MethodDef::new(c"asend", Binding::Instance, Form::One(asend), "", c"A step that sends a value."),
    MethodDef::new(
        c"athrow",
        Binding::Instance,
        Form::Positional(athrow),
        "",
        c"A step that raises an exception.",
    ),
    MethodDef::new(c"aclose", Binding::Instance, Form::None(aclose), "", c"A step that ends it."),
];

/// Puts methods into the types.
pub(super) fn install(thread: &Thread) -> PyResult<()> {
    table::add_methods(thread, &COROUTINE_WRAPPER, &WRAPPER_METHODS)?;
    table::add_methods(thread, &ASYNC_SEND, &STEP_METHODS)?;
    table::add_methods(thread, &ASYNC_THROW, &STEP_METHODS)?;
    table::add_methods(thread, &ASYNC_GENERATOR, &GENERATOR_METHODS)
}

/// Whether a value is an asynchronous generator.
pub(crate) fn is_async_generator(value: Ref<'_>) -> bool {
    value.get_exact::<Native<AsyncGenerator>>().is_some()
}
