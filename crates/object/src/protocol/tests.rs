//! Attributes, descriptors and operators, with the messages of the reference.

use super::*;
use crate::builtin::{Binding, MethodDef, Native, PyCFunction};
use crate::descriptor::member::MemberKind;
use crate::descriptor::{
    GetSetDef, MemberDef, PyClassMethod, PyGetSetDescr, PyMemberDescr, PyMethodDescr, PyProperty,
    PyStaticMethod,
};
use crate::dict::PyDict;
use crate::function::{FunctionParts, PyFunction};
use crate::list::PyList;
use crate::module::PyModule;
use crate::str::{PyStr, intern::intern_text};
use crate::testing::{class, class_with, error, instance, run, run_without_leak, text};
use crate::traceback::PyTraceback;
use crate::types::{PyTypeObject, statics};
use crate::value::{Owned, as_ref};

fn name(thread: &Thread, text: &str) -> Owned<PyStr> {
    intern_text(thread, text).unwrap()
}

fn get(thread: &Thread, object: Ref<'_>, attribute: &str) -> PyResult<Value> {
    get_attribute(thread, object, &name(thread, attribute))
}

fn set(thread: &Thread, object: Ref<'_>, attribute: &str, value: Option<Value>) -> PyResult<()> {
    set_attribute(thread, object, &name(thread, attribute), value)
}

fn define(thread: &Thread, class: &PyTypeObject, attribute: &str, value: Value) {
    set(thread, as_ref(class), attribute, Some(value)).unwrap();
}

fn called(value: PyResult<Value>) -> Option<i64> {
    value.unwrap().as_ref().to_i64()
}

static COUNT: MethodDef = MethodDef::new(
    c"count_arguments",
    Binding::Instance,
    Native::Positional(|_, _, arguments| Ok(Value::small(arguments.len() as i32))),
    "($self, *args)",
    c"How many there are.",
);
static SELF: MethodDef =
    MethodDef::new(c"me", Binding::Instance, Native::None(|_, this| Ok(this.to_value())), "($self, /)", c"");
static KEYWORDS: MethodDef = MethodDef::new(
    c"keywords",
    Binding::Instance,
    Native::Keywords(|_, _, all, names| {
        Ok(Value::small((all.len() * 10 + names.map_or(0, PyTuple::len)) as i32))
    }),
    "",
    c"",
);
static REAL: GetSetDef =
    GetSetDef { name: "real", get: |_, int| Ok(int.to_value()), set: None, doc: "the real part" };

#[test]
fn descriptors_bind() {
    run_without_leak(|thread| {
        let class = class(thread, "D", &statics::OBJECT);
        let object = instance(thread, &class);
        let function = |definition| PyCFunction::new(thread, definition, None, None).unwrap().into_value();
        define(thread, &class, "me", PyMethodDescr::new(thread, &class, &SELF).unwrap().into_value());
        let me = call(thread, get(thread, object.as_ref(), "me").unwrap().as_ref(), &[], None).unwrap();
        assert!(me.as_ref().is(object.as_ref()));
        let unbound = get(thread, class.as_ref(), "me").unwrap();
        let me = call(thread, unbound.as_ref(), std::slice::from_ref(&object), None).unwrap();
        assert!(me.as_ref().is(object.as_ref()));
        assert_eq!(
            error(thread, call(thread, unbound.as_ref(), &[Value::small(1)], None)),
            "TypeError: descriptor 'me' for 'D' objects doesn't apply to a 'int' object"
        );
        assert_eq!(
            error(thread, call(thread, unbound.as_ref(), &[], None)),
            "TypeError: unbound method D.me() needs an argument"
        );
        let wrapped = PyStaticMethod::new(thread, function(&COUNT)).unwrap();
        define(thread, &class, "free", wrapped.into_value());
        let free = get(thread, object.as_ref(), "free").unwrap();
        assert_eq!(called(call(thread, free.as_ref(), &[Value::none()], None)), Some(1));
        let wrapped = PyClassMethod::new(thread, function(&COUNT)).unwrap();
        define(thread, &class, "of_class", wrapped.into_value());
        let bound = get(thread, object.as_ref(), "of_class").unwrap();
        assert_eq!(called(call(thread, bound.as_ref(), &[Value::none()], None)), Some(2));
        let property = PyProperty::new(thread, Some(function(&COUNT)), None, None).unwrap();
        drop(property.prop_name().replace(Some(text(thread, "p"))));
        define(thread, &class, "p", property.into_value());
        assert_eq!(called(get(thread, object.as_ref(), "p")), Some(1));
        assert_eq!(
            error(thread, set(thread, object.as_ref(), "p", Some(Value::none()))),
            "AttributeError: property 'p' of 'D' object has no setter"
        );
        assert_eq!(
            error(thread, set(thread, object.as_ref(), "p", None)),
            "AttributeError: property 'p' of 'D' object has no deleter"
        );
    });
}

