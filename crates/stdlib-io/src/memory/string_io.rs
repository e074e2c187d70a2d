//! `StringIO`: its state and what is done to it.

use std::cell::Cell;

use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_size};

use crate::base::TEXT_IO_BASE;
use crate::text::newline::Newlines;
use crate::text::{LineEnd, LineMode};
use crate::{call, errors};
use taipan_object::declare::{native_state, receiver};

/// The state of a `StringIO`.
#[derive(Default)]
pub struct StringIo {
    text: Cell<Vec<u32>>,
    at: Cell<usize>,
    ready: Cell<bool>,
    closed: Cell<bool>,
    mode: Cell<LineMode>,
    newlines: Cell<Newlines>,
}

native_type! {
    /// `_io.StringIO`.
    pub static STRING_IO: StringIo = "_io.StringIO", flags flags::BASETYPE, dict true, weak true, base TEXT_IO_BASE,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, StringIo::default())?.into_value()),
        init: init,
        next: next,
    }
}

native_state!(StringIo in STRING_IO:);

const INIT: Parameters<2> = Parameters {
    function: "StringIO",
    names: ["initial_value", "newline"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let [initial, newline] = INIT.bind(thread, arguments, names)?;
    let newline = match newline {
        None => Some("\n".to_owned()),
        Some(newline) if newline.is_none() => None,
        Some(newline) => match newline.get::<PyStr>() {
            Some(text) => Some(text.to_text_lossy()),
            None => {
                let name = newline.ty().name();
                return Err(raise!(thread, TYPE_ERROR, "newline must be str or None, not {name}"));
            }
        },
    };
    let Some(mode) = LineMode::of(newline.as_deref()) else {
        let text = PyStr::from_text(thread, newline.as_deref().unwrap_or_default())?;
        let text = taipan_runtime_builtins::text::repr(thread, text.as_ref())?.to_text_lossy();
        return Err(raise!(thread, VALUE_ERROR, "illegal newline value: {text}"));
    };
    let initial = initial.filter(|initial| !initial.is_none());
    if let Some(initial) = initial.filter(|initial| initial.get::<PyStr>().is_none()) {
        let name = initial.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "initial_value must be str or None, not {name}"));
    }
    let state = receiver::<StringIo>(thread, this)?;
    state.text.set(Vec::new());
    state.at.set(0);
    state.closed.set(false);
    state.mode.set(mode);
    state.newlines.set(Newlines { translates: mode.translates, ..Newlines::default() });
    state.ready.set(true);
    if let Some(initial) = initial.and_then(|initial| initial.get::<PyStr>()) {
        state.write(thread, initial)?;
        state.at.set(0);
    }
    Ok(())
}

impl StringIo {
    fn with<R>(&self, look: impl FnOnce(&mut Vec<u32>) -> R) -> R {
        let mut text = self.text.take();
        let result = look(&mut text);
        self.text.set(text);
        result
    }

    /// Writes where the position is, with the ends of lines that the stream has.
    fn write(&self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        let mode = self.mode.get();
        let mut text = Owned::new_ref(text);
        if mode.universal {
            let mut newlines = self.newlines.get();
            text = newlines.process(thread, text, true)?;
            self.newlines.set(newlines);
        }
        if mode.written != LineEnd::Lf {
            text = crate::text::with_ends(thread, &text, mode.written)?;
        }
        self.put(thread, &text)
    }

    /// Puts characters where the position is, behind zeros if that is beyond the end.
    fn put(&self, thread: &Thread, text: &PyStr) -> PyResult<()> {
        let (at, len) = (self.at.get(), text.len());
        if len == 0 {
            return Ok(());
        }
        let Some(end) = at.checked_add(len) else { return Err(thread.raise_memory_error()) };
        let done = self.with(|all| {
            if end > all.len() {
                if all.try_reserve(end - all.len()).is_err() {
                    return false;
                }
                all.resize(at.max(all.len()), 0);
            }
            let over = all.len().saturating_sub(at).min(len);
            for index in 0..over {
                if let (Some(place), Some(c)) = (all.get_mut(at + index), text.char_at(index)) {
                    *place = c;
                }
            }
            match text.as_ascii() {
                Some(ascii) => all.extend(ascii.bytes().skip(over).map(u32::from)),
                None => all.extend((over..len).filter_map(|index| text.char_at(index))),
            }
            true
        });
        if !done {
            return Err(thread.raise_memory_error());
        }
        self.at.set(end);
        Ok(())
    }

    /// Takes up to so many characters from the position on.
    fn take(&self, thread: &Thread, most: usize) -> PyResult<Owned<PyStr>> {
        let at = self.at.get();
        let text = self.with(|all| {
            let end = all.len().min(at.saturating_add(most));
            PyStr::from_code_points(thread, all.get(at..end).unwrap_or_default())
        })?;
        self.at.set(at + text.len());
        Ok(text)
    }

    fn take_line(&self, thread: &Thread, most: usize) -> PyResult<Owned<PyStr>> {
        let mode = self.mode.get();
        let len = self.with(|all| {
            let rest = all.get(self.at.get()..).unwrap_or_default();
            line_len(rest, mode).min(most)
        });
        self.take(thread, len)
    }
}

