//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: a raw stream with what was read ahead and what is to be
//! written. One state for the three; `raw.rs` calls the raw stream, `read.rs` and `write.rs` have the buffers,
//! `methods.rs` what Python calls, `new.rs` how they are made, `pair.rs` is `BufferedRWPair`.
//!
//! Invariants: while the raw stream is called the object is held by the thread that calls: a call from within is
//! refused, as the reference refuses it, and other threads wait; the buffers are taken out of their cells only where nothing can run Python code.

mod methods;
mod new;
mod pair;
mod raw;
mod read;
mod tables;
mod write;

pub(crate) use new::{random, reader, writer};
pub use pair::PAIR;
pub(crate) use read::as_plain as plain_reader;
pub(crate) use tables::tables;
pub(crate) use write::as_plain as plain_writer;

use std::cell::Cell;

use taipan_host::Waiters;
use taipan_object::native::{Native, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};

use crate::base::BUFFERED_IO_BASE;
use crate::file_io::FileIo;
use crate::{call, errors};

/// The state of the three.
#[derive(Default)]
pub struct Buffered {
    /// The raw stream; none before `__init__` and after `detach`.
    raw: Slot,
    detached: Cell<bool>,
    pub(crate) readable: Cell<bool>,
    pub(crate) writable: Cell<bool>,
    finalizing: Cell<bool>,
    /// The address of the state of the thread that calls the raw stream; 0 if none does.
    busy: Cell<usize>,
    /// Other threads that are to call it.
    waiters: Waiters,
    /// How many bytes are held at most.
    size: Cell<usize>,
    /// What was read; the bytes before `read_at` were given out.
    ahead: Cell<Vec<u8>>,
    read_at: Cell<usize>,
    /// What is to be written.
    pending: Cell<Vec<u8>>,
}

/// The raw stream of one that reads or writes and is of exactly such a type.
pub(crate) fn raw_of(stream: Ref<'_>) -> Option<Value> {
    plain_reader(stream).or_else(|| plain_writer(stream)).map(|stream| stream.raw())
}

/// Whether a stream of exactly such a type over a file can be read, written and sought; none of other streams.
pub(crate) fn abilities(thread: &Thread, stream: Ref<'_>) -> PyResult<Option<[bool; 3]>> {
    let (reader, writer) = (plain_reader(stream), plain_writer(stream));
    let (reads, writes) = (reader.is_some(), writer.is_some());
    let Some(raw) = reader.or(writer).map(|stream| stream.raw()) else { return Ok(None) };
    let Some(file) = raw.as_ref().get_exact::<Native<FileIo>>() else { return Ok(None) };
    let seeks = file.is_seekable(thread)?;
    Ok(Some([reads && file.readable.get(), writes && file.writable.get(), seeks]))
}

macro_rules! buffered_types {
    ($($(#[$doc:meta])* $state:ident $static:ident $name:literal, next $next:expr, init $init:path;)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            pub struct $state(pub(crate) Buffered);

            native_type! {
                $(#[$doc])*
                pub static $static: $state = $name, flags flags::BASETYPE, dict true, weak true,
                base BUFFERED_IO_BASE,
                does {
                    new: |thread, class, _, _| Ok(Native::new_in(thread, class, $state::default())?.into_value()),
                    init: $init,
                    repr: methods::repr,
                    next: $next,
                }
            }

            impl NativeType for $state {
                fn definition() -> &'static taipan_object::native::NativeStatic<$state> {
                    &$static
                }

                fn traverse(&self, visitor: &mut Visitor) {
                    visitor.slot(&self.0.raw);
                }

                fn clear(&self) {
                    drop(self.0.raw.take());
                }
            }
        )*
    };
}

buffered_types! {
    /// `_io.BufferedReader`.
    Reader READER "_io.BufferedReader", next methods::next, init new::init_reader;
    /// `_io.BufferedWriter`.
    Writer WRITER "_io.BufferedWriter", next crate::base::next_line, init new::init_writer;
    /// `_io.BufferedRandom`.
    Random RANDOM "_io.BufferedRandom", next methods::next, init new::init_random;
}

/// The state of one of the three.
pub(crate) fn state_of(this: Ref<'_>) -> Option<&Buffered> {
    if let Some(reader) = this.get::<Native<Reader>>() {
        return Some(&reader.0);
    }
    if let Some(writer) = this.get::<Native<Writer>>() {
        return Some(&writer.0);
    }
    this.get::<Native<Random>>().map(|random| &random.0)
}

/// The object and its state, at work.
#[derive(Clone, Copy)]
pub(crate) struct Stream<'a> {
    pub(crate) this: Ref<'a>,
    pub(crate) state: &'a Buffered,
}

/// Held while the raw stream is called.
pub(crate) struct Busy<'a>(&'a Buffered);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.set(0);
        self.0.waiters.wake();
    }
}

impl<'a> Stream<'a> {
    /// The receiver of a method; `ValueError` if it has no raw stream.
    pub(crate) fn of(thread: &Thread, this: Ref<'a>) -> PyResult<Stream<'a>> {
        let Some(state) = state_of(this) else {
            let name = this.ty().name();
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "descriptor requires a '_io._Buffered' object but received a '{name}'"
            ));
        };
        if state.raw.peek().is_none() {
            return Err(match state.detached.get() {
                true => raise!(thread, VALUE_ERROR, "raw stream has been detached"),
                false => errors::uninitialized(thread),
            });
        }
        Ok(Stream { this, state })
    }

    /// The raw stream.
    pub(crate) fn raw(&self) -> Value {
        self.state.raw.get().unwrap_or_else(Value::none)
    }

    /// Begins an operation that may call the raw stream.
    pub(crate) fn enter(&self, thread: &Thread) -> PyResult<Busy<'a>> {
        let own = std::ptr::from_ref(thread).addr();
        if self.state.busy.get() == own {
            let text = taipan_runtime_builtins::text::repr(thread, self.this)?.to_text_lossy();
            return Err(raise!(thread, RUNTIME_ERROR, "reentrant call inside {text}"));
        }
        if self.state.busy.get() != 0 {
            self.state.waiters.wait(thread, None, || self.state.busy.get() == 0)?;
        }
        self.state.busy.set(own);
        Ok(Busy(self.state))
    }

    /// Whether the raw stream says that it is closed.
    pub(crate) fn is_closed(&self, thread: &Thread) -> PyResult<bool> {
        let raw = self.raw();
        match raw.as_ref().get_exact::<Native<FileIo>>() {
            Some(file) => Ok(file.fd.get() < 0),
            None => call::flag(thread, raw.as_ref(), "closed"),
        }
    }

    /// Raises this if the raw stream is closed and nothing was read ahead.
    pub(crate) fn check_open(&self, thread: &Thread, message: &str) -> PyResult<()> {
        if self.unread() == 0 && self.is_closed(thread)? {
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        Ok(())
    }
}
