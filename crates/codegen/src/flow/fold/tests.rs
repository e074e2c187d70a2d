//! Values that operators give on constants, as the reference gives them.

use super::super::facts::{UNARY_INVERT, UNARY_NEGATIVE, UNARY_NOT};
use super::{binary, unary};
use num_bigint::BigInt;
use taipan_bytecode_format::{BINARY_OPERATORS, Const};
use taipan_wtf8::Wtf8Buf;

fn int(text: &str) -> Const {
    Const::Int(text.parse::<BigInt>().unwrap())
}

fn text(text: &str) -> Const {
    let mut buffer = Wtf8Buf::new();
    buffer.push_str(text);
    Const::Str(buffer)
}

/// A constant from `1`, `1.5`, `2j`, `True`, or text.
fn constant(source: &str) -> Const {
    if let Some(imaginary) = source.strip_suffix('j') {
        let (real, imaginary) = imaginary.split_once('&').unwrap_or(("0", imaginary));
        return Const::Complex(real.parse().unwrap(), imaginary.parse().unwrap());
    }
    match source {
        "True" => Const::Bool(true),
        "False" => Const::Bool(false),
        _ if source.parse::<BigInt>().is_ok() => int(source),
        _ => source.parse().map_or_else(|_| text(source), Const::Float),
    }
}

#[track_caller]
fn check(left: &str, operator: &str, right: &str, expected: Option<&str>) {
    let number = BINARY_OPERATORS.iter().position(|other| *other == operator).unwrap();
    let value = binary::apply(number as u32, &constant(left), &constant(right));
    let expected = expected.map(constant);
    let same = match (&value, &expected) {
        (Some(value), Some(expected)) => value.same(expected),
        (value, expected) => value.is_none() && expected.is_none(),
    };
    assert!(same, "{left} {operator} {right}: {value:?}, not {expected:?}");
}

#[test]
fn integers() {
    for (left, operator, right, expected) in [
        ("7", "//", "-2", "-4"),
        ("7", "%", "-2", "-1"),
        ("-7", "//", "2", "-4"),
        ("-7", "%", "2", "1"),
        ("6", "/", "4", "1.5"),
        ("0", "/", "-5", "-0.0"),
        ("1", "/", "3", "0.3333333333333333"),
        ("10000000000000000000000000", "/", "3", "3.3333333333333335e24"),
        ("2", "**", "10", "1024"),
        ("2", "**", "-1", "0.5"),
        ("0", "**", "0", "1"),
        ("-3", "**", "3", "-27"),
        ("1", "<<", "100", "1267650600228229401496703205376"),
        ("-1", ">>", "1000000000000000000000", "-1"),
        ("5", ">>", "1", "2"),
        ("-5", ">>", "1", "-3"),
        ("6", "&", "-2", "6"),
        ("6", "^", "3", "5"),
        ("True", "+", "True", "2"),
        ("True", "&", "False", "False"),
        ("True", "|", "2", "3"),
        ("9223372036854775807", "*", "9223372036854775807", "85070591730234615847396907784232501249"),
    ] {
        check(left, operator, right, Some(expected));
    }
}

#[test]
fn what_raises_or_grows_too_large_stays() {
    for (left, operator, right) in [
        ("1", "/", "0"),
        ("1", "//", "0"),
        ("1.5", "%", "0"),
        ("1j", "/", "0"),
        ("1", "@", "1"),
        ("1", "<<", "-1"),
        ("1", "<<", "128"),
        ("2", "**", "127"),
        ("0", "**", "-1"),
        ("1", "**", "200"),
        ("18446744073709551616", "*", "18446744073709551616"),
        ("1.5", "//", "2j"),
        ("1e300", "**", "2.0"),
        ("1", "+", "text"),
        ("text", "%", "1"),
        ("text", "[]", "4"),
        ("text", "[]", "1.0"),
        ("text", "*", "-1"),
        ("text", "*", "1025"),
        ("text", "*", "2.0"),
    ] {
        check(left, operator, right, None);
    }
    let huge = "1".to_owned() + &"0".repeat(400);
    check(&huge, "+", "1.5", None);
    check(&huge, "/", "3", None);
    check("1.5", "/", &huge, None);
}

