//! Frames that run already when they are to be traced: how they come from the optimised form of their code to the
//! traced one.
//!
//! A frame can go over where an operation begins, so the first word of each instruction becomes a trap, except where
//! an operation is under way: whoever waits for its result looks at the word. A trap that is met while nobody traces
//! makes all words of its code what they were.

use crate::code::{Op, Pending, RegisterCode};
use crate::frame::{Frame, NULL, UNBOUND, is_pointer, put_word, stacks};
use crate::load::program;
use taipan_object::thread::safepoint;
use taipan_object::{PyResult, Ref, Thread, Value};

/// Makes the operations of a frame's code traps: the frame goes over when it comes to its next one.
pub(crate) fn set_traps(thread: &Thread, frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the frame runs; its code lives as long, as does the code object.
    let code = unsafe { &*(*frame).code };
    if code.traced || !code.trapped.borrow().is_empty() {
        return Ok(());
    }
    // SAFETY: as above.
    let switches = program(unsafe { &*code.object }).switches(thread)?;
    // SAFETY: as above.
    if let Some(object) = unsafe { (*frame).object() }
        && let Some(state) = crate::frame_object::state_of(object.as_ref())
    {
        super::note_line(state);
    }
    let under_way = under_way(thread, code);
    let mut trapped = code.trapped.borrow_mut();
    for word in switches.words().filter(|word| !under_way.contains(word)) {
        let Some(place) = code.words.get(word as usize) else { continue };
        // SAFETY: the first word of an operation, which is not under way.
        unsafe {
            let number = *place.get() as u16;
            let is_suspending = [Op::Yield, Op::ReturnGenerator].into_iter().any(|op| op as u16 == number);
            if !is_suspending {
                trapped.push((word, number));
                *place.get() = *place.get() & !0xFFFF | Op::Trap as u64;
            }
        }
    }
    Ok(())
}

/// Whether a frame tells what it does, or will from its next operation on.
pub(crate) fn is_trapped(frame: *mut Frame) -> bool {
    // SAFETY: the frame runs; its code lives as long.
    let code = unsafe { &*(*frame).code };
    code.traced || !code.trapped.borrow().is_empty()
}

/// The words of a code at which frames stand.
fn under_way(thread: &Thread, code: &RegisterCode) -> Vec<u32> {
    let mut words = Vec::new();
    for stacks in thread.interp().thread_states().into_iter().map(stacks) {
        for depth in 0..stacks.depth() {
            // SAFETY: a running frame.
            let frame = unsafe { &*stacks.current.get().sub(depth) };
            if std::ptr::eq(frame.code, code) {
                words.push(code.index_of(frame.ip));
            }
        }
    }
    words
}

/// Makes the words of a code what they were.
fn remove_traps(code: &RegisterCode) {
    for (word, number) in code.trapped.take() {
        if let Some(place) = code.words.get(word as usize) {
            // SAFETY: the first word of an operation.
            unsafe { *place.get() = *place.get() & !0xFFFF | u64::from(number) };
        }
    }
}

/// What a trap does: the running frame goes over, or the traps of its code go.
pub(crate) fn trap(thread: &Thread, frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the running frame.
    if thread.has_request(safepoint::TRACE) && unsafe { go_over(thread, frame) }? {
        return Ok(());
    }
    // SAFETY: a frame's code lives as long as the frame.
    remove_traps(unsafe { &*(*frame).code });
    Ok(())
}

/// Takes a frame to the traced form of its code; false if it can't go over here.
///
/// # Safety
/// The frame was pushed and stands before an operation.
pub(crate) unsafe fn go_over(thread: &Thread, frame: *mut Frame) -> PyResult<bool> {
    // SAFETY: by contract; what is moved into a slot is owned, what is pending of a local is bound.
    unsafe {
        let code = &*(*frame).code;
        let program = program(&*code.object);
        let traced = program.traced(thread)?;
        let Some(switch) = program.switches(thread)?.at(code.index_of((*frame).ip)) else { return Ok(false) };
        let slots = (*frame).slots;
        for (position, pending) in &switch.settle {
            let bits = match pending {
                Pending::Local(local) => counted(*slots.add(*local as usize)),
                Pending::Constant(number) => match code.constants.get(*number as usize) {
                    Some(constant) => constant.clone().into_word().bits(),
                    None => UNBOUND,
                },
                Pending::Int(value) => Value::small((*value).into()).into_word().bits(),
                Pending::Null => NULL,
            };
            put_word(slots, (code.locals + position) as usize, bits);
        }
        (*frame).code = traced;
        (*frame).ip = traced.start().add(switch.to as usize);
        if let Some(run) = (*frame).has(crate::frame::extra::GENERATOR).then(|| &*(*frame).run) {
            run.set_registers(traced);
        }
        let released: Vec<u64> = switch
            .release
            .iter()
            .map(|position| slots.add((code.locals + position) as usize).replace(UNBOUND))
            .collect();
        released.into_iter().for_each(|bits| crate::frame::release(bits));
        Ok(true)
    }
}

/// A word of a slot, counted once more.
///
/// # Safety
/// The slot is one of a running frame.
unsafe fn counted(bits: u64) -> u64 {
    if is_pointer(bits) {
        // SAFETY: by contract; the copy is owned by another slot.
        return unsafe { Ref::from_word(crate::frame::word(bits)).to_value().into_word().bits() };
    }
    bits
}
