//! `Future`: what one holds, how it is made and ends, its attributes.

use std::cell::Cell;

use taipan_object::declare::{attribute_table, method_table, receiver};
use taipan_object::dict::PyDict;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::set::PySet;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::Parameters;

use crate::state::{self, Need, call_method};
use crate::task::{TASK, TaskPart};
use crate::{Names, callbacks, iterator, registry, result, running};

/// Whether there is a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Status {
    /// Not yet.
    #[default]
    Pending,
    /// There will be none.
    Cancelled,
    /// A result, or an exception.
    Finished,
}

/// A future.
#[derive(Default)]
pub(crate) struct Future {
    pub(crate) status: Cell<Status>,
    /// The event loop; nothing before the future is set up.
    pub(crate) event_loop: Slot,
    /// Whether it was yielded by its own iterator.
    pub(crate) blocking: Cell<bool>,
    /// Whether an exception is told of that nobody asked for.
    pub(crate) tells: Cell<bool>,
    pub(crate) result: Slot,
    pub(crate) exception: Slot,
    pub(crate) traceback: Slot,
    pub(crate) source: Slot,
    pub(crate) cancel_message: Slot,
    /// The error that the task was cancelled by.
    pub(crate) cancelled_by: Slot,
    /// The first callback, and its context.
    pub(crate) callback: Slot,
    pub(crate) context: Slot,
    /// The others: a list of pairs.
    pub(crate) callbacks: Slot,
    /// Who waits for it: a task or future, or a set of them.
    pub(crate) awaited_by: Slot,
    pub(crate) task: TaskPart,
}

native_type! {
    /// `_asyncio.Future`
    pub(crate) static FUTURE: Future = "_asyncio.Future", flags flags::BASETYPE, dict true, weak true,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Future::default())?.into_value()),
        init: init,
        repr: |thread, this| shown(thread, this, Need::FutureRepr),
        iter: iterator::iter,
        await_: iterator::iter,
        finalize: finalize,
    }
}

impl Future {
    fn slots(&self) -> [&Slot; 15] {
        let task = &self.task;
        [
            &self.event_loop,
            &self.result,
            &self.exception,
            &self.traceback,
            &self.source,
            &self.cancel_message,
            &self.cancelled_by,
            &self.callback,
            &self.context,
            &self.callbacks,
            &self.awaited_by,
            &task.coroutine,
            &task.context,
            &task.name,
            &task.waiter,
        ]
    }
}

impl NativeType for Future {
    fn definition() -> &'static NativeStatic<Future> {
        &FUTURE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.slots().iter().for_each(|slot| visitor.slot(slot));
    }

    fn clear(&self) {
        self.slots().iter().for_each(|slot| drop(slot.take()));
    }
}

method_table! { METHODS:
    Instance None c"result" "($self, /)" result::result, c"The result; the exception is raised.";
    Instance None c"exception" "($self, /)" result::exception, c"The exception, or None.";
    Instance Keywords c"set_result" "($self, result, /)" result::set_result, c"Sets the result.";
    Instance Keywords c"set_exception" "($self, exception, /)" result::set_exception, c"Sets the exception.";
    Instance Keywords c"add_done_callback" "($self, fn, /, *, context=<unrepresentable>)" callbacks::add, c"Adds what is called in the end.";
    Instance Keywords c"remove_done_callback" "($self, fn, /)" callbacks::remove, c"Takes out what would be called in the end.";
    Instance Keywords c"cancel" "($self, /, msg=None)" cancel, c"Cancels, if there is no result yet.";
    Instance None c"cancelled" "($self, /)" cancelled, c"Whether it was cancelled.";
    Instance None c"done" "($self, /)" done, c"Whether it has ended in any way.";
    Instance None c"get_loop" "($self, /)" get_loop, c"The event loop.";
    Instance None c"_make_cancelled_error" "($self, /)" |thread, this| receiver::<Future>(thread, this)?.cancelled_error(thread), c"The error that says it was cancelled.";
}

