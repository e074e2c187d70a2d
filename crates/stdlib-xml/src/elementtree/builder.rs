//! `TreeBuilder`: makes a tree of what a parser says. Its methods and the parser of this folder go through the same
//! functions.

use std::cell::{Cell, RefCell};

use taipan_object::declare::{method_table, receiver};
use taipan_object::dict::PyDict;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::build::StrBuilder;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, check_count, wrong_type};

use super::element::{Element, is_exact};
use super::{children, parse_error, state};
use crate::Names;

/// What is told of, if it is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Report {
    Start = 0,
    End,
    StartNamespace,
    EndNamespace,
    Comment,
    Instruction,
}

/// How events are called that a program asks for, in the order of [`Report`].
pub(super) const REPORTS: [&str; 6] = ["start", "end", "start-ns", "end-ns", "comment", "pi"];

/// A tree that is being made.
#[derive(Default)]
pub(crate) struct TreeBuilder {
    root: Slot,
    /// The element that is open, nothing outside of the root.
    this: Slot,
    /// The element that began or ended last.
    last: Slot,
    /// What text comes behind, if it does not come into the last element.
    before_text: Slot,
    /// Text that was not put anywhere yet.
    data: RefCell<Vec<Value>>,
    /// What was open around the element that is.
    open: RefCell<Vec<Option<Value>>>,
    element_factory: Slot,
    comment_factory: Slot,
    instruction_factory: Slot,
    inserts_comments: Cell<bool>,
    inserts_instructions: Cell<bool>,
    /// What events are given to.
    report: Slot,
    /// What each is called; nothing if nobody asks for it.
    names: [Slot; REPORTS.len()],
}

native_type! {
    /// `xml.etree.ElementTree.TreeBuilder`
    pub(crate) static TREE_BUILDER: TreeBuilder = "xml.etree.ElementTree.TreeBuilder", flags flags::BASETYPE,
    dict false, weak false,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, TreeBuilder::default())?.into_value()),
        init: init,
    }
}

impl TreeBuilder {
    fn slots(&self) -> impl Iterator<Item = &Slot> {
        let own = [
            &self.root,
            &self.this,
            &self.last,
            &self.before_text,
            &self.element_factory,
            &self.comment_factory,
            &self.instruction_factory,
            &self.report,
        ];
        own.into_iter().chain(&self.names)
    }
}

impl NativeType for TreeBuilder {
    fn definition() -> &'static NativeStatic<TreeBuilder> {
        &TREE_BUILDER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.slots().for_each(|slot| visitor.slot(slot));
        // nothing is borrowed where the collector runs
        if let (Ok(data), Ok(open)) = (self.data.try_borrow(), self.open.try_borrow()) {
            data.iter().chain(open.iter().flatten()).for_each(|value| visitor.value(value));
        }
    }

    fn clear(&self) {
        self.slots().for_each(|slot| drop(slot.take()));
        drop((self.data.take(), self.open.take()));
    }
}

method_table! { METHODS:
    Instance One c"data" "($self, data, /)" |thread, this, data| receiver::<TreeBuilder>(thread, this)?.data(thread, data.to_value()).map(|()| Value::none()), c"Adds text.";
    Instance Two c"start" "($self, tag, attrs, /)" start, c"Opens an element.";
    Instance One c"end" "($self, tag, /)" |thread, this, _| receiver::<TreeBuilder>(thread, this)?.end(thread), c"Closes the element that is open.";
    Instance One c"comment" "($self, text, /)" |thread, this, text| receiver::<TreeBuilder>(thread, this)?.comment(thread, text.to_value()), c"Makes a comment.";
    Instance Positional c"pi" "($self, target, text=None, /)" instruction, c"Makes a processing instruction.";
    Instance None c"close" "($self, /)" |thread, this| Ok(receiver::<TreeBuilder>(thread, this)?.root()), c"The root of what was made.";
}

const INIT: Parameters<5> = Parameters {
    function: "TreeBuilder",
    names: ["element_factory", "comment_factory", "pi_factory", "insert_comments", "insert_pis"],
    positional_only: 0,
    positional: 1,
    required: 0,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    let builder = receiver::<TreeBuilder>(thread, this)?;
    let [element, comment, instruction, comments, instructions] = INIT.bind(thread, arguments, names)?;
    let flag = |value: Option<Ref<'_>>| value.map_or(Ok(false), |value| protocol::truth(thread, value));
    let (comments, instructions) = (flag(comments)?, flag(instructions)?);
    let given = |value: Option<Ref<'_>>| value.filter(|value| !value.is_none()).map(Ref::to_value);
    let kept = state::of(thread)?;
    let comment = given(comment).or_else(|| kept.factory(state::COMMENT));
    let instruction = given(instruction).or_else(|| kept.factory(state::INSTRUCTION));
    let before = [
        builder.element_factory.replace(given(element)),
        builder.comment_factory.replace(comment),
        builder.instruction_factory.replace(instruction),
    ];
    drop(before);
    builder.inserts_comments.set(comments);
    builder.inserts_instructions.set(instructions);
    Ok(())
}

