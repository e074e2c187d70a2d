//! `Pickler`: what it is told, its memo, and how a pickle begins and ends. `save.rs` writes the objects.

use std::cell::{Cell, RefCell};

use rustc_hash::{FxHashMap, FxHashSet};
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::install;

use taipan_object::declare::{attribute_table, method_table, receiver};

use crate::call::{self, find};
use crate::errors::pickling;
use crate::memo_proxy::{self, PicklerMemoProxy};
use crate::opcodes::{DEFAULT, HIGHEST, PROTO, STOP};
use crate::save::Session;
use crate::writer::Writer;

/// Which objects were written, by their identity: the number of each, and the object, which is kept alive.
pub(crate) type Memo = FxHashMap<u64, (usize, Value)>;

/// The state of a pickler.
#[derive(Default)]
pub(crate) struct Pickler {
    pub(crate) memo: RefCell<Memo>,
    pub(crate) writer: RefCell<Writer>,
    pub(crate) write: Slot,
    pub(crate) persistent_id: Slot,
    pub(crate) dispatch_table: Slot,
    pub(crate) buffer_callback: Slot,
    pub(crate) version: Cell<i64>,
    pub(crate) binary: Cell<i32>,
    pub(crate) fast: Cell<i32>,
    pub(crate) fix_imports: Cell<bool>,
    /// Whether a pickle is being written.
    running: Cell<bool>,
    /// In fast mode: how deep containers are nested, and those that are open when they are nested deeply.
    pub(crate) fast_depth: Cell<usize>,
    pub(crate) fast_open: RefCell<FxHashSet<u64>>,
}

native_type! {
    /// `_pickle.Pickler`.
    pub(crate) static PICKLER: Pickler = "_pickle.Pickler", flags flags::BASETYPE, dict false, weak false,
    does { new: new, init: init, getattr: get_attribute, setattr: set_attribute }
}

impl NativeType for Pickler {
    fn definition() -> &'static NativeStatic<Pickler> {
        &PICKLER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in [&self.write, &self.persistent_id, &self.dispatch_table, &self.buffer_callback] {
            visitor.slot(slot);
        }
        if let Ok(memo) = self.memo.try_borrow() {
            memo.values().for_each(|(_, object)| visitor.value(object));
        }
    }

    fn clear(&self) {
        for slot in [&self.write, &self.persistent_id, &self.dispatch_table, &self.buffer_callback] {
            drop(slot.take());
        }
        drop(self.memo.take());
    }
}

method_table! { METHODS:
    Instance One c"persistent_id" "($self, obj, /)" |_, _, _| Ok(Value::none()), c"The persistent id of an object.";
    Instance One c"dump" "($self, obj, /)" dump, c"Writes the pickle of an object to the file.";
    Instance None c"clear_memo" "($self, /)" clear_memo, c"Forgets which objects were written.";
}

attribute_table! { ATTRIBUTES:
    "bin" |thread, this| Ok(Value::small(own(thread, this)?.binary.get())), Some(set_binary), "Not protocol 0.";
    "fast" |thread, this| Ok(Value::small(own(thread, this)?.fast.get())), Some(set_fast), "Without a memo.";
    "memo" memo_proxy::of_pickler, Some(set_memo), "Which objects were written.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PICKLER, &METHODS)?;
    install::attributes(thread, &PICKLER, &ATTRIBUTES)
}

/// The receiver.
pub(crate) fn own<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<Pickler>> {
    receiver::<Pickler>(thread, this)
}

fn set_number(thread: &Thread, cell: &Cell<i32>, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "can't delete numeric/char attribute"));
    };
    cell.set(to_int(thread, value.as_ref())?);
    Ok(())
}

fn set_binary(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    set_number(thread, &own(thread, this)?.binary, value)
}

fn set_fast(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    set_number(thread, &own(thread, this)?.fast, value)
}

// -- attributes that may be set on an instance ---------------------------------------------------

