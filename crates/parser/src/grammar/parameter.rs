//! The parameters of functions and lambdas.

use super::{Parse, Parser, Refused};
use taipan_ast::{Arg, Arguments, Expr, ExprContext, ExprKind};
use taipan_lexer::TokenKind;

/// Whose parameters they are: those of a lambda have neither annotations nor type comments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Function,
    Lambda,
}

impl Style {
    /// The token behind the last parameter.
    const fn end(self) -> TokenKind {
        match self {
            Style::Function => TokenKind::RParen,
            Style::Lambda => TokenKind::Colon,
        }
    }
}

impl<'a> Parser<'a, '_> {
    /// ```text
    /// parameters:
    ///     | slash_no_default param_no_default* param_with_default* [star_etc]
    ///     | slash_with_default param_with_default* [star_etc]
    ///     | param_no_default+ param_with_default* [star_etc]
    ///     | param_with_default+ [star_etc]
    ///     | star_etc
    /// ```
    /// or none, up to the token that ends them
    pub(super) fn parameters(&mut self, style: Style) -> Parse<Arguments<'a>> {
        if self.kind == style.end() {
            return Ok(EMPTY);
        }
        let mut all = EMPTY;
        let base = self.scratch.args.len();
        let default_base = self.scratch.exprs.len();
        let (mut slash, mut seen_default) = (false, false);
        while self.kind != style.end() {
            match self.kind {
                TokenKind::Name => {
                    let mut arg = self.param(style)?;
                    if self.kind == TokenKind::Equal {
                        let value = self.default()?;
                        self.scratch.exprs.push(value);
                        seen_default = true;
                    } else if seen_default {
                        return Err(Refused);
                    }
                    self.param_end(style, &mut arg)?;
                    self.scratch.args.push(arg);
                }
                TokenKind::Slash if !slash && self.scratch.args.len() > base => {
                    slash = true;
                    self.slash(style)?;
                    all.posonlyargs = self.take_args(base);
                }
                TokenKind::Star => {
                    self.star_etc(style, &mut all)?;
                    break;
                }
                TokenKind::DoubleStar => {
                    self.kwds(style, &mut all)?;
                    break;
                }
                _ => return Err(Refused),
            }
        }
        all.args = self.take_args(base);
        all.defaults = self.take_exprs(default_base);
        Ok(all)
    }

    /// `'/' (',' | &')')`
    fn slash(&mut self, style: Style) -> Parse<()> {
        self.since(8)?;
        self.bump();
        if self.eat(TokenKind::Comma) || self.kind == style.end() { Ok(()) } else { Err(Refused) }
    }

    /// ```text
    /// star_etc:
    ///     | '*' (param_no_default | param_no_default_star_annotation) param_maybe_default* [kwds]
    ///     | '*' ',' param_maybe_default+ [kwds]
    ///     | kwds
    /// ```
    fn star_etc(&mut self, style: Style, all: &mut Arguments<'a>) -> Parse<()> {
        self.bump();
        if self.eat(TokenKind::Comma) {
            if self.kind != TokenKind::Name {
                return Err(Refused);
            }
        } else {
            let mut arg = self.star_param(style)?;
            self.param_end(style, &mut arg)?;
            all.vararg = Some(self.arena.alloc(arg));
        }
        let base = self.scratch.args.len();
        let default_base = self.scratch.optional_exprs.len();
        while self.kind == TokenKind::Name {
            let mut arg = self.param(style)?;
            let value = if self.kind == TokenKind::Equal { Some(self.default()?) } else { None };
            self.scratch.optional_exprs.push(value);
            self.param_end(style, &mut arg)?;
            self.scratch.args.push(arg);
        }
        all.kwonlyargs = self.take_args(base);
        all.kw_defaults = self.take_optional_exprs(default_base);
        match self.kind {
            TokenKind::DoubleStar => self.kwds(style, all),
            kind if kind == style.end() => Ok(()),
            _ => Err(Refused),
        }
    }

    /// `kwds: '**' param_no_default`
    fn kwds(&mut self, style: Style, all: &mut Arguments<'a>) -> Parse<()> {
        self.bump();
        let mut arg = self.param(style)?;
        self.param_end(style, &mut arg)?;
        all.kwarg = Some(self.arena.alloc(arg));
        if self.kind == style.end() { Ok(()) } else { Err(Refused) }
    }

    /// `param: NAME [':' expression]`
    fn param(&mut self, style: Style) -> Parse<Arg<'a>> {
        let start = self.start();
        let arg = self.name()?;
        let mut annotation = None;
        if style == Style::Function && self.eat(TokenKind::Colon) {
            annotation = Some(self.expression()?);
        }
        Ok(Arg { span: self.span_from(start), arg, annotation, type_comment: None })
    }

    /// `NAME [':' star_expression]`
    fn star_param(&mut self, style: Style) -> Parse<Arg<'a>> {
        let starred =
            style == Style::Function && self.peek(1) == TokenKind::Colon && self.peek(2) == TokenKind::Star;
        if !starred {
            return self.param(style);
        }
        let start = self.start();
        let arg = self.name()?;
        self.bump();
        let annotation = Some(self.star_expression()?);
        Ok(Arg { span: self.span_from(start), arg, annotation, type_comment: None })
    }

    /// `default: '=' expression`
    fn default(&mut self) -> Parse<Expr<'a>> {
        self.bump();
        self.nested(Self::expression)
    }

    /// `(',' [TYPE_COMMENT] | [TYPE_COMMENT] &')')`
    fn param_end(&mut self, style: Style, arg: &mut Arg<'a>) -> Parse<()> {
        let comma = self.eat(TokenKind::Comma);
        if style == Style::Function {
            arg.type_comment = self.type_comment();
        }
        if comma || self.kind == style.end() { Ok(()) } else { Err(Refused) }
    }

    /// A name as it stands, in a context.
    pub(super) fn name_expr(&mut self, ctx: ExprContext) -> Parse<Expr<'a>> {
        let span = self.token_span();
        let id = self.name()?;
        Ok(Expr { span, kind: ExprKind::Name { id, ctx } })
    }
}

pub(super) const EMPTY: Arguments<'static> = Arguments {
    posonlyargs: &[],
    args: &[],
    vararg: None,
    kwonlyargs: &[],
    kw_defaults: &[],
    kwarg: None,
    defaults: &[],
};
