//! `unicode_escape` and `raw_unicode_escape`.

use super::decoders::{Step, bad, cut};
use super::errors::escaped;

/// Adds a character as a string literal has it.
pub(super) fn push_escaped(to: &mut Vec<u8>, c: u32) {
    match c {
        0x09 => to.extend(b"\\t"),
        0x0A => to.extend(b"\\n"),
        0x0D => to.extend(b"\\r"),
        0x5C => to.extend(b"\\\\"),
        0x20..0x7F => to.push(c as u8),
        _ => to.extend(escaped(c).bytes()),
    }
}

/// Adds a character, with an escape where it is beyond Latin-1.
pub(super) fn push_raw(to: &mut Vec<u8>, c: u32) {
    match u8::try_from(c) {
        Ok(byte) => to.push(byte),
        Err(_) => to.extend(escaped(c).bytes()),
    }
}

/// The number of so many hexadecimal digits behind `skip` bytes; what is wrong if there are fewer.
fn hex(
    rest: &[u8],
    skip: usize,
    digits: usize,
    reason: &'static str,
) -> Result<u32, (usize, bool, &'static str)> {
    let mut number: u32 = 0;
    for at in skip..skip + digits {
        match rest.get(at).map(|&byte| char::from(byte).to_digit(16)) {
            Some(Some(digit)) => number = number << 4 | digit,
            Some(None) => return Err((at, false, reason)),
            None => return Err((at, true, reason)),
        }
    }
    Ok(number)
}

fn wrong((len, incomplete, reason): (usize, bool, &'static str)) -> Step {
    if incomplete { cut(len, reason) } else { bad(len, reason) }
}

const SHORT: &str = "truncated \\xXX escape";
const LONG: &str = "truncated \\uXXXX escape";
const LONGEST: &str = "truncated \\UXXXXXXXX escape";

/// One character or escape of `unicode_escape`.
pub(super) fn decode(rest: &[u8]) -> Step {
    let &[first, ref more @ ..] = rest else { return Ok((None, 1)) };
    if first != b'\\' {
        return Ok((Some(first.into()), 1));
    }
    let Some(&kind) = more.first() else { return cut(1, "\\ at end of string") };
    let plain = |c: u8| Ok((Some(c.into()), 2));
    let digits = |count, reason| match hex(rest, 2, count, reason) {
        Ok(c) if c < 0x11_0000 => Ok((Some(c), 2 + count)),
        Ok(_) => bad(2 + count, "illegal Unicode character"),
        Err(error) => wrong(error),
    };
    match kind {
        b'\n' => Ok((None, 2)),
        b'\\' | b'\'' | b'"' => plain(kind),
        b'a' => plain(7),
        b'b' => plain(8),
        b'f' => plain(12),
        b'n' => plain(10),
        b'r' => plain(13),
        b't' => plain(9),
        b'v' => plain(11),
        b'0'..=b'7' => {
            let octal = more.iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit));
            let (mut c, mut count) = (0, 0);
            for digit in octal {
                (c, count) = (c * 8 + u32::from(digit - b'0'), count + 1);
            }
            Ok((Some(c), 1 + count))
        }
        b'x' => digits(2, SHORT),
        b'u' => digits(4, LONG),
        b'U' => digits(8, LONGEST),
        b'N' => named(rest),
        // an escape that is none stands for itself
        _ => Ok((Some(b'\\'.into()), 1)),
    }
}

/// `\N{NAME}`
fn named(rest: &[u8]) -> Step {
    const MALFORMED: &str = "malformed \\N character escape";
    match rest.get(2) {
        None => return cut(2, MALFORMED),
        Some(b'{') => {}
        Some(_) => return bad(2, MALFORMED),
    }
    let name = rest.get(3..).unwrap_or_default();
    let Some(length) = name.iter().position(|&byte| byte == b'}') else {
        return cut(rest.len(), MALFORMED);
    };
    if length == 0 {
        return bad(3, MALFORMED);
    }
    let name = name.get(..length).and_then(|name| std::str::from_utf8(name).ok());
    match name.and_then(taipan_unicode::character_named) {
        Some(c) => Ok((Some(c.into()), length + 4)),
        None => bad(length + 4, "unknown Unicode character name"),
    }
}

/// One character or escape of `raw_unicode_escape`. Backslashes come in pairs: one that is the second of a pair
/// begins no escape.
pub(super) fn decode_raw(bytes: &[u8], at: usize) -> Step {
    let (before, rest) = bytes.split_at_checked(at).unwrap_or_default();
    let (count, reason) = match rest {
        [b'\\', b'u', ..] => (4, LONG),
        [b'\\', b'U', ..] => (8, LONGEST),
        [first, ..] => return Ok((Some((*first).into()), 1)),
        [] => return Ok((None, 1)),
    };
    if before.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1 {
        return Ok((Some(b'\\'.into()), 1));
    }
    match hex(rest, 2, count, reason) {
        Ok(c) if c < 0x11_0000 => Ok((Some(c), 2 + count)),
        Ok(_) => bad(2 + count, "\\Uxxxxxxxx out of range"),
        Err(error) => wrong(error),
    }
}
