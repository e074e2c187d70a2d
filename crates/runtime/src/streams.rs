//! The standard streams as the interpreter itself uses them.

use crate::sys;
use taipan_object::dict::PyDict;
use taipan_object::str::{PyStr, intern};
use taipan_object::{PyResult, Thread, Value, protocol};
use taipan_stdlib_io::standard::{self, StandardStream, standard_stream};

/// How the standard streams read and write text.
#[derive(Clone, Debug)]
pub struct TextEncoding {
    /// The name of the encoding.
    pub encoding: String,
    /// The name of the handler of errors; standard error always writes escapes for what it can't.
    pub errors: String,
}

impl Default for TextEncoding {
    fn default() -> TextEncoding {
        TextEncoding { encoding: "utf-8".to_owned(), errors: "strict".to_owned() }
    }
}

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`.
pub(crate) fn open(
    thread: &Thread,
    unbuffered: bool,
    terminal: [bool; 3],
    text: &TextEncoding,
) -> PyResult<()> {
    let Some(dict) = thread.interp().sys.get_as::<PyDict>() else {
        return Ok(());
    };
    let encoding = codec_name(thread, &text.encoding)?;
    let names = [("stdin", "<stdin>"), ("stdout", "<stdout>"), ("stderr", "<stderr>")];
    for (fd, (name, shown)) in names.into_iter().enumerate() {
        let stream = standard_stream(
            thread,
            StandardStream {
                fd: fd as i32,
                name: shown,
                writes: fd != 0,
                encoding: &encoding,
                errors: if fd == 2 { "backslashreplace" } else { &text.errors },
                line_buffering: fd == 2 || terminal.get(fd).copied().unwrap_or(false),
                unbuffered: unbuffered && fd != 0,
            },
        )?;
        sys::set(thread, &dict, name, stream.clone())?;
        sys::set(thread, &dict, &format!("__{name}__"), stream)?;
    }
    Ok(())
}

/// The name of an encoding as its codec has it.
fn codec_name(thread: &Thread, encoding: &str) -> PyResult<String> {
    if encoding == "utf-8" {
        return Ok(encoding.to_owned());
    }
    // its search function knows all that are no part of the program
    drop(crate::interpreter::import(thread, "encodings")?);
    let codecs = crate::interpreter::import(thread, "codecs")?;
    let name = PyStr::from_text(thread, encoding)?.into_value();
    let lookup = intern::intern_text(thread, "lookup")?;
    let found = protocol::attribute::call_method(thread, codecs.as_ref(), &lookup, &[name])?;
    let name = protocol::get_attribute(thread, found.as_ref(), &*intern::intern_text(thread, "name")?)?;
    Ok(name.as_ref().get::<PyStr>().map_or_else(|| encoding.to_owned(), PyStr::to_text_lossy))
}

/// Writes to `sys.stderr`; nothing if there is none.
pub(crate) fn write_error(thread: &Thread, text: &str) -> PyResult<()> {
    write_error_value(thread, PyStr::from_text(thread, text)?.into_value())
}

/// The same of a string.
pub(crate) fn write_error_value(thread: &Thread, text: Value) -> PyResult<()> {
    let Some(stream) = sys::get(thread, "stderr")?.filter(|stream| !stream.as_ref().is_none()) else {
        return Ok(());
    };
    let write = protocol::get_attribute(thread, stream.as_ref(), &*intern::intern_text(thread, "write")?)?;
    drop(protocol::call(thread, write.as_ref(), &[text], None)?);
    flush(thread, "stderr")
}

/// The standard streams that the interpreter opened, and what they are made of.
pub(crate) fn layers(thread: &Thread) -> Vec<Value> {
    let streams = ["__stdin__", "__stdout__", "__stderr__"];
    let streams = streams.into_iter().filter_map(|name| sys::get(thread, name).ok().flatten());
    streams.flat_map(standard::layers).collect()
}

/// Flushes a standard stream.
pub(crate) fn flush(thread: &Thread, name: &str) -> PyResult<()> {
    let Some(stream) = sys::get(thread, name)?.filter(|stream| !stream.as_ref().is_none()) else {
        return Ok(());
    };
    if standard::flush(thread, stream.as_ref())? {
        return Ok(());
    }
    // one that the program has closed itself has nothing left
    let closed = intern::intern_text(thread, "closed")?;
    if let Some(closed) = protocol::attribute::find(thread, stream.as_ref(), &closed)?
        && protocol::truth(thread, closed.as_ref())?
    {
        return Ok(());
    }
    let flush = protocol::get_attribute(thread, stream.as_ref(), &*intern::intern_text(thread, "flush")?)?;
    drop(protocol::call(thread, flush.as_ref(), &[], None)?);
    Ok(())
}
