//! Trees in the text form, before and after.

use super::*;
use crate::artifact::{Form, Tree};
use taipan_artifact::Limits;

/// The module in text form after preprocessing.
fn preprocessed(module: &str, level: u8) -> String {
    let head = format!(
        "(ast 1 3.14 (producer 0 1 0) (name \"x\") (hash {:032x}) (options 14 1 false false) (source 30) (lines) ",
        0
    );
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let mut tree =
        Tree::read(format!("{head}{module})").as_bytes(), Limits::default(), &arena, &mut interner).unwrap();
    tree.module = preprocess(tree.module, level, &interner, &arena);
    let bytes = tree.write(Form::Text, &interner);
    // what preprocessing makes is a legal tree
    Tree::read(&bytes, Limits::default(), &Arena::new(), &mut Interner::new()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (_, after) = text.split_once("(lines)").unwrap();
    let words: Vec<&str> = after.split_whitespace().collect();
    words.join(" ").strip_suffix(')').unwrap().replace("( (", "((")
}

fn check_expr(before: &str, after: &str) {
    let whole = |expr: &str| format!("(Expression {expr})");
    assert_eq!(preprocessed(&whole(before), 1), whole(after));
}

const NOWHERE: &str = "4294967295..4294967295";

fn name(id: &str) -> String {
    format!("(Name 8..9 \"{id}\" Load)")
}

fn percent(format: &str, items: &[&str]) -> String {
    let items: Vec<String> = items.iter().map(|id| name(id)).collect();
    format!("(BinOp 0..20 (Constant 0..4 (str \"{format}\") _) Mod (Tuple 7..20 ({}) Load))", items.join(" "))
}

#[test]
fn debug_is_a_constant_where_it_is_read() {
    check_expr("(Name 0..9 \"__debug__\" Load)", "(Constant 0..9 False _)");
    let module = |value: &str| format!("(Module ((Expr 0..9 {value})) ())");
    assert_eq!(preprocessed(&module("(Name 0..9 \"__debug__\" Load)"), 0), module("(Constant 0..9 True _)"));
}

#[test]
fn percent_formatting_becomes_a_formatted_string() {
    let value = |id: &str, conversion: u32, spec: &str| {
        format!("(FormattedValue 8..9 {} {conversion} {spec})", name(id))
    };
    let text = |text: &str| format!("(Constant {NOWHERE} (str \"{text}\") _)");
    let joined = |values: &[String]| format!("(JoinedStr 0..20 ({}))", values.join(" "));
    check_expr(&percent("%s", &["x"]), &joined(&[value("x", 115, "_")]));
    check_expr(
        &percent("a%%b%5.3r%-3a", &["x", "y"]),
        &joined(&[text("a%b"), value("x", 114, &text(">5.3")), value("y", 97, &text("3"))]),
    );
    check_expr(
        &percent("%05s%+r%.s%-0s", &["a", "b", "c", "d"]),
        &joined(&[
            value("a", 115, &text(">5")),
            value("b", 114, "_"),
            value("c", 115, &text(".0")),
            value("d", 115, "_"),
        ]),
    );
    check_expr(&percent("", &[]), &joined(&[]));
}

#[test]
fn other_percent_formatting_is_left_to_run_time() {
    let cases: [(&str, &[&str]); 10] = [
        ("%d", &["x"]),
        ("%s%s", &["x"]),
        ("%s", &["x", "y"]),
        ("%5", &["x"]),
        ("%", &[]),
        ("%(a)s", &["x"]),
        ("%*s", &["x", "y"]),
        ("%100s", &["x"]),
        ("%.100s", &["x"]),
        ("%ls", &["x"]),
    ];
    for (format, items) in cases {
        check_expr(&percent(format, items), &percent(format, items));
    }
}

#[test]
fn numbers_in_patterns_are_folded() {
    let pattern = |value: &str| {
        format!(
            "(Module ((Match 0..9 (Name 0..1 \"x\" Load) ((match_case (MatchValue 1..2 {value}) _ ((Pass 2..3)))))) ())"
        )
    };
    let check = |before: &str, after: &str| {
        assert_eq!(preprocessed(&pattern(before), 1), pattern(after));
    };
    let number = |value: &str| format!("(Constant 1..2 {value} _)");
    let minus = |value: &str| format!("(UnaryOp 1..2 USub (Constant 1..2 {value} _))");
    let sum =
        |left: &str, op: &str, right: &str| format!("(BinOp 1..2 {left} {op} (Constant 1..2 {right} _))");
    check(&minus("(int 1)"), &number("(int -1)"));
    check(&minus("(int 0)"), &number("(int 0)"));
    check(&minus("(float 1.5)"), &number("(float -1.5)"));
    check(&minus("(complex 0.0 2.0)"), &number("(complex -0.0 -2.0)"));
    check(&sum(&minus("(int 1)"), "Add", "(complex 0.0 2.0)"), &number("(complex -1.0 2.0)"));
    check(&sum(&number("(int 1)"), "Sub", "(complex 0.0 0.0)"), &number("(complex 1.0 -0.0)"));
    let huge = format!("(int {})", "9".repeat(400));
    let left = minus(&huge);
    let folded = number(&huge.replace("(int ", "(int -"));
    check(&sum(&left, "Add", "(complex 0.0 1.0)"), &sum(&folded, "Add", "(complex 0.0 1.0)"));
}

#[test]
fn docstrings_go_at_level_2() {
    let doc = "(Expr 2..9 (Constant 2..9 (str \"doc\") _))";
    let class = |body: &str| format!("(Module ((ClassDef 0..9 \"A\" () () ({body}) () ())) ())");
    assert_eq!(preprocessed(&class(doc), 1), class(doc));
    assert_eq!(preprocessed(&class(doc), 2), class("(Pass 2..3)"));
    assert_eq!(preprocessed(&class(&format!("{doc} (Break 4..5)")), 2), class("(Break 4..5)"));
    let kept = "(Expr 2..9 (JoinedStr 2..9 ((Constant 2..9 (str \"doc\") _))))";
    assert_eq!(preprocessed(&class(&format!("{doc} {doc}")), 2), class(kept));
}

#[test]
fn annotations_that_are_not_evaluated_are_left_alone() {
    let module = |annotation: &str| {
        format!(
            "(Module ((ImportFrom 0..9 \"__future__\" ((alias 0..9 \"annotations\" _)) 0) \
             (AnnAssign 0..9 (Name 0..1 \"x\" Store) {annotation} _ true)) ())"
        )
    };
    let debug = "(Name 0..9 \"__debug__\" Load)";
    assert_eq!(preprocessed(&module(debug), 1), module(debug));
    let evaluated = module(debug).replace("annotations", "division");
    assert!(preprocessed(&evaluated, 1).contains("(Constant 0..9 False _)"));
}

#[test]
fn a_tree_without_changes_is_returned_as_it_is() {
    let (arena, mut interner) = (Arena::new(), Interner::new());
    let text = include_bytes!("../../../../fixtures/ast/every_class.txt");
    let tree = Tree::read(text, Limits::default(), &arena, &mut interner).unwrap();
    let unchanged = rebuild(tree.module, &arena, &mut Nothing);
    let rebuilt = Tree { info: tree.info.clone(), module: unchanged };
    assert!(rebuilt.write(Form::Binary, &interner) == tree.write(Form::Binary, &interner));
}

struct Nothing;

impl Rewrite<'_> for Nothing {}
