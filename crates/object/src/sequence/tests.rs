//! Subscripts and operators of the built-in sequences, with the messages of the reference.

use crate::bytearray::PyByteArray;
use crate::bytes::PyBytes;
use crate::list::PyList;
use crate::protocol::{BinaryOp, binary, in_place, set_subscript, subscript};
use crate::range::PyRange;
use crate::slice::PySlice;
use crate::str::PyStr;
use crate::testing::{error, run, run_without_leak, text};
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::{Ref, Value};

/// A value as the reference writes it, as far as these tests need it.
fn show(value: Ref<'_>) -> String {
    let all = |items: Vec<Value>| items.iter().map(|v| show(v.as_ref())).collect::<Vec<_>>().join(", ");
    if let Some(list) = value.get::<PyList>() {
        format!("[{}]", all((0..list.len()).filter_map(|at| list.get(at)).collect()))
    } else if let Some(tuple) = value.get::<PyTuple>() {
        format!("({})", all(tuple.iter().map(Ref::to_value).collect()))
    } else if let Some(range) = value.get::<PyRange>() {
        format!("range({})", all(range.parts()[..3].to_vec()))
    } else if let Some(text) = value.get::<PyStr>() {
        format!("'{}'", text.to_text_lossy())
    } else if let Some(bytes) = value.get::<PyBytes>() {
        format!("b'{}'", bytes.as_slice().escape_ascii())
    } else if let Some(array) = value.get::<PyByteArray>() {
        format!("B'{}'", (0..array.len()).filter_map(|at| array.get(at)).collect::<Vec<_>>().escape_ascii())
    } else {
        value.int_to_text(10).unwrap_or_else(|| value.ty().short_name().to_owned())
    }
}

fn shown(thread: &Thread, result: crate::PyResult<Value>) -> String {
    match result {
        Ok(value) => show(value.as_ref()),
        Err(raised) => error::<()>(thread, Err(raised)),
    }
}

fn ints(thread: &Thread, values: &[i64]) -> Value {
    let values: Vec<_> = values.iter().map(|v| Value::int(thread, *v).unwrap()).collect();
    PyList::from_values(thread, values).unwrap().into_value()
}

fn tuple(thread: &Thread, values: &[i32]) -> Value {
    let values: Vec<_> = values.iter().map(|v| Value::small(*v)).collect();
    PyTuple::from_values(thread, values).unwrap().into_value()
}

fn bytes(thread: &Thread, bytes: &[u8]) -> Value {
    PyBytes::new(thread, bytes).unwrap().into_value()
}

fn array(thread: &Thread, bytes: &[u8]) -> Value {
    PyByteArray::new(thread, bytes).unwrap().into_value()
}

fn range(thread: &Thread, start: i64, stop: i64, step: i64) -> Value {
    let [start, stop, step] = [start, stop, step].map(|v| Value::int(thread, v).unwrap());
    PyRange::from_bounds(thread, start, stop, step).unwrap().into_value()
}

fn huge(thread: &Thread) -> Value {
    let half = Value::int(thread, 1 << 40).unwrap();
    binary(thread, half.as_ref(), half.as_ref(), BinaryOp::Multiply).unwrap()
}

/// A slice; `i64::MIN` stands for `None`.
fn slice(thread: &Thread, parts: [i64; 3]) -> Value {
    let [a, b, c] = parts.map(|v| if v == i64::MIN { Value::none() } else { Value::int(thread, v).unwrap() });
    PySlice::new(thread, a, b, c).unwrap().into_value()
}

const NO: i64 = i64::MIN;

