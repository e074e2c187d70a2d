//! `yield from` and `await`.

use super::generator::{self, Coroutine, Generator, Run};
use super::{Vm, exceptions};
use crate::code::OpWord;
use crate::frame::{Continuation, stacks};
use taipan_bytecode_format::CodeFlags;
use taipan_object::code::PyCode;
use taipan_object::exception::{PyBaseException, STOP_ASYNC_ITERATION, STOP_ITERATION};
use taipan_object::native::Native;
use taipan_object::str::intern;
use taipan_object::types::slots::Sent;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

/// What a step of a delegation came to.
pub(super) enum Step {
    /// The frame of the receiver runs.
    Entered,
    /// It yielded; the value stands in its slot.
    Yielded,
    /// It ended; the value stands in its slot.
    Ended,
}

/// Sends the value in the slot b to the receiver in a.
#[inline(never)]
pub(super) fn send(vm: Vm<'_>, w: OpWord) -> PyResult<Step> {
    let thread = vm.thread;
    let receiver = vm.borrow(w.a());
    let value = vm.take(w.b());
    if let Some(run) = in_loop(receiver)
        && (run.status() == generator::Status::Suspended || value.as_ref().is_none())
        && run.is_waiting()
    {
        generator::resume(thread, stacks(thread), receiver, run, value, Continuation::Send)?;
        return Ok(Step::Entered);
    }
    let receiver = receiver.to_value();
    let slots = receiver.as_ref().ty().slots();
    let sent = if let Some(send) = slots.send.get() {
        send(thread, receiver.as_ref(), value.as_ref())?
    } else if value.as_ref().is_none() && slots.next.get().is_some() {
        next(thread, receiver.as_ref())?
    } else {
        let method =
            protocol::get_attribute(thread, receiver.as_ref(), &*intern::intern_text(thread, "send")?)?;
        match protocol::call(thread, method.as_ref(), &[value], None) {
            Ok(value) => Sent::Next(value),
            Err(raised) => Sent::Return(stop_value(thread, thread.catch(raised))?),
        }
    };
    Ok(match sent {
        Sent::Next(value) => {
            vm.put(w.b(), value);
            Step::Yielded
        }
        Sent::Return(value) => {
            vm.put(w.b(), value);
            Step::Ended
        }
    })
}

fn in_loop(receiver: Ref<'_>) -> Option<&Run> {
    if let Some(generator) = receiver.get_exact::<Native<Generator>>() {
        return Some(&generator.0);
    }
    receiver.get_exact::<Native<Coroutine>>().map(|coroutine| &coroutine.0)
}

fn next(thread: &Thread, iterator: Ref<'_>) -> PyResult<Sent> {
    protocol::container::next_or_result(thread, iterator)
}

/// The value of a `StopIteration`; any other exception is raised again.
fn stop_value(thread: &Thread, exception: Value) -> PyResult<Value> {
    if !exception.as_ref().ty().is_subtype(&STOP_ITERATION) {
        return Err(thread.raise(exception));
    }
    let value = exception.as_ref().get::<PyBaseException>().and_then(|this| this.field(0));
    Ok(value.unwrap_or_else(Value::none))
}

#[inline(never)]
pub(super) fn end_send(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.take(w.a() + 1);
    vm.put(w.a(), value);
    Ok(())
}

/// Ends a delegation into which an exception was thrown: a `StopIteration` of the receiver is its result.
#[inline(never)]
pub(super) fn cleanup_throw(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let exception = vm.take(w.a() + 2);
    let value = stop_value(vm.thread, exception)?;
    vm.put(w.a(), Value::none());
    vm.put(w.a() + 1, value);
    Ok(())
}

/// Ends `async for`: a `StopAsyncIteration` of the iterator ends the loop.
#[inline(never)]
pub(super) fn end_async_for(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let exception = vm.take(w.a() + 1);
    if !exception.as_ref().ty().is_subtype(&STOP_ASYNC_ITERATION) {
        return Err(vm.thread.raise(exception));
    }
    let iterator = vm.take(w.a());
    drop((exception, iterator));
    Ok(())
}

/// Whether `await` may be given a generator: one of `types.coroutine`.
fn is_awaitable_generator(value: Ref<'_>) -> bool {
    let code = value.get_exact::<Native<Generator>>().and_then(|generator| generator.0.code());
    let code = code.as_ref().and_then(|code| code.as_ref().get::<PyCode>());
    code.is_some_and(|code| crate::load::program(code).source.flags.has(CodeFlags::ITERABLE_COROUTINE))
}

