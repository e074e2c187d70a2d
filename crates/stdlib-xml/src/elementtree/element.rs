//! `Element`: what one holds, how it is made and shown, its attributes.

use taipan_object::declare::{attribute_table, native_state, receiver};
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::wrong_type;
use taipan_runtime_builtins::text;

use super::children;
use crate::Names;

/// An element.
#[derive(Default)]
pub(crate) struct Element {
    /// Nothing is `None`.
    pub(super) tag: Slot,
    /// Nothing is `None`.
    pub(super) text: Slot,
    /// Nothing is `None`.
    pub(super) tail: Slot,
    /// A dict, once there are attributes.
    pub(super) attributes: Slot,
    /// A list of elements, once there are some. Nobody else has it.
    pub(super) children: Slot,
}

native_type! {
    /// `xml.etree.ElementTree.Element`
    pub(crate) static ELEMENT: Element = "xml.etree.ElementTree.Element", flags flags::BASETYPE, dict false, weak true,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, Element::default())?.into_value()),
        init: init,
        repr: repr,
        bool: truth,
        length: |thread, this| Ok(receiver::<Element>(thread, this)?.count()),
        map_length: |thread, this| Ok(receiver::<Element>(thread, this)?.count()),
        item: children::item,
        set_item: children::set_item,
        subscript: children::subscript,
        set_subscript: children::set_subscript,
    }
}

native_state!(Element in ELEMENT: tag, text, tail, attributes, children);

attribute_table! { ATTRIBUTES:
    "tag" |thread, this| Ok(receiver::<Element>(thread, this)?.tag.get_or_none()), Some(|thread, this, value| set(thread, &receiver::<Element>(thread, this)?.tag, value)), "What the element is called.";
    "text" |thread, this| Ok(receiver::<Element>(thread, this)?.text.get_or_none()), Some(|thread, this, value| set(thread, &receiver::<Element>(thread, this)?.text, value)), "The text before the first child.";
    "tail" |thread, this| Ok(receiver::<Element>(thread, this)?.tail.get_or_none()), Some(|thread, this, value| set(thread, &receiver::<Element>(thread, this)?.tail, value)), "The text behind the end tag.";
    "attrib" |thread, this| Ok(receiver::<Element>(thread, this)?.dict(thread)?.into_value()), Some(set_attributes), "The attributes.";
}

fn deleted(thread: &Thread) -> Raised {
    raise!(thread, ATTRIBUTE_ERROR, "can't delete element attribute")
}

fn set(thread: &Thread, slot: &Slot, value: Option<Value>) -> PyResult<()> {
    let Some(value) = value else { return Err(deleted(thread)) };
    drop(slot.replace(Some(value)));
    Ok(())
}

fn set_attributes(thread: &Thread, this: Ref<'_>, value: Option<Value>) -> PyResult<()> {
    let element = receiver::<Element>(thread, this)?;
    let Some(value) = value else { return Err(deleted(thread)) };
    if value.as_ref().get::<PyDict>().is_none() {
        return Err(no_dict(thread, value.as_ref()));
    }
    drop(element.attributes.replace(Some(value)));
    Ok(())
}

fn no_dict(thread: &Thread, value: Ref<'_>) -> Raised {
    raise!(thread, TYPE_ERROR, "attrib must be dict, not {}", value.ty().short_name())
}

impl Element {
    /// An element without text and children. The attributes are its own from now on.
    pub(super) fn of(tag: Value, attributes: Option<Value>) -> Element {
        Element { tag: Slot::new(tag), attributes: Slot::from_option(attributes), ..Element::default() }
    }

    /// The attributes.
    pub(super) fn dict(&self, thread: &Thread) -> PyResult<Owned<PyDict>> {
        if let Some(dict) = self.attributes.get().and_then(|dict| dict.downcast().ok()) {
            return Ok(dict);
        }
        let dict = PyDict::new(thread)?;
        drop(self.attributes.replace(Some(dict.clone().into_value())));
        Ok(dict)
    }

    /// The attributes, if there may be some.
    pub(super) fn known_dict(&self) -> Option<Owned<PyDict>> {
        self.attributes.get()?.downcast().ok()
    }

    /// The children, if there may be some.
    pub(super) fn list(&self) -> Option<Owned<PyList>> {
        self.children.get()?.downcast().ok()
    }

    /// How many children there are.
    pub(super) fn count(&self) -> usize {
        self.list().map_or(0, |list| list.len())
    }

    /// A child.
    pub(super) fn child(&self, at: usize) -> Option<Value> {
        self.list()?.get(at)
    }

    /// The children, which may be changed.
    pub(super) fn list_to_change(&self, thread: &Thread) -> PyResult<Owned<PyList>> {
        if let Some(list) = self.list() {
            return Ok(list);
        }
        let list = PyList::new(thread)?;
        drop(self.children.replace(Some(list.clone().into_value())));
        Ok(list)
    }
}

