//! What CPython checks of a tree that was made of objects, with its messages. `patterns.rs` has the rules of patterns.
//! Invariant: keeps its own stack, and looks at each node once.

mod patterns;

use taipan_ast::view::Value as Field;
use taipan_ast::{
    Class, Comprehension, Expr, ExprContext, ExprKind, Identifier, Interner, Mod, Node, Stmt, StmtKind,
    TypeParamKind,
};
use taipan_object::{PyResult, Raised, Thread, raise};

/// Checks a module.
pub(super) fn check(thread: &Thread, module: &Mod<'_>, interner: &Interner) -> PyResult<()> {
    let checker = Checker { thread, interner };
    let mut pending = vec![(Node::Mod(module), ExprContext::Load, false)];
    while let Some((node, context, star)) = pending.pop() {
        checker.node(node, context, star)?;
        push_children(&mut pending, node, context);
    }
    Ok(())
}

/// The children of a node, with the contexts that their places ask for, and whether a starred pattern may stand there.
fn push_children<'a>(pending: &mut Vec<(Node<'a>, ExprContext, bool)>, node: Node<'a>, context: ExprContext) {
    let class = node.class();
    for (index, value) in node.fields().enumerate().collect::<Vec<_>>().into_iter().rev() {
        // the target of an assignment expression is looked at by its parent alone
        if (class, index) == (Class::NamedExpr, 0) {
            continue;
        }
        let expected = expected_context(class, index, context);
        let star = class == Class::MatchSequence;
        match value {
            Field::Node(child) => pending.push((child, expected, star)),
            Field::List(list) => pending.extend(list.items().rev().filter_map(|item| match item {
                Field::Node(child) => Some((child, expected, star)),
                _ => None,
            })),
            _ => {}
        }
    }
}

/// The context of expressions in a field of a node that itself stands in `context`.
fn expected_context(class: Class, field: usize, context: ExprContext) -> ExprContext {
    match (class, field) {
        (Class::Assign | Class::TypeAlias | Class::AugAssign | Class::AnnAssign, 0)
        | (Class::For | Class::AsyncFor | Class::Comprehension, 0)
        | (Class::WithItem, 1) => ExprContext::Store,
        (Class::Delete, 0) => ExprContext::Del,
        (Class::Tuple | Class::List | Class::Starred, 0) => context,
        _ => ExprContext::Load,
    }
}

struct Checker<'t> {
    thread: &'t Thread,
    interner: &'t Interner,
}

