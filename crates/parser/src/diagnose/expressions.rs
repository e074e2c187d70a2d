//! Expressions from the comma down to `await`, and the errors that they explain.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

/// The comparison operators of one token; `not in` and `is not` are told apart by their first.
const COMPARISONS: &[T] =
    &[T::EqEqual, T::LessEqual, T::Less, T::GreaterEqual, T::Greater, T::In, T::Is, T::Not, T::NotEqual];

impl Peg<'_> {
    // -- lists of expressions ------------------------------------------------------------------

    /// `expressions: expression (',' expression)+ [','] | expression ',' | expression`
    pub(super) fn expressions(&mut self) -> Match {
        self.rule(|p| p.maybe_tuple(Self::expression))
    }

    pub(super) fn star_expressions(&mut self) -> Match {
        self.rule(|p| p.maybe_tuple(Self::star_expression))
    }

    /// One item, or a tuple without brackets.
    fn maybe_tuple(&mut self, item: fn(&mut Self) -> Match) -> Match {
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

    fn starred(&mut self, start: u32, value: fn(&mut Self) -> Match) -> Match {
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

    // -- named, conditional, lambda ------------------------------------------------------------

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
    fn conditional_expression(&mut self) -> Match {
        let start = self.mark;
        self.disjunction()?;
        self.token(T::If)?;
        self.disjunction()?;
        self.token(T::Else)?;
        self.expression()?;
        Some(self.item(Kind::IfExp, start))
    }

    /// An expression for whose parts the `invalid_*` rules are off.
    fn expression_without_invalid(&mut self) -> Match {
        self.rule(|p| {
            let invalid = std::mem::replace(&mut p.invalid, false);
            let found = alternatives!(p, start; p.conditional_expression(); p.disjunction(); p.lambdef());
            p.invalid = invalid;
            found
        })
    }

    fn lambdef(&mut self) -> Match {
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

    // -- boolean operations and comparisons ----------------------------------------------------

    pub(super) fn disjunction(&mut self) -> Match {
        self.memo(Rule::Disjunction, |p| p.boolean(T::Or, Self::conjunction))
    }

    fn conjunction(&mut self) -> Match {
        self.memo(Rule::Conjunction, |p| p.boolean(T::And, Self::inversion))
    }

    fn boolean(&mut self, operator: T, operand: fn(&mut Self) -> Match) -> Match {
        alternatives!(self, start;
            {
                operand(self)?;
                self.many1(|p| alternatives!(p, inner; { p.token(operator)?; operand(p) }))?;
                Some(self.item(Kind::Operation, start))
            };
            operand(self);
        )
    }

    fn inversion(&mut self) -> Match {
        self.memo(Rule::Inversion, |p| {
            alternatives!(p, start;
                { p.token(T::Not)?; p.inversion()?; Some(p.item(Kind::Operation, start)) };
                p.comparison();
            )
        })
    }

    /// A comparison's parts are its left side and the first token of its first operator.
    fn comparison(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    let left = p.bitwise_or()?;
                    let pairs = p.many1(Self::comparison_pair)?;
                    let operator = pairs.first().copied()?;
                    Some(p.item_of(Kind::Comparison, start, &[left, operator]))
                };
                p.bitwise_or();
            )
        })
    }

    fn comparison_pair(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start; {
                let operator = p.one_of(COMPARISONS)?;
                match p.kind_at(operator.first) {
                    T::Not => {
                        p.token(T::In)?;
                    }
                    T::Is => {
                        p.optional(|p| p.token(T::Not))?;
                    }
                    T::NotEqual => p.check_barry(operator)?,
                    _ => {}
                }
                p.rule(Self::bitwise_or)?;
                Some(operator)
            })
        })
    }

    /// PEP 401: `<>` after the future import, `!=` without.
    fn check_barry(&mut self, operator: Item) -> Option<()> {
        let diamond = self.text_at(operator.first) == "<>";
        if diamond == self.barry_as_flufl {
            return Some(());
        }
        self.raise(if diamond { Error::Diamond } else { Error::Barry });
        None
    }

    // -- arithmetic ----------------------------------------------------------------------------

    /// `left operator right`, with a rule for the left side that recurs.
    fn binary(
        &mut self,
        left: fn(&mut Self) -> Match,
        operators: &[T],
        right: fn(&mut Self) -> Match,
    ) -> Match {
        let start = self.mark;
        left(self)?;
        let operator = self.one_of(operators)?;
        right(self)?;
        if self.kind_at(operator.first) == T::At {
            self.check_version(5, "The '@' operator is")?;
        }
        Some(self.item(Kind::Operation, start))
    }

    pub(super) fn bitwise_or(&mut self) -> Match {
        self.left_recursive(Rule::BitwiseOr, |p| {
            alternatives!(p, start;
                p.binary(Self::bitwise_or, &[T::VBar], Self::bitwise_xor);
                p.bitwise_xor();
            )
        })
    }

    fn bitwise_xor(&mut self) -> Match {
        self.left_recursive(Rule::BitwiseXor, |p| {
            alternatives!(p, start;
                p.binary(Self::bitwise_xor, &[T::Circumflex], Self::bitwise_and);
                p.bitwise_and();
            )
        })
    }

    fn bitwise_and(&mut self) -> Match {
        self.left_recursive(Rule::BitwiseAnd, |p| {
            alternatives!(p, start;
                p.binary(Self::bitwise_and, &[T::Amper], Self::shift_expr);
                p.shift_expr();
            )
        })
    }

    fn shift_expr(&mut self) -> Match {
        self.left_recursive(Rule::ShiftExpr, |p| {
            alternatives!(p, start;
                p.binary(Self::shift_expr, &[T::LeftShift, T::RightShift], Self::sum);
                p.invalid(Self::invalid_arithmetic);
                p.sum();
            )
        })
    }

    fn sum(&mut self) -> Match {
        self.left_recursive(
            Rule::Sum,
            |p| alternatives!(p, start; p.binary(Self::sum, &[T::Plus, T::Minus], Self::term); p.term()),
        )
    }

    fn term(&mut self) -> Match {
        const OPERATORS: &[T] = &[T::Star, T::Slash, T::DoubleSlash, T::Percent, T::At];
        self.left_recursive(Rule::Term, |p| {
            alternatives!(p, start;
                p.binary(Self::term, OPERATORS, Self::factor);
                p.invalid(Self::invalid_factor);
                p.factor();
            )
        })
    }

    fn factor(&mut self) -> Match {
        self.memo(Rule::Factor, |p| {
            alternatives!(p, start;
                {
                    p.one_of(&[T::Plus, T::Minus, T::Tilde])?;
                    p.factor()?;
                    Some(p.item(Kind::Operation, start))
                };
                p.power();
            )
        })
    }

    fn power(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.await_primary()?;
                    p.token(T::DoubleStar)?;
                    p.factor()?;
                    Some(p.item(Kind::Operation, start))
                };
                p.await_primary();
            )
        })
    }

    fn await_primary(&mut self) -> Match {
        self.memo(Rule::AwaitPrimary, |p| {
            alternatives!(p, start;
                {
                    p.token(T::Await)?;
                    p.primary()?;
                    p.check_version(5, "Await expressions are")?;
                    Some(p.item(Kind::Await, start))
                };
                p.primary();
            )
        })
    }

    // -- errors --------------------------------------------------------------------------------

    fn invalid_named_expression(&mut self) -> Match {
        if !self.invalid {
            return None;
        }
        self.memo(Rule::InvalidNamedExpression, |p| {
            const ASSIGN: &[T] = &[T::Equal, T::ColonEqual];
            alternatives!(p, start;
                {
                    let target = p.expression()?;
                    p.token(T::ColonEqual)?;
                    p.expression()?;
                    let name = p.expression_name(target);
                    p.raise_on(target, Error::WalrusTarget { name })
                };
                {
                    let target = p.name()?;
                    p.token(T::Equal)?;
                    let value = p.bitwise_or()?;
                    p.not_ahead(|p| p.group(|p| p.one_of(ASSIGN)))?;
                    p.raise_range(target, value, Error::MaybeEqualsOrWalrus)
                };
                {
                    p.not_ahead(|p| p.group(|p| alternatives!(p, inner;
                        p.list();
                        p.tuple();
                        p.genexp();
                        p.one_of(&[T::True, T::None, T::False]);
                    )))?;
                    let target = p.bitwise_or()?;
                    p.token(T::Equal)?;
                    p.bitwise_or()?;
                    p.not_ahead(|p| p.group(|p| p.one_of(ASSIGN)))?;
                    let name = p.expression_name(target);
                    p.raise_on(target, Error::CannotAssignHere { name })
                };
            )
        })
    }

    fn invalid_expression(&mut self) -> Match {
        alternatives!(self, start;
            self.names_between_strings();
            self.missing_comma();
            {
                let value = self.disjunction()?;
                self.token(T::If)?;
                let condition = self.disjunction()?;
                self.not_ahead(|p| p.group(|p| p.one_of(&[T::Else, T::Colon])))?;
                self.raise_range(value, condition, Error::ExpectedElse)
            };
            {
                self.disjunction()?;
                self.token(T::If)?;
                self.disjunction()?;
                self.token(T::Else)?;
                self.not_ahead(Self::expression)?;
                self.raise_on_next_token(Error::StatementAfterElse)
            };
            {
                let statement = self.group(|p| alternatives!(p, inner;
                    p.keyword_stmt(T::Pass);
                    p.keyword_stmt(T::Break);
                    p.keyword_stmt(T::Continue);
                ))?;
                self.token(T::If)?;
                self.disjunction()?;
                self.token(T::Else)?;
                self.simple_stmt()?;
                self.raise_on(statement, Error::StatementBeforeIf)
            };
            self.lambda_in_replacement_field(T::FStringMiddle, 'f');
            self.lambda_in_replacement_field(T::TStringMiddle, 't');
        )
    }

    /// `STRING (!STRING expression_without_invalid)+ STRING`
    fn names_between_strings(&mut self) -> Match {
        self.token(T::String)?;
        let between = self.many1(|p| {
            alternatives!(p, start; {
                p.not_ahead(|p| p.token(T::String))?;
                p.expression_without_invalid()
            })
        })?;
        self.token(T::String)?;
        let (first, last) = (between.first().copied()?, between.last().copied()?);
        self.raise_range(first, last, Error::PartOfString)
    }

    /// `!(NAME STRING | SOFT_KEYWORD) disjunction expression_without_invalid`
    fn missing_comma(&mut self) -> Match {
        self.not_ahead(|p| {
            p.group(|p| {
                alternatives!(p, start;
                    { p.name()?; p.token(T::String) };
                    p.soft_keyword();
                )
            })
        })?;
        let left = self.disjunction()?;
        let right = self.expression_without_invalid()?;
        if self.is_legacy_statement(left) || self.bracket_level(self.mark.saturating_sub(1)) == 0 {
            return None;
        }
        self.raise_range(left, right, Error::ForgotComma)
    }

    fn soft_keyword(&mut self) -> Match {
        self.peek()?;
        if ["_", "case", "match", "type"].contains(&self.text_at(self.mark)) { self.name() } else { None }
    }

    /// `'lambda' [lambda_params] ':' &middle`
    fn lambda_in_replacement_field(&mut self, middle: T, prefix: char) -> Match {
        let lambda = self.token(T::Lambda)?;
        self.optional(Self::lambda_params)?;
        let colon = self.token(T::Colon)?;
        self.ahead(|p| p.token(middle))?;
        self.raise_range(lambda, colon, Error::UnparenthesizedLambda { prefix })
    }

    /// `NAME !'(' star_expressions`, where the name is `print` or `exec`.
    fn invalid_legacy_expression(&mut self) -> Match {
        alternatives!(self, start; {
            let name = self.name()?;
            self.not_ahead(|p| p.token(T::LParen))?;
            let argument = self.star_expressions()?;
            if !self.is_legacy_statement(name) {
                return None;
            }
            let error = Error::MissingParentheses { name: self.text_at(name.first).to_owned() };
            self.raise_range(name, argument, error)
        })
    }

    fn is_legacy_statement(&self, item: Item) -> bool {
        item.kind == Kind::Name && matches!(self.text_at(item.first), "print" | "exec")
    }

    /// Open brackets after token `index`.
    fn bracket_level(&self, index: u32) -> usize {
        let mut level = 0usize;
        for at in 0..=index {
            match self.kind_at(at) {
                T::LParen | T::LBracket | T::LBrace => level += 1,
                T::RParen | T::RBracket | T::RBrace => level = level.saturating_sub(1),
                _ => {}
            }
        }
        level
    }

    /// `sum operator 'not' inversion`
    fn invalid_arithmetic(&mut self) -> Match {
        const OPERATORS: &[T] = &[T::Plus, T::Minus, T::Star, T::Slash, T::Percent, T::DoubleSlash, T::At];
        alternatives!(self, start; {
            self.sum()?;
            self.group(|p| p.one_of(OPERATORS))?;
            let not = self.token(T::Not)?;
            let operand = self.inversion()?;
            self.raise_range(not, operand, Error::NotAfterOperator)
        })
    }

    /// `('+' | '-' | '~') 'not' factor`
    fn invalid_factor(&mut self) -> Match {
        alternatives!(self, start; {
            self.group(|p| p.one_of(&[T::Plus, T::Minus, T::Tilde]))?;
            let not = self.token(T::Not)?;
            let operand = self.factor()?;
            self.raise_range(not, operand, Error::NotAfterOperator)
        })
    }
}
