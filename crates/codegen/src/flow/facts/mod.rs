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

pub(super) use crate::ir::Kind;
use effect::Effect;

/// What is noted of each kind, by its number.
struct Facts {
    traits: [Traits; 256],
    /// Its number in the code, and its inline caches in code units.
    units: [[u8; 2]; 256],
    effects: [Effect; 256],
}

static FACTS: Facts = {
    let mut facts = Facts { traits: [Traits::NONE; 256], units: [[0; 2]; 256], effects: [Effect::NONE; 256] };
    let mut number = 0;
    while number < 256 {
        let kind = Kind::from_index(number as u8);
        facts.traits[number] = kind.find_traits();
        facts.units[number][0] = kind.number();
        if let Some(opcode) = kind.opcode() {
            facts.units[number][1] = opcode.caches() as u8;
            facts.effects[number] = Effect::of(opcode);
        }
        number += 1;
    }
    facts.effects[LOAD_CLOSURE.index()] = Effect::fixed(0, 1);
    facts.effects[STORE_FAST_MAYBE_NULL.index()] = Effect::fixed(1, 0);
    facts
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Op;
    use taipan_bytecode_format::Opcode;

    #[test]
    fn kinds_and_operations_are_the_same() {
        for kind in (0..=u8::MAX).map(Kind::from_index) {
            assert!(Kind::of(kind.op()) == kind || kind.op() == Op::Real(Opcode::Nop));
        }
        for &opcode in Opcode::ALL {
            let kind = Kind::from(opcode);
            assert_eq!(kind.op(), Op::Real(opcode));
            assert_eq!(kind.has_target(), opcode.is_jump());
            for arg in [0, 1, 2, 3, 5, 8, 0x103] {
                assert_eq!(kind.pops_and_pushes(arg), (opcode.pops(arg), opcode.pushes(arg)), "{opcode:?}");
                let effect = opcode.pushes(arg) as i32 - opcode.pops(arg) as i32;
                assert_eq!(kind.stack_effect(arg), effect, "{opcode:?}");
                assert_eq!(kind.size(arg) - prefixes(arg), 1 + opcode.caches() as u32);
            }
        }
    }
}
