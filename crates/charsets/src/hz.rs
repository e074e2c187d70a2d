//! HZ (RFC 1843): GB 2312 between `~{` and `~}`, ASCII else. The state is 1 within.

use crate::table::{Meaning, Name};
use crate::{Failure, Progress, State, plain};

fn within(state: &State) -> bool {
    state.first().is_some_and(|first| *first != 0)
}

fn set(state: &mut State, is_within: bool) {
    if let Some(first) = state.first_mut() {
        *first = u8::from(is_within);
    }
}

pub(crate) fn decode(state: &mut State, bytes: &[u8], text: &mut Vec<u32>) -> Progress {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        if byte == b'~' {
            match (next, within(state)) {
                (None, _) => return (at, Err(Failure::Incomplete)),
                (Some(b'~'), false) => text.push(u32::from(b'~')),
                (Some(b'{'), false) => set(state, true),
                (Some(b'\n'), false) => {}
                (Some(b'}'), true) => set(state, false),
                _ => return (at, Err(Failure::Illegal(1))),
            }
            at += 2;
            continue;
        }
        if byte >= 0x80 {
            return (at, Err(Failure::Illegal(1)));
        }
        if !within(state) {
            text.push(u32::from(byte));
            at += 1;
            continue;
        }
        let Some(next) = next else { return (at, Err(Failure::Incomplete)) };
        let code = (u32::from(byte) << 8 | u32::from(next)) ^ 0x8080;
        match Name::Gb2312.table().meaning(code) {
            Some(Meaning::One(c)) => text.push(c),
            _ => return (at, Err(Failure::Illegal(1))),
        }
        at += 2;
    }
    (at, Ok(()))
}

pub(crate) fn encode(state: &mut State, text: &[u32], bytes: &mut Vec<u8>) -> Progress {
    for (at, &c) in text.iter().enumerate() {
        if c < 0x80 {
            reset(state, bytes);
            let repeats = if c == u32::from(b'~') { 2 } else { 1 };
            bytes.extend(std::iter::repeat_n(c as u8, repeats));
            continue;
        }
        let Some(code) = Name::Gb2312.table().code(c) else { return (at, Err(Failure::Illegal(1))) };
        if !within(state) {
            bytes.extend(b"~{");
            set(state, true);
        }
        plain::push(code ^ 0x8080, bytes);
    }
    (text.len(), Ok(()))
}

pub(crate) fn reset(state: &mut State, bytes: &mut Vec<u8>) {
    if within(state) {
        bytes.extend(b"~}");
        set(state, false);
    }
}
