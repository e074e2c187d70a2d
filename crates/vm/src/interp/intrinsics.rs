//! The functions that only the compiler calls.

use super::{Vm, exceptions, generator};
use crate::code::OpWord;
use taipan_object::exception::PyBaseException;
use taipan_object::exception::{RUNTIME_ERROR, STOP_ASYNC_ITERATION, STOP_ITERATION, instance};
use taipan_object::function::PyFunction;
use taipan_object::list::PyList;
use taipan_object::protocol::UnaryOp;
use taipan_object::str::{PyStr, intern};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

#[inline(never)]
pub(super) fn one(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let value = vm.take(w.a());
    let result = match w.b() {
        1 => display(thread, value)?,
        2 => {
            super::imports::import_star(vm, value.as_ref())?;
            Value::none()
        }
        3 => stop_iteration_error(vm, value)?,
        4 => generator::wrap(thread, value)?,
        5 => protocol::unary(thread, value.as_ref(), UnaryOp::Positive)?,
        6 => list_to_tuple(thread, value.as_ref())?,
        number => (crate::hooks::of(thread).type_parameter)(thread, number, value)?,
    };
    vm.put(w.a(), result);
    Ok(())
}

#[inline(never)]
pub(super) fn two(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let (left, right) = (vm.take(w.a()), vm.take(w.a() + 1));
    let result = match w.b() {
        1 => crate::groups::prepare_reraise(thread, left.as_ref(), right.as_ref())?,
        4 => {
            if let Some(function) = left.as_ref().get::<PyFunction>() {
                let old = function.func_typeparams().replace(Some(right));
                drop(old);
            }
            left
        }
        number => (crate::hooks::of(thread).bounded_type_parameter)(thread, number, left, right)?,
    };
    vm.put(w.a(), result);
    Ok(())
}

/// Shows the value of an interactive statement.
fn display(thread: &Thread, value: Value) -> PyResult<Value> {
    let sys = thread.interp().sys.get();
    let sys = sys.as_ref().and_then(|sys| sys.as_ref().get::<taipan_object::dict::PyDict>());
    let name = intern::intern_text(thread, "displayhook")?;
    match sys.map(|sys| sys.get_str(thread, &name)).transpose()?.flatten() {
        Some(hook) => protocol::call(thread, hook.as_ref(), &[value], None),
        None => Err(raise!(thread, RUNTIME_ERROR, "lost sys.displayhook")),
    }
}

fn list_to_tuple(thread: &Thread, list: Ref<'_>) -> PyResult<Value> {
    let Some(list) = list.get::<PyList>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "not a list"));
    };
    let items: Vec<Value> = (0..list.len()).filter_map(|at| list.get(at)).collect();
    Ok(PyTuple::from_values(thread, items)?.into_value())
}

/// What becomes of an exception that leaves a generator: a `StopIteration` is a `RuntimeError` (PEP 479).
#[inline(never)]
fn stop_iteration_error(vm: Vm<'_>, exception: Value) -> PyResult<Value> {
    use taipan_bytecode_format::CodeFlags;
    let thread = vm.thread;
    let flags = vm.code().source.flags;
    let ty = exception.as_ref().ty();
    let message = if ty.is_subtype(&STOP_ITERATION) {
        if flags.has(CodeFlags::ASYNC_GENERATOR) {
            "async generator raised StopIteration"
        } else if flags.has(CodeFlags::COROUTINE) {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags.has(CodeFlags::ASYNC_GENERATOR) && ty.is_subtype(&STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(exception);
    };
    let text = PyStr::from_text(thread, message)?.into_value();
    let error = instance(thread, &RUNTIME_ERROR, Some(text))?;
    if let Some(this) = error.as_ref().get::<PyBaseException>() {
        let [.., context, cause] = this.slots();
        drop(cause.replace(Some(exception.clone())));
        drop(context.replace(Some(exception)));
        this.suppress_context().set(1);
    }
    debug_assert!(exceptions::is_exception(error.as_ref()));
    Ok(error)
}
