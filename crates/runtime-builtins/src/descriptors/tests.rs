//! `property`, `super` and views of class dicts.

use taipan_object::descriptor::property::PROPERTY;
use taipan_object::types::PyTypeObject;
use taipan_object::{Value, as_ref, protocol};

use crate::testing::function::{called, class, function, get, make, set, text};
use crate::testing::{outcome, run};

#[test]
fn a_property_says_what_it_lacks() {
    run(|thread| {
        let property = as_ref::<PyTypeObject>(&PROPERTY).to_value();
        let getter = function(thread, |thread, _| Ok(text(thread, "got")));
        let p = called(thread, &property, &[getter]).unwrap();
        let c = make(thread, as_ref(&taipan_object::types::statics::TYPE), "C", &[], &[("p", p)]).unwrap();
        let object = called(thread, &c, &[]).unwrap();
        assert_eq!(outcome(thread, get(thread, &object, "p")), "'got'");
        let refused = set(thread, &object, "p", Some(Value::none())).map(|()| Value::none());
        assert_eq!(outcome(thread, refused), "AttributeError: property 'p' of 'C' object has no setter");
        let p = get(thread, &c, "p").unwrap();
        assert_eq!(outcome(thread, get(thread, &p, "__name__")), "'p'");
    });
}

#[test]
fn super_looks_behind_the_class() {
    run(|thread| {
        let base = class(thread, "Base", &[], &[("f", |thread, _| Ok(text(thread, "base")))]);
        let derived = class(
            thread,
            "Derived",
            std::slice::from_ref(&base),
            &[("f", |thread, _| Ok(text(thread, "derived")))],
        );
        let object = called(thread, &derived, &[]).unwrap();
        let name = taipan_object::str::intern::intern_text(thread, "f").unwrap();
        let bound = super::super_attribute(thread, derived.as_ref(), object.as_ref(), &name).unwrap();
        assert_eq!(outcome(thread, called(thread, &bound, &[])), "'base'");
        let (function, is_method) =
            taipan_object::super_object::super_method(thread, derived.as_ref(), object.as_ref(), &name, true)
                .unwrap();
        assert!(is_method);
        assert_eq!(outcome(thread, called(thread, &function, &[object])), "'base'");
        let other = super::super_attribute(thread, derived.as_ref(), Value::small(1).as_ref(), &name);
        assert_eq!(
            outcome(thread, other),
            "TypeError: super(type, obj): obj (instance of int) is not an instance or subtype of type (Derived)."
        );
    });
}

#[test]
fn the_dict_of_a_class_is_seen_and_not_changed() {
    run(|thread| {
        let c = class(thread, "C", &[], &[]);
        let view = get(thread, &c, "__dict__").unwrap();
        set(thread, &c, "late", Some(Value::small(3))).unwrap();
        let key = text(thread, "late");
        assert_eq!(outcome(thread, protocol::subscript(thread, view.as_ref(), key.as_ref())), "3");
        let changed = protocol::set_subscript(thread, view.as_ref(), key.as_ref(), Some(Value::none()));
        assert_eq!(
            outcome(thread, changed.map(|()| Value::none())),
            "TypeError: 'mappingproxy' object does not support item assignment"
        );
    });
}
