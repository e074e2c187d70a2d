//! Symbol tables of small sources: where names live, and the errors that only scopes can tell. The
//! numbers were asked of CPython 3.14's `_symtable`.

use taipan_ast::Interner;
use taipan_codegen::symtable::{ScopeId, Symtable, SymtableOptions};
use taipan_lexer::{LexOptions, Mode, Source, lex};
use taipan_parser::{ParseOptions, arena_for, parse};

/// A line for each scope, or the error.
fn table_of(text: &str) -> String {
    let source = Source::from_str(text, Mode::Exec).expect("decodes");
    let lexed = lex(&source, &LexOptions::default());
    let arena = arena_for(&lexed.tokens);
    let mut interner = Interner::new();
    let parsed = parse(&source, &lexed, &ParseOptions::default(), &arena, &mut interner);
    let Ok(parsed) = parsed else { panic!("{text:?} is refused") };
    match Symtable::build(&parsed.module, &mut interner, SymtableOptions::default()) {
        Err(error) => format!("{} in {}", error.kind, source.text().get(error.span.range()).unwrap_or("?")),
        Ok(table) => {
            let mut lines = Vec::new();
            list(&table, table.top(), 0, &interner, &mut lines);
            lines.join("\n")
        }
    }
}

fn list(table: &Symtable, id: ScopeId, depth: usize, interner: &Interner, lines: &mut Vec<String>) {
    let scope = table.scope(id);
    let symbols: Vec<String> = scope
        .symbols
        .iter()
        .map(|(name, symbol)| format!(" {}={}", interner.resolve(*name), symbol.number()))
        .collect();
    lines.push(format!(
        "{}{} {}:{}",
        "  ".repeat(depth),
        interner.resolve(scope.name),
        scope.kind as u8,
        symbols.concat()
    ));
    scope.children.iter().for_each(|child| list(table, *child, depth + 1, interner, lines));
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(table_of(text), expected.join("\n"), "{text}");
}

#[test]
fn a_name_of_an_enclosing_function_is_a_cell_there_and_free_here() {
    check(
        "def f(a):\n def g(): return a",
        &[
            "top 2: f=4098",
            "  __annotate__ 3: .format=4116",
            "  f 0: a=20484 g=4098",
            "    __annotate__ 3: .format=4116",
            "    g 0: a=16400",
        ],
    );
}

#[test]
fn a_comprehension_lends_its_names_to_the_frame_that_it_runs_in() {
    check("[i for i in a]", &["top 2: a=12304 i=4626"]);
    check("(i for i in a)", &["top 2: a=12304", "  genexpr 0: .0=4100 i=4626"]);
}

#[test]
fn type_parameters_have_a_scope_around_their_function() {
    check(
        "def f[T: int](x: T): pass",
        &[
            "top 2: f=4098",
            "  f 5: .defaults=4100 T=21506",
            "    T 6: .format=4116 int=12304",
            "    __annotate__ 3: .format=4116 T=16400",
            "    f 0: x=4100",
        ],
    );
}

#[test]
fn private_names_of_a_class_are_kept_mangled() {
    check("class C:\n __x = 1", &["top 2: C=4098", "  C 1: _C__x=4098"]);
}

#[test]
fn errors_that_only_scopes_can_tell() {
    for (text, expected) in [
        ("def f(a, a): pass", "duplicate argument 'a' in function definition in a"),
        ("def f():\n x = 1\n global x", "name 'x' is assigned to before global declaration in global x"),
        ("def f():\n print(x)\n nonlocal x", "name 'x' is used prior to nonlocal declaration in nonlocal x"),
        ("def f():\n nonlocal x", "no binding for nonlocal 'x' found in nonlocal x"),
        ("nonlocal x", "nonlocal declaration not allowed at module level in nonlocal x"),
        ("def f():\n from a import *", "import * only allowed at module level in *"),
        (
            "[(i := 0) for i in a]",
            "assignment expression cannot rebind comprehension iteration variable 'i' in i",
        ),
        (
            "class C: [(i := 0) for j in a]",
            "assignment expression within a comprehension cannot be used in a class body in i",
        ),
        ("def f() -> (yield): pass", "yield expression cannot be used within an annotation in yield"),
        ("[(yield) for i in a]", "'yield' inside list comprehension in yield"),
        ("__debug__ = 1", "cannot assign to __debug__ in __debug__"),
        ("await x", "'await' outside function in await x"),
        ("def f():\n async for i in a: pass", "'async for' outside async function in async for i in a: pass"),
        ("class C[T, T]: pass", "duplicate type parameter 'T' in T"),
    ] {
        assert_eq!(table_of(text), expected, "{text}");
    }
}

#[test]
fn deep_input_needs_no_deep_stack() {
    let work = || {
        let chain = format!("x = a{}\n", ".b".repeat(20_000));
        assert!(table_of(&chain).starts_with("top 2:"));
        let elifs = format!("if a: pass\n{}", "elif a: pass\n".repeat(5_000));
        assert!(table_of(&elifs).starts_with("top 2:"));
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).expect("a thread");
    thread.join().expect("no overflow");
}
