//! `PickleBuffer`: memory that may travel beside a pickle (PEP 574).

use std::cell::RefCell;

use taipan_object::buffer::{Buffer, Order, Request};
use taipan_object::memoryview::PyMemoryView;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::install;

use taipan_object::declare::{method_table, receiver};

/// The object whose memory it is; none when it was released.
#[derive(Default)]
pub(crate) struct PickleBuffer {
    object: Slot,
    held: RefCell<Option<Buffer>>,
}

native_type! {
    /// `pickle.PickleBuffer`.
    pub(crate) static PICKLE_BUFFER: PickleBuffer = "pickle.PickleBuffer", flags 0, dict false, weak true,
    does { new: new, get_buffer: lend }
}

impl NativeType for PickleBuffer {
    fn definition() -> &'static NativeStatic<PickleBuffer> {
        &PICKLE_BUFFER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.object);
    }

    fn clear(&self) {
        drop(self.held.take());
        drop(self.object.take());
    }
}

method_table! { METHODS:
    Instance None c"raw" "($self, /)" raw, c"The memory as bytes, in a memoryview.";
    Instance None c"release" "($self, /)" release, c"Gives the memory back.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PICKLE_BUFFER, &METHODS)
}

fn new(thread: &Thread, _: &PyTypeObject, given: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [object] = given else {
        let count = given.len();
        return Err(match count {
            0 => raise!(thread, TYPE_ERROR, "PickleBuffer() takes exactly 1 positional argument (0 given)"),
            _ => raise!(thread, TYPE_ERROR, "PickleBuffer() takes at most 1 argument ({count} given)"),
        });
    };
    if names.is_some_and(|names| !names.is_empty()) {
        let message = "PickleBuffer() takes exactly 1 positional argument (0 given)";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    // held as long as the object is, so that what it shows does not move
    let held = Buffer::get(thread, object.as_ref(), Request::FULL_RO)?;
    let state = PickleBuffer { object: Slot::new(object.clone()), held: RefCell::new(Some(held)) };
    Ok(Native::new(thread, state)?.into_value())
}

fn object_of(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<PickleBuffer>(thread, this)?
        .object
        .get()
        .ok_or_else(|| raise!(thread, VALUE_ERROR, "operation forbidden on released PickleBuffer object"))
}

fn lend(thread: &Thread, this: Ref<'_>, request: Request) -> PyResult<Buffer> {
    let object = object_of(thread, this)?;
    Buffer::get(thread, object.as_ref(), request)
}

fn release(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let buffer = receiver::<PickleBuffer>(thread, this)?;
    let (object, held) = (buffer.object.take(), buffer.held.take());
    drop(held);
    drop(object);
    Ok(Value::none())
}

fn raw(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let object = object_of(thread, this)?;
    let view = PyMemoryView::of_object(thread, object.as_ref())?;
    let stands =
        view.lend(thread, |shown| shown.is_contiguous(Order::C) || shown.is_contiguous(Order::Fortran))?;
    if !stands {
        return Err(raise!(thread, BUFFER_ERROR, "cannot extract raw buffer from non-contiguous buffer"));
    }
    let view = view.into_value();
    crate::call::method(
        thread,
        view.as_ref(),
        &*intern_text(thread, "cast")?,
        &[crate::call::text(thread, "B")?],
    )
}

/// The bytes of a buffer and whether they can only be read.
pub(crate) fn bytes(thread: &Thread, this: Ref<'_>) -> PyResult<Option<(Vec<u8>, bool)>> {
    let object = object_of(thread, this)?;
    let buffer = Buffer::get(thread, object.as_ref(), Request::FULL_RO)?;
    let geometry = buffer.geometry();
    let order = match (geometry.is_contiguous(Order::C), geometry.is_contiguous(Order::Fortran)) {
        (true, _) => Order::C,
        (_, true) => Order::Fortran,
        _ => return Ok(None),
    };
    Ok(Some((geometry.to_vec(thread, order)?, buffer.readonly())))
}
