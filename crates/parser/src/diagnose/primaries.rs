//! Atoms, displays, comprehensions, calls and subscripts, with their errors.

use super::engine::{Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_diagnostics::ErrorClass;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn primary(&mut self) -> Match {
        self.left_recursive(Rule::Primary, |p| {
            alternatives!(p, start;
                { p.primary()?; p.token(T::Dot)?; p.name()?; Some(p.item(Kind::Attribute, start)) };
                { p.primary()?; p.genexp()?; Some(p.item(Kind::Call, start)) };
                { p.primary()?; p.call_arguments()?; Some(p.item(Kind::Call, start)) };
                { p.primary()?; p.subscript()?; Some(p.item(Kind::Subscript, start)) };
                p.atom();
            )
        })
    }

    /// `'(' [arguments] ')'`
    pub(super) fn call_arguments(&mut self) -> Match {
        self.token(T::LParen)?;
        self.optional(Self::arguments)?;
        self.token(T::RParen)
    }

    /// `'[' slices ']'`
    pub(super) fn subscript(&mut self) -> Match {
        self.token(T::LBracket)?;
        self.slices()?;
        self.token(T::RBracket)
    }

    fn slices(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { let slice = p.slice()?; p.not_ahead(|p| p.token(T::Comma))?; Some(slice) };
                {
                    p.comma_separated(|p| {
                        p.group(|p| alternatives!(p, inner; p.slice(); p.starred_expression()))
                    })?;
                    p.optional(|p| p.token(T::Comma))?;
                    Some(p.item(Kind::Tuple, start))
                };
            )
        })
    }

    fn slice(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.optional(Self::expression)?;
                    p.token(T::Colon)?;
                    p.optional(Self::expression)?;
                    p.optional(|p| p.group(|p| alternatives!(p, inner; {
                        p.token(T::Colon)?;
                        p.optional(Self::expression)?;
                        p.unit(inner)
                    })))?;
                    Some(p.item(Kind::Slice, start))
                };
                p.named_expression();
            )
        })
    }

    pub(super) fn atom(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.name();
                p.constant(T::True, Kind::True);
                p.constant(T::False, Kind::False);
                p.constant(T::None, Kind::None);
                { p.ahead(|p| p.group(|p| p.one_of(&[T::String, T::FStringStart, T::TStringStart])))?; p.strings() };
                p.number();
                {
                    p.ahead(|p| p.token(T::LParen))?;
                    p.group(|p| alternatives!(p, inner; p.tuple(); p.parenthesized(); p.genexp()))
                };
                {
                    p.ahead(|p| p.token(T::LBracket))?;
                    p.group(|p| alternatives!(p, inner; p.list(); p.listcomp()))
                };
                {
                    p.ahead(|p| p.token(T::LBrace))?;
                    p.group(|p| alternatives!(p, inner; p.dict(); p.set(); p.dictcomp(); p.setcomp()))
                };
                p.constant(T::Ellipsis, Kind::Ellipsis);
            )
        })
    }

    fn constant(&mut self, token: T, kind: Kind) -> Match {
        let start = self.mark;
        self.token(token)?;
        Some(self.item(kind, start))
    }

    /// `'(' (yield_expr | named_expression) ')' | invalid_group`
    fn parenthesized(&mut self) -> Match {
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

    fn set(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.token(T::LBrace)?;
                p.star_named_expressions()?;
                p.token(T::RBrace)?;
                Some(p.item(Kind::Set, start))
            })
        })
    }

    // -- dictionaries --------------------------------------------------------------------------

    fn dict(&mut self) -> Match {
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

    fn double_starred_kvpair(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.token(T::DoubleStar)?; p.bitwise_or() }; p.kvpair()))
    }

    fn kvpair(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.expression()?; p.token(T::Colon)?; p.expression() }))
    }

    fn invalid_double_starred_kvpairs(&mut self) -> Match {
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

    fn invalid_kvpair(&mut self) -> Match {
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
    fn starred_value(&mut self) -> Match {
        self.expression()?;
        self.token(T::Colon)?;
        let star = self.token(T::Star)?;
        self.bitwise_or()?;
        self.raise_from(star, Error::StarredDictValue)
    }

    /// `expression ':' &('}' | ',')`
    fn missing_value(&mut self) -> Match {
        self.expression()?;
        let colon = self.token(T::Colon)?;
        self.ahead(|p| p.group(|p| p.one_of(&[T::RBrace, T::Comma])))?;
        self.raise_on(colon, Error::ExpectedDictValue)
    }

    // -- comprehensions ------------------------------------------------------------------------

    fn listcomp(&mut self) -> Match {
        self.comprehension(T::LBracket, T::RBracket, Kind::ListComp)
    }

    fn setcomp(&mut self) -> Match {
        self.comprehension(T::LBrace, T::RBrace, Kind::SetComp)
    }

    fn comprehension(&mut self, open: T, close: T, kind: Kind) -> Match {
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

    fn dictcomp(&mut self) -> Match {
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
    fn for_if_clauses(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            let clauses = p.many1(Self::for_if_clause)?;
            let last = clauses.last().copied()?;
            Some(p.item_of(Kind::Other, start, &[last]))
        })
    }

    /// The last expression of a comprehension's clauses.
    fn last_clause_expression(&self, clauses: super::engine::Item) -> super::engine::Item {
        self.parts(clauses).first().copied().unwrap_or(clauses)
    }

    fn for_if_clause(&mut self) -> Match {
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
    fn for_if_body(&mut self, cut: &mut bool) -> Match {
        self.token(T::For)?;
        self.star_targets()?;
        self.token(T::In)?;
        *cut = true;
        let iterable = self.disjunction()?;
        let conditions = self.many(|p| alternatives!(p, start; { p.token(T::If)?; p.disjunction() }))?;
        Some(conditions.last().copied().unwrap_or(iterable))
    }

    /// `'async'? 'for' (bitwise_or (',' bitwise_or)* [',']) !'in'`
    fn invalid_for_if_clause(&mut self) -> Match {
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

    fn invalid_comprehension(&mut self) -> Match {
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

    // -- arguments -----------------------------------------------------------------------------

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
    fn args(&mut self) -> Match {
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
    fn positional_argument(&mut self) -> Match {
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
    fn plain_argument(&mut self) -> Match {
        self.group(|p| alternatives!(p, start; p.assignment_expression(); p.expression_not_named()))
    }

    fn kwargs(&mut self) -> Match {
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

    fn kwarg_or_starred(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_kwarg);
                p.keyword_argument(start);
                p.starred_expression();
            )
        })
    }

    fn kwarg_or_double_starred(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_kwarg);
                p.keyword_argument(start);
                { p.token(T::DoubleStar)?; p.expression()?; Some(p.item(Kind::KeywordUnpacking, start)) };
            )
        })
    }

    /// `NAME '=' expression`
    fn keyword_argument(&mut self, start: u32) -> Match {
        self.name()?;
        self.token(T::Equal)?;
        self.expression()?;
        Some(self.item(Kind::Keyword, start))
    }

    fn invalid_kwarg(&mut self) -> Match {
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
    fn comprehension_as_keyword(&mut self) -> Match {
        let name = self.name()?;
        let equal = self.token(T::Equal)?;
        self.expression()?;
        self.for_if_clauses()?;
        self.raise_range(name, equal, Error::MaybeEqualsOrWalrus)
    }

    fn invalid_arguments(&mut self) -> Match {
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
    fn iterable_after_keyword_unpacking(&mut self) -> Match {
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
    fn unparenthesized_last_argument(
        &mut self,
        args: super::engine::Item,
        clauses: super::engine::Item,
    ) -> Match {
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