/// How long the first line is, with its end.
fn line_len(text: &[u32], mode: LineMode) -> usize {
    const CR: u32 = 13;
    const LF: u32 = 10;
    let is_lf = |c: &u32| *c == LF;
    let found = if mode.universal && !mode.translates {
        text.iter().position(|&c| c == LF || c == CR).map(|at| {
            let pair = text.get(at) == Some(&CR) && text.get(at + 1) == Some(&LF);
            at + if pair { 2 } else { 1 }
        })
    } else if mode.universal {
        text.iter().position(is_lf).map(|at| at + 1)
    } else {
        match mode.read {
            LineEnd::Lf => text.iter().position(is_lf).map(|at| at + 1),
            LineEnd::Cr => text.iter().position(|&c| c == CR).map(|at| at + 1),
            LineEnd::CrLf => text.windows(2).position(|pair| pair == [CR, LF]).map(|at| at + 2),
        }
    };
    found.unwrap_or(text.len())
}

/// The receiver of a method, if it is open.
pub(super) fn open<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<StringIo>> {
    let state = receiver::<StringIo>(thread, this)?;
    if !state.ready.get() {
        return Err(errors::uninitialized(thread));
    }
    if state.closed.get() {
        return Err(raise!(thread, VALUE_ERROR, "I/O operation on closed file"));
    }
    Ok(state)
}

pub(super) fn closed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<StringIo>(thread, this)?.closed.get()))
}

pub(super) fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<StringIo>(thread, this)?;
    state.text.set(Vec::new());
    state.closed.set(true);
    Ok(Value::none())
}

pub(super) fn tell(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Value::int(thread, open(thread, this)?.at.get() as i64)
}

pub(super) fn newlines(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = open(thread, this)?;
    if state.mode.get().universal { state.newlines.get().value(thread) } else { Ok(Value::none()) }
}

pub(super) fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "read", arguments.len(), 0, 1)?;
    let size = call::optional_size(thread, arguments.first())?;
    Ok(open(thread, this)?.take(thread, size.unwrap_or(usize::MAX))?.into_value())
}

pub(super) fn readline(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "readline", arguments.len(), 0, 1)?;
    let size = call::optional_size(thread, arguments.first())?;
    Ok(open(thread, this)?.take_line(thread, size.unwrap_or(usize::MAX))?.into_value())
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let state = open(thread, this)?;
    let line = match std::ptr::eq(this.ty(), &*STRING_IO) {
        true => state.take_line(thread, usize::MAX)?,
        false => call::method(thread, this, "readline", &[])?.downcast::<PyStr>().map_err(|other| {
            let name = other.as_ref().ty().name();
            raise!(thread, OS_ERROR, "readline() should have returned a str object, not '{name}'")
        })?,
    };
    Ok((!line.is_empty()).then(|| line.into_value()))
}

pub(super) fn write(thread: &Thread, this: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let Some(text) = text.get::<PyStr>() else {
        let name = text.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "string argument expected, got '{name}'"));
    };
    open(thread, this)?.write(thread, text)?;
    Value::int(thread, text.len() as i64)
}

pub(super) fn seek(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "seek", arguments.len(), 1, 2)?;
    let to = to_size(thread, arguments.first().map_or(this, Value::as_ref))?;
    let whence = call::whence(thread, arguments.get(1))?;
    let state = open(thread, this)?;
    let at = match (whence, usize::try_from(to)) {
        (0, Err(_)) => return Err(raise!(thread, VALUE_ERROR, "Negative seek position {to}")),
        (0, Ok(at)) => at,
        (1 | 2, _) if to != 0 => {
            return Err(raise!(thread, OS_ERROR, "Can't do nonzero cur-relative seeks"));
        }
        (1, _) => state.at.get(),
        (2, _) => state.with(|all| all.len()),
        _ => return Err(raise!(thread, VALUE_ERROR, "Invalid whence ({whence}, should be 0, 1 or 2)")),
    };
    state.at.set(at);
    tell(thread, this)
}

pub(super) fn truncate(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "truncate", arguments.len(), 0, 1)?;
    let size = call::optional_int(thread, arguments.first())?;
    let state = open(thread, this)?;
    let size = size.unwrap_or_else(|| i64::try_from(state.at.get()).unwrap_or(i64::MAX));
    let Ok(len) = usize::try_from(size) else {
        return Err(raise!(thread, VALUE_ERROR, "Negative size value {size}"));
    };
    state.with(|all| all.truncate(len));
    Value::int(thread, size)
}

pub(super) fn getvalue(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = open(thread, this)?;
    state.with(|all| Ok(PyStr::from_code_points(thread, all)?.into_value()))
}

pub(super) fn getstate(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let value = getvalue(thread, this)?;
    let mode = open(thread, this)?.mode.get();
    let newline = match (mode.universal, mode.translates) {
        (true, true) => Value::none(),
        (true, false) => PyStr::from_text(thread, "")?.into_value(),
        _ => PyStr::from_text(thread, mode.read.text())?.into_value(),
    };
    let parts = [value, newline, tell(thread, this)?, super::dict_copy(thread, this)?];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

pub(super) fn setstate(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let own = receiver::<StringIo>(thread, this)?;
    let parts = state.get::<PyTuple>().map(|parts| [0, 1, 2, 3].map(|at| parts.get(at)));
    let Some([Some(value), Some(newline), Some(at), Some(dict)]) = parts else {
        let (name, got) = (this.ty().name(), state.ty().name());
        return Err(raise!(thread, TYPE_ERROR, "{name}.__setstate__ argument should be 4-tuple, got {got}"));
    };
    init(thread, this, &[Value::none(), newline], None)?;
    // what was written was translated already
    if let Some(text) = value.as_ref().get::<PyStr>() {
        own.put(thread, text)?;
    }
    let Ok(at) = usize::try_from(to_size(thread, at.as_ref())?) else {
        return Err(raise!(thread, VALUE_ERROR, "position value cannot be negative"));
    };
    own.at.set(at);
    super::update_dict(thread, this, dict.as_ref(), "fourth")?;
    Ok(Value::none())
}
