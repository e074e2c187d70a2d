//! `XMLParser`: the parser of `taipan-xml`, whose events go to a target.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use taipan_object::buffer::{bytes_of, is_bytes_like};
use taipan_object::bytes::PyBytes;
use taipan_object::declare::{attribute_table, method_table, receiver};
use taipan_object::descriptor::member::MemberKind;
use taipan_object::dict::PyDict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::native::{Native, NativeStatic, NativeType, Visitor};
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::flags;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, wrong_type};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::iterate::collect;
use taipan_xml::{Error, ErrorCode, Options, Parser, Position};

use super::builder::{REPORTS, TreeBuilder};
use super::{events, parse_error};
use crate::Names;

/// What a target may have, in the order of [`METHODS_OF_TARGETS`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Target {
    StartNamespace = 0,
    EndNamespace,
    Start,
    Data,
    End,
    Comment,
    Instruction,
    Close,
    Doctype,
}

const METHODS_OF_TARGETS: [&str; 9] =
    ["start_ns", "end_ns", "start", "data", "end", "comment", "pi", "close", "doctype"];

/// A parser.
#[derive(Default)]
pub(crate) struct XmlParser {
    parser: RefCell<Option<Parser>>,
    pub(super) target: Slot,
    /// The text of entities that the document does not declare, by name.
    pub(super) entity: Slot,
    methods: [Slot; METHODS_OF_TARGETS.len()],
    /// The names of elements and attributes, by what the parser calls them.
    pub(super) names: RefCell<HashMap<String, Value>>,
    /// Whether events are being handed on.
    runs: Cell<bool>,
}

native_type! {
    /// `xml.etree.ElementTree.XMLParser`
    pub(crate) static PARSER: XmlParser = "xml.etree.ElementTree.XMLParser", flags flags::BASETYPE,
    dict false, weak false,
    does {
        new: |thread, class, _, _| Ok(Native::new_in(thread, class, XmlParser::default())?.into_value()),
        init: init,
    }
}

impl NativeType for XmlParser {
    fn definition() -> &'static NativeStatic<XmlParser> {
        &PARSER
    }

    fn traverse(&self, visitor: &mut Visitor) {
        self.methods.iter().chain([&self.target, &self.entity]).for_each(|slot| visitor.slot(slot));
        // nothing is borrowed where the collector runs
        if let Ok(names) = self.names.try_borrow() {
            names.values().for_each(|name| visitor.value(name));
        }
    }

    fn clear(&self) {
        self.methods.iter().chain([&self.target, &self.entity]).for_each(|slot| drop(slot.take()));
        drop(self.names.take());
    }
}

method_table! { METHODS:
    Instance One c"feed" "($self, data, /)" feed, c"Parses more of the document.";
    Instance None c"close" "($self, /)" close, c"Ends the document, and gives what the target made of it.";
    Instance None c"flush" "($self, /)" flush, c"Parses what waits for more.";
    Instance One c"_parse_whole" "($self, file, /)" parse_whole, c"Parses a document from a file.";
    Instance Positional c"_setevents" "($self, events_queue, events_to_report=None, /)" set_events, c"Sets which events go to a queue.";
}

attribute_table! { ATTRIBUTES:
    "version" |thread, _| Ok(PyStr::from_text(thread, &crate::version_text("Expat "))?.into_value()), None, "The release whose behaviour this is.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &PARSER, &METHODS)?;
    install::attributes(thread, &PARSER, &ATTRIBUTES)?;
    install::fields(thread, &PARSER, &FIELDS)
}

static FIELDS: [install::Field; 2] = [
    ("entity", offset(std::mem::offset_of!(XmlParser, entity)), MemberKind::Object, true),
    ("target", offset(std::mem::offset_of!(XmlParser, target)), MemberKind::Object, true),
];

const fn offset(in_state: usize) -> u32 {
    NativeStatic::<XmlParser>::offset(in_state)
}

