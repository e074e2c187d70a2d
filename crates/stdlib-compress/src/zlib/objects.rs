//! The two types of decompressors: `zlib.Decompress`, and `zlib._ZlibDecompressor`, which keeps its input itself.

use taipan_object::buffer::bytes_of;
use taipan_object::bytes::PyBytes;
use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::descriptor::GetSetDef;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, to_int, to_size};
use taipan_runtime_builtins::install;
use zlib_rs::Inflate;

use super::{MAX_WBITS, failed, inflate, invalid_option};
use crate::guard::Guarded;
use crate::history::History;

/// What a decompressor has.
#[derive(Default)]
pub(super) struct State {
    wbits: i32,
    dictionary: Vec<u8>,
    stream: Option<Inflate>,
    history: History,
    /// Input behind the end of the stream.
    unused: Vec<u8>,
    /// Input that was not worked on for want of room; of `_ZlibDecompressor` it is kept for the next call.
    unconsumed: Vec<u8>,
    is_over: bool,
    needs_input: bool,
}

macro_rules! decompressors {
    ($($(#[$doc:meta])* $state:ident $static:ident $name:literal flags $flags:expr, does { $($slot:ident: $function:expr),* };)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            pub(super) struct $state {
                state: Guarded<State>,
            }

            native_type! {
                $(#[$doc])*
                pub(super) static $static: $state = $name, flags $flags, dict false, weak false,
                does { $($slot: $function),* }
            }

            native_state!($state in $static:);
        )*
    };
}

decompressors! {
    /// `zlib.Decompress`
    Decompress DECOMPRESS "zlib.Decompress" flags flags::DISALLOW_INSTANTIATION, does {};
    /// `zlib._ZlibDecompressor`
    ZlibDecompressor ZLIB_DECOMPRESSOR "zlib._ZlibDecompressor" flags 0, does { new: new };
}

method_table! { METHODS:
    Instance Keywords c"decompress" "($self, data, /, max_length=0)" decompress, c"Decompresses more.";
    Instance Positional c"flush" "($self, length=zlib.DEF_BUF_SIZE, /)" flush, c"Gives what is left.";
    Instance None c"copy" "($self, /)" copy, c"A decompressor in the same state.";
    Instance None c"__copy__" "($self, /)" copy, c"A decompressor in the same state.";
    Instance One c"__deepcopy__" "($self, memo, /)" |thread, this, _| copy(thread, this), c"A decompressor in the same state.";
}

method_table! { OWN_METHODS:
    Instance Keywords c"decompress" "($self, /, data, max_length=-1)" decompress_more, c"Decompresses more; what does not fit is kept.";
}

fn bytes(thread: &Thread, bytes: &[u8]) -> PyResult<Value> {
    Ok(PyBytes::new(thread, bytes)?.into_value())
}

static ATTRIBUTES: [GetSetDef; 3] = [
    GetSetDef {
        name: "unused_data",
        get: |thread, this| bytes(thread, &receiver::<Decompress>(thread, this)?.state.lend(thread)?.unused),
        set: None,
        doc: "Input behind the end of the stream.",
    },
    GetSetDef {
        name: "unconsumed_tail",
        get: |thread, this| {
            bytes(thread, &receiver::<Decompress>(thread, this)?.state.lend(thread)?.unconsumed)
        },
        set: None,
        doc: "Input that is left because there was no room for what it gives.",
    },
    GetSetDef {
        name: "eof",
        get: |thread, this| {
            Ok(Value::bool(receiver::<Decompress>(thread, this)?.state.lend(thread)?.is_over))
        },
        set: None,
        doc: "Whether the stream has ended.",
    },
];

static OWN_ATTRIBUTES: [GetSetDef; 3] = [
    GetSetDef {
        name: "unused_data",
        get: |thread, this| {
            bytes(thread, &receiver::<ZlibDecompressor>(thread, this)?.state.lend(thread)?.unused)
        },
        set: None,
        doc: "Input behind the end of the stream.",
    },
    GetSetDef {
        name: "needs_input",
        get: |thread, this| {
            Ok(Value::bool(receiver::<ZlibDecompressor>(thread, this)?.state.lend(thread)?.needs_input))
        },
        set: None,
        doc: "Whether more can be given only for more input.",
    },
    GetSetDef {
        name: "eof",
        get: |thread, this| {
            Ok(Value::bool(receiver::<ZlibDecompressor>(thread, this)?.state.lend(thread)?.is_over))
        },
        set: None,
        doc: "Whether the stream has ended.",
    },
];

/// Completes the types.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DECOMPRESS, &METHODS)?;
    install::attributes(thread, &DECOMPRESS, &ATTRIBUTES)?;
    install::methods(thread, &ZLIB_DECOMPRESSOR, &OWN_METHODS)?;
    install::attributes(thread, &ZLIB_DECOMPRESSOR, &OWN_ATTRIBUTES)
}

const fn parameters(function: &'static str) -> Parameters<2> {
    Parameters { function, names: ["wbits", "zdict"], positional_only: 0, positional: 2, required: 0 }
}

const OBJECT: Parameters<2> = parameters("decompressobj");
const OWN: Parameters<2> = parameters("_ZlibDecompressor");

