//! Proxies: objects that do what the object behind a weak reference does.

use taipan_object::protocol::number;
use taipan_object::protocol::{BinaryOp, UnaryOp};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::{CompareOp, Slots};
use taipan_object::weakref::{CALLABLE_PROXY, PROXY, PyWeakReference};
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::{install, text};

use crate::call;
use taipan_object::declare::method_table;

method_table! { METHODS:
    Instance None c"__bytes__" "" bytes, c"The object as bytes.";
    Instance None c"__reversed__" "" reversed, c"The object from its end.";
}

/// The object of a proxy; what is no proxy is itself.
fn behind(thread: &Thread, value: Ref<'_>) -> PyResult<Value> {
    let Some(proxy) = PyWeakReference::of_proxy(value) else { return Ok(value.to_value()) };
    let target = proxy.target();
    target.ok_or_else(|| raise!(thread, REFERENCE_ERROR, "weakly-referenced object no longer exists"))
}

fn forward_call(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let object = behind(thread, this)?;
    protocol::call(thread, object.as_ref(), arguments, names)
}

fn bytes(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let object = behind(thread, this)?;
    call::method(thread, object.as_ref(), "__bytes__", &[])
}

fn reversed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let object = behind(thread, this)?;
    call::method(thread, object.as_ref(), "__reversed__", &[])
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let object = behind(thread, this)?;
    let (own, ty, at) = (this.word().bits(), object.as_ref().ty().name(), object.word().bits());
    call::text(thread, &format!("<weakproxy at {own:#x}; to '{ty}' at {at:#x}>"))
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (one, two) = (behind(thread, this)?, behind(thread, other)?);
    protocol::compare(thread, one.as_ref(), two.as_ref(), op)
}

fn get(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let object = behind(thread, this)?;
    protocol::get_attribute(thread, object.as_ref(), name)
}

fn set(thread: &Thread, this: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    let object = behind(thread, this)?;
    protocol::set_attribute(thread, object.as_ref(), name, value)
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let object = behind(thread, this)?;
    if object.as_ref().ty().slots().next.get().is_none() {
        let ty = object.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "Weakref proxy referenced a non-iterator '{ty}' object"));
    }
    protocol::next(thread, object.as_ref())
}

fn set_key(thread: &Thread, this: Ref<'_>, key: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let object = behind(thread, this)?;
    protocol::set_subscript(thread, object.as_ref(), key, value)
}

macro_rules! binary_slots {
    ($slots:ident: $($slot:ident $in_place:ident $op:ident;)*) => {
        $(
            $slots.$slot.set(Some(|thread, a, b| {
                let (a, b) = (behind(thread, a)?, behind(thread, b)?);
                protocol::binary(thread, a.as_ref(), b.as_ref(), BinaryOp::$op)
            }));
            $slots.$in_place.set(Some(|thread, a, b| {
                let (a, b) = (behind(thread, a)?, behind(thread, b)?);
                number::in_place(thread, a.as_ref(), b.as_ref(), BinaryOp::$op)
            }));
        )*
    };
}

fn fill_slots(slots: &Slots) {
    slots.getattr.set(Some(get));
    slots.setattr.set(Some(set));
    slots.repr.set(Some(repr));
    slots.richcompare.set(Some(compare));
    slots.hash.set(Some(protocol::no_hash));
    slots.next.set(Some(next));
    slots.set_subscript.set(Some(set_key));
    slots.str.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        Ok(text::str(thread, object.as_ref())?.into_value())
    }));
    slots.iter.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        protocol::iter(thread, object.as_ref())
    }));
    slots.bool.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        protocol::truth(thread, object.as_ref())
    }));
    slots.map_length.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        protocol::length(thread, object.as_ref())
    }));
    slots.contains.set(Some(|thread, this, wanted| {
        let object = behind(thread, this)?;
        protocol::contains(thread, object.as_ref(), wanted)
    }));
    slots.subscript.set(Some(|thread, this, key| {
        let object = behind(thread, this)?;
        protocol::subscript(thread, object.as_ref(), key)
    }));
    slots.index.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        number::index(thread, object.as_ref())
    }));
    number_slots(slots);
}

fn number_slots(slots: &Slots) {
    slots.negative.set(Some(|thread, this| unary(thread, this, UnaryOp::Negative)));
    slots.positive.set(Some(|thread, this| unary(thread, this, UnaryOp::Positive)));
    slots.invert.set(Some(|thread, this| unary(thread, this, UnaryOp::Invert)));
    slots.absolute.set(Some(|thread, this| unary(thread, this, UnaryOp::Absolute)));
    slots.int.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        call::method(thread, object.as_ref(), "__int__", &[])
    }));
    slots.float.set(Some(|thread, this| {
        let object = behind(thread, this)?;
        call::method(thread, object.as_ref(), "__float__", &[])
    }));
    binary_slots! { slots:
        add inplace_add Add;
        subtract inplace_subtract Subtract;
        multiply inplace_multiply Multiply;
        matrix_multiply inplace_matrix_multiply MatrixMultiply;
        true_divide inplace_true_divide TrueDivide;
        floor_divide inplace_floor_divide FloorDivide;
        remainder inplace_remainder Remainder;
        lshift inplace_lshift Lshift;
        rshift inplace_rshift Rshift;
        and inplace_and And;
        or inplace_or Or;
        xor inplace_xor Xor;
    }
    slots.power.set(Some(|thread, a, b, modulus| {
        let [a, b, modulus] = [behind(thread, a)?, behind(thread, b)?, behind(thread, modulus)?];
        number::power(thread, a.as_ref(), b.as_ref(), modulus.as_ref(), false)
    }));
    slots.inplace_power.set(Some(|thread, a, b, modulus| {
        let [a, b, modulus] = [behind(thread, a)?, behind(thread, b)?, behind(thread, modulus)?];
        number::power(thread, a.as_ref(), b.as_ref(), modulus.as_ref(), true)
    }));
}

fn unary(thread: &Thread, this: Ref<'_>, op: UnaryOp) -> PyResult<Value> {
    let object = behind(thread, this)?;
    number::unary(thread, object.as_ref(), op)
}

pub(super) fn install(thread: &Thread) -> PyResult<()> {
    for ty in [&PROXY, &CALLABLE_PROXY] {
        fill_slots(ty.slots());
    }
    CALLABLE_PROXY.slots().call.set(Some(forward_call));
    install::methods(thread, &PROXY, &METHODS)?;
    install::methods(thread, &CALLABLE_PROXY, &METHODS)
}
