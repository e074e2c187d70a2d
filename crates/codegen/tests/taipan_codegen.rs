//! The program `taipan-codegen` as it is used: every route to the same bytes, exit codes, messages.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use taipan_artifact::Limits;
use taipan_ast::artifact::{Form as TreeForm, Tree, TreeInfo, TreeOptions};
use taipan_ast::{Arena, Interner};
use taipan_bytecode_format::{Validation, pyc};
use taipan_codegen::{CompileOptions, compile_tree, header};
use taipan_lexer::artifact::{Form, TokenFile};
use taipan_lexer::{LexOptions, Source, lex};
use taipan_parser::{ParseOptions, parse};
use taipan_wtf8::Wtf8Buf;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/codegen")
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_taipan-codegen"))
        .args(arguments)
        .current_dir(fixtures())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // a child that refuses its command line does not read
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn good(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn every_route_gives_the_same_bytes() {
    for name in ["patterns.py", "classes.py", "future.py"] {
        let bytes = std::fs::read(fixtures().join(name)).unwrap();
        let options = LexOptions::default();
        let source = Source::from_bytes(&bytes, options.mode).unwrap();
        let mut source_name = Wtf8Buf::new();
        source_name.push_str(name);
        let tokens = TokenFile::new(source_name.clone(), &bytes, &source, options, lex(&source, &options));
        let (arena, mut interner) = (Arena::new(), Interner::new());
        let parsed = parse(&source, &tokens.lexed, &ParseOptions::default(), &arena, &mut interner);
        let options = TreeOptions::default();
        let info = TreeInfo::new(source_name, tokens.source_hash, source.text(), options);
        let tree = Tree { info, module: parsed.unwrap().module };
        let from_source = good(&[name], b"");
        for form in [Form::Binary, Form::Text, Form::Json] {
            assert!(good(&["-"], &tokens.write(form)) == from_source, "{name}: tokens, {form:?}");
        }
        for form in [TreeForm::Binary, TreeForm::Text, TreeForm::Json] {
            let written = tree.write(form, &interner);
            assert!(good(&["-"], &written) == from_source, "{name}: tree, {form:?}");
        }
        let options = CompileOptions::default();
        let code = compile_tree(&tree, options, &arena, &mut interner, &mut Vec::new()).unwrap();
        let validation = Validation::Hash { hash: tree.info.source_hash.pyc(), checked: false };
        let in_process = pyc::write(&code, &header(&tree.info, options), validation).unwrap();
        assert!(in_process == from_source, "{name}: in process");
        assert!(pyc::read(&from_source, Limits::default()).is_ok(), "{name}");
    }
}

#[test]
fn a_folder_that_is_mapped_leaves_no_trace() {
    let folder = std::env::temp_dir().join(format!("taipan-codegen-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let copy = folder.join("loops.py");
    std::fs::copy(fixtures().join("loops.py"), &copy).unwrap();
    let remap = format!("{}/=", folder.display());
    let elsewhere = good(&["--remap", &remap, copy.to_str().unwrap()], b"");
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(elsewhere == good(&["loops.py"], b""));
}

#[test]
fn the_kinds_of_validation_are_those_of_pep_552() {
    let flags = |kind: &str| good(&["--invalidation", kind, "loops.py"], b"").get(4).copied();
    assert_eq!(flags("unchecked-hash"), Some(1));
    assert_eq!(flags("checked-hash"), Some(3));
    assert_eq!(flags("timestamp"), Some(0));
}

#[test]
fn text_reads_back_and_json_is_a_tree() {
    let text = good(&["--format", "text", "functions.py"], b"");
    let code = taipan_bytecode_format::assembly::read(std::str::from_utf8(&text).unwrap()).unwrap();
    let (_, _, expected) = pyc::read_unverified(&good(&["functions.py"], b""), Limits::default()).unwrap();
    assert_eq!(format!("{code:?}"), format!("{expected:?}"));
    let json: serde_json::Value =
        serde_json::from_slice(&good(&["--format", "json", "functions.py"], b"")).unwrap();
    assert_eq!(json["name"], "<module>");
}

#[test]
fn scopes_are_shown() {
    let text = String::from_utf8(good(&["--symtable", "-"], b"def f(x):\n  return lambda: x\n")).unwrap();
    assert!(text.contains("  function f, line 1\n    - x: cell, parameter\n"), "{text}");
    let json: serde_json::Value =
        serde_json::from_slice(&good(&["--symtable", "--format", "json", "-"], b"x = 1\n")).unwrap();
    assert_eq!(json["symbols"][0]["name"], "x");
}

#[test]
fn errors_and_warnings_are_written_as_cpython_writes_them() {
    let output = run(&["-"], b"x = 1 is 2\nreturn\n");
    assert_eq!(output.status.code(), Some(1));
    let expected = "<stdin>:1: SyntaxWarning: \"is\" with 'int' literal. Did you mean \"==\"?\n  x = 1 is 2\n  \
                    File \"<stdin>\", line 2\n    return\n    ^^^^^^\nSyntaxError: 'return' outside function\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
    assert_eq!(run(&["nothing.py"], b"").status.code(), Some(2));
    assert_eq!(run(&["--format", "png", "x"], b"").status.code(), Some(2));
}
