//! The methods and attributes of `FileIO`.

use taipan_host::numbers::SEEK_CUR;
use taipan_host::of;
use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::{Owned, PyResult, Ref, Thread, Value};
use taipan_runtime_builtins::arguments::check_count;

use super::{FileIo, count_value};
use crate::bytes_like::{Target, reserve, zeros};
use crate::call;
use crate::errors::{cannot_pickle, unsupported};
use taipan_object::declare::{attribute_table, method_table, receiver};

method_table! { METHODS:
    Instance Positional c"read" "($self, size=-1, /)" read, c"Read at most size bytes by one call, or all.";
    Instance None c"readall" "($self, /)" readall, c"Read until the end.";
    Instance One c"readinto" "($self, buffer, /)" readinto, c"Read into a buffer; give the number of bytes.";
    Instance One c"write" "($self, b, /)" write, c"Write bytes; give how many were written.";
    Instance Positional c"seek" "($self, pos, whence=0, /)" seek, c"Move the position.";
    Instance None c"tell" "($self, /)" tell, c"The position.";
    Instance Positional c"truncate" "($self, size=None, /)" truncate, c"Make the file so long.";
    Instance None c"close" "($self, /)" close, c"Close the descriptor.";
    Instance None c"seekable" "($self, /)" |thread, this| Ok(Value::bool(file(thread, this)?.is_seekable(thread)?)), c"Whether the position can be moved.";
    Instance None c"readable" "($self, /)" |thread, this| open_flag(thread, this, |file| file.readable.get()), c"Whether it can be read.";
    Instance None c"writable" "($self, /)" |thread, this| open_flag(thread, this, |file| file.writable.get()), c"Whether it can be written.";
    Instance None c"fileno" "($self, /)" |thread, this| Ok(Value::small(file(thread, this)?.descriptor(thread)?)), c"The descriptor.";
    Instance None c"isatty" "($self, /)" isatty, c"Whether it is a terminal.";
    Instance None c"_isatty_open_only" "($self, /)" |thread, this| Ok(Value::bool(file(thread, this)?.is_terminal(thread)?)), c"Whether it is a terminal, soon after it was opened.";
    Instance One c"_dealloc_warn" "($self, object, /)" |_, _, _| Ok(Value::none()), c"Note that the file was not closed.";
    Instance None c"__getstate__" "($self, /)" |thread, this| Err(cannot_pickle(thread, this)), c"Refused.";
}

attribute_table! { ATTRIBUTES:
    "closed" |thread, this| Ok(Value::bool(file(thread, this)?.fd.get() < 0)), None, "True if the file is closed";
    "closefd" |thread, this| Ok(Value::bool(file(thread, this)?.closes.get())), None, "Whether closing closes the descriptor.";
    "mode" |thread, this| Ok(PyStr::from_text(thread, file(thread, this)?.mode())?.into_value()), None, "The mode.";
    "_blksize" |thread, this| Value::int(thread, block_size(file(thread, this)?) as i64), None, "How much to read at once.";
    "_finalizing" |_, _| Ok(Value::bool(false)), Some(|_, _, _| Ok(())), "Whether the end of the object closes it.";
}

fn file<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<FileIo>> {
    receiver::<FileIo>(thread, this)
}

/// How many bytes the system likes to read at once.
pub(crate) fn block_size(file: &FileIo) -> usize {
    match file.block_size.get() {
        size @ 2.. => size as usize,
        _ => crate::DEFAULT_BUFFER_SIZE,
    }
}

fn open_flag(thread: &Thread, this: Ref<'_>, flag: fn(&FileIo) -> bool) -> PyResult<Value> {
    let file = file(thread, this)?;
    file.descriptor(thread)?;
    Ok(Value::bool(flag(file)))
}

fn isatty(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let fd = file(thread, this)?.descriptor(thread)?;
    Ok(Value::bool(of(thread).is_terminal(fd)))
}

fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read", arguments.len(), 0, 1)?;
    let file = file(thread, this)?;
    file.descriptor(thread)?;
    if !file.readable.get() {
        return Err(unsupported(thread, "File not open for reading"));
    }
    let Some(size) = call::optional_size(thread, arguments.first())? else {
        return call::method(thread, this, "readall", &[]);
    };
    let mut buffer = zeros(thread, size)?;
    match file.read_into(thread, &mut buffer)? {
        Some(count) => Ok(PyBytes::new(thread, buffer.get(..count).unwrap_or_default())?.into_value()),
        None => Ok(Value::none()),
    }
}

