//! What the module keeps for an interpreter: what it needs of modules in Python, the tasks that there are.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use taipan_object::builtin::{Binding, MethodDef, Native as Form, PyCFunction};
use taipan_object::interp::Keeper;
use taipan_object::list::PyList;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Raised, Thread, Value, native_type, protocol};
use taipan_runtime_builtins::objects::import;

/// What is needed of modules in Python, in the order of [`PLACES`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Need {
    CancelledError = 0,
    InvalidStateError,
    Policy,
    FutureRepr,
    TaskRepr,
    TaskStack,
    PrintTaskStack,
    IsCoroutine,
    ExtractStack,
    WeakSet,
}

const PLACES: [(&str, &str); 10] = [
    ("asyncio.exceptions", "CancelledError"),
    ("asyncio.exceptions", "InvalidStateError"),
    ("asyncio.events", "_get_event_loop_policy"),
    ("asyncio.base_futures", "_future_repr"),
    ("asyncio.base_tasks", "_task_repr"),
    ("asyncio.base_tasks", "_task_get_stack"),
    ("asyncio.base_tasks", "_task_print_stack"),
    ("asyncio.coroutines", "iscoroutine"),
    ("traceback", "extract_stack"),
    ("weakref", "WeakSet"),
];

/// What is kept.
#[derive(Default)]
pub(crate) struct State {
    needs: [Slot; PLACES.len()],
    /// The names of the arguments by name of `call_soon`.
    pub(crate) context_name: Slot,
    /// The names of the arguments by name of `cancel`.
    pub(crate) message_name: Slot,
    /// Weak references to the tasks of this module, by address.
    pub(crate) tasks: RefCell<HashMap<u64, Value>>,
    /// A `WeakSet` of other tasks.
    pub(crate) other_tasks: Slot,
    /// Tasks that began at once, and did not have to wait yet: a set.
    pub(crate) eager_tasks: Slot,
    /// The number of the next task that has no name.
    pub(crate) next_name: Cell<u64>,
}

native_type! {
    /// What the module keeps.
    pub(crate) static STATE: State = "_asyncio.state", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does {}
}

impl State {
    fn slots(&self) -> impl Iterator<Item = &Slot> {
        let own = [&self.context_name, &self.message_name, &self.other_tasks, &self.eager_tasks];
        self.needs.iter().chain(own)
    }

    /// What is needed of another module.
    pub(crate) fn need(&self, need: Need) -> Value {
        self.needs.get(need as usize).and_then(Slot::get).unwrap_or_else(Value::none)
    }
}

impl NativeType for State {
    fn definition() -> &'static NativeStatic<State> {
        &STATE
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.slots().for_each(|slot| visitor.slot(slot));
        // nothing is borrowed where the collector runs
        if let Ok(tasks) = self.tasks.try_borrow() {
            tasks.values().for_each(|task| visitor.value(task));
        }
    }

    fn clear(&self) {
        self.slots().for_each(|slot| drop(slot.take()));
        drop(self.tasks.take());
    }
}

/// The state of this interpreter, which is there once the module was loaded.
pub(crate) fn of(thread: &Thread) -> PyResult<Owned<Native<State>>> {
    match thread.interp().kept(Keeper::Asyncio).get().and_then(|known| known.downcast().ok()) {
        Some(known) => Ok(known),
        None => load(thread),
    }
}

/// Looks for what is needed of modules in Python, anew when the module is loaded once more.
pub(crate) fn load(thread: &Thread) -> PyResult<Owned<Native<State>>> {
    let slot = thread.interp().kept(Keeper::Asyncio);
    let known = slot.get().and_then(|known| known.downcast::<Native<State>>().ok());
    let state = match known {
        Some(known) => known,
        None => Native::new(thread, State { next_name: Cell::new(1), ..State::default() })?,
    };
    for (slot, (module, name)) in state.needs.iter().zip(PLACES) {
        let module = import(thread, &*intern_text(thread, module)?)?;
        let found = protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, name)?)?;
        drop(slot.replace(Some(found)));
    }
    let names = |name| -> PyResult<Value> {
        Ok(PyTuple::pack(thread, [intern_text(thread, name)?.into_value()])?.into_value())
    };
    drop(state.context_name.replace(Some(names("context")?)));
    drop(state.message_name.replace(Some(names("msg")?)));
    if state.other_tasks.peek().is_none() {
        let made = protocol::call(thread, state.need(Need::WeakSet).as_ref(), &[], None)?;
        drop(state.other_tasks.replace(Some(made)));
        let made = taipan_object::set::PySet::new(thread)?.into_value();
        drop(state.eager_tasks.replace(Some(made)));
        forget_in_child(thread)?;
    }
    drop(slot.replace(Some(state.clone().into_value())));
    Ok(state)
}

static FORGET: MethodDef = MethodDef::new(
    c"_forget",
    Binding::Instance,
    Form::None(crate::running::forget),
    "",
    c"No loop runs any more.",
);

/// Lets no loop run in the child of a fork.
fn forget_in_child(thread: &Thread) -> PyResult<()> {
    let [_, _, in_child] = &thread.interp().at_fork;
    let list = match in_child.get().and_then(|list| list.downcast::<PyList>().ok()) {
        Some(list) => list,
        None => {
            let list = PyList::new(thread)?;
            drop(in_child.replace(Some(list.clone().into_value())));
            list
        }
    };
    let this = Some(Value::none());
    list.push(thread, PyCFunction::new(thread, &FORGET, this, None)?.into_value())
}

/// Raises `InvalidStateError`.
#[cold]
pub(crate) fn invalid(thread: &Thread, message: &str) -> Raised {
    let made = || {
        let message = taipan_object::str::PyStr::from_text(thread, message)?.into_value();
        let class = of(thread)?.need(Need::InvalidStateError);
        protocol::call(thread, class.as_ref(), &[message], None)
    };
    made().map_or_else(|raised| raised, |error| thread.raise(error))
}

/// `object.name(*arguments)`
pub(crate) fn call_method(
    thread: &Thread,
    object: &Value,
    name: &str,
    arguments: &[Value],
) -> PyResult<Value> {
    protocol::call_method(thread, object.as_ref(), &*intern_text(thread, name)?, arguments)
}

/// `object.name(*arguments, **{names: the last})`
pub(crate) fn call_named(
    thread: &Thread,
    object: &Value,
    name: &str,
    arguments: &[Value],
    names: &Slot,
) -> PyResult<Value> {
    let method = protocol::get_attribute(thread, object.as_ref(), &*intern_text(thread, name)?)?;
    let names = names.get();
    let names = names.as_ref().and_then(|names| names.as_ref().get::<PyTuple>());
    protocol::call(thread, method.as_ref(), arguments, names)
}
