//! Each rule is kept by the sample of `artifact/tests.rs` and broken here.

use super::*;
use crate::Arena;
use crate::artifact::{Tree, TreeError};
use taipan_artifact::Limits;

/// The rule that the statement in text form breaks.
fn broken(statement: &str) -> Option<Rule> {
    let text = format!(
        "(ast 1 3.14 (producer 0 1 0) (name \"x\") (hash {:032x}) (options 14 -1 false false) (source 3 \"xé\") (lines)\
         (Module ({statement}) ()))",
        0
    );
    let (arena, mut interner) = (Arena::new(), Interner::new());
    match Tree::read(text.as_bytes(), Limits::default(), &arena, &mut interner) {
        Ok(_) => None,
        Err(TreeError::Rule(error)) => Some(error.rule),
        Err(error) => panic!("{statement}: {error}"),
    }
}

/// The rule that the expression breaks; `X` stands for a name that is loaded, `S` for one stored to.
fn in_expr(expression: &str) -> Option<Rule> {
    in_stmt(&format!("(Expr 0..1 {expression})"))
}

fn in_pattern(pattern: &str) -> Option<Rule> {
    in_stmt(&format!("(Match 0..1 X ((match_case {pattern} _ (P))))"))
}

fn in_stmt(statement: &str) -> Option<Rule> {
    let mut text = String::new();
    let words = statement.split_inclusive([' ', '(', ')']);
    for word in words {
        let (name, end) = word.split_at(word.trim_end_matches([' ', '(', ')']).len());
        match name {
            "X" => text.push_str("(Name 0..1 \"x\" Load)"),
            "S" => text.push_str("(Name 0..1 \"x\" Store)"),
            "P" => text.push_str("(Pass 0..0)"),
            "A" => text.push_str("(MatchAs 0..0 _ \"a\")"),
            name => text.push_str(name),
        }
        text.push_str(end);
    }
    broken(&text)
}

#[test]
fn ranges_lie_within_the_source_and_between_characters() {
    assert_eq!(in_stmt("(Pass 0..3)"), None);
    assert_eq!(in_stmt("(Pass 1..0)"), Some(Rule::Range));
    assert_eq!(in_stmt("(Pass 3..4)"), Some(Rule::Range));
    assert_eq!(in_stmt("(Pass 1..2)"), Some(Rule::CharBoundary));
    let nowhere = "4294967295..4294967295";
    assert_eq!(in_expr(&format!("(Constant {nowhere} (str \"a\") _)")), None);
    assert_eq!(in_expr(&format!("(Await {nowhere} X)")), Some(Rule::Range));
}

#[test]
fn contexts_fit_their_places() {
    let context = |expected, found| Some(Rule::Context { expected, found });
    assert_eq!(in_stmt("(Assign 0..1 (S) X _)"), None);
    assert_eq!(in_stmt("(Assign 0..1 (X) X _)"), context(ExprContext::Store, ExprContext::Load));
    assert_eq!(in_expr("S"), context(ExprContext::Load, ExprContext::Store));
    assert_eq!(in_stmt("(Delete 0..1 (S))"), context(ExprContext::Del, ExprContext::Store));
    assert_eq!(in_stmt("(Delete 0..1 ((Starred 0..1 S Del)))"), Some(Rule::Target));
    assert_eq!(in_stmt("(Assign 0..1 ((Tuple 0..1 (S (Starred 0..1 S Store)) Store)) X _)"), None);
    let inner = in_stmt("(Assign 0..1 ((Tuple 0..1 (X) Store)) X _)");
    assert_eq!(inner, context(ExprContext::Store, ExprContext::Load));
    assert_eq!(in_stmt("(Assign 0..1 ((Constant 0..1 None _)) X _)"), Some(Rule::Target));
    assert_eq!(in_stmt("(AugAssign 0..1 (Tuple 0..1 () Store) Add X)"), Some(Rule::Target));
    assert_eq!(in_stmt("(AnnAssign 0..1 (Attribute 0..1 X \"a\" Store) X _ true)"), Some(Rule::NameTarget));
    assert_eq!(in_expr("(NamedExpr 0..1 (List 0..1 () Store) X)"), Some(Rule::NameTarget));
    assert_eq!(in_stmt("(TypeAlias 0..1 (List 0..1 () Store) () X)"), Some(Rule::NameTarget));
}

#[test]
fn sequences_have_the_items_that_they_need() {
    let too_few = |field, least| Some(Rule::TooFew { field, least });
    assert_eq!(in_stmt("(Delete 0..1 ())"), too_few("targets", 1));
    assert_eq!(in_stmt("(If 0..1 X () ())"), too_few("body", 1));
    assert_eq!(in_stmt("(Import 0..1 ())"), too_few("names", 1));
    assert_eq!(in_stmt("(With 0..1 () (P) _)"), too_few("items", 1));
    assert_eq!(in_expr("(BoolOp 0..1 And (X))"), too_few("values", 2));
    assert_eq!(in_expr("(ListComp 0..1 X ())"), too_few("generators", 1));
    assert_eq!(in_expr("(Compare 0..1 X () ())"), too_few("ops", 1));
    assert_eq!(in_pattern("(MatchOr 0..0 (A))"), too_few("patterns", 2));
}

