//! The arguments of calls, and their errors.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    /// `args [','] &')' | invalid_arguments`
    pub(super) fn arguments(&mut self) -> Match {
        self.memo(Rule::Arguments, |p| {
            alternatives!(p, start;
                {
                    let args = p.args()?;
                    p.optional(|p| p.token(T::Comma))?;
                    p.ahead(|p| p.token(T::RParen))?;
                    Some(args)
                };
                p.invalid(Self::invalid_arguments);
            )
        })
    }

    /// The arguments as parts: positional ones, then keywords.
    pub(super) fn args(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    let mut parts = p.comma_separated(Self::positional_argument)?;
                    let rest = p.optional(|p| p.group(|p| alternatives!(p, inner; {
                        p.token(T::Comma)?;
                        p.kwargs()
                    })))?;
                    if let Some(rest) = rest {
                        parts.extend_from_slice(p.parts(rest));
                    }
                    Some(p.item_of(Kind::Call, start, &parts))
                };
                {
                    let keywords = p.kwargs()?;
                    let parts = p.parts(keywords).to_vec();
                    Some(p.item_of(Kind::Call, start, &parts))
                };
            )
        })
    }

    /// `starred_expression | (assignment_expression | expression !':=') !'='`
    pub(super) fn positional_argument(&mut self) -> Match {
        self.group(|p| {
            alternatives!(p, start;
                p.starred_expression();
                {
                    let value = p.plain_argument()?;
                    p.not_ahead(|p| p.token(T::Equal))?;
                    Some(value)
                };
            )
        })
    }

    /// `assignment_expression | expression !':='`
    pub(super) fn plain_argument(&mut self) -> Match {
        self.group(|p| alternatives!(p, start; p.assignment_expression(); p.expression_not_named()))
    }

    pub(super) fn kwargs(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    let mut parts = p.comma_separated(Self::kwarg_or_starred)?;
                    p.token(T::Comma)?;
                    parts.extend(p.comma_separated(Self::kwarg_or_double_starred)?);
                    Some(p.item_of(Kind::Unit, start, &parts))
                };
                { let parts = p.comma_separated(Self::kwarg_or_starred)?; Some(p.item_of(Kind::Unit, start, &parts)) };
                {
                    let parts = p.comma_separated(Self::kwarg_or_double_starred)?;
                    Some(p.item_of(Kind::Unit, start, &parts))
                };
            )
        })
    }

    pub(super) fn starred_expression(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| {
                    let star = p.token(T::Star)?;
                    p.expression()?;
                    p.token(T::Equal)?;
                    let value = p.expression()?;
                    p.raise_range(star, value, Error::AssignToIterableUnpacking)
                });
                {
                    p.token(T::Star)?;
                    let value = p.expression()?;
                    Some(p.item_of(Kind::Starred, start, &[value]))
                };
                p.invalid(|p| { p.token(T::Star)?; p.raise(Error::InvalidStarExpression) });
            )
        })
    }

    pub(super) fn kwarg_or_starred(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_kwarg);
                p.keyword_argument(start);
                p.starred_expression();
            )
        })
    }

    pub(super) fn kwarg_or_double_starred(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_kwarg);
                p.keyword_argument(start);
                { p.token(T::DoubleStar)?; p.expression()?; Some(p.item(Kind::KeywordUnpacking, start)) };
            )
        })
    }

    /// `NAME '=' expression`
    pub(super) fn keyword_argument(&mut self, start: u32) -> Match {
        self.name()?;
        self.token(T::Equal)?;
        self.expression()?;
        Some(self.item(Kind::Keyword, start))
    }

    pub(super) fn invalid_kwarg(&mut self) -> Match {
        alternatives!(self, start;
            {
                let constant = self.group(|p| p.one_of(&[T::True, T::False, T::None]))?;
                let equal = self.token(T::Equal)?;
                let name = self.kind_at(constant.first).spelling().unwrap_or("");
                self.raise_range(constant, equal, Error::CannotAssign { name })
            };
            self.comprehension_as_keyword();
            {
                self.not_ahead(|p| p.group(|p| alternatives!(p, inner; { p.name()?; p.token(T::Equal) })))?;
                let target = self.expression()?;
                let equal = self.token(T::Equal)?;
                self.raise_range(target, equal, Error::AssignmentInArgument)
            };
            {
                let stars = self.token(T::DoubleStar)?;
                self.expression()?;
                self.token(T::Equal)?;
                let value = self.expression()?;
                self.raise_range(stars, value, Error::AssignToKeywordUnpacking)
            };
        )
    }

    /// `NAME '=' expression for_if_clauses`
    pub(super) fn comprehension_as_keyword(&mut self) -> Match {
        let name = self.name()?;
        let equal = self.token(T::Equal)?;
        self.expression()?;
        self.for_if_clauses()?;
        self.raise_range(name, equal, Error::MaybeEqualsOrWalrus)
    }

    pub(super) fn invalid_arguments(&mut self) -> Match {
        alternatives!(self, start;
            self.iterable_after_keyword_unpacking();
            {
                let value = self.expression()?;
                let clauses = self.for_if_clauses()?;
                self.token(T::Comma)?;
                self.optional(|p| p.group(|p| alternatives!(p, inner;
                    p.args();
                    { p.expression()?; p.for_if_clauses() };
                )))?;
                let last = self.last_clause_expression(clauses);
                self.raise_range(value, last, Error::UnparenthesizedGenerator)
            };
            self.comprehension_as_keyword();
            {
                self.optional(|p| p.group(|p| alternatives!(p, inner; { p.args()?; p.token(T::Comma) })))?;
                let name = self.name()?;
                let equal = self.token(T::Equal)?;
                self.ahead(|p| p.group(|p| p.one_of(&[T::Comma, T::RParen])))?;
                self.raise_range(name, equal, Error::ExpectedArgumentValue)
            };
            {
                let args = self.args()?;
                let clauses = self.for_if_clauses()?;
                self.unparenthesized_last_argument(args, clauses)
            };
            {
                self.args()?;
                self.token(T::Comma)?;
                let value = self.expression()?;
                let clauses = self.for_if_clauses()?;
                let last = self.last_clause_expression(clauses);
                self.raise_range(value, last, Error::UnparenthesizedGenerator)
            };
            {
                let args = self.args()?;
                self.token(T::Comma)?;
                self.args()?;
                let unpacking = self.parts(args).iter().any(|part| part.kind == Kind::KeywordUnpacking);
                self.raise(if unpacking { Error::PositionalAfterUnpacking } else { Error::PositionalAfterKeyword })
            };
        )
    }

    /// `(positional ',' kwargs | kwargs) ',' ','.(starred_expression !'=')+`
    pub(super) fn iterable_after_keyword_unpacking(&mut self) -> Match {
        self.group(|p| {
            alternatives!(p, start;
                p.group(|p| alternatives!(p, inner; {
                    p.comma_separated(Self::positional_argument)?;
                    p.token(T::Comma)?;
                    p.kwargs()
                }));
                p.kwargs();
            )
        })?;
        let comma = self.token(T::Comma)?;
        self.comma_separated(|p| {
            p.group(|p| {
                alternatives!(p, start; {
                    let starred = p.starred_expression()?;
                    p.not_ahead(|p| p.token(T::Equal))?;
                    Some(starred)
                })
            })
        })?;
        self.raise_from(comma, Error::UnpackingAfterKeywordUnpacking)
    }

    /// `f(L, x for x in y)`: the last argument is a generator without brackets, unless it is the only one.
    pub(super) fn unparenthesized_last_argument(&mut self, args: Item, clauses: Item) -> Match {
        let positional: Vec<_> = self
            .parts(args)
            .iter()
            .filter(|part| !matches!(part.kind, Kind::Keyword | Kind::KeywordUnpacking))
            .copied()
            .collect();
        if positional.len() <= 1 {
            return None;
        }
        let last = self.last_clause_expression(clauses);
        self.raise_range(positional.last().copied()?, last, Error::UnparenthesizedGenerator)
    }
}
