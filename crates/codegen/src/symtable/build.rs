//! The walk over statements and patterns.

use super::bindings::fail;
use super::scope::{ScopeId, ScopeKind, flag};
use super::{Result, Symtable, SymtableOptions, address};
use crate::CompileErrorKind as Error;
use crate::future::{future_import, has_docstring};
use rustc_hash::FxHashMap;
use taipan_ast::{
    Alias, ExceptHandler, Expr, Identifier, Interner, Mod, Pattern, PatternKind, Stmt, StmtKind,
};
use taipan_span::Span;

/// The table while it is made.
pub(super) struct Builder<'i> {
    pub(super) table: Symtable,
    pub(super) interner: &'i mut Interner,
    pub(super) options: SymtableOptions,
    /// In how many levels of the tree the walk is.
    depth: u32,
    /// Where the future imports end that stand where they may.
    future_end: u32,
    pub(super) stack: Vec<ScopeId>,
    pub(super) current: ScopeId,
    /// The class whose private names are mangled.
    pub(super) class: Option<Identifier>,
    /// The scopes of `async def`s.
    pub(super) async_functions: rustc_hash::FxHashSet<ScopeId>,
    /// `.format` and `__classdict__`, which many scopes have, and names that mean something.
    pub(super) format: Identifier,
    pub(super) classdict: Identifier,
    pub(super) super_name: Identifier,
    pub(super) debug: Identifier,
}

impl<'i> Builder<'i> {
    pub(super) fn new(interner: &'i mut Interner, options: SymtableOptions, future_end: u32) -> Self {
        let table = Symtable {
            scopes: Vec::with_capacity(64),
            by_key: FxHashMap::with_capacity_and_hasher(64, Default::default()),
        };
        let (format, classdict) = (interner.intern(".format"), interner.intern("__classdict__"));
        let (super_name, debug) = (interner.intern("super"), interner.intern("__debug__"));
        Builder {
            table,
            interner,
            options,
            depth: 0,
            future_end,
            stack: Vec::new(),
            current: ScopeId(0),
            class: None,
            async_functions: Default::default(),
            format,
            classdict,
            super_name,
            debug,
        }
    }

    pub(super) fn module(&mut self, module: &Mod<'_>) -> Result<()> {
        let name = self.interner.intern("top");
        self.enter(ScopeKind::Module, name, (address(module), 0), Span::default())?;
        match module {
            Mod::Module(node) => {
                self.current().has_docstring = has_docstring(node.body);
                self.body(node.body)
            }
            Mod::Interactive(node) => self.body(node.body),
            Mod::Expression(node) => self.expr(&node.body),
            Mod::FunctionType(node) => {
                self.exprs(node.argtypes)?;
                self.expr(&node.returns)
            }
        }
    }

