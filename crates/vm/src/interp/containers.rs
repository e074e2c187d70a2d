//! Building, unpacking and subscripting containers.

use super::Vm;
use crate::code::OpWord;
use crate::frame::UNBOUND;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::slice::PySlice;
use taipan_object::str::{Chars, PyStr, statics};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, Value, Word, protocol, raise};

/// The slots from `first` on as words.
#[inline(never)]
fn words(vm: Vm<'_>, first: usize) -> *const Word {
    // SAFETY: a slot of the frame.
    unsafe { vm.slots().add(first).cast_const().cast() }
}

/// Notes that what so many slots held was moved out.
#[inline(never)]
fn moved_out(vm: Vm<'_>, first: usize, count: usize) {
    for at in first..first + count {
        // SAFETY: slots of the frame.
        unsafe { *vm.slots().add(at) = UNBOUND }
    }
}

#[inline(never)]
pub(super) fn build_tuple(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: so many slots hold values, which are moved out.
    let tuple = unsafe { PyTuple::from_words(vm.thread, words(vm, w.a()), w.b())? };
    moved_out(vm, w.a(), w.b());
    vm.put(w.a(), tuple.into_value());
    Ok(())
}

#[inline(never)]
pub(super) fn build_list(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: so many slots hold values, which are moved out.
    let list = unsafe { PyList::from_words(vm.thread, words(vm, w.a()), w.b())? };
    moved_out(vm, w.a(), w.b());
    vm.put(w.a(), list.into_value());
    Ok(())
}

#[inline(never)]
pub(super) fn build_set(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let set = PySet::new(vm.thread)?;
    for at in w.a()..w.a() + w.b() {
        let item = vm.take(at);
        set.add(vm.thread, item.as_ref())?;
    }
    vm.put(w.a(), set.into_value());
    Ok(())
}

#[inline(never)]
pub(super) fn build_map(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let dict = PyDict::with_capacity(vm.thread, w.b())?;
    for pair in 0..w.b() {
        let (key, value) = (vm.take(w.a() + pair * 2), vm.take(w.a() + pair * 2 + 1));
        let old = dict.insert(vm.thread, key.as_ref(), value)?;
        drop(old);
    }
    vm.put(w.a(), dict.into_value());
    Ok(())
}

#[inline(never)]
pub(super) fn build_string(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let part = |at: usize| vm.borrow(w.a() + at).get::<PyStr>();
    if (0..w.b()).any(|at| part(at).is_none()) {
        return Err(raise!(vm.thread, SYSTEM_ERROR, "a part of a string is none"));
    }
    let text = PyStr::from_parts(vm.thread, w.b(), part)?;
    (w.a()..w.a() + w.b()).for_each(|at| drop(vm.take(at)));
    vm.put(w.a(), text.into_value());
    Ok(())
}

/// `a = b[…:…:…]` of a list at once, where the operation that runs builds the slice and `next`, behind it, takes the
/// part. False, and nothing is done, where that is no list or the bounds are no ints in words.
#[inline(never)]
pub(super) fn part_by_step(vm: Vm<'_>, w: OpWord, next: OpWord) -> PyResult<bool> {
    if w.b() != 3 || next.c() != w.a() {
        return Ok(false);
    }
    let Some(list) = vm.borrow(next.b()).get_exact::<PyList>() else { return Ok(false) };
    let bound = |at: usize| {
        let value = vm.borrow(at);
        if value.is_none() { Some(None) } else { value.word().as_int().map(Some) }
    };
    let (Some(start), Some(stop), Some(step)) = (bound(w.a()), bound(w.a() + 1), bound(w.a() + 2)) else {
        return Ok(false);
    };
    let step = step.unwrap_or(1);
    if step == 0 {
        return Ok(false);
    }
    let (first, step, count) = taipan_object::slice::adjust(list.len(), start, stop, step);
    let block = list.copy_by_step(vm.thread, usize::try_from(first).unwrap_or(0), step as isize, count)?;
    let part = PyList::from_block(vm.thread, block)?;
    // ints and None: nothing is released here
    (w.a()..w.a() + 3).for_each(|at| drop(vm.take(at)));
    drop(vm.operand(next.b()));
    vm.put(next.a(), part.into_value());
    Ok(true)
}

