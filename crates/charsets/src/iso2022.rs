//! ISO 2022 in the forms of Japan and Korea: escape sequences say which sets are meant. The state has the marks of the
//! three sets that are designated, and flags.

use crate::designation::{ASCII, DOUBLE, Set};
use crate::table::Meaning;
use crate::{Failure, Progress, State, plain};

/// Which sets there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Variant {
    Jp,
    Jp1,
    Jp2,
    Jp2004,
    Jp3,
    JpExt,
    Kr,
}

const ALL: [(Variant, &str); 7] = [
    (Variant::Jp, "iso2022_jp"),
    (Variant::Jp1, "iso2022_jp_1"),
    (Variant::Jp2, "iso2022_jp_2"),
    (Variant::Jp2004, "iso2022_jp_2004"),
    (Variant::Jp3, "iso2022_jp_3"),
    (Variant::JpExt, "iso2022_jp_ext"),
    (Variant::Kr, "iso2022_kr"),
];

impl Variant {
    pub(crate) fn named(text: &str) -> Option<Variant> {
        ALL.iter().find(|(_, known)| *known == text).map(|(variant, _)| *variant)
    }

    pub(crate) fn text(self) -> &'static str {
        ALL.iter().find(|(known, _)| *known == self).map_or("", |(_, text)| text)
    }

    /// The sets, in the order in which they are tried.
    fn sets(self) -> &'static [Set] {
        match self {
            Variant::Jp => &[Set::Jisx0208, Set::Jisx0201Roman, Set::Jisx0208Old],
            Variant::Jp1 => &[Set::Jisx0208, Set::Jisx0212, Set::Jisx0201Roman, Set::Jisx0208Old],
            Variant::Jp2 => &[
                Set::Jisx0208,
                Set::Jisx0212,
                Set::Ksx1001,
                Set::Gb2312,
                Set::Jisx0201Roman,
                Set::Jisx0208Old,
                Set::Latin1,
                Set::Greek,
            ],
            Variant::Jp2004 => &[Set::Jisx0208, Set::Jisx0213First2004, Set::Jisx0213Second2004],
            Variant::Jp3 => &[Set::Jisx0208, Set::Jisx0213First2000, Set::Jisx0213Second2000],
            Variant::JpExt => {
                &[Set::Jisx0208, Set::Jisx0212, Set::Jisx0201Roman, Set::Jisx0201Kana, Set::Jisx0208Old]
            }
            Variant::Kr => &[Set::Ksx1001],
        }
    }

    /// Whether bytes shift between two sets.
    fn shifts(self) -> bool {
        self == Variant::Kr
    }

    /// Whether there is a third set.
    fn has_third(self) -> bool {
        self == Variant::Jp2
    }
}

const ESCAPE: u8 = 0x1b;
const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;

/// The place of the flags.
const FLAGS: usize = 4;
const SHIFTED: u8 = 1;
const IN_UNKNOWN_ESCAPE: u8 = 2;

/// Nothing was read or written. Of the third set only reading knows.
pub(crate) const INITIAL: State = [ASCII, ASCII, 0, 0, 0, 0, 0, 0];

fn get(state: &State, at: usize) -> u8 {
    state.get(at).copied().unwrap_or(0)
}

fn set(state: &mut State, at: usize, value: u8) {
    if let Some(place) = state.get_mut(at) {
        *place = value;
    }
}

fn flag(state: &State, which: u8) -> bool {
    get(state, FLAGS) & which != 0
}

fn set_flag(state: &mut State, which: u8, on: bool) {
    let flags = get(state, FLAGS);
    set(state, FLAGS, if on { flags | which } else { flags & !which });
}

pub(crate) fn reset(state: &mut State, bytes: &mut Vec<u8>) {
    if flag(state, SHIFTED) {
        bytes.push(SHIFT_IN);
        set_flag(state, SHIFTED, false);
    }
    if get(state, 0) != ASCII {
        bytes.extend([ESCAPE, b'(', ASCII]);
        set(state, 0, ASCII);
    }
}

pub(crate) fn reset_decoding(state: &mut State) {
    set(state, 0, ASCII);
    set_flag(state, SHIFTED, false);
}

/// What was chosen for a character: the set, the code, how many code points it is.
type Choice = (Set, u32, usize);