#[inline(never)]
pub(super) fn yield_from_iter(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let value = vm.take(w.a());
    let this = value.as_ref();
    let iterator = if this.get_exact::<Native<Coroutine>>().is_some() {
        let flags = vm.code().source.flags;
        if !flags.has(CodeFlags::COROUTINE) && !flags.has(CodeFlags::ITERABLE_COROUTINE) {
            let message = "cannot 'yield from' a coroutine object in a non-coroutine generator";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        value
    } else if this.get_exact::<Native<Generator>>().is_some() {
        value
    } else {
        protocol::iter(thread, this)?
    };
    vm.put(w.a(), iterator);
    Ok(())
}

/// What `await` iterates over.
pub(super) fn awaitable(thread: &Thread, value: Value) -> PyResult<Option<Value>> {
    let this = value.as_ref();
    if this.get_exact::<Native<Coroutine>>().is_some() || is_awaitable_generator(this) {
        return Ok(Some(value));
    }
    let Some(get) = this.ty().slots().await_.get() else { return Ok(None) };
    let iterator = get(thread, this)?;
    let found = iterator.as_ref();
    if found.get_exact::<Native<Coroutine>>().is_some() || is_awaitable_generator(found) {
        return Err(raise!(thread, TYPE_ERROR, "__await__() returned a coroutine"));
    }
    if found.ty().slots().next.get().is_none() {
        let name = found.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "__await__() returned non-iterator of type '{name}'"));
    }
    Ok(Some(iterator))
}

#[inline(never)]
pub(super) fn get_awaitable(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let value = vm.take(w.a());
    let name = value.as_ref().ty().name().to_owned();
    let Some(iterator) = awaitable(thread, value)? else {
        return Err(match w.b() {
            1 | 2 => {
                let method = if w.b() == 1 { "__aenter__" } else { "__aexit__" };
                raise!(
                    thread,
                    TYPE_ERROR,
                    "'async with' received an object from {method} that does not implement __await__: {name}"
                )
            }
            _ => raise!(thread, TYPE_ERROR, "'{name}' object can't be awaited"),
        });
    };
    if let Some(coroutine) = iterator.as_ref().get_exact::<Native<Coroutine>>()
        && coroutine.0.delegate().is_some()
    {
        return Err(raise!(thread, RUNTIME_ERROR, "coroutine is being awaited already"));
    }
    vm.put(w.a(), iterator);
    Ok(())
}

#[inline(never)]
pub(super) fn get_aiter(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let value = vm.take(w.a());
    let name = value.as_ref().ty().name();
    let Some(aiter) = value.as_ref().ty().slots().aiter.get() else {
        let message = "'async for' requires an object with __aiter__ method, got";
        return Err(raise!(thread, TYPE_ERROR, "{message} {name}"));
    };
    let iterator = aiter(thread, value.as_ref())?;
    if iterator.as_ref().ty().slots().anext.get().is_none() {
        let name = iterator.as_ref().ty().name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "'async for' received an object from __aiter__ that does not implement __anext__: {name}"
        ));
    }
    vm.put(w.a(), iterator);
    Ok(())
}

#[inline(never)]
pub(super) fn get_anext(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let iterator = vm.borrow(w.b()).to_value();
    let Some(anext) = iterator.as_ref().ty().slots().anext.get() else {
        let name = iterator.as_ref().ty().name();
        let message = "'async for' requires an iterator with __anext__ method, got";
        return Err(raise!(thread, TYPE_ERROR, "{message} {name}"));
    };
    let step = anext(thread, iterator.as_ref())?;
    if generator::is_async_generator(iterator.as_ref()) {
        vm.put(w.a(), step);
        return Ok(());
    }
    let name = step.as_ref().ty().short_name().to_owned();
    let found = match awaitable(thread, step) {
        Ok(Some(found)) => found,
        Ok(None) => return Err(invalid_anext(thread, &name)),
        Err(raised) => {
            let cause = thread.catch(raised);
            let raised = invalid_anext(thread, &name);
            let error = thread.catch(raised);
            if let Some(this) = error.as_ref().get::<PyBaseException>() {
                let [.., context, slot] = this.slots();
                drop(slot.replace(Some(cause.clone())));
                drop(context.replace(Some(cause)));
                this.suppress_context().set(1);
            }
            debug_assert!(exceptions::is_exception(error.as_ref()));
            return Err(thread.raise(error));
        }
    };
    vm.put(w.a(), found);
    Ok(())
}

#[cold]
fn invalid_anext(thread: &Thread, name: &str) -> taipan_object::Raised {
    raise!(thread, TYPE_ERROR, "'async for' received an invalid object from __anext__: {name}")
}
