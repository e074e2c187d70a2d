//! Classes with special methods work through their slots, also when the methods come and go.

use taipan_object::types::slots::CompareOp;
use taipan_object::types::statics;
use taipan_object::{Value, as_ref, protocol};

use crate::testing::function::{as_type, called, class, function, get, set, text};
use crate::testing::{outcome, run};

fn small(value: i32) -> Value {
    Value::small(value)
}

fn same<F: PartialEq>(a: Option<F>, b: Option<F>) -> bool {
    a == b
}

#[test]
fn methods_of_a_class_fill_its_slots() {
    run(|thread| {
        let c = class(
            thread,
            "C",
            &[],
            &[
                ("__len__", |_, _| Ok(Value::small(3))),
                ("__repr__", |thread, _| Ok(text(thread, "a C"))),
                ("__getitem__", |thread, args| match args[1].as_ref().to_i64() {
                    Some(at) if at < 2 => Ok(args[1].clone()),
                    _ => Err(taipan_object::raise!(thread, INDEX_ERROR, "no more")),
                }),
                ("__add__", |thread, _| Ok(text(thread, "added"))),
                ("__radd__", |thread, _| Ok(text(thread, "added behind"))),
                ("__eq__", |_, args| Ok(Value::bool(args[1].as_ref().to_i64() == Some(5)))),
                ("__call__", |thread, args| Value::int(thread, args.len() as i64)),
                ("__contains__", |_, _| Ok(Value::small(0))),
                ("__bool__", |thread, _| Ok(text(thread, "yes"))),
            ],
        );
        let object = called(thread, &c, &[]).unwrap();
        assert_eq!(protocol::length(thread, object.as_ref()).unwrap(), 3);
        assert_eq!(outcome(thread, Ok(object.clone())), "a C");
        let items = crate::iterate::collect(thread, object.as_ref()).unwrap();
        assert_eq!(items.len(), 2);
        let add = |a: &Value, b: &Value| {
            outcome(thread, protocol::binary(thread, a.as_ref(), b.as_ref(), protocol::BinaryOp::Add))
        };
        assert_eq!(add(&object, &small(1)), "'added'");
        assert_eq!(add(&small(1), &object), "'added behind'");
        assert_eq!(add(&text(thread, "x"), &object), "'added behind'");
        let equal = |op| outcome(thread, protocol::compare(thread, object.as_ref(), small(5).as_ref(), op));
        assert_eq!((equal(CompareOp::Eq).as_str(), equal(CompareOp::Ne).as_str()), ("True", "False"));
        let less = "TypeError: '<' not supported between instances of 'C' and 'int'";
        assert_eq!(equal(CompareOp::Lt), less);
        let hash = protocol::hash(thread, object.as_ref()).map(|_| Value::none());
        assert_eq!(outcome(thread, hash), "TypeError: unhashable type: 'C'");
        assert_eq!(outcome(thread, called(thread, &object, &[small(1), small(2)])), "3");
        let truth = protocol::truth(thread, object.as_ref()).map(Value::bool);
        assert_eq!(outcome(thread, truth), "TypeError: __bool__ should return bool, returned str");
        assert!(!protocol::contains(thread, object.as_ref(), small(0).as_ref()).unwrap());
    });
}

#[test]
fn slots_follow_the_attributes_of_classes() {
    run(|thread| {
        let base = class(thread, "Base", &[], &[]);
        let derived = class(thread, "Derived", std::slice::from_ref(&base), &[]);
        let object = called(thread, &derived, &[]).unwrap();
        let length = || outcome(thread, protocol::length(thread, object.as_ref()).map(|n| small(n as i32)));
        assert_eq!(length(), "TypeError: object of type 'Derived' has no len()");
        set(thread, &base, "__len__", Some(function(thread, |_, _| Ok(Value::small(7))))).unwrap();
        assert_eq!(length(), "7");
        set(thread, &derived, "__len__", Some(function(thread, |_, _| Ok(Value::small(-1))))).unwrap();
        assert_eq!(length(), "ValueError: __len__() should return >= 0");
        set(thread, &derived, "__len__", None).unwrap();
        assert_eq!(length(), "7");
        set(thread, &base, "__len__", None).unwrap();
        assert_eq!(length(), "TypeError: object of type 'Derived' has no len()");
        set(thread, &base, "__hash__", Some(Value::none())).unwrap();
        let hash = protocol::hash(thread, object.as_ref()).map(|_| Value::none());
        assert_eq!(outcome(thread, hash), "TypeError: unhashable type: 'Derived'");
    });
}

#[test]
fn a_class_without_methods_has_the_slots_of_its_built_in_base() {
    run(|thread| {
        for base in [&statics::LIST, &statics::DICT, &statics::SET, &statics::OBJECT, &statics::TYPE] {
            let derived = class(thread, "Derived", &[as_ref(base).to_value()], &[]);
            let (own, of_base) = (as_type(&derived).slots(), base.slots());
            assert!(same(own.repr.get(), of_base.repr.get()) && same(own.hash.get(), of_base.hash.get()));
            assert!(
                same(own.subscript.get(), of_base.subscript.get())
                    && same(own.iter.get(), of_base.iter.get())
            );
            assert!(
                same(own.getattr.get(), of_base.getattr.get()) && same(own.init.get(), of_base.init.get())
            );
            assert!(
                same(own.contains.get(), of_base.contains.get()) && same(own.add.get(), of_base.add.get())
            );
            assert!(
                same(own.concat.get(), of_base.concat.get()) && same(own.length.get(), of_base.length.get())
            );
        }
    });
}

#[test]
fn slots_of_built_in_types_are_methods() {
    run(|thread| {
        let one = small(1);
        let add = get(thread, &one, "__add__").unwrap();
        assert_eq!(outcome(thread, called(thread, &add, &[small(2)])), "3");
        assert_eq!(outcome(thread, called(thread, &add, &[])), "TypeError: expected 1 argument, got 0");
        let int = as_ref(&statics::INT).to_value();
        let unbound = get(thread, &int, "__add__").unwrap();
        assert_eq!(outcome(thread, Ok(unbound.clone())), "<slot wrapper '__add__' of 'int' objects>");
        assert_eq!(outcome(thread, called(thread, &unbound, &[small(1), small(2)])), "3");
        assert_eq!(
            outcome(thread, called(thread, &unbound, &[text(thread, "x"), small(2)])),
            "TypeError: descriptor '__add__' requires a 'int' object but received a 'str'"
        );
        assert_eq!(
            outcome(thread, called(thread, &unbound, &[])),
            "TypeError: descriptor '__add__' of 'int' object needs an argument"
        );
        let object = as_ref(&statics::OBJECT).to_value();
        let repr = get(thread, &object, "__repr__").unwrap();
        assert!(outcome(thread, called(thread, &repr, &[small(1)])).starts_with("'<int object at 0x"));
    });
}

#[test]
fn getattr_is_asked_when_there_is_no_such_attribute() {
    run(|thread| {
        let c = class(thread, "C", &[], &[("__getattr__", |_, args| Ok(args[1].clone()))]);
        let object = called(thread, &c, &[]).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "missing")), "'missing'");
        set(thread, &object, "present", Some(small(1))).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "present")), "1");
        let d = class(thread, "D", &[c], &[("__getattribute__", |thread, _| Ok(text(thread, "always")))]);
        let object = called(thread, &d, &[]).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "__class__")), "'always'");
    });
}
