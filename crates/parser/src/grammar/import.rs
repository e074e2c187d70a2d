//! Import statements.

use super::{Parse, Parser, Refused};
use std::marker::PhantomData;
use taipan_ast::{Alias, Identifier, StmtImport, StmtImportFrom, StmtKind};
use taipan_lexer::TokenKind;

impl<'a> Parser<'a, '_> {
    /// `import_name: 'import' ','.dotted_as_name+`
    pub(super) fn import_name(&mut self) -> Parse<StmtKind<'a>> {
        self.bump();
        let base = self.scratch.aliases.len();
        loop {
            let start = self.start();
            let name = self.dotted_name()?;
            self.alias(start, name)?;
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let names = self.take_aliases(base);
        Ok(StmtKind::Import(self.arena.alloc(StmtImport { names })))
    }

    /// ```text
    /// import_from:
    ///     | 'from' ('.' | '...')* dotted_name 'import' import_from_targets
    ///     | 'from' ('.' | '...')+ 'import' import_from_targets
    /// ```
    pub(super) fn import_from(&mut self) -> Parse<StmtKind<'a>> {
        self.bump();
        let mut level = 0;
        loop {
            match self.kind {
                TokenKind::Dot => level += 1,
                TokenKind::Ellipsis => level += 3,
                _ => break,
            }
            self.bump();
        }
        let bare = level > 0 && self.kind == TokenKind::Import;
        let module = if bare { None } else { Some(self.dotted_name()?) };
        self.expect(TokenKind::Import)?;
        let names = self.import_from_targets()?;
        if level == 0 {
            self.note_barry(module, names);
        }
        Ok(StmtKind::ImportFrom(self.arena.alloc(StmtImportFrom { module, names, level: Some(level) })))
    }

    /// `from __future__ import barry_as_FLUFL` changes the grammar of what follows.
    fn note_barry(&mut self, module: Option<Identifier>, names: &[Alias<'a>]) {
        let future = module.is_some_and(|m| self.interner.resolve(m) == "__future__");
        if future && names.iter().any(|n| self.interner.resolve(n.name) == "barry_as_FLUFL") {
            self.barry_as_flufl = true;
        }
    }

    /// `import_from_targets: '(' import_from_as_names [','] ')' | import_from_as_names !',' | '*'`
    fn import_from_targets(&mut self) -> Parse<&'a [Alias<'a>]> {
        let base = self.scratch.aliases.len();
        if self.kind == TokenKind::Star {
            let span = self.token_span();
            self.bump();
            let name = self.interner.intern("*");
            self.scratch.aliases.push(Alias { span, name, asname: None, arena: PhantomData });
            return Ok(self.take_aliases(base));
        }
        let parenthesized = self.eat(TokenKind::LParen);
        loop {
            let start = self.start();
            let name = self.name()?;
            self.alias(start, name)?;
            if !self.eat(TokenKind::Comma) || (parenthesized && self.kind == TokenKind::RParen) {
                break;
            }
        }
        if parenthesized {
            self.expect(TokenKind::RParen)?;
        }
        Ok(self.take_aliases(base))
    }

    /// `['as' NAME]` behind a name
    fn alias(&mut self, start: u32, name: Identifier) -> Parse<()> {
        let asname = if self.eat(TokenKind::As) { Some(self.name()?) } else { None };
        let span = self.span_from(start);
        self.scratch.aliases.push(Alias { span, name, asname, arena: PhantomData });
        Ok(())
    }

    /// `dotted_name: NAME ('.' NAME)*`, joined by dots.
    fn dotted_name(&mut self) -> Parse<Identifier> {
        if self.kind != TokenKind::Name {
            return Err(Refused);
        }
        if self.peek(1) != TokenKind::Dot {
            return self.name();
        }
        let first = self.name()?;
        let mut joined = self.interner.resolve(first).to_owned();
        while self.eat(TokenKind::Dot) {
            let next = self.name()?;
            joined.push('.');
            joined.push_str(self.interner.resolve(next));
        }
        Ok(self.interner.intern(&joined))
    }
}
