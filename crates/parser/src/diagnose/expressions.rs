//! Expressions from the comma down to `not`.

use super::engine::{Kind, Match, Peg, Rule, alternatives};
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    /// `expressions: expression (',' expression)+ [','] | expression ',' | expression`
    pub(super) fn expressions(&mut self) -> Match {
        self.rule(|p| p.maybe_tuple(Self::expression))
    }

    pub(super) fn star_expressions(&mut self) -> Match {
        self.rule(|p| p.maybe_tuple(Self::star_expression))
    }

    /// One item, or a tuple without brackets.
    pub(super) fn maybe_tuple(&mut self, item: fn(&mut Self) -> Match) -> Match {
        alternatives!(self, start;
            {
                let mut parts = vec![item(self)?];
                let rest = self.many1(|p| alternatives!(p, inner; { p.token(T::Comma)?; item(p) }))?;
                parts.extend(rest);
                self.optional(|p| p.token(T::Comma))?;
                Some(self.item_of(Kind::Tuple, start, &parts))
            };
            {
                let part = item(self)?;
                self.token(T::Comma)?;
                Some(self.item_of(Kind::Tuple, start, &[part]))
            };
            item(self);
        )
    }

    /// `'*' bitwise_or | expression`
    pub(super) fn star_expression(&mut self) -> Match {
        self.memo(
            Rule::StarExpression,
            |p| alternatives!(p, start; p.starred(start, Self::bitwise_or); p.expression()),
        )
    }

    pub(super) fn starred(&mut self, start: u32, value: fn(&mut Self) -> Match) -> Match {
        self.token(T::Star)?;
        let value = value(self)?;
        Some(self.item_of(Kind::Starred, start, &[value]))
    }

    /// `','.star_named_expression+ [',']`, as an item whose parts are the expressions.
    pub(super) fn star_named_expressions(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            let parts = p.comma_separated(Self::star_named_expression)?;
            p.optional(|p| p.token(T::Comma))?;
            Some(p.item_of(Kind::Unit, start, &parts))
        })
    }

    pub(super) fn star_named_expression(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.starred(start, Self::bitwise_or); p.named_expression()))
    }

    /// `NAME ':=' ~ expression`
    pub(super) fn assignment_expression(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.name()?;
                p.token(T::ColonEqual)?;
                p.expression()?;
                p.check_version(8, "Assignment expressions are")?;
                Some(p.item(Kind::NamedExpr, start))
            })
        })
    }

    pub(super) fn named_expression(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.assignment_expression();
                p.invalid_named_expression();
                p.expression_not_named();
            )
        })
    }

    /// `expression !':='`
    pub(super) fn expression_not_named(&mut self) -> Match {
        let start = self.mark;
        let value = self.expression()?;
        if self.not_ahead(|p| p.token(T::ColonEqual)).is_none() {
            self.mark = start;
            return None;
        }
        Some(value)
    }

    pub(super) fn expression(&mut self) -> Match {
        self.memo(Rule::Expression, |p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_expression);
                p.invalid(Self::invalid_legacy_expression);
                p.conditional_expression();
                p.disjunction();
                p.lambdef();
            )
        })
    }

    /// `disjunction 'if' disjunction 'else' expression`
    pub(super) fn conditional_expression(&mut self) -> Match {
        let start = self.mark;
        self.disjunction()?;
        self.token(T::If)?;
        self.disjunction()?;
        self.token(T::Else)?;
        self.expression()?;
        Some(self.item(Kind::IfExp, start))
    }

    /// An expression for whose parts the `invalid_*` rules are off.
    pub(super) fn expression_without_invalid(&mut self) -> Match {
        self.rule(|p| {
            let invalid = std::mem::replace(&mut p.invalid, false);
            let found = alternatives!(p, start; p.conditional_expression(); p.disjunction(); p.lambdef());
            p.invalid = invalid;
            found
        })
    }

    pub(super) fn lambdef(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                p.token(T::Lambda)?;
                p.optional(Self::lambda_params)?;
                p.token(T::Colon)?;
                p.expression()?;
                Some(p.item(Kind::Lambda, start))
            })
        })
    }

    /// `'yield' 'from' expression | 'yield' [star_expressions]`
    pub(super) fn yield_expr(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.token(T::Yield)?; p.token(T::From)?; p.expression()?; Some(p.item(Kind::Yield, start)) };
                { p.token(T::Yield)?; p.optional(Self::star_expressions)?; Some(p.item(Kind::Yield, start)) };
            )
        })
    }

    pub(super) fn disjunction(&mut self) -> Match {
        self.memo(Rule::Disjunction, |p| p.boolean(T::Or, Self::conjunction))
    }

    pub(super) fn conjunction(&mut self) -> Match {
        self.memo(Rule::Conjunction, |p| p.boolean(T::And, Self::inversion))
    }

    pub(super) fn boolean(&mut self, operator: T, operand: fn(&mut Self) -> Match) -> Match {
        alternatives!(self, start;
            {
                operand(self)?;
                self.many1(|p| alternatives!(p, inner; { p.token(operator)?; operand(p) }))?;
                Some(self.item(Kind::Operation, start))
            };
            operand(self);
        )
    }

    pub(super) fn inversion(&mut self) -> Match {
        self.memo(Rule::Inversion, |p| {
            alternatives!(p, start;
                { p.token(T::Not)?; p.inversion()?; Some(p.item(Kind::Operation, start)) };
                p.comparison();
            )
        })
    }
}
