//! The loop. What stands here is what operations do most of the time, on words and without calls; `slow!` hands
//! the whole operation to the file of its family.

use super::attributes::{kind, kind_of};
use super::found::{Access, refill};
use super::generator::{Delivered, end_run, return_generator, suspend};
use super::unwind::{unwind, vm_of};
use super::{
    Outcome, Slow, Vm, attributes, call, class, containers, delegation, exceptions, format, function,
    generator, imports, intrinsics, iterate, names, number, patterns, safepoint, values,
};
use crate::code::{Op, OpWord};
use crate::frame::{Continuation, Frame, NULL, Stacks, UNBOUND, extra, is_pointer, release, word};
use std::arch::asm;
use taipan_object::builtin::BUILTIN_FUNCTION;
use taipan_object::descriptor::method::METHOD_DESCRIPTOR;
use taipan_object::function::{FUNCTION, PyFunction};
use taipan_object::instance::{self, NoSuchPlace};
use taipan_object::iterators::ascii::{ASCII_ITERATOR, PyAsciiIterator};
use taipan_object::iterators::list::{LIST_ITERATOR, PyListIterator};
use taipan_object::iterators::tuple::{PyTupleIterator, TUPLE_ITERATOR};
use taipan_object::list::{LIST, PyList};
use taipan_object::native::Native;
use taipan_object::range::{PyRangeIterator, RANGE_ITERATOR};
use taipan_object::str::{PyStr, STR};
use taipan_object::thread::safepoint::STRESS;
use taipan_object::tuple::{PyTuple, TUPLE};
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyObject, PyResult, Raised, Ref, Thread, Value, Word, raise};

/// Runs the frame that was pushed last until it returns or yields.
pub(super) fn run(thread: &Thread, stacks: &Stacks) -> PyResult<Outcome> {
    // SAFETY: the frame was pushed by this crate, its code was verified and translated.
    unsafe { execute(thread, stacks, None) }
}

/// The same; an exception was raised at its `ip`.
pub(super) fn run_raising(thread: &Thread, stacks: &Stacks, raised: Raised) -> PyResult<Outcome> {
    // SAFETY: as above.
    unsafe { execute(thread, stacks, Some(raised)) }
}

/// The object that a word points to.
///
/// # Safety
/// The word is a pointer.
#[inline(always)]
unsafe fn head<'a>(bits: u64) -> &'a PyObject {
    // SAFETY: by contract; what a slot holds is alive.
    unsafe { &*std::ptr::with_exposed_provenance(bits as usize) }
}

/// Counts what a word refers to once more.
///
/// # Safety
/// The word is one of a slot or a container, which is alive.
#[inline(always)]
unsafe fn counted(bits: u64) -> u64 {
    if is_pointer(bits) {
        // SAFETY: by contract.
        unsafe { head(bits).incref() };
    }
    bits
}

/// Keeps a taken branch a branch: a conditional move would put the comparison on the critical path.
#[inline(always)]
fn taken() {
    // SAFETY: no instruction.
    unsafe { asm!("", options(nomem, nostack, preserves_flags)) }
}

/// The word of a global whose place was written down.
///
/// # Safety
/// The version of the dict is the one that was written down with the place.
#[inline(always)]
unsafe fn global_at(place: u64) -> u64 {
    // SAFETY: by contract the dict has not moved its entries, and this one holds a value.
    unsafe { *std::ptr::with_exposed_provenance::<u64>(place as usize) }
}

#[inline(always)]
fn bool_bits(value: bool) -> u64 {
    Value::bool(value).into_word().bits()
}

/// What a frame's end or suspension leads to.
enum After {
    /// The loop goes on in the running frame.
    Go,
    /// The native code that ran the frame gets this.
    Leave(Outcome),
}

/// Gives the value of a frame that ended to its caller, whose `ip` goes on behind the operation.
///
/// # Safety
/// The frame was popped; the running one is its caller, unless native code waits.
#[inline(never)]
unsafe fn deliver(stacks: &Stacks, delivered: Delivered, yielded: bool) -> After {
    let Delivered { value, continuation, destination } = delivered;
    if continuation == Continuation::Entry {
        return After::Leave(if yielded { Outcome::Yield(value) } else { Outcome::Return(value) });
    }
    // SAFETY: by contract.
    unsafe {
        let frame = stacks.current.get();
        let (slots, ip) = ((*frame).slots, (*frame).ip);
        let w = OpWord(*ip);
        let put = |at: usize, value: Value| crate::frame::put(slots, at, value);
        let mut more = 1 + Op::from_number(w.number()).map_or(0, Op::more) as isize;
        match continuation {
            Continuation::Call => {
                put(w.c(), value);
                if w.a() != w.c() {
                    crate::frame::put_word(slots, w.a(), UNBOUND);
                }
            }
            Continuation::Init => {
                drop(value);
                if w.a() != w.c() {
                    let object = crate::frame::take(slots, w.a());
                    put(w.c(), object);
                }
            }
            Continuation::Value => put(usize::from(destination), value),
            Continuation::Next if yielded => put(w.b(), value),
            Continuation::Next => {
                drop(value);
                more = w.near();
            }
            Continuation::Send => {
                put(w.b(), value);
                if !yielded {
                    more = w.near();
                }
            }
            Continuation::Entry => {}
        }
        (*frame).ip = ip.offset(more);
    }
    After::Go
}

/// The end of a frame that is no plain call: what is left of it goes, the value to the continuation.
///
/// # Safety
/// The frame is the running one, the value was moved out of it.
#[inline(never)]
unsafe fn leave(thread: &Thread, stacks: &Stacks, frame: *mut Frame, bits: u64) -> PyResult<After> {
    // SAFETY: by contract.
    unsafe {
        let value = Value::from_word(word(bits));
        end_run(thread, &*frame);
        let delivered =
            Delivered { value, continuation: (*frame).continuation, destination: (*frame).destination };
        call::pop(thread, stacks, frame);
        if delivered.continuation == Continuation::Init {
            class::check_init(thread, delivered.value.as_ref())?;
        }
        Ok(deliver(stacks, delivered, false))
    }
}

