//! From where an exception was raised to its handler, frame by frame.
//!
//! The first time that an exception comes by, it gets its context; each frame that it passes adds an entry to its
//! traceback. A handler keeps so many stack slots as its depth says; those above are released, then come the place
//! where the exception was raised, if the handler wants it, and the exception.

use super::{Vm, exceptions, generator};
use crate::code::{Op, OpWord};
use crate::frame::{Continuation, Frame, Stacks, clear, put};
use crate::{frame_object, tracing};
use taipan_object::traceback::PyTraceback;
use taipan_object::{Raised, Thread, Value};

/// Takes the exception that was raised in the running frame to its handler; `Ok` says that the running frame goes
/// on at its `ip`.
///
/// # Errors
/// When the frame ended that native code waits for.
pub(super) fn unwind(thread: &Thread, stacks: &Stacks, raised: Raised) -> Result<(), Raised> {
    let mut exception = thread.catch(raised);
    if exceptions::traceback(exception.as_ref()).is_none() {
        exceptions::set_context(thread, exception.as_ref());
    }
    loop {
        let frame = stacks.current.get();
        // SAFETY: the running frame.
        if unsafe { !raises_again(thread, &*frame, &exception) } {
            note(thread, frame, &exception);
            if tracing::is_trapped(frame)
                && let Err(raised) = tracing::exception(thread, frame, &exception)
            {
                exception = thread.catch(raised);
                note(thread, frame, &exception);
            }
        }
        // SAFETY: as above.
        if unsafe { handle(thread, frame, &exception) } {
            return Ok(());
        }
        // SAFETY: a frame's code lives as long as the frame.
        let first = unsafe { raised_first(&*frame, &*(*frame).code) };
        if tracing::is_trapped(frame) {
            // SAFETY: as above.
            unsafe { stand_at_first(frame, first) };
            if let Err(raised) = tracing::returned(thread, frame, None, false) {
                exception = thread.catch(raised);
            }
        }
        // SAFETY: nothing of the frame is used behind this.
        let continuation = unsafe { abandon(thread, stacks, frame, first) };
        if continuation == Continuation::Entry {
            return Err(thread.raise(exception));
        }
    }
}

/// Whether the operation that raised only handed on what was raised before.
fn raises_again(thread: &Thread, frame: &Frame, exception: &Value) -> bool {
    // SAFETY: `ip` is an operation of the frame's code.
    let word = unsafe { OpWord(*frame.ip) };
    let number = word.number();
    let is = |op: Op| op as u16 == number;
    // a `raise` alone leaves the traceback as it is, if there was something to raise
    let is_handled =
        || exceptions::handled(thread).is_some_and(|handled| handled.as_ref().is(exception.as_ref()));
    [Op::Reraise, Op::CleanupThrow, Op::EndAsyncFor].into_iter().any(is)
        || (is(Op::Raise) && word.b() == 0 && is_handled())
}

/// Adds the entry of the running frame to the traceback of an exception that is not raised, but caught there.
pub(crate) fn note_running(thread: &Thread, exception: &Value) {
    note(thread, crate::frame::stacks(thread).current.get(), exception);
}

/// Adds the entry of a frame to the traceback.
fn note(thread: &Thread, frame: *mut Frame, exception: &Value) {
    // an entry that there is no memory for is left out
    let entry = || {
        // SAFETY: the running frame.
        let (object, unit) = unsafe {
            let code = &*(*frame).code;
            let unit = code.points.unit(code.index_of((*frame).ip));
            (frame_object::of(thread, &mut *frame)?, unit)
        };
        let next = exceptions::traceback(exception.as_ref());
        PyTraceback::new(thread, next, object, unit as i32 * 2, -1)
    };
    match entry() {
        Ok(entry) => exceptions::set_traceback(exception.as_ref(), Some(entry.into_value())),
        Err(raised) => drop(thread.catch(raised)),
    }
}

/// Goes to the handler of the frame; false if it has none.
///
/// # Safety
/// The frame is the running one.
unsafe fn handle(thread: &Thread, frame: *mut Frame, exception: &Value) -> bool {
    // SAFETY: by contract.
    unsafe {
        let code = &*(*frame).code;
        let word = code.index_of((*frame).ip);
        let Some(handler) = code.handler_at(word) else { return false };
        let mut at = code.locals as usize + handler.depth as usize;
        let unit = raised_first(&*frame, code).unwrap_or_else(|| code.points.unit(word));
        clear((*frame).slots, at, code.slots as usize);
        if handler.lasti {
            let unit = i64::from(unit);
            if let Ok(place) = Value::int(thread, unit) {
                put((*frame).slots, at, place);
            }
            at += 1;
        }
        put((*frame).slots, at, exception.clone());
        (*frame).ip = code.start().add(handler.target as usize);
        true
    }
}

/// The code unit at which a frame that raises again raised first.
fn raised_first(frame: &Frame, code: &crate::code::RegisterCode) -> Option<u32> {
    // SAFETY: `ip` is an operation of the frame's code.
    let word = unsafe { OpWord(*frame.ip) };
    if word.number() != Op::Reraise as u16 || word.b() == 0 {
        return None;
    }
    let at = word.c();
    if at >= code.slots as usize {
        return None;
    }
    // SAFETY: a slot of the frame; what is no int there is passed over.
    let place = taipan_object::Word::from_bits(unsafe { *frame.slots.add(at) })?;
    place.as_int().and_then(|unit| u32::try_from(unit).ok())
}

/// Lets a frame stand where it raised first, for whoever looks at its line.
///
/// # Safety
/// The frame is the running one, whose `ip` is not used any more but for its place.
unsafe fn stand_at_first(frame: *mut Frame, first: Option<u32>) {
    // SAFETY: by contract.
    unsafe {
        let code = &*(*frame).code;
        if let Some(word) = first.and_then(|unit| code.points.word_of(unit)) {
            (*frame).ip = code.start().add(word as usize);
        }
    }
}

/// Ends a frame that does not handle the exception.
///
/// # Safety
/// The frame is the running one.
unsafe fn abandon(thread: &Thread, stacks: &Stacks, frame: *mut Frame, first: Option<u32>) -> Continuation {
    // SAFETY: by contract.
    unsafe {
        let code = &*(*frame).code;
        let continuation = (*frame).continuation;
        let first = first.and_then(|unit| Some(((*frame).object()?, unit)));
        clear((*frame).slots, code.locals as usize, code.slots as usize);
        generator::end_run(thread, &*frame);
        super::call::pop(thread, stacks, frame);
        if let Some((object, unit)) = first {
            frame_object::set_unit(object.as_ref(), unit);
        }
        continuation
    }
}

/// The exception that an operation which goes on with another one raises: the loop's.
pub(super) fn vm_of<'t>(thread: &'t Thread, frame: *mut Frame) -> Vm<'t> {
    Vm { thread, frame }
}
