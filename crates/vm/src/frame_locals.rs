//! `FrameLocalsProxy`: the locals of a function's frame as a mapping, written through (PEP 667).
//!
//! Names that are no locals go to a dict of the frame object. Invariants: nothing is kept here but the frame; what a
//! write displaces outlives the operation that may have borrowed it (`FrameObject::set_local`).

use crate::frame_object::{FrameObject, state_of};
use crate::interp::format;
use taipan_object::descriptor::table;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::list::PyList;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};

/// The frame.
#[derive(Default)]
pub struct FrameLocals {
    frame: Slot,
}

native_type! {
    /// `FrameLocalsProxy`.
    pub static FRAME_LOCALS: FrameLocals = "FrameLocalsProxy", flags flags::MAPPING, dict false, weak false,
    does {
        new: new, repr: repr, hash: protocol::no_hash, richcompare: compare, iter: iter, or: or, inplace_or: inplace_or,
        map_length: |thread, this| Ok(names(thread, this)?.len()),
        subscript: subscript, set_subscript: set_subscript, contains: contains,
    }
}

impl NativeType for FrameLocals {
    fn definition() -> &'static NativeStatic<FrameLocals> {
        &FRAME_LOCALS
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.frame);
    }

    fn clear(&self) {
        drop(self.frame.take());
    }
}

/// The locals of a frame, which is a frame object.
pub(crate) fn of(thread: &Thread, frame: Ref<'_>) -> PyResult<Value> {
    Ok(Native::new(thread, FrameLocals { frame: Slot::new(frame.to_value()) })?.into_value())
}

fn is_proxy(value: Ref<'_>) -> bool {
    value.get::<Native<FrameLocals>>().is_some()
}

/// Calls with the state of the frame.
fn with<T>(thread: &Thread, this: Ref<'_>, body: impl FnOnce(&FrameObject) -> PyResult<T>) -> PyResult<T> {
    let frame = this.get::<Native<FrameLocals>>().and_then(|proxy| proxy.frame.get());
    let state = frame.as_ref().and_then(|frame| state_of(frame.as_ref()));
    body(state.ok_or_else(|| raise!(thread, SYSTEM_ERROR, "the locals of no frame"))?)
}

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "FrameLocalsProxy takes no keyword arguments"));
    }
    let [frame] = arguments else {
        let given = arguments.len();
        return Err(raise!(thread, TYPE_ERROR, "FrameLocalsProxy expected 1 argument, got {given}"));
    };
    if state_of(frame.as_ref()).is_none() {
        return Err(raise!(thread, TYPE_ERROR, "expect frame, not {}", frame.as_ref().ty().name()));
    }
    of(thread, frame.as_ref())
}

/// What a dict holds.
fn pairs(dict: &PyDict) -> Vec<(Value, Value)> {
    let mut cursor = DictCursor::start();
    std::iter::from_fn(|| cursor.next(dict)).collect()
}

/// The names and values, locals first.
fn snapshot(thread: &Thread, this: Ref<'_>) -> PyResult<Owned<PyDict>> {
    with(thread, this, |frame| frame.snapshot(thread))
}

fn names(thread: &Thread, this: Ref<'_>) -> PyResult<Vec<Value>> {
    Ok(pairs(&*snapshot(thread, this)?).into_iter().map(|(name, _)| name).collect())
}

fn find(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Option<Value>> {
    with(thread, this, |frame| {
        let local = frame.position_of(thread, key, true)?.and_then(|at| frame.local(at));
        match (local, frame.extra()) {
            (Some(value), _) => Ok(Some(value)),
            (None, Some(extra)) => extra.get(thread, key),
            (None, None) => Ok(None),
        }
    })
}

fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    match find(thread, this, key)? {
        Some(value) => Ok(value),
        None => {
            let key = format::repr(thread, key)?;
            let key = key.as_ref().get::<PyStr>().map(|key| key.to_text_lossy()).unwrap_or_default();
            Err(raise!(thread, KEY_ERROR, "local variable '{key}' is not defined"))
        }
    }
}

