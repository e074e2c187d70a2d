//! `FileIO`: a descriptor of the system as a stream of bytes without a buffer. `new.rs` opens, `methods.rs` has what
//! Python calls; other streams use the functions of [`FileIo`] directly.

mod methods;
mod new;

pub(crate) use methods::{ATTRIBUTES, METHODS, block_size};

use std::cell::Cell;

use taipan_host::{FileStatus, HostError, HostResult, of, waiting};
use taipan_object::native::Native;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type};

use crate::base::RAW_IO_BASE;
use crate::errors;
use taipan_object::declare::native_state;

/// The state of a `FileIO`.
pub struct FileIo {
    /// The descriptor; negative when it is closed.
    pub(crate) fd: Cell<i32>,
    pub(crate) created: Cell<bool>,
    pub(crate) readable: Cell<bool>,
    pub(crate) writable: Cell<bool>,
    pub(crate) appending: Cell<bool>,
    /// Whether the position can be moved, once that is known.
    pub(crate) seekable: Cell<Option<bool>>,
    /// Whether closing the stream closes the descriptor.
    pub(crate) closes: Cell<bool>,
    pub(crate) block_size: Cell<u32>,
    /// What was known of the file when it was opened; forgotten when it may have changed.
    pub(crate) status: Cell<Option<FileStatus>>,
}

impl Default for FileIo {
    fn default() -> FileIo {
        FileIo {
            fd: Cell::new(-1),
            created: Cell::new(false),
            readable: Cell::new(false),
            writable: Cell::new(false),
            appending: Cell::new(false),
            seekable: Cell::new(None),
            closes: Cell::new(true),
            block_size: Cell::new(0),
            status: Cell::new(None),
        }
    }
}

native_type! {
    /// `_io.FileIO`.
    pub static FILE_IO: FileIo = "_io.FileIO", flags flags::BASETYPE, dict true, weak true, base RAW_IO_BASE,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, FileIo::default())?.into_value()),
        init: new::init,
        repr: methods::repr,
    }
}

native_state!(FileIo in FILE_IO:);

/// What is done to a file in `open`.
pub(crate) fn open(thread: &Thread, arguments: new::Arguments<'_>) -> PyResult<Owned<Native<FileIo>>> {
    let file = Native::new(thread, FileIo::default())?;
    new::open(thread, &file, arguments)?;
    Ok(file)
}

pub(crate) use new::Arguments;

/// The stream of a descriptor that is open already, as the standard streams are.
pub(crate) fn of_descriptor(thread: &Thread, fd: i32, writes: bool) -> PyResult<Owned<Native<FileIo>>> {
    let state = FileIo {
        fd: Cell::new(fd),
        readable: Cell::new(!writes),
        writable: Cell::new(writes),
        closes: Cell::new(false),
        ..FileIo::default()
    };
    Native::new(thread, state)
}

/// The end of an exact `FileIO`, which nobody needs to be asked about; none for everything else.
pub(crate) fn finalize_exact(thread: &Thread, this: Ref<'_>) -> Option<PyResult<()>> {
    let file = this.get_exact::<Native<FileIo>>()?;
    if file.fd.get() >= 0 && file.closes.get() {
        // nobody can be told of an error
        let _ = file.close(thread);
    }
    Some(Ok(()))
}

impl FileIo {
    /// The descriptor; `ValueError` if the file is closed.
    pub(crate) fn descriptor(&self, thread: &Thread) -> PyResult<i32> {
        let fd = self.fd.get();
        if fd < 0 {
            return Err(taipan_object::raise!(thread, VALUE_ERROR, "I/O operation on closed file"));
        }
        Ok(fd)
    }

    /// Closes the descriptor, if it is to be closed.
    pub(crate) fn close(&self, thread: &Thread) -> HostResult<()> {
        let fd = self.fd.replace(-1);
        if fd >= 0 && self.closes.get() { of(thread).close(fd) } else { Ok(()) }
    }

    /// Reads into a buffer; none if it would have to wait.
    pub(crate) fn read_into(&self, thread: &Thread, buffer: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.descriptor(thread)?;
        if !self.readable.get() {
            return Err(errors::unsupported(thread, "File not open for reading"));
        }
        waits(thread, waiting(thread, |host| host.read(fd, buffer))?)
    }

    /// Writes; none if it would have to wait.
    pub(crate) fn write(&self, thread: &Thread, bytes: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.descriptor(thread)?;
        if !self.writable.get() {
            return Err(errors::unsupported(thread, "File not open for writing"));
        }
        waits(thread, waiting(thread, |host| host.write(fd, bytes))?)
    }

    /// Moves the position.
    pub(crate) fn seek(&self, thread: &Thread, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.descriptor(thread)?;
        let at = of(thread).seek(fd, offset, whence);
        if self.seekable.get().is_none() {
            self.seekable.set(Some(at.is_ok()));
        }
        at.map_err(|error| error.raise(thread))
    }

    /// Whether the position can be moved.
    pub(crate) fn is_seekable(&self, thread: &Thread) -> PyResult<bool> {
        let fd = self.descriptor(thread)?;
        if let Some(known) = self.seekable.get() {
            return Ok(known);
        }
        let seekable = of(thread).seek(fd, 0, taipan_host::numbers::SEEK_CUR).is_ok();
        self.seekable.set(Some(seekable));
        Ok(seekable)
    }

    /// Whether it is a terminal, told from what is known of the file where that is enough.
    pub(crate) fn is_terminal(&self, thread: &Thread) -> PyResult<bool> {
        let fd = self.descriptor(thread)?;
        let is_device = self.status.get().is_none_or(|status| !status.is_file());
        Ok(is_device && of(thread).is_terminal(fd))
    }

    /// The mode as text.
    pub(crate) fn mode(&self) -> &'static str {
        match (self.created.get(), self.appending.get(), self.readable.get(), self.writable.get()) {
            (true, _, true, _) => "xb+",
            (true, _, false, _) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, false, _) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }
}

/// A count, or none where the system said that it would have to wait.
fn waits(thread: &Thread, result: HostResult<usize>) -> PyResult<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if HostError::would_block(error) => Ok(None),
        Err(error) => Err(error.raise(thread)),
    }
}

/// A count as Python has it: `None` for none.
pub(crate) fn count_value(thread: &Thread, count: Option<usize>) -> PyResult<Value> {
    count.map_or_else(|| Ok(Value::none()), |count| Value::int(thread, count as i64))
}
