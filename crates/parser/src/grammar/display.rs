//! Parentheses, lists, dicts and sets, with the comprehensions that share their brackets.

use super::{Parse, Parser, Refused};
use taipan_ast::{
    Expr, ExprContext, ExprDict, ExprDictComp, ExprGeneratorExp, ExprKind, ExprList, ExprListComp, ExprSet,
    ExprSetComp, ExprTuple,
};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// ```text
    /// genexp: '(' (assignment_expression | expression !':=') for_if_clauses ')'
    /// tuple: '(' [star_named_expression ',' [star_named_expressions]] ')'
    /// group: '(' (yield_expr | named_expression) ')'
    /// ```
    pub(super) fn parenthesized(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.bump();
        if self.kind == TokenKind::Yield {
            let value = self.yield_expr()?;
            self.expect(TokenKind::RParen)?;
            return Ok(value);
        }
        let base = self.scratch.exprs.len();
        if self.kind != TokenKind::RParen {
            let first = self.star_named_expression()?;
            match self.kind {
                TokenKind::RParen => {
                    self.bump();
                    return not_starred(first);
                }
                TokenKind::For | TokenKind::Async => {
                    return self.generator_rest(start, not_starred(first)?);
                }
                _ => self.scratch.exprs.push(first),
            }
            self.elements_rest(TokenKind::RParen)?;
        }
        self.expect(TokenKind::RParen)?;
        let elts = self.take_exprs(base);
        let node = self.arena.alloc(ExprTuple { elts, ctx: ExprContext::Load });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::Tuple(node) })
    }

    /// `for_if_clauses ')'` behind a generator expression's element
    pub(super) fn generator_rest(&mut self, start: u32, elt: Expr<'a>) -> Parse<Expr<'a>> {
        let generators = self.for_if_clauses()?;
        self.expect(TokenKind::RParen)?;
        let node = self.arena.alloc(ExprGeneratorExp { elt, generators });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::GeneratorExp(node) })
    }

    /// `(',' star_named_expression)* [',']` up to `end`, onto the stack of expressions
    fn elements_rest(&mut self, end: TokenKind) -> Parse<()> {
        while self.eat(TokenKind::Comma) && self.kind != end {
            let value = self.star_named_expression()?;
            self.scratch.exprs.push(value);
        }
        Ok(())
    }

    /// ```text
    /// list: '[' [star_named_expressions] ']'
    /// listcomp: '[' named_expression for_if_clauses ']'
    /// ```
    pub(super) fn list(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.bump();
        let base = self.scratch.exprs.len();
        if self.kind != TokenKind::RBracket {
            let first = self.star_named_expression()?;
            if matches!(self.kind, TokenKind::For | TokenKind::Async) {
                let elt = not_starred(first)?;
                let generators = self.for_if_clauses()?;
                self.expect(TokenKind::RBracket)?;
                let node = self.arena.alloc(ExprListComp { elt, generators });
                return Ok(Expr { span: self.span_from(start), kind: ExprKind::ListComp(node) });
            }
            self.scratch.exprs.push(first);
            self.elements_rest(TokenKind::RBracket)?;
        }
        self.expect(TokenKind::RBracket)?;
        let elts = self.take_exprs(base);
        let node = self.arena.alloc(ExprList { elts, ctx: ExprContext::Load });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::List(node) })
    }

    /// What stands in braces: the first element tells a dict from a set.
    pub(super) fn dict_or_set(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.bump();
        match self.kind {
            TokenKind::RBrace | TokenKind::DoubleStar => return self.dict(start),
            TokenKind::Star => {
                let first = self.star_named_expression()?;
                return self.set(start, first);
            }
            _ => {}
        }
        let at = self.at;
        let first = self.expression()?;
        match self.kind {
            TokenKind::Colon => self.dict_from_key(start, first),
            TokenKind::ColonEqual => {
                let first = self.assignment_expression(at, first)?;
                self.set(start, first)
            }
            _ => self.set(start, first),
        }
    }

    /// ```text
    /// set: '{' star_named_expressions '}'
    /// setcomp: '{' named_expression for_if_clauses '}'
    /// ```
    fn set(&mut self, start: u32, first: Expr<'a>) -> Parse<Expr<'a>> {
        if matches!(self.kind, TokenKind::For | TokenKind::Async) {
            let elt = not_starred(first)?;
            let generators = self.for_if_clauses()?;
            self.expect(TokenKind::RBrace)?;
            let node = self.arena.alloc(ExprSetComp { elt, generators });
            return Ok(Expr { span: self.span_from(start), kind: ExprKind::SetComp(node) });
        }
        let base = self.scratch.exprs.len();
        self.scratch.exprs.push(first);
        self.elements_rest(TokenKind::RBrace)?;
        self.expect(TokenKind::RBrace)?;
        let elts = self.take_exprs(base);
        Ok(Expr { span: self.span_from(start), kind: ExprKind::Set(self.arena.alloc(ExprSet { elts })) })
    }

    /// ```text
    /// dictcomp: '{' expression ':' expression for_if_clauses '}'
    /// ```
    /// or a dict, from the first colon on
    fn dict_from_key(&mut self, start: u32, key: Expr<'a>) -> Parse<Expr<'a>> {
        self.bump();
        let value = self.expression()?;
        if matches!(self.kind, TokenKind::For | TokenKind::Async) {
            let generators = self.for_if_clauses()?;
            self.expect(TokenKind::RBrace)?;
            let node = self.arena.alloc(ExprDictComp { key, value, generators });
            return Ok(Expr { span: self.span_from(start), kind: ExprKind::DictComp(node) });
        }
        let (keys, values) = (self.scratch.optional_exprs.len(), self.scratch.exprs.len());
        self.scratch.optional_exprs.push(Some(key));
        self.scratch.exprs.push(value);
        if !self.eat(TokenKind::Comma) {
            return self.dict_end(start, keys, values);
        }
        self.dict_pairs()?;
        self.dict_end(start, keys, values)
    }

    /// `dict: '{' [double_starred_kvpairs] '}'`
    fn dict(&mut self, start: u32) -> Parse<Expr<'a>> {
        let (keys, values) = (self.scratch.optional_exprs.len(), self.scratch.exprs.len());
        self.dict_pairs()?;
        self.dict_end(start, keys, values)
    }

    /// `','.('**' bitwise_or | expression ':' expression)+ [',']`, onto the stacks
    fn dict_pairs(&mut self) -> Parse<()> {
        while self.kind != TokenKind::RBrace {
            let (key, value);
            if self.eat(TokenKind::DoubleStar) {
                key = None;
                value = self.bitwise_or()?;
            } else {
                key = Some(self.expression()?);
                self.expect(TokenKind::Colon)?;
                value = self.expression()?;
            }
            self.scratch.optional_exprs.push(key);
            self.scratch.exprs.push(value);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        Ok(())
    }

    fn dict_end(&mut self, start: u32, keys: usize, values: usize) -> Parse<Expr<'a>> {
        self.expect(TokenKind::RBrace)?;
        let keys = self.take_optional_exprs(keys);
        let values = self.take_exprs(values);
        let node = self.arena.alloc(ExprDict { keys, values });
        Ok(Expr { span: self.span_from(start), kind: ExprKind::Dict(node) })
    }
}

fn not_starred(value: Expr<'_>) -> Parse<Expr<'_>> {
    if matches!(value.kind, ExprKind::Starred { .. }) { Err(Refused) } else { Ok(value) }
}
