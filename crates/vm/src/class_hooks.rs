//! What classes need of the interpreter: the body of a class run in its namespace, the arguments of a bare
//! `super()`, the globals of whoever makes a class.

use crate::frame::{UNBOUND, stacks, word};
use crate::interp::{current_builtins, current_globals, run_code};
use taipan_bytecode_format::LocalKind;
use taipan_object::cell::PyCell;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::function::PyFunction;
use taipan_object::str::statics::names;
use taipan_object::{Interp, Owned, PyResult, Ref, Thread, Value, raise};

/// Installs the hooks in a new interpreter.
pub(crate) fn install(interp: &Interp) {
    interp.hooks.caller_globals.set(current_globals);
    interp.hooks.caller_builtins.set(current_builtins);
    interp.hooks.caller_locals.set(caller_locals);
    interp.hooks.run_class_body.set(run_class_body);
    interp.hooks.super_arguments.set(super_arguments);
}

/// The local variables of the running frame.
fn caller_locals(thread: &Thread) -> PyResult<Value> {
    let frame = crate::frame_object::nth(thread, 0)?;
    match frame.as_ref().and_then(|frame| crate::frame_object::state_of(frame.as_ref())) {
        Some(state) => state.locals(thread),
        None => Err(raise!(thread, SYSTEM_ERROR, "frame does not exist")),
    }
}

/// Runs the function of a class body; gives the cell of `__class__`, or None.
fn run_class_body(thread: &Thread, function: Ref<'_>, namespace: Ref<'_>) -> PyResult<Value> {
    let wrong = || raise!(thread, TYPE_ERROR, "__build_class__: func must be a function");
    let function = function.get::<PyFunction>().map(Owned::new_ref).ok_or_else(wrong)?;
    let code = function.func_code().get().and_then(|code| code.downcast::<PyCode>().ok());
    let dict = |slot: &taipan_object::slot::Slot| slot.get_as::<PyDict>();
    let (globals, builtins) = (dict(function.func_globals()), dict(function.func_builtins()));
    let (Some(code), Some(globals), Some(builtins)) = (code, globals, builtins) else { return Err(wrong()) };
    run_code(thread, &code, &globals, &builtins, namespace.to_value(), Some(&function))
}

/// `__class__` and the first argument of the function that runs.
fn super_arguments(thread: &Thread) -> PyResult<(Value, Value)> {
    let stacks = stacks(thread);
    if stacks.is_idle() {
        return Err(raise!(thread, RUNTIME_ERROR, "super(): no current frame"));
    }
    // SAFETY: the running frame and its code.
    let (frame, code) = unsafe {
        let frame = &*stacks.current.get();
        (frame, &*frame.code)
    };
    if code.source.argcount == 0 {
        return Err(raise!(thread, RUNTIME_ERROR, "super(): no arguments"));
    }
    let slot = |at: usize| {
        // SAFETY: a slot of the frame; what it holds is alive.
        let bits = unsafe { *frame.slots.add(at) };
        if bits == UNBOUND {
            return None;
        }
        // SAFETY: as above.
        Some(unsafe { Value::from_borrowed(word(bits)) })
    };
    let is_cell = code.source.localspluskinds.first().is_some_and(|kind| kind.has(LocalKind::CELL));
    let mut first = slot(0);
    if is_cell && let Some(cell) = first.as_ref().and_then(|first| first.as_ref().get_exact::<PyCell>()) {
        let inside = cell.slot().get();
        first = inside;
    }
    let Some(first) = first else { return Err(raise!(thread, RUNTIME_ERROR, "super(): arg[0] deleted")) };
    let class = names::__class__.get();
    let place = code
        .local_names
        .iter()
        .zip(&code.source.localspluskinds)
        .position(|(name, kind)| kind.has(LocalKind::FREE) && name.equals(class));
    let Some(place) = place else {
        return Err(raise!(thread, RUNTIME_ERROR, "super(): __class__ cell not found"));
    };
    let cell = slot(place);
    let cell = cell.as_ref().and_then(|cell| cell.as_ref().get_exact::<PyCell>());
    match cell.and_then(|cell| cell.slot().get()) {
        Some(class) => Ok((class, first)),
        None => Err(raise!(thread, RUNTIME_ERROR, "super(): empty __class__ cell")),
    }
}
