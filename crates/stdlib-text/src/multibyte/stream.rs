//! The codecs over streams.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::{attribute_table, method_table, receiver};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, expect_str, to_size};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::iterate::collect;

use super::Names;
use super::incremental_state::{Kept, set_errors};

/// What a codec over a stream keeps.
#[derive(Default)]
struct Stream {
    kept: Kept,
    stream: Slot,
}

/// One that reads.
#[derive(Default)]
pub(crate) struct Reader(Stream);

/// One that writes.
#[derive(Default)]
pub(crate) struct Writer(Stream);

native_type! {
    /// `_multibytecodec.MultibyteStreamReader`
    pub(super) static READER: Reader = "_multibytecodec.MultibyteStreamReader", flags flags::BASETYPE,
    dict false, weak false,
    does {
        new: |thread, class, arguments, names| {
            let stream = Stream::new(thread, class, "StreamReader", arguments, names)?;
            Ok(Native::new_in(thread, class, Reader(stream))?.into_value())
        },
        init: |_, _, _, _| Ok(()),
    }
}

native_type! {
    /// `_multibytecodec.MultibyteStreamWriter`
    pub(super) static WRITER: Writer = "_multibytecodec.MultibyteStreamWriter", flags flags::BASETYPE,
    dict false, weak false,
    does {
        new: |thread, class, arguments, names| {
            let stream = Stream::new(thread, class, "StreamWriter", arguments, names)?;
            Ok(Native::new_in(thread, class, Writer(stream))?.into_value())
        },
        init: |_, _, _, _| Ok(()),
    }
}

macro_rules! native_stream {
    ($($state:ident $static:ident),*) => {
        $(
            impl NativeType for $state {
                fn definition() -> &'static NativeStatic<$state> {
                    &$static
                }

                fn traverse(&self, visitor: &mut Visitor) {
                    visitor.slot(&self.0.kept.errors);
                    visitor.slot(&self.0.stream);
                }

                fn clear(&self) {
                    drop((self.0.kept.errors.take(), self.0.stream.take()));
                }
            }
        )*
    };
}

native_stream!(Reader READER, Writer WRITER);

impl Stream {
    fn new(
        thread: &Thread,
        class: &PyTypeObject,
        function: &'static str,
        arguments: &[Value],
        names: Names<'_>,
    ) -> PyResult<Stream> {
        let parameters = Parameters {
            function,
            names: ["stream", "errors"],
            positional_only: 0,
            positional: 2,
            required: 1,
        };
        let [stream, errors] = parameters.bind(thread, arguments, names)?;
        if let Some(errors) = errors {
            expect_str(thread, function, "argument 2", errors)?;
        }
        let kept = Kept::of(thread, class, errors)?;
        Ok(Stream { kept, stream: Slot::from_option(stream.map(Ref::to_value)) })
    }

    fn call(&self, thread: &Thread, method: &str, arguments: &[Value]) -> PyResult<Value> {
        let stream = self.stream.get().unwrap_or_else(Value::none);
        protocol::call_method(thread, stream.as_ref(), &*intern_text(thread, method)?, arguments)
    }

    /// Reads by a method of the stream, until there is a character.
    fn read(&self, thread: &Thread, method: &str, size: Option<isize>) -> PyResult<Value> {
        let mut size = size;
        if size == Some(0) {
            return Ok(PyStr::from_text(thread, "")?.into_value());
        }
        loop {
            let limit = size.map(|size| Value::int(thread, size as i64)).transpose()?;
            let read = self.call(thread, method, limit.as_slice())?;
            let Some(bytes) = read.as_ref().get::<PyBytes>() else {
                let ty = read.as_ref().ty().name();
                let message = format!("stream function returned a non-bytes object ({ty})");
                return Err(raise!(thread, TYPE_ERROR, "{message}"));
            };
            let is_end = bytes.as_slice().is_empty() || size.is_none();
            let text = self.kept.decode(thread, bytes.as_slice(), is_end)?;
            if is_end || !text.is_empty() {
                return Ok(text.into_value());
            }
            // one byte more may make a character whole
            size = Some(1);
        }
    }

    fn write(&self, thread: &Thread, text: Ref<'_>) -> PyResult<()> {
        let bytes = self.kept.encode(thread, text, false)?;
        let bytes = PyBytes::new(thread, &bytes)?.into_value();
        self.call(thread, "write", &[bytes]).map(drop)
    }
}

