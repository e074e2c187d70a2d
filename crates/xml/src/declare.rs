//! The declarations of a DTD: entities, attribute lists, elements, notations.

use crate::chars::{is_public, is_space};
use crate::dtd::{Attribute, Entity};
use crate::error::ErrorCode;
use crate::event::{Event, Markup};
use crate::model::Model;
use crate::parser::Parser;
use crate::scan::Cursor;

/// A system identifier, and a public one.
type ExternalId = (Option<String>, Option<String>);

/// The kinds of attributes that are words.
const KINDS: [&str; 8] = ["CDATA", "ID", "IDREF", "IDREFS", "ENTITY", "ENTITIES", "NMTOKEN", "NMTOKENS"];

impl Parser {
    /// Takes a declaration, from `<!` to `>`.
    pub(crate) fn declare(&mut self, raw: &str) -> Result<(), ErrorCode> {
        let replaced;
        let text = match !self.is_in_document() && raw.contains('%') {
            true => {
                replaced = self.replace_parameters(raw)?;
                &replaced
            }
            false => raw,
        };
        let mut cursor = Cursor::new(text);
        let known = ["<!ENTITY", "<!ATTLIST", "<!ELEMENT", "<!NOTATION"];
        let Some(kind) = known.into_iter().position(|word| cursor.eat(word)) else {
            return Err(ErrorCode::Syntax);
        };
        let markups = [Markup::Entity, Markup::Attlist, Markup::Element, Markup::Notation];
        let markup = markups.get(kind).copied().unwrap_or(Markup::Other);
        self.pieces(markup, raw);
        if !cursor.skip_spaces() {
            return Err(self.syntax(&cursor, text, raw));
        }
        let read = match kind {
            0 => self.entity_declaration(&mut cursor),
            1 => self.attributes_declaration(&mut cursor),
            2 => self.element_declaration(&mut cursor),
            _ => self.notation_declaration(&mut cursor),
        };
        match read {
            Ok(Some(())) if cursor.rest() == ">" => Ok(()),
            Ok(_) => Err(self.syntax(&cursor, text, raw)),
            Err(code) => Err(code),
        }
    }

    /// A declaration that is wrong at the place of a cursor.
    fn syntax(&mut self, cursor: &Cursor<'_>, text: &str, raw: &str) -> ErrorCode {
        match std::ptr::eq(text, raw) {
            true => self.wrong_inside(ErrorCode::Syntax, raw.get(..cursor.at).unwrap_or_default()),
            false => ErrorCode::Syntax,
        }
    }

    /// A declaration outside of the document with its references to parameter entities replaced, but in quotes.
    fn replace_parameters(&self, raw: &str) -> Result<String, ErrorCode> {
        let (mut out, mut rest, mut rounds) = (String::new(), raw.to_owned(), 0);
        let mut quote = None;
        loop {
            let stop = rest.find(|c| match quote {
                Some(quote) => c == quote,
                None => matches!(c, '"' | '\'' | '%'),
            });
            let Some(at) = stop else {
                out.push_str(&rest);
                return Ok(out);
            };
            out.push_str(rest.get(..at).unwrap_or_default());
            let sign = rest.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('%');
            let behind = rest.get(at + 1..).unwrap_or_default().to_owned();
            if sign != '%' || quote.is_some() {
                quote = if quote.is_some() { None } else { Some(sign) };
                out.push(sign);
                rest = behind;
                continue;
            }
            let Some((name, left)) = behind.split_once(';').filter(|(name, _)| !name.contains(is_space))
            else {
                // the percent sign of the declaration of a parameter entity
                out.push('%');
                rest = behind;
                continue;
            };
            rounds += 1;
            let text = self.dtd.borrow().parameters.get(name).and_then(|entity| entity.value.clone());
            let text = text.unwrap_or_default();
            self.count_expansion(text.len())?;
            if rounds > 10_000 {
                return Err(ErrorCode::RecursiveEntityRef);
            }
            rest = format!(" {text} {left}");
        }
    }

    fn keeps(&self) -> bool {
        self.dtd.borrow().keeps_processing
    }

