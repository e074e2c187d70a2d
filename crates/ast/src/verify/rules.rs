//! The rules for single nodes.

use crate::class::FieldType;
use crate::view::Value;
use crate::{
    Class, Constant, Expr, ExprContext, ExprKind, Interner, Node, Operator, Pattern, PatternKind, StmtKind,
    UnaryOp,
};
use std::fmt;

/// A rule that trees keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// The source is as long as is said.
    SourceLength,
    /// A range begins before it ends, and within the source.
    Range,
    /// A range begins and ends between characters.
    CharBoundary,
    /// An expression's context fits its place.
    Context {
        /// The context of the place.
        expected: ExprContext,
        /// The expression's.
        found: ExprContext,
    },
    /// What is assigned to or deleted can be.
    Target,
    /// The target is a plain name.
    NameTarget,
    /// The sequence in this field has at least so many items.
    TooFew {
        /// The field.
        field: &'static str,
        /// How many it needs.
        least: usize,
    },
    /// Sequences that belong together are of equal lengths.
    Lengths,
    /// There are no more defaults than parameters.
    Defaults,
    /// `try` has handlers or `finally`, and `else` only with handlers.
    TryParts,
    /// `except*` names what it handles.
    HandlerType,
    /// A name is an identifier, or dotted where modules are named.
    Name,
    /// A name is no constant's.
    ConstantName,
    /// `from` names a module or counts dots.
    ImportSource,
    /// The value of a singleton pattern is `None`, `True` or `False`.
    Singleton,
    /// The value of a pattern is a number, a string or an attribute.
    PatternValue,
    /// A starred pattern stands directly in a sequence.
    StarPattern,
    /// A pattern that is bound has a name.
    BoundPattern,
    /// A format specification is a formatted string, or a string where preprocessing made it.
    FormatSpec,
    /// A string's kind is `u`, and nothing else has one.
    ConstantKind,
    /// A float is a number.
    Nan,
    /// The text of an interpolation is a string.
    InterpolationText,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rule::SourceLength => "the source is not as long as is said",
            Rule::Range => "a range outside of the source",
            Rule::CharBoundary => "a range that cuts a character",
            Rule::Context { expected, found } => {
                return write!(f, "context {found:?} where {expected:?} fits");
            }
            Rule::Target => "not a target",
            Rule::NameTarget => "the target must be a name",
            Rule::TooFew { field, least } => return write!(f, "{field} needs {least} or more"),
            Rule::Lengths => "sequences of different lengths",
            Rule::Defaults => "more defaults than parameters",
            Rule::TryParts => "the parts of try do not fit",
            Rule::HandlerType => "except* without a type",
            Rule::Name => "not an identifier",
            Rule::ConstantName => "the name of a constant",
            Rule::ImportSource => "neither a module nor dots",
            Rule::Singleton => "not a singleton",
            Rule::PatternValue => "not the value of a pattern",
            Rule::StarPattern => "a starred pattern out of place",
            Rule::BoundPattern => "a pattern bound to no name",
            Rule::FormatSpec => "a format specification that is no string",
            Rule::ConstantKind => "a kind that the constant cannot have",
            Rule::Nan => "a float that is not a number",
            Rule::InterpolationText => "an interpolation without its text",
        })
    }
}

/// Checks a node by itself.
pub(super) fn check(node: Node<'_>) -> Result<(), Rule> {
    check_counts(node)?;
    match node {
        Node::Stmt(stmt) => check_stmt(stmt.kind),
        Node::Expr(expr) => check_expr(expr.kind),
        Node::Pattern(pattern) => check_pattern(pattern.kind),
        Node::Arguments(args) => {
            need(args.kw_defaults.len() == args.kwonlyargs.len(), Rule::Lengths)?;
            need(args.defaults.len() <= args.posonlyargs.len() + args.args.len(), Rule::Defaults)
        }
        Node::MatchCase(case) => need(!is_star(&case.pattern), Rule::StarPattern),
        _ => Ok(()),
    }
}

fn need(kept: bool, rule: Rule) -> Result<(), Rule> {
    if kept { Ok(()) } else { Err(rule) }
}

