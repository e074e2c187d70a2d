//! The tree's constants as those of code objects.

use super::Generator;
use crate::ir::Loc;
use num_bigint::{BigInt, BigUint, Sign};
use taipan_ast::{Constant, Identifier, Int};
use taipan_bytecode_format::{Const, Opcode};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// An owned copy.
pub(super) fn string(text: &str) -> Wtf8Buf {
    Wtf8::from_str(text).to_buf()
}

/// A tree's constant as a code object's.
pub(super) fn constant(value: Constant<'_>) -> Const {
    match value {
        Constant::None => Const::None,
        Constant::True => Const::Bool(true),
        Constant::False => Const::Bool(false),
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Str(text) => Const::Str(text.to_buf()),
        Constant::Bytes(bytes) => Const::Bytes(bytes.to_vec()),
        Constant::Int(value) => Const::Int(integer(value)),
        Constant::Float(value) => Const::Float(value),
        Constant::Complex(value) => Const::Complex(value.real, value.imag),
    }
}

fn integer(value: Int<'_>) -> BigInt {
    match value {
        Int::Small(value) => value.into(),
        Int::NegativeSmall(value) => -BigInt::from(value),
        Int::Big(digits) => BigInt::from_biguint(Sign::Plus, BigUint::from_slice(digits)),
        Int::NegativeBig(digits) => BigInt::from_biguint(Sign::Minus, BigUint::from_slice(digits)),
    }
}

impl Generator<'_, '_> {
    pub(super) fn load_const(&mut self, constant: Const, loc: Loc) {
        let index = self.unit.code.constants.add(constant);
        self.op(Opcode::LoadConst, index, loc);
    }

    pub(super) fn load_none(&mut self, loc: Loc) {
        self.load_const(Const::None, loc);
    }

    pub(super) fn load_int(&mut self, value: impl Into<BigInt>, loc: Loc) {
        self.load_const(Const::Int(value.into()), loc);
    }

    /// Loads a name as a string.
    pub(super) fn load_name_text(&mut self, name: Identifier, loc: Loc) {
        let text = string(self.interner.resolve(name));
        self.load_const(Const::Str(text), loc);
    }

    /// Loads names as a tuple of strings.
    pub(super) fn load_names_tuple(&mut self, names: impl Iterator<Item = Identifier>, loc: Loc) {
        let names = names.map(|name| Const::Str(string(self.interner.resolve(name)))).collect();
        self.load_const(Const::Tuple(names), loc);
    }
}
