//! The encodings that are built in, as pairs of functions.

use taipan_object::buffer::bytes_of;
use taipan_object::builtin::{Binding, MethodDef, Native, PyCFunction};
use taipan_object::bytes::PyBytes;
use taipan_object::module::PyModule;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::codecs::{Encoding, Order};
use taipan_runtime_builtins::modules::add;

use super::{bytes_or_text, errors_of, pair, text_argument};

const ENCODE_SIGNATURE: &str = "($module, str, errors=None, /)";
const DECODE_SIGNATURE: &str = "($module, data, errors=None, final=False, /)";

fn encode(thread: &Thread, function: &str, encoding: Encoding, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, function, arguments.len(), 1, 2)?;
    let Some(text) = arguments.first() else { return Ok(Value::none()) };
    let text = text_argument(thread, function, text)?;
    let errors = errors_of(thread, function, arguments.get(1))?;
    let bytes = encoding.encode(thread, text, &errors)?;
    pair(thread, PyBytes::new(thread, &bytes)?.into_value(), text.len())
}

/// How a decoder takes its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Final {
    /// The last argument says whether more is to come; the default.
    Argument(bool),
    /// There is no such argument.
    Always,
}

fn decode(
    thread: &Thread,
    function: &str,
    encoding: Encoding,
    how: Final,
    arguments: &[Value],
) -> PyResult<Value> {
    let most = if how == Final::Always { 2 } else { 3 };
    check_count(thread, function, arguments.len(), 1, most)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let errors = errors_of(thread, function, arguments.get(1))?;
    let is_final = match (how, arguments.get(2)) {
        (Final::Always, _) => true,
        (Final::Argument(default), None) => default,
        (Final::Argument(_), Some(value)) => protocol::truth(thread, value.as_ref())?,
    };
    let escapes = matches!(encoding, Encoding::UnicodeEscape | Encoding::RawUnicodeEscape);
    let (text, used) = match escapes {
        true => encoding.decode(thread, &bytes_or_text(thread, data.as_ref())?, &errors, is_final)?,
        false => encoding.decode(thread, &bytes_of(thread, data.as_ref())?, &errors, is_final)?,
    };
    pair(thread, text.into_value(), used)
}

/// The order that a number says: below zero little, above it big, zero by a mark.
fn order_of(thread: &Thread, value: Option<&Value>) -> PyResult<Order> {
    let number = value.map_or(Ok(0), |value| to_int(thread, value.as_ref()))?;
    Ok(match number {
        0 => Order::Marked,
        1.. => Order::Big,
        _ => Order::Little,
    })
}

fn encode_ordered(
    thread: &Thread,
    function: &str,
    make: fn(Order) -> Encoding,
    arguments: &[Value],
) -> PyResult<Value> {
    check_count(thread, function, arguments.len(), 1, 3)?;
    let order = order_of(thread, arguments.get(2))?;
    encode(thread, function, make(order), arguments.get(..2).unwrap_or(arguments))
}

/// Decodes, and says in which order the bytes were.
fn decode_ordered(
    thread: &Thread,
    function: &str,
    make: fn(Order) -> Encoding,
    arguments: &[Value],
) -> PyResult<Value> {
    check_count(thread, function, arguments.len(), 1, 4)?;
    let Some(data) = arguments.first() else { return Ok(Value::none()) };
    let errors = errors_of(thread, function, arguments.get(1))?;
    let order = order_of(thread, arguments.get(2))?;
    let is_final = arguments.get(3).map_or(Ok(false), |value| protocol::truth(thread, value.as_ref()))?;
    let bytes = bytes_of(thread, data.as_ref())?;
    let wide = make(Order::Little) == Encoding::Utf32(Order::Little);
    let found = match (order, &*bytes) {
        (Order::Marked, [0xFF, 0xFE, 0, 0, ..]) if wide => -1,
        (Order::Marked, [0, 0, 0xFE, 0xFF, ..]) if wide => 1,
        (Order::Marked, [0xFF, 0xFE, ..]) if !wide => -1,
        (Order::Marked, [0xFE, 0xFF, ..]) if !wide => 1,
        (Order::Marked, _) => 0,
        (Order::Little, _) => -1,
        (Order::Big, _) => 1,
    };
    let (text, used) = make(order).decode(thread, &bytes, &errors, is_final)?;
    let parts = [text.into_value(), Value::int(thread, used as i64)?, Value::small(found)];
    Ok(PyTuple::pack(thread, parts)?.into_value())
}

