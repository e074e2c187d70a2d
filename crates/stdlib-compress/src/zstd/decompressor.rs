//! `ZstdDecompressor`: one frame.

use taipan_object::buffer::bytes_of;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::install;
use zstd_safe::{DCtx, DDict, InBuffer, OutBuffer, ResetDirective};

use super::dictionary::{self, Way};
use super::{ERROR, failed, parameters};
use crate::guard::{Guarded, Lent};
use crate::streams::{self, Step, Stream, bytes};

/// A stream that decompresses.
pub(super) struct Decoder(DCtx<'static>);

impl Stream for Decoder {
    fn step(&mut self, thread: &Thread, input: &[u8], room: &mut [u8], _: bool) -> PyResult<Step> {
        let mut input = InBuffer::around(input);
        let mut output = OutBuffer::around(room);
        let left = self.0.decompress_stream(&mut output, &mut input);
        let left = left.map_err(|code| failed(thread, "decompress Zstandard data", code))?;
        Ok(Step { used: input.pos(), made: output.pos(), is_over: left == 0 })
    }
}

/// `compression.zstd.ZstdDecompressor`
#[derive(Default)]
pub(crate) struct Decompressor {
    state: Guarded<streams::Decompressor<Decoder>>,
}

native_type! {
    /// `compression.zstd.ZstdDecompressor`
    pub(crate) static DECOMPRESSOR: Decompressor = "compression.zstd.ZstdDecompressor", flags 0, dict false, weak false,
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
    "eof" |thread, this| Ok(Value::bool(state(thread, this)?.is_over)), None, "Whether the frame has ended.";
    "needs_input" |thread, this| Ok(Value::bool(state(thread, this)?.needs_input)), None, "Whether more can be given only for more input.";
    "unused_data" |thread, this| bytes(thread, &state(thread, this)?.unused), None, "Input behind the end of the frame.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DECOMPRESSOR, &METHODS)?;
    install::attributes(thread, &DECOMPRESSOR, &ATTRIBUTES)
}

const PARAMETERS: Parameters<2> = Parameters {
    function: "ZstdDecompressor",
    names: ["zstd_dict", "options"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let given = PARAMETERS.bind(thread, arguments, names)?;
    let [dict, options] = given.map(|value| value.filter(|value| !value.is_none()));
    let Some(mut stream) = DCtx::try_create() else { return Err(thread.raise_memory_error()) };
    if let Some(dict) = dict {
        let dict = dict.to_value();
        let (own, way) = dictionary::read(thread, &dict)?;
        let is_digested = way.unwrap_or(Way::Digested) == Way::Digested;
        if is_digested && DDict::try_create(own.content()).is_none() {
            return Err(thread.raise_message(
                &ERROR,
                format_args!("Failed to create a ZSTD_DDict instance from Zstandard dictionary content."),
            ));
        }
        let loaded = stream.load_dictionary(own.content());
        loaded.map_err(|code| failed(thread, "load the Zstandard dictionary for decompression", code))?;
    }
    if let Some(options) = options {
        parameters::set_all_of(thread, &mut stream, options)?;
    }
    let state = Guarded::new(streams::Decompressor::new(Decoder(stream)));
    Ok(Native::new_in(thread, class, Decompressor { state })?.into_value())
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
        return Err(raise!(thread, EOF_ERROR, "Already at the end of a Zstandard frame."));
    }
    match state.feed(thread, &data, most) {
        Ok(out) => bytes(thread, &out),
        Err(raised) => {
            // another frame may be begun
            if let Some(Decoder(stream)) = &mut state.stream {
                let _ = stream.reset(ResetDirective::SessionOnly);
            }
            state.needs_input = true;
            Err(raised)
        }
    }
}