fn contains(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<bool> {
    Ok(find(thread, this, key)?.is_some())
}

fn set_subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    match value {
        Some(value) => set(thread, this, key, value),
        None => match remove(thread, this, key)? {
            Some(value) => {
                drop(value);
                Ok(())
            }
            None => Err(missing(thread, key)),
        },
    }
}

fn set(thread: &Thread, this: Ref<'_>, key: Ref<'_>, value: Value) -> PyResult<()> {
    with(thread, this, |frame| match frame.position_of(thread, key, false)? {
        Some(at) => {
            frame.set_local(at, value);
            Ok(())
        }
        None => {
            let old = frame.extra_or_new(thread)?.insert(thread, key, value)?;
            drop(old);
            Ok(())
        }
    })
}

/// Takes a name out that is no local.
fn remove(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Option<Value>> {
    with(thread, this, |frame| {
        if frame.position_of(thread, key, false)?.is_some() {
            let message = "cannot remove local variables from FrameLocalsProxy";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        match frame.extra() {
            Some(extra) => Ok(extra.remove(thread, key)?.map(|(_, value)| value)),
            None => Ok(None),
        }
    })
}

fn missing(thread: &Thread, key: Ref<'_>) -> taipan_object::Raised {
    match PyTuple::pack(thread, [key.to_value()]) {
        Ok(arguments) => thread.raise_arguments(&taipan_object::exception::KEY_ERROR, arguments),
        Err(raised) => raised,
    }
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    with(thread, this, |frame| {
        if frame.printing().replace(true) {
            return Ok(PyStr::from_text(thread, "{...}")?.into_value());
        }
        let snapshot = frame.snapshot(thread);
        let text = snapshot.and_then(|snapshot| format::repr(thread, snapshot.as_ref()));
        frame.printing().set(false);
        text
    })
}

fn compare(thread: &Thread, this: Ref<'_>, other: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let (wanted, other_frame) = (op == CompareOp::Eq, other.get::<Native<FrameLocals>>());
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::not_implemented());
    }
    if let Some(other) = other_frame {
        let own = this.get::<Native<FrameLocals>>().and_then(|proxy| proxy.frame.get());
        let same = match (own, other.frame.get()) {
            (Some(own), Some(other)) => own.as_ref().is(other.as_ref()),
            _ => false,
        };
        return Ok(Value::bool(same == wanted));
    }
    if other.get::<PyDict>().is_none() {
        return Ok(Value::not_implemented());
    }
    protocol::compare(thread, snapshot(thread, this)?.as_ref(), other, op)
}

fn list(thread: &Thread, values: Vec<Value>) -> PyResult<Value> {
    Ok(PyList::from_values(thread, values)?.into_value())
}

fn iter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    protocol::iter(thread, list(thread, names(thread, this)?)?.as_ref())
}

fn is_mapping(value: Ref<'_>) -> bool {
    is_proxy(value) || value.get::<PyDict>().is_some()
}

fn or(thread: &Thread, a: Ref<'_>, b: Ref<'_>) -> PyResult<Value> {
    let own = if is_proxy(a) { a } else { b };
    let other = if is_proxy(a) { b } else { a };
    if is_proxy(a) && !is_mapping(other) {
        return Ok(Value::not_implemented());
    }
    let (first, second) = if is_proxy(a) { (own, other) } else { (other, own) };
    let both = PyDict::new(thread)?.into_value();
    let update = intern_text(thread, "update")?;
    for part in [first, second] {
        drop(protocol::attribute::call_method(thread, both.as_ref(), &update, &[part.to_value()])?);
    }
    Ok(both)
}

