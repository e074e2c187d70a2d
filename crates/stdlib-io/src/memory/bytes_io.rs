//! `BytesIO`: its state and what is done to it.

use std::cell::Cell;

use taipan_object::buffer::{BYTES_FORMAT, Block, Buffer, bytes_of};
use taipan_object::bytes::PyBytes;
use taipan_object::memoryview::PyMemoryView;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_size};

use crate::base::BUFFERED_IO_BASE;
use crate::bytes_like::Target;
use crate::{call, errors};
use taipan_object::declare::{native_state, receiver};

/// The state of a `BytesIO`.
#[derive(Default)]
pub struct BytesIo {
    data: Block,
    at: Cell<usize>,
    closed: Cell<bool>,
}

native_type! {
    /// `_io.BytesIO`.
    pub static BYTES_IO: BytesIo = "_io.BytesIO", flags flags::BASETYPE, dict true, weak true, base BUFFERED_IO_BASE,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, BytesIo::default())?.into_value()),
        init: init,
        next: next,
    }
}

native_state!(BytesIo in BYTES_IO:);

/// Lends the memory of a `BytesIO`.
#[derive(Default)]
pub struct BytesIoBuffer {
    source: Slot,
}

native_type! {
    /// `_io._BytesIOBuffer`.
    pub static BYTES_IO_BUFFER: BytesIoBuffer = "_io._BytesIOBuffer",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { get_buffer: |thread, this, request| {
        let held = receiver::<BytesIoBuffer>(thread, this)?.source.get();
        let source = held.as_ref().map_or(this, Value::as_ref);
        let data = &receiver::<BytesIo>(thread, source)?.data;
        Buffer::of_block(thread, this, data, (1, BYTES_FORMAT), false, request)
    } }
}

native_state!(BytesIoBuffer in BYTES_IO_BUFFER: source);

const INIT: Parameters<1> = Parameters {
    function: "BytesIO",
    names: ["initial_bytes"],
    positional_only: 0,
    positional: 1,
    required: 0,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let [initial] = INIT.bind(thread, arguments, names)?;
    let state = receiver::<BytesIo>(thread, this)?;
    state.data.change(thread, Vec::clear)?;
    state.at.set(0);
    state.closed.set(false);
    if let Some(initial) = initial.filter(|initial| !initial.is_none()) {
        let bytes = bytes_of(thread, initial)?;
        state.write(thread, &bytes)?;
        state.at.set(0);
    }
    Ok(())
}

impl BytesIo {
    fn check_open(&self, thread: &Thread) -> PyResult<()> {
        if self.closed.get() { Err(errors::closed(thread)) } else { Ok(()) }
    }

    /// Writes where the position is, behind zeros if that is beyond the end.
    fn write(&self, thread: &Thread, bytes: &[u8]) -> PyResult<()> {
        self.data.check_not_lent(thread)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let at = self.at.get();
        let Some(end) = at.checked_add(bytes.len()) else { return Err(thread.raise_memory_error()) };
        let done = self.data.change(thread, |data| {
            if end > data.len() {
                if end > isize::MAX as usize || data.try_reserve(end - data.len()).is_err() {
                    return false;
                }
                data.resize(at.max(data.len()), 0);
                data.truncate(data.len().min(end));
            }
            let over = data.len().saturating_sub(at).min(bytes.len());
            let (old, new) = bytes.split_at(over);
            if let Some(place) = data.get_mut(at..at + over) {
                place.copy_from_slice(old);
            }
            data.extend_from_slice(new);
            true
        })?;
        if !done {
            return Err(thread.raise_memory_error());
        }
        self.at.set(end);
        Ok(())
    }

    /// Takes up to so many bytes from the position on.
    fn take(&self, thread: &Thread, most: usize) -> PyResult<Owned<PyBytes>> {
        let at = self.at.get();
        let bytes = self.data.with(|data| {
            let end = data.len().min(at.saturating_add(most));
            PyBytes::new(thread, data.get(at..end).unwrap_or_default())
        })?;
        self.at.set(at + bytes.as_slice().len());
        Ok(bytes)
    }

    /// Bytes to the end of the line, no more than so many.
    fn line_len(&self, most: usize) -> usize {
        self.data.with(|data| {
            let rest = data.get(self.at.get()..).unwrap_or_default();
            let rest = rest.get(..most).unwrap_or(rest);
            memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)
        })
    }
}

/// The receiver of a method, if it is open.
pub(super) fn open<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<BytesIo>> {
    let state = receiver::<BytesIo>(thread, this)?;
    state.check_open(thread)?;
    Ok(state)
}

pub(super) fn closed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<BytesIo>(thread, this)?.closed.get()))
}

pub(super) fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<BytesIo>(thread, this)?;
    state.data.change(thread, |data| *data = Vec::new())?;
    state.closed.set(true);
    Ok(Value::none())
}

pub(super) fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, open(thread, this)?.at.get() as i64)
}

pub(super) fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read", arguments.len(), 0, 1)?;
    let size = call::optional_size(thread, arguments.first())?;
    Ok(open(thread, this)?.take(thread, size.unwrap_or(usize::MAX))?.into_value())
}

