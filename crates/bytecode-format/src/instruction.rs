//! Walks `co_code`, one instruction with its prefixes and inline caches at a time.

use crate::opcode::Opcode;

/// The widest argument: four bytes, three of them in `EXTENDED_ARG` prefixes.
pub const MAX_PREFIXES: u32 = 3;

/// An instruction where it stands. Offsets count code units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Where it begins, its prefixes included.
    pub start: u32,
    /// Where its opcode stands.
    pub unit: u32,
    /// Where the next instruction begins, behind the inline caches.
    pub next: u32,
    /// The opcode.
    pub opcode: Opcode,
    /// The argument, prefixes included; 0 if it has none.
    pub arg: u32,
}

impl Instruction {
    /// Where its argument points, in code units, whether it jumps there or only looks; none if its
    /// argument points nowhere, or before the start.
    pub fn target(&self) -> Option<u32> {
        match self.opcode.operand() {
            crate::OperandKind::JumpForward => self.next.checked_add(self.arg),
            crate::OperandKind::JumpBackward => self.next.checked_sub(self.arg),
            _ => None,
        }
    }
}

/// What stands where an instruction has to begin and is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Malformed {
    /// A number that is no opcode.
    UnknownOpcode {
        /// Where it stands.
        unit: u32,
        /// The number.
        number: u8,
    },
    /// Too many prefixes.
    LongPrefix {
        /// Where the instruction begins.
        unit: u32,
    },
    /// The code ends within an instruction or its caches.
    Cut {
        /// Where the instruction begins.
        unit: u32,
    },
}

/// The instructions of a code.
#[derive(Clone, Debug)]
pub struct Instructions<'c> {
    code: &'c [u8],
    at: u32,
}

/// The instructions of `code` from its start. After something malformed there is nothing more.
pub fn instructions(code: &[u8]) -> Instructions<'_> {
    instructions_at(code, 0)
}

/// The instructions of `code` from a code unit at which one begins.
pub fn instructions_at(code: &[u8], at: u32) -> Instructions<'_> {
    Instructions { code, at }
}

/// The two bytes of a code unit.
pub(crate) fn unit(code: &[u8], at: u32) -> Option<[u8; 2]> {
    let from = (at as usize).checked_mul(2)?;
    code.get(from..)?.first_chunk::<2>().copied()
}

impl Instructions<'_> {
    fn read(&mut self) -> Result<Instruction, Malformed> {
        let start = self.at;
        let mut arg = 0u32;
        for prefixes in 0.. {
            let unit = start + prefixes;
            let [number, low] = unit_of(self.code, unit, start)?;
            arg = arg << 8 | u32::from(low);
            let opcode = Opcode::from_number(number).ok_or(Malformed::UnknownOpcode { unit, number })?;
            if opcode != Opcode::ExtendedArg {
                let next = unit + 1 + opcode.caches() as u32;
                if next as usize > self.code.len() / 2 {
                    return Err(Malformed::Cut { unit: start });
                }
                return Ok(Instruction { start, unit, next, opcode, arg });
            }
            if prefixes == MAX_PREFIXES {
                break;
            }
        }
        Err(Malformed::LongPrefix { unit: start })
    }
}

fn unit_of(code: &[u8], at: u32, start: u32) -> Result<[u8; 2], Malformed> {
    unit(code, at).ok_or(Malformed::Cut { unit: start })
}

impl Iterator for Instructions<'_> {
    type Item = Result<Instruction, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at as usize * 2 >= self.code.len() {
            return None;
        }
        let read = self.read();
        match read {
            Ok(instruction) => self.at = instruction.next,
            Err(_) => self.code = &[],
        }
        Some(read)
    }
}

/// Appends an instruction with the prefixes that its argument needs and room for its caches.
pub fn emit(code: &mut Vec<u8>, opcode: Opcode, arg: u32) {
    emit_wide(code, opcode, arg, 0);
}

/// Appends an instruction with at least `prefixes` prefixes, at most [`MAX_PREFIXES`].
pub fn emit_wide(code: &mut Vec<u8>, opcode: Opcode, arg: u32, prefixes: u32) {
    let needed = prefixes.min(MAX_PREFIXES).max(prefixes_of(arg));
    for place in (1..=needed).rev() {
        code.extend_from_slice(&[Opcode::ExtendedArg as u8, (arg >> (8 * place)) as u8]);
    }
    code.extend_from_slice(&[opcode as u8, arg as u8]);
    code.resize(code.len() + 2 * opcode.caches(), 0);
}

/// The prefixes that an argument needs.
pub const fn prefixes_of(arg: u32) -> u32 {
    (u32::BITS - arg.leading_zeros()).div_ceil(8).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_emitted_is_walked() {
        let mut code = Vec::new();
        emit(&mut code, Opcode::LoadGlobal, 0x1_02_03);
        emit_wide(&mut code, Opcode::JumpBackward, 5, 1);
        emit(&mut code, Opcode::ReturnValue, 0);
        let walked: Vec<_> = instructions(&code).map(Result::unwrap).collect();
        let seen: Vec<_> = walked.iter().map(|i| (i.start, i.unit, i.next, i.opcode, i.arg)).collect();
        assert_eq!(
            seen,
            [
                (0, 2, 7, Opcode::LoadGlobal, 0x1_02_03),
                (7, 8, 10, Opcode::JumpBackward, 5),
                (10, 10, 11, Opcode::ReturnValue, 0)
            ]
        );
        assert_eq!(walked.get(1).and_then(Instruction::target), Some(5));
        assert_eq!(instructions(&code[..4]).last(), Some(Err(Malformed::Cut { unit: 0 })));
        assert_eq!(
            instructions(&[69, 0, 69, 0, 69, 0, 69, 0]).last(),
            Some(Err(Malformed::LongPrefix { unit: 0 }))
        );
        assert_eq!(
            instructions(&[200, 0]).last(),
            Some(Err(Malformed::UnknownOpcode { unit: 0, number: 200 }))
        );
    }
}