/// The least number of items of a field's sequence.
const fn least(class: Class, field: usize) -> usize {
    match (class, field) {
        (Class::BoolOp, 1) | (Class::MatchOr, 0) => 2,
        (Class::FunctionDef | Class::AsyncFunctionDef, 2)
        | (Class::ClassDef, 3)
        | (Class::Delete | Class::Assign, 0)
        | (Class::For | Class::AsyncFor, 2)
        | (Class::While | Class::If, 1)
        | (Class::With | Class::AsyncWith, 0 | 1)
        | (Class::Match, 1)
        | (Class::Try | Class::TryStar, 0)
        | (Class::Import | Class::Global | Class::Nonlocal, 0)
        | (Class::ImportFrom, 1)
        | (Class::Set, 0)
        | (Class::ListComp | Class::SetComp | Class::GeneratorExp, 1)
        | (Class::DictComp, 2)
        | (Class::Compare, 1)
        | (Class::ExceptHandler | Class::MatchCase, 2) => 1,
        _ => 0,
    }
}

fn check_counts(node: Node<'_>) -> Result<(), Rule> {
    let class = node.class();
    for (index, (value, field)) in node.fields().zip(class.info().fields).enumerate() {
        let least = least(class, index);
        if let Value::List(list) = value {
            need(list.len() >= least, Rule::TooFew { field: field.name, least })?;
        }
    }
    Ok(())
}

fn check_stmt(stmt: StmtKind<'_>) -> Result<(), Rule> {
    let single = |target: &Expr<'_>| {
        let fits = matches!(
            target.kind,
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript(_)
        );
        need(fits, Rule::Target)
    };
    match stmt {
        StmtKind::AugAssign(stmt) => single(&stmt.target),
        StmtKind::AnnAssign(stmt) => {
            single(&stmt.target)?;
            need(!stmt.simple || is_name(&stmt.target), Rule::NameTarget)
        }
        StmtKind::TypeAlias(stmt) => need(is_name(&stmt.name), Rule::NameTarget),
        StmtKind::Try(stmt) => {
            need(!stmt.handlers.is_empty() || !stmt.finalbody.is_empty(), Rule::TryParts)?;
            need(!stmt.handlers.is_empty() || stmt.orelse.is_empty(), Rule::TryParts)
        }
        StmtKind::TryStar(stmt) => {
            need(!stmt.handlers.is_empty() || !stmt.finalbody.is_empty(), Rule::TryParts)?;
            need(!stmt.handlers.is_empty() || stmt.orelse.is_empty(), Rule::TryParts)?;
            need(stmt.handlers.iter().all(|handler| handler.type_.is_some()), Rule::HandlerType)
        }
        StmtKind::ImportFrom(stmt) => {
            need(stmt.module.is_some() || stmt.level.is_some_and(|level| level > 0), Rule::ImportSource)
        }
        _ => Ok(()),
    }
}

fn is_name(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Name { .. })
}

