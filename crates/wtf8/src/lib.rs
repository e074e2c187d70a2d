//! Text as Python has it: UTF-8 in which lone surrogates may stand as well (generalized UTF-8).
//! A `Wtf8` is valid by construction; nothing here is unsafe, and nothing trusts its input.
#![forbid(unsafe_code)]

mod buf;

pub use buf::Wtf8Buf;

use std::fmt;

/// A borrowed piece of WTF-8 text.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Clone, Copy, Default)]
pub struct Wtf8<'a> {
    bytes: &'a [u8],
}

/// A Unicode code point, surrogates included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub struct CodePoint(u32);

impl CodePoint {
    /// The code point of this value; none above U+10FFFF.
    pub const fn new(value: u32) -> Option<Self> {
        if value <= 0x10FFFF { Some(CodePoint(value)) } else { None }
    }

    /// Its value.
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The character, none for a surrogate.
    pub const fn to_char(self) -> Option<char> {
        char::from_u32(self.0)
    }

    /// Whether this is a lone half of a surrogate pair.
    pub const fn is_surrogate(self) -> bool {
        0xD800 <= self.0 && self.0 <= 0xDFFF
    }
}

impl<'a> Wtf8<'a> {
    /// The text of a `str`.
    pub const fn from_str(text: &'a str) -> Self {
        Wtf8 { bytes: text.as_bytes() }
    }

    /// The text that `bytes` encode; the offset of the first bad byte where they encode none.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, usize> {
        match check(bytes) {
            Ok(()) => Ok(Wtf8 { bytes }),
            Err(at) => Err(at),
        }
    }

    /// The bytes.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The text as a `str`; none if it holds a surrogate.
    pub fn as_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes).ok()
    }

    /// Whether there is no text.
    pub const fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// Number of bytes.
    pub const fn len(self) -> usize {
        self.bytes.len()
    }

    /// A copy of the text.
    pub fn to_buf(self) -> Wtf8Buf {
        Wtf8Buf::of(self)
    }

    /// The code points in order.
    pub fn code_points(self) -> CodePoints<'a> {
        CodePoints { rest: self.bytes }
    }
}

impl fmt::Debug for Wtf8<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for point in self.code_points() {
            match point.to_char() {
                Some(c) => write!(f, "{}", c.escape_debug())?,
                None => write!(f, "\\u{{{:x}}}", point.value())?,
            }
        }
        f.write_str("\"")
    }
}

/// Iterator over the code points of a text.
#[derive(Clone)]
pub struct CodePoints<'a> {
    rest: &'a [u8],
}

impl Iterator for CodePoints<'_> {
    type Item = CodePoint;

    fn next(&mut self) -> Option<CodePoint> {
        let (point, width) = decode(self.rest)?;
        self.rest = self.rest.get(width..)?;
        Some(CodePoint(point))
    }
}

/// Decodes the code point at the start of `bytes`: its value and width.
fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let continuation = |i: usize| bytes.get(i).filter(|b| **b & 0xC0 == 0x80).map(|b| u32::from(b & 0x3F));
    let first = u32::from(*bytes.first()?);
    let (value, width, least) = match first {
        0..0x80 => return Some((first, 1)),
        0xC2..0xE0 => ((first & 0x1F) << 6 | continuation(1)?, 2, 0x80),
        0xE0..0xF0 => ((first & 0xF) << 12 | continuation(1)? << 6 | continuation(2)?, 3, 0x800),
        0xF0..0xF5 => (
            (first & 7) << 18 | continuation(1)? << 12 | continuation(2)? << 6 | continuation(3)?,
            4,
            0x10000,
        ),
        _ => return None,
    };
    (least..=0x10FFFF).contains(&value).then_some((value, width))
}

fn check(bytes: &[u8]) -> Result<(), usize> {
    let mut at = 0;
    while at < bytes.len() {
        match std::str::from_utf8(&bytes[at..]) {
            Ok(_) => return Ok(()),
            Err(error) => {
                at += error.valid_up_to();
                match decode(&bytes[at..]) {
                    Some((_, width)) => at += width,
                    None => return Err(at),
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_is_text_and_a_cut_sequence_is_not() {
        let mut text = Wtf8Buf::new();
        text.push_str("a");
        text.push(CodePoint::new(0xD800).unwrap());
        text.push(CodePoint::new(0x1F600).unwrap());
        assert_eq!(Wtf8::from_bytes(&text), Ok(text.as_wtf8()));
        assert_eq!(Wtf8::from_bytes(&text[..3]), Err(1));
        assert_eq!(Wtf8::from_bytes(b"\xC0\x80"), Err(0));
        let points: Vec<u32> = text.as_wtf8().code_points().map(CodePoint::value).collect();
        assert_eq!(points, [0x61, 0xD800, 0x1F600]);
        assert_eq!(text.as_wtf8().as_str(), None);
    }
}
