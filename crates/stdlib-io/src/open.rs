//! `open`, and what stands beside it.

use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, expect_str, to_int};

use crate::file_io::{self, FileIo};
use crate::text::{Options, optional_text, wrapper};
use crate::{DEFAULT_BUFFER_SIZE, buffered, call};

const OPEN: Parameters<8> = Parameters {
    function: "open",
    names: ["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"],
    positional_only: 0,
    positional: 8,
    required: 1,
};

/// What the letters of a mode say.
#[derive(Clone, Copy, Default)]
struct Mode {
    main: u8,
    mains: usize,
    plus: bool,
    text: bool,
    binary: bool,
}

impl Mode {
    /// Reads a mode; none if a letter is unknown or stands twice.
    fn read(text: &str) -> Option<Mode> {
        let mut mode = Mode::default();
        let mut seen = 0_u128;
        for c in text.bytes() {
            if c >= 128 || seen & 1 << c != 0 {
                return None;
            }
            seen |= 1 << c;
            match c {
                b'r' | b'w' | b'a' | b'x' => (mode.main, mode.mains) = (c, mode.mains + 1),
                b'+' => mode.plus = true,
                b't' => mode.text = true,
                b'b' => mode.binary = true,
                _ => return None,
            }
        }
        Some(mode)
    }

    /// The mode of the raw file.
    fn raw(self) -> String {
        let main = if self.mains > 0 { char::from(self.main).to_string() } else { String::new() };
        main + if self.plus { "+" } else { "" }
    }
}

/// The arguments of `open` but for the file.
struct Arguments<'a> {
    mode_text: &'a str,
    mode: Mode,
    buffering: i32,
    text: Options<'a>,
    closes: bool,
    opener: Option<Ref<'a>>,
}

impl Arguments<'_> {
    /// Raises for what does not go together.
    fn check(&self, thread: &Thread) -> PyResult<()> {
        let (mode, text) = (self.mode, self.text);
        let message = if mode.text && mode.binary {
            "can't have text and binary mode at once"
        } else if mode.mains > 1 {
            "must have exactly one of create/read/write/append mode"
        } else if mode.binary && text.encoding.is_some() {
            "binary mode doesn't take an encoding argument"
        } else if mode.binary && text.errors.is_some() {
            "binary mode doesn't take an errors argument"
        } else if mode.binary && text.newline.is_some() {
            "binary mode doesn't take a newline argument"
        } else {
            return Ok(());
        };
        Err(raise!(thread, VALUE_ERROR, "{message}"))
    }
}

/// `open(file, mode='r', …)`.
pub(crate) fn open(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [file, mode, buffering, encoding, errors, newline, closes, opener] =
        OPEN.bind(thread, arguments, names)?;
    let mode_text = match mode {
        Some(mode) => expect_str(thread, "open", "argument 'mode'", mode)?.to_text_lossy(),
        None => "r".to_owned(),
    };
    let buffering = buffering.map_or(Ok(-1), |buffering| to_int(thread, buffering))?;
    let text = |name, value| optional_text(thread, "open", name, value);
    let (encoding, errors) = (text("encoding", encoding)?, text("errors", errors)?);
    let newline = text("newline", newline)?;
    let closes = closes.map_or(Ok(true), |closes| protocol::truth(thread, closes))?;
    let Some(mode) = Mode::read(&mode_text) else {
        return Err(raise!(thread, VALUE_ERROR, "invalid mode: '{mode_text}'"));
    };
    let options = Options {
        encoding: encoding.as_deref(),
        errors: errors.as_deref(),
        newline: newline.as_deref(),
        ..Options::default()
    };
    let Some(file) = file else { return Ok(Value::none()) };
    let arguments = Arguments { mode_text: &mode_text, mode, buffering, text: options, closes, opener };
    arguments.check(thread)?;
    let given = match taipan_host::path::is_path(thread, file)? {
        true => taipan_host::path::fspath(thread, file)?,
        false => file.to_value(),
    };
    open_file(thread, given.as_ref(), &arguments)
}

fn open_file(thread: &Thread, file: Ref<'_>, arguments: &Arguments<'_>) -> PyResult<Value> {
    let raw_mode = arguments.mode.raw();
    let Arguments { closes, opener, .. } = *arguments;
    let raw = file_io::open(thread, file_io::Arguments { file, mode: &raw_mode, closes, opener })?;
    match over_raw(thread, &raw, arguments) {
        Ok(stream) => Ok(stream),
        Err(raised) => {
            // what was opened is closed before the error is seen
            let error = thread.catch(raised);
            if let Err(raised) = call::method(thread, raw.as_ref(), "close", &[]) {
                return Err(crate::errors::chain(thread, error, raised));
            }
            Err(thread.raise(error))
        }
    }
}

/// The buffer and the text over a raw file.
fn over_raw(thread: &Thread, raw: &Owned<Native<FileIo>>, arguments: &Arguments<'_>) -> PyResult<Value> {
    let Arguments { mode, mut buffering, text, .. } = *arguments;
    let is_terminal = buffering < 0 && raw.is_terminal(thread)?;
    let line_buffering = buffering == 1 && !mode.binary || is_terminal;
    if buffering < 0 || buffering == 1 {
        let size = file_io::block_size(raw).clamp(DEFAULT_BUFFER_SIZE, 8 << 20);
        buffering = i32::try_from(size).unwrap_or(i32::MAX);
    }
    if buffering == 0 {
        if !mode.binary {
            return Err(raise!(thread, VALUE_ERROR, "can't have unbuffered text I/O"));
        }
        return Ok(raw.clone().into_value());
    }
    let size = usize::try_from(buffering).unwrap_or(DEFAULT_BUFFER_SIZE);
    let buffer = match (mode.plus, mode.main) {
        (true, _) => buffered::random(thread, raw.as_ref(), size)?,
        (false, b'r') => buffered::reader(thread, raw.as_ref(), size)?,
        (false, _) => buffered::writer(thread, raw.as_ref(), size)?,
    };
    if mode.binary {
        return Ok(buffer);
    }
    let stream = wrapper(thread, buffer.as_ref(), Options { line_buffering, ..text })?;
    let mode = PyStr::from_text(thread, arguments.mode_text)?.into_value();
    call::set_attribute(thread, stream.as_ref(), "mode", mode)?;
    Ok(stream.into_value())
}

const OPEN_CODE: Parameters<1> =
    Parameters { function: "open_code", names: ["path"], positional_only: 0, positional: 1, required: 1 };

/// `open_code(path)`.
pub(crate) fn open_code(
    thread: &Thread,
    module: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [path] = OPEN_CODE.bind(thread, arguments, names)?;
    let path = expect_str(thread, "open_code", "argument 'path'", path.unwrap_or(module))?;
    let arguments = [taipan_object::as_ref(path).to_value(), PyStr::from_text(thread, "rb")?.into_value()];
    open(thread, module, &arguments, None)
}

/// `text_encoding(encoding, stacklevel=2)`.
pub(crate) fn text_encoding(thread: &Thread, module: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "text_encoding", arguments.len(), 1, 2)?;
    if let Some(level) = arguments.get(1) {
        to_int(thread, level.as_ref())?;
    }
    let encoding = arguments.first().map_or(module, Value::as_ref);
    if encoding.is_none() {
        return Ok(PyStr::from_text(thread, "locale")?.into_value());
    }
    Ok(encoding.to_value())
}
