//! The module `binascii`: bytes as text and back. `base64.rs`, `hex.rs`, `uu.rs` and `quoted.rs` (quoted-printable,
//! RFC 2045) have an encoding each, `checksum.rs` the checksums.

mod base64;
mod checksum;
mod hex;
mod quoted;
mod uu;

use std::borrow::Cow;

use taipan_object::declare::method_table;
use taipan_object::exception::{EXCEPTION, VALUE_ERROR, error_type};
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, buffer, raise};
use taipan_runtime_builtins::modules::{ModuleDef, add_types};

/// `binascii.Error`.
pub(crate) static ERROR: PyTypeObject = error_type("binascii.Error\0", &VALUE_ERROR, &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());
/// `binascii.Incomplete`.
pub(crate) static INCOMPLETE: PyTypeObject =
    error_type("binascii.Incomplete\0", &EXCEPTION, &INCOMPLETE_CORE);
static INCOMPLETE_CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { FUNCTIONS:
    Instance One c"a2b_uu" "($module, data, /)" uu::decode, c"Decodes a line of uuencoded data.";
    Instance Keywords c"b2a_uu" "($module, data, /, *, backtick=False)" uu::encode, c"Encodes a line.";
    Instance Keywords c"a2b_base64" "($module, data, /, *, strict_mode=False)" base64::decode, c"Decodes base64.";
    Instance Keywords c"b2a_base64" "($module, data, /, *, newline=True)" base64::encode, c"Encodes in base64.";
    Instance One c"a2b_hex" "($module, hexstr, /)" hex::decode, c"Decodes pairs of hexadecimal digits.";
    Instance Keywords c"b2a_hex" "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)" hex::encode,
        c"Encodes in hexadecimal digits.";
    Instance Keywords c"hexlify" "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)" hex::hexlify,
        c"Encodes in hexadecimal digits.";
    Instance One c"unhexlify" "($module, hexstr, /)" hex::decode, c"Decodes pairs of hexadecimal digits.";
    Instance Keywords c"a2b_qp" "($module, /, data, header=False)" quoted::decode, c"Decodes quoted-printable data.";
    Instance Keywords c"b2a_qp" "($module, /, data, quotetabs=False, istext=True, header=False)" quoted::encode,
        c"Encodes as quoted-printable data.";
    Instance Positional c"crc32" "($module, data, crc=0, /)" checksum::crc32, c"The CRC-32 of some bytes.";
    Instance Two c"crc_hqx" "($module, data, crc, /)" checksum::crc_hqx, c"The CRC-CCITT of some bytes.";
}

/// `binascii`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "binascii",
    doc: Some("Bytes as text, and back."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| add_types(thread, module, [&ERROR, &INCOMPLETE])),
};

#[cold]
fn error(thread: &Thread, message: &str) -> Raised {
    thread.raise_message(&ERROR, format_args!("{message}"))
}

/// An argument to decode: bytes, or a string of ASCII characters.
fn ascii<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Cow<'a, [u8]>> {
    if let Some(text) = value.get::<PyStr>() {
        return match text.as_ascii() {
            Some(text) => Ok(Cow::Borrowed(text.as_bytes())),
            None => {
                let message = "string argument should contain only ASCII characters";
                Err(raise!(thread, VALUE_ERROR, "{message}"))
            }
        };
    }
    if !buffer::is_bytes_like(value) {
        let ty = value.ty().short_name();
        return Err(raise!(
            thread,
            TYPE_ERROR,
            "argument should be bytes, buffer or ASCII string, not '{ty}'"
        ));
    }
    buffer::bytes_of(thread, value)
}

/// Checks that a function is called with one argument by position.
fn one_positional(
    thread: &Thread,
    function: &str,
    arguments: &[taipan_object::Value],
    names: Option<&taipan_object::tuple::PyTuple>,
) -> PyResult<()> {
    let given = taipan_runtime_builtins::arguments::positional_count(arguments, names);
    if given == 1 {
        return Ok(());
    }
    let message = format!("{function}() takes exactly 1 positional argument ({given} given)");
    Err(raise!(thread, TYPE_ERROR, "{message}"))
}
