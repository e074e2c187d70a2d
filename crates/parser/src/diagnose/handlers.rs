//! `try` with its handlers, and their errors.

use super::engine::{Match, Peg, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn try_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_try_stmt);
                { p.token(T::Try)?; p.forced_colon()?; p.block()?; p.finally_block() };
                { p.try_head()?; p.many1(Self::except_block)?; p.try_tail(start) };
                {
                    p.try_head()?;
                    p.many1(Self::except_star_block)?;
                    p.try_tail(start)?;
                    p.check_version(11, "Exception groups are")?;
                    p.unit(start)
                };
            )
        })
    }

    pub(super) fn try_head(&mut self) -> Match {
        self.token(T::Try)?;
        self.forced_colon()?;
        self.block()
    }

    pub(super) fn try_tail(&mut self, start: u32) -> Match {
        self.optional(Self::else_block)?;
        self.optional(Self::finally_block)?;
        self.unit(start)
    }

    pub(super) fn finally_block(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| {
                    let keyword = p.token(T::Finally)?;
                    p.missing_block(keyword, "'finally' statement")
                });
                { p.token(T::Finally)?; p.forced_colon()?; p.block() };
            )
        })
    }

    /// `'except' ['*']`: gives the keyword.
    pub(super) fn except(&mut self, star: bool) -> Match {
        let keyword = self.token(T::Except)?;
        if star {
            self.token(T::Star)?;
        }
        Some(keyword)
    }

    pub(super) fn except_block(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_except_stmt_indent);
                { p.except(false)?; p.expression()?; p.handler_body(start) };
                { p.except(false)?; p.expression()?; p.token(T::As)?; p.name()?; p.handler_body(start) };
                { p.except(false)?; p.expressions()?; p.handler_body(start)?; p.check_bare_types(start) };
                { p.except(false)?; p.handler_body(start) };
                p.invalid(|p| p.invalid_except_stmt(false));
            )
        })
    }

    pub(super) fn except_star_block(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| {
                    let keyword = p.except(true)?;
                    p.expression()?;
                    p.optional(Self::as_name)?;
                    p.missing_block(keyword, "'except*' statement")
                });
                { p.except(true)?; p.expression()?; p.handler_body(start) };
                { p.except(true)?; p.expression()?; p.token(T::As)?; p.name()?; p.handler_body(start) };
                { p.except(true)?; p.expressions()?; p.handler_body(start)?; p.check_bare_types(start) };
                p.invalid(|p| p.invalid_except_stmt(true));
            )
        })
    }

    pub(super) fn handler_body(&mut self, start: u32) -> Match {
        self.token(T::Colon)?;
        self.block()?;
        self.unit(start)
    }

    pub(super) fn check_bare_types(&mut self, start: u32) -> Match {
        self.check_version(14, "except expressions without parentheses are")?;
        self.unit(start)
    }

    pub(super) fn invalid_try_stmt(&mut self) -> Match {
        alternatives!(self, start;
            { let keyword = self.token(T::Try)?; self.missing_block(keyword, "'try' statement") };
            {
                self.token(T::Try)?;
                self.token(T::Colon)?;
                self.block()?;
                self.not_ahead(|p| p.one_of(&[T::Except, T::Finally]))?;
                self.raise(Error::ExpectedHandler)
            };
            {
                self.token(T::Try)?;
                self.token(T::Colon)?;
                self.many(Self::block)?;
                self.many1(Self::except_block)?;
                let except = self.token(T::Except)?;
                let star = self.token(T::Star)?;
                self.expression()?;
                self.optional(Self::as_name)?;
                self.token(T::Colon)?;
                self.raise_range(except, star, Error::MixedHandlers)
            };
            {
                self.token(T::Try)?;
                self.token(T::Colon)?;
                self.many(Self::block)?;
                self.many1(Self::except_star_block)?;
                let except = self.token(T::Except)?;
                self.optional(|p| p.group(|p| alternatives!(p, inner; {
                    p.expression()?;
                    p.optional(Self::as_name)?;
                    p.unit(inner)
                })))?;
                self.token(T::Colon)?;
                self.raise_on(except, Error::MixedHandlers)
            };
        )
    }

    pub(super) fn invalid_except_stmt(&mut self, star: bool) -> Match {
        alternatives!(self, start;
            {
                self.except(star)?;
                let first = self.expression()?;
                self.token(T::Comma)?;
                self.expressions()?;
                self.token(T::As)?;
                self.name()?;
                self.token(T::Colon)?;
                self.raise_from(first, Error::UnparenthesizedHandlerTypes)
            };
            { self.except(star)?; self.expression()?; self.optional(Self::as_name)?; self.missing_colon() };
            {
                self.except(star)?;
                if star {
                    self.one_of(&[T::Newline, T::Colon])?;
                    self.raise(Error::ExpectedHandlerTypes)
                } else {
                    self.missing_colon()
                }
            };
            {
                self.except(star)?;
                self.expression()?;
                self.token(T::As)?;
                let target = self.expression()?;
                self.token(T::Colon)?;
                self.block()?;
                let name = self.expression_name(target);
                let statement = if star { "except*" } else { "except" };
                self.raise_on(target, Error::HandlerTarget { statement, name })
            };
        )
    }

    pub(super) fn invalid_except_stmt_indent(&mut self) -> Match {
        alternatives!(self, start;
            {
                let keyword = self.except(false)?;
                self.expression()?;
                self.optional(Self::as_name)?;
                self.missing_block(keyword, "'except' statement")
            };
            { let keyword = self.except(false)?; self.missing_block(keyword, "'except' statement") };
        )
    }
}