#[test]
fn functions_bind_to_instances() {
    run_without_leak(|thread| {
        let class = class(thread, "D", &statics::OBJECT);
        let object = instance(thread, &class);
        let parts = FunctionParts {
            code: Value::none(),
            globals: PyDict::new(thread).unwrap().into_value(),
            builtins: PyDict::new(thread).unwrap().into_value(),
            name: text(thread, "f"),
            qualname: text(thread, "D.f"),
            doc: Value::none(),
            module: None,
        };
        let function = PyFunction::new(thread, parts).unwrap();
        define(thread, &class, "f", function.clone().into_value());
        let method = get(thread, object.as_ref(), "f").unwrap();
        let method = method.as_ref().get::<crate::method::PyMethod>().unwrap();
        assert!(
            method.function().as_ref().is(function.as_ref()) && method.this().as_ref().is(object.as_ref())
        );
        assert!(get(thread, class.as_ref(), "f").unwrap().as_ref().is(function.as_ref()));
        drop(PyTraceback::new(thread, None, Value::none(), 2, 7).unwrap());
    });
}

#[test]
fn attribute_errors_are_those_of_the_reference() {
    run_without_leak(|thread| {
        let plain = class(thread, "D", &statics::OBJECT);
        let slotted = class_with(thread, "E", &statics::OBJECT, 1, false);
        define(thread, &slotted, "x", Value::small(1));
        let slot = MemberDef { offset: 16, kind: MemberKind::ObjectOrError, read_only: false };
        let member = PyMemberDescr::new(thread, &slotted, &name(thread, "s"), slot).unwrap();
        assert_eq!(member.field(), slot);
        define(thread, &slotted, "s", member.into_value());
        let (d, e) = (instance(thread, &plain), instance(thread, &slotted));
        let (d, e, int) = (d.as_ref(), e.as_ref(), Value::small(1));
        let fails =
            |result: String, expected: &str| assert_eq!(result, format!("AttributeError: {expected}"));
        let int = int.as_ref();
        fails(error(thread, get(thread, int, "x")), "'int' object has no attribute 'x'");
        fails(
            error(thread, set(thread, int, "x", Some(Value::none()))),
            "'int' object has no attribute 'x' and no __dict__ for setting new attributes",
        );
        fails(error(thread, set(thread, e, "x", None)), "'E' object attribute 'x' is read-only");
        fails(error(thread, set(thread, d, "zz", None)), "'D' object has no attribute 'zz'");
        fails(error(thread, get(thread, plain.as_ref(), "zz")), "type object 'D' has no attribute 'zz'");
        fails(
            error(thread, set(thread, plain.as_ref(), "zz", None)),
            "type object 'D' has no attribute 'zz'",
        );
        fails(error(thread, get(thread, e, "s")), "'E' object has no attribute 's'");
        fails(error(thread, set(thread, e, "s", None)), "s");
        set(thread, e, "s", Some(Value::small(7))).unwrap();
        assert_eq!(called(get(thread, e, "s")), Some(7));
        set(thread, e, "s", None).unwrap();
        assert_eq!(
            error(thread, set(thread, as_ref(&statics::INT), "x", Some(Value::none()))),
            "TypeError: cannot set 'x' attribute of immutable type 'int'"
        );
        let real = PyGetSetDescr::new(thread, &statics::INT, &REAL).unwrap();
        let descr_set = real.as_ref().ty().slots().descr_set.get().unwrap();
        fails(
            error(thread, descr_set(thread, real.as_ref(), int, Some(Value::none()))),
            "attribute 'real' of 'int' objects is not writable",
        );
        let module = PyModule::new(thread, &name(thread, "m")).unwrap();
        fails(error(thread, get(thread, module.as_ref(), "x")), "module 'm' has no attribute 'x'");
        set(thread, module.as_ref(), "x", Some(Value::small(3))).unwrap();
        assert_eq!(called(get(thread, module.as_ref(), "x")), Some(3));
    });
}

