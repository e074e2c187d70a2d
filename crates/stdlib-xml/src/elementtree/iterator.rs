//! The iterator over the elements, or the texts, of a tree. Which elements it is in stands on a stack of its own, however
//! deep they nest.

use std::cell::{Cell, RefCell};

use taipan_object::declare::receiver;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol};
use taipan_runtime_builtins::arguments::Parameters;

use super::element::Element;
use crate::Names;

/// Where it stands.
#[derive(Default)]
pub(crate) struct ElementIterator {
    /// The first element, until it was looked at.
    root: Slot,
    /// The elements around, each with the place of its next child.
    open: RefCell<Vec<(Value, usize)>>,
    /// The tag that is looked for, `None` for any.
    tag: Slot,
    of_text: Cell<bool>,
}

native_type! {
    /// `_elementtree._element_iterator`
    pub(crate) static ELEMENT_ITERATOR: ElementIterator = "_elementtree._element_iterator",
    flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

impl NativeType for ElementIterator {
    fn definition() -> &'static NativeStatic<ElementIterator> {
        &ELEMENT_ITERATOR
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.slot(&self.root);
        visitor.slot(&self.tag);
        // nothing is borrowed where the collector runs
        if let Ok(open) = self.open.try_borrow() {
            open.iter().for_each(|(element, _)| visitor.value(element));
        }
    }

    fn clear(&self) {
        drop((self.root.take(), self.tag.take(), self.open.take()));
    }
}

const ITER: Parameters<1> =
    Parameters { function: "iter", names: ["tag"], positional_only: 0, positional: 1, required: 0 };

/// `iter(tag=None)`
pub(super) fn iter(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [tag] = ITER.bind(thread, arguments, names)?;
    receiver::<Element>(thread, this)?;
    let is_any = |tag: &Ref<'_>| tag.get::<PyStr>().is_some_and(|text| text.equals_text("*"));
    let tag = tag.filter(|tag| !tag.is_none() && !is_any(tag));
    made(thread, this, tag.map(Ref::to_value), false)
}

/// `itertext()`
pub(super) fn iter_text(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver::<Element>(thread, this)?;
    made(thread, this, None, true)
}

fn made(thread: &Thread, root: Ref<'_>, tag: Option<Value>, of_text: bool) -> PyResult<Value> {
    let state = ElementIterator {
        root: Slot::new(root.to_value()),
        tag: Slot::from_option(tag),
        of_text: Cell::new(of_text),
        open: RefCell::default(),
    };
    Ok(Native::new(thread, state)?.into_value())
}

/// What comes next in a tree.
enum Step {
    /// An element begins.
    Enters(Value),
    /// An element ends that is not the first.
    Leaves(Value),
    /// The first element ended.
    Ends,
}

impl ElementIterator {
    fn step(&self) -> Step {
        let entered = match self.root.take() {
            Some(root) => root,
            None => {
                let mut open = self.open.borrow_mut();
                let Some((element, at)) = open.last_mut() else { return Step::Ends };
                let child = element.as_ref().get::<Native<Element>>().and_then(|inner| inner.child(*at));
                match child {
                    Some(child) => {
                        *at += 1;
                        child
                    }
                    None => {
                        let left = open.pop();
                        return match left {
                            Some((left, _)) if !open.is_empty() => Step::Leaves(left),
                            // the caller releases it, when nothing is borrowed
                            Some((left, _)) => {
                                drop(open);
                                drop(left);
                                Step::Ends
                            }
                            None => Step::Ends,
                        };
                    }
                }
            }
        };
        self.open.borrow_mut().push((entered.clone(), 0));
        Step::Enters(entered)
    }
}

/// Comments and processing instructions have none, whose tags are functions.
fn has_text(element: &Element) -> bool {
    let tag = element.tag.get_or_none();
    tag.as_ref().is_none() || tag.as_ref().get::<PyStr>().is_some()
}

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let iterator = receiver::<ElementIterator>(thread, this)?;
    let of_text = iterator.of_text.get();
    loop {
        let (element, enters) = match iterator.step() {
            Step::Enters(element) => (element, true),
            Step::Leaves(element) => (element, false),
            Step::Ends => return Ok(None),
        };
        let Some(inner) = element.as_ref().get::<Native<Element>>() else { continue };
        if of_text {
            if enters && !has_text(inner) {
                continue;
            }
            let text = if enters { &inner.text } else { &inner.tail }.get_or_none();
            if !text.as_ref().is_none() && protocol::truth(thread, text.as_ref())? {
                return Ok(Some(text));
            }
        } else if enters {
            let is_wanted = match iterator.tag.get() {
                Some(tag) => protocol::same_or_equal(thread, inner.tag.get_or_none().as_ref(), tag.as_ref())?,
                None => true,
            };
            if is_wanted {
                return Ok(Some(element));
            }
        }
    }
}
