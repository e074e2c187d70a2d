//! The parser: what it holds, how it is fed, where its next event comes from.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::decode::{Encoding, decode, guess};
use crate::dtd::Dtd;
use crate::error::{Error, ErrorCode};
use crate::event::{Event, Item, Markup};
use crate::names::Namespaces;
use crate::scan::Stop;

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

/// Text that had to be decoded is told in parts of so many bytes.
const CONVERTED: usize = 1024;

/// A parser of one document, or of one external entity of it.
pub struct Parser {
    pub(crate) options: Options,
    pub(crate) kind: Kind,
    pub(crate) stage: Stage,
    pub(crate) dtd: Rc<RefCell<Dtd>>,
    pub(crate) names: Option<Namespaces>,
    bytes: Vec<u8>,
    encoding: Option<Encoding>,
    pub(crate) text: String,
    pub(crate) at: usize,
    here: Position,
    place: Position,
    broken: Option<ErrorCode>,
    is_final: bool,
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
    error: Option<(ErrorCode, Position)>,
    read: u64,
    expanded: Rc<RefCell<(u64, u64)>>,
    limit: (f64, f64),
    parameter_entities: ParameterEntities,
    foreign_subset: bool,
    raw: bool,
    pub(crate) expands: bool,
    /// Whether a token that was not all there is looked for again only when there is twice the text.
    defers: bool,
    /// How much text there was when a token was not all there, and nothing before it was new either.
    waiting: usize,
    /// Whether something was read since the parser was fed.
    went_on: bool,
    /// Whether the end of an empty element is behind its tag.
    splits_empty: bool,
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
        if self.encoding.is_none() {
            self.options.encoding = Some("utf-8".to_owned());
        }
        self.feed(text.as_bytes(), is_final);
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

    /// Whether a token that is not all there is looked for again only when the text has doubled, or ends.
    pub fn defer(&mut self, defer: bool) {
        self.defers = defer;
    }

    /// Whether the end of an empty element is behind its tag, or where that begins.
    pub fn split_empty(&mut self, split: bool) {
        self.splits_empty = split;
    }

    /// Whether text is kept beside the events.
    pub fn keep_raw(&mut self, keep: bool) {
        self.raw = keep;
    }

    /// Whether references to internal entities in content are replaced by their text.
    pub fn expand_entities(&mut self, expand: bool) {
        self.expands = expand;
    }

    /// Which parameter entities are asked for.
    pub fn set_parameter_entities(&mut self, which: ParameterEntities) {
        self.parameter_entities = which;
    }

    /// Whether there is an external subset even if the document names none.
    pub fn set_foreign_subset(&mut self, is_there: bool) {
        self.foreign_subset = is_there;
    }

    /// Whether names end with their prefixes.
    pub fn set_prefixes(&mut self, with: bool) {
        if let Some(names) = &mut self.names {
            names.with_prefixes = with;
        }
    }

    /// How much text may expand: to so many times what is read, from so many bytes on.
    pub fn limit_expansion(&mut self, factor: Option<f64>, threshold: Option<f64>) {
        self.limit = (factor.unwrap_or(self.limit.0), threshold.unwrap_or(self.limit.1));
    }

    /// Whether something was fed.
    pub fn has_begun(&self) -> bool {
        self.read > 0 || self.is_final
    }

    /// The characters of an encoding that [`Event::UnknownEncoding`] asked for.
    pub fn set_encoding(&mut self, table: Box<[Option<char>; 256]>) {
        self.encoding = Some(Encoding::Table(table));
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

    /// Finds the encoding, and reads the declaration that says it.
    fn start(&mut self) -> Result<bool, ErrorCode> {
        if self.encoding.is_none() {
            let given = self.options.encoding.clone();
            let Some((guessed, mark)) = guess(&self.bytes, self.is_final) else { return Ok(false) };
            let fits = |named: &Encoding| named.is_narrow() == guessed.is_narrow() || mark == 0;
            self.encoding = Some(match given.as_deref().map(|name| (name, Encoding::named(name))) {
                Some((_, Some(named))) if named.is_narrow() || !fits(&named) || mark == 0 => named,
                Some((_, Some(_))) | None => guessed,
                Some((name, None)) => {
                    let event = Event::UnknownEncoding { name: name.to_owned() };
                    self.tell(event, "");
                    guessed
                }
            });
            self.bytes.drain(..mark.min(self.bytes.len()));
            self.here.byte += mark as i64;
            if !self.queue.is_empty() {
                return Ok(true);
            }
        }
        // a declaration is in ASCII: what it names applies to all that follows
        let held = std::mem::take(&mut self.bytes);
        let (declaration, rest) = match declaration_of(&held, self.encoding.as_ref(), self.is_final) {
            Some(end) => held.split_at(end),
            None => {
                self.bytes = held;
                return Ok(false);
            }
        };
        self.bytes = declaration.to_vec();
        self.decode();
        self.bytes.extend_from_slice(rest);
        self.stage = match self.kind {
            Kind::Document => Stage::Prolog,
            Kind::General => Stage::Content,
            Kind::Parameter => Stage::External,
        };
        if !declaration.is_empty() {
            self.declaration()?;
        }
        Ok(true)
    }

    /// Takes the encoding of a declaration.
    pub(crate) fn declared(&mut self, name: &str) -> Result<(), ErrorCode> {
        if self.options.encoding.is_some() {
            return Ok(());
        }
        let narrow = self.encoding.as_ref().is_none_or(Encoding::is_narrow);
        match Encoding::named(name) {
            // the order of bytes is known already
            Some(Encoding::Utf16 { .. }) if !narrow => Ok(()),
            Some(named) if named.is_narrow() == narrow => {
                self.encoding = Some(named);
                Ok(())
            }
            Some(_) => Err(ErrorCode::IncorrectEncoding),
            None => {
                let event = Event::UnknownEncoding { name: name.to_owned() };
                self.tell(event, "");
                Ok(())
            }
        }
    }

    fn decode(&mut self) {
        if self.at > 1 << 16 {
            self.text.drain(..self.at);
            self.at = 0;
        }
        if let Some(encoding) = &self.encoding
            && self.broken.is_none()
            && !self.bytes.is_empty()
        {
            let is_final = self.is_final && self.stage != Stage::Start;
            self.broken = decode(encoding, &mut self.bytes, &mut self.text, is_final);
        }
    }

    /// Whether all of the document's text is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_final && self.bytes.is_empty() && self.broken.is_none()
    }

