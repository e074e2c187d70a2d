//! How native code calls Python functions and runs code.

use super::super::{Outcome, run};
use super::frames::{Start, enter, push, too_deep};
use crate::frame::{Continuation, Stacks, UNBOUND, extra, stacks};
use crate::load::registers;
use std::mem::ManuallyDrop;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::function::{FUNCTION, PyFunction};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

/// Calls a Python function: what the `call` slot of `function` does.
pub fn call_function(
    thread: &Thread,
    callable: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let Some(function) = callable.get::<PyFunction>() else {
        return Err(raise!(thread, SYSTEM_ERROR, "not a function"));
    };
    // before the arguments stand above the running frame: what runs here would use their places
    crate::safepoint(thread)?;
    let stacks = stacks(thread);
    let slots = stacks.top();
    if !stacks.reserve(slots.wrapping_add(arguments.len() + 1)) {
        return Err(too_deep(thread));
    }
    let positional = arguments.len() - names.map_or(0, PyTuple::len);
    // the frame holds the function: whoever calls may let go of it meanwhile
    let held = ManuallyDrop::new(Owned::new_ref(function));
    // SAFETY: reserved; the words are copies that the frame owns.
    unsafe {
        for (at, value) in arguments.iter().enumerate() {
            *slots.add(at) = value.clone().into_word().bits();
        }
        if let Err(raised) = enter(thread, stacks, &held, slots, positional, names, Continuation::Entry, 0) {
            drop(ManuallyDrop::into_inner(held));
            return Err(raised);
        }
        (*stacks.current.get()).extras |= extra::FUNCTION;
    }
    finish(thread, stacks)
}

/// Runs the frame that was pushed until it returns.
pub(in crate::interp) fn finish(thread: &Thread, stacks: &Stacks) -> PyResult<Value> {
    let result = match run::run(thread, stacks) {
        Ok(Outcome::Return(value)) => Ok(value),
        Ok(Outcome::Yield(_)) => Err(raise!(thread, SYSTEM_ERROR, "a function yielded")),
        Err(raised) => Err(raised),
    };
    if stacks.is_idle() && thread.interp().started_threads() == 0 {
        thread.interp().release_retired();
    }
    result
}

/// Runs the code of a module, of a class body or of `exec`, in a namespace.
pub fn run_code(
    thread: &Thread,
    code: &PyCode,
    globals: &Owned<PyDict>,
    builtins: &Owned<PyDict>,
    namespace: Value,
    function: Option<&Owned<PyFunction>>,
) -> PyResult<Value> {
    let registers = registers(thread, code)?;
    let stacks = stacks(thread);
    let slots = stacks.top();
    let room = stacks.reserve(slots.wrapping_add(registers.slots as usize + 1));
    let Some(next) = stacks.next().filter(|_| room) else { return Err(too_deep(thread)) };
    // the code may be all that holds itself
    let _code = Owned::new_ref(code);
    let (_globals, _builtins) = (globals.clone(), builtins.clone());
    // SAFETY: reserved; what the frame points to is held until it is gone.
    unsafe {
        for at in 0..registers.locals as usize {
            *slots.add(at) = UNBOUND;
        }
        let start = Start {
            code: registers,
            function: function.map_or(std::ptr::null(), |function| &raw const **function),
            globals: &raw const **globals,
            builtins: &raw const **builtins,
            slots,
            continuation: Continuation::Entry,
            destination: 0,
        };
        push(stacks, next, start);
        (*next).set_namespace(namespace);
    }
    finish(thread, stacks)
}

/// The type of Python functions gets its `call` slot.
pub(crate) fn install() {
    FUNCTION.slots().call.set(Some(call_function));
}