#[test]
fn subscripts_by_index() {
    run_without_leak(|thread| {
        let all = [
            (
                ints(thread, &[5, 6, 7]),
                "5",
                "7",
                "IndexError: list index out of range",
                "TypeError: list indices must be integers or slices, not str",
            ),
            (
                tuple(thread, &[5, 6, 7]),
                "5",
                "7",
                "IndexError: tuple index out of range",
                "TypeError: tuple indices must be integers or slices, not str",
            ),
            (
                text(thread, "abc"),
                "'a'",
                "'c'",
                "IndexError: string index out of range",
                "TypeError: string indices must be integers, not 'str'",
            ),
            (
                bytes(thread, b"abc"),
                "97",
                "99",
                "IndexError: index out of range",
                "TypeError: byte indices must be integers or slices, not str",
            ),
            (
                array(thread, b"abc"),
                "97",
                "99",
                "IndexError: bytearray index out of range",
                "TypeError: bytearray indices must be integers or slices, not str",
            ),
            (
                range(thread, 3, 9, 2),
                "3",
                "7",
                "IndexError: range object index out of range",
                "TypeError: range indices must be integers or slices, not str",
            ),
        ];
        for (value, first, last, outside, wrong) in &all {
            let at = |key: Value| shown(thread, subscript(thread, value.as_ref(), key.as_ref()));
            for (key, expected) in
                [(0, first), (-3, first), (2, last), (-1, last), (3, outside), (-4, outside)]
            {
                assert_eq!(at(Value::small(key)), **expected);
            }
            assert_eq!(at(Value::bool(false)), **first);
            assert_eq!(at(text(thread, "a")), **wrong);
            let beyond = at(huge(thread));
            let fits = "IndexError: cannot fit 'int' into an index-sized integer";
            assert!(beyond == fits || value.as_ref().get::<PyRange>().is_some() && beyond == **outside);
        }
    });
}

#[test]
fn subscripts_by_slice() {
    run_without_leak(|thread| {
        let expected = [
            ([NO, NO, NO], "01234"),
            ([1, 3, NO], "12"),
            ([-2, NO, NO], "34"),
            ([NO, NO, 2], "024"),
            ([NO, NO, -1], "43210"),
            ([3, 0, -2], "31"),
            ([4, 1, NO], ""),
            ([NO, 99, NO], "01234"),
            ([i64::MIN + 1, i64::MAX, i64::MAX], "0"),
            ([NO, NO, i64::MIN + 1], "4"),
            ([9, NO, -3], "41"),
        ];
        for (parts, digits) in expected {
            let key = slice(thread, parts);
            let at = |value: Value| shown(thread, subscript(thread, value.as_ref(), key.as_ref()));
            let joined = digits.chars().map(String::from).collect::<Vec<_>>().join(", ");
            assert_eq!(at(text(thread, "01234")), format!("'{digits}'"));
            assert_eq!(at(bytes(thread, b"01234")), format!("b'{digits}'"));
            assert_eq!(at(array(thread, b"01234")), format!("B'{digits}'"));
            assert_eq!(at(ints(thread, &[0, 1, 2, 3, 4])), format!("[{joined}]"));
            assert_eq!(at(tuple(thread, &[0, 1, 2, 3, 4])), format!("({joined})"));
        }
        let ranges = [
            ([0, 10, 1], [NO, NO, 2], "range(0, 10, 2)"),
            ([0, 10, 1], [NO, NO, -1], "range(9, -1, -1)"),
            ([0, 10, 1], [-3, NO, NO], "range(7, 10, 1)"),
            ([0, 0, 1], [NO, NO, -2], "range(-1, -1, -2)"),
            ([10, 0, -3], [NO, NO, -1], "range(1, 13, 3)"),
        ];
        for ([a, b, c], parts, expected) in ranges {
            let (value, key) = (range(thread, a, b, c), slice(thread, parts));
            assert_eq!(shown(thread, subscript(thread, value.as_ref(), key.as_ref())), expected);
        }
        let values = [
            ints(thread, &[1]),
            tuple(thread, &[1]),
            text(thread, "a"),
            bytes(thread, b"a"),
            array(thread, b"a"),
            range(thread, 0, 1, 1),
        ];
        let zero = slice(thread, [NO, NO, 0]);
        let wrong =
            PySlice::new(thread, text(thread, "a"), Value::none(), Value::none()).unwrap().into_value();
        for value in &values {
            let at = |key: &Value| shown(thread, subscript(thread, value.as_ref(), key.as_ref()));
            assert_eq!(at(&zero), "ValueError: slice step cannot be zero");
            assert_eq!(
                at(&wrong),
                "TypeError: slice indices must be integers or None or have an __index__ method"
            );
        }
    });
}

