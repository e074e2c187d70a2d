//! How frames begin and end.

use super::super::bind;
use crate::code::RegisterCode;
use crate::frame::{Continuation, Frame, Stacks, UNBOUND, clear, extra, is_pointer, release};
use crate::load::registers;
use taipan_bytecode_format::CodeFlags;
use taipan_object::code::PyCode;
use taipan_object::dict::PyDict;
use taipan_object::function::PyFunction;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Thread, raise};

/// What a frame begins with.
pub(in crate::interp) struct Start<'a> {
    pub(in crate::interp) code: &'a RegisterCode,
    pub(in crate::interp) function: *const PyFunction,
    pub(in crate::interp) globals: *const PyDict,
    pub(in crate::interp) builtins: *const PyDict,
    /// Where its slots begin; its arguments stand there already.
    pub(in crate::interp) slots: *mut u64,
    pub(in crate::interp) continuation: Continuation,
    pub(in crate::interp) destination: u16,
}

#[cold]
#[inline(never)]
pub(in crate::interp) fn too_deep(thread: &Thread) -> Raised {
    raise!(thread, RECURSION_ERROR, "maximum recursion depth exceeded")
}

/// Pushes a frame. Its locals are set by the caller.
///
/// # Safety
/// The slots were reserved; what `start` points to lives as long as the frame.
#[inline(always)]
pub(in crate::interp) unsafe fn push(stacks: &Stacks, next: *mut Frame, start: Start<'_>) {
    // SAFETY: `next` is room for a frame.
    unsafe {
        (&raw mut (*next).code).write(start.code);
        (&raw mut (*next).slots).write(start.slots);
        (&raw mut (*next).ip).write(start.code.start());
        (&raw mut (*next).function).write(start.function);
        (&raw mut (*next).globals).write(start.globals);
        (&raw mut (*next).builtins).write(start.builtins);
        (&raw mut (*next).continuation).write(start.continuation);
        (&raw mut (*next).extras).write(0);
        (&raw mut (*next).destination).write(start.destination);
        (&raw mut (*next).locals).write(start.code.locals);
    }
    stacks.current.set(next);
}

/// Puts the defaults of a function into the slots of the parameters that were not given, if there are enough.
///
/// # Safety
/// The slots up to `count` may be used; those from `given` on hold nothing.
#[inline(always)]
pub(in crate::interp) unsafe fn fill_defaults(
    function: &PyFunction,
    slots: *mut u64,
    given: usize,
    count: usize,
) -> bool {
    let Some(held) = function.func_defaults().peek() else { return false };
    // SAFETY: the function holds what is in its slot.
    let Some(defaults) = unsafe { Ref::from_word(held) }.get_exact::<PyTuple>() else { return false };
    let missing = count - given;
    let Some(skipped) = defaults.len().checked_sub(missing) else { return false };
    for at in 0..missing {
        let Some(value) = defaults.get(skipped + at) else { return false };
        // SAFETY: by contract.
        unsafe { *slots.add(given + at) = value.into_word().bits() };
    }
    true
}

/// Pushes the frame of a plain call from the loop, which has the `ip` itself.
///
/// # Safety
/// As for `push`; the function is alive as long as the frame.
#[inline(always)]
pub(in crate::interp) unsafe fn push_plain(
    stacks: &Stacks,
    next: *mut Frame,
    code: &RegisterCode,
    function: &PyFunction,
    slots: *mut u64,
) {
    let bits = |slot: &Slot| slot.peek().map_or(0, taipan_object::Word::bits) as usize;
    // SAFETY: `next` is room for a frame.
    unsafe {
        (&raw mut (*next).code).write(code);
        (&raw mut (*next).slots).write(slots);
        (&raw mut (*next).function).write(function);
        (&raw mut (*next).globals).write(std::ptr::with_exposed_provenance(bits(function.func_globals())));
        (&raw mut (*next).builtins).write(std::ptr::with_exposed_provenance(bits(function.func_builtins())));
        (&raw mut (*next).continuation).write(Continuation::Call);
        (&raw mut (*next).extras).write(0);
        (&raw mut (*next).destination).write(0);
        (&raw mut (*next).locals).write(code.locals);
    }
    stacks.current.set(next);
}

