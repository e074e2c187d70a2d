//! What stands before and behind the root element, in the internal subset and in external subsets.

use crate::chars::{is_name, is_space};
use crate::error::ErrorCode;
use crate::event::{Event, Markup};
use crate::outside::{Token, scan};
use crate::parser::{After, Expansion, Kind, Parser, Stage};
use crate::scan::{Cursor, Stop};
use std::rc::Rc;

impl Parser {
    /// Reads a token outside of the root element; false if more text is needed.
    pub(crate) fn prolog(&mut self) -> Result<bool, ErrorCode> {
        let (inner, at) = match self.expansions.last() {
            Some(expansion) => (Some(Rc::clone(&expansion.text)), expansion.at),
            None => (None, self.at),
        };
        let own = if inner.is_none() { std::mem::take(&mut self.text) } else { String::new() };
        let source: &str = inner.as_deref().unwrap_or(&own);
        if at >= source.len() {
            self.text = if inner.is_none() { own } else { std::mem::take(&mut self.text) };
            return self.outside_ended();
        }
        let result = match scan(source, at, self.stage, self.sections) {
            Ok((token, end)) => {
                let raw = source.get(at..end).unwrap_or_default();
                match self.expansions.last_mut() {
                    Some(expansion) => expansion.at = end,
                    None => self.advance(source, end),
                }
                self.outside(token, raw).map(|()| None)
            }
            Err(stop) => Ok(Some(stop)),
        };
        if inner.is_none() {
            self.text = own;
        }
        match result {
            Ok(None) => Ok(true),
            Ok(Some(stop)) => self.stopped(stop, ErrorCode::UnclosedToken),
            Err(code) => Err(code),
        }
    }

    fn outside_ended(&mut self) -> Result<bool, ErrorCode> {
        if self.expansions.pop().is_some() {
            return Ok(true);
        }
        match self.stage {
            Stage::Epilog | Stage::External if self.is_whole() && self.sections == 0 => {
                self.stage = Stage::Done;
                Ok(true)
            }
            Stage::Prolog | Stage::Subset => self.stopped(Stop::More, ErrorCode::NoElements),
            _ => self.stopped(Stop::More, ErrorCode::UnclosedToken),
        }
    }

    fn outside(&mut self, token: Token<'_>, raw: &str) -> Result<(), ErrorCode> {
        match token {
            Token::Space => self.piece(Markup::Other, raw),
            Token::Comment(text) => self.tell(Event::Comment(crate::content::lines(text)), raw),
            Token::Instruction { target, data } => {
                let data = crate::content::lines(data);
                self.tell(Event::Instruction { target: target.to_owned(), data }, raw);
            }
            Token::Doctype { has_internal_subset } => self.doctype(raw, has_internal_subset)?,
            Token::SubsetEnd => {
                self.pieces(Markup::Doctype, raw);
                self.end_doctype();
            }
            Token::Parameter(name) => self.parameter(name, raw)?,
            Token::Declaration => self.declare(raw)?,
            Token::SectionStart => self.section(raw)?,
            Token::SectionEnd => {
                self.sections -= 1;
                self.piece(Markup::Other, raw);
            }
            Token::Root if self.stage == Stage::Prolog => {
                self.stage = Stage::Content;
                if self.has_foreign_subset() && !self.saw_doctype {
                    self.dtd.borrow_mut().has_parameters = true;
                    self.external_subset(None, None);
                }
            }
            Token::Root => return Err(ErrorCode::JunkAfterDocElement),
        }
        Ok(())
    }

