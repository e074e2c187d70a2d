//! Calling classes in the loop, and classes in subscripts.

use super::{Vm, call};
use crate::frame::{Continuation, extra, stacks};
use std::mem::ManuallyDrop;
use taipan_object::function::PyFunction;
use taipan_object::str::intern;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::{Init, New};
use taipan_object::types::statics::{OBJECT, TYPE};
use taipan_object::types::{flags, lifecycle};
use taipan_object::{Owned, PyResult, PyTypeObject, Ref, Thread, Value, protocol, raise};

fn same_new(a: Option<New>, b: Option<New>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if std::ptr::fn_addr_eq(a, b))
}

fn same_init(a: Option<Init>, b: Option<Init>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if std::ptr::fn_addr_eq(a, b))
}

/// Calls a class whose instances `object` makes and whose `__init__` is a Python function: makes the instance and
/// enters `__init__`. The instance stands in the callable's slot, and is the result. False if the class is of
/// another kind; nothing was done then.
pub(super) fn instantiate(
    vm: Vm<'_>,
    class: &PyTypeObject,
    base: usize,
    positional: usize,
    names: Option<&PyTuple>,
) -> PyResult<bool> {
    let thread = vm.thread;
    let plain = class.head().is_exact(&TYPE)
        && class.has_flag(flags::HEAPTYPE)
        && !class.has_flag(flags::IS_ABSTRACT)
        && same_new(class.slots().new.get(), OBJECT.slots().new.get())
        && !same_init(class.slots().init.get(), OBJECT.slots().init.get());
    if !plain {
        return Ok(false);
    }
    let Some(init) = class.lookup(thread, names::__init__.get())? else { return Ok(false) };
    let Ok(init) = init.downcast::<PyFunction>() else { return Ok(false) };
    let object = lifecycle::allocate_instance(thread, class, 0)?;
    // SAFETY: a fresh object whose one reference is the caller's.
    let object = unsafe { Value::from_object(object) };
    vm.put(base + 1, object.clone());
    vm.put(base, object);
    let init = ManuallyDrop::new(init);
    let stacks = stacks(thread);
    // SAFETY: `self` and the arguments stand in the slots from `base + 1` on; the frame holds the function.
    unsafe {
        let slots = vm.slots().add(base + 1);
        if let Err(raised) =
            call::enter(thread, stacks, &init, slots, positional + 1, names, Continuation::Init, 0)
        {
            drop(ManuallyDrop::into_inner(init));
            return Err(raised);
        }
        (*stacks.current.get()).extras |= extra::FUNCTION;
    }
    Ok(true)
}

/// Checks what `__init__` returned.
pub(super) fn check_init(thread: &Thread, result: Ref<'_>) -> PyResult<()> {
    if result.is_none() {
        return Ok(());
    }
    let name = result.ty().name();
    Err(raise!(thread, TYPE_ERROR, "__init__() should return None, not '{name}'"))
}

/// `C[key]` of a class that is no container itself.
pub(super) fn subscript_class(thread: &Thread, class: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let name = intern::intern_text(thread, "__class_getitem__")?;
    if let Some(method) = super::attributes::optional(thread, class, &name)?
        && !method.as_ref().is_none()
    {
        return protocol::call(thread, method.as_ref(), &[key.to_value()], None);
    }
    let name = class.get::<PyTypeObject>().map_or("?", PyTypeObject::short_name);
    Err(raise!(thread, TYPE_ERROR, "type '{name}' is not subscriptable"))
}

/// The type of a value as an owned reference.
pub(super) fn type_of(value: Ref<'_>) -> Owned<PyTypeObject> {
    Owned::new_ref(value.ty())
}
