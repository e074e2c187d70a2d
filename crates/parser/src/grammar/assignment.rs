//! Assignments, and the expression statements that begin as they do.

use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, ExprContext, ExprKind, Operator, StmtAnnAssign, StmtAssign, StmtAugAssign, StmtKind};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `assignment | star_expressions`
    pub(super) fn assignment_or_expression(&mut self) -> Parse<StmtKind<'a>> {
        let (first, start) = (self.at, self.start());
        let value = self.star_expressions()?;
        match self.kind {
            TokenKind::Newline | TokenKind::Semicolon => {
                Ok(StmtKind::Expr { value: self.arena.alloc(value) })
            }
            TokenKind::Equal => self.assign(value),
            TokenKind::Colon => {
                if value.span.start == start && starts_with_bracketed_target(value) {
                    return Err(Refused);
                }
                let simple = self.at == first + 1;
                self.ann_assign(value, simple)
            }
            _ => match augmented(self.kind) {
                Some(op) => self.aug_assign(value, op),
                None => Err(Refused),
            },
        }
    }

    /// `(star_targets '=')+ annotated_rhs !'=' [TYPE_COMMENT]`
    fn assign(&mut self, first: Expr<'a>) -> Parse<StmtKind<'a>> {
        let base = self.scratch.exprs.len();
        let mut value = first;
        while self.eat(TokenKind::Equal) {
            let target = self.in_context(value, ExprContext::Store)?;
            self.scratch.exprs.push(target);
            value = self.annotated_rhs()?;
        }
        let targets = self.take_exprs(base);
        let type_comment = self.type_comment();
        Ok(StmtKind::Assign(self.arena.alloc(StmtAssign { targets, value, type_comment })))
    }

    /// ```text
    /// NAME ':' expression ['=' annotated_rhs]
    /// ('(' single_target ')' | single_subscript_attribute_target) ':' expression ['=' annotated_rhs]
    /// ```
    fn ann_assign(&mut self, target: Expr<'a>, one_token: bool) -> Parse<StmtKind<'a>> {
        self.since(6)?;
        let target = self.single_target(target)?;
        let simple = one_token && matches!(target.kind, ExprKind::Name { .. });
        self.bump();
        let annotation = self.expression()?;
        let value = if self.eat(TokenKind::Equal) { Some(self.annotated_rhs()?) } else { None };
        Ok(StmtKind::AnnAssign(self.arena.alloc(StmtAnnAssign { target, annotation, value, simple })))
    }

    /// `single_target augassign annotated_rhs`
    fn aug_assign(&mut self, target: Expr<'a>, op: Operator) -> Parse<StmtKind<'a>> {
        if op == Operator::MatMult {
            self.since(5)?;
        }
        let target = self.single_target(target)?;
        self.bump();
        let value = self.annotated_rhs()?;
        Ok(StmtKind::AugAssign(self.arena.alloc(StmtAugAssign { target, op, value })))
    }

    /// `annotated_rhs: yield_expr | star_expressions`
    #[inline]
    pub(super) fn annotated_rhs(&mut self) -> Parse<Expr<'a>> {
        if self.kind == TokenKind::Yield { self.yield_expr() } else { self.star_expressions() }
    }
}

/// Whether the target goes on behind a target in brackets, as `(a).b` does. The first alternative
/// that matches in `'(' single_target ')' | single_subscript_attribute_target` counts, and after the
/// bracket only a colon will do.
fn starts_with_bracketed_target(target: Expr<'_>) -> bool {
    let mut outer = target;
    loop {
        let inner = match outer.kind {
            ExprKind::Attribute { value, .. } => *value,
            ExprKind::Subscript(subscript) => subscript.value,
            ExprKind::Call(call) => call.func,
            _ => return false,
        };
        if inner.span.start > target.span.start {
            return matches!(
                inner.kind,
                ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript(_)
            );
        }
        outer = inner;
    }
}

/// `augassign`
fn augmented(kind: TokenKind) -> Option<Operator> {
    Some(match kind {
        TokenKind::PlusEqual => Operator::Add,
        TokenKind::MinEqual => Operator::Sub,
        TokenKind::StarEqual => Operator::Mult,
        TokenKind::AtEqual => Operator::MatMult,
        TokenKind::SlashEqual => Operator::Div,
        TokenKind::PercentEqual => Operator::Mod,
        TokenKind::AmperEqual => Operator::BitAnd,
        TokenKind::VBarEqual => Operator::BitOr,
        TokenKind::CircumflexEqual => Operator::BitXor,
        TokenKind::LeftShiftEqual => Operator::LShift,
        TokenKind::RightShiftEqual => Operator::RShift,
        TokenKind::DoubleStarEqual => Operator::Pow,
        TokenKind::DoubleSlashEqual => Operator::FloorDiv,
        _ => return None,
    })
}
