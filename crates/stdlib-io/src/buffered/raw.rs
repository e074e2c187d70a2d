//! Calling the raw stream: straight if it is a `FileIO`, by name if it may be anything.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::native::Native;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::Stream;
use crate::bytes_like::zeros;
use crate::call;
use crate::file_io::FileIo;

impl Stream<'_> {
    /// Reads into a buffer; none if the raw stream would have to wait.
    pub(super) fn raw_read(&self, thread: &Thread, buffer: &mut [u8]) -> PyResult<Option<usize>> {
        let raw = self.raw();
        if let Some(file) = raw.as_ref().get_exact::<Native<FileIo>>() {
            return file.read_into(thread, buffer);
        }
        let array = PyByteArray::new(thread, &zeros(thread, buffer.len())?)?;
        let count = call::method(thread, raw.as_ref(), "readinto", &[array.clone().into_value()])?;
        let count = checked_count(thread, count.as_ref(), buffer.len(), "readinto")?;
        if let Some(count) = count {
            let bytes = array.copy(thread, 0, count)?;
            buffer.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        }
        Ok(count)
    }

    /// Writes; none if the raw stream would have to wait.
    pub(super) fn raw_write(&self, thread: &Thread, bytes: &[u8]) -> PyResult<Option<usize>> {
        let raw = self.raw();
        if let Some(file) = raw.as_ref().get_exact::<Native<FileIo>>() {
            return file.write(thread, bytes);
        }
        let data = PyBytes::new(thread, bytes)?.into_value();
        let count = call::method(thread, raw.as_ref(), "write", &[data])?;
        checked_count(thread, count.as_ref(), bytes.len(), "write")
    }

    /// The position of the raw stream.
    pub(super) fn raw_tell(&self, thread: &Thread) -> PyResult<i64> {
        let raw = self.raw();
        if let Some(file) = raw.as_ref().get_exact::<Native<FileIo>>() {
            return file.seek(thread, 0, taipan_host::numbers::SEEK_CUR);
        }
        let at = call::method(thread, raw.as_ref(), "tell", &[])?;
        checked_position(thread, at.as_ref())
    }

    /// Moves the raw stream.
    pub(super) fn raw_seek(&self, thread: &Thread, offset: i64, whence: i32) -> PyResult<i64> {
        let raw = self.raw();
        if let Some(file) = raw.as_ref().get_exact::<Native<FileIo>>() {
            return file.seek(thread, offset, whence);
        }
        let arguments = [Value::int(thread, offset)?, Value::small(whence)];
        let at = call::method(thread, raw.as_ref(), "seek", &arguments)?;
        checked_position(thread, at.as_ref())
    }

    /// Raises if the raw stream cannot move.
    pub(super) fn check_seekable(&self, thread: &Thread) -> PyResult<()> {
        let raw = self.raw();
        let seekable = match raw.as_ref().get_exact::<Native<FileIo>>() {
            Some(file) => file.is_seekable(thread)?,
            None => call::ask(thread, raw.as_ref(), "seekable")?,
        };
        if seekable {
            return Ok(());
        }
        Err(crate::errors::unsupported(thread, "File or stream is not seekable."))
    }
}

/// How many bytes the raw stream says that it took or gave.
fn checked_count(thread: &Thread, count: Ref<'_>, most: usize, method: &str) -> PyResult<Option<usize>> {
    if count.is_none() {
        return Ok(None);
    }
    let number = match taipan_runtime_builtins::arguments::to_size(thread, count) {
        Ok(number) => number,
        Err(raised) if method == "readinto" => {
            let cause = thread.catch(raised);
            let failed = raise!(thread, OS_ERROR, "raw readinto() failed");
            return Err(crate::errors::with_cause(thread, failed, cause));
        }
        Err(raised) => {
            drop(thread.catch(raised));
            -1
        }
    };
    match usize::try_from(number) {
        Ok(count) if count <= most => Ok(Some(count)),
        _ => Err(raise!(
            thread,
            OS_ERROR,
            "raw {method}() returned invalid length {number} (should have been between 0 and {most})"
        )),
    }
}

fn checked_position(thread: &Thread, at: Ref<'_>) -> PyResult<i64> {
    let at = call::offset(thread, at)?;
    if at < 0 {
        return Err(raise!(thread, OS_ERROR, "Raw stream returned invalid position {at}"));
    }
    Ok(at)
}
