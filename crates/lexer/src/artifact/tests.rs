//! Tests of the artifact: all forms, what is refused, and mutants.

use super::*;
use crate::{Mode, TokenKind, lex};
use taipan_artifact::{Artifact, SectionId, mutate};

/// A source with every sort of fact: warnings, f-strings, characters beyond ASCII.
const SOURCE: &str = "x = 1if é else f'{{{x!r:>{w}}\\{y}'  # c\nif x:\n\tt = t'{x}'\n";

fn file(source: &str, options: LexOptions) -> TokenFile {
    let decoded = Source::from_str(source, options.mode).unwrap();
    let lexed = lex(&decoded, &options);
    let mut name = Wtf8Buf::new();
    name.push_str("x.py");
    TokenFile::new(name, source.as_bytes(), &decoded, options, lexed)
}

fn sample(source: &str) -> TokenFile {
    file(source, LexOptions::default())
}

fn read(bytes: &[u8]) -> Result<TokenFile, TokenFileError> {
    TokenFile::read(bytes, Limits::default())
}

const FORMS: [Form; 3] = [Form::Binary, Form::Text, Form::Json];

#[test]
fn every_form_reads_back_to_equal_bytes() {
    let options = [
        LexOptions::default(),
        LexOptions { extra_tokens: true, ..LexOptions::default() },
        LexOptions {
            mode: Mode::Single,
            type_comments: true,
            dont_imply_dedent: true,
            ..LexOptions::default()
        },
    ];
    let errors =
        ["(", "x = 012", "'abc", "f'{x", "x\\ y", "0b2", "é€", "(\n]", "ub''", "if x:\n\ta\n        b"];
    for options in options {
        for source in [SOURCE, ""].iter().chain(&errors) {
            let file = file(source, options);
            for form in FORMS {
                let bytes = file.write(form);
                assert_eq!(TokenFile::form(&bytes), Some(form));
                let again = read(&bytes).unwrap();
                assert_eq!(again, file, "{source:?}");
                assert_eq!(again.write(form), bytes);
            }
        }
    }
}

#[test]
fn a_name_with_a_lone_surrogate_is_kept_in_every_form() {
    let mut file = sample("x");
    file.source_name.push_wtf8(taipan_wtf8::Wtf8::from_bytes(b"\xED\xA0\x80").unwrap());
    for form in FORMS {
        assert_eq!(read(&file.write(form)).unwrap(), file);
    }
}

#[test]
fn the_source_can_be_stripped() {
    let bytes = sample(SOURCE).write(Form::Binary);
    let artifact = Artifact::read(&bytes, Kind::Tokens, Limits::default()).unwrap();
    let stripped = read(&artifact.strip(|id| id != SectionId::SOURCE)).unwrap();
    assert_eq!(stripped.source, None);
    assert_eq!(stripped.lexed, sample(SOURCE).lexed);
    for form in FORMS {
        assert_eq!(read(&stripped.write(form)).unwrap(), stripped);
    }
}

/// What a change to a good file is refused for.
fn refused(change: impl FnOnce(&mut TokenFile)) -> VerifyError {
    let mut file = sample("é = f(1)\n");
    change(&mut file);
    let errors: Vec<_> = FORMS.map(|form| read(&file.write(form)).unwrap_err()).into_iter().collect();
    // The binary form has no way to say some of these, and refuses its own.
    match errors.last() {
        Some(TokenFileError::Verify(error)) => *error,
        other => panic!("{other:?}"),
    }
}

/// The tokens of `é = f(1)\n` with the one at `index` replaced.
fn replace(file: &mut TokenFile, index: usize, kind: TokenKind, start: u32, end: u32) {
    let old = std::mem::take(&mut file.lexed.tokens);
    for token in 0..old.len() {
        let span = taipan_span::Span::new(start, end);
        let new = if token == index { (kind, span) } else { (old.kinds()[token], old.span(token)) };
        file.lexed.tokens.push(new.0, new.1);
    }
}

