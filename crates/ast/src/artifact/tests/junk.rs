//! Type confusion, exhaustively: each element of each statement of the sample is replaced by each of a
//! list of values of other types, out of range, or in the wrong place.

use super::{Limits, TEXT, oracle};
use crate::artifact::{Form, Tree};
use crate::{Arena, Interner, Mod, ModModule};

const JUNK: [&str; 41] = [
    "",
    "_",
    "()",
    "(())",
    "(_)",
    "(\"a\")",
    "((\"a\"))",
    "0",
    "1",
    "-1",
    "4294967295",
    "4294967296",
    "-9223372036854775809",
    "true",
    "false",
    "None",
    "Ellipsis",
    "\"\"",
    "\"a\"",
    "\"a.b\"",
    "\"None\"",
    "\"\\u{d800}\"",
    "#\"\\x00\"",
    "0..0",
    "0..4294967295",
    "9..3",
    "(str \"a\")",
    "(int 0x1ffffffffffffffffffff)",
    "(float nan)",
    "(complex 1.0 inf)",
    "(Name 0..1 \"a\" Load)",
    "(Name 0..1 \"a\" Store)",
    "((Name 0..1 \"a\" Del))",
    "(Starred 0..1 (Name 0..1 \"a\" Load) Load)",
    "(Pass 0..0)",
    "((Pass 0..0))",
    "(MatchStar 0..0 _)",
    "(arguments () () _ () () _ ())",
    "Load",
    "Add",
    "(Module () ())",
];

/// The ranges of all words, texts and lists within `text`.
fn elements(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut found, mut open, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b'(' => open.push(start),
            b')' => found.push((open.pop().unwrap(), at)),
            b' ' | b'\n' => {}
            first => {
                let quoted = first == b'"' || (first == b'#' && bytes[at] == b'"');
                at += usize::from(first == b'#');
                while quoted && bytes[at] != b'"' {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                at += usize::from(quoted);
                while !quoted && !b" \n()".contains(&bytes[at]) {
                    at += 1;
                }
                found.push((start, at));
            }
        }
    }
    found
}

#[test]
fn no_field_of_any_class_takes_junk_for_a_value() {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let sample = Tree::read(TEXT, Limits::default(), &arena, &mut interner).unwrap();
    let Mod::Module(module) = sample.module else { panic!("the sample is a module") };
    let (mut accepted, mut all) = (0, 0);
    for statement in module.body {
        let alone = ModModule { body: std::slice::from_ref(statement), type_ignores: &[] };
        let mut tree = Tree { info: sample.info.clone(), module: Mod::Module(&alone) };
        tree.info.source = None;
        let text = String::from_utf8(tree.write(Form::Text, &interner)).unwrap();
        for (start, end) in elements(&text) {
            for junk in JUNK {
                all += 1;
                let mutant = [&text[..start], junk, &text[end..]].concat();
                let outcome = oracle(mutant.as_bytes(), |tree, interner| tree.write(Form::Text, interner));
                accepted += usize::from(outcome.unwrap_or_else(|error| panic!("{error}: {mutant}")));
            }
        }
    }
    // legal values are among them: other names, numbers, `_` where a value is optional
    assert!(all > 100_000 && accepted > all / 100 && accepted < all / 4, "{accepted} of {all}");
}
