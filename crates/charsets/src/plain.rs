//! Encodings without a state: a character is one byte, two, three in EUC for Japanese, four in GB 18030, and eight for
//! syllables in parts in EUC-KR.

use crate::table::{Meaning, Name, Table};
use crate::{Failure, Progress, hangul};

/// Whether a byte is the first of two or more.
fn leads(name: Name, byte: u8) -> bool {
    match name {
        Name::ShiftJis => matches!(byte, 0x81..=0x9f | 0xe0..=0xea),
        Name::Cp932 | Name::ShiftJis2004 | Name::ShiftJisx0213 => matches!(byte, 0x81..=0x9f | 0xe0..=0xfc),
        _ => byte >= 0x80,
    }
}

fn has_three(name: Name) -> bool {
    matches!(name, Name::EucJp | Name::EucJis2004 | Name::EucJisx0213)
}

pub(crate) fn decode(name: Name, bytes: &[u8], text: &mut Vec<u32>) -> Progress {
    let table = name.table();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match one(name, table, rest) {
            Ok((used, meaning)) => {
                at += used;
                match meaning {
                    Meaning::One(c) => text.push(c),
                    Meaning::Two(one, two) => text.extend([one, two]),
                }
            }
            Err(failure) => return (at, Err(failure)),
        }
    }
    (at, Ok(()))
}

/// The first character, and how many bytes it is.
fn one(name: Name, table: &Table, rest: &[u8]) -> Result<(usize, Meaning), Failure> {
    let Some(&lead) = rest.first() else { return Err(Failure::Incomplete) };
    let single = u32::from(lead);
    if let Some(meaning) = table.meaning(single) {
        return Ok((1, meaning));
    }
    if !leads(name, lead) {
        return if lead < 0x80 { Ok((1, Meaning::One(single))) } else { Err(Failure::Illegal(1)) };
    }
    let Some(&second) = rest.get(1) else { return Err(Failure::Incomplete) };
    let mut code = single << 8 | u32::from(second);
    let mut used = 2;
    if name == Name::Gb18030 && second.is_ascii_digit() {
        return four(table, rest);
    }
    if name == Name::EucKr && code == hangul::MARK {
        return hangul::read(rest);
    }
    if lead == 0x8f && has_three(name) {
        let Some(&third) = rest.get(2) else { return Err(Failure::Incomplete) };
        code = code << 8 | u32::from(third);
        used = 3;
    }
    match table.meaning(code) {
        Some(meaning) => Ok((used, meaning)),
        None if matches!(name, Name::EucJisx0213 | Name::ShiftJisx0213) && table.is_removed(code) => {
            Err(Failure::Illegal(used))
        }
        None => Err(Failure::Illegal(1)),
    }
}

/// The numbers that four bytes of GB 18030 begin with for code points beyond the first plane.
const BEYOND: u32 = 15 * 10 * 1260;

fn four(table: &Table, rest: &[u8]) -> Result<(usize, Meaning), Failure> {
    let Some(&[a, b, c, d]) = rest.first_chunk() else { return Err(Failure::Incomplete) };
    if !(0x81..=0xfe).contains(&a) || !(0x81..=0xfe).contains(&c) || !d.is_ascii_digit() {
        return Err(Failure::Illegal(1));
    }
    let part = |byte: u8, least: u8| u32::from(byte.saturating_sub(least));
    let number = (part(a, 0x81) * 10 + part(b, b'0')) * 1260 + part(c, 0x81) * 10 + part(d, b'0');
    let c = match number.checked_sub(BEYOND) {
        Some(beyond) => Some(0x10000 + beyond).filter(|c| *c <= 0x0010_ffff),
        None => table.numbered(number),
    };
    c.map(|c| (4, Meaning::One(c))).ok_or(Failure::Illegal(1))
}

pub(crate) fn encode(name: Name, text: &[u32], is_end: bool, bytes: &mut Vec<u8>) -> Progress {
    let table = name.table();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        if table.begins_pair(c) {
            match text.get(at + 1) {
                None if !is_end => return (at, Err(Failure::Incomplete)),
                Some(&next) if let Some(code) = table.pair(c, next) => {
                    push(code, bytes);
                    at += 2;
                    continue;
                }
                _ => {}
            }
        }
        match table.code(c) {
            Some(code) => push(code, bytes),
            None if name == Name::Gb18030 && (c >= 0x10000 || table.number_of(c).is_some()) => {
                push_four(table.number_of(c).unwrap_or_else(|| BEYOND + (c - 0x10000)), bytes);
            }
            None if name == Name::EucKr && hangul::write(c, bytes) => {}
            None => return (at, Err(Failure::Illegal(1))),
        }
        at += 1;
    }
    (at, Ok(()))
}

/// The bytes of a code, the first before the others.
pub(crate) fn push(code: u32, bytes: &mut Vec<u8>) {
    let all = code.to_be_bytes();
    let zeros = (code.leading_zeros() / 8).min(3) as usize;
    bytes.extend(all.iter().skip(zeros));
}

fn push_four(number: u32, bytes: &mut Vec<u8>) {
    let parts =
        [(number / 12600, 0x81), (number / 1260 % 10, b'0'), (number / 10 % 126, 0x81), (number % 10, b'0')];
    bytes.extend(parts.map(|(part, least)| part as u8 + least));
}