#[inline(never)]
pub(super) fn build_slice(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (start, stop) = (vm.take(w.a()), vm.take(w.a() + 1));
    let step = if w.b() == 3 { vm.take(w.a() + 2) } else { Value::none() };
    vm.put(w.a(), PySlice::new(vm.thread, start, stop, step)?.into_value());
    Ok(())
}

/// A module can rebind the set of its conditional annotations.
#[cold]
fn no_set(vm: Vm<'_>, at: usize) -> Raised {
    raise!(vm.thread, TYPE_ERROR, "'{}' object is not a set", vm.borrow(at).ty().name())
}

fn misplaced(vm: Vm<'_>) -> Raised {
    raise!(vm.thread, SYSTEM_ERROR, "bad internal call")
}

#[inline(never)]
pub(super) fn list_append(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let item = vm.operand(w.b()).into_value();
    vm.borrow(w.a()).get::<PyList>().ok_or_else(|| misplaced(vm))?.push(vm.thread, item)
}

#[inline(never)]
pub(super) fn list_extend(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let source = vm.operand(w.b());
    let list = vm.borrow(w.a()).get::<PyList>().ok_or_else(|| misplaced(vm))?;
    let (thread, source) = (vm.thread, source.as_ref());
    let iterable = source.ty().slots().iter.get().is_some() || source.ty().slots().item.get().is_some();
    if !iterable {
        let name = source.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "Value after * must be an iterable, not {name}"));
    }
    protocol::length_hint::extend_list(thread, list, source)
}

#[inline(never)]
pub(super) fn set_add(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let item = vm.operand(w.b());
    let set = vm.borrow(w.a()).get::<PySet>().ok_or_else(|| no_set(vm, w.a()))?;
    set.add(vm.thread, item.as_ref())?;
    Ok(())
}

#[inline(never)]
pub(super) fn set_update(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let source = vm.operand(w.b());
    let set = vm.borrow(w.a()).get::<PySet>().ok_or_else(|| misplaced(vm))?;
    let iterator = protocol::iter(vm.thread, source.as_ref())?;
    while let Some(item) = protocol::next(vm.thread, iterator.as_ref())? {
        set.add(vm.thread, item.as_ref())?;
    }
    Ok(())
}

#[inline(never)]
pub(super) fn map_add(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let (key, value) = (vm.take(w.b()), vm.take(w.b() + 1));
    let dict = vm.borrow(w.a()).get::<PyDict>().ok_or_else(|| misplaced(vm))?;
    let old = dict.insert(vm.thread, key.as_ref(), value)?;
    drop(old);
    Ok(())
}

/// Calls `put` with each key and value of a mapping; none if it is no mapping.
pub(super) fn each_pair(
    vm: Vm<'_>,
    source: Ref<'_>,
    mut put: impl FnMut(Value, Value) -> PyResult<()>,
) -> PyResult<Option<()>> {
    let thread = vm.thread;
    if let Some(dict) = PyDict::to_merge(source) {
        let copy = dict.copy(thread)?;
        let mut cursor = taipan_object::dict::DictCursor::start();
        while let Some((key, value)) = cursor.next(&copy) {
            put(key, value)?;
        }
        return Ok(Some(()));
    }
    let name = taipan_object::str::intern::intern_text(thread, "keys")?;
    let Some(keys) = super::attributes::optional(thread, source, &name)? else { return Ok(None) };
    let keys = protocol::call(thread, keys.as_ref(), &[], None)?;
    let iterator = protocol::iter(thread, keys.as_ref())?;
    while let Some(key) = protocol::next(thread, iterator.as_ref())? {
        let value = protocol::subscript(thread, source, key.as_ref())?;
        put(key, value)?;
    }
    Ok(Some(()))
}

