//! `fixtures/errors/TOPIC.txt`: sources and what CPython says of each, held without it at hand. The
//! answers are the reference's own: `tests/parity/reference/errors.py`, where the format is described,
//! fills them in.

use std::path::Path;
use taipan_ast::{Arena, Interner};
use taipan_diagnostics::{Diagnostic, Location};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse, parts_agree};

/// A source, how it is read, and what is expected of it.
struct Case {
    options: ParseOptions,
    source: String,
    line: String,
    expected: Vec<String>,
}

/// The cases of a file.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some(case) = line.strip_prefix("> ") {
            let (options, source) = case.split_once(' ').unwrap_or((case, ""));
            let (options, source) = (parse_options(options), unescape(source));
            cases.push(Case { options, source, line: line.to_owned(), expected: Vec::new() });
            open = true;
        } else if line.is_empty() || line.starts_with('#') {
            open = false;
        } else {
            assert!(open, "an answer without its source: {line}");
            cases.last_mut().expect("a case").expected.push(line.to_owned());
        }
    }
    cases
}

/// `MODE[+FLAG...]`
fn parse_options(words: &str) -> ParseOptions {
    let mut options = ParseOptions::default();
    for (index, word) in words.split('+').enumerate() {
        match (index, word) {
            (0, "exec") => options.mode = Mode::Exec,
            (0, "single") => options.mode = Mode::Single,
            (0, "eval") => options.mode = Mode::Eval,
            (0, "func_type") => options.mode = Mode::FuncType,
            (1.., "type_comments") => options.type_comments = true,
            (1.., "dont_imply_dedent") => options.dont_imply_dedent = true,
            (1.., "incomplete") => options.allow_incomplete_input = true,
            (1.., "barry_as_flufl") => options.barry_as_flufl = true,
            _ => {
                let minor = word.strip_prefix("3.").and_then(|minor| minor.parse().ok());
                options.feature_version = minor.unwrap_or_else(|| panic!("not an option: {word}"));
            }
        }
    }
    options
}

/// The pairs of a character and the letter of its escape.
const ESCAPES: [(char, char); 5] = [('\\', '\\'), ('\n', 'n'), ('\t', 't'), ('\u{c}', 'f'), ('\r', 'r')];

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let letter = rest.next().expect("a letter behind a backslash");
        let found = ESCAPES.iter().find(|(_, escape)| *escape == letter);
        out.push(found.map_or(' ', |(character, _)| *character));
    }
    out
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match ESCAPES.iter().find(|(character, _)| *character == c) {
            Some((_, letter)) => out.extend(['\\', *letter]),
            None => out.push(c),
        }
    }
    match out.strip_suffix(' ') {
        Some(before) => format!("{before}\\s"),
        None => out,
    }
}

/// What a diagnostic looks like in a file.
fn answer(diagnostic: &Diagnostic) -> Vec<String> {
    let (class, message) = (diagnostic.class.name(), &diagnostic.message);
    let Some(Location { lineno, offset, end_lineno, end_offset, text }) = &diagnostic.location else {
        return vec![format!("{class} {message}")];
    };
    let mut lines = vec![format!("{class} {lineno}:{offset}-{end_lineno}:{end_offset} {message}")];
    if let Some(text) = text {
        lines.push(format!("| {}", escape(text)).trim_end().to_owned());
    }
    lines
}

/// What our parser says of a case.
fn own(case: &Case) -> Vec<String> {
    let ParseOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, .. } = case.options;
    let source = match Source::from_str(&case.source, mode) {
        Ok(source) => source,
        Err(error) => return answer(&error.diagnostic()),
    };
    let lex_options =
        LexOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, extra_tokens: false };
    let lexed = lex(&source, &lex_options);
    assert!(parts_agree(&source, &lexed, &case.options), "the parser's two parts disagree: {}", case.line);
    match parse(&source, &lexed, &case.options, &Arena::new(), &mut Interner::new()) {
        Ok(_) => vec!["ok".to_owned()],
        Err(diagnostic) => answer(&diagnostic),
    }
}

#[test]
fn errors_are_the_reference_s() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/errors");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("fixtures") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("readable");
        for case in cases(&text) {
            count += 1;
            let own = own(&case);
            if own != case.expected {
                wrong.push(format!("{}\n  {:?}\n  {own:?}", case.line, case.expected));
            }
        }
    }
    assert!(count > 400, "only {count} cases");
    assert!(wrong.is_empty(), "{} differ from the reference:\n{}", wrong.len(), wrong.join("\n"));
}
