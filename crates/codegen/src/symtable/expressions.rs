//! The walk over expressions.

use super::bindings::fail;
use super::build::Builder;
use super::scope::{ComprehensionKind, ScopeKind, flag};
use super::{Result, address};
use crate::CompileErrorKind as Error;
use taipan_ast::{Expr, ExprContext, ExprKind, Identifier, Keyword};
use taipan_span::Span;

impl Builder<'_> {
    pub(super) fn exprs(&mut self, exprs: &[Expr<'_>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn optional(&mut self, expr: Option<&Expr<'_>>) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    pub(super) fn optionals(&mut self, exprs: &[Option<Expr<'_>>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.optional(expr.as_ref()))
    }

    pub(super) fn keywords(&mut self, keywords: &[Keyword<'_>]) -> Result<()> {
        for keyword in keywords {
            if let Some(name) = keyword.arg {
                self.check_name(name, keyword.span, ExprContext::Store)?;
            }
        }
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))
    }

    pub(super) fn expr(&mut self, expr: &Expr<'_>) -> Result<()> {
        // the leaves are most of a tree
        match expr.kind {
            ExprKind::Name { id, ctx } => self.name(id, ctx, expr.span),
            ExprKind::Constant(_) => Ok(()),
            _ => self.deep(|walk| walk.expr_here(expr)),
        }
    }

    fn expr_here(&mut self, expr: &Expr<'_>) -> Result<()> {
        let span = expr.span;
        match expr.kind {
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, span, ctx)?;
                self.expr(value)
            }
            ExprKind::NamedExpr(node) => {
                self.only_in_code("named expression", span)?;
                self.named_expression(node, span)
            }
            ExprKind::Lambda(node) => {
                self.exprs(node.args.defaults)?;
                self.optionals(node.args.kw_defaults)?;
                let name = self.interner.intern("lambda");
                self.enter(ScopeKind::Function, name, (address(node), 0), span)?;
                self.parameters(&node.args)?;
                self.expr(&node.body)?;
                self.leave();
                Ok(())
            }
            ExprKind::Await { value } => {
                self.only_in_code("await expression", span)?;
                self.check_await(span)?;
                self.expr(value)?;
                self.current().coroutine = true;
                Ok(())
            }
            ExprKind::Yield { value } => self.yielding(value, span),
            ExprKind::YieldFrom { value } => self.yielding(Some(value), span),
            ExprKind::ListComp(node) => self.comprehension(
                ComprehensionKind::List,
                address(node),
                span,
                node.generators,
                &node.elt,
                None,
            ),
            ExprKind::SetComp(node) => self.comprehension(
                ComprehensionKind::Set,
                address(node),
                span,
                node.generators,
                &node.elt,
                None,
            ),
            ExprKind::DictComp(node) => {
                let (key, value) = (&node.key, Some(&node.value));
                self.comprehension(ComprehensionKind::Dict, address(node), span, node.generators, key, value)
            }
            ExprKind::GeneratorExp(node) => {
                let kind = ComprehensionKind::Generator;
                self.comprehension(kind, address(node), span, node.generators, &node.elt, None)
            }
            _ => self.children(expr),
        }
    }

    /// The expressions that are no more than their parts.
    fn children(&mut self, expr: &Expr<'_>) -> Result<()> {
        match expr.kind {
            ExprKind::BoolOp(node) => self.exprs(node.values),
            ExprKind::BinOp(node) => {
                self.expr(&node.left)?;
                self.expr(&node.right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::IfExp(node) => {
                self.expr(&node.test)?;
                self.expr(&node.body)?;
                self.expr(&node.orelse)
            }
            ExprKind::Dict(node) => {
                self.optionals(node.keys)?;
                self.exprs(node.values)
            }
            ExprKind::Set(node) => self.exprs(node.elts),
            ExprKind::List(node) => self.exprs(node.elts),
            ExprKind::Tuple(node) => self.exprs(node.elts),
            ExprKind::JoinedStr(node) => self.exprs(node.values),
            ExprKind::TemplateStr(node) => self.exprs(node.values),
            ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Compare(node) => {
                self.expr(&node.left)?;
                self.exprs(node.comparators)
            }
            ExprKind::Call(node) => {
                self.expr(&node.func)?;
                self.exprs(node.args)?;
                self.keywords(node.keywords)
            }
            ExprKind::FormattedValue(node) => {
                self.expr(&node.value)?;
                self.optional(node.format_spec.as_ref())
            }
            ExprKind::Interpolation(node) => {
                self.expr(&node.value)?;
                self.optional(node.format_spec.as_ref())
            }
            ExprKind::Subscript(node) => {
                self.expr(&node.value)?;
                self.expr(&node.slice)
            }
            ExprKind::Slice(node) => {
                self.optional(node.lower.as_ref())?;
                self.optional(node.upper.as_ref())?;
                self.optional(node.step.as_ref())
            }
            _ => Ok(()),
        }
    }

    fn name(&mut self, id: Identifier, ctx: ExprContext, span: Span) -> Result<()> {
        if self.current().in_unevaluated {
            return Ok(());
        }
        let flags = if ctx == ExprContext::Load { flag::USE } else { flag::LOCAL };
        self.add_in_context(id, flags, span, ctx)?;
        // `super()` uses the class around it
        let uses_super = ctx == ExprContext::Load
            && self.table.scope(self.current).is_function_like()
            && id == self.super_name;
        if uses_super {
            let class = self.interner.intern("__class__");
            self.add(class, flag::USE, span)?;
        }
        Ok(())
    }

    fn yielding(&mut self, value: Option<&Expr<'_>>, span: Span) -> Result<()> {
        self.only_in_code("yield expression", span)?;
        self.optional(value)?;
        self.current().generator = true;
        let comprehension = match self.current().comprehension {
            None => return Ok(()),
            Some(ComprehensionKind::List) => "list comprehension",
            Some(ComprehensionKind::Set) => "set comprehension",
            Some(ComprehensionKind::Dict) => "dict comprehension",
            Some(ComprehensionKind::Generator) => "generator expression",
        };
        fail(Error::YieldInside { comprehension }, span)
    }

    /// Some expressions have no meaning in annotations and type parameters.
    fn only_in_code(&mut self, what: &'static str, span: Span) -> Result<()> {
        let scope = self.current();
        let place = match scope.kind {
            ScopeKind::Annotation => "an annotation",
            ScopeKind::TypeVariable => scope.info.unwrap_or("a TypeVar bound"),
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeParameters => "the definition of a generic",
            ScopeKind::Function | ScopeKind::Class | ScopeKind::Module => return Ok(()),
        };
        fail(Error::NotInScope { what, place }, span)
    }

    /// Whether `await` may stand at the top of the module, and the module is where we are.
    pub(super) fn awaits_at_top(&mut self) -> bool {
        self.options.top_level_await && self.current().kind == ScopeKind::Module
    }

    fn check_await(&mut self, span: Span) -> Result<()> {
        if self.awaits_at_top() {
            return Ok(());
        }
        let scope = self.table.scope(self.current);
        if !scope.is_function_like() {
            return fail(Error::AwaitOutsideFunction, span);
        }
        if !self.in_async_function() && scope.comprehension.is_none() {
            return fail(Error::AwaitOutsideAsync, span);
        }
        Ok(())
    }

    /// Whether the current scope is the body of an `async def`.
    pub(super) fn in_async_function(&self) -> bool {
        self.async_functions.contains(&self.current)
    }
}
