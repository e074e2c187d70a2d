//! Symbol tables as text and as JSON.

use serde_json::{Value, json};
use std::fmt::Write;
use taipan_ast::Interner;
use taipan_codegen::symtable::{Resolution, Scope, ScopeId, ScopeKind, Symbol, Symtable, flag};
use taipan_span::LineIndex;

fn kind(kind: ScopeKind) -> &'static str {
    match kind {
        ScopeKind::Function => "function",
        ScopeKind::Class => "class",
        ScopeKind::Module => "module",
        ScopeKind::Annotation => "annotation",
        ScopeKind::TypeAlias => "type alias",
        ScopeKind::TypeParameters => "type parameters",
        ScopeKind::TypeVariable => "type variable",
    }
}

fn place(symbol: Symbol) -> &'static str {
    match symbol.resolution {
        Some(Resolution::Local) => "local",
        Some(Resolution::GlobalExplicit) => "global",
        Some(Resolution::GlobalImplicit) => "implicit global",
        Some(Resolution::Free) => "free",
        Some(Resolution::Cell) => "cell",
        None => "unknown",
    }
}

const FACTS: &[(u32, &str)] = &[
    (flag::GLOBAL, "declared global"),
    (flag::LOCAL, "bound"),
    (flag::PARAM, "parameter"),
    (flag::NONLOCAL, "nonlocal"),
    (flag::USE, "used"),
    (flag::FREE_CLASS, "free in a method"),
    (flag::IMPORT, "imported"),
    (flag::ANNOT, "annotated"),
    (flag::COMP_ITER, "loop variable"),
    (flag::TYPE_PARAM, "type parameter"),
    (flag::COMP_CELL, "cell of a comprehension"),
];

fn facts(symbol: Symbol) -> Vec<&'static str> {
    FACTS.iter().filter(|(bits, _)| symbol.is(*bits)).map(|(_, name)| *name).collect()
}

fn line(table: &Symtable, id: ScopeId, lines: &LineIndex) -> u32 {
    if id == table.top() { 0 } else { lines.line(table.scope(id).span.start) }
}

/// The symbols in the order of their names.
fn symbols<'s>(scope: &Scope, interner: &'s Interner) -> Vec<(&'s str, Symbol)> {
    let mut symbols: Vec<_> =
        scope.symbols.iter().map(|(name, symbol)| (interner.resolve(*name), *symbol)).collect();
    symbols.sort_by_key(|(name, _)| *name);
    symbols
}

/// A line for each scope and for each symbol, scopes in it indented.
pub fn text(table: &Symtable, interner: &Interner, lines: &LineIndex) -> String {
    let mut out = String::new();
    let mut pending = vec![(table.top(), 0)];
    while let Some((id, depth)) = pending.pop() {
        let scope = table.scope(id);
        let name = interner.resolve(scope.name);
        let nested = if scope.nested { ", nested" } else { "" };
        let line = line(table, id, lines);
        let _ = writeln!(out, "{:depth$}{} {name}, line {line}{nested}", "", kind(scope.kind));
        for (name, symbol) in symbols(scope, interner) {
            let facts = facts(symbol).join(", ");
            let indent = depth + 2;
            let _ = writeln!(out, "{:indent$}- {name}: {}, {facts}", "", place(symbol));
        }
        pending.extend(scope.children.iter().rev().map(|child| (*child, depth + 2)));
    }
    out
}

/// The scopes as a tree of objects. Scopes may nest as deep as their source does.
pub fn json(table: &Symtable, interner: &Interner, lines: &LineIndex) -> Value {
    scope_json(table, table.top(), interner, lines)
}

fn scope_json(table: &Symtable, id: ScopeId, interner: &Interner, lines: &LineIndex) -> Value {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
        let scope = table.scope(id);
        let symbols: Vec<Value> = symbols(scope, interner)
            .into_iter()
            .map(|(name, symbol)| {
                let facts = facts(symbol);
                json!({ "name": name, "scope": place(symbol), "facts": facts, "flags": symbol.number() })
            })
            .collect();
        let children: Vec<Value> =
            scope.children.iter().map(|child| scope_json(table, *child, interner, lines)).collect();
        let parameters: Vec<&str> = scope.parameters.iter().map(|name| interner.resolve(*name)).collect();
        json!({
            "type": kind(scope.kind),
            "name": interner.resolve(scope.name),
            "line": line(table, id, lines),
            "nested": scope.nested,
            "parameters": parameters,
            "symbols": symbols,
            "children": children,
        })
    })
}
