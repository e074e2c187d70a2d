//! What may be meant by two expressions side by side, and by an expression where none fits.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn invalid_named_expression(&mut self) -> Match {
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

    pub(super) fn invalid_expression(&mut self) -> Match {
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
    pub(super) fn names_between_strings(&mut self) -> Match {
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
    pub(super) fn missing_comma(&mut self) -> Match {
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

    pub(super) fn soft_keyword(&mut self) -> Match {
        self.peek()?;
        if ["_", "case", "match", "type"].contains(&self.text_at(self.mark)) { self.name() } else { None }
    }

    /// `'lambda' [lambda_params] ':' &middle`
    pub(super) fn lambda_in_replacement_field(&mut self, middle: T, prefix: char) -> Match {
        let lambda = self.token(T::Lambda)?;
        self.optional(Self::lambda_params)?;
        let colon = self.token(T::Colon)?;
        self.ahead(|p| p.token(middle))?;
        self.raise_range(lambda, colon, Error::UnparenthesizedLambda { prefix })
    }

    /// `NAME !'(' star_expressions`, where the name is `print` or `exec`.
    pub(super) fn invalid_legacy_expression(&mut self) -> Match {
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

    pub(super) fn is_legacy_statement(&self, item: Item) -> bool {
        item.kind == Kind::Name && matches!(self.text_at(item.first), "print" | "exec")
    }

    /// Open brackets after token `index`.
    pub(super) fn bracket_level(&self, index: u32) -> usize {
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
}