pub(crate) fn encode(
    variant: Variant,
    state: &mut State,
    text: &[u32],
    is_end: bool,
    bytes: &mut Vec<u8>,
) -> Progress {
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        if c < 0x80 {
            reset_for_ascii(state, bytes);
            bytes.push(c as u8);
            at += 1;
            continue;
        }
        let (chosen, code, used) = match choose(variant, c, text.get(at + 1).copied(), is_end) {
            Ok(choice) => choice,
            Err(failure) => return (at, Err(failure)),
        };
        designate(variant, state, chosen, bytes);
        plain::push(code, bytes);
        at += used;
    }
    (at, Ok(()))
}

fn choose(variant: Variant, c: u32, next: Option<u32>, is_end: bool) -> Result<Choice, Failure> {
    for &of_pairs in variant.sets().iter().filter(|known| known.begins_pair(c)) {
        match next {
            None if !is_end => return Err(Failure::Incomplete),
            Some(next) if let Some(code) = of_pairs.pair(c, next) => return Ok((of_pairs, code, 2)),
            _ => {}
        }
    }
    let coded = |known: &Set| known.code(c).map(|code| (*known, code, 1));
    variant.sets().iter().find_map(coded).ok_or(Failure::Illegal(1))
}

fn reset_for_ascii(state: &mut State, bytes: &mut Vec<u8>) {
    if get(state, 0) != ASCII {
        bytes.extend([ESCAPE, b'(', ASCII]);
        set(state, 0, ASCII);
    }
    if flag(state, SHIFTED) {
        bytes.push(SHIFT_IN);
        set_flag(state, SHIFTED, false);
    }
}

/// Writes what has to come before a character of a set.
fn designate(variant: Variant, state: &mut State, chosen: Set, bytes: &mut Vec<u8>) {
    let (mark, letter) = (chosen.mark(), chosen.mark() & !DOUBLE);
    if variant.shifts() {
        if get(state, 1) != mark {
            bytes.extend([ESCAPE, b'$', b')', letter]);
            set(state, 1, mark);
        }
        if !flag(state, SHIFTED) {
            bytes.push(SHIFT_OUT);
            set_flag(state, SHIFTED, true);
        }
        return;
    }
    if flag(state, SHIFTED) {
        bytes.push(SHIFT_IN);
        set_flag(state, SHIFTED, false);
    }
    if get(state, 0) == mark {
        return;
    }
    match (chosen.width(), letter) {
        (1, _) => bytes.extend([ESCAPE, b'(', letter]),
        // the sets that were there before the others have the short form
        (_, b'@' | b'B') => bytes.extend([ESCAPE, b'$', letter]),
        _ => bytes.extend([ESCAPE, b'$', b'(', letter]),
    }
    set(state, 0, mark);
}

pub(crate) fn decode(variant: Variant, state: &mut State, bytes: &[u8], text: &mut Vec<u32>) -> Progress {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match step(variant, state, rest, text) {
            Ok(used) => at += used,
            Err(failure) => return (at, Err(failure)),
        }
    }
    (at, Ok(()))
}

/// Whether a byte ends an escape sequence.
fn ends_escape(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte == b'@'
}

/// Takes what comes first; how many bytes it was.
fn step(variant: Variant, state: &mut State, rest: &[u8], text: &mut Vec<u32>) -> Result<usize, Failure> {
    let Some(&byte) = rest.first() else { return Ok(0) };
    if flag(state, IN_UNKNOWN_ESCAPE) {
        text.push(u32::from(byte));
        if ends_escape(byte) {
            set_flag(state, IN_UNKNOWN_ESCAPE, false);
        }
        return Ok(1);
    }
    match byte {
        ESCAPE => match rest.get(1) {
            None => Err(Failure::Incomplete),
            Some(b'(' | b')' | b'$' | b'.' | b'&') => escape(variant, state, rest),
            Some(b'N') if variant.has_third() => third(state, rest, text),
            Some(_) => {
                text.push(u32::from(ESCAPE));
                set_flag(state, IN_UNKNOWN_ESCAPE, true);
                Ok(1)
            }
        },
        SHIFT_IN | SHIFT_OUT if variant.shifts() => {
            set_flag(state, SHIFTED, byte == SHIFT_OUT);
            Ok(1)
        }
        b'\n' => {
            set_flag(state, SHIFTED, false);
            text.push(u32::from(byte));
            Ok(1)
        }
        0..0x20 => {
            text.push(u32::from(byte));
            Ok(1)
        }
        0x80.. => Err(Failure::Illegal(1)),
        _ => character(variant, state, rest, text),
    }
}

