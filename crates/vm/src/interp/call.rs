//! Calls: which callable is entered in a frame of this loop and which is called natively, how frames begin, and
//! how native code calls Python functions.

use super::{Outcome, Vm, bind, class, run};
use crate::code::{OpWord, RegisterCode};
use crate::frame::{Continuation, Frame, NULL, Stacks, UNBOUND, clear, extra, is_pointer, release, stacks};
use crate::load::registers;
use std::mem::ManuallyDrop;
use taipan_object::builtin::{BUILTIN_FUNCTION, PyCFunction};
use taipan_object::code::PyCode;
use taipan_object::descriptor::method::{METHOD_DESCRIPTOR, PyMethodDescr};
use taipan_object::dict::PyDict;
use taipan_object::function::{FUNCTION, PyFunction};
use taipan_object::method::{METHOD, PyMethod};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, PyTypeObject, Raised, Ref, Thread, Value, protocol, raise};

/// What a frame begins with.
pub(super) struct Start<'a> {
    pub(super) code: &'a RegisterCode,
    pub(super) function: *const PyFunction,
    pub(super) globals: *const PyDict,
    pub(super) builtins: *const PyDict,
    /// Where its slots begin; its arguments stand there already.
    pub(super) slots: *mut u64,
    pub(super) continuation: Continuation,
    pub(super) destination: u16,
}

#[cold]
#[inline(never)]
pub(super) fn too_deep(thread: &Thread) -> Raised {
    raise!(thread, RECURSION_ERROR, "maximum recursion depth exceeded")
}

/// Pushes a frame. Its locals are set by the caller.
///
/// # Safety
/// The slots were reserved; what `start` points to lives as long as the frame.
#[inline(always)]
pub(super) unsafe fn push(stacks: &Stacks, next: *mut Frame, start: Start<'_>) {
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

/// Pushes the frame of a plain call from the loop, which has the `ip` itself.
///
/// # Safety
/// As for `push`; the function is alive as long as the frame.
#[inline(always)]
pub(super) unsafe fn push_plain(
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
pub(super) fn ready(function: &PyFunction) -> Option<&RegisterCode> {
    let code = function.func_code().peek().map_or(0, taipan_object::Word::bits) as usize;
    // SAFETY: a function has a code object, whose register code lives as long as it.
    unsafe {
        let code: *const PyCode = std::ptr::with_exposed_provenance(code);
        code.as_ref()?.ready.get().cast::<RegisterCode>().as_ref()
    }
}

/// The register code of a function.
#[inline(always)]
pub(super) fn code_of<'f>(thread: &Thread, function: &'f PyFunction) -> PyResult<&'f RegisterCode> {
    match function.func_code().peek_object() {
        // SAFETY: a function's code is a code object, which it holds; it is retired when it is replaced.
        Some(code) => registers(thread, unsafe { code.cast::<PyCode>().as_ref() }),
        None => Err(raise!(thread, SYSTEM_ERROR, "a function has no code")),
    }
}

/// The dict in one of a function's slots.
#[inline(always)]
pub(super) fn dict_of(slot: &Slot) -> *const PyDict {
    slot.peek_object().map_or(std::ptr::null(), |dict| dict.as_ptr().cast_const().cast())
}

