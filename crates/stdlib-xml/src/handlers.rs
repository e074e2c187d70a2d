//! What a program set for the events of a document, and how it is called.

use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Thread, Value, protocol};
use taipan_xml::{ErrorCode, Event, Item, Markup, Model};

use crate::parser::XmlParser;

/// An event that a handler may be set for, in the order of [`NAMES`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Handler {
    StartElement = 0,
    EndElement,
    Instruction,
    Characters,
    UnparsedEntity,
    Notation,
    StartNamespace,
    EndNamespace,
    Comment,
    StartCdata,
    EndCdata,
    Default,
    DefaultExpand,
    NotStandalone,
    ExternalEntity,
    StartDoctype,
    EndDoctype,
    EntityDecl,
    XmlDecl,
    ElementDecl,
    AttlistDecl,
    SkippedEntity,
}

/// How many there are.
pub(crate) const HANDLERS: usize = 22;

/// The attributes that they are set by.
pub(crate) const NAMES: [&str; HANDLERS] = [
    "StartElementHandler",
    "EndElementHandler",
    "ProcessingInstructionHandler",
    "CharacterDataHandler",
    "UnparsedEntityDeclHandler",
    "NotationDeclHandler",
    "StartNamespaceDeclHandler",
    "EndNamespaceDeclHandler",
    "CommentHandler",
    "StartCdataSectionHandler",
    "EndCdataSectionHandler",
    "DefaultHandler",
    "DefaultHandlerExpand",
    "NotStandaloneHandler",
    "ExternalEntityRefHandler",
    "StartDoctypeDeclHandler",
    "EndDoctypeDeclHandler",
    "EntityDeclHandler",
    "XmlDeclHandler",
    "ElementDeclHandler",
    "AttlistDeclHandler",
    "SkippedEntityHandler",
];

/// A string.
pub(crate) fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

/// A string, or `None`.
pub(crate) fn optional(thread: &Thread, value: Option<&String>) -> PyResult<Value> {
    value.map_or(Ok(Value::none()), |value| text(thread, value))
}

/// Hands out text that waited.
pub(crate) fn flush(thread: &Thread, parser: &XmlParser) -> PyResult<()> {
    let waiting = parser.buffer.take();
    if waiting.is_empty() {
        return Ok(());
    }
    match parser.handler(Handler::Characters) {
        Some(handler) => protocol::call(thread, handler.as_ref(), &[text(thread, &waiting)?], None).map(drop),
        None => Ok(()),
    }
}

/// Calls what is set for an event.
pub(crate) fn dispatch(thread: &Thread, parser: &Native<XmlParser>, item: &Item) -> PyResult<()> {
    if let Event::Characters(data) = &item.event
        && let Some(handler) = parser.handler(Handler::Characters)
    {
        return characters(thread, parser, &handler, data);
    }
    let call = Call { thread, parser };
    match call.event(&item.event)? {
        true => Ok(()),
        false => call.default(&item.raw),
    }
}

fn characters(thread: &Thread, parser: &XmlParser, handler: &Value, data: &str) -> PyResult<()> {
    if !parser.buffers_text.get() {
        return protocol::call(thread, handler.as_ref(), &[text(thread, data)?], None).map(drop);
    }
    let size = parser.buffer_size.get();
    if parser.buffer.borrow().len() + data.len() > size {
        flush(thread, parser)?;
        // a handler may have taken itself away
        if data.len() > size {
            return match parser.handler(Handler::Characters) {
                Some(handler) => {
                    protocol::call(thread, handler.as_ref(), &[text(thread, data)?], None).map(drop)
                }
                None => Ok(()),
            };
        }
    }
    parser.buffer.borrow_mut().push_str(data);
    Ok(())
}

/// Calls of handlers.
struct Call<'a> {
    thread: &'a Thread,
    parser: &'a Native<XmlParser>,
}

