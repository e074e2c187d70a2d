//! Type parameters (PEP 695, PEP 696).

use super::{Parse, Parser, Refused};
use taipan_ast::{
    Expr, TypeParam, TypeParamKind, TypeParamParamSpec, TypeParamTypeVar, TypeParamTypeVarTuple,
};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `[type_params]`, `type_params: '[' ','.type_param+ [','] ']'`
    pub(super) fn optional_type_params(&mut self) -> Parse<&'a [TypeParam<'a>]> {
        if self.kind != TokenKind::LBracket {
            return Ok(&[]);
        }
        self.since(12)?;
        self.bump();
        let base = self.scratch.type_params.len();
        self.nested(|p| {
            loop {
                p.type_param()?;
                if !p.eat(TokenKind::Comma) || p.kind == TokenKind::RBracket {
                    return Ok(());
                }
            }
        })?;
        self.expect(TokenKind::RBracket)?;
        Ok(self.take_type_params(base))
    }

    /// ```text
    /// type_param:
    ///     | NAME [':' expression] ['=' expression]
    ///     | '*' NAME ['=' star_expression]
    ///     | '**' NAME ['=' expression]
    /// ```
    fn type_param(&mut self) -> Parse<()> {
        let start = self.start();
        let kind = match self.kind {
            TokenKind::Name => {
                let name = self.name()?;
                let bound = if self.eat(TokenKind::Colon) { Some(self.expression()?) } else { None };
                let default_value = self.type_param_default(Self::expression)?;
                TypeParamKind::TypeVar(self.arena.alloc(TypeParamTypeVar { name, bound, default_value }))
            }
            TokenKind::Star => {
                self.bump();
                let name = self.name()?;
                let default_value = self.type_param_default(Self::star_expression)?;
                TypeParamKind::TypeVarTuple(self.arena.alloc(TypeParamTypeVarTuple { name, default_value }))
            }
            TokenKind::DoubleStar => {
                self.bump();
                let name = self.name()?;
                let default_value = self.type_param_default(Self::expression)?;
                TypeParamKind::ParamSpec(self.arena.alloc(TypeParamParamSpec { name, default_value }))
            }
            _ => return Err(Refused),
        };
        let span = self.span_from(start);
        self.scratch.type_params.push(TypeParam { span, kind });
        Ok(())
    }

    /// `['=' value]`
    fn type_param_default(&mut self, value: fn(&mut Self) -> Parse<Expr<'a>>) -> Parse<Option<Expr<'a>>> {
        if !self.eat(TokenKind::Equal) {
            return Ok(None);
        }
        self.since(13)?;
        value(self).map(Some)
    }
}