fn start(thread: &Thread, this: Ref<'_>, tag: Ref<'_>, attributes: Ref<'_>) -> PyResult<Value> {
    let builder = receiver::<TreeBuilder>(thread, this)?;
    if attributes.get::<PyDict>().is_none() {
        return Err(wrong_type(thread, "start", "argument 2", "dict", attributes));
    }
    builder.start(thread, tag.to_value(), Some(attributes.to_value()))
}

fn instruction(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "pi", arguments.len(), 1, 2)?;
    let builder = receiver::<TreeBuilder>(thread, this)?;
    let mut given = arguments.iter().cloned();
    let target = given.next().unwrap_or_else(Value::none);
    builder.instruction(thread, target, given.next().unwrap_or_else(Value::none))
}

impl TreeBuilder {
    /// Whether an object is exactly a `TreeBuilder`.
    pub(super) fn exactly(value: Ref<'_>) -> Option<&Native<TreeBuilder>> {
        value
            .get::<Native<TreeBuilder>>()
            .filter(|_| std::ptr::eq(value.ty(), &*TREE_BUILDER as &PyTypeObject))
    }

    /// What was made.
    pub(super) fn root(&self) -> Value {
        self.root.get_or_none()
    }

    /// Adds text.
    pub(super) fn data(&self, thread: &Thread, text: Value) -> PyResult<()> {
        // outside of the root there is none
        if self.last.peek().is_none() {
            return Ok(());
        }
        let mut data = self.data.borrow_mut();
        match data.try_reserve(1) {
            Ok(()) => data.push(text),
            Err(_) => return Err(thread.raise_memory_error()),
        }
        Ok(())
    }

    /// Puts the text that waits into its place.
    fn flush(&self, thread: &Thread) -> PyResult<()> {
        let data = self.data.take();
        if data.is_empty() {
            return Ok(());
        }
        let text = joined(thread, data)?;
        let (place, name) = match self.before_text.get() {
            Some(before) => (before, "tail"),
            None => (self.last.get_or_none(), "text"),
        };
        let place = place.as_ref();
        if let Some(element) = place.get::<Native<Element>>().filter(|_| is_exact(place)) {
            let slot = if name == "tail" { &element.tail } else { &element.text };
            let before = slot.get_or_none();
            let text = match before.as_ref().is_none() {
                true => text,
                false => protocol::binary(thread, before.as_ref(), text.as_ref(), protocol::BinaryOp::Add)?,
            };
            drop(slot.replace(Some(text)));
            return Ok(());
        }
        let name = intern_text(thread, name)?;
        let before = protocol::get_attribute(thread, place, &name)?;
        let text = match before.as_ref().is_none() {
            true => text,
            false => protocol::binary(thread, before.as_ref(), text.as_ref(), protocol::BinaryOp::Add)?,
        };
        protocol::set_attribute(thread, place, &name, Some(text))
    }

    /// Adds a child to the element that is open.
    fn add(&self, thread: &Thread, parent: Ref<'_>, child: Ref<'_>) -> PyResult<()> {
        if let Some(element) = parent.get::<Native<Element>>().filter(|_| is_exact(parent)) {
            if child.get::<Native<Element>>().is_none() {
                let ty = child.ty().name();
                return Err(raise!(thread, TYPE_ERROR, "expected an Element, not \"{ty}\""));
            }
            return children::push(thread, element, child.to_value());
        }
        let append = intern_text(thread, "append")?;
        protocol::call_method(thread, parent, &append, &[child.to_value()]).map(drop)
    }

    /// Tells of an event, if it is asked for.
    fn tell(&self, thread: &Thread, report: Report, what: Value) -> PyResult<()> {
        let Some(append) = self.report.get() else { return Ok(()) };
        let Some(name) = self.names.get(report as usize).and_then(Slot::get) else { return Ok(()) };
        let event = PyTuple::pack(thread, [name, what])?.into_value();
        protocol::call(thread, append.as_ref(), &[event], None).map(drop)
    }

    /// Whether somebody asks for an event.
    pub(super) fn is_told(&self, report: Report) -> bool {
        self.report.peek().is_some()
            && self.names.get(report as usize).is_some_and(|name| name.peek().is_some())
    }

