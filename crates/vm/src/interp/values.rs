//! Locals, cells and free variables.

use super::Vm;
use crate::code::OpWord;
use crate::frame::{UNBOUND, is_pointer};
use taipan_object::cell::PyCell;
use taipan_object::exception::{NAME_ERROR, UNBOUND_LOCAL_ERROR};
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Raised, Ref, raise};

#[inline(never)]
fn local_name(vm: Vm<'_>, at: usize) -> String {
    vm.code().local_names.get(at).map_or_else(String::new, |name| name.to_text_lossy())
}

/// A local is read that is not bound.
#[cold]
#[inline(never)]
pub(super) fn unbound_local(vm: Vm<'_>, at: usize) -> Raised {
    let name = local_name(vm, at);
    let message =
        format_args!("cannot access local variable '{name}' where it is not associated with a value");
    // its `name` stays `None`, unlike that of a `NameError`
    vm.thread.raise_message(&UNBOUND_LOCAL_ERROR, message)
}

/// A cell is read that is empty.
#[cold]
#[inline(never)]
fn empty_cell(vm: Vm<'_>, at: usize) -> Raised {
    let free = vm
        .code()
        .source
        .localspluskinds
        .get(at)
        .is_some_and(|kind| kind.has(taipan_bytecode_format::LocalKind::FREE));
    if !free {
        return unbound_local(vm, at);
    }
    let name = local_name(vm, at);
    let message = format_args!(
        "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
    );
    let raised = vm.thread.raise_message(&NAME_ERROR, message);
    super::names::note_name(vm.thread, &name);
    raised
}

#[inline(never)]
pub(super) fn check_local(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    Err(unbound_local(vm, w.a()))
}

#[inline(never)]
pub(super) fn delete_local(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: a slot of the frame.
    if unsafe { *vm.slots().add(w.a()) } == UNBOUND {
        return Err(unbound_local(vm, w.a()));
    }
    vm.put_marker(w.a(), UNBOUND);
    Ok(())
}

#[inline(never)]
pub(super) fn make_cell(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: a slot of the frame.
    let bits = unsafe { *vm.slots().add(w.a()) };
    let value = if bits == UNBOUND { None } else { Some(vm.take(w.a())) };
    let cell = PyCell::new(vm.thread, value)?;
    vm.put(w.a(), cell.into_value());
    Ok(())
}

/// The cell in a slot.
fn cell<'t>(vm: Vm<'t>, at: usize) -> PyResult<&'t PyCell> {
    // SAFETY: a slot of the frame; a pointer in it is alive.
    let bits = unsafe { *vm.slots().add(at) };
    if is_pointer(bits)
        && let Some(cell) = vm.borrow(at).get_exact::<PyCell>()
    {
        return Ok(cell);
    }
    Err(raise!(vm.thread, SYSTEM_ERROR, "a variable's cell is missing"))
}

#[inline(never)]
pub(super) fn copy_free(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let wrong = || raise!(vm.thread, SYSTEM_ERROR, "a function's closure does not fit its code");
    // SAFETY: null or the function that runs.
    let function = unsafe { vm.frame().function.as_ref() }.ok_or_else(wrong)?;
    let closure = function.func_closure().get().ok_or_else(wrong)?;
    let cells = closure.as_ref().get::<PyTuple>().ok_or_else(wrong)?;
    if cells.len() != w.wide_operand() as usize
        || !cells.iter().all(|cell| cell.get_exact::<PyCell>().is_some())
    {
        return Err(wrong());
    }
    for (at, cell) in cells.iter().enumerate() {
        vm.put(w.a() + at, cell.to_value());
    }
    Ok(())
}

#[inline(never)]
pub(super) fn load_deref(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = cell(vm, w.b())?.slot().get().ok_or_else(|| empty_cell(vm, w.b()))?;
    vm.put(w.a(), value);
    Ok(())
}

#[inline(never)]
pub(super) fn store_deref(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.operand(w.b()).into_value();
    let old = cell(vm, w.a())?.slot().replace(Some(value));
    drop(old);
    Ok(())
}

#[inline(never)]
pub(super) fn delete_deref(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    match cell(vm, w.a())?.slot().take() {
        Some(old) => {
            drop(old);
            Ok(())
        }
        None => Err(empty_cell(vm, w.a())),
    }
}

#[inline(never)]
pub(super) fn load_dict_or_deref(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let namespace = vm.take(w.a());
    let name = vm.code().local_names.get(w.b());
    let name: Ref<'_> = match name {
        Some(name) => name.as_ref(),
        None => return Err(raise!(vm.thread, SYSTEM_ERROR, "a variable has no name")),
    };
    let found = super::names::namespace_get(vm.thread, namespace.as_ref(), name)?;
    let value = match found {
        Some(value) => value,
        None => cell(vm, w.b())?.slot().get().ok_or_else(|| empty_cell(vm, w.b()))?,
    };
    vm.put(w.a(), value);
    Ok(())
}
