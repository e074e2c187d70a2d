//! How strongly operators bind.

use taipan_lexer::TokenKind;

/// The weakest operator that an operand may hold without parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::grammar) struct Floor(pub(super) u8);

impl Floor {
    pub(in crate::grammar) const EXPRESSION: Floor = Floor(CONDITIONAL);
    pub(in crate::grammar) const DISJUNCTION: Floor = Floor(OR);
    pub(in crate::grammar) const BITWISE_OR: Floor = Floor(BIT_OR);
}

pub(super) const CONDITIONAL: u8 = 1;
pub(super) const OR: u8 = 2;
pub(super) const AND: u8 = 3;
pub(super) const NOT: u8 = 4;
pub(super) const COMPARISON: u8 = 5;
pub(super) const BIT_OR: u8 = 6;
const BIT_XOR: u8 = 7;
const BIT_AND: u8 = 8;
const SHIFT: u8 = 9;
const SUM: u8 = 10;
pub(super) const TERM: u8 = 11;
pub(super) const UNARY: u8 = 12;
const POWER: u8 = 13;

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

/// The strength of each kind of token.
pub(super) static STRENGTHS: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < TokenKind::ALL.len() {
        let kind = TokenKind::ALL[index];
        table[kind as usize] = infix_strength(kind);
        index += 1;
    }
    table
};