pub(super) fn read1(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read1", arguments.len(), 0, 1)?;
    let size = call::optional_size(thread, arguments.first())?;
    Ok(open(thread, this)?.take(thread, size.unwrap_or(usize::MAX))?.into_value())
}

pub(super) fn readline(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readline", arguments.len(), 0, 1)?;
    let size = call::optional_size(thread, arguments.first())?;
    let state = open(thread, this)?;
    let len = state.line_len(size.unwrap_or(usize::MAX));
    Ok(state.take(thread, len)?.into_value())
}

pub(super) fn readlines(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readlines", arguments.len(), 0, 1)?;
    let hint = call::optional_size(thread, arguments.first())?.filter(|&hint| hint > 0);
    let state = open(thread, this)?;
    let lines = taipan_object::list::PyList::new(thread)?;
    let mut length = 0_usize;
    loop {
        let line = state.take(thread, state.line_len(usize::MAX))?;
        if line.as_slice().is_empty() {
            break;
        }
        length = length.saturating_add(line.as_slice().len());
        lines.push(thread, line.into_value())?;
        if hint.is_some_and(|hint| length >= hint) {
            break;
        }
    }
    Ok(lines.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let state = open(thread, this)?;
    let line = state.take(thread, state.line_len(usize::MAX))?;
    Ok((!line.as_slice().is_empty()).then(|| line.into_value()))
}

pub(super) fn readinto(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let target = Target::new(thread, "readinto() argument", to)?;
    let bytes = open(thread, this)?.take(thread, target.len())?;
    Value::int(thread, target.put(0, bytes.as_slice()) as i64)
}

pub(super) fn write(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let state = open(thread, this)?;
    let bytes = bytes_of(thread, data)?;
    state.write(thread, &bytes)?;
    Value::int(thread, bytes.len() as i64)
}

pub(super) fn writelines(thread: &Thread, this: Ref<'_>, lines: Ref<'_>) -> PyResult<Value> {
    open(thread, this)?;
    let iterator = protocol::iter(thread, lines)?;
    while let Some(line) = protocol::next(thread, iterator.as_ref())? {
        drop(write(thread, this, line.as_ref())?);
    }
    Ok(Value::none())
}

pub(super) fn seek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seek", arguments.len(), 1, 2)?;
    let to = to_size(thread, arguments.first().map_or(this, Value::as_ref))?;
    let whence = call::whence(thread, arguments.get(1))?;
    let state = open(thread, this)?;
    let base = match whence {
        0 if to < 0 => return Err(raise!(thread, VALUE_ERROR, "negative seek value {to}")),
        0 => 0,
        1 => state.at.get(),
        2 => state.data.len(),
        _ => return Err(raise!(thread, VALUE_ERROR, "invalid whence ({whence}, should be 0, 1 or 2)")),
    };
    let Some(at) = isize::try_from(base).ok().and_then(|base| base.checked_add(to)) else {
        return Err(raise!(thread, OVERFLOW_ERROR, "new position too large"));
    };
    state.at.set(usize::try_from(at).unwrap_or(0));
    tell(thread, this)
}

pub(super) fn truncate(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "truncate", arguments.len(), 0, 1)?;
    let size = call::optional_int(thread, arguments.first())?;
    let state = open(thread, this)?;
    let size = size.unwrap_or_else(|| i64::try_from(state.at.get()).unwrap_or(i64::MAX));
    let Ok(len) = usize::try_from(size) else {
        return Err(raise!(thread, VALUE_ERROR, "negative size value {size}"));
    };
    state.data.change(thread, |data| data.truncate(len))?;
    Value::int(thread, size)
}

pub(super) fn getvalue(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = open(thread, this)?;
    state.data.with(|data| Ok(PyBytes::new(thread, data)?.into_value()))
}

pub(super) fn getbuffer(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    open(thread, this)?;
    let source = Native::new(thread, BytesIoBuffer { source: Slot::new(this.to_value()) })?;
    Ok(PyMemoryView::of_object(thread, source.as_ref())?.into_value())
}

pub(super) fn size_of(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let held = receiver::<BytesIo>(thread, this)?.data.capacity();
    Value::int(thread, (this.ty().basic_size() + held) as i64)
}

pub(super) fn getstate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let value = getvalue(thread, this)?;
    let parts = [value, tell(thread, this)?, super::dict_copy(thread, this)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

pub(super) fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<BytesIo>(thread, this)?;
    let parts = state.get::<PyTuple>().map(|parts| (parts.get(0), parts.get(1), parts.get(2)));
    let Some((Some(value), Some(at), Some(dict))) = parts else {
        let (name, got) = (this.ty().name(), state.ty().name());
        return Err(raise!(thread, TYPE_ERROR, "{name}.__setstate__ argument should be 3-tuple, got {got}"));
    };
    own.data.change(thread, Vec::clear)?;
    own.at.set(0);
    own.write(thread, &bytes_of(thread, value.as_ref())?)?;
    if !at.as_ref().is_int() {
        let got = at.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "second item of state must be an integer, not {got}"));
    }
    let Ok(at) = usize::try_from(to_size(thread, at.as_ref())?) else {
        return Err(raise!(thread, VALUE_ERROR, "position value cannot be negative"));
    };
    own.at.set(at);
    super::update_dict(thread, this, dict.as_ref(), "third")?;
    Ok(Value::none())
}