#[test]
fn lists_are_assigned_to() {
    run_without_leak(|thread| {
        let check = |key: Value, value: Option<Value>, expected: &str| {
            let list = ints(thread, &[0, 1, 2, 3, 4]);
            let result = set_subscript(thread, list.as_ref(), key.as_ref(), value);
            assert_eq!(shown(thread, result.map(|()| list)), expected);
        };
        let by = |parts| slice(thread, parts);
        check(Value::small(-1), Some(Value::small(9)), "[0, 1, 2, 3, 9]");
        check(Value::small(1), None, "[0, 2, 3, 4]");
        check(Value::small(5), None, "IndexError: list assignment index out of range");
        check(Value::small(-6), Some(Value::none()), "IndexError: list assignment index out of range");
        check(text(thread, "x"), None, "TypeError: list indices must be integers or slices, not str");
        check(by([1, 3, NO]), Some(tuple(thread, &[7])), "[0, 7, 3, 4]");
        check(by([3, 1, NO]), Some(ints(thread, &[7, 8])), "[0, 1, 2, 7, 8, 3, 4]");
        check(by([NO, NO, NO]), Some(range(thread, 0, 2, 1)), "[0, 1]");
        check(by([NO, NO, 2]), Some(tuple(thread, &[7, 8, 9])), "[7, 1, 8, 3, 9]");
        check(by([NO, NO, -2]), Some(range(thread, 7, 10, 1)), "[9, 1, 8, 3, 7]");
        check(by([1, 4, NO]), None, "[0, 4]");
        check(by([NO, NO, 2]), None, "[1, 3]");
        check(by([3, NO, -3]), None, "[1, 2, 4]");
        check(by([3, 3, -3]), None, "[0, 1, 2, 3, 4]");
        check(by([NO, NO, 0]), None, "ValueError: slice step cannot be zero");
        let iterable = "TypeError: must assign iterable to extended slice";
        check(by([0, 1, NO]), Some(Value::small(5)), iterable);
        check(by([NO, NO, 2]), Some(Value::small(5)), iterable);
        check(
            by([NO, NO, 2]),
            Some(tuple(thread, &[1, 2])),
            "ValueError: attempt to assign sequence of size 2 to extended slice of size 3",
        );
        let list = ints(thread, &[1, 2, 3]);
        set_subscript(thread, list.as_ref(), by([NO, NO, -1]).as_ref(), Some(list.clone())).unwrap();
        assert_eq!(show(list.as_ref()), "[3, 2, 1]");
    });
}

#[test]
fn bytearrays_are_assigned_to() {
    run_without_leak(|thread| {
        let check = |key: Value, value: Option<Value>, expected: &str| {
            let array = array(thread, b"abcde");
            let result = set_subscript(thread, array.as_ref(), key.as_ref(), value);
            assert_eq!(shown(thread, result.map(|()| array)), expected);
        };
        let by = |parts| slice(thread, parts);
        check(Value::small(-1), Some(Value::small(48)), "B'abcd0'");
        check(Value::small(0), None, "B'bcde'");
        check(Value::small(9), None, "IndexError: bytearray index out of range");
        check(Value::small(9), Some(Value::small(256)), "ValueError: byte must be in range(0, 256)");
        check(Value::small(1), Some(huge(thread)), "ValueError: byte must be in range(0, 256)");
        check(
            Value::small(1),
            Some(text(thread, "a")),
            "TypeError: 'str' object cannot be interpreted as an integer",
        );
        check(by([1, 3, NO]), Some(bytes(thread, b"-")), "B'a-de'");
        check(by([NO, NO, 2]), Some(bytes(thread, b"123")), "B'1b2d3'");
        check(by([NO, NO, -2]), None, "B'bd'");
        check(by([1, 2, NO]), Some(ints(thread, &[48, 49])), "B'a01cde'");
        check(
            by([NO, NO, 2]),
            Some(bytes(thread, b"12")),
            "ValueError: attempt to assign bytes of size 2 to extended slice of size 3",
        );
        check(
            by([0, 1, NO]),
            Some(Value::none()),
            "TypeError: cannot convert 'NoneType' object to bytearray",
        );
        check(
            by([0, 1, NO]),
            Some(Value::small(5)),
            "TypeError: can assign only bytes, buffers, or iterables of ints in range(0, 256)",
        );
    });
}

#[test]
fn what_cannot_be_assigned_to_says_so() {
    run(|thread| {
        let (tuple, key) = (tuple(thread, &[1]), Value::small(0));
        let set = |value| error(thread, set_subscript(thread, tuple.as_ref(), key.as_ref(), value));
        assert_eq!(set(None), "TypeError: 'tuple' object doesn't support item deletion");
        assert_eq!(set(Some(Value::none())), "TypeError: 'tuple' object does not support item assignment");
    });
}