    /// Adds the words of a declaration as pieces of markup.
    pub(crate) fn pieces(&mut self, markup: Markup, raw: &str) {
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let end = match c {
                '"' | '\'' => rest.get(1..).and_then(|inside| inside.find(c)).map(|at| at + 2),
                '<' => rest.find(is_space),
                c if is_space(c) => rest.find(|c| !is_space(c)),
                c if is_name(c) || c == '#' => {
                    let body = rest.get(1..).unwrap_or_default();
                    body.find(|c| !is_name(c)).map(|at| at + 1)
                }
                c => Some(c.len_utf8()),
            };
            let mut end = end.unwrap_or(rest.len()).min(rest.len());
            if markup == Markup::Element
                && (c == ')' || is_name(c))
                && rest.get(end..).is_some_and(|rest| rest.starts_with(['?', '*', '+']))
            {
                end += 1;
            }
            let (word, behind) = rest.split_at(end);
            self.piece(markup, word);
            rest = behind;
        }
    }

    /// The XML declaration, or the text declaration of an external entity.
    pub(crate) fn declaration(&mut self) -> Result<(), ErrorCode> {
        let is_text = self.kind != Kind::Document;
        let code = if is_text { ErrorCode::TextDecl } else { ErrorCode::XmlDecl };
        let text = std::mem::take(&mut self.text);
        let begin = self.at;
        let read = read_declaration(text.get(begin..).unwrap_or_default(), is_text);
        let raw = text.get(begin..).unwrap_or_default().to_owned();
        let end = text.len();
        if let Err(at) = read {
            self.text = text;
            return Err(self.wrong(code, begin + at));
        }
        self.advance(&text, end);
        self.text = text;
        let Ok((version, encoding, standalone)) = read else { return Ok(()) };
        if standalone == 1 {
            self.dtd.borrow_mut().is_standalone = true;
        }
        self.tell(Event::XmlDecl { version, encoding: encoding.clone(), standalone }, &raw);
        let Some(encoding) = encoding else { return Ok(()) };
        self.declared(&encoding).map_err(|code| {
            let before = raw.find(&*encoding).and_then(|at| raw.get(..at)).unwrap_or_default();
            self.wrong_inside(code, before)
        })
    }

    fn doctype(&mut self, raw: &str, has_internal_subset: bool) -> Result<(), ErrorCode> {
        let mut cursor = Cursor::new(raw);
        cursor.eat("<!DOCTYPE");
        cursor.skip_spaces();
        let name = cursor.name().unwrap_or_default().to_owned();
        cursor.skip_spaces();
        let (system, public) = self
            .external_id(&mut cursor, true)
            .map_err(|code| self.wrong_inside(code, raw.get(..cursor.at).unwrap_or_default()))?;
        self.saw_doctype = true;
        if system.is_some() && !self.asks_for_parameters() && !self.dtd.borrow().is_standalone {
            self.tell(Event::NotStandalone, "");
        }
        self.pieces(Markup::Doctype, raw);
        let event =
            Event::StartDoctype { name, system: system.clone(), public: public.clone(), has_internal_subset };
        self.tell(event, "");
        if system.is_some() || self.has_foreign_subset() {
            self.dtd.borrow_mut().has_parameters = true;
            self.doctype = Some((system, public));
        }
        match has_internal_subset {
            true => self.stage = Stage::Subset,
            false => self.end_doctype(),
        }
        Ok(())
    }

    fn end_doctype(&mut self) {
        self.stage = Stage::Prolog;
        if let Some((system, public)) = self.doctype.take() {
            self.external_subset(system, public);
        }
        self.tell(Event::EndDoctype, "");
    }

    /// Asks for the external subset.
    fn external_subset(&mut self, system: Option<String>, public: Option<String>) {
        if !self.asks_for_parameters() {
            return;
        }
        self.dtd.borrow_mut().was_read = false;
        self.tell(Event::ExternalEntity { context: None, system, public }, "");
        self.after = Some(After::Parameter);
        if !self.dtd.borrow().is_standalone {
            self.tell(Event::NotStandalone, "");
        }
    }

    /// A reference to a parameter entity between declarations.
    fn parameter(&mut self, name: &str, raw: &str) -> Result<(), ErrorCode> {
        let shared = Rc::clone(&self.dtd);
        let mut dtd = shared.borrow_mut();
        let must_be_known = self.kind == Kind::Document
            && if dtd.is_standalone { self.expansions.is_empty() } else { !dtd.has_parameters };
        dtd.has_parameters = true;
        let entity = dtd.parameters.get(name).cloned();
        drop(dtd);
        if !self.asks_for_parameters() {
            let is_standalone = shared.borrow().is_standalone;
            shared.borrow_mut().keeps_processing = is_standalone;
            self.piece(Markup::Other, raw);
            if !is_standalone {
                self.tell(Event::NotStandalone, "");
            }
            return Ok(());
        }
        let Some(entity) = entity else {
            if must_be_known {
                return Err(ErrorCode::UndefinedEntity);
            }
            self.tell(Event::SkippedEntity { name: name.to_owned(), is_parameter: true }, raw);
            return Ok(());
        };
        let is_open = self.expansions.iter().any(|open| open.is_parameter && open.name == name);
        if is_open {
            return Err(ErrorCode::RecursiveEntityRef);
        }
        if let Some(text) = entity.value {
            self.count_expansion(text.len())?;
            let (name, depth) = (name.to_owned(), self.open.len());
            self.expansions.push(Expansion { name, text, at: 0, depth, is_parameter: true });
        } else {
            shared.borrow_mut().was_read = false;
            let (system, public) = (entity.system, entity.public);
            self.tell(Event::ExternalEntity { context: None, system, public }, raw);
            self.after = Some(After::Parameter);
        }
        if !shared.borrow().is_standalone {
            self.tell(Event::NotStandalone, "");
        }
        Ok(())
    }

    /// `<![INCLUDE[` or `<![IGNORE[` with what it leaves out.
    fn section(&mut self, raw: &str) -> Result<(), ErrorCode> {
        let word = raw.trim_start_matches("<![").trim_start_matches(is_space);
        match word.starts_with("INCLUDE") {
            true => {
                self.sections += 1;
                self.piece(Markup::Other, raw);
                Ok(())
            }
            false if word.starts_with("IGNORE") => {
                self.piece(Markup::Other, raw);
                Ok(())
            }
            false => Err(ErrorCode::Syntax),
        }
    }
}

type Declared = (Option<String>, Option<String>, i32);

/// Version, encoding and standalone of a declaration; or where it is wrong.
fn read_declaration(text: &str, is_text: bool) -> Result<Declared, usize> {
    let mut cursor = Cursor::new(text);
    cursor.eat("<?xml");
    let (mut version, mut encoding, mut standalone) = (None, None, -1);
    let mut step = 0;
    loop {
        let spaced = cursor.skip_spaces();
        if cursor.eat("?>") {
            break;
        }
        let at = cursor.at;
        let name = cursor.name().filter(|_| spaced).ok_or(at)?;
        cursor.skip_spaces();
        if !cursor.eat("=") {
            return Err(cursor.at);
        }
        cursor.skip_spaces();
        let value_at = cursor.at;
        let value = cursor.quoted().ok_or(value_at)?;
        match name {
            "version" if step == 0 => (version, step) = (Some(value.to_owned()), 1),
            "encoding" if step == 1 || (step == 0 && is_text) => {
                if !value.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    return Err(value_at);
                }
                (encoding, step) = (Some(value.to_owned()), 2);
            }
            "standalone" if (step == 1 || step == 2) && !is_text => {
                standalone = match value {
                    "yes" => 1,
                    "no" => 0,
                    _ => return Err(value_at),
                };
                step = 3;
            }
            _ => return Err(at),
        }
    }
    match (is_text, &version, &encoding) {
        (false, None, _) | (true, _, None) => Err(cursor.at - 2),
        _ => Ok((version, encoding, standalone)),
    }
}
