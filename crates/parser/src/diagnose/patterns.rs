//! The `match` statement and its patterns (PEP 634), with their errors.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn match_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.soft("match")?;
                    p.subject_expr()?;
                    p.token(T::Colon)?;
                    p.token(T::Newline)?;
                    p.token(T::Indent)?;
                    p.many1(Self::case_block)?;
                    p.token(T::Dedent)?;
                    p.check_version(10, "Pattern matching is")?;
                    p.unit(start)
                };
                p.invalid(|p| alternatives!(p, inner;
                    {
                        p.soft("match")?;
                        p.subject_expr()?;
                        p.token(T::Newline)?;
                        p.raise(Error::Expected { token: ":" })
                    };
                    {
                        let keyword = p.soft("match")?;
                        p.subject_expr()?;
                        p.missing_block(keyword, "'match' statement")
                    };
                ));
            )
        })
    }

    pub(super) fn subject_expr(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.star_named_expression()?;
                    p.token(T::Comma)?;
                    p.optional(Self::star_named_expressions)?;
                    p.unit(start)
                };
                p.named_expression();
            )
        })
    }

    pub(super) fn case_block(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| alternatives!(p, inner;
                    { p.case_head()?; p.missing_colon() };
                    { let keyword = p.case_head()?; p.missing_block(keyword, "'case' statement") };
                ));
                { p.case_head()?; p.token(T::Colon)?; p.block() };
            )
        })
    }

    /// `"case" patterns guard?`: gives the keyword.
    pub(super) fn case_head(&mut self) -> Match {
        let keyword = self.soft("case")?;
        self.patterns()?;
        self.optional(|p| p.rule(|p| alternatives!(p, start; { p.token(T::If)?; p.named_expression() })))?;
        Some(keyword)
    }

    pub(super) fn patterns(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.open_sequence_pattern(); p.pattern()))
    }

    pub(super) fn pattern(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.as_pattern(); p.or_pattern()))
    }

    pub(super) fn as_pattern(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.or_pattern()?; p.token(T::As)?; p.capture_target()?; p.other(start) };
                p.invalid(|p| alternatives!(p, inner;
                    {
                        p.or_pattern()?;
                        p.token(T::As)?;
                        let wildcard = p.soft("_")?;
                        p.raise_on(wildcard, Error::WildcardTarget)
                    };
                    {
                        p.or_pattern()?;
                        p.token(T::As)?;
                        let target = p.expression()?;
                        let name = p.expression_name(target);
                        p.raise_on(target, Error::PatternTarget { name })
                    };
                ));
            )
        })
    }

    pub(super) fn or_pattern(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            let patterns = p.separated(T::VBar, Self::closed_pattern)?;
            if let [one] = patterns[..] { Some(one) } else { p.other(start) }
        })
    }

    pub(super) fn closed_pattern(&mut self) -> Match {
        self.memo(Rule::ClosedPattern, |p| {
            alternatives!(p, start;
                p.literal_pattern();
                p.rule(Self::capture_target);
                p.soft("_");
                p.rule(|p| alternatives!(p, inner; { p.attr()?; p.not_before_more()?; p.other(inner) }));
                p.rule(|p| alternatives!(p, inner; {
                    p.token(T::LParen)?;
                    let pattern = p.pattern()?;
                    p.token(T::RParen)?;
                    Some(pattern)
                }));
                p.sequence_pattern();
                p.mapping_pattern();
                p.class_pattern();
            )
        })
    }

    /// `!('.' | '(' | '=')`
    pub(super) fn not_before_more(&mut self) -> Option<()> {
        self.not_ahead(|p| p.group(|p| p.one_of(&[T::Dot, T::LParen, T::Equal])))
    }

    pub(super) fn literal_pattern(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.literal(); p.strings(); p.singleton()))
    }

    /// A number with sign, alone or as the sum of a real and an imaginary one.
    pub(super) fn literal(&mut self) -> Match {
        alternatives!(self, start;
            {
                self.signed_number()?;
                self.not_ahead(|p| p.group(|p| p.one_of(&[T::Plus, T::Minus])))?;
                self.other(start)
            };
            self.complex_number();
        )
    }

    pub(super) fn singleton(&mut self) -> Match {
        self.one_of(&[T::None, T::True, T::False])
    }

    /// The keys that a mapping pattern may have.
    pub(super) fn literal_expr(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.literal();
                { p.ahead(|p| p.group(|p| p.one_of(&[T::String, T::FStringStart, T::TStringStart])))?; p.strings() };
                p.singleton();
            )
        })
    }

    pub(super) fn complex_number(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.optional(|p| p.token(T::Minus))?;
            p.part_of_complex(Kind::Real, Error::RealRequired)?;
            p.one_of(&[T::Plus, T::Minus])?;
            p.part_of_complex(Kind::Imaginary, Error::ImaginaryRequired)?;
            p.other(start)
        })
    }

    pub(super) fn part_of_complex(&mut self, kind: Kind, error: Error) -> Match {
        let number = self.number()?;
        if number.kind == kind { Some(number) } else { self.raise_on(number, error) }
    }

    pub(super) fn signed_number(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.number();
                { p.token(T::Minus)?; p.number() };
            )
        })
    }

    /// `!"_" NAME !('.' | '(' | '=')`
    pub(super) fn capture_target(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.not_ahead(|p| p.soft("_"))?;
                let name = p.name()?;
                p.not_before_more()?;
                Some(name)
            })
        })
    }

    pub(super) fn attr(&mut self) -> Match {
        self.left_recursive(
            Rule::Attr,
            |p| alternatives!(p, start; { p.name_or_attr()?; p.token(T::Dot)?; p.name()?; p.other(start) }),
        )
    }

    pub(super) fn name_or_attr(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.attr(); p.name()))
    }

    pub(super) fn sequence_pattern(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LBracket)?;
                    p.optional(Self::maybe_sequence_pattern)?;
                    p.token(T::RBracket)?;
                    p.other(start)
                };
                {
                    p.token(T::LParen)?;
                    p.optional(Self::open_sequence_pattern)?;
                    p.token(T::RParen)?;
                    p.other(start)
                };
            )
        })
    }

    pub(super) fn open_sequence_pattern(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.maybe_star_pattern()?;
                p.token(T::Comma)?;
                p.optional(Self::maybe_sequence_pattern)?;
                p.other(start)
            })
        })
    }

    pub(super) fn maybe_sequence_pattern(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.comma_separated(Self::maybe_star_pattern)?;
            p.optional(|p| p.token(T::Comma))?;
            p.other(start)
        })
    }

    pub(super) fn maybe_star_pattern(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.star_pattern(); p.pattern()))
    }

    pub(super) fn star_pattern(&mut self) -> Match {
        self.memo(Rule::StarPattern, |p| {
            alternatives!(p, start;
                { p.token(T::Star)?; p.capture_target()?; p.other(start) };
                { p.token(T::Star)?; p.soft("_")?; p.other(start) };
            )
        })
    }

    pub(super) fn mapping_pattern(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.token(T::LBrace)?; p.token(T::RBrace)?; p.other(start) };
                { p.token(T::LBrace)?; p.double_star_pattern()?; p.mapping_end(start) };
                {
                    p.token(T::LBrace)?;
                    p.items_pattern()?;
                    p.token(T::Comma)?;
                    p.double_star_pattern()?;
                    p.mapping_end(start)
                };
                { p.token(T::LBrace)?; p.items_pattern()?; p.mapping_end(start) };
            )
        })
    }

    pub(super) fn mapping_end(&mut self, start: u32) -> Match {
        self.optional(|p| p.token(T::Comma))?;
        self.token(T::RBrace)?;
        self.other(start)
    }

    pub(super) fn double_star_pattern(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.token(T::DoubleStar)?; p.capture_target() }))
    }

    pub(super) fn items_pattern(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.comma_separated(|p| {
                p.rule(|p| {
                    alternatives!(p, inner; {
                        p.group(|p| alternatives!(p, key; p.literal_expr(); p.attr()))?;
                        p.token(T::Colon)?;
                        p.pattern()
                    })
                })
            })?;
            p.other(start)
        })
    }

    pub(super) fn class_pattern(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.name_or_attr()?; p.token(T::LParen)?; p.token(T::RParen)?; p.other(start) };
                { p.name_or_attr()?; p.token(T::LParen)?; p.positional_patterns()?; p.class_end(start) };
                { p.name_or_attr()?; p.token(T::LParen)?; p.keyword_patterns()?; p.class_end(start) };
                {
                    p.name_or_attr()?;
                    p.token(T::LParen)?;
                    p.positional_patterns()?;
                    p.token(T::Comma)?;
                    p.keyword_patterns()?;
                    p.class_end(start)
                };
                p.invalid(|p| {
                    p.name_or_attr()?;
                    p.token(T::LParen)?;
                    p.optional(|p| p.group(|p| alternatives!(p, inner; {
                        p.positional_patterns()?;
                        p.token(T::Comma)
                    })))?;
                    p.keyword_patterns()?;
                    p.token(T::Comma)?;
                    let late = p.positional_patterns()?;
                    p.raise_on(late, Error::PositionalPatterns)
                });
            )
        })
    }

    pub(super) fn class_end(&mut self, start: u32) -> Match {
        self.optional(|p| p.token(T::Comma))?;
        self.token(T::RParen)?;
        self.other(start)
    }

    pub(super) fn positional_patterns(&mut self) -> Match {
        self.rule(|p| {
            let patterns = p.comma_separated(Self::pattern)?;
            let (first, last) = (patterns.first().copied()?, patterns.last().copied()?);
            Some(Item { last: last.last, ..first })
        })
    }

    pub(super) fn keyword_patterns(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.comma_separated(|p| {
                p.rule(|p| alternatives!(p, inner; { p.name()?; p.token(T::Equal)?; p.pattern() }))
            })?;
            p.other(start)
        })
    }
}