#[test]
fn sequences_are_added() {
    run_without_leak(|thread| {
        let check = |a: Value, b: Value, expected: &str| {
            assert_eq!(shown(thread, binary(thread, a.as_ref(), b.as_ref(), BinaryOp::Add)), expected);
        };
        let (list, pair) = (|| ints(thread, &[1]), || tuple(thread, &[1, 2]));
        check(list(), ints(thread, &[2, 3]), "[1, 2, 3]");
        check(list(), pair(), "TypeError: can only concatenate list (not \"tuple\") to list");
        check(pair(), tuple(thread, &[3]), "(1, 2, 3)");
        check(pair(), list(), "TypeError: can only concatenate tuple (not \"list\") to tuple");
        check(text(thread, "a"), text(thread, "b"), "'ab'");
        check(text(thread, "a"), list(), "TypeError: can only concatenate str (not \"list\") to str");
        check(bytes(thread, b"a"), array(thread, b"b"), "b'ab'");
        check(array(thread, b"a"), bytes(thread, b"b"), "B'ab'");
        check(bytes(thread, b"a"), text(thread, "b"), "TypeError: can't concat str to bytes");
        check(array(thread, b"a"), Value::small(1), "TypeError: can't concat int to bytearray");
        let (empty, whole) = (tuple(thread, &[]), pair());
        let sum = binary(thread, empty.as_ref(), whole.as_ref(), BinaryOp::Add).unwrap();
        assert!(sum.as_ref().is(whole.as_ref()));
    });
}

#[test]
fn sequences_are_repeated() {
    run_without_leak(|thread| {
        let check = |a: &Value, b: &Value, expected: &str| {
            assert_eq!(shown(thread, binary(thread, a.as_ref(), b.as_ref(), BinaryOp::Multiply)), expected);
        };
        let all = [
            (ints(thread, &[1, 2]), "[1, 2, 1, 2]", "[]", "MemoryError"),
            (tuple(thread, &[1, 2]), "(1, 2, 1, 2)", "()", "MemoryError"),
            (text(thread, "ab"), "'abab'", "''", "OverflowError: repeated string is too long"),
            (bytes(thread, b"ab"), "b'abab'", "b''", "OverflowError: repeated bytes are too long"),
            (array(thread, b"ab"), "B'abab'", "B''", "MemoryError"),
        ];
        for (value, twice, none, too_long) in &all {
            check(value, &Value::small(2), twice);
            check(&Value::small(2), value, twice);
            check(value, &Value::small(0), none);
            check(value, &Value::small(-5), none);
            check(value, &Value::int(thread, 1 << 62).unwrap(), too_long);
            check(value, &huge(thread), "OverflowError: cannot fit 'int' into an index-sized integer");
            let wrong = "TypeError: can't multiply sequence by non-int of type 'str'";
            check(value, &text(thread, "a"), wrong);
        }
        let most = Value::int(thread, i64::MAX).unwrap();
        for value in [text(thread, "a"), bytes(thread, b"a"), array(thread, b"a"), ints(thread, &[1])] {
            check(&value, &most, "MemoryError");
        }
    });
}

#[test]
fn lists_and_bytearrays_change_in_place() {
    run_without_leak(|thread| {
        let check = |a: Value, b: Value, op: BinaryOp, expected: &str| {
            let result = in_place(thread, a.as_ref(), b.as_ref(), op);
            let same = result.as_ref().is_ok_and(|result| result.as_ref().is(a.as_ref()));
            assert_eq!(same, !expected.contains("Error"));
            assert_eq!(shown(thread, result), expected);
        };
        let list = || ints(thread, &[1, 2]);
        check(list(), tuple(thread, &[3]), BinaryOp::Add, "[1, 2, 3]");
        check(list(), range(thread, 3, 5, 1), BinaryOp::Add, "[1, 2, 3, 4]");
        check(list(), Value::small(5), BinaryOp::Add, "TypeError: 'int' object is not iterable");
        check(list(), Value::small(3), BinaryOp::Multiply, "[1, 2, 1, 2, 1, 2]");
        check(list(), Value::small(-1), BinaryOp::Multiply, "[]");
        check(list(), Value::int(thread, 1 << 62).unwrap(), BinaryOp::Multiply, "MemoryError");
        let array = || array(thread, b"ab");
        check(array(), bytes(thread, b"c"), BinaryOp::Add, "B'abc'");
        check(array(), text(thread, "c"), BinaryOp::Add, "TypeError: can't concat str to bytearray");
        check(array(), Value::small(2), BinaryOp::Multiply, "B'abab'");
        let (itself, bytes) = (list(), array());
        check(itself.clone(), itself, BinaryOp::Add, "[1, 2, 1, 2]");
        check(bytes.clone(), bytes, BinaryOp::Add, "B'abab'");
    });
}

