//! What CPython's compiler does to a tree before it generates code, and `ast.parse` when it is given a
//! level of optimization:
//!
//! - `__debug__` becomes a constant;
//! - `'%s' % (x,)` becomes a formatted string (`format.rs`);
//! - negative and complex numbers in patterns become constants (`pattern.rs`);
//! - from level 2 on docstrings are removed.
//!
//! Annotations are left alone where they are not evaluated (`from __future__ import annotations`).
//! Invariant: a tree in which nothing changes is returned as it is.

mod format;
mod pattern;

use crate::rebuild::{Rewrite, rebuild};
use crate::{
    Arena, Class, Constant, Expr, ExprConstant, ExprContext, ExprJoinedStr, ExprKind, Identifier, Interner,
    Mod, ModInteractive, ModModule, Operator, Pattern, PatternKind, Stmt, StmtAsyncFunctionDef, StmtClassDef,
    StmtFunctionDef, StmtKind, Visitor, walk_expr, walk_module, walk_pattern, walk_stmt,
};
use taipan_span::Span;

/// The module as CPython preprocesses it at this level of optimization, 0 to 2.
pub fn preprocess<'a>(module: Mod<'a>, level: u8, interner: &Interner, arena: &'a Arena) -> Mod<'a> {
    let mut preprocessor = Preprocessor {
        level,
        debug: interner.get("__debug__"),
        keeps_annotations: has_future_annotations(module, interner),
        arena,
    };
    match module {
        Mod::Module(node) if level < 2 => match preprocessor.body(node.body) {
            Some(body) => Mod::Module(arena.alloc(ModModule { body, ..*node })),
            None => module,
        },
        _ if preprocessor.finds_in(|scan| scan.visit_module(arena.alloc(module))) => {
            rebuild(module, arena, &mut preprocessor)
        }
        _ => module,
    }
}

/// Whether the module begins with `from __future__ import annotations` among other such imports.
fn has_future_annotations(module: Mod<'_>, interner: &Interner) -> bool {
    let body = match module {
        Mod::Module(module) => module.body,
        Mod::Interactive(module) => module.body,
        Mod::Expression(_) | Mod::FunctionType(_) => &[],
    };
    let skipped = usize::from(body.first().is_some_and(is_string_statement));
    body.iter()
        .skip(skipped)
        .map_while(|stmt| match stmt.kind {
            StmtKind::ImportFrom(import) => {
                let name = interner.resolve(import.module?);
                (name == "__future__" && import.level.unwrap_or(0) == 0).then_some(import.names)
            }
            _ => None,
        })
        .flatten()
        .any(|alias| interner.resolve(alias.name) == "annotations")
}

struct Preprocessor<'a> {
    level: u8,
    debug: Option<Identifier>,
    keeps_annotations: bool,
    arena: &'a Arena,
}

