//! Import statements and their errors.

use super::engine::{Item, Match, Peg, Rule, alternatives};
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::TokenKind as T;

impl Peg<'_> {
    /// `import_stmt: invalid_import | import_name | import_from`
    pub(super) fn import_stmt(&mut self) -> Match {
        self.memo(Rule::ImportStmt, |p| {
            alternatives!(p, start;
                p.invalid(Self::invalid_import);
                p.import_name();
                p.import_from();
            )
        })
    }

    fn import_name(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.token(T::Import)?;
            p.comma_separated(Self::dotted_as_name)?;
            p.unit(start)
        })
    }

    /// `'from' ('.' | '...')* dotted_name 'import' targets | 'from' ('.' | '...')+ 'import' targets`
    fn import_from(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::From)?;
                    let dots = p.many(|p| p.one_of(&[T::Dot, T::Ellipsis]))?;
                    let module = p.dotted_name()?;
                    p.token(T::Import)?;
                    let names = p.import_from_targets()?;
                    if dots.is_empty() && p.is_future(module) {
                        p.note_future_imports(names);
                    }
                    p.unit(start)
                };
                {
                    p.token(T::From)?;
                    p.many1(|p| p.one_of(&[T::Dot, T::Ellipsis]))?;
                    p.token(T::Import)?;
                    p.import_from_targets()?;
                    p.unit(start)
                };
            )
        })
    }

    fn is_future(&self, module: Item) -> bool {
        module.first == module.last && self.text_at(module.first) == "__future__"
    }

    /// `from __future__ import barry_as_FLUFL` holds for what is read after it.
    fn note_future_imports(&mut self, names: Item) {
        let imported = |index| self.kind_at(index) == T::Name && self.text_at(index) == "barry_as_FLUFL";
        if (names.first..=names.last).any(imported) {
            self.barry_as_flufl = true;
        }
    }

    fn import_from_targets(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::LParen)?;
                    p.import_from_as_names()?;
                    p.optional(|p| p.token(T::Comma))?;
                    p.token(T::RParen)
                };
                { p.import_from_as_names()?; p.not_ahead(|p| p.token(T::Comma))?; p.unit(start) };
                p.token(T::Star);
                p.invalid(Self::invalid_import_from_targets);
            )
        })
    }

    fn import_from_as_names(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.comma_separated(Self::import_from_as_name)?;
            p.unit(start)
        })
    }

    fn import_from_as_name(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| {
                    p.name()?;
                    p.invalid_as_target()
                });
                { p.name()?; p.optional(Self::as_name)?; p.unit(start) };
            )
        })
    }

    fn dotted_as_name(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.invalid(|p| {
                    p.dotted_name()?;
                    p.invalid_as_target()
                });
                { p.dotted_name()?; p.optional(Self::as_name)?; p.unit(start) };
            )
        })
    }

    /// `'as' NAME`
    pub(super) fn as_name(&mut self) -> Match {
        self.group(|p| alternatives!(p, start; { p.token(T::As)?; p.name() }))
    }

    pub(super) fn dotted_name(&mut self) -> Match {
        self.left_recursive(Rule::DottedName, |p| {
            alternatives!(p, start;
                { p.dotted_name()?; p.token(T::Dot)?; p.name()?; p.unit(start) };
                p.name();
            )
        })
    }

    // -- errors --------------------------------------------------------------------------------

    fn invalid_import(&mut self) -> Match {
        alternatives!(self, start;
            {
                let import = self.token(T::Import)?;
                self.comma_separated(Self::dotted_name)?;
                self.token(T::From)?;
                self.dotted_name()?;
                self.raise_from(import, Error::FromImport)
            };
            {
                self.token(T::Import)?;
                let newline = self.token(T::Newline)?;
                self.raise_from(newline, Error::ExpectedImportNames)
            };
        )
    }

    /// `'as' !(NAME (',' | ')' | ';' | NEWLINE)) expression`
    fn invalid_as_target(&mut self) -> Match {
        self.token(T::As)?;
        self.not_ahead(|p| {
            p.group(|p| {
                alternatives!(p, start; {
                    p.name()?;
                    p.one_of(&[T::Comma, T::RParen, T::Semicolon, T::Newline])
                })
            })
        })?;
        let target = self.expression()?;
        let name = self.expression_name(target);
        self.raise_on(target, Error::ImportTarget { name })
    }

    fn invalid_import_from_targets(&mut self) -> Match {
        alternatives!(self, start;
            {
                self.import_from_as_names()?;
                self.token(T::Comma)?;
                self.token(T::Newline)?;
                self.raise(Error::TrailingComma)
            };
            {
                let newline = self.token(T::Newline)?;
                self.raise_from(newline, Error::ExpectedImportNames)
            };
        )
    }
}