fn slot_of<'a>(this: Ref<'a>, name: &PyStr) -> Option<&'a Slot> {
    let state = this.get::<Native<Pickler>>()?;
    if name.equals_text("persistent_id") {
        return Some(&state.persistent_id);
    }
    // a class in Python has an attribute of this name of its own, or a dict to set it in
    (name.equals_text("dispatch_table") && std::ptr::eq(this.ty(), &raw const *PICKLER))
        .then_some(&state.dispatch_table)
}

fn get_attribute(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    match slot_of(this, name).and_then(Slot::get) {
        Some(set) => Ok(set),
        None => protocol::attribute::generic_get(thread, this, name),
    }
}

fn set_attribute(thread: &Thread, this: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    match slot_of(this, name) {
        Some(slot) => {
            let was_there = value.is_some() || slot.peek().is_some();
            drop(slot.replace(value));
            if was_there {
                return Ok(());
            }
            let name = name.to_text_lossy();
            Err(raise!(thread, ATTRIBUTE_ERROR, "{name}"))
        }
        None => protocol::attribute::generic_set(thread, this, name, value),
    }
}

// -- making --------------------------------------------------------------------------------------

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Pickler::default())?.into_value())
}

const INIT: Parameters<4> = Parameters {
    function: "Pickler",
    names: ["file", "protocol", "fix_imports", "buffer_callback"],
    positional_only: 0,
    positional: 4,
    required: 1,
};

fn init(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let [file, protocol, fix_imports, callback] = INIT.bind(thread, given, names)?;
    let state = own(thread, this)?;
    if state.running.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "Pickler object is already used"));
    }
    configure(thread, state, protocol, fix_imports, callback)?;
    if let Some(file) = file {
        set_output(thread, state, file)?;
    }
    drop(state.memo.take());
    state.writer.borrow_mut().reset();
    state.fast.set(0);
    state.fast_depth.set(0);
    Ok(())
}

/// The protocol and the options that a pickler is made with.
pub(crate) fn configure(
    thread: &Thread,
    state: &Native<Pickler>,
    protocol: Option<Ref<'_>>,
    fix_imports: Option<Ref<'_>>,
    callback: Option<Ref<'_>>,
) -> PyResult<()> {
    let version = match protocol.filter(|protocol| !protocol.is_none()) {
        None => DEFAULT,
        Some(protocol) => {
            let version = i64::from(to_int(thread, protocol)?);
            if version > HIGHEST {
                return Err(raise!(thread, VALUE_ERROR, "pickle protocol must be <= {HIGHEST}"));
            }
            if version < 0 { HIGHEST } else { version }
        }
    };
    let fix_imports = fix_imports.map_or(Ok(true), |fix| protocol::truth(thread, fix))?;
    let callback = callback.filter(|callback| !callback.is_none());
    if callback.is_some() && version < 5 {
        return Err(raise!(thread, VALUE_ERROR, "buffer_callback needs protocol >= 5"));
    }
    state.version.set(version);
    state.binary.set(i32::from(version > 0));
    state.fix_imports.set(fix_imports && version < 3);
    drop(state.buffer_callback.replace(callback.map(Ref::to_value)));
    Ok(())
}

/// The file that pickles are written to.
pub(crate) fn set_output(thread: &Thread, state: &Native<Pickler>, file: Ref<'_>) -> PyResult<()> {
    let Some(write) = find(thread, file, names::write.get())? else {
        return Err(raise!(thread, TYPE_ERROR, "file must have a 'write' attribute"));
    };
    drop(state.write.replace(Some(write)));
    Ok(())
}

// -- writing -------------------------------------------------------------------------------------

fn dump(thread: &Thread, this: Ref<'_>, object: Ref<'_>) -> PyResult<Value> {
    let state = own(thread, this)?;
    if state.write.peek().is_none() {
        let ty = this.ty().name();
        let message = format!("Pickler.__init__() was not called by {ty}.__init__()");
        return Err(pickling(thread, &message));
    }
    if state.running.replace(true) {
        return Err(raise!(thread, RUNTIME_ERROR, "Pickler object is already used"));
    }
    let done = written(thread, this, state, object).and_then(|()| flush(thread, state));
    state.running.set(false);
    done.map(|()| Value::none())
}

