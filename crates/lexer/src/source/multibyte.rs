//! Encodings of East Asia by the tables of the WHATWG, cut down to what CPython's codecs take.
//! Invariant: an encoding is here only if all its sequences of two bytes were compared with CPython.

use super::SourceError;
use encoding_rs::{EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};

/// What CPython's codec says of the rest.
const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

/// An encoding: CPython's name, the tables, and which pairs CPython takes.
struct Codec {
    name: &'static str,
    tables: &'static Encoding,
    takes: fn(u8, u8) -> bool,
    /// Whether wide forms of the tables are narrow ones in CPython.
    narrow: bool,
}

static CODECS: [Codec; 6] = [
    Codec { name: "cp949", tables: EUC_KR, takes: |_, _| true, narrow: false },
    Codec {
        name: "euc_kr",
        tables: EUC_KR,
        takes: |lead, trail| lead >= 0xA1 && trail >= 0xA1,
        narrow: false,
    },
    Codec { name: "gbk", tables: GBK, takes: is_gbk, narrow: false },
    Codec { name: "cp932", tables: SHIFT_JIS, takes: |_, _| true, narrow: false },
    Codec {
        name: "shift_jis",
        tables: SHIFT_JIS,
        takes: |lead, _| matches!(lead, 0x81..=0x84 | 0x88..=0x9F | 0xE0..=0xEA),
        narrow: true,
    },
    Codec {
        name: "euc_jp",
        tables: EUC_JP,
        takes: |lead, _| matches!(lead, 0x8E | 0xA1..=0xA8 | 0xB0..=0xF4),
        narrow: true,
    },
];

/// Pairs that the tables of the WHATWG took over from GB 18030 are not GBK.
fn is_gbk(lead: u8, trail: u8) -> bool {
    match lead {
        0x80 => false,
        0xFE => matches!(trail, 0x40..=0x4F),
        0xA2 => trail != 0xE3,
        0xA3 => trail != 0xA0,
        0xA6 => !matches!(trail, 0xD9..=0xDF | 0xEC | 0xED | 0xF3),
        0xA8 => !matches!(trail, 0xBC | 0xBF),
        0xA9 => !matches!(trail, 0x89..=0x95),
        _ => true,
    }
}

/// Decodes as the encoding called `name`, if it is one of these.
pub(super) fn decode(bytes: &[u8], name: &str) -> Option<Result<String, SourceError>> {
    let codec = CODECS.iter().find(|codec| codec.name == name)?;
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match codec.character(&bytes[at..]) {
            Ok((character, length)) => {
                text.push(character);
                at += length;
            }
            Err(reason) => {
                let bytes = vec![byte];
                return Some(Err(SourceError::Undecodable {
                    codec: codec.name,
                    bytes,
                    position: at,
                    reason,
                }));
            }
        }
    }
    Some(Ok(text))
}

/// Decodes with U+FFFD in place of what the encoding does not have.
pub(super) fn decode_lossy(bytes: &[u8], name: &str) -> Option<String> {
    let codec = CODECS.iter().find(|codec| codec.name == name)?;
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (character, length) = codec.character(&bytes[at..]).unwrap_or(('\u{fffd}', 1));
        text.push(character);
        at += length;
    }
    Some(text)
}

/// The bytes to which Microsoft's Shift JIS gives characters of its own.
fn private_single(byte: u8) -> Option<char> {
    Some(match byte {
        0x80 => '\u{80}',
        0xA0 => '\u{f8f0}',
        0xFD => '\u{f8f1}',
        0xFE => '\u{f8f2}',
        0xFF => '\u{f8f3}',
        _ => return None,
    })
}

impl Codec {
    /// The first character of `bytes`, which are not empty, and its length.
    fn character(&self, bytes: &[u8]) -> Result<(char, usize), &'static str> {
        let lead = bytes.first().copied().unwrap_or(0);
        if lead.is_ascii() {
            return Ok((char::from(lead), 1));
        }
        if let ("cp932", Some(character)) = (self.name, private_single(lead)) {
            return Ok((character, 1));
        }
        let single = matches!(lead, 0xA1..=0xDF) && self.tables == SHIFT_JIS;
        let length = if single { 1 } else { 2 };
        let Some(sequence) = bytes.get(..length) else {
            let begins = self.tables != SHIFT_JIS || matches!(lead, 0x81..=0x9F | 0xE0..=0xFC);
            return Err(if begins { INCOMPLETE } else { ILLEGAL });
        };
        if !single && !(self.takes)(lead, sequence[1]) {
            return Err(ILLEGAL);
        }
        let decoded = self.tables.decode_without_bom_handling_and_without_replacement(sequence);
        let mut characters = decoded.as_deref().unwrap_or_default().chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) if !self.is_private(character) => Ok((self.narrow(character), length)),
            _ => Err(ILLEGAL),
        }
    }

    /// The tables of the WHATWG give private characters where the standard for GBK has none.
    fn is_private(&self, character: char) -> bool {
        self.tables == GBK && matches!(character, '\u{e000}'..='\u{f8ff}')
    }

    /// Characters for which JIS X 0208 and Microsoft's tables disagree.
    fn narrow(&self, character: char) -> char {
        match character {
            _ if !self.narrow => character,
            '\u{ff5e}' => '\u{301c}',
            '\u{2225}' => '\u{2016}',
            '\u{ff0d}' => '\u{2212}',
            '\u{ffe0}' => '\u{a2}',
            '\u{ffe1}' => '\u{a3}',
            '\u{ffe2}' => '\u{ac}',
            _ => character,
        }
    }
}
