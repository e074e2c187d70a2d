//! Calls: which callable is entered in a frame of this loop and which is called natively, how frames begin, and
//! how native code calls Python functions.

mod entry;
mod frames;
mod spread;

pub(crate) use entry::install;
pub use entry::{call_function, run_code};
pub(super) use frames::{Start, dict_of, enter, fill_defaults, pop, push, push_plain, ready, too_deep};
pub(super) use spread::{call_ex, enter_values, function_text};

use super::{Vm, class};
use crate::code::OpWord;
use crate::frame::{Continuation, NULL, UNBOUND, clear, is_pointer, release, stacks};
use crate::tracing;
use taipan_object::builtin::{BUILTIN_FUNCTION, PyCFunction};
use taipan_object::descriptor::method::{METHOD_DESCRIPTOR, PyMethodDescr};
use taipan_object::function::PyFunction;
use taipan_object::method::{METHOD, PyMethod};
use taipan_object::str::PyStr;
use taipan_object::thread::safepoint;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::types::statics::TYPE;
use taipan_object::{PyResult, PyTypeObject, Ref, Thread, Value, protocol, raise};

/// The operation `Call`; whether another frame runs now.
#[inline(never)]
pub(in crate::interp) fn call(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    call_slots(vm, w.a(), w.b(), None, w.c())
}

/// The operation `CallKw`.
#[inline(never)]
pub(in crate::interp) fn call_kw(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    crate::safepoint(vm.thread)?;
    let names = vm.take(w.a() + 2 + w.b());
    let Ok(names) = names.downcast::<PyTuple>() else {
        return Err(raise!(vm.thread, SYSTEM_ERROR, "names of keyword arguments are no tuple"));
    };
    if names.len() > w.b() {
        return Err(raise!(vm.thread, SYSTEM_ERROR, "more names than arguments"));
    }
    call_slots(vm, w.a(), w.b(), Some(&names), w.c())
}

/// Calls what stands in the slot `base`, with `self` behind it if there is one, and `count` arguments.
#[inline(never)]
fn call_slots(vm: Vm<'_>, base: usize, count: usize, names: Option<&PyTuple>, to: usize) -> PyResult<bool> {
    let thread = vm.thread;
    let named = names.map_or(0, PyTuple::len);
    // SAFETY: the slots of the call.
    let has_self = unsafe { *vm.slots().add(base + 1) } != NULL;
    let callable = vm.borrow(base);
    if let Some(head) = callable.head() {
        if head.is_exact(&METHOD) && !has_self {
            return call_method(vm, base, count, names, to);
        }
        let first = base + 2 - usize::from(has_self);
        let positional = count + usize::from(has_self) - named;
        if let Some(function) = callable.get_exact::<PyFunction>() {
            // SAFETY: the arguments stand in the slots from `first` on; the callable's slot holds the function.
            unsafe {
                let slots = vm.slots().add(first);
                let stacks = stacks(thread);
                enter(thread, stacks, function, slots, positional, names, Continuation::Call, 0)?;
            }
            return Ok(true);
        }
        if let Some(class) = callable.get::<PyTypeObject>() {
            if std::ptr::eq(class, &raw const TYPE) && (first, count, named) == (base + 2, 1, 0) {
                let ty = taipan_object::as_ref(vm.borrow(first).ty()).to_value();
                drop(vm.take(first));
                drop(vm.take(base));
                vm.put(to, ty);
                return Ok(false);
            }
            if !has_self && class::instantiate(vm, class, base, positional, names)? {
                return Ok(true);
            }
        } else if !has_self
            && head.ty().has_flag(flags::HEAPTYPE)
            && let Some(method) = head.ty().lookup(thread, call_name(thread)?)?
            && method.as_ref().get_exact::<PyFunction>().is_some()
        {
            // an instance with `__call__`: the method takes its place, and it is the method's `self`
            let this = vm.take(base);
            vm.put(base, method);
            vm.put(base + 1, this);
            return call_slots(vm, base, count, names, to);
        }
    }
    call_native(vm, base, count, names, to)?;
    Ok(false)
}

/// `__call__`, which lives as long as the process.
fn call_name(_: &Thread) -> PyResult<&'static PyStr> {
    Ok(taipan_object::str::statics::names::__call__.get())
}

/// Calls a bound method: its function and its `self` take the two places before the arguments.
#[inline(never)]
fn call_method(vm: Vm<'_>, base: usize, count: usize, names: Option<&PyTuple>, to: usize) -> PyResult<bool> {
    let method = vm.take(base);
    if let Some(method) = method.as_ref().get::<PyMethod>() {
        vm.put(base, method.function());
        vm.put(base + 1, method.this());
    }
    drop(method);
    call_slots(vm, base, count, names, to)
}

