//! Changes code objects as somebody would who knows the format.

use crate::Random;
use taipan_bytecode_format::instruction::{emit, instructions};
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::{Code, Const, ExceptionEntry, Opcode};

/// One to three changes.
pub fn tamper(code: &mut Code, random: &mut Random) {
    if random.below(8) > 0 {
        // else most changes would be refused for positions that do not fit
        code.linetable.clear();
    }
    for _ in 0..1 + random.below(3) {
        if code.code.is_empty() {
            return;
        }
        match random.below(10) {
            0..5 => instruction(code, random),
            5 => table(code, random),
            6 => numbers(code, random),
            7 => constant(code, random),
            8 => local(code, random),
            _ => bytes(code, random),
        }
    }
}

/// Replaces, drops, doubles or adds an instruction where one begins, or changes its argument.
fn instruction(code: &mut Code, random: &mut Random) {
    let starts: Vec<_> = instructions(&code.code).map_while(Result::ok).collect();
    let Some(old) = starts.get(random.below(starts.len())) else { return };
    let range = 2 * old.start as usize..2 * old.next as usize;
    let opcode = Opcode::ALL[random.below(Opcode::ALL.len())];
    let small = random.below(6) as u32;
    let mut new = Vec::new();
    match random.below(8) {
        // one of the same size leaves all jumps as they are
        0..3 => {
            let same: Vec<_> =
                Opcode::ALL.iter().filter(|other| other.caches() == old.opcode.caches()).collect();
            emit(
                &mut new,
                *same[random.below(same.len())],
                if random.below(2) == 0 { old.arg } else { small },
            );
        }
        3 => emit(&mut new, old.opcode, old.arg.wrapping_add(small).wrapping_sub(2)),
        4 => emit(&mut new, opcode, small),
        5 => {
            emit(&mut new, old.opcode, old.arg);
            emit(&mut new, opcode, small);
        }
        6 if random.below(4) == 0 => {
            new = vec![Opcode::ExtendedArg as u8, 0, old.opcode as u8, old.arg as u8]
        }
        6 => emit(&mut new, opcode, 1 << random.below(32)),
        _ => {}
    }
    drop(code.code.splice(range, new));
}

/// Adds, drops or changes a handler.
fn table(code: &mut Code, random: &mut Random) {
    let units = code.code.len() / 2 + 1;
    let mut entries: Vec<_> = exceptions::decode(&code.exceptiontable).map_while(Result::ok).collect();
    let start = random.below(units) as u32;
    let entry = ExceptionEntry {
        start,
        end: start + random.below(8) as u32,
        target: random.below(units) as u32,
        depth: random.below(4) as u32,
        lasti: random.below(2) == 0,
    };
    let at = random.below(entries.len() + 1);
    match (entries.get_mut(at), random.below(8)) {
        (Some(old), 0) => old.depth = entry.depth,
        (Some(old), 1) => old.lasti = !old.lasti,
        (Some(old), 2) => old.target = entry.target,
        (Some(old), 3) => old.end = entry.end.max(old.start),
        (Some(_), 4) => drop(entries.remove(at)),
        (_, 5) => {
            let at = random.below(code.exceptiontable.len());
            if let Some(byte) = code.exceptiontable.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
            return;
        }
        _ => {
            entries.insert(at, entry);
            entries.sort_by_key(|entry| entry.start);
        }
    }
    code.exceptiontable = exceptions::encode(&entries);
}

fn numbers(code: &mut Code, random: &mut Random) {
    match random.below(6) {
        0 | 1 => code.stacksize = random.below(12) as u32,
        2 => code.argcount = random.below(6) as u32,
        3 => code.posonlyargcount = random.below(4) as u32,
        4 => code.flags.0 ^= 1 << random.below(28),
        _ => code.flags.0 ^= 1 << random.below(10),
    }
}

/// Puts a constant of another kind where one stood, or leaves out the last.
fn constant(code: &mut Code, random: &mut Random) {
    let kinds = [
        Const::Ellipsis,
        Const::None,
        Const::Bool(true),
        Const::Float(f64::NAN),
        Const::Bytes(vec![1]),
        Const::Tuple(vec![Const::Ellipsis; random.below(3)]),
        Const::FrozenSet(vec![Const::None]),
    ];
    let at = random.below(code.consts.len());
    match code.consts.get_mut(at) {
        Some(old) if random.below(4) > 0 => *old = kinds[random.below(kinds.len())].clone(),
        _ => drop(code.consts.pop()),
    }
}

fn local(code: &mut Code, random: &mut Random) {
    let at = random.below(code.localspluskinds.len());
    match code.localspluskinds.get_mut(at) {
        Some(kind) if random.below(4) > 0 => kind.0 = [0x20, 0x40, 0x60, 0x80, 0x26, 0x66][random.below(6)],
        _ => drop(code.localsplusnames.pop().zip(code.localspluskinds.pop())),
    }
}

fn bytes(code: &mut Code, random: &mut Random) {
    let (at, units) = (random.below(code.code.len()), code.code.len() / 2);
    match random.below(4) {
        0 => code.code[at] ^= 1 << random.below(8),
        1 => code.code[at] = random.below(130) as u8,
        2 => code.code.truncate(2 * random.below(units)),
        _ if code.linetable.is_empty() => {}
        _ => {
            let at = random.below(code.linetable.len());
            code.linetable[at] ^= 1 << random.below(8);
        }
    }
}
