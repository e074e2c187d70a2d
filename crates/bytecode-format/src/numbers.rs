//! What CPython 3.14 says of an instruction given its number, for tools that ask by number (`_opcode`): those of the
//! public table, and those that no code object holds: specialized forms, instrumented forms, the compiler's pseudo
//! instructions. Invariant: facts of public instructions come from the table.

use crate::opcode::{Opcode, OperandKind};

/// What an instruction's argument is, by the groups of the module `dis`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// It has one.
    Argument,
    /// It is the index of a constant.
    Constant,
    /// It is the index of a name.
    Name,
    /// It says how far to jump.
    Jump,
    /// It is the index of a cell or free variable.
    Free,
    /// It is the index of a local.
    Local,
    /// It begins the range of an exception handler.
    Handler,
}

/// An instruction by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Numbered {
    Public(Opcode),
    Specialized(u8),
    /// The public one that it stands for; none for those of lines, instructions and executors.
    Instrumented(u8, Option<Opcode>),
    Pseudo(Pseudo),
}

/// The compiler's pseudo instructions, from [`FIRST_PSEUDO`] on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pseudo {
    AnnotationsPlaceholder,
    Jump,
    JumpIfFalse,
    JumpIfTrue,
    JumpNoInterrupt,
    LoadClosure,
    PopBlock,
    SetupCleanup,
    SetupFinally,
    SetupWith,
    StoreFastMaybeNull,
}

const FIRST_PSEUDO: i64 = 256;
const PSEUDO: [Pseudo; 11] = [
    Pseudo::AnnotationsPlaceholder,
    Pseudo::Jump,
    Pseudo::JumpIfFalse,
    Pseudo::JumpIfTrue,
    Pseudo::JumpNoInterrupt,
    Pseudo::LoadClosure,
    Pseudo::PopBlock,
    Pseudo::SetupCleanup,
    Pseudo::SetupFinally,
    Pseudo::SetupWith,
    Pseudo::StoreFastMaybeNull,
];

/// `BINARY_OP_INPLACE_ADD_UNICODE`, the one specialized form that stands among the public numbers.
const INPLACE_ADD_UNICODE: u8 = 3;
const ENTER_EXECUTOR: u8 = 255;
const FIRST_INSTRUMENTED: u8 = 234;

/// The instrumented forms from [`FIRST_INSTRUMENTED`] on.
const INSTRUMENTED: [Option<Opcode>; 22] = [
    Some(Opcode::EndFor),
    Some(Opcode::PopIter),
    Some(Opcode::EndSend),
    Some(Opcode::ForIter),
    None,
    Some(Opcode::JumpForward),
    Some(Opcode::NotTaken),
    Some(Opcode::PopJumpIfTrue),
    Some(Opcode::PopJumpIfFalse),
    Some(Opcode::PopJumpIfNone),
    Some(Opcode::PopJumpIfNotNone),
    Some(Opcode::Resume),
    Some(Opcode::ReturnValue),
    Some(Opcode::YieldValue),
    Some(Opcode::EndAsyncFor),
    Some(Opcode::LoadSuperAttr),
    Some(Opcode::Call),
    Some(Opcode::CallKw),
    Some(Opcode::CallFunctionEx),
    Some(Opcode::JumpBackward),
    None,
    None,
];

fn numbered(number: i64) -> Option<Numbered> {
    let Ok(byte) = u8::try_from(number) else {
        let at = usize::try_from(number.checked_sub(FIRST_PSEUDO)?).ok()?;
        return PSEUDO.get(at).copied().map(Numbered::Pseudo);
    };
    if let Some(opcode) = Opcode::from_number(byte) {
        return Some(Numbered::Public(opcode));
    }
    match byte {
        INPLACE_ADD_UNICODE | 129..=211 => Some(Numbered::Specialized(byte)),
        FIRST_INSTRUMENTED.. => {
            let of = INSTRUMENTED.get(usize::from(byte - FIRST_INSTRUMENTED)).copied();
            Some(Numbered::Instrumented(byte, of.flatten()))
        }
        _ => None,
    }
}

/// Whether there is an instruction of this number.
pub fn is_valid(number: i64) -> bool {
    numbered(number).is_some()
}

