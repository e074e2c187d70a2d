//! `sys.stdin`, `sys.stdout` and `sys.stderr`.

use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, instance};

use crate::text::{self, Options, wrapper};
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
    set(thread, raw.as_ref(), "name", name)?;
    let buffer = match (options.writes, options.unbuffered) {
        (true, true) => raw.into_value(),
        (true, false) => buffered::writer(thread, raw.as_ref(), DEFAULT_BUFFER_SIZE)?,
        (false, _) => buffered::reader(thread, raw.as_ref(), DEFAULT_BUFFER_SIZE)?,
    };
    let options_of_text = Options {
        encoding: Some(options.encoding),
        errors: Some(options.errors),
        newline: if options.writes { Some("\n") } else { None },
        line_buffering: options.line_buffering,
        write_through: options.writes && options.unbuffered,
    };
    let stream = wrapper(thread, buffer.as_ref(), options_of_text)?;
    let mode = PyStr::from_text(thread, if options.writes { "w" } else { "r" })?.into_value();
    set(thread, stream.as_ref(), "mode", mode)?;
    Ok(stream.into_value())
}

/// Sets an attribute that the type knows nothing of.
fn set(thread: &Thread, stream: Ref<'_>, name: &str, value: Value) -> PyResult<()> {
    if let Some(head) = stream.head() {
        drop(instance::set(thread, head, &*intern_text(thread, name)?, Some(value))?);
    }
    Ok(())
}

/// A stream and those below it, as far as this crate made them: text, buffer, descriptor.
pub fn layers(stream: Value) -> Vec<Value> {
    let mut all = vec![stream];
    while let Some(below) = all.last().and_then(|stream| below(stream.as_ref())) {
        all.push(below);
    }
    all
}

fn below(stream: Ref<'_>) -> Option<Value> {
    text::buffer_of(stream).or_else(|| buffered::raw_of(stream))
}

/// Flushes a stream of text of this crate unless it is closed; says whether it was one.
///
/// # Errors
/// Whatever writing raises.
pub fn flush(thread: &Thread, stream: Ref<'_>) -> PyResult<bool> {
    text::flush_plain(thread, stream)
}
