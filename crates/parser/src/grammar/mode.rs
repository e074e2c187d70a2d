//! The start symbols.

use super::type_comment::Ignore;
use super::{Parse, Parser, Refused};
use taipan_ast::{
    Mod, ModExpression, ModFunctionType, ModInteractive, ModModule, Stmt, StmtKind, TypeIgnore,
};
use taipan_lexer::{Mode, TokenKind};
use taipan_span::{LineIndex, Span};

impl<'a> Parser<'a, '_> {
    pub(super) fn start_symbol(&mut self, mode: Mode, ignores: &[Ignore]) -> Parse<Mod<'a>> {
        match mode {
            Mode::Exec => self.file(ignores),
            Mode::Single => self.interactive(),
            Mode::Eval => self.eval(),
            Mode::FuncType => self.func_type(),
        }
    }

    /// `file: [statements] ENDMARKER`
    fn file(&mut self, ignores: &[Ignore]) -> Parse<Mod<'a>> {
        while self.kind != TokenKind::EndMarker {
            self.statement()?;
        }
        let body = self.take_stmts(0);
        let type_ignores = self.type_ignores(ignores);
        Ok(Mod::Module(self.arena.alloc(ModModule { body, type_ignores })))
    }

    /// `interactive: compound_stmt NEWLINE | simple_stmts | NEWLINE`
    fn interactive(&mut self) -> Parse<Mod<'a>> {
        if self.kind == TokenKind::Newline {
            let span = self.token_span();
            self.scratch.stmts.push(Stmt { span, kind: StmtKind::Pass });
            self.bump_layout();
        } else if self.at_compound() {
            self.statement()?;
            self.expect_layout(TokenKind::Newline)?;
        } else {
            self.simple_stmts()?;
        }
        if self.more_follows() {
            return Err(Refused);
        }
        let body = self.take_stmts(0);
        Ok(Mod::Interactive(self.arena.alloc(ModInteractive { body })))
    }

    /// Whether anything but blank lines and comments stands behind a single statement.
    fn more_follows(&self) -> bool {
        let last = self.at.wrapping_sub(1);
        let from = self.spans.get(last).map_or(0, |span| span.end) as usize;
        let rest = self.source.get(from..).unwrap_or("");
        rest.split('\n').any(|line| {
            let code = line.trim_start_matches([' ', '\t', '\x0C']);
            !(code.is_empty() || code.starts_with('#'))
        })
    }

    /// `eval: expressions NEWLINE* ENDMARKER`
    fn eval(&mut self) -> Parse<Mod<'a>> {
        let body = self.expressions()?;
        self.end_of_input()?;
        Ok(Mod::Expression(self.arena.alloc(ModExpression { body })))
    }

    fn end_of_input(&mut self) -> Parse<()> {
        while self.kind == TokenKind::Newline {
            self.bump_layout();
        }
        if self.kind == TokenKind::EndMarker { Ok(()) } else { Err(Refused) }
    }

    /// `func_type: '(' [type_expressions] ')' '->' expression NEWLINE* ENDMARKER`
    fn func_type(&mut self) -> Parse<Mod<'a>> {
        self.expect(TokenKind::LParen)?;
        let base = self.scratch.exprs.len();
        if self.kind != TokenKind::RParen {
            self.type_expressions()?;
        }
        self.expect(TokenKind::RParen)?;
        let argtypes = self.take_exprs(base);
        self.expect(TokenKind::RArrow)?;
        let returns = self.expression()?;
        self.end_of_input()?;
        Ok(Mod::FunctionType(self.arena.alloc(ModFunctionType { argtypes, returns })))
    }

    /// ```text
    /// type_expressions: ','.(expression+ ['*' expression] ['**' expression])
    /// ```
    fn type_expressions(&mut self) -> Parse<()> {
        let mut stars = 0;
        loop {
            let found = match self.kind {
                TokenKind::Star => 1,
                TokenKind::DoubleStar => 2,
                _ => 0,
            };
            if stars > 0 && found <= stars {
                return Err(Refused);
            }
            if found > 0 {
                self.bump();
                stars = found;
            }
            let value = self.expression()?;
            self.scratch.exprs.push(value);
            if !self.eat(TokenKind::Comma) {
                return Ok(());
            }
        }
    }

    /// What follows `ignore`: CPython takes the newline as well if the comment has a line for itself.
    fn ignore_tag(&self, ignore: &Ignore) -> Span {
        let Span { start, end } = ignore.span;
        let line = self.source.get(..start as usize).and_then(|before| before.rsplit('\n').next());
        let alone = line.is_some_and(|line| line.trim_start_matches([' ', '\t', '\x0C']).starts_with('#'));
        let newline = self.source.as_bytes().get(end as usize) == Some(&b'\n');
        Span::new(start, end + u32::from(alone && newline))
    }

    fn type_ignores(&self, ignores: &[Ignore]) -> &'a [TypeIgnore<'a>] {
        if ignores.is_empty() {
            return &[];
        }
        let lines = LineIndex::new(self.source.as_bytes());
        let nodes: Vec<TypeIgnore<'a>> = ignores
            .iter()
            .map(|ignore| TypeIgnore {
                lineno: lines.line(ignore.span.start),
                tag: self.arena.alloc_str(self.slice(self.ignore_tag(ignore))),
            })
            .collect();
        self.arena.alloc_slice_copy(&nodes)
    }
}
