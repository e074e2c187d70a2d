//! Entering and leaving scopes, and noting facts about names.

use super::build::Builder;
use super::scope::{Scope, ScopeId, ScopeKind, flag};
use super::{Key, Result};
use crate::mangle::mangle;
use crate::{CompileError, CompileErrorKind as Error};
use taipan_ast::{ExprContext, Identifier};
use taipan_span::Span;

/// An error at a place.
pub(super) fn fail<T>(kind: Error, span: Span) -> Result<T> {
    Err(Box::new(CompileError { kind, span }))
}

impl Builder<'_> {
    pub(super) fn current(&mut self) -> &mut Scope {
        self.table.scope_mut(self.current)
    }

    /// A new scope, not entered yet.
    pub(super) fn new_scope(&mut self, kind: ScopeKind, name: Identifier, key: Key, span: Span) -> ScopeId {
        let outer = self.stack.last().map(|id| self.table.scope(*id));
        let scope = Scope {
            kind,
            name,
            span,
            symbols: Default::default(),
            parameters: Vec::new(),
            children: Vec::new(),
            annotations: None,
            comprehension: None,
            nested: outer.is_some_and(|outer| outer.nested || outer.is_function_like()),
            generator: false,
            coroutine: false,
            varargs: false,
            varkeywords: false,
            method: kind == ScopeKind::Function && outer.is_some_and(|outer| outer.kind == ScopeKind::Class),
            has_docstring: false,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            inlined: false,
            has_conditional_annotations: false,
            annotations_used: false,
            in_conditional: false,
            in_unevaluated: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            info: None,
            directives: Vec::new(),
            mangled: None,
        };
        let id = ScopeId(self.table.scopes.len() as u32);
        let count = self.table.scopes.len();
        if count == self.table.scopes.capacity() {
            // a scope is large: room is made seldom
            self.table.scopes.reserve_exact(3 * count);
        }
        self.table.scopes.push(scope);
        self.table.by_key.insert(key, id);
        id
    }

    /// Enters a new scope.
    pub(super) fn enter(
        &mut self,
        kind: ScopeKind,
        name: Identifier,
        key: Key,
        span: Span,
    ) -> Result<ScopeId> {
        let id = self.new_scope(kind, name, key, span);
        self.enter_existing(id, true);
        if matches!(kind, ScopeKind::Annotation | ScopeKind::TypeVariable | ScopeKind::TypeAlias) {
            let format = self.format;
            self.add(format, flag::PARAM, span)?;
            self.add(format, flag::USE, span)?;
        }
        Ok(id)
    }

    /// Enters a scope, as a child of the current one if `add` says so.
    pub(super) fn enter_existing(&mut self, id: ScopeId, add: bool) {
        if let Some(&outer) = self.stack.last() {
            let comp_iter_expr = self.table.scope(outer).comp_iter_expr;
            let mangled = self.table.scope(outer).mangled.clone();
            let scope = self.table.scope_mut(id);
            scope.comp_iter_expr = comp_iter_expr;
            if scope.kind != ScopeKind::Class && mangled.is_some() {
                scope.mangled = mangled;
            }
            let strings = self.options.future_annotations && scope.kind == ScopeKind::Annotation;
            if add && !strings {
                self.table.scope_mut(outer).children.push(id);
            }
        }
        self.stack.push(id);
        self.current = id;
    }

    pub(super) fn leave(&mut self) {
        self.stack.pop();
        if let Some(&id) = self.stack.last() {
            self.current = id;
        }
    }

    /// The name under which `name` is kept in the current scope.
    #[inline]
    pub(super) fn mangled(&mut self, name: Identifier) -> Identifier {
        if !self.table.scope(self.current).is_mangled(name) {
            return name;
        }
        mangle(self.interner, self.class, name)
    }

    /// The facts about `name` in the current scope.
    pub(super) fn facts(&mut self, name: Identifier) -> u32 {
        let name = self.mangled(name);
        self.current().symbol(name).flags
    }

    /// Notes facts about a name in the current scope.
    pub(super) fn add(&mut self, name: Identifier, flags: u32, span: Span) -> Result<()> {
        let context = if flags == flag::USE { ExprContext::Load } else { ExprContext::Store };
        self.add_in_context(name, flags, span, context)
    }

    pub(super) fn add_in_context(
        &mut self,
        name: Identifier,
        flags: u32,
        span: Span,
        context: ExprContext,
    ) -> Result<()> {
        if flags & (flag::PARAM | flag::LOCAL | flag::IMPORT) != 0 {
            self.check_name(name, span, context)?;
        }
        if flags & flag::TYPE_PARAM != 0
            && let Some(mangled) = &self.table.scope(self.current).mangled
        {
            mangled.borrow_mut().push(name);
        }
        self.add_to(self.current, name, flags, span)
    }

    /// Notes facts about a name in some scope.
    pub(super) fn add_to(&mut self, id: ScopeId, name: Identifier, flags: u32, span: Span) -> Result<()> {
        let kept = self.mangled(name);
        let scope = self.table.scope_mut(id);
        let in_loop_target = scope.comp_iter_target;
        let symbol = scope.symbols.get_or_default(kept);
        let old = symbol.flags;
        if flags & old & flag::PARAM != 0 {
            let name = self.interner.resolve(name).to_owned();
            return fail(Error::DuplicateParameter { name }, span);
        }
        if flags & old & flag::TYPE_PARAM != 0 {
            let name = self.interner.resolve(name).to_owned();
            return fail(Error::DuplicateTypeParameter { name }, span);
        }
        let mut new = old | flags;
        if in_loop_target {
            if new & (flag::GLOBAL | flag::NONLOCAL) != 0 {
                let name = self.interner.resolve(name).to_owned();
                return fail(Error::InnerLoopRebinds { name }, span);
            }
            new |= flag::COMP_ITER;
        }
        symbol.flags = new;
        if flags & flag::PARAM != 0 {
            scope.parameters.push(kept);
        } else if flags & flag::GLOBAL != 0 {
            self.table.scope_mut(ScopeId(0)).symbols.get_or_default(kept).flags |= flags;
        }
        Ok(())
    }

    /// `__debug__` is never bound.
    pub(super) fn check_name(&self, name: Identifier, span: Span, context: ExprContext) -> Result<()> {
        if context != ExprContext::Load && name == self.debug {
            let kind = if context == ExprContext::Store { Error::AssignDebug } else { Error::DeleteDebug };
            return fail(kind, span);
        }
        Ok(())
    }

    /// Remembers where a name was declared global or nonlocal, for errors of the analysis.
    pub(super) fn record_directive(&mut self, name: Identifier, span: Span) {
        let name = self.mangled(name);
        self.current().directives.push((name, span));
    }

    pub(super) fn use_classdict(&mut self, span: Span) -> Result<()> {
        self.current().can_see_class_scope = true;
        self.add(self.classdict, flag::USE, span)
    }
}
