//! `SyntaxError`: a message and where it happened.

use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::{base, receiver, set_field};
use crate::iterate::collect;

/// The fields behind the message, in the order in which the place gives them.
const PLACES: [usize; 7] = [1, 2, 3, 6, 4, 5, 8];

/// `SyntaxError(message, (file, line, column, text, end line, end column, metadata))`.
pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    base::init(thread, this, arguments, names)?;
    let exception = receiver(thread, this)?;
    if let Some(message) = arguments.first() {
        set_field(thread, exception, 0, Some(message.clone()))?;
    }
    let [_, place] = arguments else { return Ok(()) };
    let place = collect(thread, place.as_ref())?;
    let given = place.len();
    if given < 4 {
        return Err(raise!(thread, TYPE_ERROR, "function takes at least 4 arguments ({given} given)"));
    }
    if given > PLACES.len() {
        return Err(raise!(thread, TYPE_ERROR, "function takes at most 7 arguments ({given} given)"));
    }
    for at in PLACES {
        set_field(thread, exception, at, None)?;
    }
    for (at, value) in PLACES.into_iter().zip(place) {
        set_field(thread, exception, at, Some(value))?;
    }
    if given == 5 {
        return Err(raise!(thread, TYPE_ERROR, "end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}
