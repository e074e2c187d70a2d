//! `Unpickler`: what it is told, its memo, and where it reads from. `load.rs` carries out the opcodes.

use std::cell::{Cell, RefCell};

use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::statics::names;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, expect_str, to_size};
use taipan_runtime_builtins::install;

use taipan_object::declare::{attribute_table, method_table, receiver};

use crate::call::find;
use crate::errors::unpickling;
use crate::input::Input;
use crate::load::Loader;
use crate::memo::ReadMemo;
use crate::memo_proxy::{self, UnpicklerMemoProxy};

/// The state of an unpickler.
#[derive(Default)]
pub(crate) struct Unpickler {
    pub(crate) memo: RefCell<ReadMemo>,
    pub(crate) input: RefCell<Input>,
    pub(crate) read: Slot,
    pub(crate) readline: Slot,
    pub(crate) persistent_load: Slot,
    pub(crate) buffers: Slot,
    pub(crate) encoding: RefCell<String>,
    pub(crate) errors: RefCell<String>,
    pub(crate) fix_imports: Cell<bool>,
    pub(crate) version: Cell<i64>,
    running: Cell<bool>,
}

native_type! {
    /// `_pickle.Unpickler`.
    pub(crate) static UNPICKLER: Unpickler = "_pickle.Unpickler", flags flags::BASETYPE, dict false, weak false,
    does { new: new, init: init, getattr: get_attribute, setattr: set_attribute }
}

impl NativeType for Unpickler {
    fn definition() -> &'static NativeStatic<Unpickler> {
        &UNPICKLER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        for slot in [&self.read, &self.readline, &self.persistent_load, &self.buffers] {
            visitor.slot(slot);
        }
        if let Ok(memo) = self.memo.try_borrow() {
            memo.objects().for_each(|object| visitor.value(object));
        }
    }

    fn clear(&self) {
        for slot in [&self.read, &self.readline, &self.persistent_load, &self.buffers] {
            drop(slot.take());
        }
        drop(self.memo.take());
    }
}

method_table! { METHODS:
    Instance One c"persistent_load" "($self, pid, /)" no_persistent_load, c"The object of a persistent id.";
    Instance None c"load" "($self, /)" load, c"Reads a pickle from the file, gives the object.";
    Instance Two c"find_class" "($self, module_name, global_name, /)" crate::find_class::find_class,
        c"What a module has under a name.";
}

attribute_table! { ATTRIBUTES:
    "memo" memo_proxy::of_unpickler, Some(set_memo), "The objects that were read, by number.";
}

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &UNPICKLER, &METHODS)?;
    install::attributes(thread, &UNPICKLER, &ATTRIBUTES)
}

/// The receiver.
pub(crate) fn own<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a Native<Unpickler>> {
    receiver::<Unpickler>(thread, this)
}

fn no_persistent_load(thread: &Thread, _: Ref<'_>, _: Ref<'_>) -> PyResult<Value> {
    let message =
        "A load persistent id instruction was encountered, but no persistent_load function was specified.";
    Err(unpickling(thread, message))
}

fn get_attribute(thread: &Thread, this: Ref<'_>, name: &PyStr) -> PyResult<Value> {
    let state = this.get::<Native<Unpickler>>().filter(|_| name.equals_text("persistent_load"));
    match state.and_then(|state| state.persistent_load.get()) {
        Some(set) => Ok(set),
        None => protocol::attribute::generic_get(thread, this, name),
    }
}

fn set_attribute(thread: &Thread, this: Ref<'_>, name: &PyStr, value: Option<Value>) -> PyResult<()> {
    match this.get::<Native<Unpickler>>().filter(|_| name.equals_text("persistent_load")) {
        Some(state) => {
            let was_there = value.is_some() || state.persistent_load.peek().is_some();
            drop(state.persistent_load.replace(value));
            if was_there { Ok(()) } else { Err(raise!(thread, ATTRIBUTE_ERROR, "persistent_load")) }
        }
        None => protocol::attribute::generic_set(thread, this, name, value),
    }
}

fn new(thread: &Thread, class: &PyTypeObject, _: &[Value], _: Option<&PyTuple>) -> PyResult<Value> {
    Ok(Native::new_in(thread, class, Unpickler::default())?.into_value())
}

const INIT: Parameters<5> = Parameters {
    function: "Unpickler",
    names: ["file", "fix_imports", "encoding", "errors", "buffers"],
    positional_only: 0,
    positional: 1,
    required: 1,
};

