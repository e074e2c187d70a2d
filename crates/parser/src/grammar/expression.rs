//! Lists of expressions, starred and named expressions, `yield`.

use super::operator::Floor;
use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, ExprContext, ExprKind, ExprNamedExpr, ExprTuple};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `expression: disjunction ['if' disjunction 'else' expression] | lambdef`
    #[inline]
    pub(super) fn expression(&mut self) -> Parse<Expr<'a>> {
        self.operators(Floor::EXPRESSION)
    }

    /// `disjunction`
    #[inline]
    pub(super) fn disjunction(&mut self) -> Parse<Expr<'a>> {
        self.operators(Floor::DISJUNCTION)
    }

    /// `bitwise_or`
    #[inline]
    pub(super) fn bitwise_or(&mut self) -> Parse<Expr<'a>> {
        self.operators(Floor::BITWISE_OR)
    }

    /// `expressions: ','.expression+ [',']`
    pub(super) fn expressions(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let first = self.expression()?;
        if self.kind == TokenKind::Comma {
            self.tuple_rest(start, first, Self::expression)
        } else {
            Ok(first)
        }
    }

    /// `star_expressions: ','.star_expression+ [',']`
    #[inline]
    pub(super) fn star_expressions(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let first = self.star_expression()?;
        if self.kind == TokenKind::Comma {
            self.tuple_rest(start, first, Self::star_expression)
        } else {
            Ok(first)
        }
    }

    /// `star_expression: '*' bitwise_or | expression`
    #[inline]
    pub(super) fn star_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind == TokenKind::Star { self.starred(Floor::BITWISE_OR) } else { self.expression() }
    }

    /// `star_named_expression: '*' bitwise_or | named_expression`
    #[inline]
    pub(super) fn star_named_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind == TokenKind::Star { self.starred(Floor::BITWISE_OR) } else { self.named_expression() }
    }

    /// `'*'` and an operand of the given strength
    pub(super) fn starred(&mut self, floor: Floor) -> Parse<Expr<'a>> {
        let start = self.start();
        self.bump();
        let value = self.operators(floor)?;
        let kind = ExprKind::Starred { value: self.arena.alloc(value), ctx: ExprContext::Load };
        Ok(Expr { span: self.span_from(start), kind })
    }

    /// The rest of a tuple without parentheses, from its first comma on.
    pub(super) fn tuple_rest(
        &mut self,
        start: u32,
        first: Expr<'a>,
        element: fn(&mut Self) -> Parse<Expr<'a>>,
    ) -> Parse<Expr<'a>> {
        let base = self.scratch.exprs.len();
        self.scratch.exprs.push(first);
        while self.eat(TokenKind::Comma) && starts_expression(self.kind) {
            let value = element(self)?;
            self.scratch.exprs.push(value);
        }
        let elts = self.take_exprs(base);
        let node = self.arena.alloc(ExprTuple { elts, ctx: ExprContext::Load });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::Tuple(node) })
    }

    /// `named_expression: NAME ':=' expression | expression !':='`
    #[inline]
    pub(super) fn named_expression(&mut self) -> Parse<Expr<'a>> {
        let first = self.at;
        let value = self.expression()?;
        if self.kind == TokenKind::ColonEqual { self.assignment_expression(first, value) } else { Ok(value) }
    }

    /// `NAME ':=' expression`, from the operator on; the name began at token `first`.
    #[cold]
    pub(super) fn assignment_expression(&mut self, first: usize, target: Expr<'a>) -> Parse<Expr<'a>> {
        self.since(8)?;
        let ExprKind::Name { id, .. } = target.kind else { return Err(Refused) };
        if self.at != first + 1 {
            return Err(Refused);
        }
        self.bump();
        let value = self.expression()?;
        let target = Expr { span: target.span, kind: ExprKind::Name { id, ctx: ExprContext::Store } };
        let kind = ExprKind::NamedExpr(self.arena.alloc(ExprNamedExpr { target, value }));
        Ok(Expr { span: self.span_from(target.span.start), kind })
    }

    /// `yield_expr: 'yield' 'from' expression | 'yield' [star_expressions]`
    pub(super) fn yield_expr(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.bump();
        let kind = if self.eat(TokenKind::From) {
            let value = self.expression()?;
            ExprKind::YieldFrom { value: self.arena.alloc(value) }
        } else if starts_expression(self.kind) {
            let value = self.star_expressions()?;
            ExprKind::Yield { value: Some(self.arena.alloc(value)) }
        } else {
            ExprKind::Yield { value: None }
        };
        Ok(Expr { span: self.span_from(start), kind })
    }
}

/// Whether a token can begin an expression, starred ones included.
#[inline]
pub(super) fn starts_expression(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::TStringStart
            | TokenKind::LParen
            | TokenKind::LBracket
            | TokenKind::LBrace
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Tilde
            | TokenKind::Star
            | TokenKind::Ellipsis
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
            | TokenKind::Not
            | TokenKind::Lambda
            | TokenKind::Await
    )
}