/// Enters a function whose arguments stand in slots: binds them and pushes the frame. If it fails, the slots hold
/// nothing any more.
///
/// # Safety
/// `slots` are slots of the running frame, or above it; as many as the arguments hold values.
#[expect(clippy::too_many_arguments, reason = "in registers: this is on the way of every call")]
pub(super) unsafe fn enter(
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
pub(super) unsafe fn pop(thread: &Thread, stacks: &Stacks, frame: *mut Frame) {
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

/// The operation `Call`; whether another frame runs now.
#[inline(never)]
pub(super) fn call(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    call_slots(vm, w.a(), w.b(), None, w.c())
}

/// The operation `CallKw`.
#[inline(never)]
pub(super) fn call_kw(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
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
pub(super) fn native(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
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
    let result = if let Some(function) = callable.get_exact::<PyCFunction>() {
        function.call(thread, arguments, None)
    } else {
        call_descriptor(thread, callable, arguments, None)
    }?;
    // SAFETY: the slots are released once, the result comes last.
    unsafe {
        for at in first..first + arguments.len() {
            let bits = *slots.add(at);
            if is_pointer(bits) {
                *slots.add(at) = UNBOUND;
                release(bits);
            }
        }
        let bits = result.into_word().bits();
        if w.c() != base {
            let old = slots.add(base).replace(UNBOUND);
            release(old);
        }
        let old = slots.add(w.c()).replace(bits);
        release(old);
    }
    Ok(())
}

/// Calls native code with the arguments in their slots.
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

/// The operation `CallEx`.
#[inline(never)]
pub(super) fn call_ex(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    let thread = vm.thread;
    let base = w.a();
    // SAFETY: the slots of the call.
    let with_keywords = unsafe { *vm.slots().add(base + 3) } != NULL;
    let keywords = if with_keywords { Some(vm.take(base + 3)) } else { None };
    let positional = vm.take(base + 2);
    let positional = spread(vm, base, positional)?;
    let (names, values) = match &keywords {
        Some(keywords) => named(vm, base, keywords.as_ref())?,
        None => (None, Vec::new()),
    };
    // SAFETY: as above.
    let this = unsafe { (*vm.slots().add(base + 1) != NULL).then(|| vm.take(base + 1)) };
    vm.put_marker(base + 1, NULL);
    let callable = vm.take(base);
    drop(keywords);
    if callable.as_ref().get_exact::<PyFunction>().is_some() {
        let stacks = stacks(thread);
        let count = usize::from(this.is_some()) + positional.len() + values.len();
        let slots = stacks.top();
        if !stacks.reserve(slots.wrapping_add(count)) {
            return Err(too_deep(thread));
        }
        let all = this.into_iter().chain(positional.iter().map(Ref::to_value)).chain(values);
        // SAFETY: reserved; the words are moved into the slots.
        unsafe {
            for (at, value) in all.enumerate() {
                *slots.add(at) = value.into_word().bits();
            }
        }
        let pushed = push_from_slots(thread, stacks, callable, slots, count, names.as_deref(), w.c() as u16);
        // not before the frame stands above the arguments: whatever runs then stands above it
        drop(positional);
        return pushed.map(|()| true);
    }
    let mut all = Vec::new();
    if all.try_reserve_exact(positional.len() + values.len() + 1).is_err() {
        return Err(thread.raise_memory_error());
    }
    all.extend(this);
    all.extend(positional.iter().map(Ref::to_value));
    all.extend(values);
    drop(positional);
    let result = protocol::call(thread, callable.as_ref(), &all, names.as_deref())?;
    drop((all, callable));
    vm.put(w.c(), result);
    Ok(false)
}

/// Pushes the frame of a function whose `count` arguments stand in slots above the running frame; the frame holds
/// the function.
fn push_from_slots(
    thread: &Thread,
    stacks: &Stacks,
    function: Value,
    slots: *mut u64,
    count: usize,
    names: Option<&PyTuple>,
    to: u16,
) -> PyResult<()> {
    let function = match function.downcast::<PyFunction>() {
        Ok(function) => ManuallyDrop::new(function),
        Err(_) => return Err(raise!(thread, SYSTEM_ERROR, "not a function")),
    };
    let positional = count - names.map_or(0, PyTuple::len);
    // SAFETY: the arguments stand in the slots; the frame takes the reference to the function over.
    unsafe {
        if let Err(raised) =
            enter(thread, stacks, &function, slots, positional, names, Continuation::Value, to)
        {
            drop(ManuallyDrop::into_inner(function));
            return Err(raised);
        }
        (*stacks.current.get()).extras |= extra::FUNCTION;
    }
    Ok(())
}

/// Enters a function whose arguments are values; its frame stands above the running one and holds the function.
pub(super) fn enter_values(
    vm: Vm<'_>,
    function: Value,
    arguments: Vec<Value>,
    names: Option<&PyTuple>,
    to: usize,
) -> PyResult<()> {
    let stacks = stacks(vm.thread);
    push_values(vm.thread, stacks, function, arguments, names, Continuation::Value, to as u16)
}

/// The same for any continuation.
pub(super) fn push_values(
    thread: &Thread,
    stacks: &Stacks,
    function: Value,
    arguments: Vec<Value>,
    names: Option<&PyTuple>,
    continuation: Continuation,
    to: u16,
) -> PyResult<()> {
    let function = match function.downcast::<PyFunction>() {
        Ok(function) => ManuallyDrop::new(function),
        Err(_) => return Err(raise!(thread, SYSTEM_ERROR, "not a function")),
    };
    let result = push_function(thread, stacks, &function, arguments, names, continuation, to);
    if result.is_err() {
        drop(ManuallyDrop::into_inner(function));
        return result;
    }
    // SAFETY: the frame that was just pushed; it takes the reference over.
    unsafe { (*stacks.current.get()).extras |= extra::FUNCTION };
    result
}

/// Pushes the frame of a function that the caller keeps alive.
fn push_function(
    thread: &Thread,
    stacks: &Stacks,
    function: &PyFunction,
    arguments: Vec<Value>,
    names: Option<&PyTuple>,
    continuation: Continuation,
    to: u16,
) -> PyResult<()> {
    let slots = stacks.top();
    if !stacks.reserve(slots.wrapping_add(arguments.len())) {
        return Err(too_deep(thread));
    }
    let positional = arguments.len() - names.map_or(0, PyTuple::len);
    // SAFETY: reserved; the words are moved into the slots.
    unsafe {
        for (at, value) in arguments.into_iter().enumerate() {
            *slots.add(at) = value.into_word().bits();
        }
        enter(thread, stacks, function, slots, positional, names, continuation, to)
    }
}

/// The positional arguments of `f(*x)` as a tuple.
fn spread(vm: Vm<'_>, base: usize, positional: Value) -> PyResult<Owned<PyTuple>> {
    let positional = match positional.downcast::<PyTuple>() {
        Ok(tuple) => return Ok(tuple),
        Err(other) => other,
    };
    let source = positional.as_ref();
    if source.ty().slots().iter.get().is_none() && source.ty().slots().item.get().is_none() {
        let (callable, name) = (function_text(vm.thread, vm.borrow(base)), source.ty().short_name());
        return Err(raise!(
            vm.thread,
            TYPE_ERROR,
            "{callable} argument after * must be an iterable, not {name}"
        ));
    }
    let iterator = protocol::iter(vm.thread, source)?;
    let mut items = Vec::new();
    while let Some(item) = protocol::next(vm.thread, iterator.as_ref())? {
        items.push(item);
    }
    PyTuple::from_values(vm.thread, items)
}

/// The names and values of the keyword arguments in a dict.
fn named(vm: Vm<'_>, base: usize, keywords: Ref<'_>) -> PyResult<(Option<Owned<PyTuple>>, Vec<Value>)> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut not_text = false;
    if let Some(dict) = keywords.get_exact::<PyDict>() {
        // no code runs meanwhile that could change the dict
        let count = dict.len();
        if names.try_reserve_exact(count).is_err() || values.try_reserve_exact(count).is_err() {
            return Err(vm.thread.raise_memory_error());
        }
        let mut cursor = taipan_object::dict::DictCursor::start();
        while let Some((key, value)) = cursor.next(dict) {
            not_text |= key.as_ref().get::<PyStr>().is_none();
            names.push(key);
            values.push(value);
        }
    } else if super::containers::each_pair(vm, keywords, |name, value| {
        not_text |= name.as_ref().get::<PyStr>().is_none();
        names.push(name);
        values.push(value);
        Ok(())
    })?
    .is_none()
    {
        let (callable, name) = (function_text(vm.thread, vm.borrow(base)), keywords.ty().short_name());
        return Err(raise!(
            vm.thread,
            TYPE_ERROR,
            "{callable} argument after ** must be a mapping, not {name}"
        ));
    }
    if not_text {
        return Err(raise!(vm.thread, TYPE_ERROR, "keywords must be strings"));
    }
    if names.is_empty() {
        return Ok((None, values));
    }
    Ok((Some(PyTuple::from_values(vm.thread, names)?), values))
}

/// A callable as messages name it: with its module, unless that is `builtins`.
#[cold]
pub(super) fn function_text(thread: &Thread, callable: Ref<'_>) -> String {
    let text = |name: &str| -> Option<String> {
        let name = taipan_object::str::intern::intern_text(thread, name).ok()?;
        let found = protocol::get_attribute(thread, callable, &name);
        match found {
            Ok(found) => found.as_ref().get::<PyStr>().map(PyStr::to_text_lossy),
            Err(raised) => {
                drop(thread.catch(raised));
                None
            }
        }
    };
    match (text("__qualname__"), text("__module__")) {
        (Some(name), Some(module)) if module != "builtins" => format!("{module}.{name}()"),
        (Some(name), _) => format!("{name}()"),
        (None, _) => {
            let shown = callable.ty().slots().str.get().map(|str| str(thread, callable));
            match shown {
                Some(Ok(text)) => text.as_ref().get::<PyStr>().map_or_else(String::new, PyStr::to_text_lossy),
                Some(Err(raised)) => {
                    drop(thread.catch(raised));
                    String::new()
                }
                None => format!("{} object", callable.ty().short_name()),
            }
        }
    }
}

// -- from native code ----------------------------------------------------------------------------

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
pub(super) fn finish(thread: &Thread, stacks: &Stacks) -> PyResult<Value> {
    let result = match run::run(thread, stacks) {
        Ok(Outcome::Return(value)) => Ok(value),
        Ok(Outcome::Yield(_)) => Err(raise!(thread, SYSTEM_ERROR, "a function yielded")),
        Err(raised) => Err(raised),
    };
    stacks.release_retired();
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