/// The register code of a function if it was made already.
#[inline(always)]
pub(in crate::interp) fn ready(function: &PyFunction) -> Option<&RegisterCode> {
    let code = function.func_code().peek().map_or(0, taipan_object::Word::bits) as usize;
    // SAFETY: a function has a code object, whose register code lives as long as it.
    unsafe {
        let code: *const PyCode = std::ptr::with_exposed_provenance(code);
        code.as_ref()?.ready.get().cast::<RegisterCode>().as_ref()
    }
}

/// The register code of a function.
#[inline(always)]
pub(in crate::interp) fn code_of<'f>(
    thread: &Thread,
    function: &'f PyFunction,
) -> PyResult<&'f RegisterCode> {
    match function.func_code().peek_object() {
        // SAFETY: a function's code is a code object, which it holds; it is retired when it is replaced.
        Some(code) => registers(thread, unsafe { code.cast::<PyCode>().as_ref() }),
        None => Err(raise!(thread, SYSTEM_ERROR, "a function has no code")),
    }
}

/// The dict in one of a function's slots.
#[inline(always)]
pub(in crate::interp) fn dict_of(slot: &Slot) -> *const PyDict {
    slot.peek_object().map_or(std::ptr::null(), |dict| dict.as_ptr().cast_const().cast())
}

/// Enters a function whose arguments stand in slots: binds them and pushes the frame. If it fails, the slots hold
/// nothing any more.
///
/// # Safety
/// `slots` are slots of the running frame, or above it; as many as the arguments hold values.
#[expect(clippy::too_many_arguments, reason = "in registers: this is on the way of every call")]
pub(in crate::interp) unsafe fn enter(
    thread: &Thread,
    stacks: &Stacks,
    function: &PyFunction,
    slots: *mut u64,
    positional: usize,
    names: Option<&PyTuple>,
    continuation: Continuation,
    destination: u16,
) -> PyResult<()> {
    let given = positional + names.map_or(0, PyTuple::len);
    let code = match code_of(thread, function) {
        Ok(code) => code,
        // SAFETY: by contract.
        Err(raised) => return Err(unsafe { abandon(slots, given, raised) }),
    };
    let room = given.max(code.slots as usize);
    let next = stacks.next().filter(|_| stacks.reserve(slots.wrapping_add(room + 1)));
    // SAFETY: reserved; the arguments stand where the caller says.
    unsafe {
        let Some(next) = next else { return Err(abandon(slots, given, too_deep(thread))) };
        for at in given..code.locals as usize {
            *slots.add(at) = UNBOUND;
        }
        if !(code.simple && names.is_none() && positional == code.argcount as usize)
            && let Err(raised) = bind::bind(thread, function, code, slots, positional, names)
        {
            return Err(abandon(slots, room, raised));
        }
        let start = Start {
            code,
            function,
            globals: dict_of(function.func_globals()),
            builtins: dict_of(function.func_builtins()),
            slots,
            continuation,
            destination,
        };
        push(stacks, next, start);
        if !code.source.flags.has(CodeFlags::OPTIMIZED) {
            // the code of a module as a function: its names are globals
            if let Some(globals) = function.func_globals().get() {
                (*next).set_namespace(globals);
            }
        }
    }
    Ok(())
}

/// Releases arguments that are not used.
///
/// # Safety
/// As for `enter`.
#[cold]
unsafe fn abandon(slots: *mut u64, count: usize, raised: Raised) -> Raised {
    // SAFETY: by contract.
    unsafe { clear(slots, 0, count) };
    raised
}

/// Takes the running frame away: releases its locals, then what else it holds.
///
/// # Safety
/// The frame is the running one and has no live stack slots.
pub(in crate::interp) unsafe fn pop(thread: &Thread, stacks: &Stacks, frame: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        if (*frame).has(extra::OBJECT) {
            crate::frame_object::detach(thread, &mut *frame);
        }
        let slots = (*frame).slots;
        for at in 0..(*frame).locals as usize {
            let bits = *slots.add(at);
            if is_pointer(bits) {
                *slots.add(at) = UNBOUND;
                release(bits);
            }
        }
        let extras = if (*frame).extras == 0 { Default::default() } else { (*frame).take_extras() };
        stacks.current.set(frame.sub(1));
        drop(extras);
    }
}
