//! The check of `from __future__ import ...` at the head of a module, which CPython makes of the tree
//! before it hands it out.

use crate::errors::SyntaxErrorKind;
use taipan_ast::{Alias, Constant, Expr, ExprKind, Interner, Mod, Stmt, StmtKind};
use taipan_diagnostics::{Diagnostic, ErrorClass, Location};
use taipan_span::LineIndex;

/// The features that CPython 3.14 knows, `braces` apart.
const FEATURES: &[&str] = &[
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

/// The first future import that names no feature.
pub(crate) fn check(module: &Mod<'_>, interner: &Interner, source: &str) -> Option<Diagnostic> {
    let body = match module {
        Mod::Module(node) => node.body,
        Mod::Interactive(node) => node.body,
        Mod::Expression(_) | Mod::FunctionType(_) => return None,
    };
    let body = if body.first().is_some_and(is_docstring) { body.get(1..)? } else { body };
    let unknown = body.iter().map_while(|stmt| future_names(stmt, interner)).flatten().find_map(|alias| {
        let name = interner.resolve(alias.name);
        (!FEATURES.contains(&name)).then_some((alias, name))
    });
    unknown.map(|(alias, name)| {
        let error = match name {
            "braces" => SyntaxErrorKind::NotAChance,
            name => SyntaxErrorKind::UnknownFeature { name: name.to_owned() },
        };
        diagnostic(alias, &error, source)
    })
}

fn is_docstring(stmt: &Stmt<'_>) -> bool {
    let StmtKind::Expr { value: Expr { kind: ExprKind::Constant(node), .. } } = stmt.kind else {
        return false;
    };
    matches!(node.value, Constant::Str(_))
}

/// The names of a future import; none for any other statement.
fn future_names<'a>(stmt: &Stmt<'a>, interner: &Interner) -> Option<&'a [Alias<'a>]> {
    let StmtKind::ImportFrom(node) = stmt.kind else { return None };
    let module = interner.resolve(node.module?);
    (module == "__future__" && node.level.unwrap_or(0) == 0).then_some(node.names)
}

fn diagnostic(alias: &Alias<'_>, error: &SyntaxErrorKind, source: &str) -> Diagnostic {
    let lines = LineIndex::new(source.as_bytes());
    let (start, end) = (lines.locate(alias.span.start), lines.locate(alias.span.end));
    let location = Location {
        lineno: start.line.into(),
        offset: i64::from(start.column) + 1,
        end_lineno: end.line.into(),
        end_offset: i64::from(end.column) + 1,
        text: None,
    };
    Diagnostic { class: ErrorClass::Syntax, message: error.to_string(), location: Some(location) }
}
