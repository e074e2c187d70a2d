//! Mutants of the fixtures through the parser: no panic, and its two parts agree on every input.
//!
//! `TAIPAN_FUZZ_ROUNDS` sets how many mutants are tried; the default takes seconds.

use std::path::Path;
use taipan_lexer::{LexOptions, Lexed, Mode, Source, TokenKind, lex};
use taipan_parser::{ParseOptions, parts_agree};

/// Pieces of source that mean something to the parser.
const DICTIONARY: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    "=",
    ":=",
    "*",
    "**",
    "->",
    ".",
    "...",
    "@",
    "not ",
    "in ",
    "is ",
    "if ",
    "else ",
    "elif ",
    "for ",
    "while ",
    "lambda ",
    "yield ",
    "await ",
    "async ",
    "def f",
    "class C",
    "import ",
    "from ",
    "as ",
    "with ",
    "try:",
    "except ",
    "finally:",
    "match ",
    "case ",
    "type ",
    "_",
    "print ",
    "del ",
    "return ",
    "raise ",
    "None",
    "True",
    "1",
    "1j",
    "x",
    "'s'",
    "b's'",
    "f'{x}'",
    "t'{x!r:>{y}}'",
    "\n",
    "\n  ",
    "\n ",
    "global ",
    "nonlocal ",
    "pass",
    "!",
    "$",
    "<>",
    "!=",
    "# type: int\n",
];

/// Random numbers by xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn seeds() -> Vec<String> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut paths = Vec::new();
    for folder in ["parser", "lexer", "ast"] {
        let entries = std::fs::read_dir(fixtures.join(folder)).expect("fixtures");
        paths.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

/// The byte ranges of the tokens of a text, so that mutants keep most of them whole.
fn pieces(text: &str) -> Vec<String> {
    let Ok(source) = Source::from_str(text, Mode::Exec) else { return vec![text.to_owned()] };
    let tokens = lex(&source, &LexOptions::default()).tokens;
    let mut at = 0;
    let mut pieces = Vec::new();
    for index in 0..tokens.len() {
        let end = tokens.span(index).end as usize;
        if end > at {
            pieces.push(source.text().get(at..end).unwrap_or("").to_owned());
            at = end;
        }
    }
    pieces.push(source.text().get(at..).unwrap_or("").to_owned());
    pieces
}

fn mutant(seeds: &[Vec<String>], random: &mut Random) -> String {
    let seed = &seeds[random.below(seeds.len())];
    let start = random.below(seed.len());
    let mut pieces: Vec<String> = seed.iter().skip(start).take(1 + random.below(40)).cloned().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(pieces.len() + 1);
        let word = DICTIONARY[random.below(DICTIONARY.len())].to_owned();
        match random.below(4) {
            0 => pieces.insert(at, word),
            1 if at < pieces.len() => pieces[at] = word,
            2 if at < pieces.len() => {
                pieces.remove(at);
            }
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let cut: Vec<String> = other.iter().skip(from).take(random.below(8)).cloned().collect();
                pieces.splice(at..at, cut);
            }
        }
    }
    pieces.concat()
}

fn options(random: &mut Random) -> ParseOptions {
    ParseOptions {
        mode: [Mode::Exec, Mode::Exec, Mode::Single, Mode::Eval, Mode::FuncType][random.below(5)],
        type_comments: random.below(4) == 0,
        feature_version: if random.below(4) == 0 { 4 + random.below(11) as u8 } else { 14 },
        barry_as_flufl: random.below(16) == 0,
        ..ParseOptions::default()
    }
}

fn lex_for(source: &Source<'_>, options: &ParseOptions) -> Lexed {
    let ParseOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, .. } = *options;
    lex(source, &LexOptions { mode, type_comments, dont_imply_dedent, barry_as_flufl, extra_tokens: false })
}

#[test]
fn mutants_find_the_two_parts_agreed() {
    let rounds = std::env::var("TAIPAN_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000u64);
    let seeds: Vec<Vec<String>> = seeds().iter().map(|text| pieces(text)).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for round in 0..rounds {
        let text = mutant(&seeds, &mut random);
        let options = options(&mut random);
        let Ok(source) = Source::from_str(&text, options.mode) else { continue };
        let lexed = lex_for(&source, &options);
        assert!(parts_agree(&source, &lexed, &options), "round {round}: {options:?} {text:?}");
    }
}

#[test]
fn the_fuzz_oracle_can_fail() {
    // the tokens of another source: the two parts read them alike, but not if one is told other options
    let options = ParseOptions { feature_version: 7, ..ParseOptions::default() };
    let source = Source::from_str("(x := 1)\n", Mode::Exec).expect("decodes");
    let lexed = lex_for(&source, &options);
    assert_eq!(lexed.tokens.kinds().last(), Some(&TokenKind::EndMarker));
    assert!(parts_agree(&source, &lexed, &options));
    assert!(parts_agree(&source, &lexed, &ParseOptions::default()));
}
