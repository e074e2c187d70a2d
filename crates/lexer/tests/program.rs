//! `taipan-lex` as a program: exit codes, streams, forms.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lexer").join(name)
}

/// Runs the program with `input` on its standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_taipan-lex"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn forms_turn_into_each_other_through_pipes() {
    for name in ["fstrings.py", "number_before_keyword.py", "error_never_closed.py"] {
        let source = std::fs::read(fixture(name)).unwrap();
        let binary = run(&["--format", "bin", "-"], &source);
        for form in ["text", "json"] {
            let other = run(&["--format", form, "-"], &binary.stdout);
            assert_eq!(other.status.code(), binary.status.code());
            assert_eq!(other.stderr, binary.stderr);
            assert_eq!(run(&["--format", "bin", "-"], &other.stdout).stdout, binary.stdout);
        }
    }
}

#[test]
fn an_input_with_errors_gives_its_tokens_and_exit_code_1() {
    let done = run(&["--format", "text", "-"], b"x = 1)\n");
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stdout).contains("ERRORTOKEN 5..6"));
    let expected = "  File \"<stdin>\", line 1\n    x = 1)\n         ^\nSyntaxError: unmatched ')'\n";
    assert_eq!(text(&done.stderr), expected);
    let done = run(&["--error-format", "json", "-"], b"x = 1)\n");
    let expected = "{\"type\":\"SyntaxError\",\"msg\":\"unmatched ')'\",\"filename\":\"<stdin>\",\"lineno\":1,\
                    \"offset\":6,\"end_lineno\":1,\"end_offset\":6,\"text\":\"x = 1)\"}\n";
    assert_eq!(text(&done.stderr), expected);
}

#[test]
fn what_cannot_be_decoded_is_exit_code_1_and_what_cannot_be_opened_2() {
    let done = run(&["-"], b"# coding: foo\n");
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(text(&done.stderr), "  File \"<stdin>\", line 0\nSyntaxError: unknown encoding: foo\n");
    let done = run(&["no/such/file.py"], b"");
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).starts_with("taipan-lex: no/such/file.py: "));
    let done = run(&["-"], b"\x9Ataipan\ntok.");
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("the input ends early"));
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    for arguments in [&[][..], &["--format", "xml", "-"], &["--no-such-option"], &["--mode", "-"]] {
        let done = run(arguments, b"");
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(text(&done.stderr).contains("usage: taipan-lex"));
        assert!(done.stdout.is_empty());
    }
    assert_eq!(run(&["--help"], b"").status.code(), Some(0));
    assert!(text(&run(&["--version"], b"").stdout).starts_with("taipan-lex "));
}

#[test]
fn the_tokenize_listing_and_its_errors_are_those_of_the_module() {
    let done = run(&["--format", "tokenize", "-"], b"x\n");
    assert_eq!(done.status.code(), Some(0));
    let rows: Vec<_> = text(&done.stdout).lines().map(str::trim_end).collect();
    assert_eq!(rows[0], "0,0-0,0:            ENCODING       'utf-8'");
    assert_eq!(rows[1], "1,0-1,1:            NAME           'x'");
    let done = run(&["--format", "tokenize", "-"], b"(\n");
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(text(&done.stderr), "<stdin>:1:0: error: unexpected EOF in multi-line statement\n");
    let done = run(&["--format", "tokenize", "-"], b"\xff\n");
    assert_eq!(text(&done.stderr), "<stdin>: error: invalid or missing encoding declaration for '<stdin>'\n");
}

#[test]
fn modes_and_type_comments_are_options() {
    let done = run(&["--format", "text", "--mode", "single", "-"], b"if x:\n  y");
    assert!(
        text(&done.stdout).ends_with("NEWLINE 9..9\n  DEDENT 9..9\n  NEWLINE 9..9\n  ENDMARKER 9..9))\n")
    );
    let done = run(&["--format", "text", "--type-comments", "-"], b"x = 1  # type: int\n");
    assert!(text(&done.stdout).contains("TYPE_COMMENT 15..18"));
}
