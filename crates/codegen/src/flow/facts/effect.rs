//! How instructions change the stack, and how long they are.

use super::names::*;
use super::{FACTS, Kind};
use taipan_bytecode_format::Opcode;

/// How an instruction changes the height of the stack: by `base`, by one more if the argument is odd and
/// `odd_gives`, and by as much less as the argument says if it `takes` so many values.
#[derive(Clone, Copy)]
pub(super) struct Effect {
    pub base: i16,
    odd_gives: bool,
    takes: bool,
}

/// Values that depend on the argument.
const VARIES: (u8, u8) = (u8::MAX, u8::MAX);

/// The base of an effect that depends on the argument in another way.
const OTHER: i16 = i16::MIN;

impl Effect {
    pub const NONE: Effect = Effect { base: 0, odd_gives: false, takes: false };

    #[inline]
    const fn with(self, arg: u32) -> i32 {
        let gives = if self.odd_gives { arg & 1 } else { 0 };
        let takes = if self.takes { arg } else { 0 };
        (self.base as i32).wrapping_add(gives as i32).wrapping_sub(takes as i32)
    }

    /// That of an opcode.
    pub const fn of(opcode: Opcode) -> Effect {
        let base = opcode.pushes(0) as i16 - opcode.pops(0) as i16;
        let mut way = 0;
        while way < 3 {
            let effect = Effect { base, odd_gives: way == 1, takes: way == 2 };
            let mut arg = 0;
            while arg < 0x400 && effect.with(arg) == opcode.pushes(arg) as i32 - opcode.pops(arg) as i32 {
                arg += 1;
            }
            if arg == 0x400 {
                return effect;
            }
            way += 1;
        }
        Effect { base: OTHER, ..Effect::NONE }
    }
}

/// Values that an opcode takes and gives, or [`VARIES`].
pub(super) const fn fixed_effect(opcode: Opcode) -> (u8, u8) {
    let (pops, pushes) = (opcode.pops(0), opcode.pushes(0));
    let mut arg = 1;
    while arg < 0x400 {
        if opcode.pops(arg) != pops || opcode.pushes(arg) != pushes {
            return VARIES;
        }
        arg += 1;
    }
    (pops as u8, pushes as u8)
}

impl Kind {
    /// Values that the instruction takes and gives where it goes on behind itself.
    #[inline]
    pub fn pops_and_pushes(self, arg: u32) -> (u32, u32) {
        match FACTS.fixed[self.index()] {
            VARIES => self.opcode().map_or((0, 0), |opcode| (opcode.pops(arg), opcode.pushes(arg))),
            (pops, pushes) => (pops.into(), pushes.into()),
        }
    }

    /// How much higher the stack is behind the instruction.
    #[inline]
    pub fn stack_effect(self, arg: u32) -> i32 {
        let effect = FACTS.effects[self.index()];
        if effect.base == OTHER {
            let (pops, pushes) = self.pops_and_pushes(arg);
            return pushes as i32 - pops as i32;
        }
        effect.with(arg)
    }

    /// How much higher the stack is at the instruction's target.
    pub fn stack_effect_at_target(self, arg: u32) -> i32 {
        match self {
            SETUP_CLEANUP => 2,
            SETUP_FINALLY | SETUP_WITH => 1,
            _ => self.stack_effect(arg),
        }
    }

    /// Inline caches behind the instruction, in code units.
    #[inline]
    pub fn caches(self) -> usize {
        FACTS.caches[self.index()].into()
    }

    /// Code units of an instruction with this argument.
    #[inline]
    pub fn size(self, arg: u32) -> u32 {
        1 + prefixes(arg) + u32::from(FACTS.caches[self.index()])
    }
}

/// Code units before an instruction for the higher bits of its argument.
pub(in crate::flow) const fn prefixes(arg: u32) -> u32 {
    match arg {
        0..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x100_0000 => 2,
        _ => 3,
    }
}