fn check_expr(expr: ExprKind<'_>) -> Result<(), Rule> {
    let format_spec = |spec: &Option<Expr<'_>>| {
        let fits = spec.is_none_or(|spec| match spec.kind {
            ExprKind::JoinedStr(_) => true,
            ExprKind::Constant(constant) => matches!(constant.value, Constant::Str(_)),
            _ => false,
        });
        need(fits, Rule::FormatSpec)
    };
    match expr {
        ExprKind::NamedExpr(expr) => need(is_name(&expr.target), Rule::NameTarget),
        ExprKind::Dict(dict) => need(dict.keys.len() == dict.values.len(), Rule::Lengths),
        ExprKind::Compare(compare) => need(compare.ops.len() == compare.comparators.len(), Rule::Lengths),
        ExprKind::FormattedValue(value) => format_spec(&value.format_spec),
        ExprKind::Interpolation(value) => {
            need(matches!(value.str, Constant::Str(_)), Rule::InterpolationText)?;
            format_spec(&value.format_spec)
        }
        ExprKind::Constant(constant) => {
            let string = matches!(constant.value, Constant::Str(_));
            need(constant.kind.is_none_or(|kind| kind == "u" && string), Rule::ConstantKind)?;
            match constant.value {
                Constant::Float(value) => need(!value.is_nan(), Rule::Nan),
                Constant::Complex(value) => need(!value.real.is_nan() && !value.imag.is_nan(), Rule::Nan),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn is_star(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { .. })
}

fn check_pattern(pattern: PatternKind<'_>) -> Result<(), Rule> {
    let no_star = |patterns: &[Pattern<'_>]| need(!patterns.iter().any(is_star), Rule::StarPattern);
    match pattern {
        PatternKind::MatchValue { value } => need(is_pattern_value(value), Rule::PatternValue),
        PatternKind::MatchSingleton(pattern) => {
            let fits = matches!(pattern.value, Constant::None | Constant::True | Constant::False);
            need(fits, Rule::Singleton)
        }
        PatternKind::MatchMapping(pattern) => {
            need(pattern.keys.len() == pattern.patterns.len(), Rule::Lengths)?;
            let singleton = |key: &Expr<'_>| match key.kind {
                ExprKind::Constant(constant) => {
                    matches!(constant.value, Constant::None | Constant::True | Constant::False)
                }
                _ => false,
            };
            need(pattern.keys.iter().all(|key| singleton(key) || is_pattern_value(key)), Rule::PatternValue)?;
            no_star(pattern.patterns)
        }
        PatternKind::MatchClass(pattern) => {
            need(pattern.kwd_attrs.len() == pattern.kwd_patterns.len(), Rule::Lengths)?;
            no_star(pattern.patterns)?;
            no_star(pattern.kwd_patterns)
        }
        PatternKind::MatchAs { pattern, name } => {
            need(pattern.is_none() || name.is_some(), Rule::BoundPattern)?;
            need(pattern.is_none_or(|pattern| !is_star(pattern)), Rule::StarPattern)
        }
        PatternKind::MatchOr(pattern) => no_star(pattern.patterns),
        // how often a starred pattern may stand in a sequence is looked at by the compiler
        PatternKind::MatchSequence(_) | PatternKind::MatchStar { .. } => Ok(()),
    }
}

/// Whether a pattern may have this value: a literal, a negative or complex number, an attribute, or a
/// formatted string, which only the compiler refuses.
fn is_pattern_value(expr: &Expr<'_>) -> bool {
    let number = |expr: &Expr<'_>| match expr.kind {
        ExprKind::Constant(constant) => {
            matches!(constant.value, Constant::Int(_) | Constant::Float(_) | Constant::Complex(_))
        }
        _ => false,
    };
    let signed = |expr: &Expr<'_>| match expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => number(operand),
        _ => number(expr),
    };
    match expr.kind {
        ExprKind::Constant(constant) => {
            matches!(constant.value, Constant::Str(_) | Constant::Bytes(_)) || number(expr)
        }
        ExprKind::BinOp(binary) => {
            let sum = matches!(binary.op, Operator::Add | Operator::Sub);
            sum && signed(&binary.left) && number(&binary.right)
        }
        ExprKind::Attribute { .. } | ExprKind::JoinedStr(_) | ExprKind::TemplateStr(_) => true,
        _ => signed(expr),
    }
}

/// Checks the names in a node.
pub(super) fn check_names(node: Node<'_>, interner: &Interner) -> Result<(), Rule> {
    let class = node.class();
    for (index, field) in class.info().fields.iter().enumerate() {
        if field.ty != FieldType::Identifier {
            continue;
        }
        match node.field(index) {
            Value::Identifier(name) => check_name(class, index, interner.resolve(name))?,
            Value::List(list) => {
                for item in list.items() {
                    if let Value::Identifier(name) = item {
                        check_name(class, index, interner.resolve(name))?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_name(class: Class, field: usize, name: &str) -> Result<(), Rule> {
    let fits = match (class, field) {
        (Class::Alias, 0) => name == "*" || name.split('.').all(is_identifier),
        (Class::ImportFrom, 0) => name.split('.').all(is_identifier),
        _ => is_identifier(name),
    };
    need(fits, Rule::Name)?;
    // attributes and keywords are looked at by the compiler
    let free = matches!(class, Class::Attribute | Class::Keyword | Class::MatchClass);
    need(free || !matches!(name, "None" | "True" | "False"), Rule::ConstantName)
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| taipan_unicode::is_identifier_start(first.into()))
        && chars.all(|c| taipan_unicode::is_identifier_continue(c.into()))
}
