//! `list[int]` and `int | str`.

use taipan_object::types::statics;
use taipan_object::{Ref, Value, as_ref, protocol};

use crate::testing::function::text;
use crate::testing::{outcome, run};

#[test]
fn a_class_with_arguments_prints_and_compares() {
    run(|thread| {
        let (list, int) = (as_ref(&statics::LIST), as_ref(&statics::INT));
        let a = protocol::subscript(thread, list, int).unwrap();
        let b = protocol::subscript(thread, list, int).unwrap();
        assert_eq!(outcome(thread, Ok(a.clone())), "list[int]");
        assert!(protocol::same_or_equal(thread, a.as_ref(), b.as_ref()).unwrap());
        assert_eq!(protocol::hash(thread, a.as_ref()).unwrap(), protocol::hash(thread, b.as_ref()).unwrap());
        assert_eq!(outcome(thread, protocol::call(thread, a.as_ref(), &[], None)), "[]");
        let again = protocol::subscript(thread, a.as_ref(), int);
        assert_eq!(outcome(thread, again), "TypeError: list[int] is not a generic class");
        assert_eq!(
            outcome(thread, protocol::subscript(thread, int, list)),
            "TypeError: type 'int' is not subscriptable"
        );
    });
}

#[test]
fn a_union_has_each_part_once() {
    run(|thread| {
        let (int, string) = (as_ref(&statics::INT), as_ref(&statics::STR));
        let or = |a: Ref<'_>, b: Ref<'_>| protocol::binary(thread, a, b, protocol::BinaryOp::Or);
        let union = or(int, string).unwrap();
        let whole = or(union.as_ref(), Value::none().as_ref()).unwrap();
        assert_eq!(outcome(thread, Ok(whole.clone())), "int | str | None");
        assert_eq!(outcome(thread, or(whole.as_ref(), int)), "int | str | None");
        assert_eq!(outcome(thread, or(int, int)), "<class 'int'>");
        let turned = or(string, int).unwrap();
        assert!(protocol::same_or_equal(thread, union.as_ref(), turned.as_ref()).unwrap());
        let check =
            |value: &Value| crate::instance_check::is_instance(thread, value.as_ref(), whole.as_ref());
        assert!(check(&Value::none()).unwrap() && check(&text(thread, "x")).unwrap());
        assert!(!check(&whole).unwrap());
    });
}
