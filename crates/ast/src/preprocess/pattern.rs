//! Negative and complex numbers in patterns as constants.

use crate::repr::write_int;
use crate::{Arena, Complex, Constant, Expr, ExprBinOp, ExprConstant, ExprKind, Int, Operator, UnaryOp};

/// Whether [`fold`] may change the value of a pattern.
pub(super) fn may_fold(value: &Expr<'_>) -> bool {
    matches!(value.kind, ExprKind::UnaryOp { .. } | ExprKind::BinOp(_))
}

/// What stands for the value of a pattern: `-1` and `-1 + 2j` as constants.
pub(super) fn fold<'a>(value: &Expr<'a>, arena: &'a Arena) -> ExprKind<'a> {
    let constant = |value| ExprKind::Constant(arena.alloc(ExprConstant { value, kind: None }));
    match value.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => match operand.kind {
            ExprKind::Constant(node) => negate(node.value).map_or(value.kind, constant),
            _ => value.kind,
        },
        ExprKind::BinOp(node) if matches!(node.op, Operator::Add | Operator::Sub) => {
            let left = Expr { span: node.left.span, kind: fold(&node.left, arena) };
            let sum = match (left.kind, node.right.kind) {
                (ExprKind::Constant(left), ExprKind::Constant(right)) => {
                    add(left.value, right.value, node.op == Operator::Sub)
                }
                _ => None,
            };
            match sum {
                Some(sum) => constant(sum),
                None => ExprKind::BinOp(arena.alloc(ExprBinOp { left, ..*node })),
            }
        }
        kind => kind,
    }
}

fn negate(value: Constant<'_>) -> Option<Constant<'_>> {
    match value {
        Constant::Int(value) => Some(Constant::Int(value.negate())),
        Constant::Float(value) => Some(Constant::Float(-value)),
        Constant::Complex(value) => Some(Constant::Complex(Complex { real: -value.real, imag: -value.imag })),
        _ => None,
    }
}

/// A real number and an imaginary one. As in Python 3.14, the real number has no imaginary part, not
/// one of zero, so that the sign of the other's stays.
fn add<'a>(left: Constant<'_>, right: Constant<'_>, subtract: bool) -> Option<Constant<'a>> {
    let left = match left {
        Constant::Float(value) => value,
        Constant::Int(value) => to_float(value)?,
        _ => return None,
    };
    let Constant::Complex(Complex { real, imag }) = right else { return None };
    Some(Constant::Complex(if subtract {
        Complex { real: left - real, imag: -imag }
    } else {
        Complex { real: left + real, imag }
    }))
}

/// The nearest float; none if the integer is beyond all of them.
fn to_float(value: Int<'_>) -> Option<f64> {
    let digits = match value {
        Int::Big(digits) | Int::NegativeBig(digits) => digits.len(),
        Int::Small(_) | Int::NegativeSmall(_) => 0,
    };
    if digits > 33 {
        return None;
    }
    let mut text = String::new();
    write_int(&mut text, value);
    text.parse().ok().filter(|value: &f64| value.is_finite())
}
