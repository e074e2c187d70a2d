//! What is legal and most likely a mistake, and so warned about.

use super::Generator;
use crate::warning::{CompileWarning, WarningKind};
use taipan_ast::{CmpOp, Constant, Expr, ExprCompare, ExprKind};
use taipan_span::Span;

impl Generator<'_, '_> {
    /// Notes a warning; code that is written more than once, as in `finally`, warns once.
    pub(super) fn warn(&mut self, kind: WarningKind, span: Span) {
        let warning = CompileWarning { kind, span };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// `is` and `is not` with a literal. The first such comparison of a chain is warned about.
    pub(super) fn check_compare(&mut self, node: &ExprCompare<'_>, span: Span) {
        let mut left = &node.left;
        for (op, right) in node.ops.iter().zip(node.comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot)
                && let Some(literal) = [left, right].into_iter().find(|side| is_literal(side))
                && let Some(class) = class_of(literal)
            {
                let negated = *op == CmpOp::IsNot;
                return self.warn(WarningKind::IsLiteral { class, negated }, span);
            }
            left = right;
        }
    }

    pub(super) fn check_called(&mut self, func: &Expr<'_>) {
        if matches!(func.kind, ExprKind::Lambda(_)) {
            return;
        }
        if let Some(class) = class_of(func) {
            self.warn(WarningKind::NotCallable { class }, func.span);
        }
    }

    pub(super) fn check_subscripted(&mut self, value: &Expr<'_>) {
        let bad = match value.kind {
            ExprKind::Constant(node) => !matches!(node.value, Constant::Str(_) | Constant::Bytes(_)),
            ExprKind::Set(_)
            | ExprKind::SetComp(_)
            | ExprKind::GeneratorExp(_)
            | ExprKind::TemplateStr(_)
            | ExprKind::Interpolation(_)
            | ExprKind::Lambda(_) => true,
            _ => false,
        };
        if bad && let Some(class) = class_of(value) {
            self.warn(WarningKind::NotSubscriptable { class }, value.span);
        }
    }

    pub(super) fn check_index(&mut self, value: &Expr<'_>, index: &Expr<'_>) {
        let Some(index) = class_of(index).filter(|class| !matches!(*class, "int" | "bool")) else { return };
        let indexed = match value.kind {
            ExprKind::Constant(node) => matches!(node.value, Constant::Str(_) | Constant::Bytes(_)),
            ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::ListComp(_)
            | ExprKind::JoinedStr(_)
            | ExprKind::FormattedValue(_) => true,
            _ => false,
        };
        if indexed && let Some(class) = class_of(value) {
            self.warn(WarningKind::BadIndex { class, index }, value.span);
        }
    }
}

/// Whether it is a constant other than the singletons, or a tuple of constants.
fn is_literal(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::Tuple(node) => node.elts.iter().all(|elt| matches!(elt.kind, ExprKind::Constant(_))),
        ExprKind::Constant(node) => {
            !matches!(node.value, Constant::None | Constant::True | Constant::False | Constant::Ellipsis)
        }
        _ => false,
    }
}

/// The name of the class of what an expression gives, where the expression alone tells.
fn class_of(expr: &Expr<'_>) -> Option<&'static str> {
    Some(match expr.kind {
        ExprKind::Tuple(_) => "tuple",
        ExprKind::List(_) | ExprKind::ListComp(_) => "list",
        ExprKind::Dict(_) | ExprKind::DictComp(_) => "dict",
        ExprKind::Set(_) | ExprKind::SetComp(_) => "set",
        ExprKind::GeneratorExp(_) => "generator",
        ExprKind::Lambda(_) => "function",
        ExprKind::JoinedStr(_) | ExprKind::FormattedValue(_) => "str",
        ExprKind::TemplateStr(_) | ExprKind::Interpolation(_) => "string.templatelib.Template",
        ExprKind::Constant(node) => match node.value {
            Constant::None => "NoneType",
            Constant::True | Constant::False => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Int(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex(_) => "complex",
        },
        _ => return None,
    })
}
