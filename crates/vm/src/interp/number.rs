//! Operators, comparisons and truth, beyond ints and floats in words.

use super::{Operand, Vm};
use crate::code::OpWord;
use crate::frame::word;
use taipan_object::dict::PyDict;
use taipan_object::protocol::{BinaryOp, UnaryOp};
use taipan_object::set::PySet;
use taipan_object::str::{PyStr, STR};
use taipan_object::types::slots::CompareOp;
use taipan_object::{Owned, PyResult, Ref, Value, Word, protocol, raise};

/// The number from which on operators work in place.
const IN_PLACE: u64 = 13;
const POWER: u64 = 8;

/// The operators by their numbers; power stands apart.
fn operator(number: u64) -> Option<BinaryOp> {
    use BinaryOp::*;
    const OPERATORS: [BinaryOp; 13] = [
        Add,
        And,
        FloorDivide,
        Lshift,
        MatrixMultiply,
        Multiply,
        Remainder,
        Or,
        Add,
        Rshift,
        Subtract,
        TrueDivide,
        Xor,
    ];
    OPERATORS.get(number as usize).copied()
}

/// Ints and floats mixed, which need no call.
#[inline]
fn mixed(number: u64, a: Ref<'_>, b: Ref<'_>) -> Option<Value> {
    let (a, b) = match (a.word(), b.word()) {
        (a, b) if a.is_int() && b.is_float() => (a.int_unchecked() as f64, b.float_unchecked()),
        (a, b) if a.is_float() && b.is_int() => (a.float_unchecked(), b.int_unchecked() as f64),
        _ => return None,
    };
    let exact = |x: f64| x.abs() <= (1u64 << 53) as f64;
    if !exact(a) || !exact(b) {
        return None;
    }
    let result = match number % IN_PLACE {
        0 => a + b,
        5 => a * b,
        10 => a - b,
        11 if b != 0.0 => a / b,
        _ => return None,
    };
    // SAFETY: a float in a word refers to nothing.
    Word::from_float(result).map(|word| unsafe { Value::from_word(word) })
}

#[inline(never)]
fn calculate(vm: Vm<'_>, number: u64, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    if let Some(value) = mixed(number, a, b) {
        return Ok(value);
    }
    let in_place = number >= IN_PLACE;
    let number = number % IN_PLACE;
    if number == POWER {
        return protocol::power(vm.thread, a, b, Value::none().as_ref(), in_place);
    }
    let Some(op) = operator(number) else {
        return Err(raise!(vm.thread, SYSTEM_ERROR, "no such operator"));
    };
    if in_place { protocol::in_place(vm.thread, a, b, op) } else { protocol::binary(vm.thread, a, b, op) }
}

/// `s += t` where nobody else has the string.
#[inline(never)]
fn append(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    let is_text = |at: usize| vm.borrow(at).head().is_some_and(|head| head.is_exact(&STR));
    if w.a() != w.b() || w.c() == w.b() || !is_text(w.b()) || !is_text(w.c()) {
        return Ok(false);
    }
    let right = vm.operand(w.c());
    let left: Result<Owned<PyStr>, Value> = vm.take(w.b()).downcast();
    if let (Ok(left), Some(right)) = (left, right.as_ref().get_exact::<PyStr>()) {
        let sum = PyStr::append(left, vm.thread, right)?;
        vm.put(w.a(), sum.into_value());
    }
    Ok(true)
}

#[inline(never)]
pub(super) fn binary(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: the word behind holds the operator.
    let number = unsafe { *vm.cache(1) };
    if let Some(value) = mixed(number, vm.borrow(w.b()), vm.borrow(w.c())) {
        // nothing that refers to anything is consumed
        vm.put(w.a(), value);
        return Ok(());
    }
    if number % IN_PLACE == 0 && append(vm, w)? {
        return Ok(());
    }
    let right = vm.operand(w.c());
    let left = vm.operand(w.b());
    let result = calculate(vm, number, left.as_ref(), right.as_ref())?;
    vm.put(w.a(), result);
    Ok(())
}

/// An operator whose right operand is a small int.
#[inline(never)]
pub(super) fn binary_int(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    // SAFETY: the word behind holds the operator.
    let number = unsafe { *vm.cache(1) };
    let right = Value::small(w.c_int() as i32);
    let left = vm.operand(w.b());
    let result = calculate(vm, number, left.as_ref(), right.as_ref())?;
    vm.put(w.a(), result);
    Ok(())
}

#[inline(never)]
fn unary(vm: Vm<'_>, w: OpWord, op: UnaryOp) -> PyResult<()> {
    let operand = vm.operand(w.b());
    let result = protocol::unary(vm.thread, operand.as_ref(), op)?;
    vm.put(w.a(), result);
    Ok(())
}

#[inline(never)]
pub(super) fn negative(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    unary(vm, w, UnaryOp::Negative)
}

#[inline(never)]
pub(super) fn positive(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    unary(vm, w, UnaryOp::Positive)
}

