//! Targets. They are parsed as the expressions that they look like; what may not be assigned to or
//! deleted is refused as their context is set.

use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, ExprContext, ExprKind, ExprList, ExprSubscript, ExprTuple};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `star_targets: star_target !',' | ','.star_target+ [',']`
    pub(super) fn star_targets(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let first = self.star_target()?;
        let all = if self.kind == TokenKind::Comma {
            self.tuple_rest(start, first, Self::star_target)?
        } else {
            first
        };
        self.in_context(all, ExprContext::Store)
    }

    /// `star_target: '*' (!'*' star_target) | target_with_star_atom`, its context still to be set
    pub(super) fn star_target(&mut self) -> Parse<Expr<'a>> {
        if self.kind != TokenKind::Star {
            return self.primary();
        }
        let start = self.start();
        self.bump();
        let value = self.primary()?;
        let kind = ExprKind::Starred { value: self.arena.alloc(value), ctx: ExprContext::Load };
        Ok(Expr { span: self.span_from(start), kind })
    }

    /// ```text
    /// single_target: single_subscript_attribute_target | NAME | '(' single_target ')'
    /// ```
    pub(super) fn single_target(&mut self, target: Expr<'a>) -> Parse<Expr<'a>> {
        match target.kind {
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript(_) => {
                self.in_context(target, ExprContext::Store)
            }
            _ => Err(Refused),
        }
    }

    /// The target in the given context; refused unless it is a `star_target` or a `del_target`.
    pub(super) fn in_context(&mut self, target: Expr<'a>, ctx: ExprContext) -> Parse<Expr<'a>> {
        let kind = match target.kind {
            ExprKind::Name { id, .. } => ExprKind::Name { id, ctx },
            ExprKind::Attribute { value, attr, .. } => ExprKind::Attribute { value, attr, ctx },
            ExprKind::Subscript(&ExprSubscript { value, slice, .. }) => {
                ExprKind::Subscript(self.arena.alloc(ExprSubscript { value, slice, ctx }))
            }
            ExprKind::Starred { value, .. } if ctx != ExprContext::Del => {
                let value = self.in_context(*value, ctx)?;
                ExprKind::Starred { value: self.arena.alloc(value), ctx }
            }
            ExprKind::Tuple(&ExprTuple { elts, .. }) => {
                let elts = self.all_in_context(elts, ctx)?;
                ExprKind::Tuple(self.arena.alloc(ExprTuple { elts, ctx }))
            }
            ExprKind::List(&ExprList { elts, .. }) => {
                let elts = self.all_in_context(elts, ctx)?;
                ExprKind::List(self.arena.alloc(ExprList { elts, ctx }))
            }
            _ => return Err(Refused),
        };
        Ok(Expr { span: target.span, kind })
    }

    fn all_in_context(&mut self, elts: &[Expr<'a>], ctx: ExprContext) -> Parse<&'a [Expr<'a>]> {
        let base = self.scratch.exprs.len();
        self.nested(|p| {
            for &elt in elts {
                let elt = p.in_context(elt, ctx)?;
                p.scratch.exprs.push(elt);
            }
            Ok(())
        })?;
        Ok(self.take_exprs(base))
    }
}
