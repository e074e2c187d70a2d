//! The handlers of errors that are built in.

use taipan_object::{PyResult, Thread, raise};

/// A handler of errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
}

impl Handler {
    /// The handler of a name.
    pub(crate) fn named(name: &str) -> Option<Handler> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => return None,
        })
    }

    /// The handler of a name; `LookupError` if there is none.
    pub(crate) fn find(thread: &Thread, name: &str) -> PyResult<Handler> {
        let found = Handler::named(name);
        found.ok_or_else(|| raise!(thread, LOOKUP_ERROR, "unknown error handler name '{name}'"))
    }

    /// What is put for a character without bytes; none if it is an error.
    pub(crate) fn for_character(self, is_utf8: bool, c: u32) -> Option<Vec<u8>> {
        Some(match self {
            Handler::Ignore => Vec::new(),
            Handler::Replace => vec![b'?'],
            Handler::BackslashReplace => match c {
                0..=0xFF => format!("\\x{c:02x}"),
                0x100..=0xFFFF => format!("\\u{c:04x}"),
                _ => format!("\\U{c:08x}"),
            }
            .into_bytes(),
            Handler::XmlCharRefReplace => format!("&#{c};").into_bytes(),
            Handler::SurrogateEscape if (0xDC80..0xDD00).contains(&c) => vec![(c - 0xDC00) as u8],
            // the three bytes that UTF-8 would have for it
            Handler::SurrogatePass if is_utf8 => {
                vec![0xE0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3F) as u8, 0x80 | (c & 0x3F) as u8]
            }
            _ => return None,
        })
    }

    /// Appends what is put for bytes that are no character, and says how many are done with; none if it is an error.
    /// `rest` begins with the refused ones.
    pub(crate) fn for_bytes(
        self,
        is_utf8: bool,
        refused: &[u8],
        rest: &[u8],
        to: &mut Vec<u32>,
    ) -> Option<usize> {
        match self {
            Handler::Ignore => Some(refused.len()),
            Handler::Replace => {
                to.push(0xFFFD);
                Some(refused.len())
            }
            Handler::BackslashReplace => {
                let text: String = refused.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                to.extend(text.chars().map(u32::from));
                Some(refused.len())
            }
            Handler::SurrogateEscape => {
                let used = refused.iter().take_while(|byte| !byte.is_ascii()).count();
                to.extend(refused.iter().take(used).map(|&byte| 0xDC00 + u32::from(byte)));
                (used > 0).then_some(used)
            }
            Handler::SurrogatePass => match rest {
                &[0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] if is_utf8 => {
                    to.push(0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F));
                    Some(3)
                }
                _ => None,
            },
            Handler::Strict | Handler::XmlCharRefReplace => None,
        }
    }
}
