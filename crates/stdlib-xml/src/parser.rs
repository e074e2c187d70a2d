//! The type of parsers: what one holds, how it is made.

use std::cell::{Cell, RefCell};

use taipan_object::dict::PyDict;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, raise};
use taipan_runtime_builtins::arguments::Parameters;
use taipan_xml::{Options, Parser, Position};

use crate::Names;
use crate::handlers::{HANDLERS, Handler};

/// A parser as Python sees it.
#[derive(Default)]
pub(crate) struct XmlParser {
    pub(crate) parser: RefCell<Option<Parser>>,
    pub(crate) handlers: [Slot; HANDLERS],
    /// The strings that names are made one of; nothing if they are not.
    pub(crate) intern: Slot,
    pub(crate) base: Slot,
    /// Text that was not handed out yet.
    pub(crate) buffer: RefCell<String>,
    pub(crate) buffers_text: Cell<bool>,
    pub(crate) buffer_size: Cell<usize>,
    pub(crate) ordered_attributes: Cell<bool>,
    pub(crate) specified_attributes: Cell<bool>,
    pub(crate) prefixes: Cell<bool>,
    pub(crate) defers: Cell<bool>,
    /// Whether `Parse` runs.
    pub(crate) runs: Cell<bool>,
    pub(crate) error: Cell<i32>,
    /// Whether it reads an external entity for another parser.
    pub(crate) is_external: Cell<bool>,
}

native_type! {
    /// `pyexpat.xmlparser`.
    pub(crate) static XML_PARSER: XmlParser = "pyexpat.xmlparser", flags flags::DISALLOW_INSTANTIATION,
    dict false, weak false,
    does {}
}

impl NativeType for XmlParser {
    fn definition() -> &'static NativeStatic<XmlParser> {
        &XML_PARSER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.handlers.iter().chain([&self.intern, &self.base]).for_each(|slot| visitor.slot(slot));
    }

    fn clear(&self) {
        self.handlers.iter().chain([&self.intern, &self.base]).for_each(|slot| drop(slot.take()));
    }
}

const CREATE: Parameters<3> = Parameters {
    function: "ParserCreate",
    names: ["encoding", "namespace_separator", "intern"],
    positional_only: 0,
    positional: 3,
    required: 0,
};

/// `ParserCreate(encoding=None, namespace_separator=None, intern={})`
pub(crate) fn create(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [encoding, separator, intern] = CREATE.bind(thread, arguments, names)?;
    let encoding = text_or_none(thread, "encoding", encoding)?;
    let separator = text_or_none(thread, "namespace_separator", separator)?;
    if separator.as_ref().is_some_and(|separator| separator.chars().count() > 1) {
        let message = "namespace_separator must be at most one character, omitted, or None";
        return Err(raise!(thread, VALUE_ERROR, "{message}"));
    }
    let intern = match intern {
        None => Slot::new(PyDict::new(thread)?.into_value()),
        Some(intern) if intern.is_none() => Slot::empty(),
        Some(intern) if intern.get::<PyDict>().is_some() => Slot::new(intern.to_value()),
        Some(_) => return Err(raise!(thread, TYPE_ERROR, "intern must be a dictionary")),
    };
    let mut parser = Parser::new(Options {
        encoding,
        namespaces: separator.is_some(),
        separator: separator.and_then(|separator| separator.chars().next()),
    });
    parser.defer(true);
    parser.split_empty(false);
    let state = XmlParser {
        parser: RefCell::new(Some(parser)),
        intern,
        buffer_size: Cell::new(8192),
        defers: Cell::new(true),
        ..XmlParser::default()
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn text_or_none(thread: &Thread, name: &str, value: Option<Ref<'_>>) -> PyResult<Option<String>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    match value.get::<PyStr>() {
        Some(text) => Ok(Some(text.to_text_lossy())),
        None => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "ParserCreate() argument '{name}' must be str or None, not {ty}"))
        }
    }
}

impl XmlParser {
    /// A parser of an external entity, with the handlers and the settings of this one.
    pub(crate) fn external(
        &self,
        thread: &Thread,
        context: Option<&str>,
        encoding: Option<String>,
    ) -> PyResult<Value> {
        let inner = self.parser.borrow().as_ref().map(|parser| parser.external(context, encoding));
        let copied = |slot: &Slot| slot.get().map_or_else(Slot::empty, Slot::new);
        let state = XmlParser {
            parser: RefCell::new(inner),
            handlers: std::array::from_fn(|at| self.handlers.get(at).map(copied).unwrap_or_default()),
            intern: copied(&self.intern),
            base: copied(&self.base),
            buffer: RefCell::default(),
            buffers_text: self.buffers_text.clone(),
            buffer_size: self.buffer_size.clone(),
            ordered_attributes: self.ordered_attributes.clone(),
            specified_attributes: self.specified_attributes.clone(),
            prefixes: self.prefixes.clone(),
            defers: self.defers.clone(),
            runs: Cell::new(false),
            error: Cell::new(0),
            is_external: Cell::new(true),
        };
        Ok(Native::new(thread, state)?.into_value())
    }

    /// What is set for an event.
    pub(crate) fn handler(&self, handler: Handler) -> Option<Value> {
        self.handlers.get(handler as usize)?.get()
    }

    /// Does something with the parser, which nobody else uses meanwhile.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut Parser) -> R) -> Option<R> {
        self.parser.try_borrow_mut().ok()?.as_mut().map(act)
    }

    /// Where the parser stands.
    pub(crate) fn position(&self) -> Position {
        let known = self.with(|parser| parser.position());
        known.unwrap_or(Position { line: 1, column: 0, byte: -1 })
    }
}
