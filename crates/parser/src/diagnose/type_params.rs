//! Type parameters (PEP 695, PEP 696), and their errors.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn type_params(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| {
                    p.token(T::LBracket)?;
                    let close = p.token(T::RBracket)?;
                    p.raise_from(close, Error::EmptyTypeParameters)
                });
                {
                    p.token(T::LBracket)?;
                    p.rule(|p| {
                        let inner = p.mark;
                        p.comma_separated(Self::type_param)?;
                        p.optional(|p| p.token(T::Comma))?;
                        p.unit(inner)
                    })?;
                    p.token(T::RBracket)?;
                    p.check_version(12, "Type parameter lists are")?;
                    p.unit(start)
                };
            )
        })
    }

    pub(super) fn type_param(&mut self) -> Match {
        self.memo(Rule::TypeParam, |p| {
            alternatives!(p, start;
                {
                    p.name()?;
                    p.optional(|p| p.rule(|p| alternatives!(p, inner; { p.token(T::Colon)?; p.expression() })))?;
                    p.optional(|p| p.type_param_default(Self::expression))?;
                    p.unit(start)
                };
                p.invalid(Self::invalid_type_param);
                {
                    p.token(T::Star)?;
                    p.name()?;
                    p.optional(|p| p.type_param_default(Self::star_expression))?;
                    p.unit(start)
                };
                {
                    p.token(T::DoubleStar)?;
                    p.name()?;
                    p.optional(|p| p.type_param_default(Self::expression))?;
                    p.unit(start)
                };
            )
        })
    }

    pub(super) fn type_param_default(&mut self, value: fn(&mut Self) -> Match) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.token(T::Equal)?;
                let item: Item = value(p)?;
                p.check_version(13, "Type parameter defaults are")?;
                Some(item)
            })
        })
    }

    pub(super) fn invalid_type_param(&mut self) -> Match {
        alternatives!(self, start;
            self.bounded(T::Star, Error::BoundWithTypeVarTuple, Error::ConstraintsWithTypeVarTuple);
            self.bounded(T::DoubleStar, Error::BoundWithParamSpec, Error::ConstraintsWithParamSpec);
        )
    }

    pub(super) fn bounded(&mut self, star: T, bound: Error, constraints: Error) -> Match {
        self.token(star)?;
        self.name()?;
        let colon = self.token(T::Colon)?;
        let value = self.expression()?;
        self.raise_from(colon, if value.kind == Kind::Tuple { constraints } else { bound })
    }
}
