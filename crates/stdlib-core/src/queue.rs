//! The module `_queue`: `SimpleQueue`, which threads hand things on by. `put` waits for nothing, so finalizers and
//! handlers of signals may call it.

use std::cell::RefCell;
use std::collections::VecDeque;

use taipan_host::{Deadline, Waiters};
use taipan_object::declare::{method_table, receiver};
use taipan_object::exception::{EXCEPTION, error_type};
use taipan_object::module::PyModule;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore, flags};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add};

use crate::thread::seconds;

/// What is in the queue, and who waits for more.
#[derive(Default)]
pub(crate) struct SimpleQueue {
    items: RefCell<VecDeque<Value>>,
    waiters: Waiters,
}

native_type! {
    /// `_queue.SimpleQueue`
    pub(crate) static SIMPLE_QUEUE: SimpleQueue = "_queue.SimpleQueue", flags flags::BASETYPE, dict false, weak true,
    does { new: new }
}

impl NativeType for SimpleQueue {
    fn definition() -> &'static NativeStatic<SimpleQueue> {
        &SIMPLE_QUEUE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        // nothing is borrowed where the collector runs
        if let Ok(items) = self.items.try_borrow() {
            items.iter().for_each(|item| visitor.value(item));
        }
    }

    fn clear(&self) {
        drop(self.items.take());
    }
}

/// `_queue.Empty`
static EMPTY: PyTypeObject = error_type("_queue.Empty\0", &EXCEPTION, &EMPTY_CORE);
static EMPTY_CORE: TypeCore = TypeCore::new(Slots::empty());

method_table! { METHODS:
    Instance Keywords c"put" "($self, /, item, block=True, timeout=None)" put, c"Puts an item behind the others; never waits.";
    Instance One c"put_nowait" "($self, item, /)" put_nowait, c"Puts an item behind the others.";
    Instance Keywords c"get" "($self, /, block=True, timeout=None)" get, c"Takes the first item, and waits for one.";
    Instance None c"get_nowait" "($self, /)" get_nowait, c"Takes the first item, if there is one.";
    Instance None c"empty" "($self, /)" empty, c"Whether there is no item just now.";
    Instance None c"qsize" "($self, /)" qsize, c"How many items there are just now.";
}

/// `_queue`
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_queue",
    doc: Some("Queues between threads."),
    functions: &[],
    exec: Some(|thread: &Thread, module: &PyModule| {
        let ty: &PyTypeObject = &SIMPLE_QUEUE;
        add(thread, module, "SimpleQueue", as_ref(ty).to_value())?;
        add(thread, module, "Empty", as_ref(&EMPTY).to_value())
    }),
};

/// The static types of this module.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&EMPTY, &SIMPLE_QUEUE]
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &SIMPLE_QUEUE, &METHODS)?;
    taipan_runtime_builtins::generics::make_generic(thread, &SIMPLE_QUEUE)
}

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    check_count(thread, "SimpleQueue", arguments.len(), 0, 0)?;
    Ok(Native::new_in(thread, class, SimpleQueue::default())?.into_value())
}

fn push(thread: &Thread, this: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    let queue = receiver::<SimpleQueue>(thread, this)?;
    queue.items.borrow_mut().push_back(item.to_value());
    queue.waiters.wake();
    Ok(Value::none())
}

const PUT: Parameters<3> = Parameters {
    function: "put",
    names: ["item", "block", "timeout"],
    positional_only: 0,
    positional: 3,
    required: 1,
};

fn put(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [item, block, _] = PUT.bind(thread, arguments, names)?;
    if let Some(block) = block {
        protocol::truth(thread, block)?;
    }
    item.map_or_else(|| Ok(Value::none()), |item| push(thread, this, item))
}

fn put_nowait(thread: &Thread, this: Ref<'_>, item: Ref<'_>) -> PyResult<Value> {
    push(thread, this, item)
}

#[cold]
fn is_empty(thread: &Thread) -> Raised {
    thread.raise_arguments(&EMPTY, PyTuple::empty())
}

const GET: Parameters<2> = Parameters {
    function: "get",
    names: ["block", "timeout"],
    positional_only: 0,
    positional: 2,
    required: 0,
};

fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [block, timeout] = GET.bind(thread, arguments, names)?;
    let block = block.map_or(Ok(true), |block| protocol::truth(thread, block))?;
    let deadline = match timeout.filter(|timeout| block && !timeout.is_none()) {
        Some(timeout) => {
            let seconds = seconds(thread, timeout)?;
            if seconds < 0.0 {
                return Err(raise!(thread, VALUE_ERROR, "'timeout' must be a non-negative number"));
            }
            Some(Deadline::after(thread, seconds)?)
        }
        None => None,
    };
    let queue = receiver::<SimpleQueue>(thread, this)?;
    if block {
        queue.waiters.wait(thread, deadline, || !queue.items.borrow().is_empty())?;
    }
    let first = queue.items.borrow_mut().pop_front();
    first.ok_or_else(|| is_empty(thread))
}

fn get_nowait(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let first = receiver::<SimpleQueue>(thread, this)?.items.borrow_mut().pop_front();
    first.ok_or_else(|| is_empty(thread))
}

fn empty(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(Value::bool(receiver::<SimpleQueue>(thread, this)?.items.borrow().is_empty()))
}

fn qsize(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let count = receiver::<SimpleQueue>(thread, this)?.items.borrow().len();
    Value::int(thread, count as i64)
}
