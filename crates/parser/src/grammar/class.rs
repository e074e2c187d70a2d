//! Class definitions.

use super::{Parse, Parser};
use taipan_ast::{Expr, Stmt, StmtClassDef, StmtKind};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `class_def_raw: 'class' NAME [type_params] ['(' [arguments] ')'] ':' block`
    pub(super) fn class_def(&mut self, decorator_list: &'a [Expr<'a>]) -> Parse<Stmt<'a>> {
        let start = self.start();
        self.bump();
        let name = self.name()?;
        let type_params = self.optional_type_params()?;
        let (mut bases, mut keywords): (&[_], &[_]) = (&[], &[]);
        if self.eat(TokenKind::LParen) {
            (bases, keywords) = self.nested(|p| p.arguments(None))?;
        }
        let body = self.colon_block()?;
        let node = StmtClassDef { name, bases, keywords, body, decorator_list, type_params };
        Ok(Stmt { span: self.span_from(start), kind: StmtKind::ClassDef(self.arena.alloc(node)) })
    }
}
