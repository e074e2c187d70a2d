//! The parser: what it holds, how it is fed, where its next event comes from.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::decode::Encoding;
use crate::dtd::Dtd;
use crate::error::{Error, ErrorCode};
use crate::event::Item;
use crate::names::Namespaces;

/// How a document is read.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// The encoding, whatever the document says.
    pub encoding: Option<String>,
    /// Whether prefixes are resolved.
    pub namespaces: bool,
    /// What then stands between a namespace and the rest of a name, if anything.
    pub separator: Option<char>,
}

/// Which parameter entities, the external subset among them, are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ParameterEntities {
    /// None.
    #[default]
    Never,
    /// All, unless the document says that it stands alone.
    UnlessStandalone,
    /// All.
    Always,
}

/// A place in a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The line, from 1 on.
    pub line: u64,
    /// Characters before it in the line.
    pub column: u64,
    /// Bytes before it; -1 before anything was read.
    pub byte: i64,
}

/// Where a parser stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// Before the first character.
    Start,
    /// Before the root element.
    Prolog,
    /// In the internal subset of the document type declaration.
    Subset,
    /// In an external subset or parameter entity.
    External,
    Content,
    Cdata,
    /// Behind the root element.
    Epilog,
    Done,
}

/// What a parser reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Document,
    /// An external entity in content.
    General,
    /// An external subset or parameter entity.
    Parameter,
}

/// An element that is open.
pub(crate) struct Open {
    /// As the tag has it.
    pub(crate) raw: String,
    /// With its namespace.
    pub(crate) name: String,
}

/// An entity whose text is being read.
pub(crate) struct Expansion {
    pub(crate) name: String,
    pub(crate) text: Rc<str>,
    pub(crate) at: usize,
    /// How many elements were open before.
    pub(crate) depth: usize,
    pub(crate) is_parameter: bool,
}

/// What is left to do when an event was answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// The external subset, or a parameter entity, may have been read.
    Parameter,
}

/// Text may expand to so many bytes before it is held against the size of the document.
const FREE_EXPANSION: f64 = 8_388_608.0;

/// A parser of one document, or of one external entity of it.
pub struct Parser {
    pub(crate) options: Options,
    pub(crate) kind: Kind,
    pub(crate) stage: Stage,
    pub(crate) dtd: Rc<RefCell<Dtd>>,
    pub(crate) names: Option<Namespaces>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) encoding: Option<Encoding>,
    pub(crate) text: String,
    pub(crate) at: usize,
    pub(crate) here: Position,
    pub(crate) place: Position,
    pub(crate) broken: Option<ErrorCode>,
    pub(crate) is_final: bool,
    pub(crate) open: Vec<Open>,
    pub(crate) expansions: Vec<Expansion>,
    pub(crate) queue: VecDeque<(Item, Position)>,
    pub(crate) after: Option<After>,
    pub(crate) doctype: Option<(Option<String>, Option<String>)>,
    /// Conditional sections of an external subset that are open.
    pub(crate) sections: usize,
    /// Entities that an outer parser is reading.
    pub(crate) outer: Vec<String>,
    /// What is wrong, and where.
    pub(crate) error: Option<(ErrorCode, Position)>,
    pub(crate) read: u64,
    pub(crate) expanded: Rc<RefCell<(u64, u64)>>,
    pub(crate) limit: (f64, f64),
    pub(crate) parameter_entities: ParameterEntities,
    pub(crate) foreign_subset: bool,
    pub(crate) raw: bool,
    pub(crate) expands: bool,
    /// Whether a token that was not all there is looked for again only when there is twice the text.
    pub(crate) defers: bool,
    /// How much text there was when a token was not all there, and nothing before it was new either.
    pub(crate) waiting: usize,
    /// Whether something was read since the parser was fed.
    pub(crate) went_on: bool,
    /// Whether the end of an empty element is behind its tag.
    pub(crate) splits_empty: bool,
    pub(crate) saw_doctype: bool,
}

impl Parser {
    /// A parser of a document.
    pub fn new(options: Options) -> Parser {
        let names = options.namespaces.then(|| Namespaces::new(options.separator));
        Parser {
            options,
            kind: Kind::Document,
            stage: Stage::Start,
            dtd: Rc::new(RefCell::new(Dtd::new())),
            names,
            bytes: Vec::new(),
            encoding: None,
            text: String::new(),
            at: 0,
            here: Position { line: 1, column: 0, byte: 0 },
            place: Position { line: 1, column: 0, byte: -1 },
            broken: None,
            is_final: false,
            open: Vec::new(),
            expansions: Vec::new(),
            queue: VecDeque::new(),
            after: None,
            doctype: None,
            sections: 0,
            outer: Vec::new(),
            error: None,
            read: 0,
            expanded: Rc::default(),
            limit: (100.0, FREE_EXPANSION),
            parameter_entities: ParameterEntities::Never,
            foreign_subset: false,
            raw: false,
            expands: true,
            defers: false,
            waiting: 0,
            went_on: false,
            splits_empty: true,
            saw_doctype: false,
        }
    }

