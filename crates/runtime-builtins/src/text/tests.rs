//! Goldens of `repr`, `str` and `ascii`, and what they can't say: recursion, classes, functions.

use taipan_object::list::PyList;
use taipan_object::types::statics;
use taipan_object::{Value, as_ref};

use super::repr;
use crate::testing::{check, outcome, run};

#[test]
fn text_of_values_is_the_references() {
    check("text");
}

#[test]
fn a_list_in_itself_ends_in_dots() {
    run(|thread| {
        let list = PyList::from_values(thread, [Value::small(1)]).unwrap();
        list.push(thread, list.clone().into_value()).unwrap();
        assert_eq!(repr(thread, list.as_ref()).unwrap().to_text_lossy(), "[1, [...]]");
        drop(list.take());
    });
}

#[test]
fn deep_lists_raise_recursion_error() {
    run(|thread| {
        let mut list = PyList::new(thread).unwrap();
        for _ in 0..2000 {
            list = PyList::from_values(thread, [list.into_value()]).unwrap();
        }
        let message = "RecursionError: maximum recursion depth exceeded while getting the repr of an object";
        assert_eq!(outcome(thread, Ok(list.into_value())), message);
    });
}

#[test]
fn types_print_their_name() {
    run(|thread| {
        assert_eq!(outcome(thread, Ok(as_ref(&statics::INT).to_value())), "<class 'int'>");
        assert_eq!(outcome(thread, Ok(as_ref(&statics::NONE_TYPE).to_value())), "<class 'NoneType'>");
    });
}
