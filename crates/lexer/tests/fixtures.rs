//! Golden tests over `fixtures/lexer/*.py`: tokens, warnings and the error in both renderings.
//!
//! The first line of a fixture may be a pragma, `# lex: WORD...`: `mode=single`, `mode=eval`,
//! `type-comments`, `dont-imply-dedent`, or `tokenize` for the view of that module. Goldens are renewed
//! with `INSTA_UPDATE=always cargo test -p taipan-lexer --test fixtures`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use taipan_artifact::Limits;
use taipan_diagnostics::render::{cpython, json};
use taipan_lexer::artifact::{Form, TokenFile};
use taipan_lexer::tokenize::Input;
use taipan_lexer::{LexOptions, Lexed, Mode, Source, TokenKind, lex};
use taipan_wtf8::Wtf8Buf;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lexer")
}

/// The words of the pragma.
fn pragma(source: &str) -> Vec<&str> {
    let first = source.lines().next().unwrap_or_default();
    first.strip_prefix("# lex:").map(|words| words.split_whitespace().collect()).unwrap_or_default()
}

fn options(words: &[&str]) -> LexOptions {
    let mut options = LexOptions::default();
    for word in words {
        match *word {
            "mode=single" => options.mode = Mode::Single,
            "mode=eval" => options.mode = Mode::Eval,
            "type-comments" => options.type_comments = true,
            "dont-imply-dedent" => options.dont_imply_dedent = true,
            "tokenize" => options.extra_tokens = true,
            other => panic!("unknown pragma {other:?}"),
        }
    }
    options
}

/// What holds of the tokens of every source.
fn check_invariants(source: &Source<'_>, lexed: &Lexed) {
    let tokens = &lexed.tokens;
    let mut end = 0;
    for index in 0..tokens.len() {
        let span = tokens.span(index);
        assert!(end <= span.start && span.start <= span.end, "token {index} is out of order");
        assert!(source.text().get(span.range()).is_some(), "token {index} is not in the text");
        end = span.end;
    }
    let last = tokens.kinds().last().copied();
    let expected = if lexed.error.is_some() { TokenKind::Error } else { TokenKind::EndMarker };
    assert_eq!(last, Some(expected));
}

fn check_artifact(bytes: &[u8], source: &Source<'_>, options: LexOptions, lexed: &Lexed) {
    let file = TokenFile::new(Wtf8Buf::new(), bytes, source, options, lexed.clone());
    for form in [Form::Binary, Form::Text, Form::Json] {
        let written = file.write(form);
        let again = TokenFile::read(&written, Limits::default()).unwrap();
        assert_eq!(again, file);
        assert!(again.write(form) == written);
    }
}

/// The golden's text for one fixture.
fn check(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap();
    let options = options(&pragma(text));
    if options.extra_tokens {
        return tokenize_listing(bytes, options);
    }
    let source = Source::from_bytes(bytes, options.mode).unwrap();
    let lexed = lex(&source, &options);
    check_invariants(&source, &lexed);
    check_artifact(bytes, &source, options, &lexed);
    let mut out = String::new();
    for index in 0..lexed.tokens.len() {
        let span = lexed.tokens.span(index);
        let text = &source.text()[span.range()];
        let _ = writeln!(out, "{:<14} {span:?} {text:?}", lexed.tokens.kinds()[index].label());
    }
    for warning in &lexed.warnings {
        let line = warning.line(&source);
        let text = source.text().lines().nth(line as usize - 1).unwrap();
        out.push_str(&cpython::warning("FILE", line, &warning.kind.to_string(), text));
    }
    if let Some(error) = &lexed.error {
        let diagnostic = error.diagnostic(&source);
        out.push_str(&cpython::error(&diagnostic, "FILE"));
        out.push_str(&json::error(&diagnostic, "FILE"));
    }
    out
}

fn tokenize_listing(bytes: &[u8], options: LexOptions) -> String {
    let input = Input::from_bytes(bytes, "FILE").unwrap();
    let lexed = input.lex().unwrap();
    check_invariants(input.source(), &lexed);
    check_artifact(bytes, input.source(), options, &lexed);
    let mut out = input.encoding_row();
    for row in input.rows(&lexed) {
        let _ = write!(out, "\n{row}");
    }
    out.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn fixtures_give_their_goldens() {
    let mut paths: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    assert!(paths.len() > 40);
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let golden = check(&std::fs::read(&path).unwrap());
        insta::with_settings!({ snapshot_path => folder(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, golden);
        });
    }
}