    /// A parser of an external entity that [`Event::ExternalEntity`] asked for, with its context.
    pub fn external(&self, context: Option<&str>, encoding: Option<String>) -> Parser {
        let mut parser = Parser::new(Options { encoding, ..self.options.clone() });
        parser.kind = if context.is_some() { Kind::General } else { Kind::Parameter };
        parser.dtd = Rc::clone(&self.dtd);
        parser.expanded = Rc::clone(&self.expanded);
        parser.limit = self.limit;
        parser.parameter_entities = self.parameter_entities;
        parser.raw = self.raw;
        parser.expands = self.expands;
        parser.defers = self.defers;
        parser.splits_empty = self.splits_empty;
        if let Some(names) = &mut parser.names {
            names.with_prefixes = self.names.as_ref().is_some_and(|names| names.with_prefixes);
            names.adopt(context.unwrap_or_default());
        }
        let inherited = context.unwrap_or_default().split('\u{c}').filter(|part| !part.contains('='));
        parser.outer = inherited.map(str::to_owned).collect();
        if context.is_none() {
            parser.dtd.borrow_mut().was_read = true;
        }
        parser
    }

    /// More of the document; `is_final` with the end of it.
    pub fn feed(&mut self, bytes: &[u8], is_final: bool) {
        self.bytes.extend_from_slice(bytes);
        self.went_on = false;
        self.read += bytes.len() as u64;
        self.expanded.borrow_mut().0 += bytes.len() as u64;
        self.is_final |= is_final;
    }

    /// More of the document, as text, which is in UTF-8 whatever it declares.
    pub fn feed_text(&mut self, text: &str, is_final: bool) {
        self.feed_utf8(text.as_bytes(), is_final);
    }

    /// The same, where the text may be wrong.
    pub fn feed_utf8(&mut self, bytes: &[u8], is_final: bool) {
        if self.encoding.is_none() {
            self.options.encoding = Some("utf-8".to_owned());
        }
        self.feed(bytes, is_final);
    }

    /// The next event; none if more has to be fed before there is one, or at the end.
    ///
    /// # Errors
    /// What is wrong with the document, at [`Parser::position`]; the same from then on.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Item>, Error> {
        loop {
            if let Some((item, place)) = self.queue.pop_front() {
                self.place = place;
                return Ok(Some(item));
            }
            if let Some((code, place)) = self.error {
                self.place = place;
                return Err(Error { code });
            }
            match self.step() {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(code) => self.error = Some((code, self.place)),
            }
        }
    }

    /// Whether the whole document was read.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Lets the parser fail: what was asked for could not be had.
    pub fn fail(&mut self, code: ErrorCode) {
        self.queue.clear();
        self.error = Some((code, self.place));
    }

    /// Where the last event begins, or what is wrong.
    pub fn position(&self) -> Position {
        self.place
    }

    /// The text from the last event on, as far as it was fed, in UTF-8.
    pub fn context(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn asks_for_parameters(&self) -> bool {
        match self.parameter_entities {
            ParameterEntities::Never => false,
            ParameterEntities::UnlessStandalone => !self.dtd.borrow().is_standalone,
            ParameterEntities::Always => true,
        }
    }

    pub(crate) fn has_foreign_subset(&self) -> bool {
        self.foreign_subset
    }

    /// Counts text that an entity adds.
    pub(crate) fn count_expansion(&self, bytes: usize) -> Result<(), ErrorCode> {
        let mut counts = self.expanded.borrow_mut();
        counts.1 += bytes as u64;
        let (read, expanded) = (counts.0.max(1) as f64, counts.1 as f64);
        match expanded > self.limit.1 && (read + expanded) / read > self.limit.0 {
            true => Err(ErrorCode::AmplificationLimitBreach),
            false => Ok(()),
        }
    }

    /// Reads on; false if there is nothing to read.
    fn step(&mut self) -> Result<bool, ErrorCode> {
        if let Some(After::Parameter) = self.after.take() {
            let mut dtd = self.dtd.borrow_mut();
            if !dtd.was_read {
                dtd.keeps_processing = dtd.is_standalone;
            }
        }
        if self.stage == Stage::Start {
            return self.start();
        }
        if self.stage == Stage::Done {
            return Ok(false);
        }
        self.decode();
        let there = self.text.len() - self.at;
        if self.defers && !self.is_final && self.waiting > 0 && there < 2 * self.waiting {
            return Ok(false);
        }
        match self.stage {
            Stage::Content | Stage::Cdata => self.content(),
            _ => self.prolog(),
        }
    }
}