macro_rules! codecs {
    ($static:ident: $($encode:literal $decode:literal $encoding:expr, $how:expr;)*) => {
        static $static: &[MethodDef] = &[$(
            MethodDef::new(
                const { c_name(concat!($encode, "\0")) },
                Binding::Instance,
                Native::Positional(|thread, _, arguments| encode(thread, $encode, $encoding, arguments)),
                ENCODE_SIGNATURE,
                c"Encodes a text; gives the bytes and how many characters they are of.",
            ),
            MethodDef::new(
                const { c_name(concat!($decode, "\0")) },
                Binding::Instance,
                Native::Positional(|thread, _, arguments| decode(thread, $decode, $encoding, $how, arguments)),
                DECODE_SIGNATURE,
                c"Decodes bytes; gives the text and how many bytes it took.",
            ),
        )*];
    };
}

use taipan_object::native::c_name;

codecs! { PLAIN:
    "utf_8_encode" "utf_8_decode" Encoding::Utf8, Final::Argument(false);
    "utf_7_encode" "utf_7_decode" Encoding::Utf7, Final::Argument(false);
    "utf_16_le_encode" "utf_16_le_decode" Encoding::Utf16(Order::Little), Final::Argument(false);
    "utf_16_be_encode" "utf_16_be_decode" Encoding::Utf16(Order::Big), Final::Argument(false);
    "utf_32_le_encode" "utf_32_le_decode" Encoding::Utf32(Order::Little), Final::Argument(false);
    "utf_32_be_encode" "utf_32_be_decode" Encoding::Utf32(Order::Big), Final::Argument(false);
    "unicode_escape_encode" "unicode_escape_decode" Encoding::UnicodeEscape, Final::Argument(true);
    "raw_unicode_escape_encode" "raw_unicode_escape_decode" Encoding::RawUnicodeEscape, Final::Argument(true);
    "latin_1_encode" "latin_1_decode" Encoding::Latin1, Final::Always;
    "ascii_encode" "ascii_decode" Encoding::Ascii, Final::Always;
}

taipan_object::declare::method_table! { ORDERED:
    Instance Positional c"utf_16_encode" "($module, str, errors=None, byteorder=0, /)" utf_16_encode, c"Encodes a text; gives the bytes and how many characters they are of.";
    Instance Positional c"utf_16_decode" "($module, data, errors=None, final=False, /)" utf_16_decode, c"Decodes bytes; gives the text and how many bytes it took.";
    Instance Positional c"utf_16_ex_decode" "($module, data, errors=None, byteorder=0, final=False, /)" utf_16_ex_decode, c"The same, and the order of the bytes.";
    Instance Positional c"utf_32_encode" "($module, str, errors=None, byteorder=0, /)" utf_32_encode, c"Encodes a text; gives the bytes and how many characters they are of.";
    Instance Positional c"utf_32_decode" "($module, data, errors=None, final=False, /)" utf_32_decode, c"Decodes bytes; gives the text and how many bytes it took.";
    Instance Positional c"utf_32_ex_decode" "($module, data, errors=None, byteorder=0, final=False, /)" utf_32_ex_decode, c"The same, and the order of the bytes.";
}

fn utf_16_encode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    encode_ordered(thread, "utf_16_encode", Encoding::Utf16, arguments)
}

fn utf_32_encode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    encode_ordered(thread, "utf_32_encode", Encoding::Utf32, arguments)
}

fn utf_16_decode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let encoding = Encoding::Utf16(Order::Marked);
    decode(thread, "utf_16_decode", encoding, Final::Argument(false), arguments)
}

fn utf_32_decode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let encoding = Encoding::Utf32(Order::Marked);
    decode(thread, "utf_32_decode", encoding, Final::Argument(false), arguments)
}

fn utf_16_ex_decode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    decode_ordered(thread, "utf_16_ex_decode", Encoding::Utf16, arguments)
}

fn utf_32_ex_decode(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    decode_ordered(thread, "utf_32_ex_decode", Encoding::Utf32, arguments)
}

/// Adds the functions to the module.
pub(super) fn add_functions(thread: &Thread, module: &PyModule) -> PyResult<()> {
    let name = intern_text(thread, "_codecs")?.into_value();
    for definition in PLAIN.iter().chain(&ORDERED) {
        let this = Some(taipan_object::as_ref(module).to_value());
        let function = PyCFunction::new(thread, definition, this, Some(name.clone()))?;
        add(thread, module, definition.name(), function.into_value())?;
    }
    Ok(())
}
