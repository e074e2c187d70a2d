//! Making buffered streams.

use taipan_object::native::{Native, NativeType};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_size};

use super::{Buffered, Random, Reader, Stream, Writer, state_of};
use crate::call;
use crate::errors::unsupported;
use crate::file_io::FileIo;

const fn parameters(function: &'static str) -> Parameters<2> {
    Parameters { function, names: ["raw", "buffer_size"], positional_only: 0, positional: 2, required: 1 }
}

/// What a stream must be able to do.
#[derive(Clone, Copy)]
struct Needs {
    seekable: bool,
    readable: bool,
    writable: bool,
}

const READER: Needs = Needs { seekable: false, readable: true, writable: false };
const WRITER: Needs = Needs { seekable: false, readable: false, writable: true };
const RANDOM: Needs = Needs { seekable: true, readable: true, writable: true };

fn check(thread: &Thread, raw: Ref<'_>, needs: Needs) -> PyResult<()> {
    if let Some(file) = raw.get_exact::<Native<FileIo>>() {
        file.descriptor(thread)?;
        let can = (!needs.readable || file.readable.get()) && (!needs.writable || file.writable.get());
        if can && !needs.seekable {
            return Ok(());
        }
    }
    let all = [
        (needs.seekable, "seekable", "File or stream is not seekable."),
        (needs.readable, "readable", "File or stream is not readable."),
        (needs.writable, "writable", "File or stream is not writable."),
    ];
    for (_, question, message) in all.into_iter().filter(|(needed, _, _)| *needed) {
        if !call::ask(thread, raw, question)? {
            return Err(unsupported(thread, message));
        }
    }
    Ok(())
}

fn set_up(thread: &Thread, this: Ref<'_>, raw: Ref<'_>, size: isize, needs: Needs) -> PyResult<()> {
    let Some(state) = state_of(this) else { return Ok(()) };
    drop(state.raw.take());
    state.detached.set(false);
    check(thread, raw, needs)?;
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(raise!(thread, VALUE_ERROR, "buffer size must be strictly positive"));
    };
    let state: &Buffered = state;
    state.readable.set(needs.readable);
    state.writable.set(needs.writable);
    state.size.set(size);
    state.pending.set(Vec::new());
    state.forget_ahead();
    drop(state.raw.replace(Some(raw.to_value())));
    if raw.get_exact::<Native<FileIo>>().is_none() {
        // the position is asked for once; a stream that has none is fine
        let stream = Stream { this, state };
        if let Err(raised) = stream.raw_tell(thread) {
            drop(thread.catch(raised));
        }
    }
    Ok(())
}

fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
    parameters: &Parameters<2>,
    needs: Needs,
) -> PyResult<()> {
    let [raw, size] = parameters.bind(thread, arguments, names)?;
    let size = match size {
        Some(size) => to_size(thread, size)?,
        None => crate::DEFAULT_BUFFER_SIZE as isize,
    };
    set_up(thread, this, raw.unwrap_or(this), size, needs)
}

type Names<'a> = Option<&'a PyTuple>;

pub(super) fn init_reader(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    init(thread, this, arguments, names, &const { parameters("BufferedReader") }, READER)
}

pub(super) fn init_writer(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    init(thread, this, arguments, names, &const { parameters("BufferedWriter") }, WRITER)
}

pub(super) fn init_random(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<()> {
    init(thread, this, arguments, names, &const { parameters("BufferedRandom") }, RANDOM)
}

fn made<S: NativeType>(
    thread: &Thread,
    raw: Ref<'_>,
    size: usize,
    needs: Needs,
) -> PyResult<Owned<Native<S>>> {
    let stream = Native::new(thread, S::default())?;
    set_up(thread, as_ref(&*stream), raw, size as isize, needs)?;
    Ok(stream)
}

/// A `BufferedReader`.
pub(crate) fn reader(thread: &Thread, raw: Ref<'_>, size: usize) -> PyResult<Value> {
    Ok(made::<Reader>(thread, raw, size, READER)?.into_value())
}

/// A `BufferedWriter`.
pub(crate) fn writer(thread: &Thread, raw: Ref<'_>, size: usize) -> PyResult<Value> {
    Ok(made::<Writer>(thread, raw, size, WRITER)?.into_value())
}

/// A `BufferedRandom`.
pub(crate) fn random(thread: &Thread, raw: Ref<'_>, size: usize) -> PyResult<Value> {
    Ok(made::<Random>(thread, raw, size, RANDOM)?.into_value())
}
