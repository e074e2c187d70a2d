//! `ZstdCompressor`.

use taipan_object::buffer::bytes_of;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::install;
use zstd_safe::zstd_sys::ZSTD_EndDirective as Directive;
use zstd_safe::{CCtx, CDict, CLEVEL_DEFAULT, InBuffer, OutBuffer, ResetDirective};

use super::dictionary::{self, Way};
use super::{ERROR, failed, parameters};
use crate::guard::Guarded;
use crate::streams::bytes;

/// Names of modes, in the order of their numbers.
pub(super) const MODES: [&str; 3] = ["CONTINUE", "FLUSH_BLOCK", "FLUSH_FRAME"];
const CONTINUE: i32 = 0;
const FLUSH_FRAME: i32 = 2;

/// What a compressor has.
#[derive(Default)]
pub(super) struct State {
    stream: Option<CCtx<'static>>,
    last: i32,
    /// Whether the dictionary is for one frame only.
    has_prefix: bool,
}

/// `compression.zstd.ZstdCompressor`
#[derive(Default)]
pub(crate) struct Compressor {
    state: Guarded<State>,
}

native_type! {
    /// `compression.zstd.ZstdCompressor`
    pub(crate) static COMPRESSOR: Compressor = "compression.zstd.ZstdCompressor", flags 0, dict false, weak false,
    does { new: new }
}

native_state!(Compressor in COMPRESSOR:);

method_table! { METHODS:
    Instance Keywords c"compress" "($self, /, data, mode=ZstdCompressor.CONTINUE)" compress, c"Compresses more; gives what is ready.";
    Instance Keywords c"flush" "($self, /, mode=ZstdCompressor.FLUSH_FRAME)" flush, c"Ends a block or frame; gives what is left.";
    Instance One c"set_pledged_input_size" "($self, size, /)" set_size, c"Tells how long the next frame's data will be.";
}

attribute_table! { ATTRIBUTES:
    "last_mode" |thread, this| Ok(Value::small(receiver::<Compressor>(thread, this)?.state.lend(thread)?.last)), None, "The mode of the last call.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &COMPRESSOR, &METHODS)?;
    install::attributes(thread, &COMPRESSOR, &ATTRIBUTES)
}

const PARAMETERS: Parameters<3> = Parameters {
    function: "ZstdCompressor",
    names: ["level", "options", "zstd_dict"],
    positional_only: 0,
    positional: 3,
    required: 0,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let given = PARAMETERS.bind(thread, arguments, names)?;
    let [level, options, dict] = given.map(|value| value.filter(|value| !value.is_none()));
    if level.is_some() && options.is_some() {
        return Err(raise!(thread, TYPE_ERROR, "Only one of level or options should be used."));
    }
    let Some(mut stream) = CCtx::try_create() else { return Err(thread.raise_memory_error()) };
    if let Some(level) = level {
        parameters::set_level(thread, &mut stream, level)?;
    }
    if let Some(options) = options {
        parameters::set_all(thread, &mut stream, options)?;
    }
    let mut has_prefix = false;
    if let Some(dict) = dict {
        let dict = dict.to_value();
        let (own, way) = dictionary::read(thread, &dict)?;
        has_prefix = way == Some(Way::Prefix);
        let level = level.and_then(|level| level.to_i64()).map_or(CLEVEL_DEFAULT, |level| level as i32);
        if way == Some(Way::Digested) && CDict::try_create(own.content(), level).is_none() {
            return Err(thread.raise_message(
                &ERROR,
                format_args!("Failed to create a ZSTD_CDict instance from Zstandard dictionary content."),
            ));
        }
        let loaded = stream.load_dictionary(own.content());
        loaded.map_err(|code| failed(thread, "load the Zstandard dictionary for compression", code))?;
    }
    let state = Guarded::new(State { stream: Some(stream), last: FLUSH_FRAME, has_prefix });
    Ok(Native::new_in(thread, class, Compressor { state })?.into_value())
}

