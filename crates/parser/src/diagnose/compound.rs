//! Compound statements and their errors: blocks, `if`, loops, `with`, `try`, definitions.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use super::targets::TargetKind;
use crate::errors::SyntaxErrorKind as Error;
use taipan_diagnostics::ErrorClass;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn compound_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.ahead(|p| p.group(|p| p.one_of(&[T::Def, T::At, T::Async])))?; p.function_def() };
                { p.ahead(|p| p.token(T::If))?; p.if_stmt() };
                { p.ahead(|p| p.group(|p| p.one_of(&[T::Class, T::At])))?; p.class_def() };
                { p.ahead(|p| p.group(|p| p.one_of(&[T::With, T::Async])))?; p.with_stmt() };
                { p.ahead(|p| p.group(|p| p.one_of(&[T::For, T::Async])))?; p.for_stmt() };
                { p.ahead(|p| p.token(T::Try))?; p.try_stmt() };
                { p.ahead(|p| p.token(T::While))?; p.while_stmt() };
                p.match_stmt();
            )
        })
    }

    /// `block: NEWLINE INDENT statements DEDENT | simple_stmts | invalid_block`
    pub(super) fn block(&mut self) -> Match {
        self.memo(Rule::Block, |p| {
            alternatives!(p, start;
                { p.token(T::Newline)?; p.token(T::Indent)?; p.statements(false)?; p.token(T::Dedent) };
                p.simple_stmts();
                p.invalid(|p| {
                    p.token(T::Newline)?;
                    p.not_ahead(|p| p.token(T::Indent))?;
                    p.raise_indentation(Error::ExpectedBlock)
                });
            )
        })
    }

    /// Matches `kind` or raises that it is expected.
    pub(super) fn forced(&mut self, kind: T, error: Error) -> Match {
        if self.peek()? == kind {
            return self.token(kind);
        }
        let place = self.place_of_token(self.mark);
        self.raise_place(ErrorClass::Syntax, place, error)
    }

    pub(super) fn forced_colon(&mut self) -> Match {
        self.forced(T::Colon, Error::Expected { token: ":" })
    }

    /// `':' NEWLINE !INDENT` after `keyword`: a block is missing.
    pub(super) fn missing_block(&mut self, keyword: Item, what: &'static str) -> Match {
        self.token(T::Colon)?;
        self.missing_indent(keyword, what)
    }

    fn missing_indent(&mut self, keyword: Item, what: &'static str) -> Match {
        self.token(T::Newline)?;
        self.not_ahead(|p| p.token(T::Indent))?;
        let line = self.place(keyword).line;
        self.raise_indentation(Error::ExpectedBlockAfter { what, line })
    }

    /// `NEWLINE` where a colon belongs.
    pub(super) fn missing_colon(&mut self) -> Match {
        self.token(T::Newline)?;
        self.raise(Error::Expected { token: ":" })
    }

    // -- definitions ---------------------------------------------------------------------------

    fn decorators(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.many1(
                |p| alternatives!(p, inner; { p.token(T::At)?; p.named_expression()?; p.token(T::Newline) }),
            )?;
            p.unit(start)
        })
    }

    fn class_def(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; { p.decorators()?; p.class_def_raw() }; p.class_def_raw()))
    }

    fn class_def_raw(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_class_def_raw);
                { p.class_head()?; p.token(T::Colon)?; p.block()?; p.unit(start) };
            )
        })
    }

    /// `'class' NAME [type_params] ['(' [arguments] ')']`: gives the keyword.
    fn class_head(&mut self) -> Match {
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

    fn invalid_class_def_raw(&mut self) -> Match {
        alternatives!(self, start;
            { self.class_head()?; self.missing_colon() };
            { let keyword = self.class_head()?; self.missing_block(keyword, "class definition") };
        )
    }

    fn function_def(&mut self) -> Match {
        self.rule(
            |p| alternatives!(p, start; { p.decorators()?; p.function_def_raw() }; p.function_def_raw()),
        )
    }

    fn function_def_raw(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_def_raw);
                p.function(start, false);
                { p.token(T::Async)?; p.function(start, true) };
            )
        })
    }

    /// `'def' NAME [type_params] '(' [params] ')' ['->' expression] ':' [func_type_comment] block`
    fn function(&mut self, start: u32, is_async: bool) -> Match {
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
    fn returns(&mut self) -> Match {
        self.group(|p| alternatives!(p, start; { p.token(T::RArrow)?; p.expression() }))
    }

    fn func_type_comment(&mut self) -> Match {
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

    fn invalid_def_raw(&mut self) -> Match {
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

    // -- if and while --------------------------------------------------------------------------

    fn if_stmt(&mut self) -> Match {
        self.rule(|p| p.conditional(T::If, "'if' statement"))
    }

    fn elif_stmt(&mut self) -> Match {
        self.rule(|p| p.conditional(T::Elif, "'elif' statement"))
    }

    /// `if` and `elif`: with an `elif` after it, or with an `else` or nothing.
    fn conditional(&mut self, keyword: T, what: &'static str) -> Match {
        alternatives!(self, start;
            self.invalid(|p| p.invalid_conditional(keyword, what));
            {
                self.token(keyword)?;
                self.named_expression()?;
                self.token(T::Colon)?;
                self.block()?;
                self.elif_stmt()
            };
            {
                self.token(keyword)?;
                self.named_expression()?;
                self.token(T::Colon)?;
                self.block()?;
                self.optional(Self::else_block)?;
                self.unit(start)
            };
        )
    }

    fn invalid_conditional(&mut self, keyword: T, what: &'static str) -> Match {
        alternatives!(self, start;
            { self.token(keyword)?; self.named_expression()?; self.missing_colon() };
            {
                let at = self.token(keyword)?;
                self.named_expression()?;
                self.missing_block(at, what)
            };
        )
    }

    pub(super) fn else_block(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| alternatives!(p, inner;
                    { let keyword = p.token(T::Else)?; p.missing_block(keyword, "'else' statement") };
                    {
                        p.token(T::Else)?;
                        p.token(T::Colon)?;
                        p.block()?;
                        p.token(T::Elif)?;
                        p.raise(Error::ElifAfterElse)
                    };
                ));
                { p.token(T::Else)?; p.forced_colon()?; p.block() };
            )
        })
    }

    fn while_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| alternatives!(p, inner;
                    { p.token(T::While)?; p.named_expression()?; p.missing_colon() };
                    {
                        let keyword = p.token(T::While)?;
                        p.named_expression()?;
                        p.missing_block(keyword, "'while' statement")
                    };
                ));
                {
                    p.token(T::While)?;
                    p.named_expression()?;
                    p.token(T::Colon)?;
                    p.block()?;
                    p.optional(Self::else_block)?;
                    p.unit(start)
                };
            )
        })
    }

    // -- for and with --------------------------------------------------------------------------

    fn for_stmt(&mut self) -> Match {
        self.rule(|p| {
            let found = p.invalid(Self::invalid_for_stmt);
            if found.is_some() || p.raised.is_some() {
                return found;
            }
            let mut cut = false;
            let found = alternatives!(p, start; p.for_loop(&mut cut));
            if found.is_some() || cut || p.raised.is_some() {
                return found;
            }
            let found = alternatives!(p, start; {
                p.token(T::Async)?;
                p.for_loop(&mut cut)?;
                p.check_version(5, "Async for loops are")?;
                p.unit(start)
            });
            if found.is_some() || cut || p.raised.is_some() {
                return found;
            }
            p.invalid(Self::invalid_for_target)
        })
    }

    /// `'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block]`
    fn for_loop(&mut self, cut: &mut bool) -> Match {
        let start = self.mark;
        self.token(T::For)?;
        self.star_targets()?;
        self.token(T::In)?;
        *cut = true;
        self.star_expressions()?;
        self.token(T::Colon)?;
        self.optional(|p| p.token(T::TypeComment))?;
        self.block()?;
        self.optional(Self::else_block)?;
        self.unit(start)
    }

    fn invalid_for_stmt(&mut self) -> Match {
        alternatives!(self, start;
            { self.for_head()?; self.missing_colon() };
            { let keyword = self.for_head()?; self.missing_block(keyword, "'for' statement") };
        )
    }

    fn for_head(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        let keyword = self.token(T::For)?;
        self.star_targets()?;
        self.token(T::In)?;
        self.star_expressions()?;
        Some(keyword)
    }

    /// `'async'? 'for' star_expressions`
    pub(super) fn invalid_for_target(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        self.token(T::For)?;
        let target = self.star_expressions()?;
        self.raise_invalid_target(TargetKind::For, target)
    }

    fn with_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_with_stmt_indent);
                { p.token(T::With)?; p.with_items_in_brackets(true)?; p.unit(start) };
                { p.token(T::With)?; p.with_items()?; p.unit(start) };
                {
                    p.token(T::Async)?;
                    p.token(T::With)?;
                    p.with_items_in_brackets(false)?;
                    p.check_version(5, "Async with statements are")?;
                    p.unit(start)
                };
                {
                    p.token(T::Async)?;
                    p.token(T::With)?;
                    p.with_items()?;
                    p.check_version(5, "Async with statements are")?;
                    p.unit(start)
                };
                p.invalid(Self::invalid_with_stmt);
            )
        })
    }

    fn with_items_in_brackets(&mut self, type_comment: bool) -> Match {
        self.token(T::LParen)?;
        self.comma_separated(Self::with_item)?;
        self.optional(|p| p.token(T::Comma))?;
        self.token(T::RParen)?;
        self.token(T::Colon)?;
        if type_comment {
            self.optional(|p| p.token(T::TypeComment))?;
        }
        self.block()
    }

    fn with_items(&mut self) -> Match {
        self.comma_separated(Self::with_item)?;
        self.token(T::Colon)?;
        self.optional(|p| p.token(T::TypeComment))?;
        self.block()
    }

    fn with_item(&mut self) -> Match {
        const AFTER: &[T] = &[T::Comma, T::RParen, T::Colon];
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.expression()?;
                    p.token(T::As)?;
                    p.star_target()?;
                    p.ahead(|p| p.group(|p| p.one_of(AFTER)))?;
                    p.unit(start)
                };
                p.invalid(|p| {
                    p.expression()?;
                    p.token(T::As)?;
                    let target = p.expression()?;
                    p.ahead(|p| p.group(|p| p.one_of(AFTER)))?;
                    p.raise_invalid_target(TargetKind::Star, target)
                });
                p.expression();
            )
        })
    }

    /// `['async'] 'with' ','.(expression ['as' star_target])+`: gives the keyword.
    fn with_head(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        let keyword = self.token(T::With)?;
        self.comma_separated(|p| p.loose_with_item(Self::expression))?;
        Some(keyword)
    }

    /// The same in brackets.
    fn with_head_in_brackets(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        let keyword = self.token(T::With)?;
        self.token(T::LParen)?;
        self.comma_separated(|p| p.loose_with_item(Self::expressions))?;
        self.optional(|p| p.token(T::Comma))?;
        self.token(T::RParen)?;
        Some(keyword)
    }

    fn loose_with_item(&mut self, expression: fn(&mut Self) -> Match) -> Match {
        self.group(|p| {
            alternatives!(p, start; {
                expression(p)?;
                p.optional(|p| p.group(|p| alternatives!(p, inner; { p.token(T::As)?; p.star_target() })))?;
                p.unit(start)
            })
        })
    }

    fn invalid_with_stmt(&mut self) -> Match {
        alternatives!(self, start;
            { self.with_head()?; self.missing_colon() };
            { self.with_head_in_brackets()?; self.missing_colon() };
        )
    }

    fn invalid_with_stmt_indent(&mut self) -> Match {
        alternatives!(self, start;
            { let keyword = self.with_head()?; self.missing_block(keyword, "'with' statement") };
            { let keyword = self.with_head_in_brackets()?; self.missing_block(keyword, "'with' statement") };
        )
    }

    // -- try -----------------------------------------------------------------------------------

    fn try_stmt(&mut self) -> Match {
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

    fn try_head(&mut self) -> Match {
        self.token(T::Try)?;
        self.forced_colon()?;
        self.block()
    }

    fn try_tail(&mut self, start: u32) -> Match {
        self.optional(Self::else_block)?;
        self.optional(Self::finally_block)?;
        self.unit(start)
    }

    fn finally_block(&mut self) -> Match {
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
    fn except(&mut self, star: bool) -> Match {
        let keyword = self.token(T::Except)?;
        if star {
            self.token(T::Star)?;
        }
        Some(keyword)
    }

    fn except_block(&mut self) -> Match {
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

    fn except_star_block(&mut self) -> Match {
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

    fn handler_body(&mut self, start: u32) -> Match {
        self.token(T::Colon)?;
        self.block()?;
        self.unit(start)
    }

    fn check_bare_types(&mut self, start: u32) -> Match {
        self.check_version(14, "except expressions without parentheses are")?;
        self.unit(start)
    }

    fn invalid_try_stmt(&mut self) -> Match {
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

    fn invalid_except_stmt(&mut self, star: bool) -> Match {
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

    fn invalid_except_stmt_indent(&mut self) -> Match {
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

    /// An item that stands for a statement.
    pub(super) fn other(&self, start: u32) -> Match {
        Some(self.item(Kind::Other, start))
    }
}
