//! The children of elements: methods and operators. What is put in is an element each time it is looked at, so the list
//! of children holds nothing else.

use taipan_object::declare::receiver;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slice::PySlice;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_size, wrong_type};
use taipan_runtime_builtins::iterate::collect;

use super::element::{ELEMENT, Element, expect, tag_and_attributes};
use crate::Names;

const APPEND: Parameters<1> =
    Parameters { function: "append", names: [""], positional_only: 1, positional: 1, required: 1 };

/// `append(subelement, /)`
pub(super) fn append(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [Some(child)] = APPEND.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    expect(thread, "append", "argument 1", child)?;
    push(thread, receiver::<Element>(thread, this)?, child.to_value())?;
    Ok(Value::none())
}

/// Puts an element behind all.
pub(super) fn push(thread: &Thread, element: &Element, child: Value) -> PyResult<()> {
    element.list_to_change(thread)?.push(thread, child)
}

fn no_element(thread: &Thread, item: Ref<'_>) -> Raised {
    raise!(thread, TYPE_ERROR, "expected an Element, not \"{}\"", item.ty().name())
}

/// The items of a sequence, which are elements each.
fn elements(thread: &Thread, items: Ref<'_>, message: &str) -> PyResult<Vec<Value>> {
    let is_iterable = items.ty().slots().iter.get().is_some() || items.ty().slots().item.get().is_some();
    if !is_iterable {
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let items = collect(thread, items)?;
    match items.iter().find(|item| item.as_ref().get::<Native<Element>>().is_none()) {
        Some(item) => Err(no_element(thread, item.as_ref())),
        None => Ok(items),
    }
}

/// `extend(elements, /)`
pub(super) fn extend(thread: &Thread, this: Ref<'_>, items: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    if items.ty().slots().iter.get().is_none() && items.ty().slots().item.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "'elements' must be an iterable"));
    }
    for item in collect(thread, items)? {
        if item.as_ref().get::<Native<Element>>().is_none() {
            return Err(no_element(thread, item.as_ref()));
        }
        push(thread, element, item)?;
    }
    Ok(Value::none())
}

/// `insert(index, subelement, /)`
pub(super) fn insert(thread: &Thread, this: Ref<'_>, at: Ref<'_>, child: Ref<'_>) -> PyResult<Value> {
    let at = to_size(thread, at)?;
    expect(thread, "insert", "argument 2", child)?;
    let list = receiver::<Element>(thread, this)?.list_to_change(thread)?;
    let at = match usize::try_from(at) {
        Ok(at) => at.min(list.len()),
        Err(_) => list.len().saturating_sub(at.unsigned_abs()),
    };
    list.insert(thread, at, child.to_value())?;
    Ok(Value::none())
}

/// `remove(subelement, /)`
pub(super) fn remove(thread: &Thread, this: Ref<'_>, child: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    expect(thread, "remove", "argument", child)?;
    let mut at = 0;
    while let Some(item) = element.child(at) {
        if protocol::same_or_equal(thread, item.as_ref(), child)? {
            // comparing may have taken it away already
            drop(element.list().and_then(|list| list.remove(at)));
            return Ok(Value::none());
        }
        at += 1;
    }
    Err(raise!(thread, VALUE_ERROR, "Element.remove(x): element not found"))
}

const MAKE: Parameters<2> =
    Parameters { function: "makeelement", names: ["", ""], positional_only: 2, positional: 2, required: 2 };

/// `makeelement(tag, attrib, /)`
pub(super) fn make(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [Some(tag), Some(attributes)] = MAKE.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let Some(dict) = attributes.get::<PyDict>() else {
        return Err(wrong_type(thread, "makeelement", "argument 2", "dict", attributes));
    };
    let attributes = dict.copy(thread)?.into_value();
    Ok(Native::new(thread, Element::of(tag.to_value(), Some(attributes)))?.into_value())
}

/// `SubElement(parent, tag, attrib={}, **extra)`
pub(super) fn sub_element(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    let parent = arguments.first().filter(|_| arguments.len() > by_name);
    let is_element = |parent: &&Value| parent.as_ref().get::<Native<Element>>().is_some();
    if let Some(parent) = parent.filter(|parent| !is_element(parent))
        && arguments.len() - by_name > 1
    {
        let wanted = ELEMENT.name();
        return Err(wrong_type(thread, "SubElement", "argument 1", wanted, parent.as_ref()));
    }
    let (tag, attributes) = tag_and_attributes(thread, "SubElement", 1, arguments, names)?;
    let child = Native::new(thread, Element::of(tag, attributes))?.into_value();
    if let Some(parent) = parent.and_then(|parent| parent.as_ref().get::<Native<Element>>()) {
        push(thread, parent, child.clone())?;
    }
    Ok(child)
}

fn out_of_range(thread: &Thread) -> Raised {
    raise!(thread, INDEX_ERROR, "child index out of range")
}

pub(super) fn item(thread: &Thread, this: Ref<'_>, at: isize) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    let child = usize::try_from(at).ok().and_then(|at| element.child(at));
    child.ok_or_else(|| out_of_range(thread))
}

pub(super) fn set_item(thread: &Thread, this: Ref<'_>, at: isize, new: Option<Value>) -> PyResult<()> {
    let element = receiver::<Element>(thread, this)?;
    let Some(at) = usize::try_from(at).ok().filter(|&at| at < element.count()) else {
        return Err(raise!(thread, INDEX_ERROR, "child assignment index out of range"));
    };
    let Some(list) = element.list() else { return Ok(()) };
    match new {
        None => drop(list.remove(at)),
        Some(new) if new.as_ref().get::<Native<Element>>().is_none() => {
            return Err(no_element(thread, new.as_ref()));
        }
        Some(new) => drop(list.replace(thread, at, new)?),
    }
    Ok(())
}

/// The place that an index names, counted from the front.
fn place(thread: &Thread, element: &Element, key: Ref<'_>) -> PyResult<isize> {
    if !key.is_int() && key.ty().slots().index.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "element indices must be integers"));
    }
    let at = protocol::number::index_size(thread, key)?;
    Ok(if at < 0 { at.saturating_add_unsigned(element.count()) } else { at })
}

pub(super) fn subscript(thread: &Thread, this: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    if key.get::<PySlice>().is_none() {
        return item(thread, this, place(thread, element, key)?);
    }
    let list = element.list().map_or_else(|| PyList::new(thread), Ok)?;
    protocol::container::subscript(thread, list.as_ref(), key)
}

pub(super) fn set_subscript(
    thread: &Thread,
    this: Ref<'_>,
    key: Ref<'_>,
    new: Option<Value>,
) -> PyResult<()> {
    let element = receiver::<Element>(thread, this)?;
    if key.get::<PySlice>().is_none() {
        return set_item(thread, this, place(thread, element, key)?, new);
    }
    let new = match new {
        None => None,
        Some(new) => {
            let items = elements(thread, new.as_ref(), "assignment expects an iterable")?;
            Some(PyList::from_values(thread, items)?.into_value())
        }
    };
    let list: Owned<PyList> = element.list_to_change(thread)?;
    protocol::container::set_subscript(thread, list.as_ref(), key, new)
}