const INIT: Parameters<2> = Parameters {
    function: "XMLParser",
    names: ["target", "encoding"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

fn init(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<()> {
    let own = receiver::<XmlParser>(thread, this)?;
    let [target, encoding] = INIT.bind(thread, arguments, names)?;
    let encoding = match encoding.filter(|encoding| !encoding.is_none()) {
        None => None,
        Some(encoding) => Some(checked_encoding(thread, encoding)?),
    };
    let target = match target.filter(|target| !target.is_none()) {
        Some(target) => target.to_value(),
        None => Native::new(thread, TreeBuilder::default())?.into_value(),
    };
    for (slot, name) in own.methods.iter().zip(METHODS_OF_TARGETS) {
        drop(slot.replace(optional(thread, target.as_ref(), name)?));
    }
    let options = Options { encoding, namespaces: true, separator: Some('}') };
    let mut parser = Parser::new(options);
    parser.defer(true);
    own.parser.replace(Some(parser));
    let before =
        [own.entity.replace(Some(PyDict::new(thread)?.into_value())), own.target.replace(Some(target))];
    drop((before, own.names.take()));
    Ok(())
}

fn checked_encoding(thread: &Thread, encoding: Ref<'_>) -> PyResult<String> {
    let Some(text) = encoding.get::<PyStr>() else {
        return Err(wrong_type(thread, "XMLParser", "argument 'encoding'", "str or None", encoding));
    };
    match text.find_char(0, 0) {
        Some(_) => Err(raise!(thread, VALUE_ERROR, "embedded null character")),
        None => Ok(text.to_text_lossy()),
    }
}

fn optional(thread: &Thread, target: Ref<'_>, name: &str) -> PyResult<Option<Value>> {
    match protocol::get_attribute(thread, target, &*intern_text(thread, name)?) {
        Ok(method) => Ok(Some(method)),
        Err(raised) => {
            let exception = thread.catch(raised);
            match exception.as_ref().ty().is_subtype(&ATTRIBUTE_ERROR) {
                true => Ok(None),
                false => Err(thread.raise(exception)),
            }
        }
    }
}

impl XmlParser {
    /// A method of the target.
    pub(super) fn method(&self, which: Target) -> Option<Value> {
        self.methods.get(which as usize)?.get()
    }

    /// Does something with the parser, which nobody else uses meanwhile.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Parser) -> R) -> Option<R> {
        self.parser.try_borrow_mut().ok()?.as_mut().map(act)
    }

    /// Where the parser stands.
    pub(super) fn position(&self) -> Position {
        self.with(|parser| parser.position()).unwrap_or(Position { line: 1, column: 0, byte: -1 })
    }
}

/// The parser of an object that was set up, and that nobody uses just now.
fn ready<'a>(thread: &Thread, this: Ref<'a>, method: &str) -> PyResult<&'a Native<XmlParser>> {
    let own = receiver::<XmlParser>(thread, this)?;
    if own.target.peek().is_none() {
        return Err(raise!(thread, VALUE_ERROR, "XMLParser.__init__() wasn't called"));
    }
    if own.runs.get() {
        return Err(raise!(thread, RUNTIME_ERROR, "cannot call {method}() from within a handler"));
    }
    Ok(own)
}

/// Parses what was fed. Once the target failed the rest is read without it.
fn run(thread: &Thread, own: &Native<XmlParser>, feed: impl FnOnce(&mut Parser)) -> PyResult<()> {
    let was_done = own.with(|parser| parser.is_done()).unwrap_or(true);
    if was_done {
        return Err(parse_error::raise(thread, ErrorCode::Finished, own.position(), None));
    }
    own.with(feed);
    own.runs.set(true);
    let result = hand_on(thread, own);
    own.runs.set(false);
    result
}

fn hand_on(thread: &Thread, own: &Native<XmlParser>) -> PyResult<()> {
    let mut failed: Option<Value> = None;
    let keep = |failed: &mut Option<Value>, raised: Raised| {
        let exception = thread.catch(raised);
        failed.get_or_insert(exception);
    };
    loop {
        thread.check_interrupts()?;
        let event = own.with(Parser::next);
        match event {
            Some(Ok(Some(item))) if failed.is_none() => {
                if let Err(raised) = events::dispatch(thread, own, item) {
                    keep(&mut failed, raised);
                }
            }
            Some(Ok(Some(_))) => {}
            Some(Err(Error { code })) => {
                if failed.is_none() {
                    return Err(parse_error::raise(thread, code, own.position(), None));
                }
                break;
            }
            Some(Ok(None)) | None => break,
        }
    }
    failed.map_or(Ok(()), |exception| Err(thread.raise(exception)))
}

