//! Near misses of the grammar: each is refused, and the version of the grammar counts.

use taipan_ast::{Arena, Interner};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse};

fn accepted(text: &str, mode: Mode, feature_version: u8) -> bool {
    let Ok(source) = Source::from_str(text, mode) else { return false };
    let lexed = lex(&source, &LexOptions { mode, ..LexOptions::default() });
    let options = ParseOptions { mode, feature_version, ..ParseOptions::default() };
    parse(&source, &lexed, &options, &Arena::new(), &mut Interner::new()).is_ok()
}

fn refuse(sources: &[&str]) {
    for source in sources {
        assert!(!accepted(source, Mode::Exec, 14), "{source:?}");
    }
}

#[test]
fn operators_take_only_operands_that_bind_stronger() {
    refuse(&[
        "- not a",
        "a < not b",
        "a ** not b",
        "not lambda: a",
        "a or lambda: b",
        "a if lambda: b else c",
        "a if b",
        "a if b if c else d else e",
        "await await a",
        "await -a",
        "a not b",
        "a <> b",
        "a +",
        "(*a)",
        "a, *b or c",
        "print a",
        "a b",
        "1 2",
        "'a' b",
    ]);
}

#[test]
fn assignment_expressions_need_a_name_and_mostly_parentheses() {
    refuse(&[
        "a := b",
        "(a.b := c)",
        "((a) := b)",
        "(a := b := c)",
        "{a: b := c}",
        "{a := b: c}",
        "a[b:=c:d]",
        "lambda: a := b",
        "f(a=b := c)",
        "[a for b in c := d]",
        "assert a := b",
        "x = y := z",
        "del (a := b)",
    ]);
}

#[test]
fn targets_are_names_attributes_subscripts_and_lists_of_them() {
    refuse(&[
        "f() = a",
        "a + b = c",
        "a = 1 = b",
        "None = a",
        "a.None = b",
        "(a, f()) = b",
        "[a, 1] = b",
        "(yield) = a",
        "x = yield = y",
        "{a} = b",
        "a if b else c = d",
        "await a.b = c",
        "-a.b = c",
        "(a, b) += c",
        "[a] += b",
        "*a += b",
        "a += b += c",
        "a, b: c",
        "[a]: b",
        "f(): a",
        "*a: b",
        "a: b, c",
        "a: *b",
        "a = b: c",
        "del f()",
        "del *a",
        "del (*a,)",
        "del a + b",
        "del",
        "del a b",
        "for f() in a: b",
        "for a in b, in c: d",
        "for await a in b: c",
        "for a: b",
        "with a as f(): b",
        "with a as b + c: d",
        "[a for f() in b]",
        "[a for b + c in d]",
    ]);
}

#[test]
fn arguments_come_in_order() {
    refuse(&[
        "f(a=1, b)",
        "f(**a, b)",
        "f(**a, *b)",
        "f(a=1, b := 2)",
        "f(a.b=1)",
        "f((a)=1)",
        "f(True=1)",
        "f(a for a in b, c)",
        "f(c, a for a in b)",
        "f(a for a in b,)",
        "f(,)",
        "f(*)",
        "f(a b)",
        "class A(a for a in b): c",
        "f(a=)",
    ]);
}

#[test]
fn comprehensions_unpack_nothing() {
    refuse(&[
        "[*a for a in b]",
        "(*a for a in b)",
        "{*a for a in b}",
        "{**a for a in b}",
        "[a for b]",
        "[a async b in c]",
        "[a, b for a in c]",
        "[a for a in lambda: b]",
        "[a for b in c if d else e]",
    ]);
}

#[test]
fn parameters_come_in_order() {
    refuse(&[
        "def f(a=1, b): c",
        "def f(/, a): b",
        "def f(a, /, b, /): c",
        "def f(*): a",
        "def f(*, **a): b",
        "def f(*a=1): b",
        "def f(**a=1): b",
        "def f(**a, b): c",
        "def f(*a, *b): c",
        "def f(*, /): a",
        "def f(**a: *b): c",
        "def f(a: *b): c",
        "def f((a, b)): c",
        "lambda a: b: c",
        "lambda *: a",
        "lambda a=1, b: c",
        "lambda (a): b",
        "lambda a, b, /, /: c",
        "def f(a b): c",
        "def f(): a -> b",
    ]);
}

