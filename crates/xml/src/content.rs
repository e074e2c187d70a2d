//! What stands inside the root element, and in external entities in content.

use crate::dtd::{by_number, predefined};
use crate::error::ErrorCode;
use crate::event::Event;
use crate::parser::{Expansion, Kind, Open, Parser, Stage};
use crate::scan::Stop;
use crate::tag::{Token, TokenKind, may_close, token};
use std::rc::Rc;

impl Parser {
    /// Reads a token of content; false if more text is needed.
    pub(crate) fn content(&mut self) -> Result<bool, ErrorCode> {
        // the text is put aside while it is looked into, and back whatever comes of it
        let (text, at, is_whole) = match self.expansions.last() {
            Some(expansion) => (Rc::clone(&expansion.text), expansion.at, true),
            None => (Rc::from(""), self.at, self.is_whole()),
        };
        let own = self.expansions.is_empty().then(|| std::mem::take(&mut self.text));
        let source: &str = own.as_deref().unwrap_or(&text);
        if at >= source.len() {
            self.text = own.unwrap_or_else(|| std::mem::take(&mut self.text));
            return self.ended();
        }
        let result = match self.stage {
            Stage::Cdata => self.cdata(source, at, own.is_some()),
            _ => match token(source, at, is_whole) {
                Ok(Token { kind, end }) => {
                    let raw = source.get(at..end).unwrap_or_default();
                    self.pass(source, end, own.is_some());
                    self.act(kind, raw, at).map(|()| None)
                }
                Err(stop) => Ok(Some(stop)),
            },
        };
        if let Some(own) = own {
            self.text = own;
        }
        match result {
            Ok(None) => Ok(true),
            Ok(Some(stop)) => self.stopped(stop, ErrorCode::UnclosedToken),
            Err(code) => Err(code),
        }
    }

    /// Goes on to a place of the text that is read.
    fn pass(&mut self, source: &str, to: usize, is_document: bool) {
        if is_document {
            self.advance(source, to);
        } else if let Some(expansion) = self.expansions.last_mut() {
            expansion.at = to;
        }
    }

    /// What the end of a text means.
    fn ended(&mut self) -> Result<bool, ErrorCode> {
        if let Some(expansion) = self.expansions.pop() {
            return match self.open.len() == expansion.depth && self.stage == Stage::Content {
                true => Ok(true),
                false => Err(ErrorCode::AsyncEntity),
            };
        }
        let code = match (self.stage, self.kind) {
            (Stage::Cdata, _) => ErrorCode::UnclosedCdataSection,
            (_, Kind::General) if self.open.is_empty() => {
                if self.is_whole() {
                    self.stage = Stage::Done;
                    return Ok(true);
                }
                ErrorCode::NoElements
            }
            (_, Kind::General) => ErrorCode::AsyncEntity,
            _ => ErrorCode::NoElements,
        };
        self.stopped(Stop::More, code)
    }

    fn cdata(&mut self, source: &str, at: usize, is_document: bool) -> Result<Option<Stop>, ErrorCode> {
        let rest = source.get(at..).unwrap_or_default();
        if rest.starts_with("]]>") {
            self.pass(source, at + 3, is_document);
            self.stage = Stage::Content;
            self.tell(Event::EndCdata, "]]>");
            return Ok(None);
        }
        let is_whole = !is_document || self.is_whole();
        if !is_whole && matches!(rest, "]" | "]]" | "\r") {
            return Ok(Some(Stop::More));
        }
        if let Some(break_) = ["\r\n", "\r", "\n"].into_iter().find(|break_| rest.starts_with(break_)) {
            self.pass(source, at + break_.len(), is_document);
            self.tell(Event::Characters("\n".to_owned()), break_);
            return Ok(None);
        }
        let stop = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let part = rest.get(..stop).unwrap_or_default();
        let mut length = part.find("]]>").unwrap_or(part.len());
        if length == rest.len() && !is_whole {
            length -= may_close(part);
        }
        // a bracket that does not end the section is told apart from what is before it
        length = match part.get(..length).and_then(|part| part.find(']')) {
            Some(0) => 1,
            Some(at) => at,
            None => length,
        };
        let part = part.get(..length).unwrap_or_default();
        if let Some(wrong) = part.find(|c| !crate::chars::is_char(c)) {
            return Ok(Some(Stop::Bad(ErrorCode::InvalidToken, at + wrong)));
        }
        self.pass(source, at + length, is_document);
        self.tell(Event::Characters(part.to_owned()), part);
        Ok(None)
    }

    fn act(&mut self, kind: TokenKind<'_>, raw: &str, begin: usize) -> Result<(), ErrorCode> {
        match kind {
            TokenKind::Text(text) => self.tell_text(text, raw),
            TokenKind::Newline => self.tell(Event::Characters("\n".to_owned()), raw),
            TokenKind::Comment(text) => self.tell(Event::Comment(lines(text)), raw),
            TokenKind::Instruction { target, data } => {
                self.tell(Event::Instruction { target: target.to_owned(), data: lines(data) }, raw);
            }
            TokenKind::CdataStart => {
                self.stage = Stage::Cdata;
                self.tell(Event::StartCdata, raw);
            }
            TokenKind::Character(digits) => {
                let c = by_number(digits).ok_or(ErrorCode::BadCharRef)?;
                self.tell(Event::Characters(c.to_string()), raw);
            }
            TokenKind::Entity(name) => self.entity(name, raw)?,
            TokenKind::Start { name, attributes, is_empty } => {
                self.start_element(name, &attributes, raw, begin)?;
                if is_empty {
                    self.end_element("", true);
                }
            }
            TokenKind::End { name } => self.end_tag(name, raw)?,
        }
        Ok(())
    }

