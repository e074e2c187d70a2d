//! The facts of opcodes that the verifier looks at with every instruction, laid out for that.
//! Invariant: all of it is computed from the opcode table when the crate is compiled.

use crate::opcode::{Opcode, OperandKind};

/// What is known of a number that may be an opcode.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    /// The opcode, if it is one.
    pub(super) opcode: Option<Opcode>,
    /// Code units of inline cache.
    pub(super) caches: u8,
    /// Values taken, put back, and taken without being kept, for [`Facts::FIXED`] ones.
    pub(super) pops: u8,
    pub(super) pushes: u8,
    pub(super) consumes: u8,
    /// The kind of its operand, for [`super::operand::Bounds`]; that of no kind for private opcodes.
    pub(super) operand: u8,
    flags: u16,
}

impl Facts {
    /// If all that it takes are values, then that is all to check: it leaves values and touches nothing
    /// else.
    pub(super) const PLAIN: u16 = 1;
    /// The same, in code without cells.
    pub(super) const PLAIN_WITHOUT_CELLS: u16 = 2;
    /// See [`Opcode::ends_block`].
    pub(super) const ENDS: u16 = 4;
    /// See [`Opcode::is_jump`].
    pub(super) const JUMP: u16 = 8;
    /// See [`Opcode::reaches_handlers`].
    pub(super) const RAISES: u16 = 16;
    /// Takes no argument and so no prefix.
    pub(super) const BARE: u16 = 32;
    /// Its stack effect does not depend on the argument.
    pub(super) const FIXED: u16 = 64;
    /// [`Facts::PLAIN`], the effects being those of argument 0, if the lowest bit of the argument is 0.
    pub(super) const PLAIN_IF_EVEN: u16 = 128;
    /// Stands only in some places or some codes.
    pub(super) const PLACED: u16 = 256;

    /// Whether one of these flags is set.
    pub(super) const fn has(self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    const NONE: Facts =
        Facts { opcode: None, caches: 0, pops: 0, pushes: 0, consumes: 0, operand: u8::MAX, flags: 0 };

    const fn of(opcode: Opcode) -> Facts {
        let bare = matches!(opcode.operand(), OperandKind::None);
        let marks = [
            (Self::PLAIN, is_fixed(opcode) && is_plain(opcode)),
            (Self::PLAIN_WITHOUT_CELLS, matches!(opcode, Opcode::StoreFast | Opcode::DeleteFast)),
            (Self::ENDS, opcode.ends_block()),
            (Self::JUMP, opcode.is_jump()),
            (Self::RAISES, opcode.reaches_handlers()),
            (Self::BARE, bare),
            (Self::FIXED, is_fixed(opcode)),
            (
                Self::PLAIN_IF_EVEN,
                matches!(opcode, Opcode::LoadAttr | Opcode::LoadSuperAttr | Opcode::LoadGlobal),
            ),
            (
                Self::PLACED,
                matches!(opcode, Opcode::CopyFreeVars | Opcode::ReturnGenerator | Opcode::YieldValue),
            ),
        ];
        let (mut flags, mut at) = (0, 0);
        while at < marks.len() {
            if marks[at].1 {
                flags |= marks[at].0;
            }
            at += 1;
        }
        let (pops, pushes) = (opcode.pops(0) as u8, opcode.pushes(0) as u8);
        let consumes = pops - opcode.keeps(0) as u8;
        let operand = if opcode.is_public() { opcode.operand() as u8 } else { u8::MAX };
        Facts { opcode: Some(opcode), caches: opcode.caches() as u8, pops, pushes, consumes, operand, flags }
    }
}

/// Whether the stack effect does not depend on the argument.
const fn is_fixed(opcode: Opcode) -> bool {
    let (pops, pushes, keeps) = (opcode.pops(0), opcode.pushes(0), opcode.keeps(0));
    let args = [1, 2, 3, 4, 256];
    let mut at = 0;
    while at < args.len() {
        let arg = args[at];
        if opcode.pops(arg) != pops || opcode.pushes(arg) != pushes || opcode.keeps(arg) != keeps {
            return false;
        }
        at += 1;
    }
    true
}

/// Whether it takes and leaves values and touches no cells.
const fn is_plain(opcode: Opcode) -> bool {
    !opcode.reaches_below()
        && !matches!(
            opcode,
            Opcode::PushNull
                | Opcode::CallFunctionEx
                | Opcode::LoadSpecial
                | Opcode::PushExcInfo
                | Opcode::PopExcept
                | Opcode::WithExceptStart
                | Opcode::ReturnValue
                | Opcode::YieldValue
                | Opcode::LoadFastAndClear
                | Opcode::StoreFast
                | Opcode::StoreFastLoadFast
                | Opcode::StoreFastStoreFast
                | Opcode::DeleteFast
                | Opcode::MakeCell
                | Opcode::CopyFreeVars
                | Opcode::LoadDeref
                | Opcode::StoreDeref
                | Opcode::DeleteDeref
                | Opcode::LoadFromDictOrDeref
        )
}

static FACTS: [Facts; 256] = {
    let mut facts = [Facts::NONE; 256];
    let mut at = 0;
    while at < Opcode::ALL.len() {
        facts[Opcode::ALL[at] as usize] = Facts::of(Opcode::ALL[at]);
        at += 1;
    }
    facts
};

/// What is known of a number.
#[inline]
pub(super) fn facts(number: u8) -> Facts {
    FACTS[usize::from(number)]
}