#[test]
fn an_attribute_error_knows_its_object_and_its_name() {
    run(|thread| {
        let class = class(thread, "D", &statics::OBJECT);
        let object = instance(thread, &class);
        let raised = get(thread, object.as_ref(), "missing").unwrap_err();
        let exception = thread.catch(raised);
        let exception = exception.as_ref().get::<crate::exception::PyBaseException>().unwrap();
        assert!(exception.field(0).unwrap().as_ref().is(object.as_ref()));
        let known = exception.field(1).unwrap();
        assert!(known.as_ref().get::<PyStr>().unwrap().equals_text("missing"));
    });
}

#[test]
fn natives_check_how_many_arguments_they_get() {
    run_without_leak(|thread| {
        let function = |definition| PyCFunction::new(thread, definition, None, None).unwrap().into_value();
        let one = [Value::small(1)];
        assert_eq!(
            error(thread, call(thread, function(&SELF).as_ref(), &one, None)),
            "TypeError: me() takes no arguments (1 given)"
        );
        let names = PyTuple::pack(thread, [text(thread, "key")]).unwrap();
        assert_eq!(
            error(thread, call(thread, function(&COUNT).as_ref(), &one, Some(&names))),
            "TypeError: count_arguments() takes no keyword arguments"
        );
        assert_eq!(called(call(thread, function(&KEYWORDS).as_ref(), &one, Some(&names))), Some(11));
        assert_eq!(
            error(thread, call(thread, Value::small(1).as_ref(), &[], None)),
            "TypeError: 'int' object is not callable"
        );
        assert_eq!(
            (COUNT.name(), COUNT.doc(), COUNT.binding()),
            ("count_arguments", "How many there are.", Binding::Instance)
        );
    });
}

