//! Every construct of the grammar beside the tree that the reference interpreter gives for it.
//!
//! `fixtures/parser/AREA/CONSTRUCT.py` has its golden in the `.dump` beside it: `ast.dump(tree,
//! indent=1)` of CPython 3.14, an empty line, and the range of each node in the order of a walk. The
//! file's name tells the mode in `mode/`; type comments count in `type_comment/`. To renew a golden,
//! set `TAIPAN_ACCEPT=1`, and hold the change beside the reference with `taipan-parity ast`.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use taipan_ast::dump::{DumpOptions, dump};
use taipan_ast::view::preorder;
use taipan_ast::{Interner, Mod, Node};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, arena_for, parse};
use taipan_span::{LineIndex, Span};

type Outcome = Result<(), Box<dyn Error>>;

fn mode_of(path: &Path) -> Mode {
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split('_').next() {
        _ if !in_folder(path, "mode") => Mode::Exec,
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        Some("func") => Mode::FuncType,
        _ => Mode::Exec,
    }
}

fn in_folder(path: &Path, folder: &str) -> bool {
    path.parent().is_some_and(|parent| parent.ends_with(folder))
}

/// The golden text of a source.
fn answer(path: &Path, text: &str) -> Result<String, Box<dyn Error>> {
    let mode = mode_of(path);
    let type_comments = in_folder(path, "type_comment");
    let source = Source::from_str(text, mode).map_err(|error| format!("{error:?}"))?;
    let lexed = lex(&source, &LexOptions { mode, type_comments, ..LexOptions::default() });
    let options = ParseOptions { mode, type_comments, ..ParseOptions::default() };
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::new();
    let parsed = parse(&source, &lexed, &options, &arena, &mut interner)
        .map_err(|diagnostic| format!("{}: {}", path.display(), diagnostic.message))?;
    let lines = LineIndex::new(source.text().as_bytes());
    let options = DumpOptions { indent: Some(" "), ..DumpOptions::default() };
    let mut answer = dump(&parsed.module, &interner, &lines, &options);
    answer.push_str("\n\n");
    ranges(&parsed.module, &lines, &mut answer)?;
    check_ranges(Node::Mod(&parsed.module), source.text());
    Ok(answer)
}

fn ranges(module: &Mod<'_>, lines: &LineIndex, out: &mut String) -> std::fmt::Result {
    for node in preorder(Node::Mod(module)) {
        if let Some(Span { start, end }) = node.span() {
            let (start, end) = (lines.locate(start), lines.locate(end));
            let name = node.class().info().name;
            writeln!(out, "{name} {}:{}-{}:{}", start.line, start.column, end.line, end.column)?;
        }
    }
    Ok(())
}

/// Ranges are in bounds and on character boundaries.
fn check_ranges(root: Node<'_>, text: &str) {
    for node in preorder(root) {
        if let Some(span) = node.span() {
            assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?}");
        }
    }
}

fn sources() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/parser");
    let mut sources = Vec::new();
    for area in std::fs::read_dir(root)? {
        for file in std::fs::read_dir(area?.path())? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "py") {
                sources.push(path);
            }
        }
    }
    sources.sort();
    Ok(sources)
}

#[test]
fn every_fixture_has_the_tree_of_the_reference() -> Outcome {
    let accept = std::env::var_os("TAIPAN_ACCEPT").is_some();
    let sources = sources()?;
    assert!(!sources.is_empty());
    for path in sources {
        let answer = answer(&path, &std::fs::read_to_string(&path)?)?;
        let golden = path.with_extension("dump");
        if accept {
            std::fs::write(&golden, answer)?;
            continue;
        }
        let expected = std::fs::read_to_string(&golden)?;
        for (number, (ours, theirs)) in answer.lines().zip(expected.lines()).enumerate() {
            assert_eq!(ours, theirs, "{}:{}", golden.display(), number + 1);
        }
        assert_eq!(answer.lines().count(), expected.lines().count(), "{}", golden.display());
    }
    Ok(())
}
