//! The buffer protocol in Python (PEP 688): `__buffer__` and `__release_buffer__`.

use taipan_object::buffer::{Buffer, Request};
use taipan_object::declare::{native_state, receiver};
use taipan_object::memoryview::PyMemoryView;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::statics::names;
use taipan_object::types::slots::GetBuffer;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};

use super::lookup::{call_method, call_special};
use crate::arguments::to_int;

/// Stands for the memory that a `__buffer__` lent: the object, and the view that it gave.
#[derive(Default)]
pub(crate) struct Wrapper {
    object: Slot,
    view: Slot,
}

native_type! {
    /// `_buffer_wrapper`.
    pub(crate) static WRAPPER: Wrapper = "_buffer_wrapper",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { release_buffer: give_back }
}

native_state!(Wrapper in WRAPPER: object, view);

/// The types of this file.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&WRAPPER]
}

/// The slot of a class with `__buffer__` in Python.
pub(super) fn get(thread: &Thread, this: Ref<'_>, request: Request) -> PyResult<Buffer> {
    let flags = Value::small(request.bits());
    let view = call_method(thread, this, names::__buffer__.get(), [flags])?;
    if view.as_ref().get::<PyMemoryView>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "__buffer__ returned non-memoryview object"));
    }
    let inner = Buffer::get(thread, view.as_ref(), request)?;
    let wrapper = Wrapper { object: Slot::new(this.to_value()), view: Slot::new(view) };
    Ok(Buffer::through(Native::new(thread, wrapper)?.into_value(), inner))
}

/// The slot of a class with `__release_buffer__` in Python; the wrapper calls the method.
pub(super) fn release(_: &Thread, _: Ref<'_>) {}

/// The memory that a wrapper stands for is not needed any more.
fn give_back(thread: &Thread, wrapper: Ref<'_>) {
    let Ok(wrapper) = receiver::<Wrapper>(thread, wrapper) else { return };
    let (Some(object), Some(view)) = (wrapper.object.take(), wrapper.view.take()) else { return };
    let told = call_special(thread, object.as_ref(), names::__release_buffer__.get(), [view.clone()]);
    if let Err(raised) = told {
        let doing = format!("in __release_buffer__ of {}", object.as_ref().ty().short_name());
        thread.unraisable(raised, Some(&doing), None);
    }
    if let Some(own) = view.as_ref().get::<PyMemoryView>()
        && let Err(raised) = own.release(thread)
    {
        thread.unraisable(raised, None, Some(object.as_ref()));
    }
}

/// `__buffer__` of a built-in type, which has this slot.
pub(super) fn view_of(thread: &Thread, this: Ref<'_>, get: GetBuffer, flags: Ref<'_>) -> PyResult<Value> {
    let flags = to_int(thread, flags)?;
    let buffer = get(thread, this, Request::from_bits(flags))?;
    Ok(PyMemoryView::of_buffer(thread, buffer)?.into_value())
}

/// `__release_buffer__` of a built-in type: the view must be one of the object's memory.
pub(super) fn release_view(thread: &Thread, this: Ref<'_>, view: Ref<'_>) -> PyResult<Value> {
    let Some(view) = view.get::<PyMemoryView>() else {
        return Err(raise!(thread, TYPE_ERROR, "expected a memoryview object"));
    };
    if view.is_released() {
        return Err(raise!(thread, VALUE_ERROR, "memoryview's buffer has already been released"));
    }
    if !view.exporter(thread)?.is_some_and(|exporter| exporter.as_ref().is(this)) {
        return Err(raise!(thread, VALUE_ERROR, "memoryview's buffer is not this object"));
    }
    view.release(thread)?;
    Ok(Value::none())
}
