//! What an instruction does, as one number, and what the passes ask about it.
//!
//! `names.rs` has the numbers that passes name, `traits.rs` what each is, `effect.rs` what it does to the
//! stack. Invariant: everything here is a constant of the instruction set; the stack effects are those of
//! the opcode table.

mod effect;
mod names;
mod traits;

pub(super) use effect::prefixes;
pub(super) use names::*;
pub(super) use traits::Traits;

use crate::ir::{Op, Pseudo};
use effect::{Effect, fixed_effect};
use std::fmt;
use taipan_bytecode_format::Opcode;

/// The number of an opcode, or of a pseudo-instruction above all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind(u8);

/// Above the numbers of all opcodes.
const FIRST_PSEUDO: u8 = 192;

const PSEUDO: [Pseudo; 11] = [
    Pseudo::AnnotationsPlaceholder,
    Pseudo::Jump,
    Pseudo::JumpNoInterrupt,
    Pseudo::JumpIfFalse,
    Pseudo::JumpIfTrue,
    Pseudo::LoadClosure,
    Pseudo::PopBlock,
    Pseudo::SetupCleanup,
    Pseudo::SetupFinally,
    Pseudo::SetupWith,
    Pseudo::StoreFastMaybeNull,
];

/// What is noted of each kind, by its number.
struct Facts {
    traits: [Traits; 256],
    caches: [u8; 256],
    effects: [Effect; 256],
    /// Values taken and given, if the argument does not matter; else [`VARIES`].
    fixed: [(u8, u8); 256],
}

static FACTS: Facts = {
    let mut facts = Facts {
        traits: [Traits::NONE; 256],
        caches: [0; 256],
        effects: [Effect::NONE; 256],
        fixed: [(0, 0); 256],
    };
    let mut number = 0;
    while number < 256 {
        let kind = Kind(number as u8);
        facts.traits[number] = kind.find_traits();
        if let Some(opcode) = Opcode::from_number(number as u8) {
            facts.caches[number] = opcode.caches() as u8;
            facts.effects[number] = Effect::of(opcode);
            facts.fixed[number] = fixed_effect(opcode);
        }
        number += 1;
    }
    facts.effects[LOAD_CLOSURE.0 as usize].base = 1;
    facts.fixed[LOAD_CLOSURE.0 as usize] = (0, 1);
    facts.effects[STORE_FAST_MAYBE_NULL.0 as usize].base = -1;
    facts.fixed[STORE_FAST_MAYBE_NULL.0 as usize] = (1, 0);
    facts
};

impl Kind {
    /// The kind of an operation.
    pub const fn of(op: Op) -> Kind {
        match op {
            Op::Real(opcode) => Kind(opcode as u8),
            Op::Pseudo(pseudo) => Kind(FIRST_PSEUDO + pseudo as u8),
        }
    }

    /// The operation.
    pub fn op(self) -> Op {
        let pseudo = self.0.checked_sub(FIRST_PSEUDO).and_then(|number| PSEUDO.get(usize::from(number)));
        match pseudo {
            Some(&pseudo) => Op::Pseudo(pseudo),
            None => Op::Real(Opcode::from_number(self.0).unwrap_or(Opcode::Nop)),
        }
    }

    /// The number of the opcode; that of `NOP` for a pseudo-instruction, of which none should be left.
    pub const fn number(self) -> u8 {
        if self.0 < FIRST_PSEUDO { self.0 } else { NOP.0 }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.op().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_operations_are_the_same() {
        let all = Opcode::ALL.iter().map(|&opcode| Op::Real(opcode)).chain(PSEUDO.map(Op::Pseudo));
        for op in all {
            let kind = Kind::of(op);
            assert_eq!(kind.op(), op);
            assert_eq!(kind.has_target(), op.has_target());
            if let Op::Real(opcode) = op {
                for arg in [0, 1, 2, 3, 5, 8, 0x103] {
                    assert_eq!(kind.pops_and_pushes(arg), (opcode.pops(arg), opcode.pushes(arg)), "{op:?}");
                    let effect = opcode.pushes(arg) as i32 - opcode.pops(arg) as i32;
                    assert_eq!(kind.stack_effect(arg), effect, "{op:?}");
                    assert_eq!(kind.size(arg) - prefixes(arg), 1 + opcode.caches() as u32);
                }
            }
        }
    }
}