    /// Takes text of the document up to a place; events from now on begin where it began.
    pub(crate) fn advance(&mut self, text: &str, to: usize) {
        if to > self.at {
            (self.waiting, self.went_on) = (0, true);
        }
        let from = std::mem::replace(&mut self.at, to);
        self.place = self.here;
        self.here = self.behind(self.here, text.get(from..to).unwrap_or_default());
    }

    /// The position behind some text.
    fn behind(&self, mut place: Position, text: &str) -> Position {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            place.byte += self.encoding.as_ref().map_or(c.len_utf8(), |encoding| encoding.width(c)) as i64;
            match c {
                '\r' if chars.peek() == Some(&'\n') => {}
                '\n' | '\r' => (place.line, place.column) = (place.line + 1, 0),
                _ => place.column += 1,
            }
        }
        place
    }

    /// An error at a place of the document's text.
    pub(crate) fn wrong(&mut self, code: ErrorCode, at: usize) -> ErrorCode {
        if self.expansions.is_empty() {
            self.place = self.behind(self.here, self.text.get(self.at..at).unwrap_or_default());
        }
        code
    }

    /// An error behind some text of the token that was taken last.
    pub(crate) fn wrong_inside(&mut self, code: ErrorCode, text: &str) -> ErrorCode {
        if self.expansions.is_empty() {
            self.place = self.behind(self.place, text);
        }
        code
    }

    /// What to do about a token that is not there: false to wait for more.
    pub(crate) fn stopped(&mut self, stop: Stop, incomplete: ErrorCode) -> Result<bool, ErrorCode> {
        match stop {
            Stop::Bad(code, at) => Err(self.wrong(code, at)),
            Stop::More if !self.expansions.is_empty() => Err(incomplete),
            Stop::More => match self.broken {
                Some(code) => Err(self.wrong(code, self.text.len())),
                None if self.is_whole() => Err(self.wrong(incomplete, self.at)),
                None => {
                    self.waiting = if self.went_on { 0 } else { self.text.len() - self.at };
                    Ok(false)
                }
            },
        }
    }

    /// Adds an event, with the text that it comes from.
    pub(crate) fn tell(&mut self, event: Event, raw: &str) {
        self.tell_at(event, raw, self.place);
    }

    /// The same of the end of an empty element.
    pub(crate) fn tell_behind(&mut self, event: Event, raw: &str) {
        self.tell_at(event, raw, if self.splits_empty { self.here } else { self.place });
    }

    fn tell_at(&mut self, event: Event, raw: &str, place: Position) {
        let raw = if self.raw { raw.to_owned() } else { String::new() };
        self.queue.push_back((Item { event, raw }, place));
    }

    /// Adds text; what had to be decoded comes in parts of at most so many bytes.
    pub(crate) fn tell_text(&mut self, text: &str, raw: &str) {
        let mut rest = text;
        while self.encoding != Some(Encoding::Utf8) && rest.len() > CONVERTED {
            let cut = (0..=CONVERTED).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(CONVERTED);
            let (part, behind) = rest.split_at(cut);
            self.tell(Event::Characters(part.to_owned()), part);
            rest = behind;
        }
        let raw = if rest.len() < text.len() { rest } else { raw };
        self.tell(Event::Characters(rest.to_owned()), raw);
    }

    /// Adds a piece of markup, if text is kept.
    pub(crate) fn piece(&mut self, markup: Markup, raw: &str) {
        if self.raw && !raw.is_empty() {
            self.tell(Event::Piece(markup), raw);
        }
    }
}

/// How many bytes the declaration at the beginning takes; none if it is not all there.
fn declaration_of(bytes: &[u8], encoding: Option<&Encoding>, is_final: bool) -> Option<usize> {
    let narrow: Vec<u8> = match encoding {
        Some(Encoding::Utf16 { big }) => {
            bytes.iter().skip(usize::from(*big)).step_by(2).copied().take(1000).collect()
        }
        _ => bytes.iter().copied().take(1000).collect(),
    };
    let step = if encoding.is_some_and(|encoding| !encoding.is_narrow()) { 2 } else { 1 };
    let opening = b"<?xml";
    let common = narrow.iter().zip(opening).take_while(|(a, b)| a == b).count();
    if common < opening.len() {
        let may_come = common == narrow.len() && !is_final;
        return if may_come { None } else { Some(0) };
    }
    match narrow.get(opening.len()) {
        Some(b' ' | b'\t' | b'\r' | b'\n') => {}
        None if !is_final => return None,
        _ => return Some(0),
    }
    match narrow.windows(2).position(|pair| pair == b"?>") {
        Some(at) => Some(((at + 2) * step).min(bytes.len())),
        None if is_final || narrow.len() >= 1000 => Some(0),
        None => None,
    }
}