fn begin(
    thread: &Thread,
    parameters: &Parameters<2>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<State> {
    let [wbits, dictionary] = parameters.bind(thread, arguments, names)?;
    let wbits = wbits.map_or(Ok(MAX_WBITS), |wbits| to_int(thread, wbits))?;
    let dictionary = match dictionary {
        Some(given) if !taipan_object::buffer::is_bytes_like(given) => {
            return Err(raise!(thread, TYPE_ERROR, "zdict argument must support the buffer protocol"));
        }
        Some(given) => bytes_of(thread, given)?.into_owned(),
        None => Vec::new(),
    };
    open(thread, wbits, dictionary)
}

fn open(thread: &Thread, wbits: i32, dictionary: Vec<u8>) -> PyResult<State> {
    let Some(mut stream) = inflate::stream(wbits) else { return Err(invalid_option(thread)) };
    // a stream without a header cannot ask for it
    if wbits < 0 && !dictionary.is_empty() && stream.set_dictionary(&dictionary).is_err() {
        return Err(failed(thread, -2, "while setting zdict", Some("inconsistent stream state")));
    }
    Ok(State { wbits, dictionary, stream: Some(stream), needs_input: true, ..State::default() })
}

pub(super) fn decompressobj(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let state = begin(thread, &OBJECT, arguments, names)?;
    Ok(Native::new(thread, Decompress { state: Guarded::new(state) })?.into_value())
}

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let state = begin(thread, &OWN, arguments, names)?;
    Ok(Native::new_in(thread, class, ZlibDecompressor { state: Guarded::new(state) })?.into_value())
}

/// Decompresses input with what is known of the stream; gives how much of it was used.
fn feed(
    thread: &Thread,
    state: &mut State,
    data: &[u8],
    most: Option<usize>,
    out: &mut Vec<u8>,
) -> PyResult<usize> {
    let State { stream: Some(stream), dictionary, history, is_over, .. } = state else { return Ok(0) };
    let end = inflate::run(thread, stream, data, most, dictionary, out)?;
    history.note(data.get(..end.used).unwrap_or(data), 0);
    *is_over = end.is_over;
    Ok(end.used)
}

const DECOMPRESS_PARAMETERS: Parameters<2> = Parameters {
    function: "decompress",
    names: ["", "max_length"],
    positional_only: 1,
    positional: 2,
    required: 1,
};

fn decompress(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(data), most] = DECOMPRESS_PARAMETERS.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let most = most.map_or(Ok(0), |most| to_size(thread, most))?;
    let data = bytes_of(thread, data)?;
    let Ok(most) = usize::try_from(most) else {
        return Err(raise!(thread, VALUE_ERROR, "max_length must be non-negative"));
    };
    let mut state = receiver::<Decompress>(thread, this)?.state.lend(thread)?;
    let out = more(thread, &mut state, &data, Some(most).filter(|most| *most > 0))?;
    bytes(thread, &out)
}

fn more(thread: &Thread, state: &mut State, data: &[u8], most: Option<usize>) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if state.is_over {
        state.unused.extend_from_slice(data);
        return Ok(out);
    }
    let used = feed(thread, state, data, most, &mut out)?;
    let rest = data.get(used..).unwrap_or_default();
    state.unconsumed.clear();
    if state.is_over {
        state.unused.extend_from_slice(rest);
    } else {
        state.unconsumed.extend_from_slice(rest);
    }
    Ok(out)
}

fn flush(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "flush", arguments.len(), 0, 1)?;
    if arguments.first().map_or(Ok(1), |length| to_size(thread, length.as_ref()))? <= 0 {
        return Err(raise!(thread, VALUE_ERROR, "length must be greater than zero"));
    }
    let mut state = receiver::<Decompress>(thread, this)?.state.lend(thread)?;
    let rest = std::mem::take(&mut state.unconsumed);
    let out = if state.is_over { Vec::new() } else { more(thread, &mut state, &rest, None)? };
    bytes(thread, &out)
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = receiver::<Decompress>(thread, this)?.state.lend(thread)?;
    if state.is_over {
        return Err(raise!(thread, VALUE_ERROR, "Inconsistent stream state"));
    }
    let Some(parts) = state.history.parts() else {
        return Err(raise!(thread, VALUE_ERROR, "too much was decompressed to copy the state"));
    };
    let mut made = open(thread, state.wbits, state.dictionary.clone())?;
    for (part, _) in parts {
        feed(thread, &mut made, part, None, &mut Vec::new())?;
    }
    made.unused.clone_from(&state.unused);
    made.unconsumed.clone_from(&state.unconsumed);
    made.is_over = state.is_over;
    drop(state);
    Ok(Native::new(thread, Decompress { state: Guarded::new(made) })?.into_value())
}

const OWN_DECOMPRESS: Parameters<2> = Parameters {
    function: "decompress",
    names: ["data", "max_length"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn decompress_more(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(data), most] = OWN_DECOMPRESS.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let data = bytes_of(thread, data)?;
    let most = most.map_or(Ok(-1), |most| to_size(thread, most))?;
    let mut state = receiver::<ZlibDecompressor>(thread, this)?.state.lend(thread)?;
    if state.is_over {
        return Err(raise!(thread, EOF_ERROR, "End of stream already reached"));
    }
    let mut input = std::mem::take(&mut state.unconsumed);
    input.extend_from_slice(&data);
    let mut out = Vec::new();
    let used = match feed(thread, &mut state, &input, usize::try_from(most).ok(), &mut out) {
        Ok(used) => used,
        Err(raised) => {
            state.unconsumed = input;
            return Err(raised);
        }
    };
    let rest = input.get(used..).unwrap_or_default().to_vec();
    if state.is_over {
        state.unused = rest;
        state.needs_input = false;
    } else {
        state.needs_input = rest.is_empty() && usize::try_from(most).map_or(true, |most| out.len() < most);
        state.unconsumed = rest;
    }
    bytes(thread, &out)
}