attribute_table! { ATTRIBUTES:
    "_state" |thread, this| status_text(thread, alive(thread, this)?), None, "Whether there is a result.";
    "_asyncio_future_blocking" |thread, this| Ok(Value::bool(receiver::<Future>(thread, this)?.blocking.get())), Some(set_blocking), "Whether it was yielded by its own iterator.";
    "_loop" |thread, this| Ok(receiver::<Future>(thread, this)?.event_loop.get_or_none()), None, "The event loop.";
    "_callbacks" callbacks::list, None, "What is called in the end.";
    "_result" |thread, this| Ok(alive(thread, this)?.result.get_or_none()), None, "The result.";
    "_exception" |thread, this| Ok(alive(thread, this)?.exception.get_or_none()), None, "The exception.";
    "_log_traceback" |thread, this| Ok(Value::bool(alive(thread, this)?.tells.get())), Some(set_tells), "Whether an exception is told of that nobody asked for.";
    "_source_traceback" |thread, this| Ok(receiver::<Future>(thread, this)?.source.get_or_none()), None, "Where it was made.";
    "_cancel_message" |thread, this| Ok(receiver::<Future>(thread, this)?.cancel_message.get_or_none()), Some(set_cancel_message), "The argument of the error that says it was cancelled.";
    "_asyncio_awaited_by" awaited_by, None, "Who waits for it.";
}

/// A future or task of exactly these types.
pub(crate) fn exact(value: Ref<'_>) -> Option<&Native<Future>> {
    let is_exact = |ty: &PyTypeObject| {
        std::ptr::eq(ty, &*FUTURE as &PyTypeObject) || std::ptr::eq(ty, &*TASK as &PyTypeObject)
    };
    value.get::<Native<Future>>().filter(|_| is_exact(value.ty()))
}

/// A future that was set up.
pub(crate) fn alive<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<Future>> {
    let future = receiver::<Future>(thread, this)?;
    match future.event_loop.peek() {
        Some(_) => Ok(future),
        None => Err(not_alive(thread)),
    }
}

#[cold]
pub(crate) fn not_alive(thread: &Thread) -> Raised {
    raise!(thread, RUNTIME_ERROR, "Future object is not initialized.")
}

/// What a function in Python shows of it.
pub(crate) fn shown(thread: &Thread, this: Ref<'_>, by: Need) -> PyResult<Value> {
    alive(thread, this)?;
    let function = state::of(thread)?.need(by);
    protocol::call(thread, function.as_ref(), &[this.to_value()], None)
}

const INIT: Parameters<1> =
    Parameters { function: "Future", names: ["loop"], positional_only: 0, positional: 0, required: 0 };

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    let [event_loop] = INIT.bind(thread, arguments, names)?;
    set_up(thread, receiver::<Future>(thread, this)?, event_loop)
}

/// Makes a future one without a result, of an event loop.
pub(crate) fn set_up(thread: &Thread, future: &Future, event_loop: Option<Ref<'_>>) -> PyResult<()> {
    let slots = [
        &future.result,
        &future.exception,
        &future.traceback,
        &future.source,
        &future.cancel_message,
        &future.cancelled_by,
        &future.callback,
        &future.context,
        &future.callbacks,
        &future.awaited_by,
    ];
    slots.iter().for_each(|slot| drop(slot.take()));
    future.status.set(Status::Pending);
    future.blocking.set(false);
    future.tells.set(false);
    let event_loop = match event_loop.filter(|event_loop| !event_loop.is_none()) {
        Some(event_loop) => event_loop.to_value(),
        None => running::event_loop(thread)?,
    };
    drop(future.event_loop.replace(Some(event_loop.clone())));
    let debug = call_method(thread, &event_loop, "get_debug", &[])?;
    if protocol::truth(thread, debug.as_ref())? && !thread.interp().finalizing.get() {
        let extract = state::of(thread)?.need(Need::ExtractStack);
        drop(future.source.replace(Some(protocol::call(thread, extract.as_ref(), &[], None)?)));
    }
    Ok(())
}

fn status_text(thread: &Thread, future: &Future) -> PyResult<Value> {
    let text = match future.status.get() {
        Status::Pending => "PENDING",
        Status::Cancelled => "CANCELLED",
        Status::Finished => "FINISHED",
    };
    Ok(intern_text(thread, text)?.into_value())
}

/// The message for an attribute that cannot be deleted.
pub(crate) fn not_deleted(thread: &Thread, this: Ref<'_>, name: &str) -> Raised {
    let ty = this.ty().name();
    raise!(thread, ATTRIBUTE_ERROR, "attribute '{name}' of '{ty}' objects cannot be deleted")
}