#[inline(never)]
pub(super) fn dict_update(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let source = vm.operand(w.b());
    let dict = vm.borrow(w.a()).get::<PyDict>().ok_or_else(|| misplaced(vm))?;
    let put = |key: Value, value: Value| {
        let old = dict.insert(vm.thread, key.as_ref(), value)?;
        drop(old);
        Ok(())
    };
    match each_pair(vm, source.as_ref(), put)? {
        Some(()) => Ok(()),
        None => {
            let name = source.as_ref().ty().name();
            Err(raise!(vm.thread, TYPE_ERROR, "'{name}' object is not a mapping"))
        }
    }
}

#[inline(never)]
pub(super) fn dict_merge(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let source = vm.operand(w.b());
    let thread = vm.thread;
    let dict = vm.borrow(w.a()).get::<PyDict>().ok_or_else(|| misplaced(vm))?;
    if dict.is_empty()
        && let Some(source) = source.as_ref().get_exact::<PyDict>().filter(|source| source.has_strings_only())
    {
        return dict.become_copy(thread, source);
    }
    let callable = || super::call::function_text(thread, vm.borrow(w.c()));
    let put = |key: Value, value: Value| {
        // whether it is a name at all is seen when the call is made
        if dict.contains(thread, key.as_ref())? {
            let name = super::format::str(thread, key.as_ref())?;
            let name = name.as_ref().get::<PyStr>().map(PyStr::to_text_lossy).unwrap_or_default();
            let callable = callable();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{callable} got multiple values for keyword argument '{name}'"
            ));
        }
        let old = dict.insert(thread, key.as_ref(), value)?;
        drop(old);
        Ok(())
    };
    match each_pair(vm, source.as_ref(), put)? {
        Some(()) => Ok(()),
        None => {
            let (callable, name) = (callable(), source.as_ref().ty().name());
            Err(raise!(thread, TYPE_ERROR, "{callable} argument after ** must be a mapping, not {name}"))
        }
    }
}

// -- subscripts ------------------------------------------------------------------------------------

#[inline(never)]
pub(super) fn subscript(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let key = vm.operand(w.c());
    let container = vm.operand(w.b());
    let result = match container.as_ref().get_exact::<PyDict>() {
        Some(dict) => match dict.get(vm.thread, key.as_ref())? {
            Some(value) => value,
            None => {
                let key = key.as_ref().to_value();
                return Err(vm.thread.raise_value(&taipan_object::exception::KEY_ERROR, key));
            }
        },
        None => subscript_any(vm, container.as_ref(), key.as_ref())?,
    };
    vm.put(w.a(), result);
    Ok(())
}

/// One character of a string, where it is one of those that are always there.
#[inline(always)]
pub(super) fn character(text: &PyStr, at: i64) -> Option<Word> {
    let Chars::One(chars) = text.chars() else { return None };
    let at = if at < 0 { at + chars.len() as i64 } else { at };
    let character = chars.get(usize::try_from(at).ok()?)?;
    // immortal: the word stays good
    Some(statics::latin1(*character).as_ref().word())
}

/// `container[key]`; a class is asked for `__class_getitem__`.
#[inline(never)]
fn subscript_any(vm: Vm<'_>, container: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let slots = container.ty().slots();
    if slots.subscript.get().is_none()
        && slots.item.get().is_none()
        && container.get::<taipan_object::PyTypeObject>().is_some()
    {
        return super::class::subscript_class(vm.thread, container, key);
    }
    protocol::subscript(vm.thread, container, key)
}

#[inline(never)]
pub(super) fn store_subscript(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.operand(w.c()).into_value();
    let key = vm.operand(w.b());
    let container = vm.operand(w.a());
    if let Some(dict) = container.as_ref().get_exact::<PyDict>() {
        let old = dict.insert(vm.thread, key.as_ref(), value)?;
        drop(old);
        return Ok(());
    }
    protocol::set_subscript(vm.thread, container.as_ref(), key.as_ref(), Some(value))
}