#[test]
fn tokens_that_break_a_rule_are_refused_by_its_name() {
    use TokenKind::{EndMarker, Error, Name, Plus};
    assert_eq!(refused(|f| replace(f, 0, Name, 0, 1)), VerifyError::Boundary { token: 0 });
    assert_eq!(refused(|f| replace(f, 1, Name, 1, 4)), VerifyError::Order { token: 1 });
    assert_eq!(refused(|f| replace(f, 1, Name, 4, 3)), VerifyError::Range { token: 1 });
    assert_eq!(refused(|f| replace(f, 7, EndMarker, 10, 99)), VerifyError::Range { token: 7 });
    assert_eq!(refused(|f| replace(f, 1, Plus, 3, 4)), VerifyError::Spelling { token: 1 });
    assert_eq!(refused(|f| replace(f, 1, EndMarker, 3, 4)), VerifyError::End { token: 1 });
    assert_eq!(refused(|f| replace(f, 7, Name, 10, 10)), VerifyError::End { token: 7 });
    assert_eq!(refused(|f| replace(f, 7, Error, 10, 10)), VerifyError::Error);
    assert_eq!(refused(|f| f.lexed.tokens = Default::default()), VerifyError::End { token: 0 });
    assert_eq!(refused(|f| f.source_len += 1), VerifyError::SourceLength);
    assert_eq!(refused(|f| f.source = Some("\0 = f(1)\nx".to_owned())), VerifyError::Source);
}

#[test]
fn other_versions_are_refused_by_name_in_every_form() {
    let file = sample(SOURCE);
    let replaced = |form, from: &str, to: &str| {
        let text = String::from_utf8(file.write(form)).unwrap();
        read(text.replacen(from, to, 1).as_bytes())
    };
    let format = Err(ReadError::FormatVersion { kind: Kind::Tokens, expected: 1, found: 2 }.into());
    assert_eq!(replaced(Form::Text, "(tok 1", "(tok 2"), format);
    assert_eq!(replaced(Form::Json, "\"format\":1", "\"format\":2"), format);
    let mut binary = file.write(Form::Binary);
    binary[12] = 2;
    mutate::repair(&mut binary);
    assert_eq!(read(&binary), format);
    let language = |result| matches!(result, Err(TokenFileError::Artifact(ReadError::Language { .. })));
    assert!(language(replaced(Form::Text, "3.14", "3.15")));
    assert!(language(replaced(Form::Json, "3.14", "3.15")));
}

/// What a reader is held to: an accepted file is written as it was read.
fn oracle(bytes: &[u8], write: impl Fn(&TokenFile) -> Vec<u8>) -> Result<bool, String> {
    let Ok(file) = read(bytes) else { return Ok(false) };
    if let (Some(error), Some(source)) = (&file.lexed.error, file.source()) {
        error.diagnostic(&source);
        error.unclosed_bracket(&source);
    }
    let again = write(&file);
    match read(&again) {
        Ok(same) if same == file && write(&same) == again => Ok(true),
        Ok(_) => Err("an accepted file changes when it is written and read".to_owned()),
        Err(error) => Err(format!("what was written does not read back: {error}")),
    }
}

#[test]
fn mutants_never_panic_and_accepted_ones_are_written_as_they_were_read() {
    let rounds = std::env::var("TAIPAN_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(6_000);
    let seeds: Vec<_> = ["(", "x = 012\n", SOURCE]
        .iter()
        .flat_map(|source| FORMS.map(|form| (form, sample(source).write(form))))
        .collect();
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..rounds {
        let (form, seed) = &seeds[round as usize % seeds.len()];
        // Odd seeds leave the bytes of a container as they are, which text always needs.
        let random = if *form == Form::Binary { round } else { round | 1 };
        match oracle(&mutate::mutant(seed, seed, random), |file| file.write(*form)) {
            Ok(true) => accepted += 1,
            Ok(false) => refused += 1,
            Err(error) => panic!("round {round}: {error}"),
        }
    }
    assert!(accepted > 20 && refused > 1_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn the_fuzz_oracle_can_fail() {
    let good = sample(SOURCE).write(Form::Binary);
    assert_eq!(oracle(&good, |file| file.write(Form::Binary)), Ok(true));
    let forgets_a_byte = |file: &TokenFile| file.write(Form::Binary).split_last().unwrap().1.to_vec();
    assert!(oracle(&good, forgets_a_byte).is_err());
    assert!(oracle(&good, |file| TokenFile { source: None, ..file.clone() }.write(Form::Binary)).is_err());
}