fn set_blocking(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(not_deleted(thread, this, "_asyncio_future_blocking")) };
    let future = alive(thread, this)?;
    future.blocking.set(protocol::truth(thread, value.as_ref())?);
    Ok(())
}

fn set_tells(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(not_deleted(thread, this, "_log_traceback")) };
    if protocol::truth(thread, value.as_ref())? {
        return Err(raise!(thread, VALUE_ERROR, "_log_traceback can only be set to False"));
    }
    receiver::<Future>(thread, this)?.tells.set(false);
    Ok(())
}

fn set_cancel_message(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(not_deleted(thread, this, "_cancel_message")) };
    drop(receiver::<Future>(thread, this)?.cancel_message.replace(Some(value)));
    Ok(())
}

fn awaited_by(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let Some(known) = receiver::<Future>(thread, this)?.awaited_by.get() else { return Ok(Value::none()) };
    let frozen = PySet::new_frozen(thread)?;
    match known.as_ref().get::<PySet>() {
        Some(set) => frozen.merge(thread, set)?,
        None => drop(frozen.add(thread, known.as_ref())?),
    }
    Ok(frozen.into_value())
}

const CANCEL: Parameters<1> =
    Parameters { function: "cancel", names: ["msg"], positional_only: 0, positional: 1, required: 0 };

/// The argument of `cancel`.
pub(crate) fn cancel_argument(thread: &Thread, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [message] = CANCEL.bind(thread, arguments, names)?;
    Ok(message.map_or_else(Value::none, Ref::to_value))
}

fn cancel(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let message = cancel_argument(thread, arguments, names)?;
    alive(thread, this)?;
    result::cancel(thread, this, message)
}

fn cancelled(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let future = receiver::<Future>(thread, this)?;
    Ok(Value::bool(future.event_loop.peek().is_some() && future.status.get() == Status::Cancelled))
}

fn done(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let future = receiver::<Future>(thread, this)?;
    Ok(Value::bool(future.event_loop.peek().is_some() && future.status.get() != Status::Pending))
}

fn get_loop(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(alive(thread, this)?.event_loop.get_or_none())
}

impl Future {
    /// The error that says that the future was cancelled. One that a task was cancelled by is given once.
    pub(crate) fn cancelled_error(&self, thread: &Thread) -> PyResult<Value> {
        if let Some(by) = self.cancelled_by.take() {
            return Ok(by);
        }
        let class = state::of(thread)?.need(Need::CancelledError);
        let message = self.cancel_message.get_or_none();
        let arguments = if message.as_ref().is_none() { &[][..] } else { std::slice::from_ref(&message) };
        protocol::call(thread, class.as_ref(), arguments, None)
    }
}

/// Tells the event loop of something.
pub(crate) fn tell(
    thread: &Thread,
    future: &Future,
    entries: &[(&str, Value)],
    message: &str,
) -> PyResult<()> {
    let context = PyDict::new(thread)?;
    let message = PyStr::from_text(thread, message)?.into_value();
    let add = |name: &str, value: Value| -> PyResult<()> {
        drop(context.insert(thread, intern_text(thread, name)?.as_ref(), value)?);
        Ok(())
    };
    add("message", message)?;
    for (name, value) in entries {
        add(name, value.clone())?;
    }
    if let Some(source) = future.source.get().filter(|source| !source.as_ref().is_none()) {
        add("source_traceback", source)?;
    }
    let event_loop = future.event_loop.get_or_none();
    call_method(thread, &event_loop, "call_exception_handler", &[context.into_value()]).map(drop)
}

/// Tells of an exception that nobody asked for.
pub(crate) fn finalize(thread: &Thread, this: Ref<'_>) -> PyResult<()> {
    let future = receiver::<Future>(thread, this)?;
    registry::forget(thread, this, future);
    if !future.tells.replace(false) {
        return Ok(());
    }
    let message = format!("{} exception was never retrieved", this.ty().short_name());
    let entries = [("exception", future.exception.get_or_none()), ("future", this.to_value())];
    if let Err(raised) = tell(thread, future, &entries, &message) {
        thread.unraisable(raised, None, Some(this));
    }
    Ok(())
}
