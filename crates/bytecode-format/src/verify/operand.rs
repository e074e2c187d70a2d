//! Arguments against what their opcode takes.

use super::Rule;
use crate::code::Code;
use crate::opcode::{
    BINARY_OPERATORS, COMMON_CONSTANTS, COMPARISONS, INTRINSICS_1, INTRINSICS_2, Opcode, OperandKind,
    SPECIAL_METHODS,
};

/// Counts above this have no room on any stack.
const MAX_COUNT: u32 = 0xFF_FFFF;

/// The largest argument of `RESUME`: three kinds of places and a flag.
const MAX_RESUME: u32 = 7;

/// For each kind of operand the number below which an argument is fine; 0 if more than that is to be said
/// of it.
pub(super) struct Bounds([u64; Bounds::KINDS]);

impl Bounds {
    /// More than there are kinds, so that none is `u8::MAX` in this range.
    const KINDS: usize = 32;

    /// The bounds in a code.
    pub(super) fn of(code: &Code) -> Self {
        let mut bounds = [0; Self::KINDS];
        let names = code.names.len() as u64;
        let locals = code.localsplusnames.len() as u64;
        for (kind, bound) in [
            (OperandKind::None, 1),
            (OperandKind::Const, code.consts.len() as u64),
            (OperandKind::Name, names),
            (OperandKind::NameShift1, names << 1),
            (OperandKind::NameShift2, names << 2),
            (OperandKind::Local, locals),
            // two locals of four bits each
            (OperandKind::LocalPair, if locals < 16 { 0 } else { 256 }),
            (OperandKind::Count, u64::from(MAX_COUNT) + 1),
            (OperandKind::JumpForward, u64::MAX),
            (OperandKind::JumpBackward, u64::MAX),
            (OperandKind::BinaryOp, BINARY_OPERATORS.len() as u64),
            (OperandKind::Comparison, (COMPARISONS.len() as u64) << 5),
            (OperandKind::SmallInt, 256),
            (OperandKind::Resume, u64::from(MAX_RESUME) + 1),
        ] {
            bounds[kind as usize % Self::KINDS] = bound;
        }
        Bounds(bounds)
    }

    /// Whether an argument is fine without a further look.
    #[inline]
    pub(super) fn hold(&self, operand: u8, arg: u32) -> bool {
        u64::from(arg) < self.0[usize::from(operand) % Self::KINDS]
    }
}

const _: () = assert!((OperandKind::Extended as usize) < Bounds::KINDS - 1);

/// Says of any argument whether it is fine.
pub(super) fn check(code: &Code, opcode: Opcode, arg: u32) -> Result<(), Rule> {
    if !opcode.is_public() {
        return Err(Rule::PrivateOpcode { opcode });
    }
    let below = |limit: usize| (arg as usize) < limit;
    let fine = match opcode.operand() {
        OperandKind::None => arg == 0,
        OperandKind::Const => {
            return index(arg, code.consts.len(), |index, count| Rule::ConstIndex { index, count });
        }
        OperandKind::Name => return name(code, arg),
        OperandKind::NameShift1 => return name(code, arg >> 1),
        OperandKind::NameShift2 => return name(code, arg >> 2),
        OperandKind::Local => return local(code, arg),
        OperandKind::LocalPair if arg <= 0xFF => {
            local(code, arg >> 4)?;
            return local(code, arg & 15);
        }
        OperandKind::LocalPair => false,
        OperandKind::Count => arg <= MAX_COUNT,
        OperandKind::SliceCount => arg == 2 || arg == 3,
        OperandKind::RaiseCount => arg <= 2,
        OperandKind::Depth => {
            let least = match opcode {
                Opcode::Reraise => 0,
                Opcode::Swap => 2,
                _ => 1,
            };
            (least..=MAX_COUNT).contains(&arg)
        }
        OperandKind::JumpForward | OperandKind::JumpBackward | OperandKind::Extended => true,
        OperandKind::BinaryOp => below(BINARY_OPERATORS.len()),
        OperandKind::Comparison => below(COMPARISONS.len() << 5),
        OperandKind::Invert | OperandKind::Yield => arg <= 1,
        OperandKind::Conversion => (1..=3).contains(&arg),
        OperandKind::Interpolation => arg < 16,
        OperandKind::Intrinsic1 => arg > 0 && below(INTRINSICS_1.len()),
        OperandKind::Intrinsic2 => arg > 0 && below(INTRINSICS_2.len()),
        OperandKind::CommonConstant => below(COMMON_CONSTANTS.len()),
        OperandKind::SpecialMethod => below(SPECIAL_METHODS.len()),
        OperandKind::FunctionAttribute => matches!(arg, 1 | 2 | 4 | 8 | 16),
        OperandKind::SmallInt => arg <= 255,
        OperandKind::UnpackEx => arg <= MAX_COUNT,
        OperandKind::Resume => arg <= MAX_RESUME,
        OperandKind::Awaitable => arg <= 2,
    };
    if fine { Ok(()) } else { Err(Rule::Operand { opcode, arg }) }
}

fn index(index: u32, count: usize, rule: impl Fn(u32, u32) -> Rule) -> Result<(), Rule> {
    if (index as usize) < count { Ok(()) } else { Err(rule(index, count as u32)) }
}

fn name(code: &Code, at: u32) -> Result<(), Rule> {
    index(at, code.names.len(), |index, count| Rule::NameIndex { index, count })
}

fn local(code: &Code, at: u32) -> Result<(), Rule> {
    index(at, code.localsplusnames.len(), |index, count| Rule::LocalIndex { index, count })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::facts::facts;

    #[test]
    fn what_is_within_the_bounds_is_fine() {
        for count in [0, 1, 15, 16, 300] {
            let mut code = crate::verify::tests::function(&[]);
            code.names = vec![Default::default(); count];
            code.localsplusnames = vec![Default::default(); count];
            code.consts = vec![crate::Const::None; count];
            let bounds = Bounds::of(&code);
            for &opcode in Opcode::ALL.iter().filter(|opcode| **opcode != Opcode::ExtendedArg) {
                for arg in (0..2000).chain([MAX_COUNT, MAX_COUNT + 1, u32::MAX]) {
                    let within = bounds.hold(facts(opcode as u8).operand, arg);
                    assert!(!within || check(&code, opcode, arg).is_ok(), "{opcode:?} {arg} {count}");
                }
            }
        }
    }
}
