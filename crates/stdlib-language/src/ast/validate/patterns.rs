//! The rules of patterns.

use taipan_ast::{Constant, Expr, ExprKind, Identifier, Operator, Pattern, PatternKind, UnaryOp};
use taipan_object::PyResult;

use super::Checker;

const LITERALS: &str = "patterns may only match literals and attribute lookups";

impl Checker<'_> {
    /// A name that a pattern binds.
    fn captured(&self, name: Option<Identifier>) -> PyResult<()> {
        let Some(name) = name else { return Ok(()) };
        if self.interner.resolve(name) == "_" {
            return Err(self.wrong("can't capture name '_' in patterns"));
        }
        self.name(name)
    }

    pub(super) fn pattern(&self, pattern: &Pattern<'_>, star_may_stand: bool) -> PyResult<()> {
        match pattern.kind {
            PatternKind::MatchValue { value } => self.value(value),
            PatternKind::MatchSingleton(singleton) => {
                let known = matches!(singleton.value, Constant::None | Constant::True | Constant::False);
                self.need(known, "MatchSingleton can only contain True, False and None")
            }
            PatternKind::MatchSequence(_) => Ok(()),
            PatternKind::MatchMapping(mapping) => {
                let same = mapping.keys.len() == mapping.patterns.len();
                self.need(same, "MatchMapping doesn't have the same number of keys as patterns")?;
                self.captured(mapping.rest)?;
                mapping.keys.iter().try_for_each(|key| match constant(key) {
                    Some(Constant::None | Constant::True | Constant::False) => Ok(()),
                    _ => self.value(key),
                })
            }
            PatternKind::MatchClass(class) => {
                let same = class.kwd_attrs.len() == class.kwd_patterns.len();
                self.need(same, "MatchClass doesn't have the same number of keyword attributes as patterns")?;
                let message = "MatchClass cls field can only contain Name or Attribute nodes.";
                self.need(is_dotted(&class.cls), message)?;
                class.kwd_attrs.iter().try_for_each(|&name| self.name(name))
            }
            PatternKind::MatchStar { name } => {
                self.need(star_may_stand, "can't use MatchStar here")?;
                self.captured(name)
            }
            PatternKind::MatchAs { pattern, name } => {
                self.captured(name)?;
                let named = name.is_some() || pattern.is_none();
                self.need(named, "MatchAs must specify a target name if a pattern is given")
            }
            PatternKind::MatchOr(or) => {
                self.need(or.patterns.len() >= 2, "MatchOr requires at least 2 patterns")
            }
        }
    }

    /// The value of a pattern: a literal, a number with a sign, a complex number, an attribute.
    fn value(&self, value: &Expr<'_>) -> PyResult<()> {
        let legal = match value.kind {
            ExprKind::Constant(_) => match constant(value) {
                Some(Constant::Str(_) | Constant::Bytes(_)) => true,
                Some(constant) if is_number(&constant) => true,
                _ => return Err(self.wrong("unexpected constant inside of a literal pattern")),
            },
            ExprKind::UnaryOp { .. } => is_negative(value),
            ExprKind::BinOp(operation) => {
                let sign = matches!(operation.op, Operator::Add | Operator::Sub);
                let left = is_real(&operation.left);
                let right = matches!(constant(&operation.right), Some(Constant::Complex(_)));
                sign && left && right
            }
            ExprKind::Attribute { .. } | ExprKind::JoinedStr(_) | ExprKind::TemplateStr(_) => true,
            _ => false,
        };
        self.need(legal, LITERALS)
    }
}

fn constant<'a>(expr: &Expr<'a>) -> Option<Constant<'a>> {
    match expr.kind {
        ExprKind::Constant(constant) => Some(constant.value),
        _ => None,
    }
}

fn is_number(constant: &Constant<'_>) -> bool {
    matches!(constant, Constant::Int(_) | Constant::Float(_) | Constant::Complex(_))
}

fn is_negative(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => {
            constant(operand).is_some_and(|constant| is_number(&constant))
        }
        _ => false,
    }
}

/// A real number, perhaps with a minus.
fn is_real(expr: &Expr<'_>) -> bool {
    let real = |expr: &Expr<'_>| matches!(constant(expr), Some(Constant::Int(_) | Constant::Float(_)));
    match expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => real(operand),
        _ => real(expr),
    }
}

/// A name, or attributes of one.
fn is_dotted(expr: &Expr<'_>) -> bool {
    let mut at = *expr;
    while let ExprKind::Attribute { value, .. } = at.kind {
        at = *value;
    }
    matches!(at.kind, ExprKind::Name { .. })
}
