//! Atoms: names, literals, and whatever stands in brackets.

use super::{Parse, Parser, Refused};
use crate::literals::number;
use taipan_ast::{Constant, Expr, ExprConstant, ExprContext, ExprKind};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// atom:
    ///     | NAME | 'True' | 'False' | 'None' | '...' | strings | NUMBER
    ///     | tuple | group | genexp | list | listcomp | dict | set | dictcomp | setcomp
    /// ```
    pub(super) fn atom(&mut self) -> Parse<Expr<'a>> {
        match self.kind {
            TokenKind::Name => self.name_expr(ExprContext::Load),
            TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart => self.strings(),
            TokenKind::Number => self.number(),
            TokenKind::LParen => self.nested(Self::parenthesized),
            TokenKind::LBracket => self.nested(Self::list),
            TokenKind::LBrace => self.nested(Self::dict_or_set),
            TokenKind::None => Ok(self.keyword_constant(&NONE)),
            TokenKind::True => Ok(self.keyword_constant(&TRUE)),
            TokenKind::False => Ok(self.keyword_constant(&FALSE)),
            TokenKind::Ellipsis => Ok(self.keyword_constant(&ELLIPSIS)),
            _ => Err(Refused),
        }
    }

    fn keyword_constant(&mut self, node: &'static ExprConstant<'static>) -> Expr<'a> {
        let span = self.token_span();
        self.bump();
        Expr { span, kind: ExprKind::Constant(node) }
    }

    /// `NUMBER`
    pub(super) fn number(&mut self) -> Parse<Expr<'a>> {
        let span = self.token_span();
        let text = self.slice(span);
        let value = match number::small_decimal(text) {
            Some(value) => value,
            None => {
                if text.contains('_') {
                    self.since(6)?;
                }
                number::parse(text, self.max_decimal_digits, self.arena).map_err(|_| Refused)?
            }
        };
        self.bump();
        Ok(self.constant(span, value, None))
    }

    /// A constant's node.
    pub(super) fn constant(
        &self,
        span: taipan_span::Span,
        value: Constant<'a>,
        kind: Option<&'a str>,
    ) -> Expr<'a> {
        Expr { span, kind: ExprKind::Constant(self.arena.alloc(ExprConstant { value, kind })) }
    }
}

static NONE: ExprConstant<'static> = ExprConstant { value: Constant::None, kind: None };
static TRUE: ExprConstant<'static> = ExprConstant { value: Constant::True, kind: None };
static FALSE: ExprConstant<'static> = ExprConstant { value: Constant::False, kind: None };
static ELLIPSIS: ExprConstant<'static> = ExprConstant { value: Constant::Ellipsis, kind: None };
