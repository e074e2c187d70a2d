//! Statements and blocks.

use super::{Parse, Parser, Refused};
use taipan_ast::Stmt;
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// Whether a compound statement begins here.
    pub(super) fn at_compound(&self) -> bool {
        match self.kind {
            TokenKind::If
            | TokenKind::Def
            | TokenKind::At
            | TokenKind::Class
            | TokenKind::For
            | TokenKind::While
            | TokenKind::With
            | TokenKind::Try
            | TokenKind::Async => true,
            TokenKind::Name => self.at_match(),
            _ => false,
        }
    }

    /// `statement: compound_stmt | simple_stmts`, onto the stack of statements.
    pub(super) fn statement(&mut self) -> Parse<()> {
        let stmt = match self.kind {
            TokenKind::If => self.if_stmt()?,
            TokenKind::Def => self.function_def(&[])?,
            TokenKind::At => self.decorated()?,
            TokenKind::Class => self.class_def(&[])?,
            TokenKind::For => self.for_stmt()?,
            TokenKind::While => self.while_stmt()?,
            TokenKind::With => self.with_stmt()?,
            TokenKind::Try => self.try_stmt()?,
            TokenKind::Async => self.async_stmt()?,
            TokenKind::Name if self.at_match() => self.match_stmt()?,
            _ => return self.simple_stmts(),
        };
        self.scratch.stmts.push(stmt);
        Ok(())
    }

    /// `simple_stmts: ';'.simple_stmt+ [';'] NEWLINE`, onto the stack of statements.
    pub(super) fn simple_stmts(&mut self) -> Parse<()> {
        loop {
            let stmt = self.simple_stmt()?;
            self.scratch.stmts.push(stmt);
            if self.kind == TokenKind::Newline {
                self.bump_layout();
                return Ok(());
            }
            self.expect(TokenKind::Semicolon)?;
            if self.kind == TokenKind::Newline {
                self.bump_layout();
                return Ok(());
            }
        }
    }

    /// `':' block`
    pub(super) fn colon_block(&mut self) -> Parse<&'a [Stmt<'a>]> {
        self.expect(TokenKind::Colon)?;
        self.block()
    }

    /// `block: NEWLINE INDENT statements DEDENT | simple_stmts`
    pub(super) fn block(&mut self) -> Parse<&'a [Stmt<'a>]> {
        let base = self.scratch.stmts.len();
        if self.kind != TokenKind::Newline {
            self.simple_stmts()?;
            return Ok(self.take_stmts(base));
        }
        self.bump_layout();
        self.expect_layout(TokenKind::Indent)?;
        self.nested(|p| {
            while p.kind != TokenKind::Dedent {
                if p.kind == TokenKind::EndMarker {
                    return Err(Refused);
                }
                p.statement()?;
            }
            Ok(())
        })?;
        self.bump_layout();
        Ok(self.take_stmts(base))
    }
}
