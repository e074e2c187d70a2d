//! Tuples: making, comparing, hashing, tracking.

use super::*;
use crate::gc::inspect::is_tracked;
use crate::list::PyList;
use crate::protocol;
use crate::testing::{run, run_without_leak, text};
use crate::types::slots::CompareOp;

fn ints(thread: &Thread, values: &[i32]) -> crate::Owned<PyTuple> {
    PyTuple::from_values(thread, values.iter().map(|&v| Value::small(v)).collect::<Vec<_>>()).unwrap()
}

#[test]
fn hashes_are_those_of_the_reference() {
    run(|thread| {
        let hash = |values: &[i32]| protocol::hash(thread, ints(thread, values).as_ref()).unwrap();
        assert_eq!(hash(&[]), 5_740_354_900_026_072_187);
        assert_eq!(hash(&[1, 2, 3]), 529_344_067_295_497_451);
        assert_eq!(hash(&[0]), -8_753_497_827_991_233_192);
        assert_eq!(hash(&[-1, 5]), 7_913_930_892_179_122_687);
    });
}

#[test]
fn order_is_that_of_the_first_difference() {
    run_without_leak(|thread| {
        let cases: [(&[i32], &[i32]); 4] =
            [(&[], &[1]), (&[1, 2], &[1, 3]), (&[1], &[1, 0]), (&[0, 9], &[1])];
        for (a, b) in cases {
            let (x, y) = (ints(thread, a), ints(thread, b));
            for (op, expected) in [(CompareOp::Lt, true), (CompareOp::Ge, false), (CompareOp::Ne, true)] {
                let result = protocol::compare(thread, x.as_ref(), y.as_ref(), op).unwrap();
                assert_eq!(protocol::truth(thread, result.as_ref()).unwrap(), expected);
            }
            let same =
                protocol::compare(thread, x.as_ref(), ints(thread, a).as_ref(), CompareOp::Eq).unwrap();
            assert!(protocol::truth(thread, same.as_ref()).unwrap());
        }
    });
}

#[test]
fn only_tuples_that_may_be_in_cycles_are_tracked() {
    run_without_leak(|thread| {
        let plain = PyTuple::from_values(thread, [Value::small(1), text(thread, "some text")]).unwrap();
        assert!(!is_tracked(plain.as_ref()));
        let list = PyList::new(thread).unwrap().into_value();
        assert!(is_tracked(PyTuple::from_values(thread, [list]).unwrap().as_ref()));
        let nested = PyTuple::from_values(thread, [plain.into_value()]).unwrap();
        assert!(!is_tracked(nested.as_ref()));
    });
}

#[test]
fn a_builder_that_is_dropped_releases_what_it_has() {
    run_without_leak(|thread| {
        let mut builder = TupleBuilder::new(thread, 3).unwrap();
        builder.push(text(thread, "one of three"));
        drop(builder);
        assert!(std::ptr::eq(&raw const *PyTuple::empty(), &raw const *ints(thread, &[])));
        let slice = ints(thread, &[1, 2, 3]).slice(thread, 1, 3).unwrap();
        assert_eq!(slice.iter().filter_map(|v| v.to_i64()).collect::<Vec<_>>(), [2, 3]);
    });
}
