//! Assigning `f_lineno`: a traced frame goes on at another line.
//!
//! Lines begin at operations at which nothing is pending, so a jump drops the values on top of the stack that are not
//! there at the line, and sets the frame's `ip`. What CPython allows is found on the bytecode (`stack_kinds.rs`).
//! Invariants: only the frame that is being told of jumps; locals that are unbound are set to None first, for the
//! code behind the line may rely on them.

use super::stack_kinds::{Kind, Stack, stacks_of};
use super::{Told, line_starts};
use crate::code::{Op, OpWord, RegisterCode};
use crate::frame::{Frame, UNBOUND, stacks, word};
use crate::frame_object::FrameObject;
use crate::interp::exceptions::set_handled;
use taipan_object::exception::RUNTIME_WARNING;
use taipan_object::int::INT;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

/// Where a jump leads.
#[derive(Clone, Copy)]
struct Jump {
    /// The word of its operation.
    word: u32,
    /// The stack before, by kinds.
    from: Stack,
    /// The stack that the line wants.
    to: Stack,
}

/// Lets the frame that is being told of go on at another line.
///
/// # Errors
/// ValueError if it can't, TypeError of no int.
pub(crate) fn set_line(thread: &Thread, state: &FrameObject, value: Ref<'_>) -> PyResult<()> {
    if !std::ptr::eq(value.ty(), &raw const INT) {
        return Err(raise!(thread, VALUE_ERROR, "lineno must be an integer"));
    }
    let stacks = stacks(thread);
    let told = stacks.told.get();
    let frame = stacks.told_frame.get();
    if told == Told::Nothing || frame.is_null() || frame != state.live() {
        return Err(raise!(thread, VALUE_ERROR, "f_lineno can only be set in a trace function"));
    }
    match told {
        Told::NewCall => {
            let message = "can't jump from the 'call' trace event of a new frame";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        Told::Line | Told::Resumed | Told::Yield => {}
        Told::Nothing | Told::Other => {
            return Err(raise!(thread, VALUE_ERROR, "can only jump from a 'line' trace event"));
        }
    }
    let line = value.to_i64().and_then(|line| i32::try_from(line).ok());
    let line = line.ok_or_else(|| raise!(thread, VALUE_ERROR, "lineno out of range"))?;
    // SAFETY: the frame is being told of, so it runs; its code lives as long.
    let code = unsafe { &*(*frame).code };
    let jump = target(thread, code, state.unit(), line)?;
    bind_locals(thread, frame)?;
    // SAFETY: as above; it stands where a line begins, or a generator goes on or yields, and all is in its slots.
    unsafe { carry_out(thread, frame, jump) };
    Ok(())
}

/// Finds where a line begins that can be gone to from a code unit.
fn target(thread: &Thread, code: &RegisterCode, unit: u32, line: i32) -> PyResult<Jump> {
    let first = code.source.firstlineno;
    if line < first {
        let message = format!("line {line} comes before the current code block");
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let starts = line_starts(&code.source);
    let next = starts.iter().map(|(_, at)| *at).filter(|at| *at >= line).min();
    let Some(next) = next else {
        let message = format!("line {line} comes after the current code block");
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    };
    let kinds = stacks_of(&code.source);
    let at = |unit: u32| kinds.get(unit as usize).copied().unwrap_or(Stack::Unknown);
    let from = at(unit);
    let mut best: Option<Jump> = None;
    let mut reason = None;
    for (start, _) in starts.iter().filter(|(_, at)| *at == next) {
        let to = at(*start);
        if from.can_become(to) {
            let word = line_word(code, *start);
            if let Some(word) = word.filter(|_| best.is_none_or(|best| to > best.to)) {
                best = Some(Jump { word, from, to });
            }
        } else {
            reason = reason.or(Some(match from {
                Stack::Overflowed => "stack to deep to analyze",
                Stack::Unknown => "can't jump from unreachable code",
                Stack::Of(_) => explain(to),
            }));
        }
    }
    let reason = reason.unwrap_or("cannot find bytecode for specified line");
    best.ok_or_else(|| raise!(thread, VALUE_ERROR, "{reason}"))
}

/// Why a frame can't get a stack.
fn explain(wanted: Stack) -> &'static str {
    match wanted {
        Stack::Overflowed => "stack is too deep to analyze",
        Stack::Unknown => "can't jump into an exception handler, or code may be unreachable",
        Stack::Of(_) => match wanted.top() {
            Some(Kind::Exception) => "can't jump into an 'except' block as there's no exception",
            Some(Kind::Place) => "can't jump into a re-raising block as there's no location",
            Some(Kind::Iterator) => "can't jump into the body of a for loop",
            Some(Kind::Object | Kind::Null) | None => "incompatible stacks",
        },
    }
}

/// The word of the operation that tells of the line which begins at a code unit; at the beginning of a code the
/// word behind what tells of the call.
fn line_word(code: &RegisterCode, unit: u32) -> Option<u32> {
    let first = code.points.word_of(unit)?;
    let mut words = (first..code.words.len() as u32).take_while(|word| code.points.unit(*word) == unit);
    // operations before it move what was pending and take one word each
    words.find_map(|word| {
        // SAFETY: nothing writes to the words while they are looked at.
        let number = OpWord(unsafe { *code.words.get(word as usize)?.get() }).number();
        let is = |op: Op| number == op as u16;
        is(Op::TraceLine).then_some(word).or(is(Op::TraceCall).then_some(word + 1))
    })
}

/// Sets unbound locals to None, and warns of it.
fn bind_locals(thread: &Thread, frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the frame runs; its first slots are its locals.
    let unbound = |at: usize| unsafe { *(*frame).slots.add(at) == UNBOUND };
    // SAFETY: as above.
    let locals = unsafe { (*frame).locals as usize };
    let count = (0..locals).filter(|at| unbound(*at)).count();
    if count == 0 {
        return Ok(());
    }
    let plural = if count == 1 { "" } else { "s" };
    let warn = crate::hooks::of(thread).warn;
    warn(thread, &RUNTIME_WARNING, &format!("assigning None to {count} unbound local{plural}"))?;
    for at in (0..locals).filter(|at| unbound(*at)) {
        // SAFETY: the slot holds nothing.
        unsafe { *(*frame).slots.add(at) = Value::none().into_word().bits() };
    }
    Ok(())
}

/// Drops what the line does not want and goes there.
///
/// # Safety
/// The frame runs a traced form of the code that the jump is of, stands where the jump was found, and nothing is pending.
unsafe fn carry_out(thread: &Thread, frame: *mut Frame, jump: Jump) {
    let mut dropped = Vec::new();
    // SAFETY: by contract; the kinds tell how high the stack is.
    unsafe {
        let code = &*(*frame).code;
        (*frame).ip = code.start().add(jump.word as usize);
        let mut from = jump.from;
        while from > jump.to {
            let at = (code.locals + from.height() - 1) as usize;
            let bits = (*frame).slots.add(at).replace(UNBOUND);
            if bits & 7 != 4 {
                dropped.push((from.top(), Value::from_word(word(bits))));
            }
            from = from.pop();
        }
    }
    for (kind, value) in dropped {
        if kind == Some(Kind::Exception) {
            let before = Some(value).filter(|value| !value.as_ref().is_none());
            drop(set_handled(thread, before));
        }
    }
}

/// What deleting the line of a frame raises.
pub(crate) fn refuse_deletion(thread: &Thread) -> Raised {
    raise!(thread, ATTRIBUTE_ERROR, "attribute 'f_lineno' of 'frame' objects cannot be deleted")
}
