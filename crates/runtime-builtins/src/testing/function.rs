//! A function that binds as Python functions do, and classes of such functions: what a class statement would make.

use taipan_object::dict::PyDict;
use taipan_object::method::PyMethod;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol};

/// What a function of the tests does with its arguments.
pub(crate) type Body = fn(&Thread, &[Value]) -> PyResult<Value>;

#[derive(Default)]
pub(crate) struct TestFunction {
    body: Option<Body>,
}

native_type! {
    pub(crate) static TEST_FUNCTION: TestFunction = "test_function", flags flags::METHOD_DESCRIPTOR, dict false,
    weak false,
    does { call: call, descr_get: bind }
}

impl NativeType for TestFunction {
    fn definition() -> &'static NativeStatic<TestFunction> {
        &TEST_FUNCTION
    }

    fn traverse(&self, _: &mut Visitor) {}

    fn clear(&self) {}
}

fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    match this.get::<Native<TestFunction>>().and_then(|this| this.body) {
        Some(body) => body(thread, arguments),
        None => Ok(Value::none()),
    }
}

fn bind(thread: &Thread, this: Ref<'_>, object: Option<Ref<'_>>, _: Option<Ref<'_>>) -> PyResult<Value> {
    match object {
        Some(object) => Ok(PyMethod::new(thread, this.to_value(), object.to_value())?.into_value()),
        None => Ok(this.to_value()),
    }
}

/// A function.
pub(crate) fn function(thread: &Thread, body: Body) -> Value {
    Native::new(thread, TestFunction { body: Some(body) }).unwrap().into_value()
}

/// An interned string.
pub(crate) fn text(thread: &Thread, text: &str) -> Value {
    intern_text(thread, text).unwrap().into_value()
}

/// A dict of names and values.
pub(crate) fn namespace(thread: &Thread, entries: &[(&str, Value)]) -> Owned<PyDict> {
    let dict = PyDict::new(thread).unwrap();
    drop(dict.insert(thread, text(thread, "__module__").as_ref(), text(thread, "tests")).unwrap());
    for (name, value) in entries {
        drop(dict.insert(thread, text(thread, name).as_ref(), value.clone()).unwrap());
    }
    dict
}

/// `metaclass(name, bases, entries)`
pub(crate) fn make(
    thread: &Thread,
    metaclass: Ref<'_>,
    name: &str,
    bases: &[Value],
    entries: &[(&str, Value)],
) -> PyResult<Value> {
    let bases = PyTuple::from_values(thread, bases.to_vec()).unwrap().into_value();
    let dict = namespace(thread, entries).into_value();
    protocol::call(thread, metaclass, &[text(thread, name), bases, dict], None)
}

/// A class of functions: `type(name, bases, methods)`.
pub(crate) fn class(thread: &Thread, name: &str, bases: &[Value], methods: &[(&str, Body)]) -> Value {
    let entries: Vec<(&str, Value)> =
        methods.iter().map(|(name, body)| (*name, function(thread, *body))).collect();
    make(thread, as_ref(&statics::TYPE), name, bases, &entries).unwrap()
}

/// `callable(…)`
pub(crate) fn called(thread: &Thread, callable: &Value, arguments: &[Value]) -> PyResult<Value> {
    protocol::call(thread, callable.as_ref(), arguments, None)
}

/// `object.name`
pub(crate) fn get(thread: &Thread, object: &Value, name: &str) -> PyResult<Value> {
    protocol::get_attribute(thread, object.as_ref(), &intern_text(thread, name).unwrap())
}

/// `object.name = value`
pub(crate) fn set(thread: &Thread, object: &Value, name: &str, value: Option<Value>) -> PyResult<()> {
    protocol::set_attribute(thread, object.as_ref(), &intern_text(thread, name).unwrap(), value)
}

/// The type behind a value.
pub(crate) fn as_type(value: &Value) -> &PyTypeObject {
    value.as_ref().get::<PyTypeObject>().unwrap()
}
