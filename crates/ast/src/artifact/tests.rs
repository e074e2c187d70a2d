//! The three forms of one tree that has every class of nodes, and damage to them.
//!
//! `fixtures/ast/every_class.*` are goldens: `.dump` is the reference interpreter's, the others are
//! renewed from the text form by `TAIPAN_RENEW=1 cargo test -p taipan-ast`.

mod junk;

use super::*;
use crate::dump::{DumpOptions, dump};
use crate::view::preorder;
use crate::{Class, Expr, ExprContext, ExprKind, ModExpression, Node};
use std::collections::HashSet;
use taipan_artifact::{Artifact, ArtifactBuilder, ReadError, SectionId, SourceHash, mutate};
use taipan_span::Span;
use taipan_wtf8::Wtf8Buf;

const TEXT: &[u8] = include_bytes!("../../../../fixtures/ast/every_class.txt");
const JSON: &[u8] = include_bytes!("../../../../fixtures/ast/every_class.json");
const BINARY: &[u8] = include_bytes!("../../../../fixtures/ast/every_class.ast");
const DUMP: &str = include_str!("../../../../fixtures/ast/every_class.dump");

fn read(bytes: &[u8]) -> Result<(), TreeError> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    Tree::read(bytes, Limits::default(), &arena, &mut interner).map(drop)
}

/// Reads a tree in any form and writes it in one.
fn convert(bytes: &[u8], form: Form) -> Vec<u8> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    // what else is interned must not show
    interner.intern("unrelated");
    Tree::read(bytes, Limits::default(), &arena, &mut interner).unwrap().write(form, &interner)
}

#[test]
fn the_forms_of_format_version_1_load_and_are_written_again() {
    if std::env::var_os("TAIPAN_RENEW").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/ast");
        for (form, name) in [(Form::Text, "txt"), (Form::Json, "json"), (Form::Binary, "ast")] {
            std::fs::write(format!("{folder}/every_class.{name}"), convert(TEXT, form)).unwrap();
        }
        return;
    }
    for bytes in [TEXT, JSON, BINARY] {
        assert!(convert(bytes, Form::Text) == TEXT);
        assert!(convert(bytes, Form::Json) == JSON);
        assert!(convert(bytes, Form::Binary) == BINARY);
    }
}

#[test]
fn the_sample_has_every_class_of_a_module() {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let tree = Tree::read(TEXT, Limits::default(), &arena, &mut interner).unwrap();
    let seen: HashSet<Class> = preorder(Node::Mod(&tree.module)).map(Node::class).collect();
    let missing: Vec<_> = Class::ALL.iter().filter(|class| !seen.contains(class)).collect();
    assert_eq!(missing, [&Class::Interactive, &Class::Expression, &Class::FunctionType, &Class::TypeIgnore]);
}

#[test]
fn the_dump_is_that_of_the_reference() {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let tree = Tree::read(TEXT, Limits::default(), &arena, &mut interner).unwrap();
    let lines = tree.info.line_index();
    let options = DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
    assert!(dump(&tree.module, &interner, &lines, &options) + "\n" == DUMP);
}

#[test]
fn other_modules_read_back_in_every_form() {
    for module in [
        "(Interactive ())",
        "(Expression (Name 0..1 \"x\" Load))",
        "(FunctionType () (Name 0..1 \"x\" Load))",
        "(Module () ((TypeIgnore 1 \"[a]\")))",
    ] {
        let text = format!(
            "(ast 1 3.14 (producer 0 1 0) (name \"\\u{{dcff}}\") (hash {:032x}) (options 14 2 true true) (source 1) (lines) {module})",
            7
        );
        let text = convert(text.as_bytes(), Form::Text);
        for form in [Form::Json, Form::Binary] {
            let bytes = convert(&text, form);
            assert_eq!(convert(&bytes, form), bytes);
            assert_eq!(convert(&bytes, Form::Text), text);
        }
    }
}

#[test]
fn positions_and_source_can_be_stripped() {
    let artifact = Artifact::read(BINARY, Kind::Tree, Limits::default()).unwrap();
    let bytes = artifact.strip(|id| id != SectionId::POSITIONS && id != SectionId::SOURCE);
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let tree = Tree::read(&bytes, Limits::default(), &arena, &mut interner).unwrap();
    assert_eq!(tree.info.source, None);
    assert!(preorder(Node::Mod(&tree.module)).all(|node| node.span().is_none_or(Span::is_empty)));
    assert_reads_back(&bytes);
}

/// Checks that an artifact survives all forms.
fn assert_reads_back(bytes: &[u8]) {
    for form in [Form::Text, Form::Json, Form::Binary] {
        assert!(convert(&convert(bytes, form), Form::Binary) == bytes, "{form:?}");
    }
}

#[test]
fn lines_stay_where_the_source_is_stripped() {
    let artifact = Artifact::read(BINARY, Kind::Tree, Limits::default()).unwrap();
    let bytes = artifact.strip(|id| id != SectionId::SOURCE);
    assert_reads_back(&bytes);
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let tree = Tree::read(&bytes, Limits::default(), &arena, &mut interner).unwrap();
    let options = DumpOptions { include_attributes: true, indent: Some(" "), ..DumpOptions::default() };
    assert!(dump(&tree.module, &interner, &tree.info.line_index(), &options) + "\n" == DUMP);
}

