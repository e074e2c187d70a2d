//! Compressors.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int};
use taipan_runtime_builtins::install;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Method, Status, Strategy};

use super::{MAX_WBITS, PART, failed, invalid_option};
use crate::guard::Guarded;
use crate::history::History;

/// How data is compressed.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) level: i32,
    pub(super) wbits: i32,
    pub(super) memory: i32,
    pub(super) strategy: i32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { level: -1, wbits: MAX_WBITS, memory: 8, strategy: 0 }
    }
}

impl Settings {
    /// A stream; none if there is no such way.
    pub(super) fn stream(self) -> Option<Deflate> {
        let fits = matches!(self.wbits, 8..=15 | -15..=-9 | 25..=31);
        if !fits || !(-1..=9).contains(&self.level) || !(1..=9).contains(&self.memory) {
            return None;
        }
        Some(Deflate::new_with_config(DeflateConfig {
            level: self.level,
            method: Method::Deflated,
            window_bits: self.wbits,
            mem_level: self.memory,
            strategy: Strategy::try_from(self.strategy).ok()?,
        }))
    }
}

/// Compresses all of `data`, and writes out what `flush` says.
pub(super) fn run(
    thread: &Thread,
    stream: &mut Deflate,
    data: &[u8],
    flush: DeflateFlush,
    out: &mut Vec<u8>,
    doing: &str,
) -> PyResult<()> {
    let mut rest = data;
    loop {
        let part = rest.get(..PART).unwrap_or(rest);
        let is_last = part.len() == rest.len();
        let how = if is_last { flush } else { DeflateFlush::NoFlush };
        let (before, written) = (stream.total_in(), stream.total_out());
        let start = out.len();
        let room = (part.len() / 2).clamp(1 << 10, 1 << 16);
        if out.try_reserve(room).is_err() {
            return Err(thread.raise_memory_error());
        }
        out.resize(start + room, 0);
        let result = stream.compress(part, out.get_mut(start..).unwrap_or_default(), how);
        let made = (stream.total_out() - written) as usize;
        out.truncate(start + made);
        rest = rest.get((stream.total_in() - before) as usize..).unwrap_or_default();
        match result {
            Ok(Status::StreamEnd) => return Ok(()),
            // there is room left: nothing more was to be written
            Ok(_) if is_last && rest.is_empty() && made < room && how != DeflateFlush::Finish => {
                return Ok(());
            }
            Ok(_) => {}
            Err(error) => return Err(failed(thread, error as i32, doing, Some("inconsistent stream state"))),
        }
        taipan_vm::safepoint(thread)?;
    }
}

/// What a compressor has.
#[derive(Default)]
pub(super) struct State {
    settings: Settings,
    dictionary: Option<Vec<u8>>,
    /// None once it is finished.
    stream: Option<Deflate>,
    history: History,
}

/// `zlib.Compress`
#[derive(Default)]
pub(super) struct Compress {
    state: Guarded<State>,
}

