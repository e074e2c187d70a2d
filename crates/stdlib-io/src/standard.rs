//! `sys.stdin`, `sys.stdout` and `sys.stderr`.

use taipan_object::str::PyStr;
use taipan_object::{PyResult, Thread, Value};

use crate::call;
use crate::text::{Options, wrapper};
use crate::{DEFAULT_BUFFER_SIZE, buffered, file_io};

/// What a standard stream is.
#[derive(Clone, Copy, Debug)]
pub struct StandardStream<'a> {
    /// The descriptor, which stays open when the stream is closed.
    pub fd: i32,
    /// The name, as in `<stdout>`.
    pub name: &'a str,
    /// Whether it is written to.
    pub writes: bool,
    /// The name of the encoding.
    pub encoding: &'a str,
    /// The name of the handler of errors.
    pub errors: &'a str,
    /// Whether an end of a line flushes.
    pub line_buffering: bool,
    /// Whether nothing is held back, as the option `-u` says.
    pub unbuffered: bool,
}

/// Makes a standard stream: text over a buffer over a descriptor.
///
/// # Errors
/// `MemoryError`, and `LookupError` for encodings that nobody knows.
pub fn standard_stream(thread: &Thread, options: StandardStream<'_>) -> PyResult<Value> {
    let raw = file_io::of_descriptor(thread, options.fd, options.writes)?;
    let name = PyStr::from_text(thread, options.name)?.into_value();
    call::set_attribute(thread, raw.as_ref(), "name", name)?;
    let buffer = match (options.writes, options.unbuffered) {
        (true, true) => raw.into_value(),
        (true, false) => buffered::writer(thread, raw.as_ref(), DEFAULT_BUFFER_SIZE)?,
        (false, _) => buffered::reader(thread, raw.as_ref(), DEFAULT_BUFFER_SIZE)?,
    };
    let text = Options {
        encoding: Some(options.encoding),
        errors: Some(options.errors),
        newline: if options.writes { Some("\n") } else { None },
        line_buffering: options.line_buffering,
        write_through: options.writes && options.unbuffered,
    };
    let stream = wrapper(thread, buffer.as_ref(), text)?;
    let mode = PyStr::from_text(thread, if options.writes { "w" } else { "r" })?.into_value();
    call::set_attribute(thread, stream.as_ref(), "mode", mode)?;
    Ok(stream.into_value())
}