/// Runs operations until the frame ends that native code waits for.
///
/// # Safety
/// The running frame was pushed by this crate for code that was verified and translated.
#[allow(clippy::cognitive_complexity, reason = "the loop: one arm for each operation")]
unsafe fn execute(thread: &Thread, stacks: &Stacks, mut pending: Option<Raised>) -> PyResult<Outcome> {
    let mut frame: *mut Frame;
    let mut fp: *mut u64;
    let mut ip: *const u64;

    macro_rules! load_frame {
        () => {{
            frame = stacks.current.get();
            fp = (*frame).slots;
            ip = (*frame).ip;
        }};
    }
    macro_rules! vm {
        () => {{
            (*frame).ip = ip;
            vm_of(thread, frame)
        }};
    }

    // SAFETY: operands name slots of the frame, jumps lead to operations, constants are there: the translator's
    // work on verified code. Slots own what they hold; what is moved out leaves no pointer.
    unsafe {
        load_frame!();
        'frames: loop {
            let raised: Raised = 'raised: {
                if let Some(raised) = pending.take() {
                    break 'raised raised;
                }
                macro_rules! r {
                    ($at:expr) => {
                        *fp.add($at)
                    };
                }
                macro_rules! next {
                    ($more:expr) => {{
                        ip = ip.add(1 + $more);
                        continue;
                    }};
                }
                macro_rules! put {
                    ($at:expr, $bits:expr) => {{
                        let (slot, bits) = (fp.add($at), $bits);
                        let old = *slot;
                        *slot = bits;
                        if is_pointer(old) {
                            (*frame).ip = ip;
                            release(old);
                        }
                    }};
                }
                // releases an operand that is not a local
                macro_rules! consume {
                    ($at:expr) => {{
                        if $at >= (*frame).locals as usize {
                            let old = r!($at);
                            if is_pointer(old) {
                                r!($at) = UNBOUND;
                                (*frame).ip = ip;
                                release(old);
                            }
                        }
                    }};
                }
                macro_rules! slow {
                    ($function:path, $w:expr, $more:expr) => {{
                        let function: Slow = $function;
                        match function(vm!(), $w) {
                            Ok(()) => next!($more),
                            Err(raised) => break 'raised raised,
                        }
                    }};
                }
                macro_rules! try_or_raise {
                    ($result:expr) => {
                        match $result {
                            Ok(value) => value,
                            Err(raised) => break 'raised raised,
                        }
                    };
                }
                // goes on in whatever frame runs now
                macro_rules! reload {
                    () => {{
                        load_frame!();
                        continue 'frames;
                    }};
                }
                macro_rules! enter {
                    ($function:path, $w:expr) => {{
                        match $function(vm!(), $w) {
                            Ok(false) => next!(0),
                            Ok(true) => reload!(),
                            Err(raised) => break 'raised raised,
                        }
                    }};
                }
                macro_rules! after {
                    ($after:expr) => {
                        match $after {
                            After::Go => reload!(),
                            After::Leave(outcome) => return Ok(outcome),
                        }
                    };
                }
                // what locals hold goes, while the frame is still the running one
                macro_rules! release_locals {
                    () => {
                        for at in 0..(*frame).locals as usize {
                            let old = r!(at);
                            if is_pointer(old) {
                                r!(at) = UNBOUND;
                                (*frame).ip = ip;
                                release(old);
                            }
                        }
                    };
                }
                // ends a plain call: the value goes where the caller's operation says
                macro_rules! to_caller {
                    ($bits:expr) => {{
                        frame = frame.sub(1);
                        stacks.current.set(frame);
                        fp = (*frame).slots;
                        ip = (*frame).ip;
                        let w = OpWord(*ip);
                        put!(w.c(), $bits);
                        if w.a() != w.c() {
                            put!(w.a(), UNBOUND);
                        }
                        next!(0)
                    }};
                }
                macro_rules! jump_near {
                    ($w:expr) => {{
                        taken();
                        ip = ip.offset($w.near());
                        continue;
                    }};
                }
                macro_rules! jump_far {
                    ($w:expr) => {{
                        taken();
                        ip = ip.offset($w.far());
                        continue;
                    }};
                }
                macro_rules! arithmetic {
                    ($w:expr, $ints:path, |$x:ident, $y:ident| $floats:expr) => {{
                        let (a, b) = (word(r!($w.b())), word(r!($w.c())));
                        if Word::both_ints(a, b) {
                            if let Some(result) = $ints(a, b) {
                                put!($w.a(), result.bits());
                                next!(1);
                            }
                        } else if Word::both_floats(a, b) {
                            let ($x, $y) = (a.float_unchecked(), b.float_unchecked());
                            if let Some(result) = Word::from_float($floats) {
                                put!($w.a(), result.bits());
                                next!(1);
                            }
                        }
                        slow!(number::binary, $w, 1)
                    }};
                }
                // an operator of ints alone
                macro_rules! integers {
                    ($w:expr, |$x:ident, $y:ident| $result:expr) => {{
                        let ($x, $y) = (word(r!($w.b())), word(r!($w.c())));
                        if Word::both_ints($x, $y)
                            && let Some(result) = $result
                        {
                            put!($w.a(), result.bits());
                            next!(1);
                        }
                        slow!(number::binary, $w, 1)
                    }};
                }
                macro_rules! with_int {
                    ($w:expr, |$x:ident, $y:ident| $result:expr) => {{
                        let $x = word(r!($w.b()));
                        if $x.is_int() {
                            let $y = $w.c_int();
                            if let Some(result) = $result {
                                put!($w.a(), result.bits());
                                next!(1);
                            }
                        }
                        slow!(number::binary_int, $w, 1)
                    }};
                }
                macro_rules! compare {
                    ($w:expr, $op:expr, $slow:path, |$x:ident, $y:ident| $test:expr) => {{
                        let (a, b) = (word(r!($w.b())), word(r!($w.c())));
                        if Word::both_ints(a, b) {
                            let ($x, $y) = (a.bits() as i64, b.bits() as i64);
                            put!($w.a(), bool_bits($test));
                            next!(0);
                        }
                        if Word::both_floats(a, b) {
                            let ($x, $y) = (a.float_unchecked(), b.float_unchecked());
                            put!($w.a(), bool_bits($test));
                            next!(0);
                        }
                        match $slow(vm!(), $w, $op) {
                            Ok(()) => next!(0),
                            Err(raised) => break 'raised raised,
                        }
                    }};
                }
                macro_rules! compare_jump {
                    ($w:expr, $op:expr, $sense:literal, |$x:ident, $y:ident| $test:expr) => {{
                        let (a, b) = (word(r!($w.a())), word(r!($w.b())));
                        let holds = if Word::both_ints(a, b) {
                            let ($x, $y) = (a.bits() as i64, b.bits() as i64);
                            $test
                        } else if Word::both_floats(a, b) {
                            let ($x, $y) = (a.float_unchecked(), b.float_unchecked());
                            $test
                        } else if matches!($op, CompareOp::Eq | CompareOp::Ne)
                            && is_pointer(a.bits())
                            && is_pointer(b.bits())
                            && let Some(same) = number::same_at_a_glance(a.bits(), b.bits())
                        {
                            consume!($w.b());
                            consume!($w.a());
                            same == matches!($op, CompareOp::Eq)
                        } else {
                            try_or_raise!(number::holds(vm!(), $w, $op))
                        };
                        if holds == $sense {
                            jump_near!($w);
                        }
                        next!(0)
                    }};
                }
                macro_rules! compare_jump_int {
                    ($w:expr, $op:expr, $sense:literal, |$x:ident, $y:ident| $test:expr) => {{
                        let a = word(r!($w.a()));
                        let holds = if a.is_int() {
                            let ($x, $y) = (a.int_unchecked(), $w.b_int());
                            $test
                        } else {
                            try_or_raise!(number::holds_int(vm!(), $w, $op))
                        };
                        if holds == $sense {
                            jump_near!($w);
                        }
                        next!(0)
                    }};
                }

                loop {
                    // under stress every instruction is a safepoint
                    if cfg!(debug_assertions) && thread.has_request(STRESS) {
                        (*frame).ip = ip;
                        try_or_raise!(safepoint::safepoint(thread));
                    }
                    let w = OpWord(*ip);
                    // SAFETY: the translator writes numbers of operations alone.
                    let op = std::mem::transmute::<u16, Op>(w.number());
                    match op {
                        // -- values
                        Op::Move => {
                            let bits = counted(r!(w.b()));
                            put!(w.a(), bits);
                            next!(0)
                        }
                        Op::Take | Op::Restore => {
                            let bits = r!(w.b());
                            r!(w.b()) = UNBOUND;
                            put!(w.a(), bits);
                            next!(0)
                        }
                        Op::TakeLocal => {
                            let bits = r!(w.b());
                            r!(w.b()) = UNBOUND;
                            put!(w.a(), bits);
                            next!(0)
                        }
                        Op::Const => {
                            let bits = counted(*ip.add(1));
                            put!(w.a(), bits);
                            next!(1)
                        }
                        Op::Int => {
                            put!(w.a(), u64::from(w.wide_operand()) << 2 | 1);
                            next!(0)
                        }
                        Op::Null => {
                            put!(w.a(), NULL);
                            next!(0)
                        }
                        Op::Swap => {
                            fp.add(w.a()).swap(fp.add(w.b()));
                            next!(0)
                        }
                        Op::Clear => {
                            put!(w.a(), UNBOUND);
                            next!(0)
                        }
                        Op::CheckLocal => {
                            if r!(w.a()) != UNBOUND {
                                next!(0);
                            }
                            slow!(values::check_local, w, 0)
                        }
                        Op::DeleteLocal => slow!(values::delete_local, w, 0),
                        Op::MakeCell => slow!(values::make_cell, w, 0),
                        Op::CopyFree => slow!(values::copy_free, w, 0),
                        Op::LoadDeref => slow!(values::load_deref, w, 0),
                        Op::StoreDeref => slow!(values::store_deref, w, 0),
                        Op::DeleteDeref => slow!(values::delete_deref, w, 0),
                        Op::LoadDictOrDeref => slow!(values::load_dict_or_deref, w, 0),
                        // -- arithmetic
                        Op::Add => arithmetic!(w, Word::add_ints, |x, y| x + y),
                        Op::Sub => arithmetic!(w, Word::sub_ints, |x, y| x - y),
                        Op::Mul => arithmetic!(w, Word::mul_ints, |x, y| x * y),
                        Op::TrueDiv => {
                            let (a, b) = (word(r!(w.b())), word(r!(w.c())));
                            if Word::both_floats(a, b) {
                                let (x, y) = (a.float_unchecked(), b.float_unchecked());
                                if y != 0.0
                                    && let Some(result) = Word::from_float(x / y)
                                {
                                    put!(w.a(), result.bits());
                                    next!(1);
                                }
                            }
                            slow!(number::binary, w, 1)
                        }
                        Op::FloorDiv => integers!(w, |x, y| floor_div(x.int_unchecked(), y.int_unchecked())),
                        Op::Mod => integers!(w, |x, y| modulo(x.int_unchecked(), y.int_unchecked())),
                        Op::And => integers!(w, |x, y| Word::from_bits(x.bits() & y.bits())),
                        Op::Or => integers!(w, |x, y| Word::from_bits(x.bits() | y.bits())),
                        Op::Xor => integers!(w, |x, y| Word::from_bits((x.bits() ^ y.bits()) | 1)),
                        Op::LShift => integers!(w, |x, y| shift_left(x.int_unchecked(), y.int_unchecked())),
                        Op::RShift => integers!(w, |x, y| shift_right(x.int_unchecked(), y.int_unchecked())),
                        Op::Binary => slow!(number::binary, w, 1),
                        Op::AddInt => with_int!(w, |x, y| Word::add_ints(x, Word::from_i32(y as i32))),
                        Op::SubInt => with_int!(w, |x, y| Word::sub_ints(x, Word::from_i32(y as i32))),
                        Op::MulInt => with_int!(w, |x, y| Word::mul_ints(x, Word::from_i32(y as i32))),
                        Op::FloorDivInt => with_int!(w, |x, y| floor_div(x.int_unchecked(), y)),
                        Op::ModInt => with_int!(w, |x, y| modulo(x.int_unchecked(), y)),
                        Op::AndInt => {
                            with_int!(w, |x, y| Word::from_bits(x.bits() & Word::from_i32(y as i32).bits()))
                        }
                        Op::LShiftInt => with_int!(w, |x, y| shift_left(x.int_unchecked(), y)),
                        Op::RShiftInt => with_int!(w, |x, y| shift_right(x.int_unchecked(), y)),
                        Op::Negative => {
                            let a = word(r!(w.b()));
                            if let Some(result) = a.as_int().and_then(|int| Word::from_int(-int)) {
                                put!(w.a(), result.bits());
                                next!(0);
                            }
                            if let Some(result) = a.as_float().and_then(|float| Word::from_float(-float)) {
                                put!(w.a(), result.bits());
                                next!(0);
                            }
                            slow!(number::negative, w, 0)
                        }
                        Op::Invert => slow!(number::invert, w, 0),
                        Op::Positive => slow!(number::positive, w, 0),
                        Op::Not => slow!(number::not, w, 0),
                        Op::ToBool => {
                            let bits = r!(w.b());
                            if word(bits).is_int() {
                                put!(w.a(), bool_bits(bits != 1));
                                next!(0);
                            }
                            slow!(number::to_bool, w, 0)
                        }
                        // -- comparisons
                        Op::Lt => compare!(w, CompareOp::Lt, number::compare, |x, y| x < y),
                        Op::Le => compare!(w, CompareOp::Le, number::compare, |x, y| x <= y),
                        Op::Eq => compare!(w, CompareOp::Eq, number::compare, |x, y| x == y),
                        Op::Ne => compare!(w, CompareOp::Ne, number::compare, |x, y| x != y),
                        Op::Gt => compare!(w, CompareOp::Gt, number::compare, |x, y| x > y),
                        Op::Ge => compare!(w, CompareOp::Ge, number::compare, |x, y| x >= y),
                        Op::LtBool => compare!(w, CompareOp::Lt, number::compare_bool, |x, y| x < y),
                        Op::LeBool => compare!(w, CompareOp::Le, number::compare_bool, |x, y| x <= y),
                        Op::EqBool => compare!(w, CompareOp::Eq, number::compare_bool, |x, y| x == y),
                        Op::NeBool => compare!(w, CompareOp::Ne, number::compare_bool, |x, y| x != y),
                        Op::GtBool => compare!(w, CompareOp::Gt, number::compare_bool, |x, y| x > y),
                        Op::GeBool => compare!(w, CompareOp::Ge, number::compare_bool, |x, y| x >= y),
                        Op::Is | Op::IsNot => {
                            let same = r!(w.b()) == r!(w.c());
                            consume!(w.c());
                            consume!(w.b());
                            put!(w.a(), bool_bits(same == (op == Op::Is)));
                            next!(0)
                        }
                        Op::Contains => slow!(number::contains, w, 0),
                        Op::NotContains => slow!(number::not_contains, w, 0),
                        // -- jumps
                        Op::Jump => {
                            ip = ip.offset(w.far());
                        }
                        Op::JumpBack => {
                            if thread.has_requests() {
                                (*frame).ip = ip;
                                try_or_raise!(safepoint::safepoint(thread));
                            }
                            ip = ip.offset(w.far());
                        }
                        Op::JumpTrue => {
                            // the only other bool, and the other value of a bool, is False
                            if r!(w.a()) == bool_bits(true) {
                                jump_far!(w);
                            }
                            next!(0)
                        }
                        Op::JumpFalse => {
                            if r!(w.a()) == bool_bits(false) {
                                jump_far!(w);
                            }
                            next!(0)
                        }
                        Op::JumpNone | Op::JumpNotNone => {
                            let is_none = word(r!(w.a())) == Value::none().word();
                            consume!(w.a());
                            if is_none == (op == Op::JumpNone) {
                                jump_far!(w);
                            }
                            next!(0)
                        }
                        Op::JumpTruthy | Op::JumpFalsy => {
                            let bits = r!(w.a());
                            let truth = if bits == bool_bits(true) {
                                true
                            } else if bits == bool_bits(false) {
                                false
                            } else if word(bits).is_int() {
                                bits != 1
                            } else {
                                try_or_raise!(number::truth(vm!(), w.a()))
                            };
                            if truth == (op == Op::JumpTruthy) {
                                jump_far!(w);
                            }
                            next!(0)
                        }
                        Op::JumpLt => compare_jump!(w, CompareOp::Lt, true, |x, y| x < y),
                        Op::JumpNotLt => compare_jump!(w, CompareOp::Lt, false, |x, y| x < y),
                        Op::JumpLe => compare_jump!(w, CompareOp::Le, true, |x, y| x <= y),
                        Op::JumpNotLe => compare_jump!(w, CompareOp::Le, false, |x, y| x <= y),
                        Op::JumpEq => compare_jump!(w, CompareOp::Eq, true, |x, y| x == y),
                        Op::JumpNotEq => compare_jump!(w, CompareOp::Eq, false, |x, y| x == y),
                        Op::JumpNe => compare_jump!(w, CompareOp::Ne, true, |x, y| x != y),
                        Op::JumpNotNe => compare_jump!(w, CompareOp::Ne, false, |x, y| x != y),
                        Op::JumpGt => compare_jump!(w, CompareOp::Gt, true, |x, y| x > y),
                        Op::JumpNotGt => compare_jump!(w, CompareOp::Gt, false, |x, y| x > y),
                        Op::JumpGe => compare_jump!(w, CompareOp::Ge, true, |x, y| x >= y),
                        Op::JumpNotGe => compare_jump!(w, CompareOp::Ge, false, |x, y| x >= y),
                        Op::JumpLtInt => compare_jump_int!(w, CompareOp::Lt, true, |x, y| x < y),
                        Op::JumpNotLtInt => compare_jump_int!(w, CompareOp::Lt, false, |x, y| x < y),
                        Op::JumpLeInt => compare_jump_int!(w, CompareOp::Le, true, |x, y| x <= y),
                        Op::JumpNotLeInt => compare_jump_int!(w, CompareOp::Le, false, |x, y| x <= y),
                        Op::JumpEqInt => compare_jump_int!(w, CompareOp::Eq, true, |x, y| x == y),
                        Op::JumpNotEqInt => compare_jump_int!(w, CompareOp::Eq, false, |x, y| x == y),
                        Op::JumpNeInt => compare_jump_int!(w, CompareOp::Ne, true, |x, y| x != y),
                        Op::JumpNotNeInt => compare_jump_int!(w, CompareOp::Ne, false, |x, y| x != y),
                        Op::JumpGtInt => compare_jump_int!(w, CompareOp::Gt, true, |x, y| x > y),
                        Op::JumpNotGtInt => compare_jump_int!(w, CompareOp::Gt, false, |x, y| x > y),
                        Op::JumpGeInt => compare_jump_int!(w, CompareOp::Ge, true, |x, y| x >= y),
                        Op::JumpNotGeInt => compare_jump_int!(w, CompareOp::Ge, false, |x, y| x >= y),
                        Op::JumpIs | Op::JumpIsNot => {
                            let same = r!(w.a()) == r!(w.b());
                            consume!(w.b());
                            consume!(w.a());
                            if same == (op == Op::JumpIs) {
                                jump_near!(w);
                            }
                            next!(0)
                        }
                        // -- names
                        Op::LoadGlobalModule => {
                            if (*(*frame).globals).known_version() == *ip.add(1) as u32 {
                                put!(w.a(), counted(global_at(*ip.add(2))));
                                if w.c() != 0 {
                                    r!(w.a() + 1) = NULL;
                                }
                                next!(2);
                            }
                            slow!(names::load_global, w, 2)
                        }
                        Op::LoadGlobalBuiltin => {
                            let versions = *ip.add(1);
                            if (*(*frame).globals).known_version() == versions as u32
                                && (*(*frame).builtins).known_version() == (versions >> 32) as u32
                            {
                                put!(w.a(), counted(global_at(*ip.add(2))));
                                if w.c() != 0 {
                                    r!(w.a() + 1) = NULL;
                                }
                                next!(2);
                            }
                            slow!(names::load_global, w, 2)
                        }
                        Op::LoadGlobal => slow!(names::load_global, w, 2),
                        Op::StoreGlobal => slow!(names::store_global, w, 0),
                        Op::DeleteGlobal => slow!(names::delete_global, w, 0),
                        Op::LoadName => slow!(names::load_name, w, 2),
                        Op::StoreName => slow!(names::store_name, w, 2),
                        Op::DeleteName => slow!(names::delete_name, w, 0),
                        Op::LoadDictOrGlobals => slow!(names::load_dict_or_globals, w, 0),
                        Op::LoadLocals => slow!(names::load_locals, w, 0),
                        Op::LoadBuildClass => slow!(names::load_build_class, w, 0),
                        Op::LoadCommon => slow!(names::load_common, w, 0),
                        // -- attributes and items
                        Op::LoadAttr => {
                            let bits = r!(w.b());
                            if is_pointer(bits)
                                && let Some(found) = attributes::peek(bits, *ip.add(1), *ip.add(2))
                            {
                                put!(w.a(), counted(found));
                                if w.a() != w.b() {
                                    consume!(w.b());
                                }
                                next!(2);
                            }
                            if is_pointer(bits) && refill(vm!(), head(bits), w.c(), Access::Load) {
                                continue;
                            }
                            match attributes::load(vm!(), w) {
                                Ok(false) => next!(2),
                                Ok(true) => reload!(),
                                Err(raised) => break 'raised raised,
                            }
                        }
                        Op::LoadMethod => {
                            let (bits, cache) = (r!(w.b()), *ip.add(1));
                            if is_pointer(bits) {
                                let object = head(bits);
                                let (kind, place) = (kind_of(cache), (cache >> 40) as u8);
                                if kind >= kind::MODULE {
                                    if let Some(found) = attributes::peek_other(object, cache, *ip.add(2)) {
                                        let found = counted(found);
                                        if w.a() != w.b() {
                                            consume!(w.b());
                                        }
                                        put!(w.a(), found);
                                        put!(w.a() + 1, NULL);
                                        next!(2);
                                    }
                                } else if object.ty().version() == cache as u32
                                    && (kind == kind::PLAIN_METHOD
                                        || kind == kind::METHOD
                                            && instance::is_empty_place(
                                                object,
                                                (cache >> 48) as usize,
                                                place,
                                            ))
                                {
                                    let function = counted(*ip.add(2));
                                    if w.a() == w.b() {
                                        // the object moves up
                                        r!(w.a()) = function;
                                        put!(w.a() + 1, bits);
                                    } else {
                                        object.incref();
                                        put!(w.a() + 1, bits);
                                        put!(w.a(), function);
                                        consume!(w.b());
                                    }
                                    next!(2);
                                }
                            }
                            if is_pointer(bits) && refill(vm!(), head(bits), w.c(), Access::Method) {
                                continue;
                            }
                            slow!(attributes::load_method, w, 2)
                        }
                        Op::LoadSuper => slow!(attributes::load_super, w, 0),
                        Op::StoreAttr => {
                            let (bits, cache) = (r!(w.a()), *ip.add(1));
                            if is_pointer(bits) {
                                let object = head(bits);
                                let place = (cache >> 40) as u8;
                                let offset = (cache >> 48) as usize;
                                if object.ty().version() == cache as u32 {
                                    let value = word(r!(w.b()));
                                    let stored = match kind_of(cache) {
                                        kind::PLACE => instance::store_place(object, offset, place, value),
                                        kind::SLOT => Ok(attributes::slot_at(object, offset).exchange(value)),
                                        _ => Err(NoSuchPlace),
                                    };
                                    if let Ok(old) = stored {
                                        if w.b() >= (*frame).locals as usize {
                                            r!(w.b()) = UNBOUND;
                                        } else {
                                            counted(value.bits());
                                        }
                                        if let Some(old) = old
                                            && old.is_object()
                                        {
                                            (*frame).ip = ip;
                                            release(old.bits());
                                        }
                                        consume!(w.a());
                                        next!(2);
                                    }
                                }
                            }
                            if is_pointer(bits) && refill(vm!(), head(bits), w.c(), Access::Store) {
                                continue;
                            }
                            slow!(attributes::store, w, 2)
                        }
                        Op::DeleteAttr => slow!(attributes::delete, w, 0),
                        Op::Subscript => {
                            let (bits, key) = (r!(w.b()), word(r!(w.c())));
                            if is_pointer(bits) && key.is_int() {
                                let object = head(bits);
                                let at = key.int_unchecked();
                                let found = if object.is_exact(&LIST) {
                                    let list = &*std::ptr::from_ref(object).cast::<PyList>();
                                    let at = if at < 0 { at + list.len() as i64 } else { at };
                                    list.peek(at as usize)
                                } else if object.is_exact(&TUPLE) {
                                    let tuple = &*std::ptr::from_ref(object).cast::<PyTuple>();
                                    let at = if at < 0 { at + tuple.len() as i64 } else { at };
                                    tuple.borrow(at as usize).map(Ref::word)
                                } else if object.is_exact(&STR) {
                                    let text = &*std::ptr::from_ref(object).cast::<PyStr>();
                                    containers::character(text, at)
                                } else {
                                    None
                                };
                                if let Some(found) = found {
                                    put!(w.a(), counted(found.bits()));
                                    if w.a() != w.b() {
                                        consume!(w.b());
                                    }
                                    next!(0);
                                }
                            }
                            slow!(containers::subscript, w, 0)
                        }
                        Op::StoreSubscript => {
                            let (bits, key) = (r!(w.a()), word(r!(w.b())));
                            if is_pointer(bits) && key.is_int() && head(bits).is_exact(&LIST) {
                                let list = &*std::ptr::from_ref(head(bits)).cast::<PyList>();
                                let at = key.int_unchecked();
                                if let Some(place) = list.plain_slot(at as usize) {
                                    let value = r!(w.c());
                                    if w.c() >= (*frame).locals as usize {
                                        r!(w.c()) = UNBOUND;
                                    } else {
                                        counted(value);
                                    }
                                    let old = place.replace(Word::from_bits(value));
                                    if let Some(old) = old
                                        && old.is_object()
                                    {
                                        (*frame).ip = ip;
                                        release(old.bits());
                                    }
                                    consume!(w.a());
                                    next!(0);
                                }
                            }
                            slow!(containers::store_subscript, w, 0)
                        }
                        Op::DeleteSubscript => slow!(containers::delete_subscript, w, 0),
                        Op::BinarySlice => slow!(containers::binary_slice, w, 0),
                        Op::StoreSlice => slow!(containers::store_slice, w, 0),
                        // -- calls
                        Op::Call => {
                            let callable = r!(w.a());
                            if thread.has_requests() {
                                (*frame).ip = ip;
                                try_or_raise!(safepoint::safepoint(thread));
                                if thread.has_request(taipan_object::thread::safepoint::TRACE) {
                                    enter!(call::call, w)
                                }
                            }
                            let ty = if is_pointer(callable) {
                                head(callable).type_ptr()
                            } else {
                                std::ptr::null()
                            };
                            if std::ptr::eq(ty, &BUILTIN_FUNCTION) || std::ptr::eq(ty, &METHOD_DESCRIPTOR) {
                                slow!(call::native, w, 0)
                            }
                            if std::ptr::eq(ty, &FUNCTION) {
                                let function = &*std::ptr::from_ref(head(callable)).cast::<PyFunction>();
                                if let Some(code) = call::ready(function) {
                                    let no_self = usize::from(r!(w.a() + 1) == NULL);
                                    let given = w.b() + 1 - no_self;
                                    let slots = fp.add(w.a() + 1 + no_self);
                                    if code.exact != u32::MAX
                                        && given <= code.exact as usize
                                        && stacks.reserve(slots.add(code.slots as usize))
                                        && let Some(pushed) = stacks.next()
                                        && (given == code.exact as usize
                                            || call::fill_defaults(
                                                function,
                                                slots,
                                                given,
                                                code.exact as usize,
                                            ))
                                    {
                                        (*frame).ip = ip;
                                        let mut at = code.exact as usize;
                                        while at < code.locals as usize {
                                            // no loop of vectors for what is mostly none or one
                                            taken();
                                            *slots.add(at) = UNBOUND;
                                            at += 1;
                                        }
                                        call::push_plain(stacks, pushed, code, function, slots);
                                        frame = pushed;
                                        fp = slots;
                                        ip = code.start();
                                        continue;
                                    }
                                }
                            }
                            enter!(call::call, w)
                        }
                        Op::CallKw => enter!(call::call_kw, w),
                        Op::CallEx => enter!(call::call_ex, w),
                        Op::Return => {
                            let bits = r!(w.a());
                            r!(w.a()) = UNBOUND;
                            if !(*frame).is_plain() {
                                (*frame).ip = ip;
                                if (*frame).has(extra::OBJECT) && w.a() < (*frame).locals as usize {
                                    // whoever holds the frame object sees the local still
                                    r!(w.a()) = counted(bits);
                                }
                                after!(try_or_raise!(leave(thread, stacks, frame, bits)));
                            }
                            release_locals!();
                            if !(*frame).is_plain() {
                                // a finalizer asked for the frame object
                                after!(try_or_raise!(leave(thread, stacks, frame, bits)));
                            }
                            to_caller!(bits)
                        }
                        Op::ReturnConst => {
                            let bits = counted(*ip.add(1));
                            (*frame).ip = ip;
                            if (*frame).is_init() && word(bits) == Value::none().word() {
                                release_locals!();
                                if (*frame).is_init() {
                                    // the object stands in the callable's slot of the caller
                                    let function = (*frame).function.expose_provenance() as u64;
                                    frame = frame.sub(1);
                                    stacks.current.set(frame);
                                    release(function);
                                    fp = (*frame).slots;
                                    ip = (*frame).ip;
                                    let w = OpWord(*ip);
                                    if w.a() != w.c() {
                                        let object = r!(w.a());
                                        r!(w.a()) = UNBOUND;
                                        put!(w.c(), object);
                                    }
                                    ip = ip.add(1);
                                    continue;
                                }
                            }
                            if !(*frame).is_plain() {
                                after!(try_or_raise!(leave(thread, stacks, frame, bits)));
                            }
                            release_locals!();
                            if !(*frame).is_plain() {
                                after!(try_or_raise!(leave(thread, stacks, frame, bits)));
                            }
                            to_caller!(bits)
                        }
                        Op::MakeFunction => slow!(function::make, w, 0),
                        Op::SetFunctionAttribute => slow!(function::set_attribute, w, 0),
                        // -- containers
                        Op::BuildTuple => slow!(containers::build_tuple, w, 0),
                        Op::BuildList => slow!(containers::build_list, w, 0),
                        Op::BuildSet => slow!(containers::build_set, w, 0),
                        Op::BuildMap => slow!(containers::build_map, w, 0),
                        Op::BuildString => slow!(containers::build_string, w, 0),
                        Op::BuildSlice => {
                            let next = OpWord(*ip.add(1));
                            if next.number() == Op::Subscript as u16
                                && try_or_raise!(containers::part_by_step(vm!(), w, next))
                            {
                                next!(1);
                            }
                            slow!(containers::build_slice, w, 0)
                        }
                        Op::ListAppend => {
                            let (bits, item) = (r!(w.a()), r!(w.b()));
                            if is_pointer(bits) && head(bits).is_exact(&LIST) {
                                let list = &*std::ptr::from_ref(head(bits)).cast::<PyList>();
                                (*frame).ip = ip;
                                if w.b() >= (*frame).locals as usize {
                                    r!(w.b()) = UNBOUND;
                                } else {
                                    counted(item);
                                }
                                try_or_raise!(list.push(thread, Value::from_word(word(item))));
                                next!(0);
                            }
                            slow!(containers::list_append, w, 0)
                        }
                        Op::ListExtend => slow!(containers::list_extend, w, 0),
                        Op::SetAdd => slow!(containers::set_add, w, 0),
                        Op::SetUpdate => slow!(containers::set_update, w, 0),
                        Op::MapAdd => slow!(containers::map_add, w, 0),
                        Op::DictUpdate => slow!(containers::dict_update, w, 0),
                        Op::DictMerge => slow!(containers::dict_merge, w, 0),
                        Op::Unpack => {
                            let bits = r!(w.a());
                            if w.b() == 2 && is_pointer(bits) && head(bits).is_exact(&TUPLE) {
                                let tuple = &*std::ptr::from_ref(head(bits)).cast::<PyTuple>();
                                if tuple.len() == 2
                                    && let (Some(first), Some(second)) = (tuple.borrow(0), tuple.borrow(1))
                                {
                                    let (first, second) =
                                        (counted(first.word().bits()), counted(second.word().bits()));
                                    put!(w.a() + 1, first);
                                    put!(w.a(), second);
                                    next!(0);
                                }
                            }
                            slow!(iterate::unpack, w, 0)
                        }
                        Op::UnpackEx => slow!(iterate::unpack_ex, w, 0),
                        Op::GetLen => slow!(containers::get_len, w, 0),
                        // -- iteration and delegation
                        Op::GetIter => slow!(iterate::get_iter, w, 0),
                        Op::ForIter => {
                            let bits = r!(w.a());
                            if is_pointer(bits) {
                                let object = head(bits);
                                if object.is_exact(&RANGE_ITERATOR) {
                                    let range = &*std::ptr::from_ref(object).cast::<PyRangeIterator>();
                                    match range.advance() {
                                        Some(int) => {
                                            if let Some(int) = Word::from_int(int) {
                                                put!(w.b(), int.bits());
                                                next!(0);
                                            }
                                            let int = try_or_raise!(Value::int(thread, int));
                                            put!(w.b(), int.into_word().bits());
                                            next!(0)
                                        }
                                        None => jump_near!(w),
                                    }
                                }
                                if object.is_exact(&LIST_ITERATOR) {
                                    let iterator = &*std::ptr::from_ref(object).cast::<PyListIterator>();
                                    (*frame).ip = ip;
                                    match try_or_raise!(iterator.advance(thread)) {
                                        Some(item) => {
                                            put!(w.b(), item.into_word().bits());
                                            next!(0)
                                        }
                                        None => jump_near!(w),
                                    }
                                }
                                if object.is_exact(&TUPLE_ITERATOR) {
                                    let iterator = &*std::ptr::from_ref(object).cast::<PyTupleIterator>();
                                    (*frame).ip = ip;
                                    match try_or_raise!(iterator.advance(thread)) {
                                        Some(item) => {
                                            put!(w.b(), item.into_word().bits());
                                            next!(0)
                                        }
                                        None => jump_near!(w),
                                    }
                                }
                                if object.is_exact(&ASCII_ITERATOR) {
                                    let iterator = &*std::ptr::from_ref(object).cast::<PyAsciiIterator>();
                                    (*frame).ip = ip;
                                    match try_or_raise!(iterator.advance(thread)) {
                                        Some(item) => {
                                            put!(w.b(), item.into_word().bits());
                                            next!(0)
                                        }
                                        None => jump_near!(w),
                                    }
                                }
                                if object.is_exact(generator::generator_type()) {
                                    let this =
                                        &*std::ptr::from_ref(object).cast::<Native<generator::Generator>>();
                                    if this.0.is_waiting() {
                                        (*frame).ip = ip;
                                        let resumed = generator::resume(
                                            thread,
                                            stacks,
                                            Ref::from_head(object),
                                            &this.0,
                                            Value::none(),
                                            Continuation::Next,
                                        );
                                        try_or_raise!(resumed);
                                        reload!();
                                    }
                                }
                            }
                            if try_or_raise!(iterate::next(vm!(), w)) {
                                next!(0);
                            }
                            jump_near!(w)
                        }
                        Op::GetYieldFromIter => slow!(delegation::yield_from_iter, w, 0),
                        Op::ReturnGenerator => {
                            let delivered = try_or_raise!(return_generator(vm!(), w));
                            after!(deliver(stacks, delivered, false))
                        }
                        Op::Yield => {
                            if (*frame).continuation == Continuation::Next {
                                (*frame).ip = ip;
                                let bits = generator::next_item(thread, stacks, frame, ip);
                                frame = frame.sub(1);
                                fp = (*frame).slots;
                                ip = (*frame).ip;
                                let w = OpWord(*ip);
                                put!(w.b(), bits);
                                next!(0);
                            }
                            if (*frame).continuation == Continuation::Entry && (*frame).has(extra::GENERATOR)
                            {
                                (*frame).ip = ip;
                                let bits = generator::next_item(thread, stacks, frame, ip);
                                return Ok(Outcome::Yield(Value::from_word(word(bits))));
                            }
                            let delivered = try_or_raise!(suspend(vm!(), w));
                            after!(deliver(stacks, delivered, true))
                        }
                        Op::Send => match try_or_raise!(delegation::send(vm!(), w)) {
                            delegation::Step::Entered => reload!(),
                            delegation::Step::Yielded => next!(0),
                            delegation::Step::Ended => jump_near!(w),
                        },
                        Op::EndSend => slow!(delegation::end_send, w, 0),
                        Op::CleanupThrow => slow!(delegation::cleanup_throw, w, 0),
                        Op::GetAwaitable => slow!(delegation::get_awaitable, w, 0),
                        Op::GetAiter => slow!(delegation::get_aiter, w, 0),
                        Op::GetAnext => slow!(delegation::get_anext, w, 0),
                        Op::EndAsyncFor => slow!(delegation::end_async_for, w, 0),
                        // -- exceptions
                        Op::Raise => slow!(exceptions::raise, w, 0),
                        Op::Reraise => {
                            if w.b() != 0 {
                                // the traceback's entry is the one of where it was raised first
                                (*frame).ip = ip;
                            }
                            slow!(exceptions::reraise, w, 0)
                        }
                        Op::PushExc => slow!(exceptions::push_exc, w, 0),
                        Op::PopExcept => slow!(exceptions::pop_except, w, 0),
                        Op::CheckExcMatch => slow!(exceptions::check_exc_match, w, 0),
                        Op::CheckEgMatch => slow!(exceptions::check_eg_match, w, 0),
                        Op::WithExceptStart => slow!(exceptions::with_except_start, w, 0),
                        Op::LoadSpecial => slow!(exceptions::load_special, w, 0),
                        // -- patterns
                        Op::MatchMapping => slow!(patterns::mapping, w, 0),
                        Op::MatchSequence => slow!(patterns::sequence, w, 0),
                        Op::MatchKeys => slow!(patterns::keys, w, 0),
                        Op::MatchClass => slow!(patterns::class, w, 0),
                        // -- the rest
                        Op::Intrinsic1 => slow!(intrinsics::one, w, 0),
                        Op::Intrinsic2 => slow!(intrinsics::two, w, 0),
                        Op::ImportName => slow!(imports::import_name, w, 0),
                        Op::ImportFrom => slow!(imports::import_from, w, 0),
                        Op::FormatSimple => slow!(format::simple, w, 0),
                        Op::FormatWithSpec => slow!(format::with_spec, w, 0),
                        Op::ConvertValue => slow!(format::convert, w, 0),
                        Op::BuildTemplate => slow!(format::template, w, 0),
                        Op::BuildInterpolation => slow!(format::interpolation, w, 0),
                        Op::TraceCall | Op::TraceLine | Op::TraceReturn => {
                            try_or_raise!(tracing_place(vm!(), w));
                            // a jump may have been asked for
                            match (*frame).ip == ip {
                                true => next!(0),
                                false => reload!(),
                            }
                        }
                        Op::Trap => {
                            try_or_raise!(crate::tracing::trap(thread, vm!().frame));
                            reload!()
                        }
                        Op::TraceOpcode => slow!(tracing_opcode, w, 0),
                        Op::TraceStop => slow!(tracing_stop, w, 0),
                        Op::SetupAnnotations => slow!(names::setup_annotations, w, 0),
                        Op::Unbuilt => slow!(unbuilt, w, 0),
                    }
                }
            };
            unwind(thread, stacks, raised)?;
            load_frame!();
        }
    }
}

