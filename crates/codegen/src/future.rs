//! `from __future__ import ...` at the head of a module.

use taipan_ast::{Constant, Expr, ExprKind, Interner, Mod, Stmt, StmtImportFrom, StmtKind};
use taipan_bytecode_format::CodeFlags;

/// The features that the module's head imports and that still change something, as bits of `co_flags`.
pub fn features(module: &Mod<'_>, interner: &Interner) -> u32 {
    let names = head(module, interner).flat_map(|(_, import)| import.names);
    names.fold(0, |features, alias| {
        features
            | match interner.resolve(alias.name) {
                "annotations" => CodeFlags::FUTURE_ANNOTATIONS,
                "barry_as_FLUFL" => CodeFlags::FUTURE_BARRY_AS_BDFL,
                _ => 0,
            }
    })
}

/// The future imports that stand where they may: first, but for a docstring.
pub(crate) fn head<'m, 'a>(
    module: &'m Mod<'a>,
    interner: &'m Interner,
) -> impl Iterator<Item = (&'a Stmt<'a>, &'a StmtImportFrom<'a>)> + use<'m, 'a> {
    let body: &'a [Stmt<'a>] = match *module {
        Mod::Module(node) => node.body,
        Mod::Interactive(node) => node.body,
        Mod::Expression(_) | Mod::FunctionType(_) => &[],
    };
    let skipped = usize::from(has_docstring(body));
    body.iter().skip(skipped).map_while(|stmt| Some((stmt, future_import(stmt, interner)?)))
}

/// A statement as a future import.
pub(crate) fn future_import<'a>(stmt: &Stmt<'a>, interner: &Interner) -> Option<&'a StmtImportFrom<'a>> {
    let StmtKind::ImportFrom(node) = stmt.kind else { return None };
    let is_future = node.module.is_some_and(|module| interner.resolve(module) == "__future__");
    (is_future && node.level.unwrap_or(0) == 0).then_some(node)
}

/// Whether a body begins with a docstring.
pub(crate) fn has_docstring(body: &[Stmt<'_>]) -> bool {
    let Some(StmtKind::Expr { value: Expr { kind: ExprKind::Constant(node), .. } }) =
        body.first().map(|stmt| stmt.kind)
    else {
        return false;
    };
    matches!(node.value, Constant::Str(_))
}
