//! Opening: `FileIO.__init__`.

use taipan_host::numbers::{
    EISDIR, O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, SEEK_END,
};
use taipan_host::{HostError, of, path, waiting};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, expect_str};

use super::FileIo;
use crate::call;
use taipan_object::declare::receiver;

const PARAMETERS: Parameters<4> = Parameters {
    function: "FileIO",
    names: ["file", "mode", "closefd", "opener"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

/// What a file is opened by.
pub(crate) struct Arguments<'a> {
    /// A path or a descriptor.
    pub(crate) file: Ref<'a>,
    /// The mode.
    pub(crate) mode: &'a str,
    /// Whether closing the stream closes the descriptor.
    pub(crate) closes: bool,
    /// Is called with a path and flags to open, if it is given.
    pub(crate) opener: Option<Ref<'a>>,
}

pub(super) fn init(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<()> {
    let [file, mode, closes, opener] = PARAMETERS.bind(thread, arguments, names)?;
    let mode = match mode {
        Some(mode) => expect_str(thread, "FileIO", "argument 'mode'", mode)?.to_text_lossy(),
        None => "r".to_owned(),
    };
    let closes = closes.map_or(Ok(true), |closes| protocol::truth(thread, closes))?;
    let state = receiver::<FileIo>(thread, this)?;
    let file = file.unwrap_or(this);
    open(thread, state, Arguments { file, mode: &mode, closes, opener })
}

/// Sets what the mode says; gives the flags to open with.
fn set_mode(thread: &Thread, state: &FileIo, mode: &str) -> PyResult<i32> {
    let bad = || {
        raise!(
            thread,
            VALUE_ERROR,
            "Must have exactly one of create/read/write/append mode and at most one plus"
        )
    };
    let (mut main, mut plus) = (None, false);
    for c in mode.chars() {
        match c {
            'x' | 'r' | 'w' | 'a' if main.is_none() => main = Some(c),
            'b' => {}
            '+' if !plus => plus = true,
            'x' | 'r' | 'w' | 'a' | '+' => return Err(bad()),
            _ => return Err(raise!(thread, VALUE_ERROR, "invalid mode: {mode}")),
        }
    }
    let Some(main) = main else { return Err(bad()) };
    state.created.set(main == 'x');
    state.appending.set(main == 'a');
    state.readable.set(plus || main == 'r');
    state.writable.set(plus || main != 'r');
    let access = match (state.readable.get(), state.writable.get()) {
        (true, true) => O_RDWR,
        (true, false) => O_RDONLY,
        _ => O_WRONLY,
    };
    let more = match main {
        'x' => O_EXCL | O_CREAT,
        'w' => O_CREAT | O_TRUNC,
        'a' => O_APPEND | O_CREAT,
        _ => 0,
    };
    Ok(access | more | O_CLOEXEC)
}

/// A descriptor that was given in place of a path.
fn given_descriptor(thread: &Thread, file: Ref<'_>) -> PyResult<Option<i32>> {
    if !file.is_int() && (file.ty().slots().index.get().is_none() || path::is_path(thread, file)?) {
        return Ok(None);
    }
    let fd = taipan_runtime_builtins::arguments::to_int(thread, file)?;
    if fd < 0 {
        return Err(raise!(thread, VALUE_ERROR, "negative file descriptor"));
    }
    Ok(Some(fd))
}

/// Opens, and says what happened to the state in every case: it is closed when this fails.
pub(crate) fn open(thread: &Thread, state: &Native<FileIo>, arguments: Arguments<'_>) -> PyResult<()> {
    if state.fd.get() >= 0 {
        let closed = if state.closes.get() { state.close(thread) } else { Ok(()) };
        state.fd.set(-1);
        closed.map_err(|error| error.raise(thread))?;
    }
    let Arguments { file, mode, closes, opener } = arguments;
    let descriptor = given_descriptor(thread, file)?;
    let flags = set_mode(thread, state, mode)?;
    state.seekable.set(None);
    state.status.set(None);
    match descriptor {
        Some(fd) => {
            state.fd.set(fd);
            state.closes.set(closes);
        }
        None => {
            if !closes {
                return Err(raise!(thread, VALUE_ERROR, "Cannot use closefd=False with file name"));
            }
            state.closes.set(true);
            let fd = open_path(thread, file, flags, opener)?;
            state.fd.set(fd);
        }
    }
    match finish(thread, state, file) {
        Ok(()) => Ok(()),
        Err(raised) => {
            // a descriptor that was given stays the caller's
            let fd = state.fd.replace(-1);
            if descriptor.is_none() && fd >= 0 {
                let _ = of(thread).close(fd);
            }
            Err(raised)
        }
    }
}

fn open_path(thread: &Thread, file: Ref<'_>, flags: i32, opener: Option<Ref<'_>>) -> PyResult<i32> {
    let path = path::read(thread, file)?;
    let Some(opener) = opener.filter(|opener| !opener.is_none()) else {
        let opened = waiting(thread, |host| host.open(&path.bytes, flags, 0o666))?;
        return opened.map_err(|error| error.raise_path(thread, file.to_value()));
    };
    let fd = protocol::call(thread, opener, &[file.to_value(), Value::int(thread, flags.into())?], None)?;
    if !fd.as_ref().is_int() && fd.as_ref().ty().slots().index.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "expected integer from opener"));
    }
    let fd = taipan_runtime_builtins::arguments::to_int(thread, fd.as_ref())?;
    if fd < 0 {
        return Err(raise!(thread, VALUE_ERROR, "opener returned {fd}"));
    }
    of(thread).set_inheritable(fd, false).map_err(|error| error.raise(thread))?;
    Ok(fd)
}

/// Looks at what was opened, names the stream, goes to the end if it appends.
fn finish(thread: &Thread, state: &Native<FileIo>, file: Ref<'_>) -> PyResult<()> {
    let fd = state.fd.get();
    match of(thread).status(fd) {
        Ok(status) if status.is_folder() => {
            return Err(HostError::new(EISDIR).raise_path(thread, file.to_value()));
        }
        Ok(status) => {
            state.block_size.set(u32::try_from(status.block_size).unwrap_or(0));
            state.status.set(Some(status));
        }
        Err(error) if error.errno == taipan_host::numbers::EBADF => {
            return Err(error.raise(thread));
        }
        Err(_) => {}
    }
    call::set_attribute(thread, as_ref(state), "name", file.to_value())?;
    if state.appending.get() {
        let end = of(thread).seek(fd, 0, SEEK_END);
        state.seekable.set(Some(end.is_ok()));
        end.map_err(|error| error.raise(thread))?;
    }
    Ok(())
}