impl<'a> Preprocessor<'a> {
    /// A body with its statements as they are to be, class bodies statement by statement; none if nothing
    /// changes.
    fn body(&mut self, body: &'a [Stmt<'a>]) -> Option<&'a [Stmt<'a>]> {
        let mut changed: Option<&'a mut [Stmt<'a>]> = None;
        for (row, stmt) in body.iter().enumerate() {
            let Some(new) = self.statement(stmt) else { continue };
            let changed = changed.get_or_insert_with(|| self.arena.alloc_slice_copy(body));
            if let Some(slot) = changed.get_mut(row) {
                *slot = new;
            }
        }
        changed.map(|body| &*body)
    }

    fn statement(&mut self, stmt: &'a Stmt<'a>) -> Option<Stmt<'a>> {
        if let StmtKind::ClassDef(node) = stmt.kind
            && !self.finds_in(|scan| scan.class_head(node))
        {
            let body = crate::visitor::deeper(|| self.body(node.body))?;
            let kind = StmtKind::ClassDef(self.arena.alloc(StmtClassDef { body, ..*node }));
            return Some(Stmt { kind, ..*stmt });
        }
        if !self.finds_in(|scan| scan.visit_stmt(stmt)) {
            return None;
        }
        let alone = Mod::Interactive(self.arena.alloc(ModInteractive { body: std::slice::from_ref(stmt) }));
        match rebuild(alone, self.arena, self) {
            Mod::Interactive(node) => node.body.first().copied(),
            _ => None,
        }
    }

    /// Whether there is something that may have to change in what `look` looks at.
    fn finds_in(&self, look: impl FnOnce(&mut Scan)) -> bool {
        let mut scan = Scan { level: self.level, debug: self.debug, found: false };
        look(&mut scan);
        scan.found
    }

    /// The body without its docstring. A string that comes to stand first is none: it becomes a
    /// formatted string.
    fn without_docstring(&self, body: &'a [Stmt<'a>]) -> Option<&'a [Stmt<'a>]> {
        let [docstring, rest @ ..] = body else { return None };
        if !has_docstring(body, self.level) {
            return None;
        }
        let Some(first) = rest.first() else {
            // CPython's `pass` ends four columns on, wherever the docstring ends. No range can say that;
            // the dump knows that all `pass` statements are four columns wide. The first character is
            // of a prefix or a quote.
            let start = docstring.span.start;
            let span = Span::new(start, docstring.span.end.min(start.saturating_add(1)));
            return Some(self.arena.alloc_slice_copy(&[Stmt { span, kind: StmtKind::Pass }]));
        };
        let StmtKind::Expr { value } = first.kind else { return Some(rest) };
        if !is_string_statement(first) {
            return Some(rest);
        }
        let values = self.arena.alloc_slice_copy(&[*value]);
        let kind = ExprKind::JoinedStr(self.arena.alloc(ExprJoinedStr { values }));
        let value = self.arena.alloc(Expr { span: first.span, kind });
        let body = self.arena.alloc_slice_copy(rest);
        if let Some(first) = body.first_mut() {
            first.kind = StmtKind::Expr { value };
        }
        Some(body)
    }
}

/// Levels of expressions that need no look at the stack.
const LEVELS: u32 = 64;

/// Looks for what may have to change.
struct Scan {
    level: u8,
    debug: Option<Identifier>,
    found: bool,
}

impl Scan {
    /// A class without its body.
    fn class_head<'a>(&mut self, node: &'a StmtClassDef<'a>) {
        node.decorator_list.iter().chain(node.bases).for_each(|expr| self.visit_expr(expr));
        node.keywords.iter().for_each(|keyword| self.visit_keyword(keyword));
        node.type_params.iter().for_each(|param| self.visit_type_param(param));
    }

    /// Looks at an expression within `depth` others.
    #[inline(always)]
    fn expr<'a>(&mut self, node: &'a Expr<'a>, depth: u32) {
        match node.kind {
            ExprKind::Constant(_) => {}
            ExprKind::Name { id, ctx } => self.found |= ctx == ExprContext::Load && self.debug == Some(id),
            _ => self.compound(node, depth + 1),
        }
    }

    /// Those that are most of a tree are walked over here, as long as they are not too deep.
    #[inline(never)]
    fn compound<'a>(&mut self, node: &'a Expr<'a>, depth: u32) {
        match node.kind {
            ExprKind::BinOp(binary) if binary.op == Operator::Mod && format::may_fold(binary) => {
                self.found = true;
            }
            _ if self.found => {}
            _ if depth > LEVELS => walk_expr(self, node),
            ExprKind::Attribute { value, .. } => self.expr(value, depth),
            ExprKind::BinOp(binary) => {
                self.expr(&binary.left, depth);
                self.expr(&binary.right, depth);
            }
            ExprKind::Call(call) => {
                self.expr(&call.func, depth);
                call.args.iter().for_each(|arg| self.expr(arg, depth));
                call.keywords.iter().for_each(|keyword| self.expr(&keyword.value, depth));
            }
            ExprKind::Compare(compare) => {
                self.expr(&compare.left, depth);
                compare.comparators.iter().for_each(|operand| self.expr(operand, depth));
            }
            ExprKind::Subscript(subscript) => {
                self.expr(&subscript.value, depth);
                self.expr(&subscript.slice, depth);
            }
            ExprKind::Tuple(tuple) => tuple.elts.iter().for_each(|elt| self.expr(elt, depth)),
            ExprKind::UnaryOp { operand, .. } => self.expr(operand, depth),
            _ => walk_expr(self, node),
        }
    }
}