/// An argument that must be an element.
pub(super) fn expect<'a>(
    thread: &Thread,
    function: &str,
    which: &str,
    value: Ref<'a>,
) -> PyResult<&'a Native<Element>> {
    let wanted = "xml.etree.ElementTree.Element";
    value.get::<Native<Element>>().ok_or_else(|| wrong_type(thread, function, which, wanted, value))
}

/// What a constructor is given: a tag, attributes as a dict, and those given by name, which go before.
pub(super) fn tag_and_attributes(
    thread: &Thread,
    function: &str,
    before: usize,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<(Value, Option<Value>)> {
    let by_name = names.map_or(0, PyTuple::len);
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let (tag, given) = match positional.get(before..).unwrap_or_default() {
        [] => {
            let (least, count) = (before + 1, positional.len());
            let plural = if least == 1 { "" } else { "s" };
            let message =
                format_args!("{function}() takes at least {least} argument{plural} ({count} given)");
            return Err(thread.raise_message(&taipan_object::exception::TYPE_ERROR, message));
        }
        [tag] => (tag.clone(), None),
        [tag, given] => (tag.clone(), Some(given.as_ref())),
        more => {
            let (most, count) = (before + 2, before + more.len());
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "{function}() takes at most {most} arguments ({count} given)"
            ));
        }
    };
    let given = match given {
        None => None,
        Some(given) => match given.get::<PyDict>() {
            Some(dict) => Some(dict.copy(thread)?),
            None => {
                let which = format!("argument {}", before + 2);
                return Err(wrong_type(thread, function, &which, "dict", given));
            }
        },
    };
    if by_name == 0 {
        return Ok((tag, given.map(Owned::into_value)));
    }
    let dict = named_attributes(thread, given, names, named)?;
    Ok((tag, Some(dict.into_value())))
}

fn named_attributes(
    thread: &Thread,
    given: Option<Owned<PyDict>>,
    names: Names<'_>,
    values: &[Value],
) -> PyResult<Owned<PyDict>> {
    let name_at = |at: usize| names.and_then(|names| names.borrow(at));
    let is_attrib = |at: &usize| {
        name_at(*at).and_then(|name| name.get::<PyStr>()).is_some_and(|name| name.equals_text("attrib"))
    };
    let mut attrib = (0..values.len()).find(is_attrib);
    let dict = match (given, attrib.and_then(|at| values.get(at))) {
        (Some(dict), _) => {
            // by name it is an attribute like any other
            attrib = None;
            dict
        }
        (None, Some(value)) => match value.as_ref().get::<PyDict>() {
            Some(dict) => dict.copy(thread)?,
            None => return Err(no_dict(thread, value.as_ref())),
        },
        (None, None) => PyDict::new(thread)?,
    };
    for (at, value) in values.iter().enumerate().filter(|(at, _)| Some(*at) != attrib) {
        if let Some(name) = name_at(at) {
            drop(dict.insert(thread, name, value.clone())?);
        }
    }
    Ok(dict)
}

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    let element = receiver::<Element>(thread, this)?;
    let (tag, attributes) = tag_and_attributes(thread, "Element", 0, arguments, names)?;
    let before = [
        element.attributes.replace(attributes),
        element.tag.replace(Some(tag)),
        element.text.take(),
        element.tail.take(),
    ];
    drop(before);
    Ok(())
}

fn repr(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let element = receiver::<Element>(thread, this)?;
    let name = this.ty().name();
    let Some(_guard) = text::Printing::enter(thread, this) else {
        return Err(raise!(thread, RUNTIME_ERROR, "reentrant call inside {name}.__repr__"));
    };
    let shown = text::repr(thread, element.tag.get_or_none().as_ref())?;
    let mut out = taipan_object::str::build::StrBuilder::new();
    out.push_str(thread, "<Element ")?;
    out.push(thread, &shown)?;
    out.push_str(thread, &format!(" at {:#x}>", this.word().bits()))?;
    Ok(out.finish(thread)?.into_value())
}

fn truth(thread: &Thread, this: Ref<'_>) -> PyResult<bool> {
    let message = "Testing an element's truth value will always return True in future versions.  \
                   Use specific 'len(elem)' or 'elem is not None' test instead.";
    thread.warn(&DEPRECATION_WARNING, message)?;
    Ok(receiver::<Element>(thread, this)?.count() > 0)
}

/// The keys, or the pairs, of the attributes as a list.
pub(super) fn listed(
    thread: &Thread,
    this: Ref<'_>,
    of: impl Fn(Value, Value) -> PyResult<Value>,
) -> PyResult<Value> {
    let list = PyList::new(thread)?;
    if let Some(dict) = receiver::<Element>(thread, this)?.known_dict() {
        let mut cursor = DictCursor::start();
        while let Some((key, value)) = cursor.next(&dict) {
            list.push(thread, of(key, value)?)?;
        }
    }
    Ok(list.into_value())
}

/// Whether a class is `Element` itself.
pub(super) fn is_exact(value: Ref<'_>) -> bool {
    std::ptr::eq(value.ty(), &*ELEMENT as &PyTypeObject)
}
