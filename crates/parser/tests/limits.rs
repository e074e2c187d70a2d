//! How deep the input may nest: what CPython 3.14 accepts is accepted, what it refuses is refused in its
//! words, and neither needs more native stack than a small thread has.

use taipan_ast::{Arena, Interner};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, parse};

const TOO_COMPLEX: &str = "Parser stack overflowed - Python source too complex to parse";

/// Parses on a thread of 256 KiB: the error's message, or none.
fn error_of(text: String) -> Option<String> {
    let work = move || {
        let source = match Source::from_str(&text, Mode::Exec) {
            Ok(source) => source,
            Err(error) => return Some(error.to_string()),
        };
        let lexed = lex(&source, &LexOptions::default());
        let arena = Arena::new();
        let parsed = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut Interner::new());
        parsed.err().map(|diagnostic| diagnostic.message)
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).expect("a thread");
    thread.join().expect("no panic")
}

/// Accepts `deepest` levels, and refuses one more and 100,000 with `message`.
fn check(family: impl Fn(usize) -> String, deepest: usize, message: &str) {
    assert_eq!(error_of(family(deepest)), None, "{deepest} levels");
    for depth in [deepest + 1, 100_000] {
        assert_eq!(error_of(family(depth)).as_deref(), Some(message), "{depth} levels");
    }
}

fn nested(open: &str, middle: &str, close: &str) -> impl Fn(usize) -> String {
    move |depth| format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn unary_operators_end_where_cpython_gives_up() {
    check(nested("-", "1", ""), 5968, TOO_COMPLEX);
    check(nested("not ", "1", ""), 5968, TOO_COMPLEX);
}

#[test]
fn powers_end_where_cpython_gives_up() {
    check(nested("1**", "1", ""), 2984, TOO_COMPLEX);
}

#[test]
fn elif_chains_end_where_cpython_gives_up() {
    check(nested("", "if a: pass\n", "elif a: pass\n"), 5965, TOO_COMPLEX);
}

#[test]
fn lambdas_and_conditionals_end_where_cpython_gives_up() {
    check(nested("lambda: ", "1", ""), 2984, TOO_COMPLEX);
    check(nested("a if b else ", "c", ""), 5969, TOO_COMPLEX);
    check(nested("lambda x=", "1", ": 1"), 746, TOO_COMPLEX);
}

#[test]
fn brackets_nest_two_hundred_deep() {
    for (open, middle, close) in [
        ("(", "", ")"),
        ("[", "", "]"),
        ("f(", "", ")"),
        ("a[", "0", "]"),
        ("{0:", "0", "}"),
        ("(await ", "x", ")"),
    ] {
        check(nested(open, middle, close), 200, "too many nested parentheses");
    }
    check(
        |depth| format!("match x:\n case {}{}: pass\n", "[".repeat(depth), "]".repeat(depth)),
        200,
        "too many nested parentheses",
    );
}

#[test]
fn templates_nest_149_deep() {
    check(nested("f\"{", "1", "}\""), 149, "too many nested f-strings or t-strings");
}

#[test]
fn blocks_nest_99_deep() {
    let blocks = |depth: usize| {
        let mut text: String = (0..depth).map(|level| format!("{}if a:\n", " ".repeat(level))).collect();
        text.push_str(&" ".repeat(depth));
        text + "pass\n"
    };
    assert_eq!(error_of(blocks(99)), None);
    assert_eq!(error_of(blocks(100)).as_deref(), Some("too many levels of indentation"));
    assert_eq!(error_of(blocks(1000)).as_deref(), Some("too many levels of indentation"));
}

#[test]
fn chains_to_the_left_have_no_limit() {
    for (open, middle, close) in [
        ("", "a", ".b"),
        ("", "a", "()"),
        ("", "a", "[0]"),
        ("", "1", "+1"),
        ("a=", "1", ""),
        ("a<", "1", ""),
        ("a and ", "1", ""),
        ("\"a\" ", "\"b\"", ""),
        ("@a\n", "def f(): pass", ""),
    ] {
        assert_eq!(error_of(nested(open, middle, close)(20_000)), None, "{open}{middle}{close}");
    }
}