#[test]
fn operators_and_their_errors_are_those_of_the_reference() {
    run_without_leak(|thread| {
        let (one, a, float) = (Value::small(1), text(thread, "a"), Value::float(thread, 1.5).unwrap());
        let (one, a, float) = (one.as_ref(), a.as_ref(), float.as_ref());
        let list = PyList::from_values(thread, [Value::small(5)]).unwrap();
        assert_eq!(called(binary(thread, one, one, BinaryOp::Add)), Some(2));
        let sum = binary(thread, one, float, BinaryOp::Add).unwrap();
        assert_eq!(sum.as_ref().to_f64(), Some(2.5));
        let both = binary(thread, a, a, BinaryOp::Add).unwrap();
        assert!(both.as_ref().get::<PyStr>().unwrap().equals_text("aa"));
        let fails = |result: String, expected: &str| assert_eq!(result, format!("TypeError: {expected}"));
        let unsupported = "unsupported operand type(s) for";
        fails(
            error(thread, binary(thread, one, a, BinaryOp::Add)),
            &format!("{unsupported} +: 'int' and 'str'"),
        );
        fails(
            error(thread, in_place(thread, one, a, BinaryOp::Add)),
            &format!("{unsupported} +=: 'int' and 'str'"),
        );
        fails(
            error(thread, binary(thread, a, one, BinaryOp::Add)),
            "can only concatenate str (not \"int\") to str",
        );
        let none = Value::none();
        fails(
            error(thread, power(thread, one, a, none.as_ref(), false)),
            &format!("{unsupported} ** or pow(): 'int' and 'str'"),
        );
        fails(
            error(thread, power(thread, one, a, one, false)),
            &format!("{unsupported} ** or pow(): 'int', 'str', 'int'"),
        );
        fails(error(thread, unary(thread, a, UnaryOp::Negative)), "bad operand type for unary -: 'str'");
        fails(error(thread, subscript(thread, one, one)), "'int' object is not subscriptable");
        fails(
            error(thread, set_subscript(thread, one, one, None)),
            "'int' object does not support item deletion",
        );
        fails(error(thread, iter(thread, one)), "'int' object is not iterable");
        fails(error(thread, next(thread, one)), "'int' object is not an iterator");
        fails(
            error(thread, contains(thread, one, one)),
            "argument of type 'int' is not a container or iterable",
        );
        fails(error(thread, length(thread, one)), "object of type 'int' has no len()");
        fails(error(thread, index(thread, float)), "'float' object cannot be interpreted as an integer");
        assert_eq!(called(subscript(thread, list.as_ref(), Value::small(-1).as_ref())), Some(5));
        assert_eq!(
            error(thread, subscript(thread, list.as_ref(), one)),
            "IndexError: list index out of range"
        );
    });
}

/// `class L(int): __add__` comes first on the right as well, for its type derives from the left one's.
#[test]
fn the_right_operand_of_a_derived_type_goes_first() {
    run_without_leak(|thread| {
        let class = class(thread, "L", &statics::INT);
        class.slots().add.set(Some(|_, _, _| Ok(Value::small(42))));
        let derived = crate::int::PyLong::derived(thread, &class, Value::small(1).as_ref()).unwrap();
        let one = Value::small(1);
        assert_eq!(called(binary(thread, one.as_ref(), derived.as_ref(), BinaryOp::Add)), Some(42));
        assert_eq!(called(binary(thread, one.as_ref(), derived.as_ref(), BinaryOp::Subtract)), Some(0));
    });
}

#[test]
fn comparing_what_contains_itself_is_a_recursion_error() {
    run(|thread| {
        let make = || {
            let list = PyList::new(thread).unwrap();
            list.push(thread, list.clone().into_value()).unwrap();
            list
        };
        let (a, b) = (make(), make());
        let result = compare(thread, a.as_ref(), b.as_ref(), CompareOp::Eq);
        assert_eq!(error(thread, result), "RecursionError: maximum recursion depth exceeded in comparison");
    });
}