#[test]
fn bytes_compare_and_contain() {
    use crate::protocol::{compare, contains};
    use crate::types::slots::CompareOp;
    run_without_leak(|thread| {
        let all = [bytes(thread, b"abc"), array(thread, b"abc")];
        for a in &all {
            for b in &all {
                let equal = compare(thread, a.as_ref(), b.as_ref(), CompareOp::Eq).unwrap();
                assert!(equal.as_ref().is(Value::bool(true).as_ref()));
            }
            let has = |wanted: Value| contains(thread, a.as_ref(), wanted.as_ref());
            assert!(has(bytes(thread, b"bc")).unwrap() && has(array(thread, b"")).unwrap());
            assert!(has(Value::small(97)).unwrap() && !has(bytes(thread, b"ac")).unwrap());
            assert_eq!(error(thread, has(Value::small(300))), "ValueError: byte must be in range(0, 256)");
            assert_eq!(
                error(thread, has(text(thread, "a"))),
                "TypeError: a bytes-like object is required, not 'str'"
            );
        }
    });
}

#[test]
fn sets_have_operators() {
    use crate::set::PySet;
    run_without_leak(|thread| {
        let set = |keys: &[i32], set: crate::Owned<PySet>| {
            keys.iter().for_each(|key| assert!(set.add(thread, Value::small(*key).as_ref()).unwrap()));
            set
        };
        let keys = |value: &Value| {
            let (set, mut position) = (value.as_ref().get::<PySet>().unwrap(), 0);
            let mut keys: Vec<_> =
                std::iter::from_fn(|| set.next(&mut position)?.as_ref().to_i64()).collect();
            keys.sort_unstable();
            keys
        };
        let ops: [(_, &[i64]); 4] = [
            (BinaryOp::Or, &[1, 2, 3, 4]),
            (BinaryOp::And, &[2, 3]),
            (BinaryOp::Subtract, &[1]),
            (BinaryOp::Xor, &[1, 4]),
        ];
        for (op, expected) in ops {
            let a = set(&[1, 2, 3], PySet::new(thread).unwrap());
            let b = set(&[2, 3, 4], PySet::new_frozen(thread).unwrap());
            let result = binary(thread, a.as_ref(), b.as_ref(), op).unwrap();
            assert_eq!((keys(&result), result.as_ref().ty().short_name()), (expected.to_vec(), "set"));
            let result = in_place(thread, a.as_ref(), b.as_ref(), op).unwrap();
            assert!(result.as_ref().is(a.as_ref()));
            assert_eq!(keys(&result), expected);
            let wrong = error(thread, in_place(thread, a.as_ref(), ints(thread, &[1]).as_ref(), op));
            let sign = op.sign(true);
            assert_eq!(wrong, format!("TypeError: unsupported operand type(s) for {sign}: 'set' and 'list'"));
        }
    });
}

#[test]
fn ranges_compare_and_contain() {
    use crate::protocol::{contains, hash, same_or_equal};
    run_without_leak(|thread| {
        let equal = [([0, 0, 1], [2, 1, 1]), ([0, 3, 2], [0, 4, 2]), ([0, 1, 1], [0, 1, 5])];
        for ([a, b, c], [d, e, f]) in equal {
            let (x, y) = (range(thread, a, b, c), range(thread, d, e, f));
            assert!(same_or_equal(thread, x.as_ref(), y.as_ref()).unwrap());
            assert_eq!(hash(thread, x.as_ref()).unwrap(), hash(thread, y.as_ref()).unwrap());
        }
        let (three, down) = (range(thread, 0, 3, 1), range(thread, 10, 0, -3));
        assert!(!same_or_equal(thread, three.as_ref(), down.as_ref()).unwrap());
        assert_eq!(
            hash(thread, three.as_ref()).unwrap(),
            hash(thread, tuple(thread, &[3, 0, 1]).as_ref()).unwrap()
        );
        let has = |range: &Value, wanted: Value| contains(thread, range.as_ref(), wanted.as_ref()).unwrap();
        assert!(has(&down, Value::small(7)) && !has(&down, Value::small(6)) && !has(&down, Value::small(13)));
        assert!(has(&three, Value::bool(true)) && has(&three, Value::float(thread, 1.0).unwrap()));
        assert!(!has(&three, huge(thread)) && !has(&three, text(thread, "a")));
    });
}
