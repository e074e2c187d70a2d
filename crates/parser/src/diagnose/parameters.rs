//! Parameters of functions and lambdas, and their errors. A lambda's have no annotations and no type
//! comments, and end before a colon where a function's end before a bracket.

use super::engine::{Kind, Match, Peg, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

/// Whose parameters are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Function,
    Lambda,
}

impl Owner {
    fn end(self) -> T {
        match self {
            Owner::Function => T::RParen,
            Owner::Lambda => T::Colon,
        }
    }
}

/// Whether a parameter has a default.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Default {
    No,
    Yes,
    Maybe,
}

impl Peg<'_> {
    pub(super) fn params(&mut self) -> Match {
        self.params_of(Owner::Function)
    }

    pub(super) fn lambda_params(&mut self) -> Match {
        self.params_of(Owner::Lambda)
    }

    fn params_of(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| p.invalid_parameters(owner));
                p.parameters(owner);
            )
        })
    }

    fn parameters(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.slash_no_default(owner)?;
                    p.many(|p| p.param(owner, Default::No))?;
                    p.many(|p| p.param(owner, Default::Yes))?;
                    p.optional(|p| p.star_etc(owner))?;
                    p.check_version(8, "Positional-only parameters are")?;
                    p.unit(start)
                };
                {
                    p.slash_with_default(owner)?;
                    p.many(|p| p.param(owner, Default::Yes))?;
                    p.optional(|p| p.star_etc(owner))?;
                    p.check_version(8, "Positional-only parameters are")?;
                    p.unit(start)
                };
                {
                    p.many1(|p| p.param(owner, Default::No))?;
                    p.many(|p| p.param(owner, Default::Yes))?;
                    p.optional(|p| p.star_etc(owner))?;
                    p.unit(start)
                };
                {
                    p.many1(|p| p.param(owner, Default::Yes))?;
                    p.optional(|p| p.star_etc(owner))?;
                    p.unit(start)
                };
                p.star_etc(owner);
            )
        })
    }

    /// `'/' ',' | '/' &end`
    fn slash(&mut self, owner: Owner) -> Match {
        let slash = self.token(T::Slash)?;
        if self.token(T::Comma).is_none() {
            self.ahead(|p| p.token(owner.end()))?;
        }
        Some(slash)
    }

    fn slash_no_default(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            alternatives!(p, start; { p.many1(|p| p.param(owner, Default::No))?; p.slash(owner)?; p.unit(start) })
        })
    }

    fn slash_with_default(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.many(|p| p.param(owner, Default::No))?;
                p.many1(|p| p.param(owner, Default::Yes))?;
                p.slash(owner)?;
                p.unit(start)
            })
        })
    }

    fn slash_any(&mut self, owner: Owner) -> Match {
        self.group(|p| alternatives!(p, start; p.slash_no_default(owner); p.slash_with_default(owner)))
    }

    fn star_etc(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| p.invalid_star_etc(owner));
                {
                    p.token(T::Star)?;
                    p.param(owner, Default::No)?;
                    p.many(|p| p.param(owner, Default::Maybe))?;
                    p.optional(|p| p.kwds(owner))?;
                    p.unit(start)
                };
                {
                    p.token(T::Star)?;
                    p.param_star_annotation(owner)?;
                    p.many(|p| p.param(owner, Default::Maybe))?;
                    p.optional(|p| p.kwds(owner))?;
                    p.unit(start)
                };
                {
                    p.token(T::Star)?;
                    p.token(T::Comma)?;
                    p.many1(|p| p.param(owner, Default::Maybe))?;
                    p.optional(|p| p.kwds(owner))?;
                    p.unit(start)
                };
                p.kwds(owner);
            )
        })
    }

    fn kwds(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| p.invalid_kwds(owner));
                { p.token(T::DoubleStar)?; p.param(owner, Default::No) };
            )
        })
    }

    /// One parameter with the comma and the type comment after it.
    fn param(&mut self, owner: Owner, default: Default) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                let param = p.bare_param(owner)?;
                match default {
                    Default::No => {}
                    Default::Yes => {
                        p.default()?;
                    }
                    Default::Maybe => {
                        p.optional(Self::default)?;
                    }
                }
                p.end_of_param(owner)?;
                Some(param)
            })
        })
    }

    /// `*args: *Ts`, the form that only `*` takes.
    fn param_star_annotation(&mut self, owner: Owner) -> Match {
        if owner == Owner::Lambda {
            return None;
        }
        self.rule(|p| {
            alternatives!(p, start; {
                p.name()?;
                p.token(T::Colon)?;
                p.star_expression()?;
                p.end_of_param(owner)?;
                p.other(start)
            })
        })
    }

    /// `',' TYPE_COMMENT? | TYPE_COMMENT? &end`
    fn end_of_param(&mut self, owner: Owner) -> Option<()> {
        if self.token(T::Comma).is_some() {
            if owner == Owner::Function {
                self.optional(|p| p.token(T::TypeComment))?;
            }
            return Some(());
        }
        if owner == Owner::Function {
            self.optional(|p| p.token(T::TypeComment))?;
        }
        self.ahead(|p| p.token(owner.end()))
    }

    /// `NAME annotation?`
    fn bare_param(&mut self, owner: Owner) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.name()?;
            if owner == Owner::Function {
                p.optional(|p| p.rule(|p| alternatives!(p, inner; { p.token(T::Colon)?; p.expression() })))?;
            }
            Some(p.item(Kind::Other, start))
        })
    }

    /// `'=' expression | invalid_default`
    fn default(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.token(T::Equal)?; p.expression() };
                p.invalid(|p| {
                    let equal = p.token(T::Equal)?;
                    p.ahead(|p| p.group(|p| p.one_of(&[T::RParen, T::Comma])))?;
                    p.raise_on(equal, Error::ExpectedDefault)
                });
            )
        })
    }

    // -- errors --------------------------------------------------------------------------------

    fn invalid_parameters(&mut self, owner: Owner) -> Match {
        alternatives!(self, start;
            {
                let slash = self.token(T::Slash)?;
                self.token(T::Comma)?;
                self.raise_on(slash, Error::ArgumentBeforeSlash)
            };
            {
                self.slash_any(owner)?;
                self.many(|p| p.param(owner, Default::Maybe))?;
                let slash = self.token(T::Slash)?;
                self.raise_on(slash, Error::SlashTwice)
            };
            {
                self.optional(|p| p.slash_no_default(owner))?;
                self.many(|p| p.param(owner, Default::No))?;
                self.group(|p| alternatives!(p, inner;
                    p.slash_with_default(owner);
                    { p.many1(|p| p.param(owner, Default::Yes))?; p.unit(inner) };
                ))?;
                let late = self.param(owner, Default::No)?;
                self.raise_on(late, Error::NonDefaultAfterDefault)
            };
            self.parenthesized_parameters(owner);
            {
                self.optional(|p| p.slash_any(owner))?;
                self.many(|p| p.param(owner, Default::Maybe))?;
                self.token(T::Star)?;
                self.comma_or_param(owner)?;
                self.many(|p| p.param(owner, Default::Maybe))?;
                let slash = self.token(T::Slash)?;
                self.raise_on(slash, Error::SlashAfterStar)
            };
            {
                self.many1(|p| p.param(owner, Default::Maybe))?;
                self.token(T::Slash)?;
                let star = self.token(T::Star)?;
                self.raise_on(star, Error::CommaBetweenSlashAndStar)
            };
        )
    }

    fn parenthesized_parameters(&mut self, owner: Owner) -> Match {
        self.many(|p| p.param(owner, Default::No))?;
        let open = self.token(T::LParen)?;
        let error = match owner {
            Owner::Function => {
                self.many1(|p| p.param(owner, Default::No))?;
                Error::ParenthesizedParameters
            }
            Owner::Lambda => {
                self.comma_separated(|p| p.bare_param(owner))?;
                Error::ParenthesizedLambdaParameters
            }
        };
        self.optional(|p| p.token(T::Comma))?;
        let close = self.token(T::RParen)?;
        self.raise_range(open, close, error)
    }

    /// `',' | param_no_default`
    fn comma_or_param(&mut self, owner: Owner) -> Match {
        self.group(|p| alternatives!(p, start; p.token(T::Comma); p.param(owner, Default::No)))
    }

    fn invalid_star_etc(&mut self, owner: Owner) -> Match {
        alternatives!(self, start;
            {
                let star = self.token(T::Star)?;
                self.group(|p| alternatives!(p, inner;
                    p.token(owner.end());
                    { p.token(T::Comma)?; p.group(|p| p.one_of(&[owner.end(), T::DoubleStar])) };
                ))?;
                match owner {
                    Owner::Function => self.raise_on(star, Error::BareStar),
                    Owner::Lambda => self.raise(Error::BareStar),
                }
            };
            {
                self.token(T::Star)?;
                self.token(T::Comma)?;
                self.token(T::TypeComment)?;
                self.raise(Error::BareStarTypeComment)
            };
            {
                self.token(T::Star)?;
                self.bare_param(owner)?;
                let equal = self.token(T::Equal)?;
                self.raise_on(equal, Error::VarPositionalDefault)
            };
            {
                self.token(T::Star)?;
                self.comma_or_param(owner)?;
                self.many(|p| p.param(owner, Default::Maybe))?;
                let star = self.token(T::Star)?;
                self.comma_or_param(owner)?;
                self.raise_on(star, Error::StarTwice)
            };
        )
    }

    fn invalid_kwds(&mut self, owner: Owner) -> Match {
        alternatives!(self, start;
            {
                self.token(T::DoubleStar)?;
                self.bare_param(owner)?;
                let equal = self.token(T::Equal)?;
                self.raise_on(equal, Error::VarKeywordDefault)
            };
            {
                self.token(T::DoubleStar)?;
                self.bare_param(owner)?;
                self.token(T::Comma)?;
                let late = self.bare_param(owner)?;
                self.raise_on(late, Error::AfterVarKeyword)
            };
            {
                self.token(T::DoubleStar)?;
                self.bare_param(owner)?;
                self.token(T::Comma)?;
                let late = self.one_of(&[T::Star, T::DoubleStar, T::Slash])?;
                self.raise_on(late, Error::AfterVarKeyword)
            };
        )
    }
}
