//! Sets: the order of the reference, re-entrancy.

use super::*;
use crate::testing::{run, run_without_leak, text};

fn order(set: &PySet) -> Vec<String> {
    let mut position = 0;
    std::iter::from_fn(|| set.next(&mut position))
        .map(|key| match key.as_ref().to_i64() {
            Some(int) => int.to_string(),
            None => key.downcast::<crate::str::PyStr>().unwrap().to_text_lossy(),
        })
        .collect()
}

fn golden(name: &str) -> String {
    let path = format!("{}/../../fixtures/object/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// Each line of the golden is an operation and what `list(set)` gives afterwards, made with
/// `PYTHONHASHSEED=0` (`set_order.py` beside it).
#[test]
fn iteration_has_the_order_of_the_reference() {
    run_without_leak(|thread| {
        let key = |name: &str| match name.parse::<i64>() {
            Ok(int) => Value::int(thread, int).unwrap(),
            Err(_) => text(thread, name),
        };
        let mut set = PySet::new(thread).unwrap();
        let mut lines = 0;
        for line in golden("set_order.txt").lines() {
            let (operation, expected) = line.split_once(" -> ").unwrap();
            let mut words = operation.split(' ');
            let (verb, arguments) = (words.next().unwrap(), words.collect::<Vec<_>>());
            match verb {
                "new" => set = PySet::new(thread).unwrap(),
                "add" => {
                    for name in arguments {
                        set.add(thread, key(name).as_ref()).unwrap();
                    }
                }
                "discard" => drop(set.discard(thread, key(arguments[0]).as_ref()).unwrap()),
                "pop" => drop(set.pop()),
                "copy" => {
                    let copy = PySet::new(thread).unwrap();
                    copy.merge(thread, &set).unwrap();
                    set = copy;
                }
                "merge" => {
                    let other = PySet::new(thread).unwrap();
                    for name in arguments {
                        other.add(thread, key(name).as_ref()).unwrap();
                    }
                    set.merge(thread, &other).unwrap();
                }
                "hash" => {
                    let frozen = PySet::new_frozen(thread).unwrap();
                    frozen.merge(thread, &set).unwrap();
                    assert_eq!(frozen.frozen_hash().to_string(), expected);
                    continue;
                }
                other => panic!("{other}"),
            }
            lines += 1;
            assert_eq!(order(&set).join(" "), expected, "{operation}");
        }
        assert!(lines > 100);
    });
}

#[test]
fn sets_compare_by_inclusion() {
    run(|thread| {
        let make = |values: &[i32]| {
            let set = PySet::new(thread).unwrap();
            for &value in values {
                set.add(thread, Value::small(value).as_ref()).unwrap();
            }
            set
        };
        let is = |a: &[i32], op, b: &[i32]| {
            let (a, b) = (make(a), make(b));
            let result = crate::protocol::compare(thread, a.as_ref(), b.as_ref(), op).unwrap();
            crate::protocol::truth(thread, result.as_ref()).unwrap()
        };
        assert!(is(&[1, 2], CompareOp::Eq, &[2, 1]) && is(&[1], CompareOp::Lt, &[2, 1]));
        assert!(!is(&[1, 3], CompareOp::Le, &[2, 1]) && is(&[1, 2, 3], CompareOp::Gt, &[3]));
        assert!(is(&[], CompareOp::Le, &[]) && !is(&[], CompareOp::Lt, &[]));
    });
}
