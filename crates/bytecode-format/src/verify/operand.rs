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

#[inline]
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
