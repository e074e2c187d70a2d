//! The module `_bz2`: bzip2 streams.

use bzip2::{Action, Compression, Error, Status};
use taipan_object::buffer::bytes_of;
use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, no_keywords, to_int};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add_types};

use crate::guard::Guarded;
use crate::streams::{self, Decompressor, Step, Stream, bytes, flushed};

/// `_bz2`
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_bz2",
    doc: None,
    functions: &[],
    exec: Some(|thread: &Thread, module: &PyModule| add_types(thread, module, types())),
};

/// The types of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&COMPRESSOR, &DECOMPRESSOR]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &COMPRESSOR, &COMPRESSOR_METHODS)?;
    install::methods(thread, &DECOMPRESSOR, &DECOMPRESSOR_METHODS)?;
    install::attributes(thread, &DECOMPRESSOR, &ATTRIBUTES)
}

/// What a step of a stream of this crate did.
fn step_of(before: (u64, u64), after: (u64, u64), is_over: bool) -> Step {
    Step { used: (after.0 - before.0) as usize, made: (after.1 - before.1) as usize, is_over }
}

#[cold]
fn failed(thread: &Thread, error: Error) -> Raised {
    match error {
        Error::Data | Error::DataMagic => raise!(thread, OS_ERROR, "Invalid data stream"),
        Error::Param => raise!(thread, VALUE_ERROR, "Internal error - invalid parameters passed to libbzip2"),
        Error::Sequence => {
            raise!(thread, RUNTIME_ERROR, "Internal error - Invalid sequence of commands sent to libbzip2")
        }
    }
}

impl Stream for bzip2::Compress {
    fn step(&mut self, thread: &Thread, input: &[u8], room: &mut [u8], finish: bool) -> PyResult<Step> {
        let before = (self.total_in(), self.total_out());
        let action = if finish { Action::Finish } else { Action::Run };
        let status = self.compress(input, room, action).map_err(|error| failed(thread, error))?;
        Ok(step_of(before, (self.total_in(), self.total_out()), status == Status::StreamEnd))
    }
}

impl Stream for bzip2::Decompress {
    fn step(&mut self, thread: &Thread, input: &[u8], room: &mut [u8], _: bool) -> PyResult<Step> {
        let before = (self.total_in(), self.total_out());
        let status = self.decompress(input, room).map_err(|error| failed(thread, error))?;
        if status == Status::MemNeeded {
            return Err(thread.raise_memory_error());
        }
        Ok(step_of(before, (self.total_in(), self.total_out()), status == Status::StreamEnd))
    }
}

/// `_bz2.BZ2Compressor`; without a stream once it is flushed.
#[derive(Default)]
pub(crate) struct Compressor {
    stream: Guarded<Option<bzip2::Compress>>,
}

native_type! {
    /// `_bz2.BZ2Compressor`
    pub(crate) static COMPRESSOR: Compressor = "_bz2.BZ2Compressor", flags 0, dict false, weak false,
    does { new: new_compressor }
}

native_state!(Compressor in COMPRESSOR:);

method_table! { COMPRESSOR_METHODS:
    Instance One c"compress" "($self, data, /)" compress, c"Compresses more; gives what is ready.";
    Instance None c"flush" "($self, /)" flush, c"Ends the stream; gives what is left.";
}

fn new_compressor(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &COMPRESSOR, arguments, names)?;
    check_count(thread, "BZ2Compressor", arguments.len(), 0, 1)?;
    let level = arguments.first().map_or(Ok(9), |level| to_int(thread, level.as_ref()))?;
    let Some(level) = u32::try_from(level).ok().filter(|level| (1..=9).contains(level)) else {
        return Err(raise!(thread, VALUE_ERROR, "compresslevel must be between 1 and 9"));
    };
    let stream = bzip2::Compress::new(Compression::new(level), 0);
    Ok(Native::new_in(thread, class, Compressor { stream: Guarded::new(Some(stream)) })?.into_value())
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

/// `_bz2.BZ2Decompressor`
#[derive(Default)]
pub(crate) struct Bz2Decompressor {
    state: Guarded<Decompressor<bzip2::Decompress>>,
}

native_type! {
    /// `_bz2.BZ2Decompressor`
    pub(crate) static DECOMPRESSOR: Bz2Decompressor = "_bz2.BZ2Decompressor", flags 0, dict false, weak false,
    does { new: new_decompressor }
}

native_state!(Bz2Decompressor in DECOMPRESSOR:);

method_table! { DECOMPRESSOR_METHODS:
    Instance Keywords c"decompress" "($self, /, data, max_length=-1)" decompress, c"Decompresses more; what does not fit is kept.";
}

fn state<'a>(
    thread: &Thread,
    this: Ref<'a>,
) -> PyResult<crate::guard::Lent<'a, Decompressor<bzip2::Decompress>>> {
    let own: &'a Native<Bz2Decompressor> = receiver(thread, this)?;
    own.state.lend(thread)
}

attribute_table! { ATTRIBUTES:
    "eof" |thread, this| Ok(Value::bool(state(thread, this)?.is_over)), None, "Whether the stream has ended.";
    "unused_data" |thread, this| bytes(thread, &state(thread, this)?.unused), None, "Input behind the end of the stream.";
    "needs_input" |thread, this| Ok(Value::bool(state(thread, this)?.needs_input)), None, "Whether more can be given only for more input.";
}

fn new_decompressor(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let arguments = no_keywords(thread, class, &DECOMPRESSOR, arguments, names)?;
    if !arguments.is_empty() {
        return Err(raise!(thread, TYPE_ERROR, "BZ2Decompressor() takes no positional arguments"));
    }
    let state = Guarded::new(Decompressor::new(bzip2::Decompress::new(false)));
    Ok(Native::new_in(thread, class, Bz2Decompressor { state })?.into_value())
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
        return Err(raise!(thread, EOF_ERROR, "End of stream already reached"));
    }
    if state.stream.is_none() {
        return Err(raise!(thread, VALUE_ERROR, "Decompressor is unusable after a previous error"));
    }
    match state.feed(thread, &data, most) {
        Ok(out) => bytes(thread, &out),
        Err(raised) => {
            // the crate's state is not to be gone on with
            state.stream = None;
            state.needs_input = false;
            Err(raised)
        }
    }
}
