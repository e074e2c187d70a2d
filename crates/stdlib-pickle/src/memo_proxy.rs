//! What `Pickler.memo` and `Unpickler.memo` give: objects through which the memo is copied and cleared.

use taipan_object::dict::PyDict;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::types::{PyTypeObject, flags, statics};
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, native_type, protocol};
use taipan_runtime_builtins::install;

use taipan_object::declare::{method_table, native_state, receiver};

use crate::call::tuple;
use crate::pickler::Pickler;
use crate::unpickler::Unpickler;

/// The memo of a pickler.
#[derive(Default)]
pub(crate) struct PicklerMemoProxy {
    owner: Slot,
}

/// The memo of an unpickler.
#[derive(Default)]
pub(crate) struct UnpicklerMemoProxy {
    owner: Slot,
}

native_type! {
    /// `_pickle.PicklerMemoProxy`.
    pub(crate) static PICKLER_MEMO: PicklerMemoProxy = "_pickle.PicklerMemoProxy",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { hash: protocol::no_hash }
}

native_type! {
    /// `_pickle.UnpicklerMemoProxy`.
    pub(crate) static UNPICKLER_MEMO: UnpicklerMemoProxy = "_pickle.UnpicklerMemoProxy",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { hash: protocol::no_hash }
}

native_state!(PicklerMemoProxy in PICKLER_MEMO: owner);
native_state!(UnpicklerMemoProxy in UNPICKLER_MEMO: owner);

impl PicklerMemoProxy {
    /// The pickler.
    pub(crate) fn pickler(&self) -> Option<Value> {
        self.owner.get()
    }
}

impl UnpicklerMemoProxy {
    /// The unpickler.
    pub(crate) fn unpickler(&self) -> Option<Value> {
        self.owner.get()
    }
}

method_table! { PICKLER_METHODS:
    Instance None c"clear" "($self, /)" clear_pickler, c"Forgets everything.";
    Instance None c"copy" "($self, /)" copy_pickler, c"A dict of numbers and objects by identity.";
    Instance None c"__reduce__" "($self, /)" |thread, this| reduced(thread, copy_pickler(thread, this)?),
        c"What pickle makes it again from.";
}

method_table! { UNPICKLER_METHODS:
    Instance None c"clear" "($self, /)" clear_unpickler, c"Forgets everything.";
    Instance None c"copy" "($self, /)" copy_unpickler, c"A dict of objects by number.";
    Instance None c"__reduce__" "($self, /)" |thread, this| reduced(thread, copy_unpickler(thread, this)?),
        c"What pickle makes it again from.";
}

/// Completes the types.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PICKLER_MEMO, &PICKLER_METHODS)?;
    install::methods(thread, &UNPICKLER_MEMO, &UNPICKLER_METHODS)
}

/// `Pickler.memo`
pub(crate) fn of_pickler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let owner = Slot::new(this.to_value());
    Ok(Native::new(thread, PicklerMemoProxy { owner })?.into_value())
}

/// `Unpickler.memo`
pub(crate) fn of_unpickler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let owner = Slot::new(this.to_value());
    Ok(Native::new(thread, UnpicklerMemoProxy { owner })?.into_value())
}

fn reduced(thread: &Thread, contents: Value) -> PyResult<Value> {
    let class: &PyTypeObject = &statics::DICT;
    let arguments = tuple(thread, [contents])?;
    tuple(thread, [as_ref(class).to_value(), arguments])
}

fn clear_pickler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let owner = receiver::<PicklerMemoProxy>(thread, this)?.owner.get();
    if let Some(pickler) = owner.as_ref().and_then(|owner| owner.as_ref().get::<Native<Pickler>>()) {
        drop(pickler.memo.take());
    }
    Ok(Value::none())
}

fn copy_pickler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let owner = receiver::<PicklerMemoProxy>(thread, this)?.owner.get();
    let dict = PyDict::new(thread)?;
    if let Some(pickler) = owner.as_ref().and_then(|owner| owner.as_ref().get::<Native<Pickler>>()) {
        let mut all: Vec<(u64, usize, Value)> = {
            let memo = pickler.memo.borrow();
            memo.iter().map(|(key, (number, object))| (*key, *number, object.clone())).collect()
        };
        all.sort_by_key(|(_, number, _)| *number);
        for (key, number, object) in all {
            let key = Value::uint(thread, key)?;
            let number = Value::uint(thread, number as u64)?;
            drop(dict.insert(thread, key.as_ref(), tuple(thread, [number, object])?)?);
        }
    }
    Ok(dict.into_value())
}

fn clear_unpickler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let owner = receiver::<UnpicklerMemoProxy>(thread, this)?.owner.get();
    if let Some(unpickler) = owner.as_ref().and_then(|owner| owner.as_ref().get::<Native<Unpickler>>()) {
        drop(unpickler.memo.take());
    }
    Ok(Value::none())
}

fn copy_unpickler(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let owner = receiver::<UnpicklerMemoProxy>(thread, this)?.owner.get();
    let dict = PyDict::new(thread)?;
    if let Some(unpickler) = owner.as_ref().and_then(|owner| owner.as_ref().get::<Native<Unpickler>>()) {
        let all = unpickler.memo.borrow().all();
        for (number, object) in all {
            drop(dict.insert(thread, Value::uint(thread, number as u64)?.as_ref(), object)?);
        }
    }
    Ok(dict.into_value())
}
