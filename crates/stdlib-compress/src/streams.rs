//! What the modules have in common whose streams are worked on step by step: how long to go on, and a decompressor
//! that keeps its input itself.

use taipan_object::{PyResult, Raised, Ref, Thread, Value, raise};

/// Input is worked on in parts of so many bytes.
const PART: usize = 1 << 16;

/// What a step did.
#[derive(Clone, Copy, Default)]
pub(crate) struct Step {
    /// Bytes of input that were used.
    pub(crate) used: usize,
    /// Bytes of output that were made.
    pub(crate) made: usize,
    /// Whether the stream has ended.
    pub(crate) is_over: bool,
}

/// A compressor or decompressor of a crate.
pub(crate) trait Stream {
    /// Goes on with some input and some room; `finish` says that no more input will come.
    ///
    /// # Errors
    /// What the module raises.
    fn step(&mut self, thread: &Thread, input: &[u8], room: &mut [u8], finish: bool) -> PyResult<Step>;
}

/// Makes a step whose output goes behind that in `out`, where there is to be so much room.
fn append(
    thread: &Thread,
    stream: &mut impl Stream,
    input: &[u8],
    room: usize,
    finish: bool,
    out: &mut Vec<u8>,
) -> PyResult<Step> {
    let start = out.len();
    if out.try_reserve(room).is_err() {
        return Err(thread.raise_memory_error());
    }
    out.resize(start + room, 0);
    let result = stream.step(thread, input, out.get_mut(start..).unwrap_or_default(), finish);
    out.truncate(start + result.as_ref().map_or(0, |step| step.made.min(room)));
    taipan_vm::safepoint(thread)?;
    result
}

/// Compresses all of `data`, up to the end of the stream if `finish`.
pub(crate) fn compress(
    thread: &Thread,
    stream: &mut impl Stream,
    data: &[u8],
    finish: bool,
) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = data;
    loop {
        let part = rest.get(..PART).unwrap_or(rest);
        let is_last = part.len() == rest.len();
        let room = (part.len() / 2).clamp(1 << 10, 1 << 16);
        let step = append(thread, stream, part, room, finish && is_last, &mut out)?;
        rest = rest.get(step.used..).unwrap_or_default();
        // with room left, nothing more was to be written
        if step.is_over || !finish && rest.is_empty() && step.made < room {
            return Ok(out);
        }
    }
}

/// A decompressor that keeps input that it had no room for.
pub(crate) struct Decompressor<S> {
    /// None after an error that the stream does not survive, or before there is one.
    pub(crate) stream: Option<S>,
    /// Input that was not worked on.
    pending: Vec<u8>,
    /// Input behind the end of the stream.
    pub(crate) unused: Vec<u8>,
    pub(crate) is_over: bool,
    pub(crate) needs_input: bool,
}

impl<S> Default for Decompressor<S> {
    fn default() -> Decompressor<S> {
        let (pending, unused) = (Vec::new(), Vec::new());
        Decompressor { stream: None, pending, unused, is_over: false, needs_input: true }
    }
}

impl<S: Stream> Decompressor<S> {
    /// One that has seen nothing yet.
    pub(crate) fn new(stream: S) -> Decompressor<S> {
        Decompressor { stream: Some(stream), ..Decompressor::default() }
    }

    /// Decompresses what was kept and `data`, to at most `most` bytes; what is left is kept.
    ///
    /// # Errors
    /// What the module raises.
    pub(crate) fn feed(&mut self, thread: &Thread, data: &[u8], most: Option<usize>) -> PyResult<Vec<u8>> {
        let mut input = std::mem::take(&mut self.pending);
        let joined = match input.is_empty() {
            true => data,
            false => {
                input.extend_from_slice(data);
                &input
            }
        };
        let Some(stream) = &mut self.stream else { return Ok(Vec::new()) };
        let (mut used, mut out, mut next) = (0, Vec::new(), 1 << 13);
        loop {
            let room = most.map_or(next, |most| next.min(most - out.len()));
            // larger parts, the more there is
            next = (next * 2).min(1 << 18);
            let rest = joined.get(used..).unwrap_or_default();
            let part = rest.get(..PART).unwrap_or(rest);
            let step = append(thread, stream, part, room, false, &mut out)?;
            used += step.used;
            self.is_over = step.is_over;
            let is_full = step.made == room;
            let is_stuck = step.used == 0 && step.made == 0;
            if step.is_over
                || is_full && most == Some(out.len())
                || !is_full && (is_stuck || used == joined.len())
            {
                self.needs_input = !step.is_over && !is_full && used == joined.len();
                break;
            }
        }
        let rest = joined.get(used..).unwrap_or_default().to_vec();
        if self.is_over {
            self.unused = rest;
        } else {
            self.pending = rest;
        }
        Ok(out)
    }
}

/// The most bytes that a call may give: a negative number stands for no limit.
pub(crate) fn most(thread: &Thread, value: Option<Ref<'_>>) -> PyResult<Option<usize>> {
    let most = value.map_or(Ok(-1), |value| taipan_runtime_builtins::arguments::to_size(thread, value))?;
    Ok(usize::try_from(most).ok())
}

/// Bytes as an object.
pub(crate) fn bytes(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    Ok(taipan_object::bytes::PyBytes::new(thread, bytes)?.into_value())
}

/// A call of a compressor whose stream has ended.
#[cold]
pub(crate) fn flushed(thread: &Thread, again: bool) -> Raised {
    match again {
        true => raise!(thread, VALUE_ERROR, "Repeated call to flush()"),
        false => raise!(thread, VALUE_ERROR, "Compressor has been flushed"),
    }
}
