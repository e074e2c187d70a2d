//! Operators by precedence climbing on an explicit stack: whatever waits for its right operand is a
//! [`Pending`], so that no chain of operators, however long, deepens the native stack.
//!
//! ```text
//! expression: disjunction ['if' disjunction 'else' expression] | 'lambda' [lambda_params] ':' expression
//! disjunction: conjunction ('or' conjunction)*
//! conjunction: inversion ('and' inversion)*
//! inversion: 'not' inversion | comparison
//! comparison: bitwise_or (compare_op bitwise_or)*
//! bitwise_or, bitwise_xor, bitwise_and, shift_expr, sum, term: left-associative binary operators
//! factor: ('+' | '-' | '~') factor | power
//! power: await_primary ['**' factor]
//! ```

mod complete;
mod infix;
mod strength;

pub(super) use strength::Floor;

use super::{Parse, Parser};
use strength::{AND, COMPARISON, CONDITIONAL, NOT, OR, STRENGTHS, UNARY};
use taipan_ast::{BoolOp, Expr, Operator, UnaryOp};
use taipan_lexer::TokenKind;

/// An operator whose right operand is being parsed.
pub(super) enum Pending<'a> {
    Binary {
        left: Expr<'a>,
        start: u32,
        op: Operator,
        strength: u8,
    },
    Unary {
        start: u32,
        op: UnaryOp,
        strength: u8,
    },
    /// The operators and all operands but the first and last are on their stacks.
    Compare {
        left: Expr<'a>,
        start: u32,
        count: u32,
    },
    /// The operands are on the stack of expressions.
    Bool {
        start: u32,
        op: BoolOp,
        count: u32,
    },
    /// Between `if` and `else`.
    Test {
        body: Expr<'a>,
        start: u32,
    },
    /// Behind `else`; the test is on the stack of expressions.
    Orelse {
        body: Expr<'a>,
        start: u32,
    },
    /// Behind a lambda's colon; the parameters are on their stack.
    Lambda {
        start: u32,
    },
}

impl Pending<'_> {
    fn strength(&self) -> u8 {
        match self {
            Pending::Binary { strength, .. } | Pending::Unary { strength, .. } => *strength,
            Pending::Compare { .. } => COMPARISON,
            Pending::Bool { op: BoolOp::And, .. } => AND,
            Pending::Bool { op: BoolOp::Or, .. } => OR,
            Pending::Test { .. } | Pending::Orelse { .. } | Pending::Lambda { .. } => CONDITIONAL,
        }
    }
}

impl<'a> Parser<'a, '_> {
    /// An operand that may hold operators down to `floor`.
    #[inline]
    pub(super) fn operators(&mut self, floor: Floor) -> Parse<Expr<'a>> {
        let start = self.start();
        if self.at_prefix() {
            return self.operators_from_prefix(floor);
        }
        let value = self.await_primary()?;
        if STRENGTHS[self.kind as usize] < floor.0 {
            return Ok(value);
        }
        self.climb(floor, self.scratch.pending.len(), value, start)
    }

    #[inline]
    fn at_prefix(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Minus | TokenKind::Plus | TokenKind::Tilde | TokenKind::Not | TokenKind::Lambda
        )
    }

    fn operators_from_prefix(&mut self, floor: Floor) -> Parse<Expr<'a>> {
        let base = self.scratch.pending.len();
        let (value, start) = self.operand(floor, base)?;
        self.climb(floor, base, value, start)
    }

    /// Prefix operators, which go onto the stack, and the operand behind them with its start.
    fn operand(&mut self, floor: Floor, base: usize) -> Parse<(Expr<'a>, u32)> {
        loop {
            let start = self.start();
            let (op, strength) = match self.kind {
                TokenKind::Minus => (UnaryOp::USub, UNARY),
                TokenKind::Plus => (UnaryOp::UAdd, UNARY),
                TokenKind::Tilde => (UnaryOp::Invert, UNARY),
                TokenKind::Not if self.context(floor, base) <= NOT => (UnaryOp::Not, NOT),
                TokenKind::Lambda if self.takes_lambda(floor, base) => {
                    let args = self.nested(Self::lambda_head)?;
                    self.scratch.lambdas.push(args);
                    self.push_pending(Pending::Lambda { start })?;
                    continue;
                }
                _ => return Ok((self.await_primary()?, start)),
            };
            self.bump();
            self.push_pending(Pending::Unary { start, op, strength })?;
        }
    }

    pub(super) fn push_pending(&mut self, pending: Pending<'a>) -> Parse<()> {
        self.scratch.pending.push(pending);
        self.note_depth()
    }

    /// The innermost operator of this operand that waits.
    pub(super) fn top(&self, base: usize) -> Option<&Pending<'a>> {
        self.scratch.pending.get(base..)?.last()
    }

    /// The strength of what the next operand belongs to.
    fn context(&self, floor: Floor, base: usize) -> u8 {
        self.top(base).map_or(floor.0, Pending::strength)
    }

    /// Whether an `expression` is wanted, not just a `disjunction`.
    fn takes_lambda(&self, floor: Floor, base: usize) -> bool {
        match self.top(base) {
            None => floor == Floor::EXPRESSION,
            Some(top) => matches!(top, Pending::Orelse { .. } | Pending::Lambda { .. }),
        }
    }

    /// Goes on behind a complete operand until no operator follows that belongs here.
    fn climb(&mut self, floor: Floor, base: usize, operand: Expr<'a>, from: u32) -> Parse<Expr<'a>> {
        let (mut value, mut start) = (operand, from);
        loop {
            let strength = STRENGTHS[self.kind as usize];
            if strength < floor.0 || strength == 0 {
                return self.reduce_all(base, value);
            }
            (value, start) = self.reduce_stronger(base, strength, value, start)?;
            let goes_on = match strength {
                CONDITIONAL => self.conditional(base, value, start)?,
                OR => self.bool_op(base, BoolOp::Or, value, start)?,
                AND => self.bool_op(base, BoolOp::And, value, start)?,
                COMPARISON => self.compare_op(base, value, start)?,
                _ => self.binary_op(strength, value, start)?,
            };
            if !goes_on {
                return self.reduce_all(base, value);
            }
            (value, start) = self.operand(floor, base)?;
        }
    }
}
