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

use super::{Parse, Parser, Refused};
use taipan_ast::{
    BoolOp, CmpOp, Expr, ExprBinOp, ExprBoolOp, ExprCompare, ExprIfExp, ExprKind, ExprLambda, Operator,
    UnaryOp,
};
use taipan_lexer::TokenKind;

/// The weakest operator that an operand may hold without parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Floor(u8);

impl Floor {
    pub(super) const EXPRESSION: Floor = Floor(CONDITIONAL);
    pub(super) const DISJUNCTION: Floor = Floor(OR);
    pub(super) const BITWISE_OR: Floor = Floor(BIT_OR);
}

const CONDITIONAL: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARISON: u8 = 5;
const BIT_OR: u8 = 6;
const BIT_XOR: u8 = 7;
const BIT_AND: u8 = 8;
const SHIFT: u8 = 9;
const SUM: u8 = 10;
const TERM: u8 = 11;
const UNARY: u8 = 12;
const POWER: u8 = 13;

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

/// The strength of a token as an infix operator; 0 for all others.
const fn infix_strength(kind: TokenKind) -> u8 {
    match kind {
        TokenKind::If | TokenKind::Else => CONDITIONAL,
        TokenKind::Or => OR,
        TokenKind::And => AND,
        TokenKind::EqEqual
        | TokenKind::NotEqual
        | TokenKind::Less
        | TokenKind::LessEqual
        | TokenKind::Greater
        | TokenKind::GreaterEqual
        | TokenKind::In
        | TokenKind::Is
        | TokenKind::Not => COMPARISON,
        TokenKind::VBar => BIT_OR,
        TokenKind::Circumflex => BIT_XOR,
        TokenKind::Amper => BIT_AND,
        TokenKind::LeftShift | TokenKind::RightShift => SHIFT,
        TokenKind::Plus | TokenKind::Minus => SUM,
        TokenKind::Star | TokenKind::Slash | TokenKind::DoubleSlash | TokenKind::Percent | TokenKind::At => {
            TERM
        }
        TokenKind::DoubleStar => POWER,
        _ => 0,
    }
}

