//! The error handlers that are built in, as functions: they are given a `UnicodeError` and give what to put and where to
//! go on.

use taipan_object::bytes::PyBytes;
use taipan_object::dict::PyDict;
use taipan_object::exception::{UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR};
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};
use taipan_runtime_builtins::codecs::{Encoding, Order};
use taipan_vm::interp::exceptions::is_base_exception;

use super::{pair, registry};
use crate::call;
use taipan_object::declare::method_table;

method_table! { HANDLERS:
    Static One c"strict_errors" "" strict, c"Raises the exception.";
    Static One c"ignore_errors" "" ignore, c"Leaves out what is wrong.";
    Static One c"replace_errors" "" replace, c"Puts a question mark, or the replacement character.";
    Static One c"xmlcharrefreplace_errors" "" xml, c"Puts references as in XML.";
    Static One c"backslashreplace_errors" "" backslash, c"Puts escapes as in sources.";
    Static One c"namereplace_errors" "" name, c"Puts names of characters.";
    Static One c"surrogatepass" "" surrogate_pass, c"Takes surrogates as other characters.";
    Static One c"surrogateescape" "" surrogate_escape, c"Keeps bytes as lone surrogates.";
}

const NAMES: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogatepass",
    "surrogateescape",
];

/// All of them by name.
pub(super) fn all(thread: &Thread) -> PyResult<Owned<PyDict>> {
    let dict = PyDict::new(thread)?;
    for (name, definition) in NAMES.iter().zip(&HANDLERS) {
        let function = registry::plain_function(thread, definition)?;
        let name = intern_text(thread, name)?;
        drop(dict.insert(thread, name.as_ref(), function)?);
    }
    Ok(dict)
}

/// What an exception is about.
enum About {
    /// Characters that have no bytes.
    Encoding(Vec<u32>),
    /// Bytes that are no characters: those, and with them all that follow.
    Decoding(Vec<u8>, Vec<u8>),
    /// Characters that have no others.
    Translating(Vec<u32>),
}

struct Problem {
    about: About,
    encoding: String,
    start: usize,
    end: usize,
}

#[cold]
fn unknown(thread: &Thread, error: Ref<'_>) -> Raised {
    let ty = error.ty().name();
    raise!(thread, TYPE_ERROR, "don't know how to handle {ty} in error callback")
}

fn problem(thread: &Thread, error: Ref<'_>) -> PyResult<Problem> {
    let ty = error.ty();
    let known = [&UNICODE_ENCODE_ERROR, &UNICODE_DECODE_ERROR, &UNICODE_TRANSLATE_ERROR];
    if !known.iter().any(|known| ty.is_subtype(known)) {
        return Err(unknown(thread, error));
    }
    let object = call::attribute(thread, error, "object")?;
    let bound = |name: &str| -> PyResult<usize> {
        let value = call::attribute(thread, error, name)?;
        Ok(value.as_ref().to_i64().and_then(|bound| usize::try_from(bound).ok()).unwrap_or(0))
    };
    let (start, end) = (bound("start")?, bound("end")?);
    let encoding = match ty.is_subtype(&UNICODE_TRANSLATE_ERROR) {
        true => None,
        false => Some(call::attribute(thread, error, "encoding")?),
    };
    let encoding = encoding.as_ref().and_then(|encoding| encoding.as_ref().get::<PyStr>());
    let encoding = encoding.map_or_else(String::new, PyStr::to_text_lossy);
    let about = if let Some(bytes) = object.as_ref().get::<PyBytes>() {
        let rest = bytes.as_slice().get(start..).unwrap_or_default().to_vec();
        About::Decoding(rest.get(..end.saturating_sub(start)).unwrap_or(&rest).to_vec(), rest)
    } else if let Some(text) = object.as_ref().get::<PyStr>() {
        let chars = (start..end.min(text.len())).filter_map(|at| text.char_at(at)).collect();
        if ty.is_subtype(&UNICODE_ENCODE_ERROR) { About::Encoding(chars) } else { About::Translating(chars) }
    } else {
        return Err(unknown(thread, error));
    };
    Ok(Problem { about, encoding, start, end })
}

fn give(thread: &Thread, text: &str, next: usize) -> PyResult<Value> {
    pair(thread, call::text(thread, text)?, next)
}

fn strict(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    if is_base_exception(error) {
        return Err(thread.raise(error.to_value()));
    }
    Err(raise!(thread, TYPE_ERROR, "codec must pass exception instance"))
}

fn ignore(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    give(thread, "", problem.end)
}