/// `list(value)`.
fn items(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<Value>> {
    let iterator = iter(thread, value)?;
    let again = iter(thread, iterator.as_ref())?;
    assert!(again.as_ref().is(iterator.as_ref()));
    let mut found = Vec::new();
    while let Some(item) = next(thread, iterator.as_ref())? {
        found.push(item);
    }
    assert!(next(thread, iterator.as_ref())?.is_none(), "the end is the end");
    Ok(found)
}

#[test]
fn built_in_containers_are_walked_in_order() {
    run_without_leak(|thread| {
        let ints = |value: Ref<'_>| -> Vec<i64> {
            items(thread, value).unwrap().iter().filter_map(|item| item.as_ref().to_i64()).collect()
        };
        let three = || [1, 2, 3].map(Value::small);
        assert_eq!(ints(PyList::from_values(thread, three()).unwrap().as_ref()), [1, 2, 3]);
        assert_eq!(ints(PyTuple::pack(thread, three()).unwrap().as_ref()), [1, 2, 3]);
        assert_eq!(ints(crate::bytes::PyBytes::new(thread, b"AB").unwrap().as_ref()), [65, 66]);
        assert_eq!(ints(crate::bytearray::PyByteArray::new(thread, b"AB").unwrap().as_ref()), [65, 66]);
        let [start, stop, step] = [5, -5, -3].map(Value::small);
        let range = crate::range::PyRange::new(thread, start, stop, step, Value::small(4)).unwrap();
        assert_eq!(ints(range.as_ref()), [5, 2, -1, -4]);
        let far = crate::int::parse(thread, false, "100000000000000000000", 10).unwrap();
        let parts = [far.clone(), far.clone(), Value::small(1), Value::small(3)];
        let [start, stop, step, length] = parts;
        let range = crate::range::PyRange::new(thread, start, stop, step, length).unwrap();
        let last = items(thread, range.as_ref()).unwrap().pop().unwrap();
        assert_eq!(last.as_ref().int_to_text(10).unwrap(), "100000000000000000002");
        let set = crate::set::PySet::new(thread).unwrap();
        let dict = PyDict::new(thread).unwrap();
        for item in three() {
            set.add(thread, item.as_ref()).unwrap();
            drop(dict.insert(thread, item.as_ref(), Value::small(9)).unwrap());
        }
        assert_eq!((ints(set.as_ref()), ints(dict.as_ref())), (vec![1, 2, 3], vec![1, 2, 3]));
        use crate::dict::iterators::{items::PyDictItemIterator, values::PyDictValueIterator};
        assert_eq!(ints(PyDictValueIterator::new(thread, &dict).unwrap().as_ref()), [9, 9, 9]);
        assert_eq!(items(thread, PyDictItemIterator::new(thread, &dict).unwrap().as_ref()).unwrap().len(), 3);
        for word in ["abc", "aΩc"] {
            let letters = items(thread, text(thread, word).as_ref()).unwrap();
            let letters = letters.into_iter().map(|c| c.downcast::<PyStr>().unwrap().to_text_lossy());
            assert_eq!(letters.collect::<String>(), word);
        }
        assert!(contains(thread, text(thread, "abc").as_ref(), text(thread, "b").as_ref()).unwrap());
    });
}

#[test]
fn containers_that_change_while_they_are_walked_are_errors() {
    run_without_leak(|thread| {
        let dict = PyDict::new(thread).unwrap();
        let put = |key: i32| drop(dict.insert(thread, Value::small(key).as_ref(), Value::none()).unwrap());
        (0..3).for_each(put);
        let walk = iter(thread, dict.as_ref()).unwrap();
        drop(next(thread, walk.as_ref()).unwrap());
        put(10);
        for _ in 0..2 {
            assert_eq!(
                error(thread, next(thread, walk.as_ref())),
                "RuntimeError: dictionary changed size during iteration"
            );
        }
        let walk = iter(thread, dict.as_ref()).unwrap();
        let mut steps = 0;
        let message = loop {
            match next(thread, walk.as_ref()) {
                Ok(Some(key)) => {
                    drop(dict.remove(thread, key.as_ref()).unwrap());
                    put(100 + steps);
                    steps += 1;
                }
                other => break error(thread, other),
            }
        };
        assert_eq!(message, "RuntimeError: dictionary keys changed during iteration");
        assert_eq!(steps, 4);
        let set = crate::set::PySet::new(thread).unwrap();
        set.add(thread, Value::small(1).as_ref()).unwrap();
        let walk = iter(thread, set.as_ref()).unwrap();
        drop(next(thread, walk.as_ref()).unwrap());
        set.add(thread, Value::small(2).as_ref()).unwrap();
        assert_eq!(
            error(thread, next(thread, walk.as_ref())),
            "RuntimeError: Set changed size during iteration"
        );
        let list = PyList::from_values(thread, [Value::small(1)]).unwrap();
        let walk = iter(thread, list.as_ref()).unwrap();
        for i in 0..5 {
            drop(next(thread, walk.as_ref()).unwrap().unwrap());
            list.push(thread, Value::small(i)).unwrap();
        }
    });
}
