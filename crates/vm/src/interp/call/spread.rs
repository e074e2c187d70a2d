//! Calls whose arguments are spread: `f(*args, **kwargs)`, and those whose arguments are values.

use super::super::{Vm, containers};
use super::frames::{enter, too_deep};
use crate::code::OpWord;
use crate::frame::{Continuation, NULL, Stacks, extra, stacks};
use crate::tracing;
use std::mem::ManuallyDrop;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::function::PyFunction;
use taipan_object::str::PyStr;
use taipan_object::thread::safepoint;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};

/// The operation `CallEx`.
#[inline(never)]
pub(in crate::interp) fn call_ex(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    let thread = vm.thread;
    crate::safepoint(thread)?;
    let base = w.a();
    // SAFETY: the slots of the call.
    let with_keywords = unsafe { *vm.slots().add(base + 3) } != NULL;
    let keywords = if with_keywords { Some(vm.take(base + 3)) } else { None };
    let positional = vm.take(base + 2);
    let positional = spread(vm, base, positional)?;
    let is_dict = |keywords: &Value| keywords.as_ref().get_exact::<PyDict>().is_some();
    if vm.borrow(base).get_exact::<PyFunction>().is_some() && keywords.as_ref().is_none_or(is_dict) {
        return function_ex(vm, w, positional, keywords);
    }
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
        let all = this.into_iter().chain(positional.iter().map(Ref::to_value)).chain(values).collect();
        // not before the frame stands above the arguments: whatever runs then stands above it
        let pushed = enter_values(vm, callable, all, names.as_deref(), w.c());
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
    let call = || protocol::call(thread, callable.as_ref(), &all, names.as_deref());
    let result = match thread.has_request(safepoint::TRACE) {
        true => tracing::told(thread, callable.as_ref(), &all, call),
        false => call(),
    }?;
    drop((all, callable));
    vm.put(w.c(), result);
    Ok(false)
}

/// The operation `CallEx` of a Python function, with a dict of keyword arguments if there are any.
fn function_ex(vm: Vm<'_>, w: OpWord, positional: Owned<PyTuple>, keywords: Option<Value>) -> PyResult<bool> {
    let (thread, base) = (vm.thread, w.a());
    let dict = keywords.as_ref().and_then(|keywords| keywords.as_ref().get_exact::<PyDict>());
    let dict = dict.filter(|dict| !dict.is_empty());
    let names = dict.map(|dict| names_of(thread, dict)).transpose()?;
    // SAFETY: the slots of the call.
    let this = unsafe { (*vm.slots().add(base + 1) != NULL).then(|| vm.take(base + 1)) };
    vm.put_marker(base + 1, NULL);
    let callable = vm.take(base);
    let stacks = stacks(thread);
    let count = usize::from(this.is_some()) + positional.len() + dict.map_or(0, PyDict::len);
    let slots = stacks.top();
    if !stacks.reserve(slots.wrapping_add(count)) {
        return Err(too_deep(thread));
    }
    let mut cursor = DictCursor::start();
    let values = std::iter::from_fn(|| Some(cursor.next(dict?)?.1));
    let all = this.into_iter().chain(positional.iter().map(Ref::to_value)).chain(values);
    // SAFETY: reserved; the words are moved into the slots.
    unsafe {
        for (at, value) in all.enumerate() {
            *slots.add(at) = value.into_word().bits();
        }
    }
    let pushed = push_from_slots(thread, stacks, callable, slots, count, names.as_deref(), w.c() as u16);
    // not before the frame stands above the arguments: whatever runs then stands above it
    drop((positional, keywords));
    pushed.map(|()| true)
}

/// The keys of a dict, which must be strings.
fn names_of(thread: &Thread, dict: &PyDict) -> PyResult<Owned<PyTuple>> {
    let mut names = TupleBuilder::new(thread, dict.len())?;
    let mut not_text = false;
    let mut cursor = DictCursor::start();
    while let Some((key, _)) = cursor.next(dict) {
        not_text |= key.as_ref().get::<PyStr>().is_none();
        names.push(key);
    }
    match not_text {
        false => Ok(names.finish()),
        true => Err(raise!(thread, TYPE_ERROR, "keywords must be strings")),
    }
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
pub(in crate::interp) fn enter_values(
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
pub(in crate::interp) fn push_values(
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
    crate::safepoint(thread)?;
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
#[inline(never)]
fn spread(vm: Vm<'_>, base: usize, positional: Value) -> PyResult<Owned<PyTuple>> {
    let positional = match positional.downcast::<PyTuple>() {
        Ok(tuple) => return Ok(tuple),
        Err(other) => other,
    };
    let source = positional.as_ref();
    if source.ty().slots().iter.get().is_none() && source.ty().slots().item.get().is_none() {
        let (callable, name) = (function_text(vm.thread, vm.borrow(base)), source.ty().name());
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
#[inline(never)]
fn named(vm: Vm<'_>, base: usize, keywords: Ref<'_>) -> PyResult<(Option<Owned<PyTuple>>, Vec<Value>)> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut not_text = false;
    if let Some(dict) = keywords.get_exact::<PyDict>() {
        // no code runs meanwhile that could change the dict
        let count = dict.len();
        if names.try_reserve_exact(count).is_err() || values.try_reserve_exact(count).is_err() {
            return Err(vm.thread.raise_memory_error());
        }
        let mut cursor = DictCursor::start();
        while let Some((key, value)) = cursor.next(dict) {
            not_text |= key.as_ref().get::<PyStr>().is_none();
            names.push(key);
            values.push(value);
        }
    } else if containers::each_pair(vm, keywords, |name, value| {
        not_text |= name.as_ref().get::<PyStr>().is_none();
        names.push(name);
        values.push(value);
        Ok(())
    })?
    .is_none()
    {
        let (callable, name) = (function_text(vm.thread, vm.borrow(base)), keywords.ty().name());
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
pub(in crate::interp) fn function_text(thread: &Thread, callable: Ref<'_>) -> String {
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