/// Whether the instruction of this number belongs to a group; not if there is none.
pub fn is_in(number: i64, group: Group) -> bool {
    match numbered(number) {
        Some(Numbered::Public(opcode)) => public_is_in(opcode, group),
        Some(Numbered::Specialized(byte)) => specialized_is_in(byte, group),
        Some(Numbered::Instrumented(byte, None)) => byte == ENTER_EXECUTOR && group == Group::Argument,
        // the places that branches go to are not found by these any more
        Some(Numbered::Instrumented(_, Some(opcode))) if group == Group::Jump => {
            matches!(opcode, Opcode::ForIter | Opcode::EndAsyncFor)
        }
        Some(Numbered::Instrumented(_, Some(opcode))) => public_is_in(opcode, group),
        Some(Numbered::Pseudo(pseudo)) => pseudo_is_in(pseudo, group),
        None => false,
    }
}

fn public_is_in(opcode: Opcode, group: Group) -> bool {
    let operand = opcode.operand();
    let is_free = matches!(
        opcode,
        Opcode::DeleteDeref | Opcode::LoadFromDictOrDeref | Opcode::MakeCell | Opcode::StoreDeref
    );
    match group {
        Group::Argument => opcode.has_argument(),
        Group::Constant => operand == OperandKind::Const,
        Group::Name => {
            matches!(operand, OperandKind::Name | OperandKind::NameShift1 | OperandKind::NameShift2)
        }
        Group::Jump => opcode.is_jump(),
        Group::Free => is_free,
        Group::Local => matches!(operand, OperandKind::Local | OperandKind::LocalPair) && !is_free,
        Group::Handler => false,
    }
}

fn specialized_is_in(byte: u8, group: Group) -> bool {
    match group {
        Group::Argument => matches!(byte, 143..=153 | 155..=195 | 197 | 200 | 209..=211),
        Group::Constant => matches!(byte, 190 | 191),
        Group::Name => matches!(byte, 179 | 189 | 194 | 195 | 200),
        Group::Jump => matches!(byte, 172..=176),
        Group::Local => byte == INPLACE_ADD_UNICODE,
        Group::Free | Group::Handler => false,
    }
}

fn pseudo_is_in(pseudo: Pseudo, group: Group) -> bool {
    use Pseudo::*;
    match group {
        Group::Argument => !matches!(pseudo, AnnotationsPlaceholder | PopBlock),
        Group::Jump => matches!(pseudo, Jump | JumpIfFalse | JumpIfTrue | JumpNoInterrupt),
        Group::Local => matches!(pseudo, LoadClosure | StoreFastMaybeNull),
        Group::Handler => matches!(pseudo, SetupCleanup | SetupFinally | SetupWith),
        Group::Constant | Group::Name | Group::Free => false,
    }
}

/// By how much the instruction of this number changes the height of the stack: where it jumps, where it does not,
/// or the larger of the two. None if there is no such instruction, or none with such an argument.
pub fn stack_effect(number: i64, arg: i32, jumps: Option<bool>) -> Option<i64> {
    match numbered(number)? {
        Numbered::Public(opcode) | Numbered::Instrumented(_, Some(opcode)) => public_effect(opcode, arg),
        Numbered::Instrumented(_, None) => Some(0),
        Numbered::Specialized(_) => None,
        Numbered::Pseudo(pseudo) => Some(match pseudo {
            Pseudo::SetupFinally | Pseudo::SetupWith => i64::from(jumps != Some(false)),
            Pseudo::SetupCleanup => 2 * i64::from(jumps != Some(false)),
            Pseudo::LoadClosure => 1,
            Pseudo::StoreFastMaybeNull => -1,
            _ => 0,
        }),
    }
}

/// What the lowest byte of an argument gives and what the bits above it give add up, for every instruction there is.
fn public_effect(opcode: Opcode, arg: i32) -> Option<i64> {
    let of = |count: fn(Opcode, u32) -> u32| {
        let step = i64::from(count(opcode, 0x200)) - i64::from(count(opcode, 0x100));
        let all = i64::from(count(opcode, (arg & 0xFF) as u32)) + step * i64::from(arg >> 8);
        (0..=i64::from(i32::MAX)).contains(&all).then_some(all)
    };
    let (pops, pushes) = (of(Opcode::pops)?, of(Opcode::pushes)?);
    // what is returned counts as pushed, for the caller
    let returned = i64::from(opcode == Opcode::ReturnValue);
    Some(pushes + returned - pops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_of_every_argument_are_those_of_the_table() {
        for &opcode in Opcode::ALL {
            for arg in (0..600).chain([0xFFFF, 0x1_0000]) {
                let table = i64::from(opcode.pushes(arg)) - i64::from(opcode.pops(arg));
                let returned = i64::from(opcode == Opcode::ReturnValue);
                let effect = stack_effect(opcode as i64, arg as i32, None);
                assert_eq!(effect, Some(table + returned), "{opcode:?} {arg}");
            }
        }
    }
}
