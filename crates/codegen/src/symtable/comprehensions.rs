//! Comprehensions and the assignment expressions in them.

use super::Result;
use super::bindings::fail;
use super::build::Builder;
use super::scope::{ComprehensionKind, ScopeKind, flag};
use crate::CompileErrorKind as Error;
use taipan_ast::{Comprehension, Expr, ExprKind, ExprNamedExpr, Identifier};
use taipan_span::Span;

impl Builder<'_> {
    /// A comprehension: its first iterable belongs to the scope around it, all else to its own.
    pub(super) fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        key: usize,
        span: Span,
        generators: &[Comprehension<'_>],
        element: &Expr<'_>,
        value: Option<&Expr<'_>>,
    ) -> Result<()> {
        let Some((outermost, rest)) = generators.split_first() else { return Ok(()) };
        self.current().comp_iter_expr += 1;
        self.expr(&outermost.iter)?;
        self.current().comp_iter_expr -= 1;
        let name = match kind {
            ComprehensionKind::List => "listcomp",
            ComprehensionKind::Set => "setcomp",
            ComprehensionKind::Dict => "dictcomp",
            ComprehensionKind::Generator => "genexpr",
        };
        let name = self.interner.intern(name);
        self.enter(ScopeKind::Function, name, (key, 0), span)?;
        self.current().comprehension = Some(kind);
        self.current().coroutine |= outermost.is_async;
        let parameter = self.interner.intern(".0");
        self.add(parameter, flag::PARAM, span)?;
        self.loop_target(&outermost.target)?;
        self.exprs(outermost.ifs)?;
        for generator in rest {
            self.loop_target(&generator.target)?;
            self.current().comp_iter_expr += 1;
            self.expr(&generator.iter)?;
            self.current().comp_iter_expr -= 1;
            self.exprs(generator.ifs)?;
            self.current().coroutine |= generator.is_async;
        }
        self.optional(value)?;
        self.expr(element)?;
        let is_generator = kind == ComprehensionKind::Generator;
        self.current().generator = is_generator;
        let is_async = self.current().coroutine && !is_generator;
        self.leave();
        if is_async {
            let allowed =
                self.in_async_function() || self.current().comprehension.is_some() || self.awaits_at_top();
            if !allowed {
                return fail(Error::AsyncComprehensionOutside, span);
            }
            self.current().coroutine = true;
        }
        Ok(())
    }

    fn loop_target(&mut self, target: &Expr<'_>) -> Result<()> {
        self.current().comp_iter_target = true;
        self.expr(target)?;
        self.current().comp_iter_target = false;
        Ok(())
    }

    /// `target := value`: in a comprehension the target belongs to the scope around it (PEP 572).
    pub(super) fn named_expression(&mut self, node: &ExprNamedExpr<'_>, span: Span) -> Result<()> {
        if self.current().comp_iter_expr > 0 {
            return fail(Error::NamedExpressionInIterable, span);
        }
        if self.current().comprehension.is_some()
            && let ExprKind::Name { id, .. } = node.target.kind
        {
            self.bind_outside(id, node.target.span)?;
        }
        self.expr(&node.value)?;
        self.expr(&node.target)
    }

    fn bind_outside(&mut self, name: Identifier, span: Span) -> Result<()> {
        for index in (0..self.stack.len()).rev() {
            let Some(&id) = self.stack.get(index) else { break };
            let kept = self.mangled(name);
            let scope = self.table.scope(id);
            let symbol = scope.symbol(kept);
            if scope.comprehension.is_some() {
                if symbol.is(flag::COMP_ITER) && symbol.is(flag::LOCAL) {
                    let name = self.interner.resolve(name).to_owned();
                    return fail(Error::NamedExpressionRebinds { name }, span);
                }
                continue;
            }
            let place = match scope.kind {
                ScopeKind::Function => {
                    let global = symbol.is(flag::GLOBAL);
                    self.add(name, if global { flag::GLOBAL } else { flag::NONLOCAL }, span)?;
                    self.record_directive(name, span);
                    return self.add_to(id, name, flag::LOCAL, span);
                }
                ScopeKind::Module => {
                    self.add(name, flag::GLOBAL, span)?;
                    self.record_directive(name, span);
                    return self.add_to(id, name, flag::GLOBAL, span);
                }
                ScopeKind::Class => "in a class body",
                ScopeKind::TypeParameters => "within the definition of a generic",
                ScopeKind::TypeAlias => "in a type alias",
                ScopeKind::TypeVariable => "in a TypeVar bound",
                ScopeKind::Annotation => continue,
            };
            return fail(Error::NamedExpressionInComprehension { place }, span);
        }
        Ok(())
    }
}
