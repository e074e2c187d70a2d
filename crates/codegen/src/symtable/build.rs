//! The walk over statements, patterns, parameters and annotations.

use super::bindings::fail;
use super::scope::{ScopeId, ScopeKind, flag};
use super::{Result, Symtable, SymtableOptions, address};
use crate::CompileErrorKind as Error;
use rustc_hash::FxHashMap;
use taipan_ast::{
    Alias, Arg, Arguments, Constant, ExceptHandler, Expr, ExprKind, Identifier, Interner, Mod, Pattern,
    PatternKind, Stmt, StmtAnnAssign, StmtClassDef, StmtKind, StmtTypeAlias, TypeParam, TypeParamKind,
};
use taipan_span::Span;

/// The parts of a function definition, `async` or not.
struct Function<'t, 'a> {
    key: usize,
    span: Span,
    name: Identifier,
    args: &'t Arguments<'a>,
    body: &'a [Stmt<'a>],
    decorators: &'a [Expr<'a>],
    returns: Option<Expr<'a>>,
    type_params: &'a [TypeParam<'a>],
    is_async: bool,
}

/// The table while it is made.
pub(super) struct Builder<'i> {
    pub(super) table: Symtable,
    pub(super) interner: &'i mut Interner,
    pub(super) options: SymtableOptions,
    pub(super) stack: Vec<ScopeId>,
    pub(super) current: ScopeId,
    /// The class whose private names are mangled.
    pub(super) class: Option<Identifier>,
    /// The scopes of `async def`s.
    pub(super) async_functions: rustc_hash::FxHashSet<ScopeId>,
}

