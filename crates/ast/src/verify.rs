//! Checks what the types of nodes leave open and every tree of a parser keeps. A tree that passes has
//!
//! - ranges that begin before they end, within the source and at characters' boundaries, but for the
//!   constants that preprocessing makes;
//! - contexts that fit their place, and targets that can be assigned to or deleted;
//! - the items that its sequences need, and sequences that belong together of equal lengths;
//! - names that are identifiers, format specifications that are strings, patterns of legal values.
//!
//! It may still be refused by later stages: whether `return` stands in a function, names are declared
//! twice or a starred expression stands where it may is not looked at here.
//! Invariant: keeps its own stack, and looks at each node once.

mod rules;

pub use rules::Rule;

use crate::view::Value;
use crate::{Class, ExprContext, ExprKind, Interner, Mod, Node};
use std::fmt;
use taipan_span::Span;

/// A node that breaks a rule.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RuleError {
    /// The rule.
    pub rule: Rule,
    /// The node's class.
    pub class: Class,
    /// The node's range; empty for classes that have none.
    pub span: Span,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?}: {}", self.class.info().name, self.span, self.rule)
    }
}

impl std::error::Error for RuleError {}

/// Checks a tree whose source has `source_len` bytes.
pub fn verify<'a>(
    module: &'a Mod<'a>,
    interner: &Interner,
    source_len: u32,
    source: Option<&str>,
) -> Result<(), RuleError> {
    let sizes_agree = source.is_none_or(|text| text.len() == source_len as usize);
    let root = Node::Mod(module);
    let places = Places { source_len, source };
    let mut pending = vec![(root, ExprContext::Load)];
    if !sizes_agree {
        return Err(RuleError { rule: Rule::SourceLength, class: root.class(), span: Span::default() });
    }
    while let Some((node, context)) = pending.pop() {
        let class = node.class();
        let span = node.span().unwrap_or_default();
        let made = class == Class::Constant && span == Span::NOWHERE;
        places
            .check(if made { Span::default() } else { span })
            .and_then(|()| check_context(node, context))
            .and_then(|()| rules::check_names(node, interner))
            .and_then(|()| rules::check(node))
            .map_err(|rule| RuleError { rule, class, span })?;
        push_children(&mut pending, node, context);
    }
    Ok(())
}

/// Where ranges may lie.
struct Places<'s> {
    source_len: u32,
    source: Option<&'s str>,
}

impl Places<'_> {
    fn check(&self, span: Span) -> Result<(), Rule> {
        if span.start > span.end || span.end > self.source_len {
            return Err(Rule::Range);
        }
        let boundary = |at: u32| self.source.is_none_or(|text| text.is_char_boundary(at as usize));
        if boundary(span.start) && boundary(span.end) { Ok(()) } else { Err(Rule::CharBoundary) }
    }
}

fn push_children<'a>(pending: &mut Vec<(Node<'a>, ExprContext)>, node: Node<'a>, context: ExprContext) {
    let class = node.class();
    for (index, value) in node.fields().enumerate() {
        let expected = expected_context(class, index, context);
        match value {
            Value::Node(child) => pending.push((child, expected)),
            Value::List(list) => pending.extend(list.items().filter_map(|item| match item {
                Value::Node(child) => Some((child, expected)),
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
        | (Class::For | Class::AsyncFor | Class::NamedExpr | Class::Comprehension, 0)
        | (Class::WithItem, 1) => ExprContext::Store,
        (Class::Delete, 0) => ExprContext::Del,
        (Class::Tuple | Class::List | Class::Starred, 0) => context,
        _ => ExprContext::Load,
    }
}

fn check_context(node: Node<'_>, expected: ExprContext) -> Result<(), Rule> {
    let Node::Expr(expr) = node else { return Ok(()) };
    let found = match expr.kind {
        ExprKind::Starred { .. } if expected == ExprContext::Del => return Err(Rule::Target),
        ExprKind::Attribute { ctx, .. } | ExprKind::Starred { ctx, .. } | ExprKind::Name { ctx, .. } => ctx,
        ExprKind::Subscript(subscript) => subscript.ctx,
        ExprKind::List(list) => list.ctx,
        ExprKind::Tuple(tuple) => tuple.ctx,
        _ if expected == ExprContext::Load => return Ok(()),
        _ => return Err(Rule::Target),
    };
    if found == expected { Ok(()) } else { Err(Rule::Context { expected, found }) }
}

#[cfg(test)]
mod tests;
