//! The error handlers that are built in: what they put for a character without bytes, and for bytes without a
//! character.

use taipan_object::{PyResult, Thread, raise};

use super::{Encoding, Order};

/// An error handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handler {
    /// Raises.
    Strict,
    /// Leaves out.
    Ignore,
    /// Puts `?`, or U+FFFD.
    Replace,
    /// Puts escapes as in string literals.
    BackslashReplace,
    /// Puts references as in XML.
    XmlCharRefReplace,
    /// Puts `\N{…}`.
    NameReplace,
    /// Keeps bytes as lone surrogates and gives them back.
    SurrogateEscape,
    /// Takes surrogates as other characters.
    SurrogatePass,
}

/// What a handler puts for a character.
pub(super) enum Replacement {
    /// Nothing: it is an error.
    Refused,
    /// Text, which is encoded.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Handler {
    /// The handler of a name.
    pub fn named(name: &str) -> Option<Handler> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "namereplace" => Handler::NameReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => return None,
        })
    }

    /// The handler of a name; `LookupError` if there is none.
    pub fn find(thread: &Thread, name: &str) -> PyResult<Handler> {
        Handler::named(name)
            .ok_or_else(|| raise!(thread, LOOKUP_ERROR, "unknown error handler name '{name}'"))
    }

    pub(super) fn for_character(self, encoding: Encoding, c: u32) -> Replacement {
        let wide = matches!(encoding, Encoding::Utf16(_) | Encoding::Utf32(_));
        match self {
            Handler::Ignore => Replacement::Bytes(Vec::new()),
            Handler::Replace => Replacement::Text("?".to_owned()),
            Handler::BackslashReplace => Replacement::Text(escaped(c)),
            Handler::XmlCharRefReplace => Replacement::Text(format!("&#{c};")),
            Handler::NameReplace => {
                let name = char::from_u32(c).and_then(taipan_unicode::name_of);
                Replacement::Text(name.map_or_else(|| escaped(c), |name| format!("\\N{{{name}}}")))
            }
            // a single byte is no unit of the wide encodings
            Handler::SurrogateEscape if (0xDC80..0xDD00).contains(&c) && !wide => {
                Replacement::Bytes(vec![(c - 0xDC00) as u8])
            }
            Handler::SurrogatePass if (wide || encoding == Encoding::Utf8) && is_surrogate(c) => {
                let mut bytes = Vec::new();
                encoding.push(&mut bytes, c);
                Replacement::Bytes(bytes)
            }
            _ => Replacement::Refused,
        }
    }

    /// What is put for bytes that are not good, and how many are done with; none if it is an error. `rest` begins
    /// with the refused ones.
    pub(super) fn for_bytes(
        self,
        encoding: Encoding,
        refused: &[u8],
        rest: &[u8],
    ) -> Option<(Vec<u32>, usize)> {
        match self {
            Handler::Ignore => Some((Vec::new(), refused.len())),
            Handler::Replace => Some((vec![0xFFFD], refused.len())),
            Handler::BackslashReplace => {
                let text: String = refused.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                Some((text.chars().map(u32::from).collect(), refused.len()))
            }
            Handler::SurrogateEscape => {
                let escaped: Vec<u32> = refused
                    .iter()
                    .take_while(|&&byte| byte >= 0x80)
                    .map(|&byte| 0xDC00 + u32::from(byte))
                    .collect();
                let used = escaped.len();
                (used > 0).then_some((escaped, used))
            }
            Handler::SurrogatePass => surrogate(encoding, rest).map(|(c, used)| (vec![c], used)),
            _ => None,
        }
    }
}

fn is_surrogate(c: u32) -> bool {
    (0xD800..0xE000).contains(&c)
}

/// The escape of string literals.
pub(super) fn escaped(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02x}"),
        0x100..=0xFFFF => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// The surrogate with which bytes begin, and how many they are.
fn surrogate(encoding: Encoding, rest: &[u8]) -> Option<(u32, usize)> {
    let (c, used) = match (encoding, rest) {
        (Encoding::Utf8, &[a @ 0xED, b @ 0x80..=0xBF, c @ 0x80..=0xBF, ..]) => {
            (u32::from(a & 0xF) << 12 | u32::from(b & 0x3F) << 6 | u32::from(c & 0x3F), 3)
        }
        (Encoding::Utf16(Order::Big), &[a, b, ..]) => (u16::from_be_bytes([a, b]).into(), 2),
        (Encoding::Utf16(_), &[a, b, ..]) => (u16::from_le_bytes([a, b]).into(), 2),
        (Encoding::Utf32(Order::Big), &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        (Encoding::Utf32(_), &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    is_surrogate(c).then_some((c, used))
}