    /// Opens an element.
    pub(super) fn start(&self, thread: &Thread, tag: Value, attributes: Option<Value>) -> PyResult<Value> {
        self.flush(thread)?;
        let node = match self.element_factory.get() {
            None => Native::new(thread, Element::of(tag, attributes))?.into_value(),
            Some(factory) => {
                let attributes = match attributes {
                    Some(attributes) => attributes,
                    None => PyDict::new(thread)?.into_value(),
                };
                protocol::call(thread, factory.as_ref(), &[tag, attributes], None)?
            }
        };
        drop(self.before_text.take());
        match self.this.get() {
            Some(parent) => self.add(thread, parent.as_ref(), node.as_ref())?,
            None if self.root.peek().is_some() => {
                return Err(parse_error::plain(thread, "multiple elements on top level"));
            }
            None => drop(self.root.replace(Some(node.clone()))),
        }
        let outer = self.this.replace(Some(node.clone()));
        self.open.borrow_mut().push(outer);
        drop(self.last.replace(Some(node.clone())));
        self.tell(thread, Report::Start, node.clone())?;
        Ok(node)
    }

    /// Closes the element that is open.
    pub(super) fn end(&self, thread: &Thread) -> PyResult<Value> {
        self.flush(thread)?;
        let Some(outer) = self.open.borrow_mut().pop() else {
            return Err(raise!(thread, INDEX_ERROR, "pop from empty stack"));
        };
        let ended = self.this.replace(outer);
        let before = [self.last.replace(ended.clone()), self.before_text.replace(ended.clone())];
        drop(before);
        let ended = ended.unwrap_or_else(Value::none);
        self.tell(thread, Report::End, ended.clone())?;
        Ok(ended)
    }

    /// Makes a comment.
    pub(super) fn comment(&self, thread: &Thread, text: Value) -> PyResult<Value> {
        self.flush(thread)?;
        let Some(factory) = self.comment_factory.get() else {
            self.tell(thread, Report::Comment, text.clone())?;
            return Ok(text);
        };
        let comment = protocol::call(thread, factory.as_ref(), &[text], None)?;
        self.inserted(thread, &comment, self.inserts_comments.get())?;
        self.tell(thread, Report::Comment, comment.clone())?;
        Ok(comment)
    }

    /// Makes a processing instruction.
    pub(super) fn instruction(&self, thread: &Thread, target: Value, text: Value) -> PyResult<Value> {
        self.flush(thread)?;
        let made = match self.instruction_factory.get() {
            Some(factory) => {
                let made = protocol::call(thread, factory.as_ref(), &[target, text], None)?;
                self.inserted(thread, &made, self.inserts_instructions.get())?;
                made
            }
            None => PyTuple::pack(thread, [target, text])?.into_value(),
        };
        self.tell(thread, Report::Instruction, made.clone())?;
        Ok(made)
    }

    fn inserted(&self, thread: &Thread, node: &Value, is_inserted: bool) -> PyResult<()> {
        if let Some(parent) = self.this.get().filter(|_| is_inserted) {
            self.add(thread, parent.as_ref(), node.as_ref())?;
            drop(self.before_text.replace(Some(node.clone())));
        }
        Ok(())
    }

    /// A namespace comes into force.
    pub(super) fn start_namespace(&self, thread: &Thread, prefix: Value, uri: Value) -> PyResult<()> {
        let pair = PyTuple::pack(thread, [prefix, uri])?.into_value();
        self.tell(thread, Report::StartNamespace, pair)
    }

    /// A namespace ends.
    pub(super) fn end_namespace(&self, thread: &Thread) -> PyResult<()> {
        self.tell(thread, Report::EndNamespace, Value::none())
    }

    /// Sets what events are given to, and forgets which were asked for.
    pub(super) fn report_to(&self, append: Value) {
        let before: Vec<Option<Value>> = self.names.iter().map(Slot::take).collect();
        drop((before, self.report.replace(Some(append))));
    }

    /// Asks for an event.
    pub(super) fn ask_for(&self, report: usize, name: Value) {
        drop(self.names.get(report).and_then(|slot| slot.replace(Some(name))));
    }
}

/// Pieces of text as one; one piece may be anything.
fn joined(thread: &Thread, mut data: Vec<Value>) -> PyResult<Value> {
    if data.len() == 1 {
        return Ok(data.pop().unwrap_or_else(Value::none));
    }
    let mut text = StrBuilder::new();
    for (at, piece) in data.iter().enumerate() {
        let Some(piece) = piece.as_ref().get::<PyStr>() else {
            let ty = piece.as_ref().ty().name();
            return Err(raise!(thread, TYPE_ERROR, "sequence item {at}: expected str instance, {ty} found"));
        };
        text.push(thread, piece)?;
    }
    Ok(text.finish(thread)?.into_value())
}
