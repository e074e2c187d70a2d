//! What the tests of this crate share: an interpreter, and a Python-like class made by hand.

use crate::dict::PyDict;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::types::class::ClassSpec;
use crate::types::{PyTypeObject, statics};
use crate::value::{Owned, Value};
use crate::{Interp, gc};

/// Runs `test` in an interpreter of its own and checks the heap afterwards.
pub(crate) fn run(test: impl FnOnce(&Thread)) {
    let interp = Interp::new().unwrap();
    let thread = interp.new_thread().attach();
    test(&thread);
    assert!(thread.current_exception().is_none(), "an exception was left");
    gc::collect(&thread, 2);
    let report = thread.heap().check();
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!(interp.gc().check(&thread), Vec::<String>::new());
}

/// Runs `test` and asserts that it leaves as many objects as there were.
pub(crate) fn run_without_leak(test: impl Fn(&Thread)) {
    run(|thread| {
        test(thread);
        gc::collect(thread, 2);
        let before = thread.heap().check().objects;
        test(thread);
        gc::collect(thread, 2);
        assert_eq!(thread.heap().check().objects, before, "objects were left");
    });
}

/// The message of the exception that was raised, which is taken out, behind the name of its type.
pub(crate) fn error<T>(thread: &Thread, result: crate::PyResult<T>) -> String {
    let exception = match result {
        Ok(_) => return "no error".to_owned(),
        Err(raised) => thread.catch(raised),
    };
    let name = exception.as_ref().ty().short_name().to_owned();
    let args = exception.as_ref().get::<crate::exception::PyBaseException>().unwrap().args().unwrap();
    let args = args.downcast::<crate::tuple::PyTuple>().unwrap();
    match args.get(0).map(|text| text.downcast::<PyStr>()) {
        Some(Ok(text)) => format!("{name}: {}", text.to_text_lossy()),
        _ => name,
    }
}

pub(crate) fn text(thread: &Thread, text: &str) -> Value {
    PyStr::from_text(thread, text).unwrap().into_value()
}

/// A class without methods.
pub(crate) fn class(thread: &Thread, name: &str, base: &PyTypeObject) -> Owned<PyTypeObject> {
    class_with(thread, name, base, 0, true)
}

pub(crate) fn class_with(
    thread: &Thread,
    name: &str,
    base: &PyTypeObject,
    members: usize,
    add_dict: bool,
) -> Owned<PyTypeObject> {
    let name = PyStr::from_text(thread, name).unwrap();
    let spec = ClassSpec {
        metatype: &statics::TYPE,
        name: &name,
        bases: &[Owned::new_ref(base)],
        dict: PyDict::new(thread).unwrap(),
        members,
        add_dict,
        add_weakref: true,
        expected_attributes: 0,
    };
    PyTypeObject::new_class(thread, spec).unwrap()
}

/// An instance of a class.
pub(crate) fn instance(thread: &Thread, class: &PyTypeObject) -> Value {
    let object = crate::types::lifecycle::allocate_instance(thread, class, 0).unwrap();
    // SAFETY: fresh.
    unsafe { Value::from_object(object) }
}