#[test]
fn patterns_are_no_expressions() {
    for pattern in [
        "+1",
        "1 + 1",
        "1j + 1j",
        "-a",
        "a + b",
        "a()()",
        "_.a",
        "_()",
        "*a",
        "(*a)",
        "{**_}",
        "{**a, b: c}",
        "{a: b}",
        "A(b=c, d)",
        "A(b, _=c)",
        "A(b c=d)",
        "a as _",
        "a as b.c",
        "a as b as c",
        "a |",
        "[a for a in b]",
        "a.b = c",
        "f(a)(b)",
        "{1 + 1: a}",
        "...",
        "not a",
        "lambda: a",
    ] {
        let source = format!("match a:\n case {pattern}: b\n");
        assert!(!accepted(&source, Mode::Exec, 14), "{pattern}");
    }
    refuse(&["match a: b", "match a:\n b", "match a:\n case b: c\n d", "match *a:\n case b: c", "case a: b"]);
}

#[test]
fn statements_are_whole() {
    refuse(&[
        "if a",
        "if a:",
        "if: a",
        "else: a",
        "elif a: b",
        "while a: b\nelif c: d",
        "for a b: c",
        "try: a",
        "try: a\nelse: b",
        "try: a\nexcept b, c as d: e",
        "try: a\nexcept* b: c\nexcept d: e",
        "try: a\nexcept*: b",
        "with: a",
        "with a,: b",
        "with (a, b),: c",
        "with (a as b) as c: d",
        "async a",
        "async lambda: a",
        "async if a: b",
        "@a",
        "@a\nb",
        "class: a",
        "class A[]: b",
        "def f: a",
        "import",
        "import a.b.",
        "import (a)",
        "import a as b.c",
        "from a import b,",
        "from a import ()",
        "from a import (*)",
        "from import a",
        "import *",
        "return yield a",
        "raise a, b",
        "raise from a",
        "global",
        "global a.b",
        "nonlocal a,",
        "pass a",
        "a;;b",
        ";",
        "assert",
        "if a: if b: c",
        "type A[] = b",
        "type A = b = c",
        "type A.b = c",
        "type A",
        "def f[A: b, *C: d](): e",
        "yield from *a",
    ]);
}

#[test]
fn literals_mean_something() {
    refuse(&[
        r"'\x1'",
        r"'\u12'",
        r"'\U00110000'",
        r"'\N{no such name}'",
        r"'\N'",
        r"b'\xg'",
        "b'é'",
        "'a' b'b'",
        "b'a' f'b'",
        "'a' t'b'",
        "t'a' f'b'",
        "f'{}'",
        "f'{a!x}'",
        "f'{a! r}'",
        "f'{a!}'",
        "f'{lambda a: b}'",
        "f'{a b}'",
        "f'{a:{b}'",
        "f'{*a}' = b",
        "f'}'",
        "f'{a=b}'",
        "f'{!r}'",
        r"f'\x1{a}'",
        r"f'{a:\x1}'",
        "1__0",
        "1_",
        "0x",
        "0b2",
        "1e",
        "012",
        "1if a",
        "'a",
    ]);
    refuse(&[&"9".repeat(4301)]);
}

#[test]
fn syntax_is_refused_before_its_version() {
    for (source, since) in [
        ("async def f(): a", 5),
        ("await a", 5),
        ("async with a: b", 5),
        ("async for a in b: c", 5),
        ("a @ b", 5),
        ("a @= b", 5),
        ("a: b", 6),
        ("1_0", 6),
        ("[a async for a in b]", 6),
        ("(a := b)", 8),
        ("def f(a, /): b", 8),
        ("lambda a, /: b", 8),
        ("match a:\n case b: c", 10),
        ("try: a\nexcept* b: c", 11),
        ("type A = b", 12),
        ("def f[A](): b", 12),
        ("class A[B]: c", 12),
        ("class A[B=c]: d", 13),
        ("t'a'", 14),
        ("try: a\nexcept b, c: d", 14),
    ] {
        assert!(accepted(source, Mode::Exec, since), "{source} in 3.{since}");
        assert!(!accepted(source, Mode::Exec, since - 1), "{source} before 3.{since}");
    }
}

#[test]
fn each_mode_takes_its_own() {
    for source in ["", "a = b", "*a", "a; b", "yield a", "pass", "a := b"] {
        assert!(!accepted(source, Mode::Eval, 14), "{source:?}");
    }
    for source in ["", "a\nb", "if a:\n b\nc\n"] {
        assert!(!accepted(source, Mode::Single, 14), "{source:?}");
    }
    for source in ["a -> b", "(a,) -> b", "(*a, b) -> c", "(**a, *b) -> c", "() -> a, b"] {
        assert!(!accepted(source, Mode::FuncType, 14), "{source:?}");
    }
}