/// A character of the set that is in force.
fn character(variant: Variant, state: &State, rest: &[u8], text: &mut Vec<u32>) -> Result<usize, Failure> {
    let mark = get(state, usize::from(flag(state, SHIFTED)));
    if mark == ASCII {
        text.extend(rest.first().map(|byte| u32::from(*byte)));
        return Ok(1);
    }
    let Some(known) = variant.sets().iter().find(|known| known.mark() == mark) else {
        return Err(Failure::Illegal(1));
    };
    let width = known.width();
    let Some(bytes) = rest.get(..width) else { return Err(Failure::Incomplete) };
    match known.meaning(bytes) {
        Some(Meaning::One(c)) => text.push(c),
        Some(Meaning::Two(one, two)) => text.extend([one, two]),
        None => return Err(Failure::Illegal(width)),
    }
    Ok(width)
}

/// The longest escape sequence, with what begins it.
const LONGEST: usize = 16;

/// An escape sequence that designates a set.
fn escape(variant: Variant, state: &mut State, rest: &[u8]) -> Result<usize, Failure> {
    let mut len = 1;
    loop {
        if len >= LONGEST {
            return Err(Failure::Illegal(1));
        }
        match rest.get(len) {
            None => return Err(Failure::Incomplete),
            Some(byte) if ends_escape(*byte) => break,
            Some(b'&') if !variant.shifts() && rest.get(len + 1) == Some(&b'@') => len += 2,
            Some(_) => {}
        }
        len += 1;
    }
    let sequence = rest.get(1..=len).unwrap_or_default();
    let illegal = Err(Failure::Illegal(len + 1));
    let (place, mark) = match *sequence {
        [b'$', letter] => (0, letter | DOUBLE),
        [b'(', letter] => (0, letter),
        [b')', letter] => (1, letter),
        [b'.', letter] if variant.has_third() => (2, letter),
        [b'$', b'(', letter] => (0, letter | DOUBLE),
        [b'$', b')', letter] => (1, letter | DOUBLE),
        // a revision may be named before, which is not looked at
        [_, _, ESCAPE, b'$', b'B'] if !variant.shifts() => (0, b'B' | DOUBLE),
        _ => return illegal,
    };
    if mark != ASCII && !variant.sets().iter().any(|known| known.mark() == mark) {
        return illegal;
    }
    set(state, place, mark);
    Ok(len + 1)
}

/// One character of the third set.
fn third(state: &State, rest: &[u8], text: &mut Vec<u32>) -> Result<usize, Failure> {
    let Some(&byte) = rest.get(2) else { return Err(Failure::Incomplete) };
    let c = match get(state, 2) {
        mark if mark == Set::Latin1.mark() && byte < 0x80 => Some(u32::from(byte) + 0x80),
        mark if mark == Set::Greek.mark() => greek(byte ^ 0x80),
        // nothing was designated, which is taken as ASCII
        ASCII | 0 if byte < 0x80 => Some(u32::from(byte)),
        _ => None,
    };
    match c {
        Some(c) => {
            text.push(c);
            Ok(3)
        }
        None => Err(Failure::Illegal(3)),
    }
}

/// A character of ISO 8859-7.
fn greek(byte: u8) -> Option<u32> {
    let c = u32::from(byte);
    match byte {
        0..=0x9f => Some(c),
        0xa0 | 0xa3 | 0xa6..=0xa9 | 0xab..=0xad | 0xb0..=0xb3 | 0xb7 | 0xbb | 0xbd => Some(c),
        0xa1 | 0xa2 => Some(0x2018 + c - 0xa1),
        0xaf => Some(0x2015),
        0xb4..=0xb6 | 0xb8..=0xba | 0xbc | 0xbe..=0xd1 | 0xd3..=0xfe => Some(0x0384 + c - 0xb4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Name;

    #[test]
    fn every_variant_has_its_name() {
        for (variant, text) in ALL {
            assert_eq!(Variant::named(text), Some(variant));
            assert_eq!(variant.text(), text);
        }
        assert_eq!(Name::named("iso2022_jp").map(Name::text), None);
    }
}
