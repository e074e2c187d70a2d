//! Comparisons, arithmetic and `await`.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

/// The comparison operators of one token; `not in` and `is not` are told apart by their first.
const COMPARISONS: &[T] =
    &[T::EqEqual, T::LessEqual, T::Less, T::GreaterEqual, T::Greater, T::In, T::Is, T::Not, T::NotEqual];

impl Peg<'_> {
    /// A comparison's parts are its left side and the first token of its first operator.
    pub(super) fn comparison(&mut self) -> Match {
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

    pub(super) fn comparison_pair(&mut self) -> Match {
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
                    T::Less => p.check_diamond(operator)?,
                    _ => {}
                }
                p.rule(Self::bitwise_or)?;
                Some(operator)
            })
        })
    }

    /// PEP 401: after the future import inequality is spelled `<>`, which is one token then.
    pub(super) fn check_barry(&mut self, operator: Item) -> Option<()> {
        if self.barry_as_flufl && self.text_at(operator.first) != "<>" {
            self.raise(Error::Barry);
            return None;
        }
        Some(())
    }

    /// Without the import `<>` is two tokens, and a known mistake if nothing stands between them.
    pub(super) fn check_diamond(&mut self, less: Item) -> Option<()> {
        if self.peek()? != T::Greater || !self.invalid {
            return Some(());
        }
        let greater = self.item(Kind::Token, self.mark);
        if self.span_at(less.first).end == self.span_at(self.mark).start {
            self.raise_range(less, Item { last: self.mark, ..greater }, Error::Diamond);
            return None;
        }
        Some(())
    }

    /// `left operator right`, with a rule for the left side that recurs.
    pub(super) fn binary(
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

    pub(super) fn bitwise_xor(&mut self) -> Match {
        self.left_recursive(Rule::BitwiseXor, |p| {
            alternatives!(p, start;
                p.binary(Self::bitwise_xor, &[T::Circumflex], Self::bitwise_and);
                p.bitwise_and();
            )
        })
    }

    pub(super) fn bitwise_and(&mut self) -> Match {
        self.left_recursive(Rule::BitwiseAnd, |p| {
            alternatives!(p, start;
                p.binary(Self::bitwise_and, &[T::Amper], Self::shift_expr);
                p.shift_expr();
            )
        })
    }

    pub(super) fn shift_expr(&mut self) -> Match {
        self.left_recursive(Rule::ShiftExpr, |p| {
            alternatives!(p, start;
                p.binary(Self::shift_expr, &[T::LeftShift, T::RightShift], Self::sum);
                p.invalid(Self::invalid_arithmetic);
                p.sum();
            )
        })
    }

    pub(super) fn sum(&mut self) -> Match {
        self.left_recursive(
            Rule::Sum,
            |p| alternatives!(p, start; p.binary(Self::sum, &[T::Plus, T::Minus], Self::term); p.term()),
        )
    }

    pub(super) fn term(&mut self) -> Match {
        const OPERATORS: &[T] = &[T::Star, T::Slash, T::DoubleSlash, T::Percent, T::At];
        self.left_recursive(Rule::Term, |p| {
            alternatives!(p, start;
                p.binary(Self::term, OPERATORS, Self::factor);
                p.invalid(Self::invalid_factor);
                p.factor();
            )
        })
    }

    pub(super) fn factor(&mut self) -> Match {
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

    pub(super) fn power(&mut self) -> Match {
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

    pub(super) fn await_primary(&mut self) -> Match {
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

    /// `sum operator 'not' inversion`
    pub(super) fn invalid_arithmetic(&mut self) -> Match {
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
    pub(super) fn invalid_factor(&mut self) -> Match {
        alternatives!(self, start; {
            self.group(|p| p.one_of(&[T::Plus, T::Minus, T::Tilde]))?;
            let not = self.token(T::Not)?;
            let operand = self.factor()?;
            self.raise_range(not, operand, Error::NotAfterOperator)
        })
    }
}
