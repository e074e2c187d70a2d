//! Takes importlib's own frames out of tracebacks: of an `ImportError` all of them, of other exceptions those that lead
//! to a module's code.

use taipan_object::exception::IMPORT_ERROR;
use taipan_object::str::PyStr;
use taipan_object::traceback::PyTraceback;
use taipan_object::{Raised, Ref, Thread, Value};
use taipan_vm::frame_object;
use taipan_vm::interp::exceptions::{set_traceback, traceback};

/// The files of importlib.
const FILES: [&str; 2] = ["<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"];

/// The function of importlib that runs what is not importlib's.
const BORDER: &str = "_call_with_frames_removed";

/// Whether an entry is of importlib, and of its border.
fn place_of(entry: Ref<'_>) -> (bool, bool) {
    let frame = entry.get::<PyTraceback>().and_then(|entry| entry.tb_frame().get());
    let code = frame.as_ref().and_then(|frame| frame_object::state_of(frame.as_ref())?.code());
    let Some(code) = code else { return (false, false) };
    let is = |value: Option<Value>, texts: &[&str]| {
        let text = value.as_ref().and_then(|value| value.as_ref().get::<PyStr>());
        text.is_some_and(|text| texts.iter().any(|known| text.equals_text(known)))
    };
    let inside = is(code.co_filename.get(), &FILES);
    (inside, inside && is(code.co_name.get(), &[BORDER]))
}

/// Shortens the traceback of the exception that was raised.
#[cold]
pub(super) fn importlib_frames(thread: &Thread, raised: Raised) -> Raised {
    let exception = thread.catch(raised);
    let always = exception.as_ref().ty().is_subtype(&IMPORT_ERROR);
    let (mut kept, mut all) = (Vec::new(), 0_usize);
    let (mut start, mut was_inside) = (0, false);
    let mut next = traceback(exception.as_ref());
    while let Some(entry) = next {
        next = entry.as_ref().get::<PyTraceback>().and_then(|entry| entry.tb_next().get());
        let (inside, border) = place_of(entry.as_ref());
        if inside && !was_inside {
            start = kept.len();
        }
        was_inside = inside;
        all += 1;
        if inside && (always || border) {
            kept.truncate(start);
        } else {
            kept.push(entry);
        }
    }
    if kept.len() < all {
        let mut following: Option<Value> = None;
        for entry in kept.into_iter().rev() {
            if let Some(entry) = entry.as_ref().get::<PyTraceback>() {
                let old = entry.tb_next().replace(following.take());
                drop(old);
            }
            following = Some(entry);
        }
        set_traceback(exception.as_ref(), following);
    }
    thread.raise(exception)
}
