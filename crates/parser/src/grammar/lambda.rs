//! The head of a lambda; its body is an operand like any other (`operator.rs`).

use super::parameter::Style;
use super::{Parse, Parser};
use taipan_ast::Arguments;
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `'lambda' [lambda_params] ':'`
    pub(super) fn lambda_head(&mut self) -> Parse<Arguments<'a>> {
        self.bump();
        let args = self.parameters(Style::Lambda)?;
        self.expect(TokenKind::Colon)?;
        Ok(args)
    }
}