impl<'a> Visitor<'a> for Scan {
    fn visit_module(&mut self, node: &'a Mod<'a>) {
        if let Mod::Module(module) = node {
            self.found |= has_docstring(module.body, self.level);
        }
        walk_module(self, node);
    }

    fn visit_stmt(&mut self, node: &'a Stmt<'a>) {
        self.found |= match node.kind {
            StmtKind::FunctionDef(def) => has_docstring(def.body, self.level),
            StmtKind::AsyncFunctionDef(def) => has_docstring(def.body, self.level),
            StmtKind::ClassDef(def) => has_docstring(def.body, self.level),
            _ => false,
        };
        if !self.found {
            walk_stmt(self, node);
        }
    }

    fn visit_expr(&mut self, node: &'a Expr<'a>) {
        self.expr(node, 0);
    }

    fn visit_pattern(&mut self, node: &'a Pattern<'a>) {
        self.found |= match node.kind {
            PatternKind::MatchValue { value } => pattern::may_fold(value),
            PatternKind::MatchMapping(mapping) => mapping.keys.iter().any(pattern::may_fold),
            _ => false,
        };
        if !self.found {
            walk_pattern(self, node);
        }
    }
}

impl<'a> Rewrite<'a> for Preprocessor<'a> {
    fn enters(&self, class: Class, field: usize) -> bool {
        let annotation = match class {
            Class::FunctionDef | Class::AsyncFunctionDef => field == 4,
            Class::AnnAssign | Class::Arg => field == 1,
            _ => false,
        };
        !(annotation && self.keeps_annotations)
    }

    fn expr(&mut self, expr: Expr<'a>, parent: Class, field: usize) -> Expr<'a> {
        let kind = match expr.kind {
            ExprKind::Name { id, ctx: ExprContext::Load } if self.debug == Some(id) => {
                let value = if self.level == 0 { Constant::True } else { Constant::False };
                ExprKind::Constant(self.arena.alloc(ExprConstant { value, kind: None }))
            }
            ExprKind::BinOp(binary) if binary.op == Operator::Mod => {
                format::fold(binary, self.arena).unwrap_or(expr.kind)
            }
            _ if matches!((parent, field), (Class::MatchValue | Class::MatchMapping, 0)) => {
                pattern::fold(&expr, self.arena)
            }
            kind => kind,
        };
        Expr { span: expr.span, kind }
    }

    fn stmt(&mut self, stmt: Stmt<'a>) -> Stmt<'a> {
        let kind = match stmt.kind {
            StmtKind::FunctionDef(def) => self
                .without_docstring(def.body)
                .map(|body| StmtKind::FunctionDef(self.arena.alloc(StmtFunctionDef { body, ..*def }))),
            StmtKind::AsyncFunctionDef(def) => self.without_docstring(def.body).map(|body| {
                StmtKind::AsyncFunctionDef(self.arena.alloc(StmtAsyncFunctionDef { body, ..*def }))
            }),
            StmtKind::ClassDef(def) => self
                .without_docstring(def.body)
                .map(|body| StmtKind::ClassDef(self.arena.alloc(StmtClassDef { body, ..*def }))),
            _ => None,
        };
        Stmt { span: stmt.span, kind: kind.unwrap_or(stmt.kind) }
    }

    fn module(&mut self, module: Mod<'a>) -> Mod<'a> {
        let Mod::Module(node) = module else { return module };
        match self.without_docstring(node.body) {
            Some(body) => Mod::Module(self.arena.alloc(ModModule { body, ..*node })),
            None => module,
        }
    }
}

/// Whether a body has a docstring that is to be removed.
fn has_docstring(body: &[Stmt<'_>], level: u8) -> bool {
    level >= 2 && body.first().is_some_and(is_string_statement)
}

/// Whether a statement is a string, as docstrings are.
fn is_string_statement(stmt: &Stmt<'_>) -> bool {
    let StmtKind::Expr { value } = stmt.kind else { return false };
    let ExprKind::Constant(constant) = value.kind else { return false };
    matches!(constant.value, Constant::Str(_))
}

#[cfg(test)]
mod tests;
