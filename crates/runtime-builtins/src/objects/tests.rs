//! What every object can do: its class, its dict, its constructor.

use taipan_object::types::statics;
use taipan_object::{Value, as_ref};

use crate::testing::function::{called, class, get, make, set, text};
use crate::testing::{outcome, run};

#[test]
fn an_object_takes_another_class_of_the_same_layout() {
    run(|thread| {
        let a = class(thread, "A", &[], &[]);
        let b = class(thread, "B", &[], &[("hello", |thread, _| Ok(text(thread, "from B")))]);
        let object = called(thread, &a, &[]).unwrap();
        set(thread, &object, "kept", Some(Value::small(1))).unwrap();
        set(thread, &object, "__class__", Some(b)).unwrap();
        let hello = get(thread, &object, "hello").unwrap();
        assert_eq!(outcome(thread, called(thread, &hello, &[])), "'from B'");
        assert_eq!(outcome(thread, get(thread, &object, "kept")), "1");
        let slots = make(thread, as_ref(&statics::TYPE), "S", &[], &[("__slots__", text(thread, "x"))]);
        let refused = set(thread, &object, "__class__", Some(slots.unwrap())).map(|()| Value::none());
        assert_eq!(
            outcome(thread, refused),
            "TypeError: __class__ assignment: 'S' object layout differs from 'B'"
        );
    });
}

#[test]
fn attributes_move_to_the_dict_that_is_set() {
    run(|thread| {
        let a = class(thread, "A", &[], &[]);
        let object = called(thread, &a, &[]).unwrap();
        set(thread, &object, "old", Some(Value::small(1))).unwrap();
        let dict = taipan_object::dict::PyDict::new(thread).unwrap();
        drop(dict.insert(thread, text(thread, "new").as_ref(), Value::small(2)).unwrap());
        set(thread, &object, "__dict__", Some(dict.into_value())).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "new")), "2");
        assert_eq!(
            outcome(thread, get(thread, &object, "old")),
            "AttributeError: 'A' object has no attribute 'old'"
        );
        set(thread, &object, "__dict__", None).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "__dict__")), "{}");
    });
}

#[test]
fn arguments_need_a_constructor_that_reads_them() {
    run(|thread| {
        let plain = class(thread, "Plain", &[], &[]);
        let one = [Value::small(1)];
        assert_eq!(outcome(thread, called(thread, &plain, &one)), "TypeError: Plain() takes no arguments");
        let init = class(thread, "Init", &[], &[("__init__", |_, _| Ok(Value::small(5)))]);
        let message = "TypeError: __init__() should return None, not 'int'";
        assert_eq!(outcome(thread, called(thread, &init, &one)), message);
        let object = as_ref(&statics::OBJECT).to_value();
        let new = get(thread, &object, "__new__").unwrap();
        let int = [as_ref(&statics::INT).to_value()];
        assert_eq!(
            outcome(thread, called(thread, &new, &int)),
            "TypeError: object.__new__(int) is not safe, use int.__new__()"
        );
        let methods = crate::testing::read(thread, "{'b', 'a'}");
        set(thread, &plain, "__abstractmethods__", Some(methods)).unwrap();
        assert_eq!(
            outcome(thread, called(thread, &plain, &[])),
            "TypeError: Can't instantiate abstract class Plain without an implementation for abstract methods 'a', 'b'"
        );
    });
}
