//! `LZMACompressor`.

use liblzma::stream::{Action, Check, Error, Stream as Lzma};
use taipan_object::buffer::bytes_of;
use taipan_object::declare::{method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};

use super::filters::{self, Filter, Settings};
use super::{ALONE, ERROR, RAW, XZ, check_of, failed, step, to_u32};
use crate::guard::Guarded;
use crate::streams::{self, Step, Stream, bytes, flushed};

/// A stream that compresses.
pub(super) struct Encoder(Lzma);

impl Stream for Encoder {
    fn step(&mut self, thread: &Thread, input: &[u8], room: &mut [u8], finish: bool) -> PyResult<Step> {
        let action = if finish { Action::Finish } else { Action::Run };
        Ok(step(thread, &mut self.0, input, room, action)?.step)
    }
}

/// `_lzma.LZMACompressor`; without a stream once it is flushed.
#[derive(Default)]
pub(crate) struct Compressor {
    stream: Guarded<Option<Encoder>>,
}

native_type! {
    /// `_lzma.LZMACompressor`
    pub(crate) static COMPRESSOR: Compressor = "_lzma.LZMACompressor", flags 0, dict false, weak false,
    does { new: new }
}

native_state!(Compressor in COMPRESSOR:);

method_table! { METHODS:
    Instance One c"compress" "($self, data, /)" compress, c"Compresses more; gives what is ready.";
    Instance None c"flush" "($self, /)" flush, c"Ends the stream; gives what is left.";
}

const PARAMETERS: Parameters<4> = Parameters {
    function: "LZMACompressor",
    names: ["format", "check", "preset", "filters"],
    positional_only: 0,
    positional: 4,
    required: 0,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [format, check, preset, chain] = PARAMETERS.bind(thread, arguments, names)?;
    let format = format.map_or(Ok(XZ), |format| to_int(thread, format))?;
    let check = check.map_or(Ok(-1), |check| to_int(thread, check))?;
    let preset = preset.filter(|preset| !preset.is_none());
    let chain = chain.filter(|chain| !chain.is_none());
    if preset.is_some() && chain.is_some() {
        return Err(raise!(thread, VALUE_ERROR, "Cannot specify both preset and filter chain"));
    }
    let preset = preset.map_or(Ok(6), |preset| to_u32(thread, preset))?;
    if format != XZ && check > 0 {
        return Err(raise!(thread, VALUE_ERROR, "Integrity checks are only supported by FORMAT_XZ"));
    }
    let chain = |thread: &Thread| chain.map(|chain| filters::read_all(thread, chain)).transpose();
    let stream = match format {
        XZ => xz(thread, check, preset, chain(thread)?)?,
        ALONE => alone(thread, preset, chain(thread)?)?,
        RAW => match chain(thread)? {
            Some(chain) => filters::chain(&chain).and_then(|chain| Lzma::new_raw_encoder(&chain)),
            None => return Err(raise!(thread, VALUE_ERROR, "Must specify filters for FORMAT_RAW")),
        }
        .map_err(|error| failed(thread, error))?,
        _ => return Err(raise!(thread, VALUE_ERROR, "Invalid container format: {format}")),
    };
    let stream = Guarded::new(Some(Encoder(stream)));
    Ok(Native::new_in(thread, class, Compressor { stream })?.into_value())
}

fn xz(thread: &Thread, check: i32, preset: u32, chain: Option<Vec<Filter>>) -> PyResult<Lzma> {
    let check = match check {
        -1 => Ok(Check::Crc64),
        0..=15 => check_of(check).ok_or(Error::UnsupportedCheck),
        _ => Err(Error::Program),
    };
    let stream = check.and_then(|check| match &chain {
        None => Lzma::new_easy_encoder(preset, check),
        Some(chain) if chain.is_empty() => Err(Error::Program),
        Some(chain) => Lzma::new_stream_encoder(&filters::chain(chain)?, check),
    });
    stream.map_err(|error| failed(thread, error))
}

fn alone(thread: &Thread, preset: u32, chain: Option<Vec<Filter>>) -> PyResult<Lzma> {
    let settings = match chain.as_deref() {
        None => match Settings::preset(preset) {
            Some(settings) => settings,
            None => {
                return Err(
                    thread.raise_message(&ERROR, format_args!("Invalid compression preset: {preset}"))
                );
            }
        },
        Some([Filter::Lzma { second: false, settings }]) => *settings,
        Some(_) => {
            let message = "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
    };
    let stream = settings.options().and_then(|options| Lzma::new_lzma_encoder(&options));
    stream.map_err(|error| failed(thread, error))
}

fn compress(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let data = bytes_of(thread, data)?;
    let mut stream = receiver::<Compressor>(thread, this)?.stream.lend(thread)?;
    let Some(stream) = &mut *stream else { return Err(flushed(thread, false)) };
    bytes(thread, &streams::compress(thread, stream, &data, false)?)
}

fn flush(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mut stream = receiver::<Compressor>(thread, this)?.stream.lend(thread)?;
    let Some(mut stream) = stream.take() else { return Err(flushed(thread, true)) };
    bytes(thread, &streams::compress(thread, &mut stream, b"", true)?)
}
