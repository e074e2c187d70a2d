//! Symbol tables beside those of the reference's `symtable` module: every scope and every symbol.

use crate::Request;
use crate::reference::{Frame, Reference};
use crate::report::Report;
use std::fmt::Write;
use std::io;
use taipan_ast::{Interner, Mod, StmtKind};
use taipan_codegen::symtable::{ScopeId, Symtable, SymtableOptions};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, arena_for, parse};
use taipan_span::LineIndex;

/// Compares all files; true if all are equal.
pub fn run(request: &Request) -> io::Result<bool> {
    let mut report = Report::new("symtable", request.show, request.out.as_deref())?;
    let mut reference = Reference::start(&request.python, "symtable.py", &request.files)?;
    while let Some(frame) = reference.next_frame()? {
        match difference(&frame)? {
            None => report.equal(),
            Some(difference) => report.differs(&format!("{}: {difference}", frame.path.display()))?,
        }
    }
    report.finish()
}

/// The first difference, if there is one.
fn difference(frame: &Frame) -> io::Result<Option<String>> {
    let expected = String::from_utf8_lossy(&frame.text);
    let actual = match listing(&std::fs::read(&frame.path)?) {
        Ok(listing) => listing,
        Err(error) => return Ok(Some(error)),
    };
    if actual == expected {
        return Ok(None);
    }
    let mut lines = expected.lines().zip(actual.lines()).enumerate();
    Ok(Some(match lines.find(|(_, (expected, actual))| expected != actual) {
        Some((row, (expected, actual))) => {
            format!("scope {row}\n  reference: {expected}\n  taipan:    {actual}")
        }
        None => "one has scopes that the other has not".to_owned(),
    }))
}

/// The listing of `reference/symtable.py`.
fn listing(bytes: &[u8]) -> Result<String, String> {
    let source = Source::from_bytes(bytes, Mode::Exec).map_err(|error| error.to_string())?;
    let lexed = lex(&source, &LexOptions::default());
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::for_source(source.text().len());
    let parsed = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner);
    let parsed = parsed.map_err(|diagnostic| diagnostic.message)?;
    let options = SymtableOptions {
        future_annotations: imports_annotations(&parsed.module, &interner),
        ..SymtableOptions::default()
    };
    let table =
        Symtable::build(&parsed.module, &mut interner, options).map_err(|error| error.kind.to_string())?;
    let lines = LineIndex::new(source.text().as_bytes());
    let mut out = String::new();
    write_scope(&table, table.top(), 0, &interner, &lines, &mut out);
    Ok(out)
}

/// Whether a module says `from __future__ import annotations`.
fn imports_annotations(module: &Mod<'_>, interner: &Interner) -> bool {
    let Mod::Module(node) = module else { return false };
    node.body.iter().any(|stmt| match stmt.kind {
        StmtKind::ImportFrom(node) => {
            node.module.is_some_and(|module| interner.resolve(module) == "__future__")
                && node.names.iter().any(|alias| interner.resolve(alias.name) == "annotations")
        }
        _ => false,
    })
}

fn write_scope(
    table: &Symtable,
    id: ScopeId,
    depth: usize,
    interner: &Interner,
    lines: &LineIndex,
    out: &mut String,
) {
    let scope = table.scope(id);
    let line = if id == table.top() { 0 } else { lines.line(scope.span.start) };
    let parameters: Vec<&str> = scope.parameters.iter().map(|name| interner.resolve(*name)).collect();
    let mut symbols: Vec<(&str, u32)> =
        scope.symbols.iter().map(|(name, symbol)| (interner.resolve(*name), symbol.number())).collect();
    symbols.sort();
    let symbols: Vec<String> = symbols.iter().map(|(name, number)| format!("{name}={number}")).collect();
    let _ = writeln!(
        out,
        "{:indent$}{} {} {line} {} ({}) {}",
        "",
        interner.resolve(scope.name),
        scope.kind as u8,
        u8::from(scope.nested),
        parameters.join(" "),
        symbols.join(" "),
        indent = depth * 2,
    );
    for child in &scope.children {
        write_scope(table, *child, depth + 1, interner, lines, out);
    }
}