#[test]
fn lines_that_are_not_the_sources_are_refused() {
    // where the source is there the text forms leave them out
    let replaced = |bytes: &[u8], from, to| String::from_utf8_lossy(bytes).replacen(from, to, 1).into_bytes();
    assert!(read(&replaced(TEXT, "(lines)", "(lines 1)")).is_err());
    assert_eq!(read(&replaced(JSON, "\"lines\":[]", "\"lines\":[1]")), Err(TreeError::Lines));
    let artifact = Artifact::read(BINARY, Kind::Tree, Limits::default()).unwrap();
    let mut builder = ArtifactBuilder::new(Kind::Tree, artifact.header.clone());
    for section in artifact.sections() {
        let mut bytes = section.bytes.to_vec();
        if section.id == SectionId::POSITIONS {
            bytes.swap(1, 2);
        }
        builder.section(section.id, bytes);
    }
    assert_eq!(read(&builder.finish()), Err(TreeError::Lines));
}

#[test]
fn other_versions_are_refused_by_name_in_every_form() {
    let replace = |bytes: &[u8], from: &str, to: &str| {
        String::from_utf8_lossy(bytes).replacen(from, to, 1).into_bytes()
    };
    for found in [0, 2] {
        let refused =
            Err(TreeError::Artifact(ReadError::FormatVersion { kind: Kind::Tree, expected: 1, found }));
        assert_eq!(read(&replace(TEXT, "(ast 1", &format!("(ast {found}"))), refused);
        assert_eq!(read(&replace(JSON, "\"format\":1", &format!("\"format\":{found}"))), refused);
        let mut binary = BINARY.to_vec();
        binary[12] = found as u8;
        mutate::repair(&mut binary);
        assert_eq!(read(&binary), refused);
    }
    let language = |bytes: &[u8]| matches!(read(bytes), Err(TreeError::Artifact(ReadError::Language { .. })));
    assert!(language(&replace(TEXT, "3.14", "3.15")));
    assert!(language(&replace(JSON, "3.14", "3.15")));
}

/// A tree of a million levels.
fn deep<'a>(arena: &'a Arena, interner: &mut Interner) -> Tree<'a> {
    let name = interner.intern("x");
    let span = Span::new(0, 1);
    let mut value = Expr { span, kind: ExprKind::Name { id: name, ctx: ExprContext::Load } };
    for _ in 0..1_000_000 {
        value = Expr { span, kind: ExprKind::Await { value: arena.alloc(value) } };
    }
    let module = Mod::Expression(arena.alloc(ModExpression { body: value }));
    let info = TreeInfo::new(Wtf8Buf::new(), SourceHash::of(b"x"), "x", TreeOptions::default());
    Tree { info, module }
}

#[test]
fn a_million_levels_read_back_in_every_form_and_the_limit_holds() {
    let work = || [Form::Binary, Form::Text, Form::Json].into_iter().for_each(check_deep);
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}

fn check_deep(form: Form) {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let bytes = deep(&arena, &mut interner).write(form, &interner);
    assert!(convert(&bytes, form) == bytes);
    let limits = Limits { depth: 1000, ..Limits::default() };
    let error = Tree::read(&bytes, limits, &Arena::new(), &mut Interner::new()).err().unwrap();
    assert!(match error {
        TreeError::Artifact(ReadError::Depth { limit, .. }) => limit == 1000,
        TreeError::Text(error) => error.kind == TextErrorKind::TooDeep,
        TreeError::Json(error) => error.kind == JsonErrorKind::TooDeep,
        _ => false,
    });
}

/// What the fuzz test holds a reader to: no panic, no large allocation, and an accepted tree is
/// written as it was read.
fn oracle(bytes: &[u8], write: impl Fn(&Tree<'_>, &Interner) -> Vec<u8>) -> Result<bool, String> {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let Ok(tree) = Tree::read(bytes, Limits::default(), &arena, &mut interner) else { return Ok(false) };
    let allocated = arena.allocated_bytes();
    if allocated > 4096 + bytes.len() * 64 {
        return Err(format!("{allocated} bytes for an input of {}", bytes.len()));
    }
    // the input's own layout and sections of unknown numbers are not kept
    let again = write(&tree, &interner);
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let Ok(tree) = Tree::read(&again, Limits::default(), &arena, &mut interner) else {
        return Err("what was written does not read back".to_owned());
    };
    if write(&tree, &interner) != again {
        return Err("an accepted tree changes when it is written and read".to_owned());
    }
    Ok(true)
}

#[test]
fn mutants_never_panic_and_accepted_ones_are_written_as_they_were_read() {
    let rounds = std::env::var("TAIPAN_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(6_000);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..rounds {
        // odd seeds leave the bytes of a container as they are, which text always needs
        let (seed, form, random) = match round % 3 {
            0 => (TEXT, Form::Text, round | 1),
            1 => (JSON, Form::Json, round | 1),
            _ => (BINARY, Form::Binary, round),
        };
        let mutant = mutate::mutant(seed, seed, random);
        match oracle(&mutant, |tree, interner| tree.write(form, interner)) {
            Ok(true) => accepted += 1,
            Ok(false) => refused += 1,
            Err(error) => panic!("round {round}: {error}"),
        }
    }
    assert!(accepted > 20 && refused > 1_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn the_fuzz_oracle_can_fail() {
    let forgets_a_byte = |tree: &Tree<'_>, interner: &Interner| {
        let mut bytes = tree.write(Form::Binary, interner);
        bytes.pop();
        bytes
    };
    let renames = |tree: &Tree<'_>, interner: &Interner| {
        let mut tree = tree.clone();
        tree.info.source_name.push_str("x");
        tree.write(Form::Binary, interner)
    };
    assert_eq!(oracle(BINARY, |tree, interner| tree.write(Form::Binary, interner)), Ok(true));
    assert!(oracle(BINARY, forgets_a_byte).is_err());
    assert!(oracle(BINARY, renames).is_err());
}
