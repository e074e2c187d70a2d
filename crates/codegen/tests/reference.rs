//! The generator beside the reference's compiler: equal code objects for every fixture, byte for byte.
//!
//! `fixtures/codegen/reference.bin` is made by `python3.14 -W ignore tests/parity/reference/bytecode.py
//! fixtures/codegen/reference.bin fixtures/codegen fixtures/bytecode/constructs.py`. The whole library is
//! compared by `cargo xtask parity bytecode`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use taipan_artifact::Limits;
use taipan_ast::{Arena, Interner};
use taipan_bytecode_format::marshal::{Dialect, read_const};
use taipan_bytecode_format::{Code, Const, verify};
use taipan_codegen::{CompileOptions, compile};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse};
use taipan_span::LineIndex;
use taipan_wtf8::Wtf8;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Paths and code objects of the reference.
fn reference() -> Vec<(String, Arc<Code>)> {
    let bytes = std::fs::read(root().join("fixtures/codegen/reference.bin")).unwrap();
    let mut rest = bytes.as_slice();
    let mut part = || {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (part, tail) = tail.split_at(u32::from_le_bytes(*length) as usize);
        rest = tail;
        Some(part)
    };
    let mut modules = Vec::new();
    while let Some(path) = part() {
        let path = String::from_utf8_lossy(path).into_owned();
        let constant = read_const(part().unwrap(), Dialect::Reference, Limits::default());
        let Ok(Const::Code(code)) = constant else { panic!("{path}: {constant:?}") };
        part();
        modules.push((path, code.whole().clone()));
    }
    modules
}

fn compile_fixture(path: &str, optimize: u8) -> Code {
    let bytes = std::fs::read(root().join(path)).unwrap();
    let source = Source::from_bytes(&bytes, Mode::Exec).unwrap();
    let lexed = lex(&source, &LexOptions::default());
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let module = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner).unwrap().module;
    let lines = LineIndex::new(source.text().as_bytes());
    let name = path.rsplit('/').next().unwrap();
    let options = CompileOptions { optimize, ..CompileOptions::default() };
    let mut warnings = Vec::new();
    compile(module, &lines, Wtf8::from_str(name), options, &arena, &mut interner, &mut warnings).unwrap()
}

/// A code object as text, with what has no order in a fixed one.
fn text(code: &Code) -> String {
    fn sorted(constant: &mut Const) {
        match constant {
            Const::FrozenSet(values) => values.sort_by_key(|value| format!("{value:?}")),
            Const::Tuple(values) => values.iter_mut().for_each(sorted),
            Const::Code(code) => *code = with_sorted(code).into(),
            _ => {}
        }
    }
    fn with_sorted(code: &Code) -> Code {
        let mut code = code.clone();
        code.consts.iter_mut().for_each(sorted);
        code
    }
    format!("{:#?}", with_sorted(code))
}

#[test]
fn code_objects_are_those_of_the_reference() {
    let modules = reference();
    assert!(modules.len() >= 8);
    for (path, expected) in modules {
        let own = compile_fixture(&path, 0);
        verify::verify_all(&own).unwrap_or_else(|error| panic!("{path}: {error}"));
        let (expected, own) = (text(&expected), text(&own));
        let row = expected.lines().zip(own.lines()).position(|(expected, own)| expected != own);
        let shown = |text: &str| text.lines().nth(row.unwrap_or(0)).unwrap_or("").to_owned();
        assert!(expected == own, "{path}: line {row:?}: {} and {}", shown(&expected), shown(&own));
    }
}

#[test]
fn optimizing_leaves_out_asserts_and_then_docstrings() {
    let path = "fixtures/codegen/functions.py";
    let docstring = |level| {
        let code = compile_fixture(path, level);
        let many = code.consts.iter().find_map(|constant| match constant {
            Const::Code(code) if code.name.as_wtf8().as_str() == Some("many") => Some(code.whole().clone()),
            _ => None,
        });
        many.unwrap().flags.has(taipan_bytecode_format::CodeFlags::HAS_DOCSTRING)
    };
    assert!(docstring(0) && docstring(1) && !docstring(2));
    let asserts = |level| {
        let code = compile_fixture("fixtures/codegen/loops.py", level);
        taipan_bytecode_format::dis::text(&Arc::new(code)).contains("LOAD_COMMON_CONSTANT")
    };
    assert!(asserts(0) && !asserts(1) && !asserts(2));
}

#[test]
fn order_and_threads_change_nothing() {
    let paths: Vec<String> = reference().into_iter().map(|(path, _)| path).collect();
    let all = |paths: Vec<String>| -> Vec<(String, String)> {
        paths.into_iter().map(|path| (path.clone(), format!("{:?}", compile_fixture(&path, 0)))).collect()
    };
    let once = all(paths.clone());
    let mut backward = paths.clone();
    backward.reverse();
    let (front, back) = paths.split_at(paths.len() / 2);
    let (front, back) = (front.to_vec(), back.to_vec());
    let threads = [std::thread::spawn(move || all(front)), std::thread::spawn(move || all(back))];
    let mut threaded: Vec<(String, String)> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    let mut reversed = all(backward);
    threaded.sort();
    reversed.sort();
    let mut once = once;
    once.sort();
    assert_eq!(once, reversed);
    assert_eq!(once, threaded);
}
