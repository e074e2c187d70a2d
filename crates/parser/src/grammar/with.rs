//! `with` statements, whose items may stand in parentheses (PEP 617).

use super::{Parse, Parser, Refused};
use taipan_ast::{ExprContext, Stmt, StmtAsyncWith, StmtKind, StmtWith, WithItem};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// with_stmt:
    ///     | 'with' '(' ','.with_item+ [','] ')' ':' [TYPE_COMMENT] block
    ///     | 'with' ','.with_item+ ':' [TYPE_COMMENT] block
    /// ```
    pub(super) fn with_stmt(&mut self) -> Parse<Stmt<'a>> {
        let start = self.start();
        let node = self.with_parts(false)?;
        Ok(Stmt { span: self.span_from(start), kind: StmtKind::With(self.arena.alloc(node)) })
    }

    /// `'async' with_stmt`, from `with` on
    pub(super) fn async_with(&mut self) -> Parse<StmtKind<'a>> {
        let StmtWith { items, body, type_comment } = self.with_parts(true)?;
        Ok(StmtKind::AsyncWith(self.arena.alloc(StmtAsyncWith { items, body, type_comment })))
    }

    fn with_parts(&mut self, is_async: bool) -> Parse<StmtWith<'a>> {
        self.bump();
        let items = self.with_items(is_async)?;
        self.expect(TokenKind::Colon)?;
        let type_comment = self.type_comment();
        let body = self.block()?;
        Ok(StmtWith { items, body, type_comment })
    }

    /// The items, up to the colon. Those in parentheses come first, so `with (a, b):` has two.
    fn with_items(&mut self, is_async: bool) -> Parse<&'a [WithItem<'a>]> {
        if self.kind == TokenKind::LParen && self.parenthesis_ends_header(is_async) {
            let start = self.snapshot();
            match self.parenthesized_items() {
                Ok(items) => return Ok(items),
                Err(Refused) => self.rewind(&start),
            }
        }
        let base = self.scratch.items.len();
        loop {
            self.with_item()?;
            if !self.eat(TokenKind::Comma) {
                return Ok(self.take_items(base));
            }
        }
    }

    /// `'(' ','.with_item+ [','] ')' &':'`
    fn parenthesized_items(&mut self) -> Parse<&'a [WithItem<'a>]> {
        self.bump();
        let base = self.scratch.items.len();
        loop {
            self.nested(Self::with_item)?;
            if !self.eat(TokenKind::Comma) || self.kind == TokenKind::RParen {
                break;
            }
        }
        self.expect(TokenKind::RParen)?;
        if self.kind == TokenKind::Colon { Ok(self.take_items(base)) } else { Err(Refused) }
    }

    /// Whether the colon of the statement follows the parenthesis that closes the one here. The
    /// asynchronous form takes no type comment there, though it does elsewhere.
    fn parenthesis_ends_header(&self, is_async: bool) -> bool {
        let mut open = 0usize;
        for (index, &kind) in self.kinds.iter().enumerate().skip(self.at) {
            match kind {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => open += 1,
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return self.kinds.get(index + 1) == Some(&TokenKind::Colon)
                            && !(is_async && self.kinds.get(index + 2) == Some(&TokenKind::TypeComment));
                    }
                }
                TokenKind::Newline => return false,
                _ => {}
            }
        }
        false
    }

    /// `with_item: expression 'as' star_target &(',' | ')' | ':') | expression`
    fn with_item(&mut self) -> Parse<()> {
        let context_expr = self.expression()?;
        let mut optional_vars = None;
        if self.eat(TokenKind::As) {
            let target = self.star_target()?;
            optional_vars = Some(self.in_context(target, ExprContext::Store)?);
            if !matches!(self.kind, TokenKind::Comma | TokenKind::RParen | TokenKind::Colon) {
                return Err(Refused);
            }
        }
        self.scratch.items.push(WithItem { context_expr, optional_vars });
        Ok(())
    }
}
