//! Text of bytes: the encoding is found from a byte order mark, from the pattern of the first bytes, or from the
//! declaration. Invariant: what cannot be decoded ends the text, and is reported when all before it is read.

use crate::error::ErrorCode;

/// How bytes become characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    Latin1,
    Ascii,
    /// A table of 256 characters; bytes without one are wrong.
    Table(Box<[Option<char>; 256]>),
}

impl Encoding {
    /// A built-in encoding by its name; UTF-16 without an order is big-endian.
    pub(crate) fn named(name: &str) -> Option<Encoding> {
        let upper = name.to_ascii_uppercase();
        Some(match upper.as_str() {
            "UTF-8" => Encoding::Utf8,
            "UTF-16" | "UTF-16BE" => Encoding::Utf16 { big: true },
            "UTF-16LE" => Encoding::Utf16 { big: false },
            "ISO-8859-1" => Encoding::Latin1,
            "US-ASCII" => Encoding::Ascii,
            _ => return None,
        })
    }

    /// Whether its characters take one byte at least for ASCII.
    pub(crate) fn is_narrow(&self) -> bool {
        !matches!(self, Encoding::Utf16 { .. })
    }

    /// How many bytes a character takes.
    pub(crate) fn width(&self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 { .. } => c.len_utf16() * 2,
            _ => 1,
        }
    }
}

/// What begins a document of bytes: its encoding as far as the bytes show it, and how many of them are a mark.
pub(crate) fn guess(bytes: &[u8], is_final: bool) -> Option<(Encoding, usize)> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8, 3)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16 { big: true }, 2)),
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16 { big: false }, 2)),
        [0, b'<', ..] => Some((Encoding::Utf16 { big: true }, 0)),
        [b'<', 0, ..] => Some((Encoding::Utf16 { big: false }, 0)),
        [] if !is_final => None,
        [0xEF | 0xFE | 0xFF | 0 | b'<'] | [0xEF, 0xBB] if !is_final => None,
        _ => Some((Encoding::Utf8, 0)),
    }
}

/// Moves what can be decoded from the bytes to the text; says what is wrong with the next byte.
pub(crate) fn decode(
    encoding: &Encoding,
    bytes: &mut Vec<u8>,
    text: &mut String,
    is_final: bool,
) -> Option<ErrorCode> {
    let (taken, wrong) = match encoding {
        Encoding::Utf8 => utf8(bytes, text),
        Encoding::Utf16 { big } => utf16(bytes, text, *big),
        Encoding::Latin1 => by_byte(bytes, text, |byte| Some(char::from(byte))),
        Encoding::Ascii => by_byte(bytes, text, |byte| byte.is_ascii().then(|| char::from(byte))),
        Encoding::Table(table) => {
            by_byte(bytes, text, |byte| table.get(usize::from(byte)).copied().flatten())
        }
    };
    bytes.drain(..taken);
    match wrong {
        Some(code) => Some(code),
        None if is_final && !bytes.is_empty() => Some(ErrorCode::PartialChar),
        None => None,
    }
}

type Decoded = (usize, Option<ErrorCode>);

fn utf8(bytes: &[u8], text: &mut String) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(all) => {
            text.push_str(all);
            (all.len(), None)
        }
        Err(error) => {
            let valid = error.valid_up_to();
            if let Some(Ok(good)) = bytes.get(..valid).map(std::str::from_utf8) {
                text.push_str(good);
            }
            (valid, error.error_len().map(|_| ErrorCode::InvalidToken))
        }
    }
}

fn utf16(bytes: &[u8], text: &mut String, big: bool) -> Decoded {
    let unit = |pair: &[u8]| match pair {
        [a, b] if big => u16::from_be_bytes([*a, *b]),
        [a, b] => u16::from_le_bytes([*a, *b]),
        _ => 0,
    };
    let mut taken = 0;
    while let Some(pair) = bytes.get(taken..taken + 2) {
        let first = unit(pair);
        let mut units = vec![first];
        if (0xD800..0xDC00).contains(&first) {
            match bytes.get(taken + 2..taken + 4) {
                Some(pair) => units.push(unit(pair)),
                None => return (taken, None),
            }
        }
        match char::decode_utf16(units.iter().copied()).next() {
            Some(Ok(c)) => {
                text.push(c);
                taken += c.len_utf16() * 2;
            }
            _ => return (taken, Some(ErrorCode::InvalidToken)),
        }
    }
    (taken, None)
}

fn by_byte(bytes: &[u8], text: &mut String, one: impl Fn(u8) -> Option<char>) -> Decoded {
    for (at, &byte) in bytes.iter().enumerate() {
        match one(byte) {
            Some(c) => text.push(c),
            None => return (at, Some(ErrorCode::InvalidToken)),
        }
    }
    (bytes.len(), None)
}