/// Whether a body begins with a docstring.
fn has_docstring(body: &[Stmt<'_>]) -> bool {
    let Some(StmtKind::Expr { value: Expr { kind: ExprKind::Constant(node), .. } }) =
        body.first().map(|s| s.kind)
    else {
        return false;
    };
    matches!(node.value, Constant::Str(_))
}

impl<'i> Builder<'i> {
    pub(super) fn new(interner: &'i mut Interner, options: SymtableOptions) -> Self {
        let table = Symtable { scopes: Vec::new(), by_key: FxHashMap::default() };
        Builder {
            table,
            interner,
            options,
            stack: Vec::new(),
            current: ScopeId(0),
            class: None,
            async_functions: Default::default(),
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

    fn stmt(&mut self, stmt: &Stmt<'_>) -> Result<()> {
        // an `elif` is a statement in the `else` of the one before, to any depth
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.stmt_here(stmt))
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
            StmtKind::ImportFrom(node) => self.aliases(node.names),
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

    // -- definitions ---------------------------------------------------------------------------

    fn function(&mut self, stmt: &Stmt<'_>) -> Result<()> {
        let span = stmt.span;
        match stmt.kind {
            StmtKind::FunctionDef(node) => self.define(&Function {
                key: address(node),
                span,
                name: node.name,
                args: &node.args,
                body: node.body,
                decorators: node.decorator_list,
                returns: node.returns,
                type_params: node.type_params,
                is_async: false,
            }),
            StmtKind::AsyncFunctionDef(node) => self.define(&Function {
                key: address(node),
                span,
                name: node.name,
                args: &node.args,
                body: node.body,
                decorators: node.decorator_list,
                returns: node.returns,
                type_params: node.type_params,
                is_async: true,
            }),
            _ => Ok(()),
        }
    }

    fn define(&mut self, function: &Function<'_, '_>) -> Result<()> {
        let Function { args, span, name, .. } = *function;
        self.add(name, flag::LOCAL, span)?;
        self.exprs(args.defaults)?;
        self.optionals(args.kw_defaults)?;
        self.exprs(function.decorators)?;
        let generic = !function.type_params.is_empty();
        if generic {
            let keyword_defaults = args.kw_defaults.iter().any(Option::is_some);
            self.enter_type_params(name, function.type_params, span)?;
            // CPython's table has the first in any case
            self.generic_parameter(".defaults", true, span)?;
            self.generic_parameter(".kwdefaults", keyword_defaults, span)?;
            self.type_params(function.type_params)?;
        }
        let id = self.new_scope(ScopeKind::Function, name, (function.key, 0), span);
        self.table.scope_mut(id).has_docstring = has_docstring(function.body);
        self.function_annotations(args, function.returns.as_ref(), span)?;
        self.enter_existing(id, true);
        if function.is_async {
            self.current().coroutine = true;
            self.async_functions.insert(id);
        }
        self.parameters(args)?;
        self.body(function.body)?;
        self.leave();
        if generic {
            self.leave();
        }
        Ok(())
    }

    fn generic_parameter(&mut self, name: &str, wanted: bool, span: Span) -> Result<()> {
        let name = self.interner.intern(name);
        if wanted { self.add(name, flag::PARAM, span) } else { Ok(()) }
    }

    /// The parameters of a function or lambda.
    pub(super) fn parameters(&mut self, args: &Arguments<'_>) -> Result<()> {
        for arg in args.posonlyargs.iter().chain(args.args).chain(args.kwonlyargs) {
            self.add(arg.arg, flag::PARAM, arg.span)?;
        }
        if let Some(arg) = args.vararg {
            self.add(arg.arg, flag::PARAM, arg.span)?;
            self.current().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.add(arg.arg, flag::PARAM, arg.span)?;
            self.current().varkeywords = true;
        }
        Ok(())
    }

    fn class(&mut self, node: &StmtClassDef<'_>, span: Span) -> Result<()> {
        self.add(node.name, flag::LOCAL, span)?;
        self.exprs(node.decorator_list)?;
        let outer = self.class;
        let generic = !node.type_params.is_empty();
        if generic {
            self.enter_type_params(node.name, node.type_params, span)?;
            for name in [".type_params", ".generic_base"] {
                let name = self.interner.intern(name);
                self.add(name, flag::LOCAL, span)?;
                self.add(name, flag::USE, span)?;
            }
            self.class = Some(node.name);
            self.current().mangled = Some(Default::default());
            self.type_params(node.type_params)?;
        }
        self.exprs(node.bases)?;
        self.keywords(node.keywords)?;
        self.enter(ScopeKind::Class, node.name, (address(node), 0), span)?;
        self.class = Some(node.name);
        if generic {
            let name = self.interner.intern("__type_params__");
            self.add(name, flag::LOCAL, span)?;
            let name = self.interner.intern(".type_params");
            self.add(name, flag::USE, span)?;
        }
        self.current().has_docstring = has_docstring(node.body);
        self.body(node.body)?;
        self.leave();
        if generic {
            self.leave();
        }
        self.class = outer;
        Ok(())
    }

    fn type_alias(&mut self, node: &StmtTypeAlias<'_>, span: Span) -> Result<()> {
        self.expr(&node.name)?;
        let ExprKind::Name { id, .. } = node.name.kind else { return Ok(()) };
        let in_class = self.current().kind == ScopeKind::Class;
        let generic = !node.type_params.is_empty();
        if generic {
            self.enter_type_params(id, node.type_params, span)?;
            self.type_params(node.type_params)?;
        }
        self.enter(ScopeKind::TypeAlias, id, (address(node), 0), span)?;
        if in_class {
            self.use_classdict(node.value.span)?;
        }
        self.expr(&node.value)?;
        self.leave();
        if generic {
            self.leave();
        }
        Ok(())
    }

    fn enter_type_params(&mut self, name: Identifier, params: &[TypeParam<'_>], span: Span) -> Result<()> {
        let in_class = self.current().kind == ScopeKind::Class;
        let key = (params.as_ptr().addr(), 1);
        self.enter(ScopeKind::TypeParameters, name, key, span)?;
        if in_class { self.use_classdict(span) } else { Ok(()) }
    }

    fn type_params(&mut self, params: &[TypeParam<'_>]) -> Result<()> {
        for param in params {
            let key = address(param);
            let (name, default, what) = match param.kind {
                TypeParamKind::TypeVar(node) => {
                    self.add(node.name, flag::TYPE_PARAM | flag::LOCAL, param.span)?;
                    let tuple = matches!(node.bound.map(|bound| bound.kind), Some(ExprKind::Tuple(_)));
                    let what = if tuple { "a TypeVar constraint" } else { "a TypeVar bound" };
                    self.bound_or_default(node.name, param.span, node.bound.as_ref(), (key, 0), what)?;
                    (node.name, node.default_value, "a TypeVar default")
                }
                TypeParamKind::TypeVarTuple(node) => {
                    self.add(node.name, flag::TYPE_PARAM | flag::LOCAL, param.span)?;
                    (node.name, node.default_value, "a TypeVarTuple default")
                }
                TypeParamKind::ParamSpec(node) => {
                    self.add(node.name, flag::TYPE_PARAM | flag::LOCAL, param.span)?;
                    (node.name, node.default_value, "a ParamSpec default")
                }
            };
            self.bound_or_default(name, param.span, default.as_ref(), (key, 2), what)?;
        }
        Ok(())
    }

    fn bound_or_default(
        &mut self,
        name: Identifier,
        place: Span,
        value: Option<&Expr<'_>>,
        key: super::Key,
        what: &'static str,
    ) -> Result<()> {
        if self.interner.resolve(name) == "__classdict__" {
            let name = self.interner.resolve(name).to_owned();
            return fail(Error::ReservedTypeParameter { name }, place);
        }
        let Some(value) = value else { return Ok(()) };
        let in_class = self.current().can_see_class_scope;
        self.enter(ScopeKind::TypeVariable, name, key, value.span)?;
        if in_class {
            self.use_classdict(value.span)?;
        }
        self.current().info = Some(what);
        self.expr(value)?;
        self.leave();
        Ok(())
    }

    // -- annotations ---------------------------------------------------------------------------

    fn annotated_assignment(&mut self, node: &StmtAnnAssign<'_>, span: Span) -> Result<()> {
        self.current().annotations_used = true;
        if let ExprKind::Name { id, .. } = node.target.kind {
            let facts = self.facts(id);
            if facts & (flag::GLOBAL | flag::NONLOCAL) != 0 && self.current != ScopeId(0) && node.simple {
                let directive = if facts & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                let name = self.interner.resolve(id).to_owned();
                return fail(Error::AnnotatedDirective { name, directive }, span);
            }
            if node.simple {
                self.add(id, flag::ANNOT | flag::LOCAL, node.target.span)?;
            } else if node.value.is_some() {
                self.add(id, flag::LOCAL, node.target.span)?;
            }
        } else {
            self.expr(&node.target)?;
        }
        self.annotation(&node.annotation)?;
        self.optional(node.value.as_ref())
    }

    /// The annotation of a variable: all of a scope's share one scope of their own.
    fn annotation(&mut self, annotation: &Expr<'_>) -> Result<()> {
        let span = annotation.span;
        let outer = self.current;
        let kind = self.current().kind;
        let conditional =
            kind == ScopeKind::Module || kind == ScopeKind::Class && self.current().in_conditional;
        if conditional && !self.current().has_conditional_annotations {
            self.current().has_conditional_annotations = true;
            let name = self.interner.intern("__conditional_annotations__");
            self.add(name, flag::USE, span)?;
        }
        match self.current().annotations {
            None => {
                let name = self.interner.intern("__annotate__");
                let id = self.enter(ScopeKind::Annotation, name, (outer.0 as usize, 3), span)?;
                self.table.scope_mut(outer).annotations = Some(id);
                if kind == ScopeKind::Class && !self.options.future_annotations {
                    self.use_classdict(span)?;
                }
            }
            Some(id) => self.enter_existing(id, false),
        }
        let unevaluated = kind == ScopeKind::Function;
        self.current().in_unevaluated |= unevaluated;
        self.expr(annotation)?;
        if unevaluated {
            self.current().in_unevaluated = false;
        }
        self.leave();
        Ok(())
    }

    /// The annotations of a function's parameters and result.
    fn function_annotations(
        &mut self,
        args: &Arguments<'_>,
        returns: Option<&Expr<'_>>,
        span: Span,
    ) -> Result<()> {
        let in_class = self.current().can_see_class_scope || self.current().kind == ScopeKind::Class;
        let name = self.interner.intern("__annotate__");
        self.enter(ScopeKind::Annotation, name, (address(args), 4), span)?;
        if in_class {
            self.use_classdict(span)?;
        }
        self.argument_annotations(args.posonlyargs)?;
        self.argument_annotations(args.args)?;
        for arg in args.vararg.into_iter().chain(args.kwarg) {
            self.argument_annotations(std::slice::from_ref(arg))?;
        }
        self.argument_annotations(args.kwonlyargs)?;
        if let Some(returns) = returns {
            self.current().annotations_used = true;
            self.expr(returns)?;
        }
        self.leave();
        Ok(())
    }

    fn argument_annotations(&mut self, args: &[Arg<'_>]) -> Result<()> {
        for annotation in args.iter().filter_map(|arg| arg.annotation.as_ref()) {
            self.current().annotations_used = true;
            self.expr(annotation)?;
        }
        Ok(())
    }

    // -- patterns ------------------------------------------------------------------------------

    fn pattern(&mut self, pattern: &Pattern<'_>) -> Result<()> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.pattern_here(pattern))
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