native_type! {
    /// `zlib.Compress`
    pub(super) static COMPRESS: Compress = "zlib.Compress", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

native_state!(Compress in COMPRESS:);

method_table! { METHODS:
    Instance One c"compress" "($self, data, /)" compress, c"Compresses more; gives what is ready.";
    Instance Positional c"flush" "($self, mode=zlib.Z_FINISH, /)" flush, c"Gives what is left.";
    Instance None c"copy" "($self, /)" copy, c"A compressor in the same state.";
    Instance None c"__copy__" "($self, /)" copy, c"A compressor in the same state.";
    Instance One c"__deepcopy__" "($self, memo, /)" |thread, this, _| copy(thread, this), c"A compressor in the same state.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &COMPRESS, &METHODS)
}

const PARAMETERS: Parameters<6> = Parameters {
    function: "compressobj",
    names: ["level", "method", "wbits", "memLevel", "strategy", "zdict"],
    positional_only: 0,
    positional: 6,
    required: 0,
};

pub(super) fn compressobj(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [level, method, wbits, memory, strategy, dictionary] = PARAMETERS.bind(thread, arguments, names)?;
    let number =
        |value: Option<Ref<'_>>, default: i32| value.map_or(Ok(default), |value| to_int(thread, value));
    let plain = Settings::default();
    let method = number(method, 8)?;
    let settings = Settings {
        level: number(level, plain.level)?,
        wbits: number(wbits, plain.wbits)?,
        memory: number(memory, plain.memory)?,
        strategy: number(strategy, plain.strategy)?,
    };
    let dictionary =
        dictionary.map(|bytes| bytes_of(thread, bytes)).transpose()?.map(|bytes| bytes.into_owned());
    let state = begin(thread, settings, dictionary, method)?;
    Ok(Native::new(thread, Compress { state: Guarded::new(state) })?.into_value())
}

fn begin(thread: &Thread, settings: Settings, dictionary: Option<Vec<u8>>, method: i32) -> PyResult<State> {
    let mut stream = match settings.stream() {
        Some(stream) if method == 8 => stream,
        _ => return Err(invalid_option(thread)),
    };
    if let Some(dictionary) = &dictionary
        && stream.set_dictionary(dictionary).is_err()
    {
        return Err(raise!(thread, VALUE_ERROR, "Invalid dictionary"));
    }
    Ok(State { settings, dictionary, stream: Some(stream), history: History::default() })
}

const FINISHED: Option<&str> = Some("inconsistent stream state");

fn compress(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    const DOING: &str = "while compressing data";
    let data = bytes_of(thread, data)?;
    let mut state = receiver::<Compress>(thread, this)?.state.lend(thread)?;
    let State { stream: Some(stream), history, .. } = &mut *state else {
        return Err(failed(thread, -2, DOING, FINISHED));
    };
    history.note(&data, 0);
    let mut out = Vec::new();
    run(thread, stream, &data, DeflateFlush::NoFlush, &mut out, DOING)?;
    Ok(PyBytes::new(thread, &out)?.into_value())
}

fn flush(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    const DOING: &str = "while flushing";
    check_count(thread, "flush", arguments.len(), 0, 1)?;
    let mode = arguments.first().map_or(Ok(4), |mode| to_int(thread, mode.as_ref()))?;
    let mut state = receiver::<Compress>(thread, this)?.state.lend(thread)?;
    if mode == 0 {
        return Ok(PyBytes::new(thread, b"")?.into_value());
    }
    let State { stream, history, .. } = &mut *state;
    let (Some(open), Ok(how)) = (stream.as_mut(), DeflateFlush::try_from(mode)) else {
        return Err(failed(thread, -2, DOING, FINISHED));
    };
    history.note(b"", mode);
    let mut out = Vec::new();
    run(thread, open, b"", how, &mut out, DOING)?;
    if how == DeflateFlush::Finish {
        *stream = None;
    }
    Ok(PyBytes::new(thread, &out)?.into_value())
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<Compress>(thread, this)?.state.lend(thread)?;
    if state.stream.is_none() {
        return Err(raise!(thread, VALUE_ERROR, "Inconsistent stream state"));
    }
    let Some(parts) = state.history.parts() else {
        return Err(raise!(thread, VALUE_ERROR, "too much was compressed to copy the state"));
    };
    let mut made = begin(thread, state.settings, state.dictionary.clone(), 8)?;
    if let Some(stream) = &mut made.stream {
        for (bytes, flush) in parts {
            let how = DeflateFlush::try_from(*flush).unwrap_or_default();
            run(thread, stream, bytes, how, &mut Vec::new(), "while compressing data")?;
        }
    }
    made.history = state.history.clone();
    drop(state);
    Ok(Native::new(thread, Compress { state: Guarded::new(made) })?.into_value())
}
