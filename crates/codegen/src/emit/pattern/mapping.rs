//! Mapping patterns.

use super::super::{Generator, Result, fail};
use super::Context;
use crate::CompileErrorKind as Error;
use crate::ir::Loc;
use num_bigint::BigInt;
use num_bigint::ToBigInt;
use taipan_ast::{CmpOp, Constant, Expr, ExprKind, PatternMatchMapping};
use taipan_bytecode_format::{Const, Opcode};
use taipan_span::Span;

/// A constant as the key of a dictionary: numbers that are equal are the same key.
#[derive(PartialEq)]
enum Key<'a> {
    Integer(BigInt),
    Float(f64),
    Complex(f64, f64),
    Other(Constant<'a>),
}

fn key<'a>(value: Constant<'a>) -> Key<'a> {
    match value {
        Constant::True => Key::Integer(1.into()),
        Constant::False => Key::Integer(0.into()),
        Constant::Int(_) => match super::super::constants::constant(value) {
            Const::Int(value) => Key::Integer(value),
            _ => Key::Other(value),
        },
        Constant::Float(value) => real(value),
        Constant::Complex(value) if value.imag == 0.0 => real(value.real),
        Constant::Complex(value) => Key::Complex(value.real, value.imag),
        _ => Key::Other(value),
    }
}

fn real<'a>(value: f64) -> Key<'a> {
    match value.to_bigint() {
        Some(integer) if value.fract() == 0.0 => Key::Integer(integer),
        _ => Key::Float(value),
    }
}

impl<'a> Generator<'_, 'a> {
    pub(super) fn mapping_pattern(
        &mut self,
        node: &'a PatternMatchMapping<'a>,
        context: &mut Context,
        span: Span,
    ) -> Result {
        let loc = self.loc(span);
        let size = node.keys.len();
        context.on_top += 1;
        self.op(Opcode::MatchMapping, 0, loc);
        self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
        if size == 0 && node.rest.is_none() {
            context.on_top -= 1;
            self.op(Opcode::PopTop, 0, loc);
            return Ok(());
        }
        if size > 0 {
            self.check_length(size, CmpOp::GtE, context, loc);
        }
        self.keys(node.keys, span)?;
        self.op(Opcode::BuildTuple, size as u32, loc);
        self.op(Opcode::MatchKeys, 0, loc);
        // subject, keys, values or None
        context.on_top += 2;
        self.op(Opcode::Copy, 1, loc);
        self.load_none(loc);
        self.op(Opcode::IsOp, 1, loc);
        self.jump_on_failure(Opcode::PopJumpIfFalse, context, loc);
        self.op(Opcode::UnpackSequence, size as u32, loc);
        context.on_top -= 1;
        self.match_items(node.patterns, context)?;
        context.on_top -= 2;
        match node.rest {
            Some(rest) => {
                self.rest_of_mapping(size as u32, loc);
                self.capture(Some(rest), context, span)
            }
            None => {
                self.op(Opcode::PopTop, 0, loc);
                self.op(Opcode::PopTop, 0, loc);
                Ok(())
            }
        }
    }

    /// subject, keys => a dictionary of the subject's items without these keys
    fn rest_of_mapping(&mut self, size: u32, loc: Loc) {
        self.op(Opcode::BuildMap, 0, loc);
        self.op(Opcode::Swap, 3, loc);
        self.op(Opcode::DictUpdate, 2, loc);
        self.op(Opcode::UnpackSequence, size, loc);
        for left in (1..=size).rev() {
            self.op(Opcode::Copy, 1 + left, loc);
            self.op(Opcode::Swap, 2, loc);
            self.op(Opcode::DeleteSubscr, 0, loc);
        }
    }

    fn keys(&mut self, keys: &'a [Expr<'a>], span: Span) -> Result {
        let mut seen = Vec::new();
        for expr in keys {
            match expr.kind {
                ExprKind::Constant(node) => {
                    let key = key(node.value);
                    if seen.contains(&key) {
                        let mut repr = String::new();
                        taipan_ast::repr::write_constant(&mut repr, node.value);
                        return fail(Error::DuplicateKey { repr }, span);
                    }
                    seen.push(key);
                }
                ExprKind::Attribute { .. } => {}
                _ => return fail(Error::PatternKey, span),
            }
            self.expr(expr)?;
        }
        Ok(())
    }
}