    pub(super) fn body(&mut self, body: &[Stmt<'_>]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// Walks blocks that are run on a condition.
    fn conditional(&mut self, walk: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.current().in_conditional, true);
        walk(self)?;
        self.current().in_conditional = before;
        Ok(())
    }

    /// Runs a step of the walk with enough native stack for it, whatever the depth of the tree.
    #[inline]
    pub(super) fn deep<T>(&mut self, step: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let enough = !self.depth.is_multiple_of(crate::STACK_LEVELS);
        let done = if enough { step(self) } else { crate::with_stack(|| step(self)) };
        self.depth -= 1;
        done
    }

    fn stmt(&mut self, stmt: &Stmt<'_>) -> Result<()> {
        // an `elif` is a statement in the `else` of the one before, to any depth
        self.deep(|walk| walk.stmt_here(stmt))
    }

    fn stmt_here(&mut self, stmt: &Stmt<'_>) -> Result<()> {
        let span = stmt.span;
        match stmt.kind {
            StmtKind::FunctionDef(_) | StmtKind::AsyncFunctionDef(_) => self.function(stmt),
            StmtKind::ClassDef(node) => self.class(node, span),
            StmtKind::TypeAlias(node) => self.type_alias(node, span),
            StmtKind::AnnAssign(node) => self.annotated_assignment(node, span),
            StmtKind::Return { value } => value.map_or(Ok(()), |value| self.expr(value)),
            StmtKind::Delete(node) => self.exprs(node.targets),
            StmtKind::Assign(node) => {
                self.exprs(node.targets)?;
                self.expr(&node.value)
            }
            StmtKind::AugAssign(node) => {
                self.expr(&node.target)?;
                self.expr(&node.value)
            }
            StmtKind::Raise(node) => {
                self.optional(node.exc.as_ref())?;
                self.optional(node.cause.as_ref())
            }
            StmtKind::Assert(node) => {
                self.expr(&node.test)?;
                self.optional(node.msg.as_ref())
            }
            StmtKind::Import(node) => self.aliases(node.names),
            StmtKind::ImportFrom(node) => {
                self.aliases(node.names)?;
                self.check_future(stmt)
            }
            StmtKind::Global(node) => self.directive(node.names, flag::GLOBAL, span),
            StmtKind::Nonlocal(node) => self.directive(node.names, flag::NONLOCAL, span),
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            _ => self.compound(stmt),
        }
    }

    /// The statements whose blocks are run on a condition.
    fn compound(&mut self, stmt: &Stmt<'_>) -> Result<()> {
        match stmt.kind {
            StmtKind::For(node) => self.loop_over(&node.target, &node.iter, node.body, node.orelse),
            StmtKind::AsyncFor(node) => {
                self.check_async(Error::AsyncForOutside, stmt.span)?;
                self.loop_over(&node.target, &node.iter, node.body, node.orelse)
            }
            StmtKind::While(node) => self.branch(&node.test, node.body, node.orelse),
            StmtKind::If(node) => self.branch(&node.test, node.body, node.orelse),
            StmtKind::Match(node) => {
                self.expr(&node.subject)?;
                self.conditional(|b| {
                    node.cases.iter().try_for_each(|case| {
                        b.pattern(&case.pattern)?;
                        b.optional(case.guard.as_ref())?;
                        b.body(case.body)
                    })
                })
            }
            StmtKind::Try(node) => self.handlers(node.body, node.handlers, node.orelse, node.finalbody),
            StmtKind::TryStar(node) => self.handlers(node.body, node.handlers, node.orelse, node.finalbody),
            StmtKind::With(node) => self.with(node.items, node.body),
            StmtKind::AsyncWith(node) => {
                self.check_async(Error::AsyncWithOutside, stmt.span)?;
                self.with(node.items, node.body)
            }
            _ => Ok(()),
        }
    }

    /// Asynchronous statements belong to coroutines, and to a module that may await.
    fn check_async(&mut self, error: Error, span: Span) -> Result<()> {
        if self.awaits_at_top() {
            self.current().coroutine = true;
        }
        if self.current().coroutine { Ok(()) } else { fail(error, span) }
    }

    fn loop_over(
        &mut self,
        target: &Expr<'_>,
        iter: &Expr<'_>,
        body: &[Stmt<'_>],
        orelse: &[Stmt<'_>],
    ) -> Result<()> {
        self.expr(target)?;
        self.expr(iter)?;
        self.conditional(|b| {
            b.body(body)?;
            b.body(orelse)
        })
    }

    fn branch(&mut self, test: &Expr<'_>, body: &[Stmt<'_>], orelse: &[Stmt<'_>]) -> Result<()> {
        self.expr(test)?;
        self.conditional(|b| {
            b.body(body)?;
            b.body(orelse)
        })
    }

    fn handlers(
        &mut self,
        body: &[Stmt<'_>],
        handlers: &[ExceptHandler<'_>],
        orelse: &[Stmt<'_>],
        finalbody: &[Stmt<'_>],
    ) -> Result<()> {
        self.conditional(|b| {
            b.body(body)?;
            for handler in handlers {
                b.optional(handler.type_.as_ref())?;
                if let Some(name) = handler.name {
                    b.add(name, flag::LOCAL, handler.span)?;
                }
                b.body(handler.body)?;
            }
            b.body(orelse)?;
            b.body(finalbody)
        })
    }

    fn with(&mut self, items: &[taipan_ast::WithItem<'_>], body: &[Stmt<'_>]) -> Result<()> {
        self.conditional(|b| {
            for item in items {
                b.expr(&item.context_expr)?;
                b.optional(item.optional_vars.as_ref())?;
            }
            b.body(body)
        })
    }

    fn aliases(&mut self, aliases: &[Alias<'_>]) -> Result<()> {
        for alias in aliases {
            let name = self.interner.resolve(alias.asname.unwrap_or(alias.name));
            if name == "*" {
                if self.current().kind != ScopeKind::Module {
                    return fail(Error::ImportStar, alias.span);
                }
                continue;
            }
            let first = name.split('.').next().unwrap_or(name).to_owned();
            let first = self.interner.intern(&first);
            self.add(first, flag::IMPORT, alias.span)?;
        }
        Ok(())
    }

    fn check_future(&self, stmt: &Stmt<'_>) -> Result<()> {
        let late = stmt.span.start >= self.future_end && future_import(stmt, self.interner).is_some();
        if late { fail(Error::FutureNotFirst, stmt.span) } else { Ok(()) }
    }

    /// `global` and `nonlocal`.
    fn directive(&mut self, names: &[Identifier], what: u32, span: Span) -> Result<()> {
        let directive = if what == flag::GLOBAL { "global" } else { "nonlocal" };
        for &id in names {
            let facts = self.facts(id);
            if facts & (flag::PARAM | flag::LOCAL | flag::USE | flag::ANNOT) != 0 {
                let name = self.interner.resolve(id).to_owned();
                return fail(
                    if facts & flag::PARAM != 0 {
                        Error::ParameterAndDirective { name, directive }
                    } else if facts & flag::USE != 0 {
                        Error::UsedBeforeDirective { name, directive }
                    } else if facts & flag::ANNOT != 0 {
                        Error::AnnotatedDirective { name, directive }
                    } else {
                        Error::AssignedBeforeDirective { name, directive }
                    },
                    span,
                );
            }
            self.add(id, what, span)?;
            self.record_directive(id, span);
        }
        Ok(())
    }

    // -- patterns ------------------------------------------------------------------------------

    fn pattern(&mut self, pattern: &Pattern<'_>) -> Result<()> {
        self.deep(|walk| walk.pattern_here(pattern))
    }

    fn pattern_here(&mut self, pattern: &Pattern<'_>) -> Result<()> {
        let capture = |b: &mut Self, name: Option<Identifier>| {
            name.map_or(Ok(()), |name| b.add(name, flag::LOCAL, pattern.span))
        };
        let all = |b: &mut Self, patterns: &[Pattern<'_>]| patterns.iter().try_for_each(|p| b.pattern(p));
        match pattern.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton(_) => Ok(()),
            PatternKind::MatchSequence(node) => all(self, node.patterns),
            PatternKind::MatchOr(node) => all(self, node.patterns),
            PatternKind::MatchStar { name } => capture(self, name),
            PatternKind::MatchMapping(node) => {
                self.exprs(node.keys)?;
                all(self, node.patterns)?;
                capture(self, node.rest)
            }
            PatternKind::MatchClass(node) => {
                self.expr(&node.cls)?;
                all(self, node.patterns)?;
                for (&attr, pattern) in node.kwd_attrs.iter().zip(node.kwd_patterns) {
                    self.check_name(attr, pattern.span, taipan_ast::ExprContext::Store)?;
                }
                all(self, node.kwd_patterns)
            }
            PatternKind::MatchAs { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.pattern(inner)?;
                }
                capture(self, name)
            }
        }
    }
}