    fn entity(&mut self, name: &str, raw: &str) -> Result<(), ErrorCode> {
        if let Some(c) = predefined(name) {
            self.tell(Event::Characters(c.to_string()), raw);
            return Ok(());
        }
        let dtd = Rc::clone(&self.dtd);
        let dtd = dtd.borrow();
        let Some(entity) = self.find_entity(&dtd, name)? else {
            self.tell(Event::SkippedEntity { name: name.to_owned(), is_parameter: false }, raw);
            return Ok(());
        };
        let Some(text) = &entity.value else {
            let mut context = self.names.as_ref().map(|names| names.context()).unwrap_or_default();
            for open in &self.expansions {
                context += &format!("{}\u{c}", open.name);
            }
            context.push_str(name);
            let (system, public) = (entity.system.clone(), entity.public.clone());
            self.tell(Event::ExternalEntity { context: Some(context), system, public }, raw);
            return Ok(());
        };
        if !self.expands {
            self.tell(Event::SkippedEntity { name: name.to_owned(), is_parameter: false }, raw);
            return Ok(());
        }
        self.count_expansion(text.len())?;
        let (name, depth) = (name.to_owned(), self.open.len());
        self.expansions.push(Expansion { name, text: Rc::clone(text), at: 0, depth, is_parameter: false });
        Ok(())
    }

    fn start_element(
        &mut self,
        name: &str,
        raw_attributes: &[(&str, &str, usize)],
        raw: &str,
        begin: usize,
    ) -> Result<(), ErrorCode> {
        let dtd = Rc::clone(&self.dtd);
        let dtd = dtd.borrow();
        let declared = dtd.attributes.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut attributes: Vec<(String, String)> = Vec::with_capacity(raw_attributes.len());
        for &(key, value, at) in raw_attributes {
            if attributes.iter().any(|(known, _)| known == key) {
                let before = raw.get(..at - begin).unwrap_or_default();
                return Err(self.wrong_inside(ErrorCode::DuplicateAttribute, before));
            }
            let is_cdata = declared.iter().find(|known| known.name == key).is_none_or(|known| known.is_cdata);
            let value = match self.attribute_value(value, is_cdata) {
                Ok(value) => value,
                Err((code, inside)) => {
                    // both are parts of one text
                    let before = value.as_ptr() as usize - raw.as_ptr() as usize + inside;
                    return Err(self.wrong_inside(code, raw.get(..before).unwrap_or_default()));
                }
            };
            attributes.push((key.to_owned(), value));
        }
        let given = attributes.len();
        for known in declared {
            if let Some(default) = &known.default
                && !attributes.iter().any(|(key, _)| *key == known.name)
            {
                attributes.push((known.name.clone(), default.clone()));
            }
        }
        let depth = self.open.len() + 1;
        let (mut own, mut own_given) = (name.to_owned(), given);
        if let Some(names) = &mut self.names {
            let resolved = names.enter(name, attributes, given, depth)?;
            for event in resolved.declared {
                self.tell(event, "");
            }
            (own, attributes, own_given) = (resolved.name, resolved.attributes, resolved.given);
        }
        self.open.push(Open { raw: name.to_owned(), name: own.clone() });
        self.tell(Event::StartElement { name: own, attributes, given: own_given }, raw);
        Ok(())
    }

    fn end_tag(&mut self, name: &str, raw: &str) -> Result<(), ErrorCode> {
        let depth = self.expansions.last().map_or(0, |expansion| expansion.depth);
        if self.open.len() <= depth {
            return Err(ErrorCode::AsyncEntity);
        }
        if self.open.last().is_none_or(|open| open.raw != name) {
            return Err(self.wrong_inside(ErrorCode::TagMismatch, "</"));
        }
        self.end_element(raw, false);
        Ok(())
    }

    /// Ends the innermost element, whose tag may have been both.
    fn end_element(&mut self, raw: &str, is_empty: bool) {
        let depth = self.open.len();
        if let Some(open) = self.open.pop() {
            let event = Event::EndElement { name: open.name };
            match is_empty && self.expansions.is_empty() {
                true => self.tell_behind(event, raw),
                false => self.tell(event, raw),
            }
        }
        let ended = self.names.as_mut().map(|names| names.leave(depth)).unwrap_or_default();
        for event in ended {
            self.tell(event, "");
        }
        if self.open.is_empty() && self.kind == Kind::Document && self.expansions.is_empty() {
            self.stage = Stage::Epilog;
        }
    }
}

/// A text with its line ends as newlines.
pub(crate) fn lines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
