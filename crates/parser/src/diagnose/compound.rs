//! Compound statements: blocks, `if` and `while`, and what is missing before or in a block.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
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

    pub(super) fn missing_indent(&mut self, keyword: Item, what: &'static str) -> Match {
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

    pub(super) fn if_stmt(&mut self) -> Match {
        self.rule(|p| p.conditional(T::If, "'if' statement"))
    }

    pub(super) fn elif_stmt(&mut self) -> Match {
        self.rule(|p| p.conditional(T::Elif, "'elif' statement"))
    }

    /// `if` and `elif`: with an `elif` after it, or with an `else` or nothing.
    pub(super) fn conditional(&mut self, keyword: T, what: &'static str) -> Match {
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

    pub(super) fn invalid_conditional(&mut self, keyword: T, what: &'static str) -> Match {
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

    pub(super) fn while_stmt(&mut self) -> Match {
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

    /// An item that stands for a statement.
    pub(super) fn other(&self, start: u32) -> Match {
        Some(self.item(Kind::Other, start))
    }
}
