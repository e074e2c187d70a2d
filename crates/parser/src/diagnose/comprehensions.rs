//! Comprehensions and generator expressions, and their errors.

use super::engine::{Item, Kind, Match, Peg, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn listcomp(&mut self) -> Match {
        self.comprehension(T::LBracket, T::RBracket, Kind::ListComp)
    }

    pub(super) fn setcomp(&mut self) -> Match {
        self.comprehension(T::LBrace, T::RBrace, Kind::SetComp)
    }

    pub(super) fn comprehension(&mut self, open: T, close: T, kind: Kind) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(open)?;
                    p.named_expression()?;
                    p.for_if_clauses()?;
                    p.token(close)?;
                    Some(p.item(kind, start))
                };
                p.invalid(Self::invalid_comprehension);
            )
        })
    }

    pub(super) fn genexp(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LParen)?;
                    p.plain_argument()?;
                    p.for_if_clauses()?;
                    p.token(T::RParen)?;
                    Some(p.item(Kind::GeneratorExp, start))
                };
                p.invalid(Self::invalid_comprehension);
            )
        })
    }

    pub(super) fn dictcomp(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LBrace)?;
                    p.kvpair()?;
                    p.for_if_clauses()?;
                    p.token(T::RBrace)?;
                    Some(p.item(Kind::DictComp, start))
                };
                p.invalid(|p| {
                    p.token(T::LBrace)?;
                    let stars = p.token(T::DoubleStar)?;
                    p.bitwise_or()?;
                    p.for_if_clauses()?;
                    p.token(T::RBrace)?;
                    p.raise_on(stars, Error::DictUnpackingInComprehension)
                });
            )
        })
    }

    /// The clauses; the only part of the result is the last condition or, without one, the last iterable.
    pub(super) fn for_if_clauses(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            let clauses = p.many1(Self::for_if_clause)?;
            let last = clauses.last().copied()?;
            Some(p.item_of(Kind::Other, start, &[last]))
        })
    }

    /// The last expression of a comprehension's clauses.
    pub(super) fn last_clause_expression(&self, clauses: Item) -> Item {
        self.parts(clauses).first().copied().unwrap_or(clauses)
    }

    pub(super) fn for_if_clause(&mut self) -> Match {
        self.rule(|p| {
            let mut cut = false;
            let found = alternatives!(p, start; {
                p.token(T::Async)?;
                let last = p.for_if_body(&mut cut)?;
                p.check_version(6, "Async comprehensions are")?;
                Some(last)
            });
            if found.is_some() || cut || p.raised.is_some() {
                return found;
            }
            let found = alternatives!(p, start; p.for_if_body(&mut cut));
            if found.is_some() || cut || p.raised.is_some() {
                return found;
            }
            alternatives!(p, start; p.invalid(Self::invalid_for_if_clause); p.invalid(Self::invalid_for_target))
        })
    }

    /// `'for' star_targets 'in' ~ disjunction ('if' disjunction)*`
    pub(super) fn for_if_body(&mut self, cut: &mut bool) -> Match {
        self.token(T::For)?;
        self.star_targets()?;
        self.token(T::In)?;
        *cut = true;
        let iterable = self.disjunction()?;
        let conditions = self.many(|p| alternatives!(p, start; { p.token(T::If)?; p.disjunction() }))?;
        Some(conditions.last().copied().unwrap_or(iterable))
    }

    /// `'async'? 'for' (bitwise_or (',' bitwise_or)* [',']) !'in'`
    pub(super) fn invalid_for_if_clause(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        self.token(T::For)?;
        self.group(|p| {
            alternatives!(p, start; {
                p.bitwise_or()?;
                p.many(|p| alternatives!(p, inner; { p.token(T::Comma)?; p.bitwise_or() }))?;
                p.optional(|p| p.token(T::Comma))?;
                p.unit(start)
            })
        })?;
        self.not_ahead(|p| p.token(T::In))?;
        self.raise(Error::ExpectedIn)
    }

    pub(super) fn invalid_comprehension(&mut self) -> Match {
        alternatives!(self, start;
            {
                self.group(|p| p.one_of(&[T::LBracket, T::LParen, T::LBrace]))?;
                let starred = self.starred_expression()?;
                self.for_if_clauses()?;
                self.raise_on(starred, Error::UnpackingInComprehension)
            };
            {
                self.group(|p| p.one_of(&[T::LBracket, T::LBrace]))?;
                let first = self.star_named_expression()?;
                self.token(T::Comma)?;
                let rest = self.star_named_expressions()?;
                self.for_if_clauses()?;
                let last = self.parts(rest).last().copied().unwrap_or(rest);
                self.raise_range(first, last, Error::ParenthesesAroundTarget)
            };
            {
                self.group(|p| p.one_of(&[T::LBracket, T::LBrace]))?;
                let first = self.star_named_expression()?;
                let comma = self.token(T::Comma)?;
                self.for_if_clauses()?;
                self.raise_range(first, comma, Error::ParenthesesAroundTarget)
            };
        )
    }
}
