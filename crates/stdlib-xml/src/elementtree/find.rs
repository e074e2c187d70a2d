//! Looking for elements, attributes and text. What is more than a tag goes to `xml.etree.ElementPath`, which is written
//! in Python.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_runtime_builtins::objects::import;

use super::element::{Element, listed};
use crate::Names;

const fn path_parameters<const N: usize>(function: &'static str, names: [&'static str; N]) -> Parameters<N> {
    Parameters { function, names, positional_only: 0, positional: N, required: 1 }
}

/// Whether a path is more than the tag of a child.
fn is_path(path: Ref<'_>) -> bool {
    let points: Vec<u32> = if let Some(text) = path.get::<PyStr>() {
        let anywhere = text.char_at(0) == Some(u32::from('{'))
            && (text.char_at(1) == Some(u32::from('}')) || text.char_at(1) == Some(u32::from('*')))
            && text.len() >= 3;
        let closed = text.char_at(1) == Some(u32::from('}')) || text.char_at(2) == Some(u32::from('}'));
        if anywhere && closed {
            return true;
        }
        (0..text.len()).filter_map(|at| text.char_at(at)).collect()
    } else if let Some(bytes) = path.get::<PyBytes>() {
        bytes.as_slice().iter().map(|&byte| u32::from(byte)).collect()
    } else {
        return true;
    };
    let mut outside = true;
    for c in points.into_iter().filter_map(char::from_u32) {
        match c {
            '{' => outside = false,
            '}' => outside = true,
            '/' | '*' | '[' | '@' | '.' if outside => return true,
            _ => {}
        }
    }
    false
}

/// Calls a function of `xml.etree.ElementPath`.
fn by_path(thread: &Thread, function: &str, arguments: &[Value]) -> PyResult<Value> {
    let module = import(thread, &*intern_text(thread, "xml.etree.ElementPath")?)?;
    let function = protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, function)?)?;
    protocol::call(thread, function.as_ref(), arguments, None)
}

fn or_none(value: Option<Ref<'_>>) -> Value {
    value.map_or_else(Value::none, Ref::to_value)
}

/// Calls `found` with the children of a tag, as long as it says to go on.
fn children_of(
    thread: &Thread,
    element: &Element,
    tag: Ref<'_>,
    mut found: impl FnMut(Value) -> PyResult<bool>,
) -> PyResult<()> {
    let mut at = 0;
    while let Some(child) = element.child(at) {
        at += 1;
        let Some(inner) = child.as_ref().get::<Native<Element>>() else { continue };
        if protocol::same_or_equal(thread, inner.tag.get_or_none().as_ref(), tag)? && !found(child)? {
            break;
        }
    }
    Ok(())
}

const FIND: Parameters<2> = path_parameters("find", ["path", "namespaces"]);

/// `find(path, namespaces=None)`
pub(super) fn find(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [path, namespaces] = FIND.bind(thread, arguments, names)?;
    let Some(path) = path else { return Ok(Value::none()) };
    let namespaces = or_none(namespaces);
    if is_path(path) || !namespaces.as_ref().is_none() {
        return by_path(thread, "find", &[this.to_value(), path.to_value(), namespaces]);
    }
    let mut first = None;
    children_of(thread, receiver::<Element>(thread, this)?, path, |child| {
        first = Some(child);
        Ok(false)
    })?;
    Ok(first.unwrap_or_else(Value::none))
}

const FIND_TEXT: Parameters<3> = path_parameters("findtext", ["path", "default", "namespaces"]);

/// `findtext(path, default=None, namespaces=None)`
pub(super) fn find_text(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, default, namespaces] = FIND_TEXT.bind(thread, arguments, names)?;
    let Some(path) = path else { return Ok(Value::none()) };
    let (default, namespaces) = (or_none(default), or_none(namespaces));
    if is_path(path) || !namespaces.as_ref().is_none() {
        return by_path(thread, "findtext", &[this.to_value(), path.to_value(), default, namespaces]);
    }
    let mut first = None;
    children_of(thread, receiver::<Element>(thread, this)?, path, |child| {
        first = Some(child);
        Ok(false)
    })?;
    let Some(child) = first else { return Ok(default) };
    let text = receiver::<Element>(thread, child.as_ref())?.text.get_or_none();
    if text.as_ref().is_none() {
        return Ok(PyStr::from_text(thread, "")?.into_value());
    }
    Ok(text)
}

const FIND_ALL: Parameters<2> = path_parameters("findall", ["path", "namespaces"]);

/// `findall(path, namespaces=None)`
pub(super) fn find_all(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, namespaces] = FIND_ALL.bind(thread, arguments, names)?;
    let Some(path) = path else { return Ok(Value::none()) };
    let namespaces = or_none(namespaces);
    if is_path(path) || !namespaces.as_ref().is_none() {
        return by_path(thread, "findall", &[this.to_value(), path.to_value(), namespaces]);
    }
    let all = PyList::new(thread)?;
    children_of(thread, receiver::<Element>(thread, this)?, path, |child| {
        all.push(thread, child)?;
        Ok(true)
    })?;
    Ok(all.into_value())
}

const ITER_FIND: Parameters<2> = path_parameters("iterfind", ["path", "namespaces"]);

/// `iterfind(path, namespaces=None)`
pub(super) fn iter_find(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Value> {
    let [path, namespaces] = ITER_FIND.bind(thread, arguments, names)?;
    by_path(thread, "iterfind", &[this.to_value(), or_none(path), or_none(namespaces)])
}

const GET: Parameters<2> = path_parameters("get", ["key", "default"]);

/// `get(key, default=None)`
pub(super) fn get(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [key, default] = GET.bind(thread, arguments, names)?;
    let Some(key) = key else { return Ok(Value::none()) };
    let found = match receiver::<Element>(thread, this)?.known_dict() {
        Some(dict) => dict.get(thread, key)?,
        None => None,
    };
    Ok(found.unwrap_or_else(|| or_none(default)))
}

/// `set(key, value, /)`
pub(super) fn set(thread: &Thread, this: Ref<'_>, key: Ref<'_>, value: Ref<'_>) -> PyResult<Value> {
    let dict = receiver::<Element>(thread, this)?.dict(thread)?;
    drop(dict.insert(thread, key, value.to_value())?);
    Ok(Value::none())
}

/// `keys()`
pub(super) fn keys(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    listed(thread, this, |key, _| Ok(key))
}

/// `items()`
pub(super) fn items(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    listed(thread, this, |key, value| Ok(PyTuple::pack(thread, [key, value])?.into_value()))
}
