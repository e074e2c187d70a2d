//! Hands the events of a parser on to its target: straight to a `TreeBuilder`, by a call to anything else.

use taipan_object::dict::PyDict;
use taipan_object::exception::RUNTIME_WARNING;
use taipan_object::native::Native;
use taipan_object::str::intern::intern_text;
use taipan_object::{PyResult, Thread, Value, as_ref, protocol};
use taipan_runtime_builtins::objects::find_attribute;
use taipan_xml::{ErrorCode, Event, Item};

use super::builder::{Report, TreeBuilder};
use super::parse_error;
use super::parser::{Target, XmlParser};
use crate::handlers::{optional, text};

/// A name with its namespace in braces before it.
fn universal(thread: &Thread, own: &XmlParser, name: &str) -> PyResult<Value> {
    if let Some(known) = own.names.borrow().get(name) {
        return Ok(known.clone());
    }
    let made = match name.contains('}') {
        true => intern_text(thread, &format!("{{{name}"))?,
        false => intern_text(thread, name)?,
    };
    let made = made.into_value();
    own.names.borrow_mut().insert(name.to_owned(), made.clone());
    Ok(made)
}

/// Hands an event on.
pub(super) fn dispatch(thread: &Thread, own: &Native<XmlParser>, item: Item) -> PyResult<()> {
    let target = own.target.get_or_none();
    let builder = TreeBuilder::exactly(target.as_ref());
    let call = Call { thread, own, builder: builder.map(|builder| &**builder) };
    call.event(item)
}

struct Call<'a> {
    thread: &'a Thread,
    own: &'a Native<XmlParser>,
    builder: Option<&'a TreeBuilder>,
}

impl Call<'_> {
    fn method<const N: usize>(
        &self,
        which: Target,
        arguments: impl FnOnce() -> PyResult<[Value; N]>,
    ) -> PyResult<()> {
        match self.own.method(which) {
            Some(method) => protocol::call(self.thread, method.as_ref(), &arguments()?, None).map(drop),
            None => Ok(()),
        }
    }

    fn text(&self, value: &str) -> PyResult<Value> {
        text(self.thread, value)
    }

    fn universal(&self, name: &str) -> PyResult<Value> {
        universal(self.thread, self.own, name)
    }

    fn event(&self, item: Item) -> PyResult<()> {
        match &item.event {
            Event::StartElement { name, attributes, .. } => self.start(name, attributes),
            Event::EndElement { name } => match self.builder {
                Some(builder) => builder.end(self.thread).map(drop),
                None => self.method(Target::End, || Ok([self.universal(name)?])),
            },
            Event::Characters(data) => self.data(self.text(data)?),
            Event::Comment(data) => match self.builder {
                Some(builder) => builder.comment(self.thread, self.text(data)?).map(drop),
                None => self.method(Target::Comment, || Ok([self.text(data)?])),
            },
            Event::Instruction { target, data } => match self.builder {
                Some(builder) => {
                    builder.instruction(self.thread, self.text(target)?, self.text(data)?).map(drop)
                }
                None => self.method(Target::Instruction, || Ok([self.text(target)?, self.text(data)?])),
            },
            Event::StartNamespace { prefix, uri } => self.start_namespace(prefix, uri),
            Event::EndNamespace { prefix } => self.end_namespace(prefix),
            Event::StartDoctype { name, system, public, .. } => self.doctype(name, system, public),
            Event::UnknownEncoding { name } => {
                let table = crate::encoding::table(self.thread, name)?;
                self.own.with(|parser| match table {
                    Some(table) => parser.set_encoding(table),
                    None => parser.fail(ErrorCode::UnknownEncoding),
                });
                Ok(())
            }
            _ => self.entity(&item.raw),
        }
    }

    fn data(&self, data: Value) -> PyResult<()> {
        match self.builder {
            Some(builder) => builder.data(self.thread, data),
            None => self.method(Target::Data, || Ok([data])),
        }
    }

    fn start(&self, name: &str, attributes: &[(String, String)]) -> PyResult<()> {
        let tag = self.universal(name)?;
        if attributes.is_empty()
            && let Some(builder) = self.builder
        {
            return builder.start(self.thread, tag, None).map(drop);
        }
        let dict = PyDict::with_capacity(self.thread, attributes.len())?;
        for (name, value) in attributes {
            drop(dict.insert(self.thread, self.universal(name)?.as_ref(), self.text(value)?)?);
        }
        match self.builder {
            Some(builder) => builder.start(self.thread, tag, Some(dict.into_value())).map(drop),
            None => self.method(Target::Start, || Ok([tag, dict.into_value()])),
        }
    }

    fn start_namespace(&self, prefix: &Option<String>, uri: &Option<String>) -> PyResult<()> {
        let (prefix, uri) = (prefix.as_deref().unwrap_or_default(), uri.as_deref().unwrap_or_default());
        match self.builder {
            Some(builder) if builder.is_told(Report::StartNamespace) => {
                builder.start_namespace(self.thread, self.text(prefix)?, self.text(uri)?)
            }
            Some(_) => Ok(()),
            None => self.method(Target::StartNamespace, || Ok([self.text(prefix)?, self.text(uri)?])),
        }
    }

    fn end_namespace(&self, prefix: &Option<String>) -> PyResult<()> {
        match self.builder {
            Some(builder) => builder.end_namespace(self.thread),
            None => {
                let prefix = prefix.as_deref().unwrap_or_default();
                self.method(Target::EndNamespace, || Ok([self.text(prefix)?]))
            }
        }
    }

    fn doctype(&self, name: &str, system: &Option<String>, public: &Option<String>) -> PyResult<()> {
        // from here on there may be entities, whose references are asked for as they stand
        self.own.with(|parser| parser.keep_raw(true));
        let thread = self.thread;
        if self.own.method(Target::Doctype).is_some() {
            return self.method(Target::Doctype, || {
                Ok([
                    self.universal(name)?,
                    optional(thread, public.as_ref())?,
                    optional(thread, system.as_ref())?,
                ])
            });
        }
        let method = find_attribute(thread, as_ref(self.own), &*intern_text(thread, "doctype")?)?;
        if method.is_none() {
            return Ok(());
        }
        let message = "The doctype() method of XMLParser is ignored.  \
                       Define doctype() method on the TreeBuilder target.";
        thread.warn(&RUNTIME_WARNING, message)
    }

    /// A reference to an entity that the document does not declare.
    fn entity(&self, raw: &str) -> PyResult<()> {
        let Some(name) = raw.strip_prefix('&').and_then(|raw| raw.strip_suffix(';')) else { return Ok(()) };
        let known = self.own.entity.get_as::<PyDict>();
        let found = match known {
            Some(known) => known.get(self.thread, self.text(name)?.as_ref())?,
            None => None,
        };
        match found {
            Some(value) => self.data(value),
            None => {
                let message = format!("undefined entity {raw}");
                let place = self.own.position();
                Err(parse_error::raise(self.thread, ErrorCode::UndefinedEntity, place, Some(&message)))
            }
        }
    }
}