    fn entity_declaration(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, ErrorCode> {
        let is_parameter = cursor.eat("%");
        if is_parameter && !cursor.skip_spaces() {
            return Ok(None);
        }
        let Some(name) = cursor.name().map(str::to_owned) else { return Ok(None) };
        if !cursor.skip_spaces() {
            return Ok(None);
        }
        let (mut value, mut notation) = (None, None);
        let (mut system, mut public) = (None, None);
        if matches!(cursor.peek(), Some('"' | '\'')) {
            let Some(raw) = cursor.quoted() else { return Ok(None) };
            value = Some(self.entity_value(raw)?);
        } else {
            (system, public) = self.external_id(cursor, true)?;
            if system.is_none() {
                return Ok(None);
            }
            if cursor.skip_spaces() && cursor.eat("NDATA") {
                if is_parameter || !cursor.skip_spaces() {
                    return Ok(None);
                }
                notation = cursor.name().map(str::to_owned);
                if notation.is_none() {
                    return Ok(None);
                }
            }
        }
        cursor.skip_spaces();
        let is_own = self.is_in_document();
        let entity = Entity {
            value: value.as_deref().map(Into::into),
            system: system.clone(),
            public: public.clone(),
            notation: notation.clone(),
            is_own,
        };
        let mut dtd = self.dtd.borrow_mut();
        if !dtd.keeps_processing {
            return Ok(Some(()));
        }
        let table = if is_parameter { &mut dtd.parameters } else { &mut dtd.entities };
        let is_new = !table.contains_key(&name) && (is_parameter || crate::dtd::predefined(&name).is_none());
        if is_new {
            table.insert(name.clone(), entity);
        }
        drop(dtd);
        if is_new {
            self.tell(Event::EntityDecl { name, is_parameter, value, system, public, notation }, "");
        }
        Ok(Some(()))
    }

    /// `SYSTEM "…"` or `PUBLIC "…" "…"`, or nothing.
    pub(crate) fn external_id(
        &mut self,
        cursor: &mut Cursor<'_>,
        needs_system: bool,
    ) -> Result<ExternalId, ErrorCode> {
        let mut public = None;
        if cursor.eat("PUBLIC") {
            cursor.skip_spaces();
            let Some(id) = cursor.quoted() else { return Err(ErrorCode::Syntax) };
            if !id.chars().all(is_public) {
                return Err(ErrorCode::Publicid);
            }
            let words: Vec<&str> = id.split(is_space).filter(|word| !word.is_empty()).collect();
            public = Some(words.join(" "));
        } else if !cursor.eat("SYSTEM") {
            return Ok((None, None));
        }
        cursor.skip_spaces();
        match cursor.quoted() {
            Some(system) => Ok((Some(system.to_owned()), public)),
            None if public.is_some() && !needs_system => Ok((None, public)),
            None => Err(ErrorCode::Syntax),
        }
    }

    fn notation_declaration(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, ErrorCode> {
        let Some(name) = cursor.name().map(str::to_owned) else { return Ok(None) };
        cursor.skip_spaces();
        let (system, public) = self.external_id(cursor, false)?;
        if system.is_none() && public.is_none() {
            return Ok(None);
        }
        cursor.skip_spaces();
        if self.keeps() {
            self.tell(Event::NotationDecl { name, system, public }, "");
        }
        Ok(Some(()))
    }

    fn element_declaration(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, ErrorCode> {
        let Some(name) = cursor.name().map(str::to_owned) else { return Ok(None) };
        cursor.skip_spaces();
        let Some(model) = Model::read(cursor) else { return Ok(None) };
        cursor.skip_spaces();
        if self.keeps() {
            self.tell(Event::ElementDecl { name, model }, "");
        }
        Ok(Some(()))
    }

    fn attributes_declaration(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<()>, ErrorCode> {
        let Some(element) = cursor.name().map(str::to_owned) else { return Ok(None) };
        loop {
            let spaced = cursor.skip_spaces();
            if cursor.rest() == ">" {
                return Ok(Some(()));
            }
            if !spaced || self.attribute_declaration(&element, cursor)?.is_none() {
                return Ok(None);
            }
        }
    }

    fn attribute_declaration(
        &mut self,
        element: &str,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<()>, ErrorCode> {
        let Some(name) = cursor.name().map(str::to_owned) else { return Ok(None) };
        cursor.skip_spaces();
        let Some(kind) = attribute_kind(cursor) else { return Ok(None) };
        cursor.skip_spaces();
        let (mut default, mut is_required) = (None, false);
        if cursor.eat("#REQUIRED") {
            is_required = true;
        } else if !cursor.eat("#IMPLIED") {
            if cursor.eat("#FIXED") {
                is_required = true;
                cursor.skip_spaces();
            }
            let Some(raw) = cursor.quoted() else { return Ok(None) };
            default = Some(self.attribute_value(raw, kind == "CDATA").map_err(|(code, _)| code)?);
        }
        if self.keeps() {
            let attribute =
                Attribute { name: name.clone(), is_cdata: kind == "CDATA", default: default.clone() };
            self.dtd.borrow_mut().declare_attribute(element, attribute);
            let element = element.to_owned();
            self.tell(Event::AttlistDecl { element, attribute: name, kind, default, is_required }, "");
        }
        Ok(Some(()))
    }
}

fn attribute_kind(cursor: &mut Cursor<'_>) -> Option<String> {
    let is_notation = cursor.eat("NOTATION");
    if is_notation {
        cursor.skip_spaces();
    }
    if !cursor.eat("(") {
        let word = cursor.name().filter(|_| !is_notation)?;
        return KINDS.contains(&word).then(|| word.to_owned());
    }
    let mut kind = String::from(if is_notation { "NOTATION(" } else { "(" });
    loop {
        cursor.skip_spaces();
        kind.push_str(cursor.name_token()?);
        cursor.skip_spaces();
        match cursor.bump()? {
            '|' => kind.push('|'),
            ')' => break,
            _ => return None,
        }
    }
    kind.push(')');
    Some(kind)
}