impl Checker<'_> {
    #[cold]
    fn wrong(&self, message: &str) -> Raised {
        raise!(self.thread, VALUE_ERROR, "{message}")
    }

    #[cold]
    fn wrong_type(&self, message: &str) -> Raised {
        raise!(self.thread, TYPE_ERROR, "{message}")
    }

    fn need(&self, kept: bool, message: &str) -> PyResult<()> {
        if kept { Ok(()) } else { Err(self.wrong(message)) }
    }

    fn not_empty<T>(&self, items: &[T], what: &str, class: &str) -> PyResult<()> {
        if items.is_empty() { Err(self.wrong(&format!("empty {what} on {class}"))) } else { Ok(()) }
    }

    /// A name that may be bound.
    fn name(&self, name: Identifier) -> PyResult<()> {
        let text = self.interner.resolve(name);
        match text {
            "None" | "True" | "False" => {
                Err(self.wrong(&format!("identifier field can't represent '{text}' constant")))
            }
            _ => Ok(()),
        }
    }

    fn optional_name(&self, name: Option<Identifier>) -> PyResult<()> {
        name.map_or(Ok(()), |name| self.name(name))
    }

    fn node(&self, node: Node<'_>, context: ExprContext, star: bool) -> PyResult<()> {
        match node {
            Node::Stmt(stmt) => self.stmt(stmt),
            Node::Expr(expr) => {
                self.context(expr, context)?;
                self.expr(expr)
            }
            Node::Pattern(pattern) => self.pattern(pattern, star),
            Node::Arguments(args) => {
                let all = args.posonlyargs.iter().chain(args.args).chain(args.vararg);
                for arg in all.chain(args.kwonlyargs).chain(args.kwarg) {
                    if let Some(annotation) = &arg.annotation {
                        self.context(annotation, ExprContext::Load)?;
                    }
                }
                let few = args.defaults.len() <= args.posonlyargs.len() + args.args.len();
                self.need(few, "more positional defaults than args on arguments")?;
                let same = args.kw_defaults.len() == args.kwonlyargs.len();
                self.need(same, "length of kwonlyargs is not the same as kw_defaults on arguments")
            }
            Node::ExceptHandler(handler) => {
                self.optional_name(handler.name)?;
                self.not_empty(handler.body, "body", "ExceptHandler")
            }
            Node::MatchCase(case) => self.not_empty(case.body, "body", "match_case"),
            Node::Alias(alias) => {
                self.name(alias.name)?;
                self.optional_name(alias.asname)
            }
            Node::TypeParam(param) => match param.kind {
                TypeParamKind::TypeVar(param) => self.name(param.name),
                TypeParamKind::ParamSpec(param) => self.name(param.name),
                TypeParamKind::TypeVarTuple(param) => self.name(param.name),
            },
            _ => Ok(()),
        }
    }

    fn context(&self, expr: &Expr<'_>, expected: ExprContext) -> PyResult<()> {
        let found = match expr.kind {
            ExprKind::Attribute { ctx, .. } | ExprKind::Starred { ctx, .. } | ExprKind::Name { ctx, .. } => {
                ctx
            }
            ExprKind::Subscript(subscript) => subscript.ctx,
            ExprKind::List(list) => list.ctx,
            ExprKind::Tuple(tuple) => tuple.ctx,
            _ if expected == ExprContext::Load => return Ok(()),
            _ => {
                let message = format!("expression which can't be assigned to in {expected:?} context");
                return Err(self.wrong(&message));
            }
        };
        let message = || format!("expression must have {expected:?} context but has {found:?} instead");
        if found == expected { Ok(()) } else { Err(self.wrong(&message())) }
    }

    fn expr(&self, expr: &Expr<'_>) -> PyResult<()> {
        match expr.kind {
            ExprKind::BoolOp(op) => self.need(op.values.len() >= 2, "BoolOp with less than 2 values"),
            ExprKind::Dict(dict) => {
                let same = dict.keys.len() == dict.values.len();
                self.need(same, "Dict doesn't have the same number of keys as values")
            }
            ExprKind::ListComp(comprehension) => self.generators(comprehension.generators),
            ExprKind::SetComp(comprehension) => self.generators(comprehension.generators),
            ExprKind::DictComp(comprehension) => self.generators(comprehension.generators),
            ExprKind::GeneratorExp(comprehension) => self.generators(comprehension.generators),
            ExprKind::Compare(compare) => {
                self.need(!compare.comparators.is_empty(), "Compare with no comparators")?;
                let same = compare.comparators.len() == compare.ops.len();
                self.need(same, "Compare has a different number of comparators and operands")
            }
            ExprKind::Name { id, .. } => self.name(id),
            ExprKind::NamedExpr(named) if !is_name(&named.target) => {
                Err(self.wrong_type("NamedExpr target must be a Name"))
            }
            _ => Ok(()),
        }
    }

    /// What is iterated over is looked at before what is made of it.
    fn generators(&self, generators: &[Comprehension<'_>]) -> PyResult<()> {
        self.need(!generators.is_empty(), "comprehension with no generators")?;
        generators.iter().try_for_each(|generator| {
            self.context(&generator.target, ExprContext::Store)?;
            self.context(&generator.iter, ExprContext::Load)
        })
    }

    fn stmt(&self, stmt: &Stmt<'_>) -> PyResult<()> {
        let class = Node::Stmt(stmt).class().info().name;
        let body = |body: &[Stmt<'_>]| self.not_empty(body, "body", class);
        match stmt.kind {
            StmtKind::FunctionDef(function) => {
                body(function.body)?;
                self.name(function.name)
            }
            StmtKind::AsyncFunctionDef(function) => {
                body(function.body)?;
                self.name(function.name)
            }
            StmtKind::ClassDef(definition) => {
                body(definition.body)?;
                self.name(definition.name)
            }
            StmtKind::Delete(delete) => self.not_empty(delete.targets, "targets", class),
            StmtKind::Assign(assign) => self.not_empty(assign.targets, "targets", class),
            StmtKind::AugAssign(assign) => self.augmented(&assign.target),
            StmtKind::AnnAssign(assign) if assign.simple && !is_name(&assign.target) => {
                Err(self.wrong_type("AnnAssign with simple non-Name target"))
            }
            StmtKind::TypeAlias(alias) if !is_name(&alias.name) => {
                Err(self.wrong_type("TypeAlias with non-Name name"))
            }
            StmtKind::For(statement) => body(statement.body),
            StmtKind::AsyncFor(statement) => body(statement.body),
            StmtKind::While(statement) => body(statement.body),
            StmtKind::If(statement) => body(statement.body),
            StmtKind::With(with) => {
                self.not_empty(with.items, "items", class)?;
                body(with.body)
            }
            StmtKind::AsyncWith(with) => {
                self.not_empty(with.items, "items", class)?;
                body(with.body)
            }
            StmtKind::Match(matching) => self.not_empty(matching.cases, "cases", class),
            StmtKind::Raise(raise) => {
                let kept = raise.exc.is_some() || raise.cause.is_none();
                self.need(kept, "Raise with cause but no exception")
            }
            StmtKind::Try(parts) => {
                body(parts.body)?;
                self.try_parts(class, parts.handlers.len(), parts.orelse.len(), parts.finalbody.len())
            }
            StmtKind::TryStar(parts) => {
                body(parts.body)?;
                self.try_parts(class, parts.handlers.len(), parts.orelse.len(), parts.finalbody.len())
            }
            StmtKind::Import(import) => self.not_empty(import.names, "names", class),
            StmtKind::ImportFrom(import) => self.not_empty(import.names, "names", class),
            StmtKind::Global(names) => self.not_empty(names.names, "names", class),
            StmtKind::Nonlocal(names) => self.not_empty(names.names, "names", class),
            _ => Ok(()),
        }
    }

    fn try_parts(&self, class: &str, handlers: usize, orelse: usize, finalbody: usize) -> PyResult<()> {
        if handlers + finalbody == 0 {
            return Err(self.wrong(&format!("{class} has neither except handlers nor finalbody")));
        }
        if handlers == 0 && orelse > 0 {
            return Err(self.wrong(&format!("{class} has orelse but no except handlers")));
        }
        Ok(())
    }

    /// The compiler's own check: its number of a node is that of the class among expressions, from 1.
    fn augmented(&self, target: &Expr<'_>) -> PyResult<()> {
        let class = Node::Expr(target).class();
        if !matches!(class, Class::Tuple | Class::List | Class::Starred) {
            return Ok(());
        }
        let number = class as usize - Class::BoolOp as usize + 1;
        Err(raise!(self.thread, SYSTEM_ERROR, "invalid node type ({number}) for augmented assignment"))
    }
}

fn is_name(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Name { .. })
}
