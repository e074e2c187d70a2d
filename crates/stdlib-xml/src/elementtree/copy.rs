//! Copies of elements, and what pickle keeps of them.

use taipan_object::declare::receiver;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::list::{LIST, PyList};
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::wrong_type;
use taipan_runtime_builtins::objects::import;
use taipan_runtime_builtins::text;

use super::children;
use super::element::{ELEMENT, Element, is_exact};

/// `__copy__()`
pub(super) fn copy(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    let copied = |list: &Slot| match list.get().and_then(|list| list.downcast::<PyList>().ok()) {
        Some(list) => {
            Ok(Slot::new(PyList::from_block(thread, list.copy(thread, 0, list.len())?)?.into_value()))
        }
        None => Ok(Slot::empty()),
    };
    let state = Element {
        tag: Slot::new(element.tag.get_or_none()),
        text: Slot::new(element.text.get_or_none()),
        tail: Slot::new(element.tail.get_or_none()),
        attributes: Slot::from_option(element.attributes.get()),
        children: copied(&element.children)?,
    };
    Ok(Native::new(thread, state)?.into_value())
}

/// `__deepcopy__(memo, /)`
pub(super) fn deep_copy(thread: &Thread, this: Ref<'_>, memo: Ref<'_>) -> PyResult<Value> {
    receiver::<Element>(thread, this)?;
    match memo.get::<PyDict>() {
        Some(memo) => deep(thread, this, memo),
        None => Err(wrong_type(thread, "__deepcopy__", "argument", "dict", memo)),
    }
}

fn deep(thread: &Thread, this: Ref<'_>, memo: &PyDict) -> PyResult<Value> {
    let _guard = thread.recurse(" while calling a Python object")?;
    let element = receiver::<Element>(thread, this)?;
    let part = |slot: &Slot| deep_part(thread, slot.get_or_none(), memo);
    let (tag, attributes) = (part(&element.tag)?, element.attributes.get());
    let attributes = attributes.map(|dict| deep_part(thread, dict, memo)).transpose()?;
    let made = Native::new(thread, Element::of(tag, attributes))?;
    drop(made.text.replace(Some(part(&element.text)?)));
    drop(made.tail.replace(Some(part(&element.tail)?)));
    let mut at = 0;
    while let Some(child) = element.child(at) {
        let child = deep_part(thread, child, memo)?;
        if child.as_ref().get::<Native<Element>>().is_none() {
            let ty = child.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "expected an Element, not \"{ty}\""));
        }
        children::push(thread, &made, child)?;
        at += 1;
    }
    let made = made.into_value();
    let id = Value::uint(thread, this.word().bits())?;
    drop(memo.insert(thread, id.as_ref(), made.clone())?);
    Ok(made)
}

/// A copy of a part: what most are is done at once.
fn deep_part(thread: &Thread, value: Value, memo: &PyDict) -> PyResult<Value> {
    let part = value.as_ref();
    if part.is_none() || part.get_exact::<PyStr>().is_some() {
        return Ok(value);
    }
    if let Some(dict) = part.get_exact::<PyDict>() {
        let mut cursor = DictCursor::start();
        let mut is_plain = true;
        while let Some((key, item)) = cursor.next(dict) {
            is_plain &=
                key.as_ref().get_exact::<PyStr>().is_some() && item.as_ref().get_exact::<PyStr>().is_some();
        }
        if is_plain {
            return Ok(dict.copy(thread)?.into_value());
        }
    }
    if is_exact(part) && part.head().is_some_and(|head| head.refcount() <= 2) {
        return deep(thread, part, memo);
    }
    let module = import(thread, &*intern_text(thread, "copy")?)?;
    let memo = taipan_object::Owned::new_ref(memo).into_value();
    protocol::call_method(thread, module.as_ref(), &*intern_text(thread, "deepcopy")?, &[value, memo])
}

/// `__getstate__()`
pub(super) fn get_state(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    let children = match element.list() {
        Some(list) => PyList::from_block(thread, list.copy(thread, 0, list.len())?)?,
        None => PyList::new(thread)?,
    };
    let attributes = match element.known_dict() {
        Some(dict) => dict,
        None => PyDict::new(thread)?,
    };
    let state = PyDict::new(thread)?;
    let parts = [
        ("tag", element.tag.get_or_none()),
        ("_children", children.into_value()),
        ("attrib", attributes.into_value()),
        ("text", element.text.get_or_none()),
        ("tail", element.tail.get_or_none()),
    ];
    for (name, part) in parts {
        drop(state.insert(thread, intern_text(thread, name)?.as_ref(), part)?);
    }
    Ok(state.into_value())
}

/// `__setstate__(state, /)`
pub(super) fn set_state(thread: &Thread, this: Ref<'_>, state: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    let Some(state) = state.get::<PyDict>() else {
        let shown = text::repr(thread, state)?.to_text_lossy();
        let message = format!("Don't know how to unpickle \"{shown}\" as an Element");
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let part = |name: &str| state.get_str(thread, &*intern_text(thread, name)?);
    let Some(tag) = part("tag")? else {
        return Err(raise!(thread, TYPE_ERROR, "tag may not be NULL"));
    };
    let (attributes, children) = (part("attrib")?, part("_children")?);
    let (text, tail) = (part("text")?, part("tail")?);
    let before = [
        element.tag.replace(Some(tag)),
        element.text.replace(text),
        element.tail.replace(tail),
        element.children.take(),
    ];
    drop(before);
    let children = children.map(|children| checked_children(thread, children)).transpose()?;
    let attributes = attributes.filter(|attributes| !attributes.as_ref().is_none());
    if let Some(other) = attributes.as_ref().filter(|dict| dict.as_ref().get::<PyDict>().is_none()) {
        let ty = other.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "attrib must be dict, not {ty}"));
    }
    drop([element.attributes.replace(attributes), element.children.replace(children)]);
    Ok(Value::none())
}

fn checked_children(thread: &Thread, children: Value) -> PyResult<Value> {
    let Some(list) = children.as_ref().get::<PyList>() else {
        return Err(raise!(thread, TYPE_ERROR, "'_children' is not a list"));
    };
    for child in (0..list.len()).filter_map(|at| list.get(at)) {
        if child.as_ref().get::<Native<Element>>().is_none() {
            let ty = child.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "expected an Element, not \"{ty}\""));
        }
    }
    Ok(PyList::from_block(thread, list.copy(thread, 0, list.len())?)?.into_value())
}

/// `__sizeof__()`
pub(super) fn size_of(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let list = receiver::<Element>(thread, this)?.list();
    let room = list.map_or(0, |list| LIST.basic_size() + list.capacity() * 8);
    Value::uint(thread, (ELEMENT.basic_size() + room) as u64)
}

/// `clear()`
pub(super) fn clear(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    let before =
        [element.text.take(), element.tail.take(), element.attributes.take(), element.children.take()];
    drop(before);
    Ok(Value::none())
}