fn feed(thread: &Thread, this: Ref<'_>, data: Ref<'_>) -> PyResult<Value> {
    let own = ready(thread, this, "feed")?;
    if let Some(text) = data.get::<PyStr>() {
        match text.as_utf8(thread)? {
            Some(text) => run(thread, own, |parser| parser.feed_text(text, false))?,
            // lone surrogates: encoding says so
            None => {
                let encode = intern_text(thread, "encode")?;
                return protocol::call_method(thread, data, &encode, &[]);
            }
        }
    } else if is_bytes_like(data) {
        let bytes = bytes_of(thread, data)?.into_owned();
        run(thread, own, |parser| parser.feed(&bytes, false))?;
    } else {
        let ty = data.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "a bytes-like object is required, not '{ty}'"));
    }
    Ok(Value::none())
}

fn close(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = ready(thread, this, "close")?;
    run(thread, own, |parser| parser.feed(&[], true))?;
    if let Some(builder) = TreeBuilder::exactly(own.target.get_or_none().as_ref()) {
        return Ok(builder.root());
    }
    match own.method(Target::Close) {
        Some(close) => protocol::call(thread, close.as_ref(), &[], None),
        None => Ok(Value::none()),
    }
}

fn flush(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let own = ready(thread, this, "flush")?;
    own.with(|parser| parser.defer(false));
    let result = run(thread, own, |parser| parser.feed(&[], false));
    own.with(|parser| parser.defer(true));
    result.map(|()| Value::none())
}

/// Bytes that are read at once.
const CHUNK: i32 = 64 * 1024;

fn parse_whole(thread: &Thread, this: Ref<'_>, file: Ref<'_>) -> PyResult<Value> {
    let own = ready(thread, this, "_parse_whole")?;
    let read = protocol::get_attribute(thread, file, &*intern_text(thread, "read")?)?;
    loop {
        let data = protocol::call(thread, read.as_ref(), &[Value::small(CHUNK)], None)?;
        let own = ready(thread, this, "_parse_whole")?;
        if let Some(text) = data.as_ref().get::<PyStr>() {
            if text.is_empty() {
                break;
            }
            let text = text.to_wtf8();
            let bytes = text.as_wtf8().as_bytes().to_vec();
            run(thread, own, |parser| parser.feed_utf8(&bytes, false))?;
            continue;
        }
        let Some(bytes) = data.as_ref().get_exact::<PyBytes>().filter(|bytes| !bytes.as_slice().is_empty())
        else {
            break;
        };
        run(thread, own, |parser| parser.feed(bytes.as_slice(), false))?;
    }
    run(thread, own, |parser| parser.feed(&[], true))?;
    Ok(match TreeBuilder::exactly(own.target.get_or_none().as_ref()) {
        Some(builder) => builder.root(),
        None => Value::none(),
    })
}

fn set_events(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    taipan_runtime_builtins::arguments::check_count(thread, "_setevents", arguments.len(), 1, 2)?;
    let own = receiver::<XmlParser>(thread, this)?;
    if own.target.peek().is_none() {
        return Err(raise!(thread, VALUE_ERROR, "XMLParser.__init__() wasn't called"));
    }
    let target = own.target.get_or_none();
    let Some(builder) = TreeBuilder::exactly(target.as_ref()) else {
        let message = "event handling only supported for ElementTree.TreeBuilder targets";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let Some(queue) = arguments.first() else { return Ok(Value::none()) };
    let append = protocol::get_attribute(thread, queue.as_ref(), &*intern_text(thread, "append")?)?;
    builder.report_to(append);
    let Some(wanted) = arguments.get(1).filter(|wanted| !wanted.as_ref().is_none()) else {
        builder.ask_for(super::builder::Report::End as usize, intern_text(thread, "end")?.into_value());
        return Ok(Value::none());
    };
    let slots = wanted.as_ref().ty().slots();
    if slots.iter.get().is_none() && slots.item.get().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "events must be a sequence"));
    }
    for name in collect(thread, wanted.as_ref())? {
        let text = match (name.as_ref().get::<PyStr>(), name.as_ref().get::<PyBytes>()) {
            (Some(text), _) => text.to_text_lossy(),
            (None, Some(bytes)) => String::from_utf8_lossy(bytes.as_slice()).into_owned(),
            (None, None) => return Err(raise!(thread, VALUE_ERROR, "invalid events sequence")),
        };
        match REPORTS.iter().position(|known| *known == text) {
            Some(report) => builder.ask_for(report, name),
            None => return Err(raise!(thread, VALUE_ERROR, "unknown event '{text}'")),
        }
    }
    Ok(Value::none())
}
