//! Annotations, which have scopes of their own (PEP 649).

use super::bindings::fail;
use super::build::Builder;
use super::scope::{ScopeId, ScopeKind, flag};
use super::{Result, address};
use crate::CompileErrorKind as Error;
use taipan_ast::{Arg, Arguments, Expr, ExprKind, StmtAnnAssign};
use taipan_span::Span;

impl Builder<'_> {
    pub(super) fn annotated_assignment(&mut self, node: &StmtAnnAssign<'_>, span: Span) -> Result<()> {
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
    pub(super) fn annotation(&mut self, annotation: &Expr<'_>) -> Result<()> {
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
    pub(super) fn function_annotations(
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

    pub(super) fn argument_annotations(&mut self, args: &[Arg<'_>]) -> Result<()> {
        for annotation in args.iter().filter_map(|arg| arg.annotation.as_ref()) {
            self.current().annotations_used = true;
            self.expr(annotation)?;
        }
        Ok(())
    }
}