fn inplace_or(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<Value> {
    if !is_mapping(other) {
        return Ok(Value::not_implemented());
    }
    merge(thread, this, other)?;
    Ok(this.to_value())
}

fn merge(thread: &Thread, this: Ref<'_>, other: Ref<'_>) -> PyResult<()> {
    let all = match other.get::<PyDict>() {
        Some(dict) => pairs(dict),
        None => pairs(&*snapshot(thread, other)?),
    };
    all.into_iter().try_for_each(|(key, value)| set(thread, this, key.as_ref(), value))
}

// -- methods ----------------------------------------------------------------------------------------

taipan_object::declare::method_table! { METHODS:
    Instance None c"copy" "($self, /)" copy, c"A dict of the names and values.";
    Instance None c"keys" "($self, /)" keys, c"A list of the names.";
    Instance None c"values" "($self, /)" values, c"A list of the values.";
    Instance None c"items" "($self, /)" items, c"A list of the pairs.";
    Instance None c"__reversed__" "($self, /)" reversed, c"A list of the names from the last to the first.";
    Instance Positional c"get" "($self, key, default=None, /)" get, c"The value of a name, or the default.";
    Instance Positional c"pop" "($self, key, default=<unrepresentable>, /)" pop, c"Takes a name out.";
    Instance Positional c"setdefault" "($self, key, default=None, /)" set_default, c"The value of a name, which is set if there is none.";
    Instance Keywords c"update" "($self, mapping, /)" update, c"Sets the names of a mapping.";
}

pub(crate) fn install(thread: &Thread) -> PyResult<()> {
    table::add_methods(thread, &FRAME_LOCALS, &METHODS)
}

fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    Ok(snapshot(thread, this)?.into_value())
}

fn keys(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    list(thread, names(thread, this)?)
}

fn values(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    list(thread, pairs(&*snapshot(thread, this)?).into_iter().map(|(_, value)| value).collect())
}

fn items(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let pairs = pairs(&*snapshot(thread, this)?).into_iter();
    let pairs = pairs.map(|(name, value)| Ok(PyTuple::pack(thread, [name, value])?.into_value()));
    list(thread, pairs.collect::<PyResult<_>>()?)
}

fn reversed(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let mut names = names(thread, this)?;
    names.reverse();
    list(thread, names)
}

/// A key and perhaps a default.
fn one_or_two<'a>(
    thread: &Thread,
    name: &str,
    arguments: &'a [Value],
) -> PyResult<(Ref<'a>, Option<&'a Value>)> {
    match arguments {
        [key] => Ok((key.as_ref(), None)),
        [key, default] => Ok((key.as_ref(), Some(default))),
        _ => Err(raise!(thread, TYPE_ERROR, "{name} expected 1 or 2 arguments")),
    }
}

fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (key, default) = one_or_two(thread, "get", arguments)?;
    Ok(find(thread, this, key)?.or_else(|| default.cloned()).unwrap_or_else(Value::none))
}

fn pop(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (key, default) = match arguments {
        [key] => (key.as_ref(), None),
        [key, default] => (key.as_ref(), Some(default)),
        [] => return Err(raise!(thread, TYPE_ERROR, "pop expected at least 1 argument, got 0")),
        _ => {
            let given = arguments.len();
            return Err(raise!(thread, TYPE_ERROR, "pop expected at most 2 arguments, got {given}"));
        }
    };
    match (remove(thread, this, key)?, default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(missing(thread, key)),
    }
}

fn set_default(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (key, default) = one_or_two(thread, "setdefault", arguments)?;
    if let Some(value) = find(thread, this, key)? {
        return Ok(value);
    }
    let default = default.cloned().unwrap_or_else(Value::none);
    set(thread, this, key, default.clone())?;
    Ok(default)
}

fn update(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    if names.is_some_and(|names| !names.is_empty()) {
        return Err(raise!(thread, TYPE_ERROR, "FrameLocalsProxy.update() takes no keyword arguments"));
    }
    let [other] = arguments else {
        let given = arguments.len();
        let message = format!("FrameLocalsProxy.update() takes exactly one argument ({given} given)");
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    if !is_mapping(other.as_ref()) {
        let message = "update() argument must be dict or another FrameLocalsProxy";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    merge(thread, this, other.as_ref())?;
    Ok(Value::none())
}