fn init(thread: &Thread, this: Ref<'_>, given: &[Value], names: Option<&PyTuple>) -> PyResult<()> {
    let [file, fix_imports, encoding, errors, buffers] = INIT.bind(thread, given, names)?;
    let state = own(thread, this)?;
    if state.running.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "Unpickler object is already used"));
    }
    if let Some(file) = file {
        set_file(thread, state, file)?;
    }
    configure(thread, "Unpickler", state, [fix_imports, encoding, errors, buffers])?;
    drop(state.memo.take());
    state.version.set(0);
    Ok(())
}

/// The options that an unpickler is made with: `fix_imports`, `encoding`, `errors`, `buffers`.
pub(crate) fn configure(
    thread: &Thread,
    function: &str,
    state: &Native<Unpickler>,
    [fix_imports, encoding, errors, buffers]: [Option<Ref<'_>>; 4],
) -> PyResult<()> {
    let text = |value: Option<Ref<'_>>, name: &str, default: &str| match value {
        Some(value) => {
            expect_str(thread, function, &format!("argument '{name}'"), value).map(PyStr::to_text_lossy)
        }
        None => Ok(default.to_owned()),
    };
    state.fix_imports.set(fix_imports.map_or(Ok(true), |fix| protocol::truth(thread, fix))?);
    let (encoding, errors) = (text(encoding, "encoding", "ASCII")?, text(errors, "errors", "strict")?);
    state.encoding.replace(encoding);
    state.errors.replace(errors);
    let buffers = match buffers.filter(|buffers| !buffers.is_none()) {
        Some(buffers) => Some(protocol::iter(thread, buffers)?),
        None => None,
    };
    drop(state.buffers.replace(buffers));
    Ok(())
}

/// The file that pickles are read from.
pub(crate) fn set_file(thread: &Thread, state: &Native<Unpickler>, file: Ref<'_>) -> PyResult<()> {
    let (read, readline) =
        (find(thread, file, names::read.get())?, find(thread, file, names::readline.get())?);
    if read.is_none() || readline.is_none() {
        return Err(raise!(thread, TYPE_ERROR, "file must have 'read' and 'readline' attributes"));
    }
    drop(state.read.replace(read));
    drop(state.readline.replace(readline));
    state.input.replace(Input::default());
    Ok(())
}

fn load(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let state = own(thread, this)?;
    if state.read.peek().is_none() {
        let ty = this.ty().name();
        return Err(unpickling(thread, &format!("Unpickler.__init__() was not called by {ty}.__init__()")));
    }
    read(thread, this, state)
}

/// Reads one pickle.
pub(crate) fn read(thread: &Thread, this: Ref<'_>, state: &Native<Unpickler>) -> PyResult<Value> {
    if state.running.replace(true) {
        return Err(raise!(thread, RUNTIME_ERROR, "Unpickler object is already used"));
    }
    state.version.set(0);
    let read = Loader::begin(thread, this, state).and_then(Loader::run);
    state.running.set(false);
    read
}

/// Sets the memo: that of another unpickler, or a dict of objects by number.
fn set_memo(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let state = own(thread, this)?;
    let Some(value) = value else {
        return Err(raise!(thread, TYPE_ERROR, "attribute deletion is not supported"));
    };
    let memo = if let Some(proxy) = value.as_ref().get::<Native<UnpicklerMemoProxy>>() {
        let other = proxy.unpickler();
        let other = other.as_ref().and_then(|other| other.as_ref().get::<Native<Unpickler>>());
        other.map_or_else(ReadMemo::default, |other| other.memo.borrow().clone())
    } else if let Some(dict) = value.as_ref().get::<PyDict>() {
        let dict = Owned::new_ref(dict);
        let mut memo = ReadMemo::default();
        let mut cursor = DictCursor::start();
        while let Some((key, object)) = cursor.next(&dict) {
            if !key.as_ref().is_int() {
                return Err(raise!(thread, TYPE_ERROR, "memo key must be integers"));
            }
            let Ok(number) = usize::try_from(to_size(thread, key.as_ref())?) else {
                return Err(raise!(thread, VALUE_ERROR, "memo key must be positive integers."));
            };
            drop(memo.insert(number, object));
        }
        memo
    } else {
        let ty = value.as_ref().ty().name();
        let message = "'memo' attribute must be an UnpicklerMemoProxy object or dict, not";
        return Err(raise!(thread, TYPE_ERROR, "{message} {ty}"));
    };
    drop(state.memo.replace(memo));
    Ok(())
}
