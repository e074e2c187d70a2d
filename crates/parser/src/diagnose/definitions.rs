//! Functions and classes, and their errors.

use super::engine::{Match, Peg, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn decorators(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.many1(
                |p| alternatives!(p, inner; { p.token(T::At)?; p.named_expression()?; p.token(T::Newline) }),
            )?;
            p.unit(start)
        })
    }

    pub(super) fn class_def(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.decorators()?; p.class_def_raw() }; p.class_def_raw()))
    }

    pub(super) fn class_def_raw(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_class_def_raw);
                { p.class_head()?; p.token(T::Colon)?; p.block()?; p.unit(start) };
            )
        })
    }

    /// `'class' NAME [type_params] ['(' [arguments] ')']`: gives the keyword.
    pub(super) fn class_head(&mut self) -> Match {
        let keyword = self.token(T::Class)?;
        self.name()?;
        self.optional(Self::type_params)?;
        self.optional(|p| {
            p.group(|p| {
                alternatives!(p, start; {
                    p.token(T::LParen)?;
                    p.optional(Self::arguments)?;
                    p.token(T::RParen)
                })
            })
        })?;
        Some(keyword)
    }

    pub(super) fn invalid_class_def_raw(&mut self) -> Match {
        alternatives!(self, start;
            { self.class_head()?; self.missing_colon() };
            { let keyword = self.class_head()?; self.missing_block(keyword, "class definition") };
        )
    }

    pub(super) fn function_def(&mut self) -> Match {
        self.rule(
            |p| alternatives!(p, start; { p.decorators()?; p.function_def_raw() }; p.function_def_raw()),
        )
    }

    pub(super) fn function_def_raw(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_def_raw);
                p.function(start, false);
                { p.token(T::Async)?; p.function(start, true) };
            )
        })
    }

    /// `'def' NAME [type_params] '(' [params] ')' ['->' expression] ':' [func_type_comment] block`
    pub(super) fn function(&mut self, start: u32, is_async: bool) -> Match {
        self.token(T::Def)?;
        self.name()?;
        self.optional(Self::type_params)?;
        self.token(T::LParen)?;
        self.optional(Self::params)?;
        self.token(T::RParen)?;
        self.optional(Self::returns)?;
        self.token(T::Colon)?;
        self.optional(Self::func_type_comment)?;
        self.block()?;
        if is_async {
            self.check_version(5, "Async functions are")?;
        }
        self.unit(start)
    }

    /// `'->' expression`
    pub(super) fn returns(&mut self) -> Match {
        self.group(|p| alternatives!(p, start; { p.token(T::RArrow)?; p.expression() }))
    }

    pub(super) fn func_type_comment(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::Newline)?;
                    let comment = p.token(T::TypeComment)?;
                    p.ahead(|p| p.group(|p| alternatives!(p, inner; { p.token(T::Newline)?; p.token(T::Indent) })))?;
                    Some(comment)
                };
                p.invalid(|p| {
                    p.token(T::TypeComment)?;
                    p.token(T::Newline)?;
                    p.token(T::TypeComment)?;
                    p.token(T::Newline)?;
                    p.token(T::Indent)?;
                    p.raise(Error::TwoTypeComments)
                });
                p.token(T::TypeComment);
            )
        })
    }

    pub(super) fn invalid_def_raw(&mut self) -> Match {
        alternatives!(self, start;
            {
                self.optional(|p| p.token(T::Async))?;
                let keyword = self.token(T::Def)?;
                self.name()?;
                self.optional(Self::type_params)?;
                self.token(T::LParen)?;
                self.optional(Self::params)?;
                self.token(T::RParen)?;
                self.optional(Self::returns)?;
                self.missing_block(keyword, "function definition")
            };
            {
                self.optional(|p| p.token(T::Async))?;
                self.token(T::Def)?;
                self.name()?;
                self.optional(Self::type_params)?;
                self.forced(T::LParen, Error::ExpectedBracket)?;
                self.optional(Self::params)?;
                self.token(T::RParen)?;
                self.optional(Self::returns)?;
                self.forced_colon()?;
                self.optional(Self::func_type_comment)?;
                self.block()?;
                self.unit(start)
            };
        )
    }
}
