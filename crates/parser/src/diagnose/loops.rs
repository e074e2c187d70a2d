//! `for` and `with`, and their errors.

use super::engine::{Match, Peg, alternatives};
use super::targets::TargetKind;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    pub(super) fn for_stmt(&mut self) -> Match {
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
    pub(super) fn for_loop(&mut self, cut: &mut bool) -> Match {
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

    pub(super) fn invalid_for_stmt(&mut self) -> Match {
        alternatives!(self, start;
            { self.for_head()?; self.missing_colon() };
            { let keyword = self.for_head()?; self.missing_block(keyword, "'for' statement") };
        )
    }

    pub(super) fn for_head(&mut self) -> Match {
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

    pub(super) fn with_stmt(&mut self) -> Match {
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

    pub(super) fn with_items_in_brackets(&mut self, type_comment: bool) -> Match {
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

    pub(super) fn with_items(&mut self) -> Match {
        self.comma_separated(Self::with_item)?;
        self.token(T::Colon)?;
        self.optional(|p| p.token(T::TypeComment))?;
        self.block()
    }

    pub(super) fn with_item(&mut self) -> Match {
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
    pub(super) fn with_head(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        let keyword = self.token(T::With)?;
        self.comma_separated(|p| p.loose_with_item(Self::expression))?;
        Some(keyword)
    }

    /// The same in brackets.
    pub(super) fn with_head_in_brackets(&mut self) -> Match {
        self.optional(|p| p.token(T::Async))?;
        let keyword = self.token(T::With)?;
        self.token(T::LParen)?;
        self.comma_separated(|p| p.loose_with_item(Self::expressions))?;
        self.optional(|p| p.token(T::Comma))?;
        self.token(T::RParen)?;
        Some(keyword)
    }

    pub(super) fn loose_with_item(&mut self, expression: fn(&mut Self) -> Match) -> Match {
        self.group(|p| {
            alternatives!(p, start; {
                expression(p)?;
                p.optional(|p| p.group(|p| alternatives!(p, inner; { p.token(T::As)?; p.star_target() })))?;
                p.unit(start)
            })
        })
    }

    pub(super) fn invalid_with_stmt(&mut self) -> Match {
        alternatives!(self, start;
            { self.with_head()?; self.missing_colon() };
            { self.with_head_in_brackets()?; self.missing_colon() };
        )
    }

    pub(super) fn invalid_with_stmt_indent(&mut self) -> Match {
        alternatives!(self, start;
            { let keyword = self.with_head()?; self.missing_block(keyword, "'with' statement") };
            { let keyword = self.with_head_in_brackets()?; self.missing_block(keyword, "'with' statement") };
        )
    }
}