#[test]
fn sequences_that_belong_together_are_of_equal_lengths() {
    assert_eq!(in_expr("(Compare 0..1 X (Lt) ())"), Some(Rule::Lengths));
    assert_eq!(in_expr("(Dict 0..1 (_) ())"), Some(Rule::Lengths));
    assert_eq!(in_expr("(Lambda 0..1 (arguments () () _ () (_) _ ()) X)"), Some(Rule::Lengths));
    assert_eq!(in_expr("(Lambda 0..1 (arguments () () _ () () _ (X)) X)"), Some(Rule::Defaults));
    assert_eq!(in_pattern("(MatchMapping 0..0 () (A) _)"), Some(Rule::Lengths));
    assert_eq!(in_pattern("(MatchClass 0..0 X () (\"a\") ())"), Some(Rule::Lengths));
}

#[test]
fn the_parts_of_try_fit() {
    let handler = "(ExceptHandler 0..1 _ _ (P))";
    assert_eq!(in_stmt("(Try 0..1 (P) () () (P))"), None);
    assert_eq!(in_stmt("(Try 0..1 (P) () () ())"), Some(Rule::TryParts));
    assert_eq!(in_stmt("(Try 0..1 (P) () (P) (P))"), Some(Rule::TryParts));
    assert_eq!(in_stmt(&format!("(Try 0..1 (P) ({handler}) (P) ())")), None);
    assert_eq!(in_stmt(&format!("(TryStar 0..1 (P) ({handler}) () ())")), Some(Rule::HandlerType));
}

#[test]
fn names_are_identifiers() {
    assert_eq!(in_expr("(Name 0..1 \"naïve\" Load)"), None);
    assert_eq!(in_expr("(Name 0..1 \"1a\" Load)"), Some(Rule::Name));
    assert_eq!(in_expr("(Name 0..1 \"\" Load)"), Some(Rule::Name));
    assert_eq!(in_expr("(Name 0..1 \"a.b\" Load)"), Some(Rule::Name));
    assert_eq!(in_expr("(Name 0..1 \"None\" Load)"), Some(Rule::ConstantName));
    assert_eq!(in_stmt("(Import 0..1 ((alias 0..1 \"a.b\" _)))"), None);
    assert_eq!(in_stmt("(Import 0..1 ((alias 0..1 \"a..b\" _)))"), Some(Rule::Name));
    assert_eq!(in_stmt("(Global 0..1 (\"a\" \"b c\"))"), Some(Rule::Name));
    assert_eq!(in_stmt("(ImportFrom 0..1 _ ((alias 0..1 \"*\" _)) 0)"), Some(Rule::ImportSource));
    assert_eq!(in_stmt("(ImportFrom 0..1 _ ((alias 0..1 \"*\" _)) 2)"), None);
}

#[test]
fn patterns_are_legal() {
    assert_eq!(in_pattern("(MatchValue 0..0 (Constant 0..0 (int 1) _))"), None);
    assert_eq!(in_pattern("(MatchValue 0..0 X)"), Some(Rule::PatternValue));
    assert_eq!(in_pattern("(MatchValue 0..0 (Constant 0..0 None _))"), Some(Rule::PatternValue));
    assert_eq!(in_pattern("(MatchMapping 0..0 ((Constant 0..0 None _)) (A) _)"), None);
    assert_eq!(in_pattern("(MatchMapping 0..0 (X) (A) _)"), Some(Rule::PatternValue));
    assert_eq!(in_pattern("(MatchSingleton 0..0 Ellipsis)"), Some(Rule::Singleton));
    assert_eq!(in_pattern("(MatchStar 0..0 _)"), Some(Rule::StarPattern));
    assert_eq!(in_pattern("(MatchSequence 0..0 ((MatchStar 0..0 _)))"), None);
    assert_eq!(in_pattern("(MatchAs 0..0 A _)"), Some(Rule::BoundPattern));
}

#[test]
fn constants_and_formatted_values_are_legal() {
    assert_eq!(in_expr("(Constant 0..0 (str \"a\") \"u\")"), None);
    assert_eq!(in_expr("(Constant 0..0 (int 1) \"u\")"), Some(Rule::ConstantKind));
    assert_eq!(in_expr("(Constant 0..0 (str \"a\") \"b\")"), Some(Rule::ConstantKind));
    assert_eq!(in_expr("(Constant 0..0 (float nan) _)"), Some(Rule::Nan));
    assert_eq!(in_expr("(Constant 0..0 (complex 0.0 nan) _)"), Some(Rule::Nan));
    assert_eq!(in_expr("(FormattedValue 0..1 X -1 X)"), Some(Rule::FormatSpec));
    assert_eq!(in_expr("(FormattedValue 0..1 X -1 (JoinedStr 0..0 ()))"), None);
    assert_eq!(in_expr("(FormattedValue 0..1 X -1 (Constant 0..0 (str \">5\") _))"), None);
    assert_eq!(in_expr("(Interpolation 0..1 X None -1 _)"), Some(Rule::InterpolationText));
}

#[test]
fn the_length_of_the_source_is_what_is_said() {
    let module = Mod::Module(&crate::ModModule { body: &[], type_ignores: &[] });
    let error = verify(&module, &Interner::new(), 3, Some("ab")).unwrap_err();
    assert_eq!(error.rule, Rule::SourceLength);
}