#[inline(never)]
pub(super) fn invert(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    unary(vm, w, UnaryOp::Invert)
}

#[inline(never)]
pub(super) fn not(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let operand = vm.operand(w.b());
    let truth = protocol::truth(vm.thread, operand.as_ref())?;
    vm.put(w.a(), Value::bool(!truth));
    Ok(())
}

#[inline(never)]
pub(super) fn to_bool(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let operand = vm.operand(w.b());
    let truth = protocol::truth(vm.thread, operand.as_ref())?;
    vm.put(w.a(), Value::bool(truth));
    Ok(())
}

/// The truth of an operand that a jump looks at.
#[inline(never)]
pub(super) fn truth(vm: Vm<'_>, at: usize) -> PyResult<bool> {
    let operand = vm.operand(at);
    protocol::truth(vm.thread, operand.as_ref())
}

/// `a op b` for two operands of which not both are ints, or not both floats.
#[inline(never)]
fn compared(vm: Vm<'_>, op: CompareOp, left: Operand, right: Operand) -> PyResult<Value> {
    let (a, b) = (left.as_ref(), right.as_ref());
    if let Some(truth) = texts(a, b, op) {
        return Ok(Value::bool(truth));
    }
    protocol::compare(vm.thread, a, b, op)
}

#[inline(never)]
pub(super) fn compare(vm: Vm<'_>, w: OpWord, op: CompareOp) -> PyResult<()> {
    let right = vm.operand(w.c());
    let left = vm.operand(w.b());
    let result = compared(vm, op, left, right)?;
    vm.put(w.a(), result);
    Ok(())
}

#[inline(never)]
pub(super) fn compare_bool(vm: Vm<'_>, w: OpWord, op: CompareOp) -> PyResult<()> {
    let right = vm.operand(w.c());
    let left = vm.operand(w.b());
    let result = compared(vm, op, left, right)?;
    let truth = protocol::truth(vm.thread, result.as_ref())?;
    vm.put(w.a(), Value::bool(truth));
    Ok(())
}

/// The comparison of two strings.
#[inline]
fn texts(a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> Option<bool> {
    let (a, b) = (a.get_exact::<PyStr>()?, b.get_exact::<PyStr>()?);
    Some(match op {
        CompareOp::Eq => a.equals(b),
        CompareOp::Ne => !a.equals(b),
        _ => op.holds(a.compare(b)),
    })
}

/// Whether two strings are equal, if a glance says so.
///
/// # Safety
/// Both words are pointers to live objects.
#[inline(always)]
pub(super) unsafe fn same_at_a_glance(a: u64, b: u64) -> Option<bool> {
    // SAFETY: by contract.
    let (a, b) = unsafe { (Ref::from_word(word(a)), Ref::from_word(word(b))) };
    let (a, b) = (a.get_exact::<PyStr>()?, b.get_exact::<PyStr>()?);
    if std::ptr::eq(a, b) {
        return Some(true);
    }
    (a.len() != b.len() || a.is_interned() && b.is_interned()).then_some(false)
}

/// The truth of a comparison that a jump looks at: of the operands a and b.
#[inline(never)]
pub(super) fn holds(vm: Vm<'_>, w: OpWord, op: CompareOp) -> PyResult<bool> {
    if let Some(truth) = texts(vm.borrow(w.a()), vm.borrow(w.b()), op) {
        drop((vm.operand(w.b()), vm.operand(w.a())));
        return Ok(truth);
    }
    let right = vm.operand(w.b());
    let left = vm.operand(w.a());
    let result = compared(vm, op, left, right)?;
    protocol::truth(vm.thread, result.as_ref())
}

/// The same of the operand a and a small int.
#[inline(never)]
pub(super) fn holds_int(vm: Vm<'_>, w: OpWord, op: CompareOp) -> PyResult<bool> {
    let right = Value::small(w.b_int() as i32);
    let left = vm.operand(w.a());
    let result = protocol::compare(vm.thread, left.as_ref(), right.as_ref(), op)?;
    protocol::truth(vm.thread, result.as_ref())
}

#[inline(never)]
fn contained(vm: Vm<'_>, w: OpWord) -> PyResult<bool> {
    let container = vm.operand(w.c());
    let wanted = vm.operand(w.b());
    if let Some(set) = container.as_ref().get_exact::<PySet>()
        && wanted.as_ref().get::<PySet>().is_none()
    {
        return set.contains(vm.thread, wanted.as_ref());
    }
    if let Some(dict) = container.as_ref().get_exact::<PyDict>() {
        return dict.contains(vm.thread, wanted.as_ref());
    }
    protocol::contains(vm.thread, container.as_ref(), wanted.as_ref())
}

#[inline(never)]
pub(super) fn contains(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let found = contained(vm, w)?;
    vm.put(w.a(), Value::bool(found));
    Ok(())
}

#[inline(never)]
pub(super) fn not_contains(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let found = contained(vm, w)?;
    vm.put(w.a(), Value::bool(!found));
    Ok(())
}
