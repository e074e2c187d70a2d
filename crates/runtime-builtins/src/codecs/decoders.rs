//! One step of each decoder: the next character and how many bytes it takes, or what is wrong.

use super::{Encoding, Order, escape};

/// Bytes that are no character.
pub(super) struct Bad {
    /// How many they are.
    pub(super) len: usize,
    /// Why they are none.
    pub(super) reason: &'static str,
    /// Whether more bytes behind them could make them one.
    pub(super) incomplete: bool,
}

/// A character, or none for an escape that stands for nothing, and the number of bytes.
pub(super) type Step = Result<(Option<u32>, usize), Bad>;

/// Something wrong that no more bytes would mend.
pub(super) fn bad(len: usize, reason: &'static str) -> Step {
    Err(Bad { len, reason, incomplete: false })
}

/// Something that is not whole.
pub(super) fn cut(len: usize, reason: &'static str) -> Step {
    Err(Bad { len, reason, incomplete: true })
}

/// The encoding with an order, and how many bytes a mark takes that says it.
pub(super) fn resolve_order(encoding: Encoding, bytes: &[u8]) -> (Encoding, usize) {
    match (encoding, bytes) {
        (Encoding::Utf16(Order::Marked), [0xFF, 0xFE, ..]) => (Encoding::Utf16(Order::Little), 2),
        (Encoding::Utf16(Order::Marked), [0xFE, 0xFF, ..]) => (Encoding::Utf16(Order::Big), 2),
        (Encoding::Utf16(Order::Marked), _) => (Encoding::Utf16(Order::Little), 0),
        (Encoding::Utf32(Order::Marked), [0xFF, 0xFE, 0, 0, ..]) => (Encoding::Utf32(Order::Little), 4),
        (Encoding::Utf32(Order::Marked), [0, 0, 0xFE, 0xFF, ..]) => (Encoding::Utf32(Order::Big), 4),
        (Encoding::Utf32(Order::Marked), _) => (Encoding::Utf32(Order::Little), 0),
        _ => (encoding, 0),
    }
}

/// The character at a position.
pub(super) fn step(encoding: Encoding, bytes: &[u8], at: usize) -> Step {
    let rest = bytes.get(at..).unwrap_or_default();
    match encoding {
        Encoding::Utf8 => utf8(rest),
        Encoding::Utf16(order) => utf16(rest, order),
        Encoding::Utf32(order) => utf32(rest, order),
        Encoding::Ascii => match rest.first() {
            Some(&byte) if byte < 0x80 => Ok((Some(byte.into()), 1)),
            _ => bad(1, "ordinal not in range(128)"),
        },
        Encoding::Latin1 | Encoding::Utf7 => Ok((rest.first().map(|&byte| byte.into()), 1)),
        Encoding::UnicodeEscape => escape::decode(rest),
        Encoding::RawUnicodeEscape => escape::decode_raw(bytes, at),
    }
}

fn utf8(rest: &[u8]) -> Step {
    let Some(&first) = rest.first() else { return Ok((None, 1)) };
    // it could become a surrogate, which some handlers take
    if let [0xED, 0xA0..=0xBF] = rest {
        return cut(1, "invalid continuation byte");
    }
    // the second byte has a narrower range behind some first ones
    let (length, second) = match first {
        0..=0x7F => return Ok((Some(first.into()), 1)),
        0xC2..=0xDF => (2, 0x80..=0xBF),
        0xE0 => (3, 0xA0..=0xBF),
        0xED => (3, 0x80..=0x9F),
        0xE1..=0xEF => (3, 0x80..=0xBF),
        0xF0 => (4, 0x90..=0xBF),
        0xF4 => (4, 0x80..=0x8F),
        0xF1..=0xF3 => (4, 0x80..=0xBF),
        _ => return bad(1, "invalid start byte"),
    };
    let mut c = u32::from(first) & (0x7F >> length);
    for at in 1..length {
        let range = if at == 1 { second.clone() } else { 0x80..=0xBF };
        match rest.get(at) {
            None => return cut(at, "unexpected end of data"),
            Some(byte) if range.contains(byte) => c = c << 6 | u32::from(byte & 0x3F),
            Some(_) => return bad(at, "invalid continuation byte"),
        }
    }
    Ok((Some(c), length))
}

fn utf16(rest: &[u8], order: Order) -> Step {
    let unit = |at: usize| match (rest.get(at), rest.get(at + 1)) {
        (Some(&a), Some(&b)) if order == Order::Big => Some(u32::from(u16::from_be_bytes([a, b]))),
        (Some(&a), Some(&b)) => Some(u32::from(u16::from_le_bytes([a, b]))),
        _ => None,
    };
    match unit(0) {
        None => cut(rest.len(), "truncated data"),
        Some(high @ 0xD800..0xDC00) => match unit(2) {
            None => cut(rest.len(), "unexpected end of data"),
            Some(low @ 0xDC00..0xE000) => Ok((Some(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 4)),
            Some(_) => bad(2, "illegal UTF-16 surrogate"),
        },
        Some(0xDC00..0xE000) => bad(2, "illegal encoding"),
        Some(c) => Ok((Some(c), 2)),
    }
}

fn utf32(rest: &[u8], order: Order) -> Step {
    let &[a, b, c, d, ..] = rest else { return cut(rest.len(), "truncated data") };
    let c = match order {
        Order::Big => u32::from_be_bytes([a, b, c, d]),
        _ => u32::from_le_bytes([a, b, c, d]),
    };
    match c {
        0xD800..0xE000 => bad(4, "code point in surrogate code point range(0xd800, 0xe000)"),
        0..0x11_0000 => Ok((Some(c), 4)),
        _ => bad(4, "code point not in range(0x110000)"),
    }
}
