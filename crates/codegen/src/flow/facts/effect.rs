//! How instructions change the stack, and how long they are.

use super::names::*;
use super::{FACTS, Kind};
use taipan_bytecode_format::Opcode;

/// The values that an instruction takes and gives: a number of each, and as many more as the argument has in
/// the bits of a mask, which is 0, 1 or all of them.
#[derive(Clone, Copy)]
pub(super) struct Effect {
    pops: u8,
    pushes: u8,
    takes: i8,
    gives: i8,
}

impl Effect {
    /// Neither takes nor gives.
    pub const NONE: Effect = Effect::fixed(0, 0);

    /// Depends on the argument in another way.
    const OTHER: Effect = Effect { pops: u8::MAX, ..Effect::NONE };

    /// One that does not depend on the argument.
    pub const fn fixed(pops: u8, pushes: u8) -> Effect {
        Effect { pops, pushes, takes: 0, gives: 0 }
    }

    /// That of an opcode.
    pub const fn of(opcode: Opcode) -> Effect {
        let (mut takes, mut gives) = (None, None);
        let mut way = 0;
        while way < 3 {
            let mask = [0, 1, -1][way];
            let (mut pops, mut pushes) = (true, true);
            let mut arg = 0;
            while arg < 0x400 {
                let more = arg & mask as i32 as u32;
                pops &= opcode.pops(arg) == opcode.pops(0) + more;
                pushes &= opcode.pushes(arg) == opcode.pushes(0) + more;
                arg += 1 + arg / 8;
            }
            if pops && takes.is_none() {
                takes = Some(mask);
            }
            if pushes && gives.is_none() {
                gives = Some(mask);
            }
            way += 1;
        }
        match (takes, gives) {
            (Some(takes), Some(gives)) => {
                Effect { pops: opcode.pops(0) as u8, pushes: opcode.pushes(0) as u8, takes, gives }
            }
            _ => Effect::OTHER,
        }
    }
}

impl Kind {
    /// Values that the instruction takes and gives where it goes on behind itself.
    #[inline]
    pub fn pops_and_pushes(self, arg: u32) -> (u32, u32) {
        let Effect { pops, pushes, takes, gives } = FACTS.effects[self.index()];
        if pops == Effect::OTHER.pops {
            return self.other_pops_and_pushes(arg);
        }
        let more = |mask: i8| arg & mask as i32 as u32;
        (u32::from(pops).wrapping_add(more(takes)), u32::from(pushes).wrapping_add(more(gives)))
    }

    #[inline(never)]
    fn other_pops_and_pushes(self, arg: u32) -> (u32, u32) {
        self.opcode().map_or((0, 0), |opcode| (opcode.pops(arg), opcode.pushes(arg)))
    }

    /// How much higher the stack is behind the instruction.
    #[inline]
    pub fn stack_effect(self, arg: u32) -> i32 {
        let (pops, pushes) = self.pops_and_pushes(arg);
        pushes.wrapping_sub(pops) as i32
    }

    /// How much higher the stack is at the instruction's target.
    pub fn stack_effect_at_target(self, arg: u32) -> i32 {
        match self {
            SETUP_CLEANUP => 2,
            SETUP_FINALLY | SETUP_WITH => 1,
            _ => self.stack_effect(arg),
        }
    }

    /// The number of the instruction in the code, and its inline caches in code units.
    #[inline]
    pub fn number_and_caches(self) -> (u8, usize) {
        let [number, caches] = FACTS.units[self.index()];
        (number, caches.into())
    }

    /// Code units of an instruction with this argument.
    #[inline]
    pub fn size(self, arg: u32) -> u32 {
        1 + prefixes(arg) + self.number_and_caches().1 as u32
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