static STRENGTHS: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < TokenKind::ALL.len() {
        let kind = TokenKind::ALL[index];
        table[kind as usize] = infix_strength(kind);
        index += 1;
    }
    table
};

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

    fn push_pending(&mut self, pending: Pending<'a>) -> Parse<()> {
        self.scratch.pending.push(pending);
        self.note_depth()
    }

    /// The innermost operator of this operand that waits.
    fn top(&self, base: usize) -> Option<&Pending<'a>> {
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
                return self.reduce_all(base, value, start);
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
                return self.reduce_all(base, value, start);
            }
            (value, start) = self.operand(floor, base)?;
        }
    }

    /// Completes the operators that bind the operand stronger than one of `strength` on its right.
    fn reduce_stronger(
        &mut self,
        base: usize,
        strength: u8,
        mut value: Expr<'a>,
        mut start: u32,
    ) -> Parse<(Expr<'a>, u32)> {
        let left_associative = BIT_OR <= strength && strength <= TERM;
        while let Some(top) = self.top(base) {
            let above = top.strength();
            if above < strength || (above == strength && !left_associative) {
                break;
            }
            (value, start) = self.reduce(value)?;
        }
        Ok((value, start))
    }

    fn reduce_all(&mut self, base: usize, mut value: Expr<'a>, mut _start: u32) -> Parse<Expr<'a>> {
        while self.scratch.pending.len() > base {
            (value, _start) = self.reduce(value)?;
        }
        Ok(value)
    }

    /// Completes the innermost operator with its right operand.
    fn reduce(&mut self, right: Expr<'a>) -> Parse<(Expr<'a>, u32)> {
        let Some(pending) = self.scratch.pending.pop() else { return Err(Refused) };
        let (start, kind) = match pending {
            Pending::Binary { left, start, op, .. } => {
                (start, ExprKind::BinOp(self.arena.alloc(ExprBinOp { left, op, right })))
            }
            Pending::Unary { start, op, .. } => {
                (start, ExprKind::UnaryOp { op, operand: self.arena.alloc(right) })
            }
            Pending::Compare { left, start, count } => {
                self.scratch.exprs.push(right);
                let comparators = self.take_exprs(self.scratch.exprs.len() - count as usize);
                let ops = self.take_cmpops(self.scratch.cmpops.len() - count as usize);
                (start, ExprKind::Compare(self.arena.alloc(ExprCompare { left, ops, comparators })))
            }
            Pending::Bool { start, op, count } => {
                self.scratch.exprs.push(right);
                let values = self.take_exprs(self.scratch.exprs.len() - 1 - count as usize);
                (start, ExprKind::BoolOp(self.arena.alloc(ExprBoolOp { op, values })))
            }
            Pending::Test { .. } => return Err(Refused),
            Pending::Orelse { body, start } => {
                let Some(test) = self.scratch.exprs.pop() else { return Err(Refused) };
                (start, ExprKind::IfExp(self.arena.alloc(ExprIfExp { test, body, orelse: right })))
            }
            Pending::Lambda { start } => {
                let Some(args) = self.scratch.lambdas.pop() else { return Err(Refused) };
                (start, ExprKind::Lambda(self.arena.alloc(ExprLambda { args, body: right })))
            }
        };
        Ok((Expr { span: self.span_from(start), kind }, start))
    }

    /// `'if'` and `'else'`: neither belongs here unless an `expression` or this `else` is wanted.
    fn conditional(&mut self, base: usize, value: Expr<'a>, start: u32) -> Parse<bool> {
        let test = matches!(self.top(base), Some(Pending::Test { .. }));
        let is_else = self.kind == TokenKind::Else;
        match (is_else, test) {
            (false, false) => {
                self.bump();
                self.push_pending(Pending::Test { body: value, start })?;
            }
            (true, true) => {
                self.bump();
                if let Some(Pending::Test { body, start }) = self.scratch.pending.pop() {
                    self.scratch.exprs.push(value);
                    self.scratch.pending.push(Pending::Orelse { body, start });
                }
            }
            (true, false) => return Ok(false),
            (false, true) => return Err(Refused),
        }
        Ok(true)
    }

    /// `'or'` and `'and'`: a chain of the same is one node.
    fn bool_op(&mut self, base: usize, op: BoolOp, value: Expr<'a>, start: u32) -> Parse<bool> {
        self.bump();
        self.scratch.exprs.push(value);
        if self.scratch.pending.len() > base
            && let Some(Pending::Bool { op: same, count, .. }) = self.scratch.pending.last_mut()
            && *same == op
        {
            *count += 1;
        } else {
            self.push_pending(Pending::Bool { start, op, count: 1 })?;
        }
        Ok(true)
    }

    /// Comparisons: a chain of any is one node.
    fn compare_op(&mut self, base: usize, value: Expr<'a>, start: u32) -> Parse<bool> {
        if self.kind == TokenKind::Not && self.peek(1) != TokenKind::In {
            return Ok(false);
        }
        let op = self.comparison_operator()?;
        self.scratch.cmpops.push(op);
        if self.scratch.pending.len() > base
            && let Some(Pending::Compare { count, .. }) = self.scratch.pending.last_mut()
        {
            *count += 1;
            self.scratch.exprs.push(value);
        } else {
            self.push_pending(Pending::Compare { left: value, start, count: 1 })?;
        }
        Ok(true)
    }

    /// The operator here, both words of it.
    fn comparison_operator(&mut self) -> Parse<CmpOp> {
        let op = match self.kind {
            TokenKind::EqEqual => CmpOp::Eq,
            TokenKind::NotEqual => {
                // `<>` is the same token, and right only on the first of April (PEP 401)
                if self.text().starts_with('<') != self.barry_as_flufl {
                    return Err(Refused);
                }
                CmpOp::NotEq
            }
            TokenKind::Less => CmpOp::Lt,
            TokenKind::LessEqual => CmpOp::LtE,
            TokenKind::Greater => CmpOp::Gt,
            TokenKind::GreaterEqual => CmpOp::GtE,
            TokenKind::In => CmpOp::In,
            TokenKind::Not => {
                self.bump();
                CmpOp::NotIn
            }
            TokenKind::Is if self.peek(1) == TokenKind::Not => {
                self.bump();
                CmpOp::IsNot
            }
            TokenKind::Is => CmpOp::Is,
            _ => return Err(Refused),
        };
        self.bump();
        Ok(op)
    }

    /// Arithmetic, bitwise and shift operators, and `**`.
    fn binary_op(&mut self, strength: u8, left: Expr<'a>, start: u32) -> Parse<bool> {
        let op = match self.kind {
            TokenKind::Plus => Operator::Add,
            TokenKind::Minus => Operator::Sub,
            TokenKind::Star => Operator::Mult,
            TokenKind::At => {
                self.since(5)?;
                Operator::MatMult
            }
            TokenKind::Slash => Operator::Div,
            TokenKind::Percent => Operator::Mod,
            TokenKind::DoubleStar => Operator::Pow,
            TokenKind::LeftShift => Operator::LShift,
            TokenKind::RightShift => Operator::RShift,
            TokenKind::VBar => Operator::BitOr,
            TokenKind::Circumflex => Operator::BitXor,
            TokenKind::Amper => Operator::BitAnd,
            TokenKind::DoubleSlash => Operator::FloorDiv,
            _ => return Err(Refused),
        };
        self.bump();
        self.push_pending(Pending::Binary { left, start, op, strength })?;
        Ok(true)
    }
}