impl Call<'_> {
    /// Calls a handler, if it is set; whether it was.
    fn call<const N: usize>(
        &self,
        handler: Handler,
        arguments: impl FnOnce() -> PyResult<[Value; N]>,
    ) -> PyResult<bool> {
        Ok(self.result(handler, arguments)?.is_some())
    }

    fn result<const N: usize>(
        &self,
        handler: Handler,
        arguments: impl FnOnce() -> PyResult<[Value; N]>,
    ) -> PyResult<Option<Value>> {
        if self.parser.handler(handler).is_none() {
            return Ok(None);
        }
        flush(self.thread, self.parser)?;
        let Some(set) = self.parser.handler(handler) else { return Ok(None) };
        protocol::call(self.thread, set.as_ref(), &arguments()?, None).map(Some)
    }

    /// Whether a handler that is to say yes or no does not say no.
    fn agrees(&self, result: Option<Value>, code: ErrorCode) -> PyResult<bool> {
        let Some(result) = result else { return Ok(false) };
        let number = protocol::number::index(self.thread, result.as_ref())?;
        if number.as_ref().to_i64() == Some(0) {
            self.parser.with(|parser| parser.fail(code));
        }
        Ok(true)
    }

    /// What nothing else took, as it stands in the document.
    fn default(&self, raw: &str) -> PyResult<()> {
        if raw.is_empty() {
            return Ok(());
        }
        let expand = self.parser.handler(Handler::DefaultExpand).is_some();
        let handler = if expand { Handler::DefaultExpand } else { Handler::Default };
        self.call(handler, || Ok([text(self.thread, raw)?])).map(drop)
    }

    fn text(&self, value: &str) -> PyResult<Value> {
        text(self.thread, value)
    }

    fn optional(&self, value: &Option<String>) -> PyResult<Value> {
        optional(self.thread, value.as_ref())
    }

    fn base(&self) -> Value {
        self.parser.base.get().unwrap_or_else(Value::none)
    }

    /// A name, as the one string of its value.
    fn name(&self, name: &str) -> PyResult<Value> {
        let made = self.text(name)?;
        let Some(dict) = self.parser.intern.get() else { return Ok(made) };
        match dict.as_ref().get::<PyDict>() {
            Some(dict) => dict.get_or_insert(self.thread, made.as_ref(), made.clone()),
            None => Ok(made),
        }
    }

    fn optional_name(&self, name: &Option<String>) -> PyResult<Value> {
        name.as_ref().map_or(Ok(Value::none()), |name| self.name(name))
    }

    /// Whether a handler took the event.
    fn event(&self, event: &Event) -> PyResult<bool> {
        match event {
            Event::StartElement { name, attributes, given } => self
                .call(Handler::StartElement, || Ok([self.name(name)?, self.attributes(attributes, *given)?])),
            Event::EndElement { name } => self.call(Handler::EndElement, || Ok([self.name(name)?])),
            Event::Characters(_) => Ok(false),
            Event::Instruction { target, data } => {
                self.call(Handler::Instruction, || Ok([self.name(target)?, self.text(data)?]))
            }
            Event::Comment(data) => self.call(Handler::Comment, || Ok([self.text(data)?])),
            Event::StartCdata => self.call(Handler::StartCdata, || Ok([])),
            Event::EndCdata => self.call(Handler::EndCdata, || Ok([])),
            Event::StartNamespace { prefix, uri } => self.call(Handler::StartNamespace, || {
                Ok([self.optional_name(prefix)?, self.optional_name(uri)?])
            }),
            Event::EndNamespace { prefix } => {
                self.call(Handler::EndNamespace, || Ok([self.optional_name(prefix)?]))
            }
            Event::NotStandalone => {
                let result = self.result(Handler::NotStandalone, || Ok([]))?;
                self.agrees(result, ErrorCode::NotStandalone)
            }
            Event::ExternalEntity { context, system, public } => {
                let result = self.result(Handler::ExternalEntity, || {
                    Ok([
                        self.optional(context)?,
                        self.base(),
                        self.optional_name(system)?,
                        self.optional_name(public)?,
                    ])
                })?;
                self.agrees(result, ErrorCode::ExternalEntityHandling)
            }
            Event::SkippedEntity { name, is_parameter } => self.call(Handler::SkippedEntity, || {
                Ok([self.name(name)?, Value::small(i32::from(*is_parameter))])
            }),
            Event::UnknownEncoding { name } => self.encoding(name),
            Event::Piece(markup) => Ok(self.takes(*markup)),
            declaration => self.declaration(declaration),
        }
    }

    fn declaration(&self, event: &Event) -> PyResult<bool> {
        match event {
            Event::XmlDecl { version, encoding, standalone } => self.call(Handler::XmlDecl, || {
                Ok([self.optional(version)?, self.optional(encoding)?, Value::small(*standalone)])
            }),
            Event::StartDoctype { name, system, public, has_internal_subset } => {
                self.call(Handler::StartDoctype, || {
                    Ok([
                        self.name(name)?,
                        self.optional_name(system)?,
                        self.optional_name(public)?,
                        Value::small(i32::from(*has_internal_subset)),
                    ])
                })
            }
            Event::EndDoctype => self.call(Handler::EndDoctype, || Ok([])),
            Event::EntityDecl { name, is_parameter, value, system, public, notation } => {
                if notation.is_some() && self.parser.handler(Handler::UnparsedEntity).is_some() {
                    return self.call(Handler::UnparsedEntity, || {
                        Ok([
                            self.name(name)?,
                            self.base(),
                            self.optional_name(system)?,
                            self.optional_name(public)?,
                            self.optional_name(notation)?,
                        ])
                    });
                }
                self.call(Handler::EntityDecl, || {
                    Ok([
                        self.name(name)?,
                        Value::small(i32::from(*is_parameter)),
                        self.optional(value)?,
                        self.base(),
                        self.optional_name(system)?,
                        self.optional_name(public)?,
                        self.optional_name(notation)?,
                    ])
                })
            }
            Event::NotationDecl { name, system, public } => self.call(Handler::Notation, || {
                Ok([self.name(name)?, self.base(), self.optional_name(system)?, self.optional_name(public)?])
            }),
            Event::ElementDecl { name, model } => {
                self.call(Handler::ElementDecl, || Ok([self.name(name)?, self.model(model)?]))
            }
            Event::AttlistDecl { element, attribute, kind, default, is_required } => {
                self.call(Handler::AttlistDecl, || {
                    Ok([
                        self.name(element)?,
                        self.name(attribute)?,
                        self.text(kind)?,
                        self.optional(default)?,
                        Value::small(i32::from(*is_required)),
                    ])
                })
            }
            _ => Ok(false),
        }
    }

    /// Whether a piece of markup belongs to a declaration that a handler takes.
    fn takes(&self, markup: Markup) -> bool {
        let is_set = |handler| self.parser.handler(handler).is_some();
        match markup {
            Markup::Doctype => is_set(Handler::StartDoctype),
            Markup::Entity => is_set(Handler::EntityDecl) || is_set(Handler::UnparsedEntity),
            Markup::Notation => is_set(Handler::Notation),
            Markup::Attlist => is_set(Handler::AttlistDecl),
            Markup::Element => is_set(Handler::ElementDecl),
            Markup::Other => false,
        }
    }

    fn attributes(&self, attributes: &[(String, String)], given: usize) -> PyResult<Value> {
        let count = if self.parser.specified_attributes.get() { given } else { attributes.len() };
        let chosen = attributes.iter().take(count);
        if self.parser.ordered_attributes.get() {
            let list = PyList::new(self.thread)?;
            for (name, value) in chosen {
                list.push(self.thread, self.name(name)?)?;
                list.push(self.thread, self.text(value)?)?;
            }
            return Ok(list.into_value());
        }
        let dict = PyDict::new(self.thread)?;
        for (name, value) in chosen {
            drop(dict.insert(self.thread, self.name(name)?.as_ref(), self.text(value)?)?);
        }
        Ok(dict.into_value())
    }

    /// A content model: kind, quantifier, name, parts; from the inside out, however deep it is.
    fn model(&self, model: &Model) -> PyResult<Value> {
        let mut open: Vec<(&Model, Vec<Value>)> = vec![(model, Vec::new())];
        loop {
            let Some((model, parts)) = open.last_mut() else { return Ok(Value::none()) };
            if let Some(part) = model.parts.get(parts.len()) {
                open.push((part, Vec::new()));
                continue;
            }
            let Some((model, parts)) = open.pop() else { return Ok(Value::none()) };
            let made = [
                Value::small(model.kind as i32),
                Value::small(model.quantifier as i32),
                self.optional_name(&model.name)?,
                PyTuple::from_values(self.thread, parts)?.into_value(),
            ];
            let made = PyTuple::pack(self.thread, made)?.into_value();
            match open.last_mut() {
                Some((_, parts)) => parts.push(made),
                None => return Ok(made),
            }
        }
    }

    /// Gives the parser the characters of an encoding that the codecs know.
    fn encoding(&self, name: &str) -> PyResult<bool> {
        let table = crate::encoding::table(self.thread, name)?;
        self.parser.with(|parser| match table {
            Some(table) => parser.set_encoding(table),
            None => parser.fail(ErrorCode::UnknownEncoding),
        });
        Ok(true)
    }
}