#[inline(never)]
pub(super) fn delete_subscript(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let key = vm.operand(w.b());
    let container = vm.operand(w.a());
    protocol::set_subscript(vm.thread, container.as_ref(), key.as_ref(), None)
}

/// The bounds of a part of a sequence of so many items, from ints in words and None.
#[inline]
fn bounds(start: Ref<'_>, stop: Ref<'_>, len: usize) -> Option<(usize, usize)> {
    let bound = |value: Ref<'_>, default: usize| {
        if value.is_none() {
            return Some(default);
        }
        let at = value.word().as_int()?;
        let at = if at < 0 { (at + len as i64).max(0) } else { at };
        Some((at as usize).min(len))
    };
    let (start, stop) = (bound(start, 0)?, bound(stop, len)?);
    Some((start, stop.max(start)))
}

/// A part of a list, a tuple or a string whose bounds need no slice.
#[inline(never)]
fn part(vm: Vm<'_>, at: usize) -> PyResult<Option<Value>> {
    let (container, start, stop) = (vm.borrow(at), vm.borrow(at + 1), vm.borrow(at + 2));
    if let Some(list) = container.get_exact::<PyList>() {
        let Some((start, stop)) = bounds(start, stop, list.len()) else { return Ok(None) };
        let block = list.copy(vm.thread, start, stop)?;
        return Ok(Some(PyList::from_block(vm.thread, block)?.into_value()));
    }
    if let Some(text) = container.get_exact::<PyStr>() {
        let Some((start, stop)) = bounds(start, stop, text.len()) else { return Ok(None) };
        return Ok(Some(text.slice(vm.thread, start, stop)?.into_value()));
    }
    if let Some(tuple) = container.get_exact::<PyTuple>() {
        let Some((start, stop)) = bounds(start, stop, tuple.len()) else { return Ok(None) };
        return Ok(Some(tuple.slice(vm.thread, start, stop)?.into_value()));
    }
    Ok(None)
}

#[inline(never)]
pub(super) fn binary_slice(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    if let Some(part) = part(vm, w.a())? {
        drop((vm.take(w.a() + 2), vm.take(w.a() + 1)));
        vm.put(w.a(), part);
        return Ok(());
    }
    let container = vm.take(w.a());
    let slice = PySlice::new(vm.thread, vm.take(w.a() + 1), vm.take(w.a() + 2), Value::none())?;
    let result = subscript_any(vm, container.as_ref(), slice.as_ref())?;
    vm.put(w.a(), result);
    Ok(())
}

#[inline(never)]
pub(super) fn store_slice(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.take(w.a());
    let container = vm.take(w.b());
    if let (Some(list), Some(source)) =
        (container.as_ref().get_exact::<PyList>(), value.as_ref().get_exact::<PyList>())
        && let Some((start, stop)) = bounds(vm.borrow(w.b() + 1), vm.borrow(w.b() + 2), list.len())
    {
        // a list that nobody else has gives its items up
        let is_ours =
            value.as_ref().head().is_some_and(|head| head.refcount() == 1) && source.plain_slot(0).is_some();
        let new = if is_ours { source.take() } else { source.copy(vm.thread, 0, source.len())? };
        let old = list.splice(vm.thread, start, stop, new)?;
        drop((vm.take(w.b() + 1), vm.take(w.b() + 2)));
        drop(old);
        return Ok(());
    }
    let slice = PySlice::new(vm.thread, vm.take(w.b() + 1), vm.take(w.b() + 2), Value::none())?;
    protocol::set_subscript(vm.thread, container.as_ref(), slice.as_ref(), Some(value))
}

#[inline(never)]
pub(super) fn get_len(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let length = protocol::length(vm.thread, vm.borrow(w.b()))?;
    vm.put(w.a(), Value::int(vm.thread, length as i64)?);
    Ok(())
}
