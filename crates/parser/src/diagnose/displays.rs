//! Tuples, lists, sets and dictionaries, and their errors.

use super::engine::{Kind, Match, Peg, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_diagnostics::ErrorClass;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    /// `'(' (yield_expr | named_expression) ')' | invalid_group`
    pub(super) fn parenthesized(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LParen)?;
                    let value = p.group(|p| alternatives!(p, inner; p.yield_expr(); p.named_expression()))?;
                    p.token(T::RParen)?;
                    Some(value)
                };
                p.invalid(|p| alternatives!(p, inner;
                    {
                        p.token(T::LParen)?;
                        let starred = p.starred_expression()?;
                        p.token(T::RParen)?;
                        p.raise_on(starred, Error::StarredHere)
                    };
                    {
                        p.token(T::LParen)?;
                        let stars = p.token(T::DoubleStar)?;
                        p.expression()?;
                        p.token(T::RParen)?;
                        p.raise_on(stars, Error::DoubleStarredHere)
                    };
                ));
            )
        })
    }

    pub(super) fn list(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.token(T::LBracket)?;
                let elements = p.optional(Self::star_named_expressions)?;
                p.token(T::RBracket)?;
                let parts = elements.map_or(Vec::new(), |item| p.parts(item).to_vec());
                Some(p.item_of(Kind::List, start, &parts))
            })
        })
    }

    /// `'(' [star_named_expression ',' [star_named_expressions]] ')'`
    pub(super) fn tuple(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.token(T::LParen)?;
                let elements = p.optional(|p| p.group(|p| alternatives!(p, inner; {
                    let mut parts = vec![p.star_named_expression()?];
                    p.token(T::Comma)?;
                    if let Some(rest) = p.optional(Self::star_named_expressions)? {
                        parts.extend_from_slice(p.parts(rest));
                    }
                    Some(p.item_of(Kind::Unit, inner, &parts))
                })))?;
                p.token(T::RParen)?;
                let parts = elements.map_or(Vec::new(), |item| p.parts(item).to_vec());
                Some(p.item_of(Kind::Tuple, start, &parts))
            })
        })
    }

    pub(super) fn set(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.token(T::LBrace)?;
                p.star_named_expressions()?;
                p.token(T::RBrace)?;
                Some(p.item(Kind::Set, start))
            })
        })
    }

    pub(super) fn dict(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LBrace)?;
                    p.optional(|p| p.rule(|p| {
                        let inner = p.mark;
                        p.comma_separated(Self::double_starred_kvpair)?;
                        p.optional(|p| p.token(T::Comma))?;
                        p.unit(inner)
                    }))?;
                    p.token(T::RBrace)?;
                    Some(p.item(Kind::Dict, start))
                };
                {
                    p.token(T::LBrace)?;
                    p.rule(Self::invalid_double_starred_kvpairs)?;
                    p.token(T::RBrace)
                };
            )
        })
    }

    pub(super) fn double_starred_kvpair(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.token(T::DoubleStar)?; p.bitwise_or() }; p.kvpair()))
    }

    pub(super) fn kvpair(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.expression()?; p.token(T::Colon)?; p.expression() }))
    }

    pub(super) fn invalid_double_starred_kvpairs(&mut self) -> Match {
        alternatives!(self, start;
            {
                self.comma_separated(Self::double_starred_kvpair)?;
                self.token(T::Comma)?;
                self.rule(Self::invalid_kvpair)
            };
            self.starred_value();
            self.missing_value();
        )
    }

    pub(super) fn invalid_kvpair(&mut self) -> Match {
        alternatives!(self, start;
            {
                let key = self.expression()?;
                self.not_ahead(|p| p.token(T::Colon))?;
                // placed on the last character of the key, with no end column
                let mut place = self.place(key);
                place.column = place.end_column - 1;
                place.end_column = -1;
                self.raise_place(ErrorClass::Syntax, place, Error::ColonAfterKey)
            };
            self.starred_value();
            self.missing_value();
        )
    }

    /// `expression ':' '*' bitwise_or`
    pub(super) fn starred_value(&mut self) -> Match {
        self.expression()?;
        self.token(T::Colon)?;
        let star = self.token(T::Star)?;
        self.bitwise_or()?;
        self.raise_from(star, Error::StarredDictValue)
    }

    /// `expression ':' &('}' | ',')`
    pub(super) fn missing_value(&mut self) -> Match {
        self.expression()?;
        let colon = self.token(T::Colon)?;
        self.ahead(|p| p.group(|p| p.one_of(&[T::RBrace, T::Comma])))?;
        self.raise_on(colon, Error::ExpectedDictValue)
    }
}
