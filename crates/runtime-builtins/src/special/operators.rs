//! Operators of classes that define them: which operand's method is asked first. Invariant: one slot function stands
//! for both the method and its reflected form, and is called with the operands in the order in which they stand.

use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::types::PyTypeObject;
use taipan_object::types::slots::{Binary, CompareOp, Ternary};
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use super::lookup::{call_method, call_special};

/// One operator.
struct Operator {
    /// Whether a type has the function of this file in the operator's slot.
    is_python: fn(&PyTypeObject) -> bool,
    name: &'static PyStr,
    reflected: &'static PyStr,
}

impl Operator {
    fn call(&self, thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
        let same_type = std::ptr::eq(a.ty(), b.ty());
        let mut asks_right = !same_type && (self.is_python)(b.ty());
        if (self.is_python)(a.ty()) {
            if asks_right && b.ty().is_subtype(a.ty()) && overrides(thread, a, b, self.reflected)? {
                let result = ask(thread, b, self.reflected, a)?;
                if !result.as_ref().is_not_implemented() {
                    return Ok(result);
                }
                asks_right = false;
            }
            let result = ask(thread, a, self.name, b)?;
            if !result.as_ref().is_not_implemented() || same_type {
                return Ok(result);
            }
        }
        if asks_right { ask(thread, b, self.reflected, a) } else { Ok(Value::not_implemented()) }
    }
}

/// Calls the method if there is one.
fn ask(thread: &Thread, this: Ref<'_>, name: &PyStr, other: Ref<'_>) -> PyResult<Value> {
    let result = call_special(thread, this, name, [other.to_value()])?;
    Ok(result.unwrap_or_else(Value::not_implemented))
}

/// Whether the right operand's class has another method of this name than the left one's.
fn overrides(thread: &Thread, left: Ref<'_>, right: Ref<'_>, name: &PyStr) -> PyResult<bool> {
    let Some(of_right) = right.ty().lookup(thread, name)? else { return Ok(false) };
    let Some(of_left) = left.ty().lookup(thread, name)? else { return Ok(true) };
    if of_left.as_ref().is(of_right.as_ref()) {
        return Ok(false);
    }
    protocol::holds(thread, of_left.as_ref(), of_right.as_ref(), CompareOp::Ne)
}

macro_rules! binary {
    ($($slot:ident $name:ident $reflected:ident;)*) => {$(
        pub(super) fn $slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
            let operator = Operator {
                is_python: |ty| is(ty.slots().$slot.get(), $slot),
                name: names::$name.get(),
                reflected: names::$reflected.get(),
            };
            operator.call(thread, a, b)
        }
    )*};
}

binary! {
    add __add__ __radd__;
    subtract __sub__ __rsub__;
    multiply __mul__ __rmul__;
    remainder __mod__ __rmod__;
    divmod __divmod__ __rdivmod__;
    lshift __lshift__ __rlshift__;
    rshift __rshift__ __rrshift__;
    and __and__ __rand__;
    xor __xor__ __rxor__;
    or __or__ __ror__;
    floor_divide __floordiv__ __rfloordiv__;
    true_divide __truediv__ __rtruediv__;
    matrix_multiply __matmul__ __rmatmul__;
}

/// In-place operators: only the left operand is asked.
macro_rules! in_place {
    ($($slot:ident $name:ident;)*) => {$(
        pub(super) fn $slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
            call_method(thread, a, names::$name.get(), [b.to_value()])
        }
    )*};
}

in_place! {
    inplace_add __iadd__;
    inplace_subtract __isub__;
    inplace_multiply __imul__;
    inplace_remainder __imod__;
    inplace_lshift __ilshift__;
    inplace_rshift __irshift__;
    inplace_and __iand__;
    inplace_xor __ixor__;
    inplace_or __ior__;
    inplace_floor_divide __ifloordiv__;
    inplace_true_divide __itruediv__;
    inplace_matrix_multiply __imatmul__;
}

fn is(slot: Option<Binary>, function: Binary) -> bool {
    slot.is_some_and(|slot| std::ptr::fn_addr_eq(slot, function))
}

fn is_power(ty: &PyTypeObject) -> bool {
    ty.slots().power.get().is_some_and(|slot| std::ptr::fn_addr_eq(slot, power as Ternary))
}

/// `a ** b` and `pow(a, b, m)`; with a modulus the methods are asked with it as well, the left one first.
pub(super) fn power(thread: &Thread, a: Ref<'_>, b: Ref<'_>, m: Ref<'_>) -> PyResult<Value> {
    let (name, reflected) = (names::__pow__.get(), names::__rpow__.get());
    if m.is_none() {
        return Operator { is_python: is_power, name, reflected }.call(thread, a, b);
    }
    let same_type = std::ptr::eq(a.ty(), b.ty());
    if is_power(a.ty()) {
        let result = call_special(thread, a, name, [b.to_value(), m.to_value()])?;
        let result = result.unwrap_or_else(Value::not_implemented);
        if !result.as_ref().is_not_implemented() || same_type {
            return Ok(result);
        }
    }
    if same_type || !is_power(b.ty()) {
        return Ok(Value::not_implemented());
    }
    let result = call_special(thread, b, reflected, [a.to_value(), m.to_value()])?;
    Ok(result.unwrap_or_else(Value::not_implemented))
}

pub(super) fn inplace_power(thread: &Thread, a: Ref<'_>, b: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    call_method(thread, a, names::__ipow__.get(), [b.to_value()])
}
