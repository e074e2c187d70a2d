//! Classes made by `type(…)`: the metaclass, the namespace, what is told to whom, and that they die.

use taipan_object::types::statics;
use taipan_object::{Value, as_ref, gc, protocol};

use crate::testing::function::{as_type, called, class, function, get, make, set, text};
use crate::testing::{outcome, run};

fn type_object() -> taipan_object::Ref<'static> {
    as_ref(&statics::TYPE)
}

#[test]
fn the_most_derived_metaclass_makes_the_class() {
    run(|thread| {
        let base = type_object().to_value();
        let meta = make(thread, type_object(), "Meta", std::slice::from_ref(&base), &[]).unwrap();
        let other = make(thread, type_object(), "Other", &[base], &[]).unwrap();
        let a = make(thread, meta.as_ref(), "A", &[], &[]).unwrap();
        let b = make(thread, other.as_ref(), "B", &[], &[]).unwrap();
        let derived = make(thread, type_object(), "C", std::slice::from_ref(&a), &[]).unwrap();
        assert!(std::ptr::eq(derived.as_ref().ty(), as_type(&meta)));
        let conflict = make(thread, type_object(), "D", &[a, b], &[]);
        assert!(
            outcome(thread, conflict)
                .starts_with("TypeError: metaclass conflict: the metaclass of a derived")
        );
    });
}

#[test]
fn slots_become_fields() {
    run(|thread| {
        let names =
            taipan_object::tuple::PyTuple::from_values(thread, [text(thread, "b"), text(thread, "__a")]);
        let slots = ("__slots__", names.unwrap().into_value());
        let c = make(thread, type_object(), "_C", &[], std::slice::from_ref(&slots)).unwrap();
        let object = called(thread, &c, &[]).unwrap();
        assert_eq!(
            outcome(thread, get(thread, &object, "b")),
            "AttributeError: 'tests._C' object has no attribute 'b'"
        );
        set(thread, &object, "b", Some(Value::small(1))).unwrap();
        set(thread, &object, "_C__a", Some(Value::small(2))).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "_C__a")), "2");
        let refused = set(thread, &object, "other", Some(Value::small(2))).map(|()| Value::none());
        assert_eq!(
            outcome(thread, refused),
            "AttributeError: '_C' object has no attribute 'other' and no __dict__ for setting new attributes"
        );
        let conflict = make(thread, type_object(), "D", &[], &[slots, ("b", Value::none())]);
        assert_eq!(outcome(thread, conflict), "ValueError: 'b' in __slots__ conflicts with class variable");
    });
}

#[test]
fn attributes_and_parents_are_told_of_a_new_class() {
    run(|thread| {
        let named = class(
            thread,
            "Named",
            &[],
            &[("__set_name__", |thread, args| {
                set(thread, &args[0], "name", Some(args[2].clone())).map(|()| Value::none())
            })],
        );
        let attribute = called(thread, &named, &[]).unwrap();
        make(thread, type_object(), "Owner", &[], &[("attribute", attribute.clone())]).unwrap();
        assert_eq!(outcome(thread, get(thread, &attribute, "name")), "'attribute'");
        let hook = function(thread, |thread, args| {
            set(thread, &args[0], "told", Some(Value::bool(true))).map(|()| Value::none())
        });
        let hook = taipan_object::descriptor::PyClassMethod::new(thread, hook).unwrap().into_value();
        let base = make(thread, type_object(), "Base", &[], &[("__init_subclass__", hook)]).unwrap();
        let derived = make(thread, type_object(), "Derived", std::slice::from_ref(&base), &[]).unwrap();
        assert_eq!(outcome(thread, get(thread, &derived, "told")), "True");
        assert!(outcome(thread, get(thread, &base, "told")).starts_with("AttributeError"));
    });
}

#[test]
fn new_bases_change_the_order_and_the_slots() {
    run(|thread| {
        let a = class(thread, "A", &[], &[("__len__", |_, _| Ok(Value::small(1)))]);
        let b = class(thread, "B", &[], &[("__len__", |_, _| Ok(Value::small(2)))]);
        let c = class(thread, "C", std::slice::from_ref(&a), &[]);
        let d = class(thread, "D", std::slice::from_ref(&c), &[]);
        let object = called(thread, &d, &[]).unwrap();
        assert_eq!(protocol::length(thread, object.as_ref()).unwrap(), 1);
        let bases = |value: &Value| {
            taipan_object::tuple::PyTuple::pack(thread, [value.clone()]).unwrap().into_value()
        };
        set(thread, &c, "__bases__", Some(bases(&b))).unwrap();
        assert_eq!(protocol::length(thread, object.as_ref()).unwrap(), 2);
        let cycle = set(thread, &c, "__bases__", Some(bases(&d))).map(|()| Value::none());
        assert_eq!(outcome(thread, cycle), "TypeError: a __bases__ item causes an inheritance cycle");
        let int = as_ref(&statics::INT).to_value();
        let layout = set(thread, &c, "__bases__", Some(bases(&int))).map(|()| Value::none());
        assert!(outcome(thread, layout).starts_with("TypeError: __bases__ assignment: 'int' "));
        assert_eq!(protocol::length(thread, object.as_ref()).unwrap(), 2);
    });
}

#[test]
fn classes_die_with_their_last_reference_and_their_cycles() {
    run(|thread| {
        let round = || {
            let base = class(thread, "Base", &[], &[("__len__", |_, _| Ok(Value::small(1)))]);
            let derived = class(thread, "Derived", &[base], &[("__add__", |_, args| Ok(args[1].clone()))]);
            let object = called(thread, &derived, &[]).unwrap();
            set(thread, &object, "me", Some(object.clone())).unwrap();
            set(thread, &derived, "instance", Some(object)).unwrap();
            drop(derived);
            gc::collect(thread, 2);
            thread.heap().check().objects
        };
        round();
        let before = round();
        assert_eq!(round(), before, "classes were left");
    });
}