#[inline(never)]
fn tracing_place(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let number = w.number();
    if number == Op::TraceLine as u16 {
        crate::tracing::line(vm.thread, vm.frame)
    } else if number == Op::TraceCall as u16 {
        crate::tracing::call(vm.thread, vm.frame, w.a() == 0)
    } else {
        let value = vm.borrow(w.a()).to_value();
        crate::tracing::returned(vm.thread, vm.frame, Some(value), w.b() != 0)
    }
}

#[inline(never)]
fn tracing_opcode(vm: Vm<'_>, _: OpWord) -> PyResult<()> {
    crate::tracing::instruction(vm.thread, vm.frame)
}

#[inline(never)]
fn tracing_stop(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let value = vm.borrow(w.a()).to_value();
    crate::tracing::stopped(vm.thread, vm.frame, value)
}

#[cold]
#[inline(never)]
fn unbuilt(vm: Vm<'_>, w: OpWord) -> PyResult<()> {
    let opcode = taipan_bytecode_format::Opcode::from_number(w.wide_operand() as u8);
    let name = opcode.map_or("?", taipan_bytecode_format::Opcode::name);
    Err(raise!(vm.thread, SYSTEM_ERROR, "the instruction {name} is not built yet"))
}

/// `a // b`; none if that raises or needs the heap.
#[inline(always)]
fn floor_div(a: i64, b: i64) -> Option<Word> {
    if b == 0 {
        return None;
    }
    let quotient = a / b;
    let floor = quotient - i64::from((a % b != 0) & ((a ^ b) < 0));
    Word::from_int(floor)
}

/// `a % b`; none if that raises.
#[inline(always)]
fn modulo(a: i64, b: i64) -> Option<Word> {
    if b == 0 {
        return None;
    }
    // most operands are small: a division of 32 bits takes half the time
    let rest =
        if (a | b) >= 0 && (a | b) <= i64::from(i32::MAX) { i64::from(a as u32 % b as u32) } else { a % b };
    Word::from_int(if rest != 0 && (rest ^ b) < 0 { rest + b } else { rest })
}

/// `a << b`; none if that raises or needs the heap.
#[inline(always)]
fn shift_left(a: i64, b: i64) -> Option<Word> {
    if !(0..62).contains(&b) {
        return None;
    }
    let shifted = a << b;
    if shifted >> b == a { Word::from_int(shifted) } else { None }
}

/// `a >> b`; none if that raises.
#[inline(always)]
fn shift_right(a: i64, b: i64) -> Option<Word> {
    if b < 0 { None } else { Word::from_int(a >> b.min(63)) }
}
