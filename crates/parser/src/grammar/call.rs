//! Calls and their arguments.

use super::operator::Floor;
use super::{Parse, Parser, Refused};
use taipan_ast::{Expr, ExprCall, ExprKind, Keyword};
use taipan_lexer::TokenKind;

/// How far the arguments have come: each kind rules out some that stand behind it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Positional,
    /// Behind `name=value`.
    Keyword,
    /// Behind `**value`.
    DoubleStarred,
}

type Arguments<'a> = (&'a [Expr<'a>], &'a [Keyword<'a>]);

impl<'a> Parser<'a, '_> {
    /// `primary (genexp | '(' [arguments] ')')`, from the parenthesis on
    pub(super) fn call(&mut self, start: u32, func: Expr<'a>) -> Parse<Expr<'a>> {
        let paren = self.start();
        self.bump();
        let (args, keywords): Arguments<'a> =
            if self.eat(TokenKind::RParen) { (&[], &[]) } else { self.nested(|p| p.arguments(Some(paren)))? };
        let kind = ExprKind::Call(self.arena.alloc(ExprCall { func, args, keywords }));
        Ok(Expr { span: self.span_from(start), kind })
    }

    /// ```text
    /// arguments: args [','] &')'
    /// args: ','.(starred_expression | named_expression !'=')+ [',' kwargs] | kwargs
    /// kwargs:
    ///     | ','.kwarg_or_starred+ ',' ','.kwarg_or_double_starred+
    ///     | ','.kwarg_or_starred+
    ///     | ','.kwarg_or_double_starred+
    /// ```
    /// or none, and the parenthesis behind. A lone generator expression may use the call's own
    /// parentheses, the first of which is then at `paren`.
    pub(super) fn arguments(&mut self, paren: Option<u32>) -> Parse<Arguments<'a>> {
        let (args, keywords) = (self.scratch.exprs.len(), self.scratch.keywords.len());
        let mut phase = Phase::Positional;
        while self.kind != TokenKind::RParen {
            match self.kind {
                TokenKind::Star if phase < Phase::DoubleStarred => {
                    let value = self.starred(Floor::EXPRESSION)?;
                    self.scratch.exprs.push(value);
                }
                TokenKind::DoubleStar => {
                    phase = Phase::DoubleStarred;
                    self.keyword_argument()?;
                }
                TokenKind::Name if self.peek(1) == TokenKind::Equal => {
                    phase = phase.max(Phase::Keyword);
                    self.keyword_argument()?;
                }
                _ if phase == Phase::Positional => {
                    let value = self.named_expression()?;
                    if matches!(self.kind, TokenKind::For | TokenKind::Async)
                        && self.scratch.exprs.len() == args
                        && let Some(paren) = paren
                    {
                        let value = self.generator_rest(paren, value)?;
                        return Ok((self.arena.alloc_slice_copy(&[value]), &[]));
                    }
                    self.scratch.exprs.push(value);
                }
                _ => return Err(Refused),
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RParen)?;
        Ok((self.take_exprs(args), self.take_keywords(keywords)))
    }

    /// `NAME '=' expression | '**' expression`
    fn keyword_argument(&mut self) -> Parse<()> {
        let start = self.start();
        let arg = if self.eat(TokenKind::DoubleStar) {
            None
        } else {
            let name = self.name()?;
            self.bump();
            Some(name)
        };
        let value = self.expression()?;
        let span = self.span_from(start);
        self.scratch.keywords.push(Keyword { span, arg, value });
        Ok(())
    }
}