/// Compresses all of `data`, then does what the mode says.
fn run(thread: &Thread, state: &mut State, data: &[u8], mode: i32) -> PyResult<Vec<u8>> {
    let directive = || match mode {
        CONTINUE => Directive::ZSTD_e_continue,
        FLUSH_FRAME => Directive::ZSTD_e_end,
        _ => Directive::ZSTD_e_flush,
    };
    let Some(stream) = &mut state.stream else { return Ok(Vec::new()) };
    let mut input = InBuffer::around(data);
    let mut out: Vec<u8> = Vec::new();
    loop {
        let room = (data.len() / 2).clamp(1 << 10, 1 << 17);
        let start = out.len();
        if out.try_reserve(room).is_err() {
            return Err(thread.raise_memory_error());
        }
        out.resize(start + room, 0);
        let mut output = OutBuffer::around_pos(&mut out[..], start);
        let result = stream.compress_stream2(&mut output, &mut input, directive());
        let made = output.pos();
        let is_full = made == start + room;
        out.truncate(made);
        let left = match result {
            Ok(left) => left,
            Err(code) => {
                // the frame is given up
                state.last = FLUSH_FRAME;
                let _ = stream.reset(ResetDirective::SessionOnly);
                return Err(failed(thread, "compress Zstandard data", code));
            }
        };
        taipan_vm::safepoint(thread)?;
        let is_read = input.pos() == data.len();
        if is_read && (left == 0 || mode == CONTINUE && !is_full) {
            break;
        }
    }
    if mode == FLUSH_FRAME && std::mem::take(&mut state.has_prefix) {
        let dropped = stream.disable_dictionary();
        dropped.map_err(|code| failed(thread, "compress Zstandard data", code))?;
    }
    state.last = mode;
    Ok(out)
}

const COMPRESS: Parameters<2> = Parameters {
    function: "compress",
    names: ["data", "mode"],
    positional_only: 0,
    positional: 2,
    required: 1,
};
const FLUSH: Parameters<1> =
    Parameters { function: "flush", names: ["mode"], positional_only: 0, positional: 1, required: 0 };

fn compress(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(data), mode] = COMPRESS.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let data = bytes_of(thread, data)?;
    let mode = mode.map_or(Ok(CONTINUE), |mode| to_int(thread, mode))?;
    if !(CONTINUE..=FLUSH_FRAME).contains(&mode) {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, \
             ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME."
        ));
    }
    let mut state = receiver::<Compressor>(thread, this)?.state.lend(thread)?;
    let out = run(thread, &mut state, &data, mode)?;
    bytes(thread, &out)
}

fn flush(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [mode] = FLUSH.bind(thread, arguments, names)?;
    let mode = mode.map_or(Ok(FLUSH_FRAME), |mode| to_int(thread, mode))?;
    if !(1..=FLUSH_FRAME).contains(&mode) {
        return Err(raise!(
            thread,
            VALUE_ERROR,
            "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK."
        ));
    }
    let mut state = receiver::<Compressor>(thread, this)?.state.lend(thread)?;
    let out = run(thread, &mut state, b"", mode)?;
    bytes(thread, &out)
}

/// What stands for an error among sizes; no size is as large.
const NO_SIZE: u64 = u64::MAX - 1;

fn set_size(thread: &Thread, this: Ref<'_>, size: Ref<'_>) -> PyResult<Value> {
    let size = match size.is_none() {
        true => None,
        false if !size.is_int() => return Err(raise!(thread, TYPE_ERROR, "an integer is required")),
        false => {
            let digits = size.int_to_text(10).unwrap_or_default();
            match digits.parse::<u64>().ok().filter(|&size| size < NO_SIZE) {
                Some(size) => Some(size),
                None => {
                    let message = "size argument should be a positive int less than";
                    return Err(raise!(thread, VALUE_ERROR, "{message} {NO_SIZE}"));
                }
            }
        }
    };
    let mut state = receiver::<Compressor>(thread, this)?.state.lend(thread)?;
    if state.last != FLUSH_FRAME {
        let message = "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    if let Some(stream) = &mut state.stream {
        let set = stream.set_pledged_src_size(size);
        set.map_err(|code| failed(thread, "set pledged uncompressed content size", code))?;
    }
    Ok(Value::none())
}