fn replace(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    let text = match &problem.about {
        About::Encoding(chars) => "?".repeat(chars.len()),
        About::Decoding(..) => "\u{FFFD}".to_owned(),
        About::Translating(chars) => "\u{FFFD}".repeat(chars.len()),
    };
    give(thread, &text, problem.end)
}

fn xml(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    let About::Encoding(chars) = &problem.about else { return Err(unknown(thread, error)) };
    let text: String = chars.iter().map(|c| format!("&#{c};")).collect();
    give(thread, &text, problem.end)
}

fn escaped(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02x}"),
        0x100..=0xFFFF => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

fn backslash(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    let text: String = match &problem.about {
        About::Encoding(chars) | About::Translating(chars) => chars.iter().map(|&c| escaped(c)).collect(),
        About::Decoding(bytes, _) => bytes.iter().map(|&byte| escaped(byte.into())).collect(),
    };
    give(thread, &text, problem.end)
}

/// The name as the encoder for ASCII puts it.
fn name(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    let About::Encoding(chars) = &problem.about else { return Err(unknown(thread, error)) };
    let mut text = String::new();
    for &c in chars {
        let one = PyStr::from_code_point(thread, c)?;
        if c < 0x80 {
            text.push_str(&escaped(c));
            continue;
        }
        let bytes = Encoding::Ascii.encode(thread, &one, "namereplace")?;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    give(thread, &text, problem.end)
}

/// The wide encoding of a name, or UTF-8: those that have surrogates.
fn surrogate_encoding(name: &str) -> Option<Encoding> {
    match Encoding::named(name)? {
        Encoding::Utf16(Order::Marked) => Some(Encoding::Utf16(Order::Little)),
        Encoding::Utf32(Order::Marked) => Some(Encoding::Utf32(Order::Little)),
        found @ (Encoding::Utf8 | Encoding::Utf16(_) | Encoding::Utf32(_)) => Some(found),
        _ => None,
    }
}

fn surrogate_pass(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    let encoding = surrogate_encoding(&problem.encoding);
    match (&problem.about, encoding) {
        (About::Translating(_), _) => Err(unknown(thread, error)),
        (About::Encoding(chars), Some(encoding)) if chars.iter().all(|c| (0xD800..0xE000).contains(c)) => {
            let text = PyStr::from_code_points(thread, chars)?;
            let bytes = encoding.encode(thread, &text, "surrogatepass")?;
            pair(thread, PyBytes::new(thread, &bytes)?.into_value(), problem.end)
        }
        (About::Decoding(_, rest), Some(encoding)) => {
            let width = match encoding {
                Encoding::Utf8 => 3,
                Encoding::Utf16(_) => 2,
                _ => 4,
            };
            let one = rest.get(..width).unwrap_or_default();
            let decoded = encoding.decode(thread, one, "surrogatepass", true);
            match decoded {
                Ok((text, _)) if text.len() == 1 && is_surrogate(&text) => {
                    pair(thread, text.into_value(), problem.start + width)
                }
                Ok(_) => Err(thread.raise(error.to_value())),
                Err(raised) => {
                    drop(thread.catch(raised));
                    Err(thread.raise(error.to_value()))
                }
            }
        }
        _ => Err(thread.raise(error.to_value())),
    }
}

fn is_surrogate(text: &PyStr) -> bool {
    text.char_at(0).is_some_and(|c| (0xD800..0xE000).contains(&c))
}

fn surrogate_escape(thread: &Thread, _: Ref<'_>, error: Ref<'_>) -> PyResult<Value> {
    let problem = problem(thread, error)?;
    match &problem.about {
        About::Translating(_) => Err(unknown(thread, error)),
        About::Encoding(chars) if chars.iter().all(|c| (0xDC80..0xDD00).contains(c)) => {
            let bytes: Vec<u8> = chars.iter().map(|&c| (c - 0xDC00) as u8).collect();
            pair(thread, PyBytes::new(thread, &bytes)?.into_value(), problem.end)
        }
        About::Decoding(bytes, _) => {
            let high = bytes.iter().take_while(|&&byte| byte >= 0x80);
            let text: Vec<u32> = high.map(|&byte| 0xDC00 + u32::from(byte)).collect();
            if text.is_empty() {
                return Err(thread.raise(error.to_value()));
            }
            let next = problem.start + text.len();
            pair(thread, PyStr::from_code_points(thread, &text)?.into_value(), next)
        }
        About::Encoding(_) => Err(thread.raise(error.to_value())),
    }
}