/// Writes all of a pickle into the writer.
pub(crate) fn written(
    thread: &Thread,
    this: Ref<'_>,
    state: &Native<Pickler>,
    object: Ref<'_>,
) -> PyResult<()> {
    state.writer.borrow_mut().reset();
    let version = state.version.get();
    {
        let mut writer = state.writer.borrow_mut();
        if version >= 2 {
            writer.push(&[PROTO, version as u8]);
        }
        writer.set_framing(version >= 4);
    }
    let session = Session::begin(thread, this, state)?;
    let saved = session.save(object);
    state.fast_depth.set(0);
    state.fast_open.borrow_mut().clear();
    saved?;
    let mut writer = state.writer.borrow_mut();
    writer.push(&[STOP]);
    writer.set_framing(false);
    Ok(())
}

/// Hands what was written to the file.
pub(crate) fn flush(thread: &Thread, state: &Native<Pickler>) -> PyResult<()> {
    let Some(write) = state.write.get() else { return Ok(()) };
    let bytes = state.writer.borrow_mut().take();
    let bytes = taipan_object::bytes::PyBytes::new(thread, &bytes)?.into_value();
    protocol::call(thread, write.as_ref(), &[bytes], None).map(drop)
}

fn clear_memo(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    drop(own(thread, this)?.memo.take());
    Ok(Value::none())
}

/// Sets the memo: that of another pickler, or a dict of pairs of a number and an object.
fn set_memo(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let state = own(thread, this)?;
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "attribute deletion is not supported"));
    };
    let memo = if let Some(proxy) = value.as_ref().get::<Native<PicklerMemoProxy>>() {
        let other = proxy.pickler();
        let other = other.as_ref().and_then(|other| other.as_ref().get::<Native<Pickler>>());
        other.map_or_else(Memo::default, |other| other.memo.borrow().clone())
    } else if let Some(dict) = value.as_ref().get::<PyDict>() {
        memo_of(thread, dict)?
    } else {
        let ty = value.as_ref().ty().name();
        let message = "'memo' attribute must be a PicklerMemoProxy object or dict, not";
        return Err(raise!(thread, TYPE_ERROR, "{message} {ty}"));
    };
    drop(state.memo.replace(memo));
    Ok(())
}

fn memo_of(thread: &Thread, dict: &PyDict) -> PyResult<Memo> {
    let dict = Owned::new_ref(dict);
    let mut memo = Memo::default();
    let mut cursor = DictCursor::start();
    while let Some((_, pair)) = cursor.next(&dict) {
        let items = pair.as_ref().get::<PyTuple>().filter(|items| items.len() == 2);
        let (Some(number), Some(object)) =
            (items.and_then(|items| items.get(0)), items.and_then(|items| items.get(1)))
        else {
            return Err(raise!(thread, TYPE_ERROR, "'memo' values must be 2-item tuples"));
        };
        let number = taipan_runtime_builtins::arguments::to_size(thread, number.as_ref())?;
        memo.insert(object.word().bits(), (number.unsigned_abs(), object));
    }
    Ok(memo)
}

/// `persistent_id` of a pickler, if it is not the one that says nothing.
pub(crate) fn persistent(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    overridden(thread, this, names::persistent_id.get(), own(thread, this)?.persistent_id.get(), &PICKLER)
}

/// A method of an object, if an instance or a class in Python has it; none if it is that of the built-in type.
pub(crate) fn overridden(
    thread: &Thread,
    this: Ref<'_>,
    name: &PyStr,
    set: Option<Value>,
    base: &PyTypeObject,
) -> PyResult<Option<Value>> {
    if set.is_some() {
        return Ok(set);
    }
    let (own, base) = (this.ty().lookup(thread, name)?, base.lookup(thread, name)?);
    match (own, base) {
        (Some(own), Some(base)) if own.as_ref().is(base.as_ref()) => Ok(None),
        _ => call::attribute(thread, this, name).map(Some),
    }
}