/// The operation `Call` of a built-in function, or of a built-in method with its instance.
#[inline(never)]
pub(in crate::interp) fn native(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let thread = vm.thread;
    let (base, slots) = (w.a(), vm.slots());
    // SAFETY: the slots of the call hold values, which stay there until it is over.
    let (first, arguments) = unsafe {
        let has_self = *slots.add(base + 1) != NULL;
        let first = base + 2 - usize::from(has_self);
        let count = w.b() + usize::from(has_self);
        (first, std::slice::from_raw_parts(slots.add(first).cast::<Value>(), count))
    };
    let callable = vm.borrow(base);
    let result = if thread.has_request(safepoint::TRACE) {
        tracing::told(thread, callable, arguments, || protocol::call(thread, callable, arguments, None))
    } else if let Some(function) = callable.get_exact::<PyCFunction>() {
        match function.plain_this() {
            Some(this) => function.definition().call_positional(thread, this, arguments),
            None => function.call(thread, arguments, None),
        }
    } else if let Some(method) = callable.get_exact::<PyMethodDescr>()
        && let Some((this, rest)) = arguments.split_first()
        && let Some(owner) = method.d_type().peek_object()
        && std::ptr::eq(this.as_ref().ty(), owner.as_ptr().cast())
    {
        method.definition().call_positional(thread, this.as_ref(), rest)
    } else {
        protocol::call(thread, callable, arguments, None)
    }?;
    // SAFETY: the slots are released once, the result comes last.
    unsafe {
        let mut slot = slots.add(first);
        let end = slot.add(arguments.len());
        while slot < end {
            let bits = *slot;
            if is_pointer(bits) {
                *slot = UNBOUND;
                release(bits);
            }
            slot = slot.add(1);
        }
        let bits = result.into_word().bits();
        if w.c() != base {
            let old = slots.add(base).replace(UNBOUND);
            release(old);
        }
        let old = slots.add(w.c()).replace(bits);
        release(old);
    }
    // a signal that came while the function waited is handled before anything else is called
    let signals = safepoint::SIGNAL | safepoint::INTERRUPT | safepoint::ASYNC;
    if thread.has_request(signals) { super::safepoint(thread) } else { Ok(()) }
}

/// Calls native code with the arguments in their slots.
#[inline(never)]
fn call_native(vm: Vm<'_>, base: usize, count: usize, names: Option<&PyTuple>, to: usize) -> PyResult<()> {
    let thread = vm.thread;
    // SAFETY: the slots of the call hold values, which stay there until it is over.
    let (has_self, arguments) = unsafe {
        let has_self = *vm.slots().add(base + 1) != NULL;
        let first = base + 2 - usize::from(has_self);
        let count = count + usize::from(has_self);
        (has_self, std::slice::from_raw_parts(vm.slots().add(first).cast::<Value>(), count))
    };
    let callable = vm.borrow(base);
    let result = match callable.head() {
        _ if thread.has_request(safepoint::TRACE) => {
            tracing::told(thread, callable, arguments, || protocol::call(thread, callable, arguments, names))
        }
        Some(head) if head.is_exact(&BUILTIN_FUNCTION) => match callable.get_exact::<PyCFunction>() {
            Some(function) => function.call(thread, arguments, names),
            None => protocol::call(thread, callable, arguments, names),
        },
        Some(head) if head.is_exact(&METHOD_DESCRIPTOR) && has_self => {
            call_descriptor(thread, callable, arguments, names)
        }
        _ => protocol::call(thread, callable, arguments, names),
    };
    let result = result?;
    // SAFETY: the slots are released once, the result last.
    unsafe {
        clear(vm.slots(), base + 1, base + 2 + count);
        if to != base {
            clear(vm.slots(), base, base + 1);
        }
    }
    vm.put(to, result);
    Ok(())
}

/// Calls a built-in method with its instance as the first argument.
fn call_descriptor(
    thread: &Thread,
    callable: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    if let (Some(method), Some((this, rest))) =
        (callable.get_exact::<PyMethodDescr>(), arguments.split_first())
        && let Some(owner) = method.d_type().peek_object()
        && std::ptr::eq(this.as_ref().ty(), owner.as_ptr().cast())
    {
        return method.definition().call(thread, this.as_ref(), rest, names);
    }
    protocol::call(thread, callable, arguments, names)
}
