//! Functions, classes, type aliases and their type parameters.

use super::bindings::fail;
use super::build::Builder;
use super::scope::{ScopeKind, flag};
use super::{Result, address};
use crate::CompileErrorKind as Error;
use crate::future::has_docstring;
use taipan_ast::{
    Arguments, Expr, ExprKind, Identifier, Stmt, StmtClassDef, StmtKind, StmtTypeAlias, TypeParam,
    TypeParamKind,
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

impl Builder<'_> {
    pub(super) fn function(&mut self, stmt: &Stmt<'_>) -> Result<()> {
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

    pub(super) fn generic_parameter(&mut self, name: &str, wanted: bool, span: Span) -> Result<()> {
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

    pub(super) fn class(&mut self, node: &StmtClassDef<'_>, span: Span) -> Result<()> {
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

    pub(super) fn type_alias(&mut self, node: &StmtTypeAlias<'_>, span: Span) -> Result<()> {
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

    pub(super) fn enter_type_params(
        &mut self,
        name: Identifier,
        params: &[TypeParam<'_>],
        span: Span,
    ) -> Result<()> {
        let in_class = self.current().kind == ScopeKind::Class;
        let key = (params.as_ptr().addr(), 1);
        self.enter(ScopeKind::TypeParameters, name, key, span)?;
        if in_class { self.use_classdict(span) } else { Ok(()) }
    }

    pub(super) fn type_params(&mut self, params: &[TypeParam<'_>]) -> Result<()> {
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

    pub(super) fn bound_or_default(
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
}