method_table! { READER_METHODS:
    Instance Positional c"read" "($self, sizeobj=None, /)" read, c"Reads text.";
    Instance Positional c"readline" "($self, sizeobj=None, /)" read_line, c"Reads a line.";
    Instance Positional c"readlines" "($self, sizehintobj=None, /)" read_lines, c"Reads lines.";
    Instance None c"reset" "($self, /)" reset_reader, c"Begins anew.";
}

method_table! { WRITER_METHODS:
    Instance One c"write" "($self, strobj, /)" write, c"Writes text.";
    Instance One c"writelines" "($self, lines, /)" write_lines, c"Writes several texts.";
    Instance None c"reset" "($self, /)" reset_writer, c"Writes what waits, and begins anew.";
}

attribute_table! { READER_ATTRIBUTES:
    "errors" |thread, this| Ok(receiver::<Reader>(thread, this)?.0.kept.errors.get().unwrap_or_else(Value::none)), Some(|thread, this, value| set_errors(thread, &receiver::<Reader>(thread, this)?.0.kept.errors, value)), "How errors are treated.";
}

attribute_table! { WRITER_ATTRIBUTES:
    "errors" |thread, this| Ok(receiver::<Writer>(thread, this)?.0.kept.errors.get().unwrap_or_else(Value::none)), Some(|thread, this, value| set_errors(thread, &receiver::<Writer>(thread, this)?.0.kept.errors, value)), "How errors are treated.";
}

/// Completes the types: the stream is a field.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::fields(thread, &READER, &READER_FIELDS)?;
    install::fields(thread, &WRITER, &WRITER_FIELDS)
}

const IN_STREAM: usize = std::mem::offset_of!(Stream, stream);

static READER_FIELDS: [install::Field; 1] = [(
    "stream",
    NativeStatic::<Reader>::offset(std::mem::offset_of!(Reader, 0) + IN_STREAM),
    MemberKind::Object,
    true,
)];

static WRITER_FIELDS: [install::Field; 1] = [(
    "stream",
    NativeStatic::<Writer>::offset(std::mem::offset_of!(Writer, 0) + IN_STREAM),
    MemberKind::Object,
    true,
)];

/// How much is asked for; none for all.
fn size_of(thread: &Thread, function: &str, arguments: &[Value]) -> PyResult<Option<isize>> {
    check_count(thread, function, arguments.len(), 0, 1)?;
    let Some(size) = arguments.first().filter(|size| !size.as_ref().is_none()) else { return Ok(None) };
    if !size.as_ref().is_int() {
        return Err(raise!(thread, TYPE_ERROR, "arg 1 must be an integer"));
    }
    Ok(Some(to_size(thread, size.as_ref())?).filter(|size| *size >= 0))
}

fn read(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let size = size_of(thread, "read", arguments)?;
    receiver::<Reader>(thread, this)?.0.read(thread, "read", size)
}

fn read_line(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let size = size_of(thread, "readline", arguments)?;
    receiver::<Reader>(thread, this)?.0.read(thread, "readline", size)
}

fn read_lines(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let size = size_of(thread, "readlines", arguments)?;
    let text = receiver::<Reader>(thread, this)?.0.read(thread, "read", size)?;
    protocol::call_method(thread, text.as_ref(), &*intern_text(thread, "splitlines")?, &[Value::bool(true)])
}

fn reset_reader(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Reader>(thread, this)?.0.kept.reset_decoding();
    Ok(Value::none())
}

fn write(thread: &Thread, this: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    receiver::<Writer>(thread, this)?.0.write(thread, text)?;
    Ok(Value::none())
}

fn write_lines(thread: &Thread, this: Ref<'_>, lines: Ref<'_>) -> PyResult<Value> {
    let writer = receiver::<Writer>(thread, this)?;
    let slots = lines.ty().slots();
    if slots.item.get().is_none() && slots.subscript.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "arg must be a sequence object"));
    }
    for line in collect(thread, lines)? {
        writer.0.write(thread, line.as_ref())?;
    }
    Ok(Value::none())
}

fn reset_writer(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let writer = receiver::<Writer>(thread, this)?;
    if !writer.0.kept.has_characters() {
        return Ok(Value::none());
    }
    let empty = PyStr::from_text(thread, "")?;
    let bytes = writer.0.kept.encode(thread, empty.as_ref(), true)?;
    if !bytes.is_empty() {
        let bytes = PyBytes::new(thread, &bytes)?.into_value();
        writer.0.call(thread, "write", &[bytes])?;
    }
    Ok(Value::none())
}
