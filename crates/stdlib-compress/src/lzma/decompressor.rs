//! `LZMADecompressor`.

use liblzma::stream::{self, Action, Stream as Lzma};
use taipan_object::buffer::bytes_of;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use super::{ALONE, AUTO, RAW, UNKNOWN, XZ, failed, filters, step, unsigned};
use crate::guard::{Guarded, Lent};
use crate::streams::{self, Step, Stream, bytes};

/// Where the check stands in an xz header.
const CHECK_AT: usize = 7;

/// A stream that decompresses, with what is told by the beginning of its input.
pub(super) struct Decoder {
    stream: Lzma,
    head: Vec<u8>,
    check: i32,
}

impl Stream for Decoder {
    fn step(&mut self, thread: &Thread, input: &[u8], room: &mut [u8], _: bool) -> PyResult<Step> {
        let outcome = step(thread, &mut self.stream, input, room, Action::Run)?;
        let missing = (CHECK_AT + 1).saturating_sub(self.head.len()).min(outcome.step.used);
        self.head.extend_from_slice(input.get(..missing).unwrap_or_default());
        if outcome.tells_check {
            // other formats have no check
            let is_xz = self.head.first() == Some(&0xFD);
            let flags = self.head.get(CHECK_AT).copied().filter(|_| is_xz).unwrap_or(0);
            self.check = (flags & 15).into();
        }
        let mut step = outcome.step;
        if outcome.tells_check && step.made < room.len() {
            // the same step goes on
            let (_, rest) = input.split_at(step.used.min(input.len()));
            let (_, left) = room.split_at_mut(step.made);
            let more = self.step(thread, rest, left, false)?;
            step = Step { used: step.used + more.used, made: step.made + more.made, is_over: more.is_over };
        }
        Ok(step)
    }
}

/// `_lzma.LZMADecompressor`
#[derive(Default)]
pub(crate) struct Decompressor {
    state: Guarded<streams::Decompressor<Decoder>>,
}

native_type! {
    /// `_lzma.LZMADecompressor`
    pub(crate) static DECOMPRESSOR: Decompressor = "_lzma.LZMADecompressor", flags 0, dict false, weak false,
    does { new: new }
}

native_state!(Decompressor in DECOMPRESSOR:);

method_table! { METHODS:
    Instance Keywords c"decompress" "($self, /, data, max_length=-1)" decompress, c"Decompresses more; what does not fit is kept.";
}

fn state<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<Lent<'a, streams::Decompressor<Decoder>>> {
    let own: &'a Native<Decompressor> = receiver(thread, this)?;
    own.state.lend(thread)
}

attribute_table! { ATTRIBUTES:
    "check" |thread, this| Ok(Value::small(state(thread, this)?.stream.as_ref().map_or(UNKNOWN, |stream| stream.check))), None, "The check of the stream.";
    "eof" |thread, this| Ok(Value::bool(state(thread, this)?.is_over)), None, "Whether the stream has ended.";
    "needs_input" |thread, this| Ok(Value::bool(state(thread, this)?.needs_input)), None, "Whether more can be given only for more input.";
    "unused_data" |thread, this| bytes(thread, &state(thread, this)?.unused), None, "Input behind the end of the stream.";
}

const PARAMETERS: Parameters<3> = Parameters {
    function: "LZMADecompressor",
    names: ["format", "memlimit", "filters"],
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
    let [format, limit, chain] = PARAMETERS.bind(thread, arguments, names)?;
    let format = format.map_or(Ok(AUTO), |format| to_int(thread, format))?;
    let limit = limit.filter(|limit| !limit.is_none());
    let chain = chain.filter(|chain| !chain.is_none());
    if limit.is_some() && format == RAW {
        return Err(raise!(thread, VALUE_ERROR, "Cannot specify memory limit with FORMAT_RAW"));
    }
    let limit = limit.map_or(Ok(u64::MAX), |limit| unsigned(thread, limit, 64, "uint64_t"))?;
    match chain {
        None if format == RAW => {
            return Err(raise!(thread, VALUE_ERROR, "Must specify filters for FORMAT_RAW"));
        }
        Some(_) if format != RAW => {
            return Err(raise!(thread, VALUE_ERROR, "Cannot specify filters except with FORMAT_RAW"));
        }
        _ => {}
    }
    let flags = stream::TELL_ANY_CHECK | stream::TELL_NO_CHECK;
    let (stream, check) = match format {
        AUTO => (Lzma::new_auto_decoder(limit, flags), UNKNOWN),
        XZ => (Lzma::new_stream_decoder(limit, flags), UNKNOWN),
        ALONE => (Lzma::new_lzma_decoder(limit), 0),
        RAW => {
            let chain = chain.map_or(Ok(Vec::new()), |chain| filters::read_all(thread, chain))?;
            (filters::chain(&chain).and_then(|chain| Lzma::new_raw_decoder(&chain)), 0)
        }
        _ => return Err(raise!(thread, VALUE_ERROR, "Invalid container format: {format}")),
    };
    let stream = stream.map_err(|error| failed(thread, error))?;
    let state = streams::Decompressor::new(Decoder { stream, head: Vec::new(), check });
    Ok(Native::new_in(thread, class, Decompressor { state: Guarded::new(state) })?.into_value())
}

const DECOMPRESS: Parameters<2> = Parameters {
    function: "decompress",
    names: ["data", "max_length"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

fn decompress(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(data), most] = DECOMPRESS.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let data = bytes_of(thread, data)?;
    let most = streams::most(thread, most)?;
    let mut state = state(thread, this)?;
    if state.is_over {
        return Err(raise!(thread, EOF_ERROR, "Already at end of stream"));
    }
    bytes(thread, &state.feed(thread, &data, most)?)
}