#[test]
fn floats() {
    for (left, operator, right, expected) in [
        ("7.5", "//", "-2", "-4.0"),
        ("7.5", "%", "-2", "-0.5"),
        ("-0.0", "//", "5.0", "-0.0"),
        ("4.0", "%", "-2.0", "-0.0"),
        ("1", "+", "0.5", "1.5"),
        ("2.0", "**", "0.5", "1.4142135623730951"),
        ("-8.0", "**", "3", "-512.0"),
        ("0.0", "**", "0", "1.0"),
        ("inf", "*", "0.5", "inf"),
        ("-inf", "**", "3", "-inf"),
        ("-inf", "**", "-3", "-0.0"),
        ("0.5", "**", "inf", "0.0"),
        ("0.5", "**", "-inf", "inf"),
        ("-1.0", "**", "inf", "1.0"),
        ("-0.0", "**", "3", "-0.0"),
    ] {
        check(left, operator, right, Some(expected));
    }
}

#[test]
fn complex_numbers() {
    for (left, operator, right, expected) in [
        ("1", "+", "2j", "1&2j"),
        ("-0.0", "+", "2j", "0&2j"),
        ("1", "-", "0&-0.0j", "1&0.0j"),
        ("inf", "*", "1&1j", "inf&infj"),
        ("1&2j", "*", "3&4j", "-5&10j"),
        ("1&2j", "/", "3&4j", "0.44&0.08j"),
        ("1", "/", "0&2j", "0&-0.5j"),
        ("1&2j", "**", "2", "-3&4j"),
        ("1&1j", "**", "-1", "0.5&-0.5j"),
        ("-8", "**", "0.5", "1.7319121124709868e-16&2.8284271247461903j"),
        ("1&2j", "**", "0.5&0.25j", "0.8259032269525077&0.7767752634267686j"),
    ] {
        check(left, operator, right, Some(expected));
    }
}

#[test]
fn texts_and_tuples() {
    check("ab", "+", "c", Some("abc"));
    check("ab", "*", "2", Some("abab"));
    check("2", "*", "ab", Some("abab"));
    check("ab", "*", "0", Some(""));
    check("abc", "[]", "-1", Some("c"));
    check("a\u{1F600}c", "[]", "1", Some("\u{1F600}"));
    check("abc", "[]", "True", Some("b"));
    let slice = |start: Option<i64>, stop: Option<i64>, step: Option<i64>| {
        let part = |value: Option<i64>| value.map_or(Const::None, |value| Const::Int(value.into()));
        Const::Slice(Box::new([part(start), part(stop), part(step)]))
    };
    let subscript = BINARY_OPERATORS.len() as u32 - 1;
    for (key, expected) in [
        (slice(Some(1), Some(3), None), Some("bc")),
        (slice(None, None, Some(-1)), Some("edcba")),
        (slice(Some(-2), None, None), Some("de")),
        (slice(Some(10), Some(i64::MIN), Some(-2)), Some("eca")),
        (slice(Some(3), Some(1), None), Some("")),
        (slice(None, None, Some(0)), None),
    ] {
        let value = binary::apply(subscript, &text("abcde"), &key);
        assert_eq!(value.is_some(), expected.is_some(), "{key:?}");
        assert!(value.zip(expected).is_none_or(|(value, expected)| value.same(&text(expected))), "{key:?}");
    }
    let tuple = Const::Tuple(vec![Const::None; 2]);
    let repeated = |count: i64| binary::apply(5, &tuple, &Const::Int(count.into()));
    assert!(repeated(128).is_some_and(|value| matches!(value, Const::Tuple(items) if items.len() == 256)));
    assert!(repeated(129).is_none());
    let nested = Const::Tuple(vec![Const::Tuple(vec![Const::None; 30]); 2]);
    assert!(binary::apply(5, &nested, &int("16")).is_some());
    assert!(binary::apply(5, &nested, &int("17")).is_none());
}

#[test]
fn unary_operators() {
    let apply = |op, source: &str| unary::apply(op, &constant(source));
    let same =
        |value: Option<Const>, expected: &str| value.is_some_and(|value| value.same(&constant(expected)));
    assert!(same(apply(UNARY_NEGATIVE, "0.0"), "-0.0"));
    assert!(same(apply(UNARY_NEGATIVE, "True"), "-1"));
    assert!(same(apply(UNARY_NEGATIVE, "0&2j"), "-0.0&-2j"));
    assert!(same(apply(UNARY_INVERT, "5"), "-6"));
    assert!(apply(UNARY_INVERT, "True").is_none());
    assert!(apply(UNARY_INVERT, "1.5").is_none());
    assert!(same(apply(UNARY_NOT, "text"), "False"));
    assert!(same(apply(UNARY_NOT, "0&0j"), "True"));
    assert!(apply(UNARY_NEGATIVE, "text").is_none());
}
