//! `encode` to UTF-8, Latin-1 and ASCII, with the error handlers that are built in.

use taipan_object::bytes::PyBytes;
use taipan_object::exception::{self, UNICODE_ENCODE_ERROR};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};

use super::receiver;
use crate::arguments::{Parameters, expect_str};
use crate::chars::code_points;

#[derive(Clone, Copy, PartialEq)]
enum Codec {
    Utf8,
    Latin1,
    Ascii,
}

impl Codec {
    /// The codec of a name or an alias.
    fn named(name: &str) -> Option<Codec> {
        let name = name.to_ascii_lowercase().replace([' ', '_'], "-");
        Some(match name.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" => Codec::Utf8,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => {
                Codec::Latin1
            }
            "ascii" | "us-ascii" | "646" => Codec::Ascii,
            _ => return None,
        })
    }

    fn takes(self, c: u32) -> bool {
        match self {
            Codec::Utf8 => char::from_u32(c).is_some(),
            Codec::Latin1 => c < 0x100,
            Codec::Ascii => c < 0x80,
        }
    }

    fn name_and_reason(self) -> (&'static str, &'static str) {
        match self {
            Codec::Utf8 => ("utf-8", "surrogates not allowed"),
            Codec::Latin1 => ("latin-1", "ordinal not in range(256)"),
            Codec::Ascii => ("ascii", "ordinal not in range(128)"),
        }
    }

    fn push(self, to: &mut Vec<u8>, c: u32) {
        match (self, char::from_u32(c)) {
            (Codec::Utf8, Some(c)) => to.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            _ => to.push(c as u8),
        }
    }
}

/// What is put for a character that the codec does not take; none if the handler refuses it.
fn replacement(codec: Codec, errors: &str, c: u32) -> Option<Vec<u8>> {
    Some(match errors {
        "ignore" => Vec::new(),
        "replace" => vec![b'?'],
        "backslashreplace" => match c {
            0..=0xFF => format!("\\x{c:02x}"),
            0x100..=0xFFFF => format!("\\u{c:04x}"),
            _ => format!("\\U{c:08x}"),
        }
        .into_bytes(),
        "xmlcharrefreplace" => format!("&#{c};").into_bytes(),
        "surrogateescape" if (0xDC80..0xDD00).contains(&c) => vec![(c - 0xDC00) as u8],
        // the three bytes that UTF-8 would have for it
        "surrogatepass" if codec == Codec::Utf8 => {
            vec![0xE0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3F) as u8, 0x80 | (c & 0x3F) as u8]
        }
        _ => return None,
    })
}

const HANDLERS: [&str; 7] = [
    "strict",
    "ignore",
    "replace",
    "backslashreplace",
    "xmlcharrefreplace",
    "surrogateescape",
    "surrogatepass",
];

#[cold]
fn refused(thread: &Thread, codec: Codec, text: &PyStr, start: usize, end: usize) -> Raised {
    let (name, reason) = codec.name_and_reason();
    let exception = || {
        let args = [
            PyStr::from_text(thread, name)?.into_value(),
            Owned::new_ref(text).into_value(),
            Value::int(thread, start as i64)?,
            Value::int(thread, end as i64)?,
            PyStr::from_text(thread, reason)?.into_value(),
        ];
        exception::with_arguments(thread, &UNICODE_ENCODE_ERROR, PyTuple::pack(thread, args)?)
    };
    match exception() {
        Ok(exception) => thread.raise(exception),
        Err(raised) => raised,
    }
}

fn encoded(thread: &Thread, text: &PyStr, codec: Codec, errors: &str) -> PyResult<Vec<u8>> {
    let chars = code_points(text);
    let mut result = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if result.try_reserve(12).is_err() {
            return Err(thread.raise_memory_error());
        }
        if codec.takes(c) {
            codec.push(&mut result, c);
            at += 1;
            continue;
        }
        if !HANDLERS.contains(&errors) {
            return Err(raise!(thread, LOOKUP_ERROR, "unknown error handler name '{errors}'"));
        }
        // the handler is asked about all characters in a row that the codec does not take
        let rest = chars.get(at..).unwrap_or_default();
        let run = rest.iter().position(|&c| codec.takes(c)).unwrap_or(rest.len());
        for (done, &c) in rest.iter().take(run).enumerate() {
            let Some(bytes) = replacement(codec, errors, c) else {
                // what could be escaped is not part of what is refused
                let start = at + if errors == "surrogateescape" { done } else { 0 };
                return Err(refused(thread, codec, text, start, at + run));
            };
            if result.try_reserve(bytes.len()).is_err() {
                return Err(thread.raise_memory_error());
            }
            result.extend_from_slice(&bytes);
        }
        at += run;
    }
    Ok(result)
}

const ENCODE: Parameters<2> = Parameters {
    function: "encode",
    names: ["encoding", "errors"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

pub(super) fn encode(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [encoding, errors] = ENCODE.bind(thread, arguments, names)?;
    let argument = |value: Option<Ref<'_>>, which: &str, default: &str| {
        let Some(value) = value else { return Ok(default.to_owned()) };
        let text = expect_str(thread, "encode", which, value)?.to_text_lossy();
        if text.contains('\0') {
            return Err(raise!(thread, VALUE_ERROR, "embedded null character"));
        }
        Ok(text)
    };
    let encoding = argument(encoding, "argument 'encoding'", "utf-8")?;
    let errors = argument(errors, "argument 'errors'", "strict")?;
    let Some(codec) = Codec::named(&encoding) else {
        return Err(raise!(thread, LOOKUP_ERROR, "unknown encoding: {encoding}"));
    };
    let bytes = encoded(thread, receiver(thread, this)?, codec, &errors)?;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}