impl FileIo {
    /// These bytes and all from the position on; none if there are none and it would have to wait for the first one.
    pub(crate) fn read_all(&self, thread: &Thread, before: &[u8]) -> PyResult<Option<Owned<PyBytes>>> {
        let fd = self.descriptor(thread)?;
        let expected = match of(thread).status(fd) {
            Ok(status) if status.is_file() && status.size > 0 => {
                let at = of(thread).seek(fd, 0, SEEK_CUR).unwrap_or(0);
                usize::try_from(status.size.saturating_sub(at)).unwrap_or(0)
            }
            _ => 0,
        };
        let Some(total) = expected.checked_add(before.len()) else { return Err(thread.raise_memory_error()) };
        // a file of known size is read to where it stays
        let (mut filled, mut waits) = (before.len(), false);
        let first = PyBytes::build(thread, total, |buffer| {
            buffer.iter_mut().zip(before).for_each(|(to, byte)| *to = *byte);
            while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match self.read_into(thread, rest)? {
                    Some(count @ 1..) => filled += count,
                    Some(0) => break,
                    None => {
                        waits = true;
                        break;
                    }
                }
            }
            Ok(())
        })?;
        if waits && filled == 0 {
            return Ok(None);
        }
        if waits || filled < total {
            return PyBytes::new(thread, first.as_slice().get(..filled).unwrap_or_default()).map(Some);
        }
        self.read_rest(thread, first)
    }

    /// What is behind bytes that were read already.
    fn read_rest(&self, thread: &Thread, first: Owned<PyBytes>) -> PyResult<Option<Owned<PyBytes>>> {
        let mut more = Vec::new();
        loop {
            let len = more.len();
            let step = len.clamp(8192, 1 << 26);
            reserve(thread, &mut more, step)?;
            more.resize(len + step, 0);
            let count = self.read_into(thread, more.get_mut(len..).unwrap_or_default())?;
            more.truncate(len + count.unwrap_or(0));
            let nothing = first.as_slice().is_empty() && len == 0;
            match count {
                None if nothing => return Ok(None),
                None | Some(0) if len == 0 => return Ok(Some(first)),
                None | Some(0) => return PyBytes::concat(thread, first.as_slice(), &more).map(Some),
                Some(_) => {}
            }
        }
    }
}

fn readall(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let all = file(thread, this)?.read_all(thread, b"")?;
    Ok(all.map_or_else(Value::none, Owned::into_value))
}

fn readinto(thread: &Thread, this: Ref<'_>, to: Ref<'_>) -> PyResult<Value> {
    let file = file(thread, this)?;
    let target = Target::new(thread, "readinto() argument 1", to)?;
    let mut buffer = zeros(thread, target.len())?;
    let count = file.read_into(thread, &mut buffer)?;
    if let Some(count) = count {
        target.put(0, buffer.get(..count).unwrap_or_default());
    }
    count_value(thread, count)
}

fn write(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let bytes = bytes_of(thread, data)?;
    let count = file(thread, this)?.write(thread, &bytes)?;
    count_value(thread, count)
}

fn seek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seek", arguments.len(), 1, 2)?;
    let whence = call::whence(thread, arguments.get(1))?;
    let file = file(thread, this)?;
    file.descriptor(thread)?;
    let offset = call::offset(thread, arguments.first().map_or(this, Value::as_ref))?;
    Value::int(thread, file.seek(thread, offset, whence)?)
}

fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, file(thread, this)?.seek(thread, 0, SEEK_CUR)?)
}

fn truncate(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "truncate", arguments.len(), 0, 1)?;
    let file = file(thread, this)?;
    file.descriptor(thread)?;
    if !file.writable.get() {
        return Err(unsupported(thread, "File not open for writing"));
    }
    let size = match arguments.first().filter(|size| !size.as_ref().is_none()) {
        Some(size) => call::offset(thread, size.as_ref())?,
        None => file.seek(thread, 0, SEEK_CUR)?,
    };
    let fd = file.descriptor(thread)?;
    file.status.set(None);
    of(thread).truncate(fd, size).map_err(|error| error.raise(thread))?;
    Value::int(thread, size)
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let file = file(thread, this)?;
    if !file.closes.get() {
        file.fd.set(-1);
        return Ok(Value::none());
    }
    // a class may have put something into `flush`
    let flushed = match this.get_exact::<Native<FileIo>>() {
        Some(_) => Ok(Value::none()),
        None => crate::base::close(thread, this),
    };
    let first = flushed.map(drop).map_err(|raised| thread.catch(raised));
    let second = file.close(thread).map_err(|error| error.raise(thread));
    match (first, second) {
        (Ok(()), second) => second.map(|()| Value::none()),
        (Err(first), Ok(())) => Err(thread.raise(first)),
        (Err(first), Err(second)) => Err(crate::errors::chain(thread, first, second)),
    }
}

pub(super) fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let file = file(thread, this)?;
    let ty = this.ty().name();
    if file.fd.get() < 0 {
        return Ok(PyStr::from_text(thread, &format!("<{ty} [closed]>"))?.into_value());
    }
    let (mode, closes) = (file.mode(), if file.closes.get() { "True" } else { "False" });
    let name = match call::find(thread, this, "name")? {
        Some(name) => {
            let _guard = thread.recurse(" while getting the repr of an object")?;
            let name = taipan_runtime_builtins::text::repr(thread, name.as_ref())?;
            format!("name={}", name.to_text_lossy())
        }
        None => format!("fd={}", file.fd.get()),
    };
    let text = format!("<{ty} {name} mode='{mode}' closefd={closes}>");
    Ok(PyStr::from_text(thread, &text)?.into_value())
}
