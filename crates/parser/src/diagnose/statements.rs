//! Start rules, statement lists and simple statements, with the rules for their errors.

use super::engine::{Item, Kind, Match, Peg, Rule, alternatives};
use super::targets::TargetKind;
use crate::errors::SyntaxErrorKind as Error;
use taipan_lexer::{Mode, TokenKind as T};

/// The augmented assignment operators.
const AUGMENTED: &[T] = &[
    T::PlusEqual,
    T::MinEqual,
    T::StarEqual,
    T::AtEqual,
    T::SlashEqual,
    T::PercentEqual,
    T::AmperEqual,
    T::VBarEqual,
    T::CircumflexEqual,
    T::LeftShiftEqual,
    T::RightShiftEqual,
    T::DoubleStarEqual,
    T::DoubleSlashEqual,
];

impl Peg<'_> {
    /// The rule of the mode.
    pub(super) fn start(&mut self, mode: Mode) -> Match {
        match mode {
            Mode::Exec => self.rule(Self::file),
            Mode::Single => self.rule(Self::statement_newline),
            Mode::Eval => self.rule(Self::eval),
            Mode::FuncType => self.rule(Self::func_type),
        }
    }

    /// `file: [statements] ENDMARKER`
    fn file(&mut self) -> Match {
        self.optional(|p| p.statements(true))?;
        self.token(T::EndMarker)
    }

    /// `eval: expressions NEWLINE* ENDMARKER`
    fn eval(&mut self) -> Match {
        self.expressions()?;
        self.many(|p| p.token(T::Newline))?;
        self.token(T::EndMarker)
    }

    /// `func_type: '(' [type_expressions] ')' '->' expression NEWLINE* ENDMARKER`
    fn func_type(&mut self) -> Match {
        self.token(T::LParen)?;
        self.optional(Self::type_expressions)?;
        self.token(T::RParen)?;
        self.token(T::RArrow)?;
        self.expression()?;
        self.many(|p| p.token(T::Newline))?;
        self.token(T::EndMarker)
    }

    /// The argument types of a signature comment; `*` and `**` are allowed and ignored.
    fn type_expressions(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.comma_separated(Self::expression)?;
                    p.token(T::Comma)?;
                    p.token(T::Star)?;
                    p.expression()?;
                    p.token(T::Comma)?;
                    p.token(T::DoubleStar)?;
                    p.expression()
                };
                { p.comma_separated(Self::expression)?; p.token(T::Comma)?; p.token(T::Star)?; p.expression() };
                { p.comma_separated(Self::expression)?; p.token(T::Comma)?; p.token(T::DoubleStar)?; p.expression() };
                { p.token(T::Star)?; p.expression()?; p.token(T::Comma)?; p.token(T::DoubleStar)?; p.expression() };
                { p.token(T::Star)?; p.expression() };
                { p.token(T::DoubleStar)?; p.expression() };
                { p.comma_separated(Self::expression)?; p.unit(start) };
            )
        })
    }

    /// `statements: statement+`; at the top nothing goes back behind a finished statement.
    pub(super) fn statements(&mut self, top: bool) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.many1(|p| {
                let statement = p.statement();
                if top && statement.is_some() {
                    p.forget();
                }
                statement
            })?;
            p.unit(start)
        })
    }

    /// `statement: compound_stmt | simple_stmts`
    fn statement(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.compound_stmt(); p.simple_stmts()))
    }

    /// `statement_newline`: one interactive statement.
    fn statement_newline(&mut self) -> Match {
        alternatives!(self, start;
            { self.compound_stmt()?; self.token(T::Newline) };
            self.simple_stmts();
            self.token(T::Newline);
            { self.token(T::EndMarker)?; None };
        )
    }

    /// `simple_stmts: simple_stmt !';' NEWLINE | ';'.simple_stmt+ [';'] NEWLINE`
    pub(super) fn simple_stmts(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.simple_stmt()?; p.not_ahead(|p| p.token(T::Semicolon))?; p.token(T::Newline) };
                {
                    p.separated(T::Semicolon, Self::simple_stmt)?;
                    p.optional(|p| p.token(T::Semicolon))?;
                    p.token(T::Newline)
                };
            )
        })
    }

    /// `simple_stmt`
    pub(super) fn simple_stmt(&mut self) -> Match {
        self.memo(Rule::SimpleStmt, |p| {
            alternatives!(p, start;
                p.assignment();
                { p.ahead(|p| p.soft("type"))?; p.type_alias() };
                { p.ahead(|p| p.group(|p| p.one_of(&[T::Import, T::From])))?; p.import_stmt() };
                p.star_expressions();
                { p.ahead(|p| p.token(T::Return))?; p.return_stmt() };
                { p.ahead(|p| p.token(T::Raise))?; p.raise_stmt() };
                p.keyword_stmt(T::Pass);
                { p.ahead(|p| p.token(T::Del))?; p.del_stmt() };
                { p.ahead(|p| p.token(T::Yield))?; p.yield_expr() };
                { p.ahead(|p| p.token(T::Assert))?; p.assert_stmt() };
                p.keyword_stmt(T::Break);
                p.keyword_stmt(T::Continue);
                { p.ahead(|p| p.token(T::Global))?; p.names_stmt(T::Global) };
                { p.ahead(|p| p.token(T::Nonlocal))?; p.names_stmt(T::Nonlocal) };
            )
        })
    }

    /// `pass`, `break` or `continue`.
    pub(super) fn keyword_stmt(&mut self, keyword: T) -> Match {
        self.token(keyword).map(|item| Item { kind: Kind::Other, ..item })
    }

    /// `assignment`: annotated, plain and augmented.
    fn assignment(&mut self) -> Match {
        self.rule(|p| {
            let mut cut = false;
            let found = alternatives!(p, start;
                { p.name()?; p.annotation_and_value(start, "Variable annotation syntax is") };
                {
                    p.group(|p| alternatives!(p, inner;
                        {
                            p.token(T::LParen)?;
                            let target = p.single_target()?;
                            p.token(T::RParen)?;
                            Some(target)
                        };
                        p.single_subscript_attribute_target();
                    ))?;
                    p.annotation_and_value(start, "Variable annotations syntax is")
                };
                {
                    p.many1(|p| {
                        let mark = p.mark;
                        let target = p.star_targets();
                        if target.is_some() && p.token(T::Equal).is_some() {
                            return target;
                        }
                        p.mark = mark;
                        None
                    })?;
                    p.annotated_rhs()?;
                    p.not_ahead(|p| p.token(T::Equal))?;
                    p.optional(|p| p.token(T::TypeComment))?;
                    p.unit(start)
                };
            );
            if found.is_some() || p.raised.is_some() {
                return found;
            }
            let found = alternatives!(p, start; {
                p.single_target()?;
                p.augmented_operator()?;
                cut = true;
                p.annotated_rhs()?;
                p.unit(start)
            });
            if found.is_some() || cut {
                return found;
            }
            p.invalid(Self::invalid_assignment)
        })
    }

    /// `':' expression ['=' annotated_rhs]`
    fn annotation_and_value(&mut self, start: u32, feature: &'static str) -> Match {
        self.token(T::Colon)?;
        self.expression()?;
        self.optional(|p| p.group(|p| alternatives!(p, inner; { p.token(T::Equal)?; p.annotated_rhs() })))?;
        self.check_version(6, feature)?;
        self.unit(start)
    }

    fn augmented_operator(&mut self) -> Match {
        let operator = self.rule(|p| p.one_of(AUGMENTED))?;
        if self.kind_at(operator.first) == T::AtEqual {
            self.check_version(5, "The '@' operator is")?;
        }
        Some(operator)
    }

    /// `annotated_rhs: yield_expr | star_expressions`
    pub(super) fn annotated_rhs(&mut self) -> Match {
        self.rule(|p| alternatives!(p, start; p.yield_expr(); p.star_expressions()))
    }

    fn return_stmt(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.token(T::Return)?;
            p.optional(Self::star_expressions)?;
            p.unit(start)
        })
    }

    fn raise_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                { p.token(T::Raise)?; p.expression()?; p.token(T::From)?; p.expression()?; p.unit(start) };
                { p.token(T::Raise)?; p.expression()?; p.unit(start) };
                p.token(T::Raise);
            )
        })
    }

    /// `del_stmt: 'del' del_targets &(';' | NEWLINE) | invalid_del_stmt`
    fn del_stmt(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                {
                    p.token(T::Del)?;
                    p.del_targets()?;
                    p.ahead(|p| p.group(|p| p.one_of(&[T::Semicolon, T::Newline])))?;
                    p.unit(start)
                };
                p.invalid(|p| {
                    p.token(T::Del)?;
                    let target = p.star_expressions()?;
                    p.raise_invalid_target(TargetKind::Del, target)
                });
            )
        })
    }

    fn assert_stmt(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.token(T::Assert)?;
            p.expression()?;
            p.optional(|p| p.group(|p| alternatives!(p, inner; { p.token(T::Comma)?; p.expression() })))?;
            p.unit(start)
        })
    }

    /// `global` and `nonlocal`.
    fn names_stmt(&mut self, keyword: T) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.token(keyword)?;
            p.comma_separated(Self::name)?;
            p.unit(start)
        })
    }

    /// `type_alias: "type" NAME [type_params] '=' expression`
    fn type_alias(&mut self) -> Match {
        self.rule(|p| {
            let start = p.mark;
            p.soft("type")?;
            p.name()?;
            p.optional(Self::type_params)?;
            p.token(T::Equal)?;
            p.expression()?;
            p.check_version(12, "Type statement is")?;
            p.unit(start)
        })
    }

    /// Raises if the feature needs a later minor version than was asked for.
    pub(super) fn check_version(&mut self, minor: u8, feature: &'static str) -> Option<()> {
        if self.options.feature_version < minor {
            self.raise(Error::RequiresVersion { feature, minor });
            return None;
        }
        Some(())
    }

    // -- errors --------------------------------------------------------------------------------

    fn invalid_assignment(&mut self) -> Match {
        alternatives!(self, start;
            {
                let target = self.invalid_ann_assign_target()?;
                self.token(T::Colon)?;
                self.expression()?;
                let name = self.expression_name(target);
                self.raise_on(target, Error::AnnotatedTarget { name })
            };
            {
                let first = self.star_named_expression()?;
                self.token(T::Comma)?;
                self.many(Self::star_named_expressions)?;
                self.token(T::Colon)?;
                self.expression()?;
                self.raise_on(first, Error::AnnotatedTarget { name: "tuple" })
            };
            {
                let target = self.expression()?;
                self.token(T::Colon)?;
                self.expression()?;
                self.raise_on(target, Error::IllegalAnnotationTarget)
            };
            {
                self.assigned_targets()?;
                let target = self.star_expressions()?;
                self.token(T::Equal)?;
                self.raise_invalid_target(TargetKind::Star, target)
            };
            {
                self.assigned_targets()?;
                let target = self.yield_expr()?;
                self.token(T::Equal)?;
                self.raise_on(target, Error::AssignToYield)
            };
            {
                let target = self.star_expressions()?;
                self.augmented_operator()?;
                self.annotated_rhs()?;
                let name = self.expression_name(target);
                self.raise_on(target, Error::IllegalAugmentedTarget { name })
            };
        )
    }

    /// `(star_targets '=')*`
    fn assigned_targets(&mut self) -> Option<()> {
        self.many(|p| {
            let mark = p.mark;
            let target = p.star_targets();
            if target.is_some() && p.token(T::Equal).is_some() {
                return target;
            }
            p.mark = mark;
            None
        })
        .map(|_| ())
    }

    /// `list | tuple | '(' invalid_ann_assign_target ')'`
    fn invalid_ann_assign_target(&mut self) -> Match {
        self.rule(|p| {
            alternatives!(p, start;
                p.list();
                p.tuple();
                {
                    p.token(T::LParen)?;
                    let target = p.invalid_ann_assign_target()?;
                    p.token(T::RParen)?;
                    Some(target)
                };
            )
        })
    }
}
