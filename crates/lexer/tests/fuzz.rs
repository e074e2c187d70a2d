//! Mutants of the fixtures: no panic, the invariants of tokens, and time that grows with the length.
//!
//! `TAIPAN_FUZZ_ROUNDS` sets how many mutants are tried; the default takes seconds.

use std::path::Path;
use std::time::{Duration, Instant};
use taipan_artifact::mutate;
use taipan_lexer::tokenize::Input;
use taipan_lexer::{LexOptions, Lexed, Mode, Source, TokenKind, lex};

/// Pieces of source that mean something to the lexer.
const DICTIONARY: &[u8] = b"(['''\"\"\"f'f\"t'''rb'\\\n{{}}{x!r:{y}}\\N{#:=!=<>->...\r\n\t    \x0c0x1_0o7e-5j\xc3\xa9\xe2\x82\xac\xf0\x9d\x94\x98\xff#coding: latin-1\n# type: ignore\nif x:\n  y\n\\\n";

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lexer");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// What a lexer is held to.
fn oracle(text: &str, lexed: &Lexed) -> Result<(), String> {
    let tokens = &lexed.tokens;
    let mut end = 0;
    for (index, &kind) in tokens.kinds().iter().enumerate() {
        let span = tokens.span(index);
        if span.start < end || span.end < span.start {
            return Err(format!("token {index} is out of order"));
        }
        let Some(text) = text.get(span.range()) else {
            return Err(format!("token {index} is not in the text"));
        };
        let last = matches!(kind, TokenKind::EndMarker | TokenKind::Error);
        if last != (index + 1 == tokens.len()) {
            return Err(format!("token {index} is the last or should be"));
        }
        let spelled =
            kind.spelling().is_none_or(|spelling| text == spelling || text == "<>" || text.starts_with('\r'));
        if !spelled {
            return Err(format!("token {index} of kind {kind:?} is {text:?}"));
        }
        end = span.end;
    }
    let has_error = tokens.kinds().last() == Some(&TokenKind::Error);
    if has_error == lexed.error.is_some() { Ok(()) } else { Err("the error has no token".to_owned()) }
}

fn check(bytes: &[u8], round: u64) -> Result<bool, String> {
    let mode = [Mode::Exec, Mode::Single, Mode::Eval, Mode::FuncType][round as usize % 4];
    let options = LexOptions {
        mode,
        type_comments: round.is_multiple_of(3),
        dont_imply_dedent: round.is_multiple_of(5),
        barry_as_flufl: round.is_multiple_of(7),
        extra_tokens: false,
    };
    if let Ok(input) = Input::from_bytes(bytes, "FILE")
        && let Ok(lexed) = input.lex()
    {
        oracle(input.source().text(), &lexed)?;
        if input.rows(&lexed).count() != lexed.tokens.len() {
            return Err("rows are missing".to_owned());
        }
    }
    match Source::from_bytes(bytes, mode) {
        Ok(source) => {
            let lexed = lex(&source, &options);
            if let Some(error) = &lexed.error {
                error.diagnostic(&source);
                error.unclosed_bracket(&source);
            }
            lexed.warnings.iter().for_each(|warning| assert!(warning.line(&source) > 0));
            oracle(source.text(), &lexed)?;
            Ok(lexed.error.is_none())
        }
        Err(error) => {
            error.diagnostic();
            Ok(false)
        }
    }
}

#[test]
fn mutants_keep_the_invariants() {
    let rounds = std::env::var("TAIPAN_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40_000u64);
    let seeds = seeds();
    let (mut fine, mut refused) = (0, 0);
    for round in 0..rounds {
        let seed = &seeds[round as usize % seeds.len()];
        let other =
            if round.is_multiple_of(3) { &seeds[round as usize / 7 % seeds.len()] } else { DICTIONARY };
        // Odd seeds: the bytes are no container whose checksum would be repaired.
        let mutant = mutate::mutant(seed, other, round * 2 + 1);
        match check(&mutant, round) {
            Ok(true) => fine += 1,
            Ok(false) => refused += 1,
            Err(error) => panic!("round {round}: {error} in {:?}", String::from_utf8_lossy(&mutant)),
        }
    }
    assert!(fine > 200 && refused > 200, "{fine} fine, {refused} refused");
}

#[test]
fn every_prefix_of_a_fixture_keeps_the_invariants() {
    for seed in seeds() {
        for end in 0..seed.len().min(600) {
            check(&seed[..end], end as u64).unwrap();
        }
    }
}

#[test]
fn the_oracle_can_fail() {
    let source = Source::from_str("x = 1\n", Mode::Exec).unwrap();
    let lexed = lex(&source, &LexOptions::default());
    assert_eq!(oracle("x = 1\n", &lexed), Ok(()));
    assert!(oracle("x = 1", &lexed).is_err());
    assert!(oracle("x + 1\n", &lexed).is_err());
    let mut twice = lexed.clone();
    twice.tokens.push(TokenKind::EndMarker, taipan_span::Span::empty(6));
    assert!(oracle("x = 1\n", &twice).is_err());
}

/// The best of five times to lex `text` both ways.
fn time(text: &str) -> Duration {
    let run = || {
        let start = Instant::now();
        let source = Source::from_bytes(text.as_bytes(), Mode::Exec).unwrap();
        std::hint::black_box(lex(&source, &LexOptions::default()));
        let input = Input::from_bytes(text.as_bytes(), "FILE").unwrap();
        if let Ok(lexed) = input.lex() {
            std::hint::black_box(input.rows(&lexed).count());
        }
        start.elapsed()
    };
    (0..5).map(|_| run()).min().unwrap_or_default()
}

#[test]
fn time_grows_with_the_length() {
    let families: [(&str, &str, &str); 12] = [
        ("", "x ", ""),
        ("", "\n", ""),
        ("", "(x,) ", ""),
        ("'", "a\\'", "'"),
        ("'''", "'' ", "'''"),
        ("f'", "{x}", "'"),
        ("f'", "{{", "'"),
        ("f'''", "''{x:\n}", "'''"),
        ("x", "\\\n", "y"),
        ("", "1if ", ""),
        ("", "é", ""),
        ("(", "#\n", ")"),
    ];
    for (before, piece, after) in families {
        let text = |bytes: usize| format!("{before}{}{after}\n", piece.repeat(bytes / piece.len()));
        let (short, long) = (time(&text(1 << 17)), time(&text(1 << 20)));
        // Eight times the length on a machine that does other things too; squares would be 64 times.
        let bound = short * 24 + Duration::from_millis(50);
        assert!(long < bound, "{before}{piece}{after}: {short:?}, then {long:?}");
    }
}
