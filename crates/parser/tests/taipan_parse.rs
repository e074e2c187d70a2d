//! The program `taipan-parse` from outside: its outputs, its standard streams, its exit codes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use taipan_lexer::artifact::{Form, TokenFile};
use taipan_lexer::{LexOptions, Source, lex};
use taipan_wtf8::Wtf8Buf;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ast").join(name)
}

/// Runs the program in the fixtures' folder with `input` on standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_taipan-parse"))
        .args(arguments)
        .current_dir(fixture("."))
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

/// The standard output of a run that succeeds in silence.
fn good(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = run(arguments, input);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    output.stdout
}

#[test]
fn every_format_is_the_golden() {
    for (format, golden) in [("bin", "ast"), ("text", "txt"), ("json", "json"), ("dump", "dump")] {
        let expected = std::fs::read(fixture(&format!("every_class.{golden}"))).unwrap();
        let from_source = good(&["--type-comments", "--format", format, "every_class.py"], b"");
        assert!(from_source == expected, "{format} from source");
        let from_artifact = good(&["every_class.ast", "--format", format], b"");
        assert!(from_artifact == expected, "{format} from the artifact");
    }
}

#[test]
fn text_and_json_are_told_from_source_by_reading_them() {
    let expected = std::fs::read(fixture("every_class.ast")).unwrap();
    for name in ["every_class.txt", "every_class.json"] {
        assert!(good(&[name], b"") == expected);
        assert!(good(&["--input", "ast", name], b"") == expected);
    }
    // they could be Python as well
    let output = run(&["every_class.json", "--format", "dump", "--input", "source"], b"");
    assert!(output.stdout.starts_with(b"Module(\n body=[\n  Expr(\n   value=Dict("));
    let dump = good(&["-", "--format", "dump"], b"(tok .x)");
    assert!(dump.starts_with(b"Module("), "{dump:?}");
}

#[test]
fn the_route_over_a_token_file_gives_the_same_bytes() {
    let bytes = std::fs::read(fixture("every_class.py")).unwrap();
    let options = LexOptions { type_comments: true, ..LexOptions::default() };
    let source = Source::from_bytes(&bytes, options.mode).unwrap();
    let mut name = Wtf8Buf::new();
    name.push_str("every_class.py");
    let tokens = TokenFile::new(name, &bytes, &source, options, lex(&source, &options));
    for form in [Form::Binary, Form::Text, Form::Json] {
        for (format, golden) in [("bin", "ast"), ("dump", "dump")] {
            let expected = std::fs::read(fixture(&format!("every_class.{golden}"))).unwrap();
            assert!(good(&["-", "--format", format], &tokens.write(form)) == expected, "{form:?} {format}");
        }
    }
}

#[test]
fn errors_are_written_as_cpython_writes_them_or_as_json() {
    let output = run(&["-"], b"x = (1,\n");
    let expected = "  File \"<stdin>\", line 1\n    x = (1,\n        ^\nSyntaxError: '(' was never closed\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
    let output = run(&["-", "--error-format", "json"], b"x = (1,\n");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.starts_with("{\"type\":\"SyntaxError\",\"msg\":\"'(' was never closed\""), "{message}");
    assert!(message.ends_with("}\n") && message.lines().count() == 1);
}

#[test]
fn a_dash_is_standard_input() {
    let dump = good(&["--format", "dump", "--mode", "eval", "-"], b"x");
    let expected = "Expression(\n body=Name(\n  id='x',\n  ctx=Load(),\n  lineno=1,\n  col_offset=0,\n  \
                    end_lineno=1,\n  end_col_offset=1))\n";
    assert_eq!(String::from_utf8_lossy(&dump), expected);
}

#[test]
fn sections_can_be_stripped() {
    let whole = good(&["every_class.ast"], b"");
    let stripped = good(&["every_class.ast", "--strip", "source"], b"");
    let bare = good(&["every_class.ast", "--strip", "source", "--strip", "positions"], b"");
    assert!(bare.len() < stripped.len() && stripped.len() < whole.len());
    let expected = std::fs::read(fixture("every_class.dump")).unwrap();
    assert!(good(&["-", "--format", "dump"], &stripped) == expected);
}

#[test]
fn exit_codes_tell_errors_of_the_input_from_errors_of_use() {
    let code = |arguments: &[&str], input: &[u8]| run(arguments, input).status.code();
    assert_eq!(code(&["-"], b"x = = 1\n"), Some(1));
    assert_eq!(code(&["-"], b"x = '\xFF'\n"), Some(1));
    assert_eq!(code(&["--no-such-option"], b""), Some(2));
    assert_eq!(code(&["no such file"], b""), Some(2));
    assert_eq!(code(&["."], b""), Some(2));
    assert_eq!(code(&[], b""), Some(2));
    // errors of use count more than those of the input
    assert_eq!(code(&["-", "no such file", "--format", "text"], b"x = = 1\n"), Some(2));
}

#[test]
fn a_damaged_artifact_is_refused_by_name() {
    let mut bytes = std::fs::read(fixture("every_class.ast")).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let output = run(&["-"], &bytes);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("damaged: checksum"));
}

#[test]
fn warnings_go_to_standard_error_and_change_nothing_else() {
    let output = run(&["-", "--format", "dump"], b"x = '\\d'\n");
    assert_eq!(output.status.code(), Some(0));
    let expected = "<stdin>:1: SyntaxWarning: \"\\d\" is an invalid escape sequence. Such sequences will not \
                    work in the future. Did you mean \"\\\\d\"? A raw string is also an option.\n  x = '\\d'\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}
