//! References replaced by what they stand for, in attribute values and in the values of entities. Entities in entities
//! are followed with a stack, not by recursion.

use crate::chars::is_space;
use crate::dtd::{Dtd, Entity, by_number, predefined};
use crate::error::ErrorCode;
use crate::parser::Parser;
use std::rc::Rc;

/// A text in the course of being replaced.
struct Level {
    name: Option<String>,
    text: Rc<str>,
    at: usize,
}

impl Parser {
    /// The value of an attribute: white space is spaces, references are replaced; of a token the spaces at the ends and
    /// all but one between are left out.
    ///
    /// An error comes with the place in the raw value of the reference that led to it.
    pub(crate) fn attribute_value(&self, raw: &str, is_cdata: bool) -> Result<String, (ErrorCode, usize)> {
        let mut value = String::with_capacity(raw.len());
        if raw.contains(['&', '\t', '\n', '\r']) {
            self.replace(raw, &mut value)?;
        } else {
            value.push_str(raw);
        }
        if is_cdata {
            return Ok(value);
        }
        let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
        Ok(words.join(" "))
    }

    fn replace(&self, raw: &str, value: &mut String) -> Result<(), (ErrorCode, usize)> {
        let mut levels = vec![Level { name: None, text: raw.into(), at: 0 }];
        let mut outermost = 0;
        while let Some(level) = levels.last_mut() {
            let text = Rc::clone(&level.text);
            let Some(rest) = text.get(level.at..).filter(|rest| !rest.is_empty()) else {
                levels.pop();
                continue;
            };
            let plain = rest.find(['&', '\t', '\n', '\r']).unwrap_or(rest.len());
            value.push_str(rest.get(..plain).unwrap_or_default());
            level.at += plain;
            let rest = rest.get(plain..).unwrap_or_default();
            if let Some(inside) = rest.strip_prefix('&') {
                if level.name.is_none() {
                    outermost = level.at;
                }
                let Some((name, _)) = inside.split_once(';') else {
                    return Err((ErrorCode::InvalidToken, outermost));
                };
                level.at += name.len() + 2;
                let inner = self.reference_in_value(name, value, &levels);
                levels.extend(inner.map_err(|code| (code, outermost))?);
            } else if let Some(c) = rest.chars().next() {
                // a carriage return and the newline behind are one in the document itself
                let both = c == '\r' && rest.starts_with("\r\n") && levels.len() == 1;
                if let Some(level) = levels.last_mut() {
                    level.at += if both { 2 } else { 1 };
                }
                value.push(' ');
            }
        }
        Ok(())
    }

    fn reference_in_value(
        &self,
        name: &str,
        value: &mut String,
        levels: &[Level],
    ) -> Result<Option<Level>, ErrorCode> {
        if let Some(digits) = name.strip_prefix('#') {
            value.push(by_number(digits).ok_or(ErrorCode::BadCharRef)?);
            return Ok(None);
        }
        if let Some(c) = predefined(name) {
            value.push(c);
            return Ok(None);
        }
        let dtd = self.dtd.borrow();
        let Some(entity) = self.find_entity(&dtd, name)? else { return Ok(None) };
        if levels.iter().any(|level| level.name.as_deref() == Some(name)) {
            return Err(ErrorCode::RecursiveEntityRef);
        }
        let Some(text) = &entity.value else { return Err(ErrorCode::AttributeExternalEntityRef) };
        if text.contains('<') {
            return Err(ErrorCode::InvalidToken);
        }
        self.count_expansion(text.len())?;
        Ok(Some(Level { name: Some(name.to_owned()), text: Rc::clone(text), at: 0 }))
    }

    /// The general entity of a name, if it may stand for text here; none if it is not known and need not be, for it may
    /// have been declared where nobody looked.
    pub(crate) fn find_entity<'a>(&self, dtd: &'a Dtd, name: &str) -> Result<Option<&'a Entity>, ErrorCode> {
        let must_be_known = !dtd.has_parameters || dtd.is_standalone;
        let Some(entity) = dtd.entities.get(name) else {
            return if must_be_known { Err(ErrorCode::UndefinedEntity) } else { Ok(None) };
        };
        if must_be_known && !entity.is_own {
            return Err(ErrorCode::EntityDeclaredInPe);
        }
        if self.is_being_read(name) {
            return Err(ErrorCode::RecursiveEntityRef);
        }
        if entity.notation.is_some() {
            return Err(ErrorCode::BinaryEntityRef);
        }
        Ok(Some(entity))
    }

    /// Whether an entity is being read, here or by the parser of what this one reads.
    pub(crate) fn is_being_read(&self, name: &str) -> bool {
        self.expansions.iter().any(|expansion| !expansion.is_parameter && expansion.name == name)
            || self.outer.iter().any(|outer| outer == name)
    }

    /// The value of an entity as it is declared: references by number, and outside of the document itself those to
    /// parameter entities, are replaced.
    pub(crate) fn entity_value(&self, raw: &str) -> Result<String, ErrorCode> {
        let mut value = String::with_capacity(raw.len());
        let mut levels: Vec<Level> = vec![Level { name: None, text: raw.into(), at: 0 }];
        while let Some(level) = levels.last_mut() {
            let text = Rc::clone(&level.text);
            let Some(rest) = text.get(level.at..).filter(|rest| !rest.is_empty()) else {
                levels.pop();
                continue;
            };
            let plain = rest.find(['&', '%', '\r']).unwrap_or(rest.len());
            value.push_str(rest.get(..plain).unwrap_or_default());
            level.at += plain;
            let rest = rest.get(plain..).unwrap_or_default();
            let Some(sign) = rest.chars().next() else { continue };
            level.at += 1;
            if sign == '\r' {
                value.push('\n');
                level.at += usize::from(rest.starts_with("\r\n"));
                continue;
            }
            let inside = rest.get(1..).unwrap_or_default();
            let Some((name, _)) = inside.split_once(';') else { return Err(ErrorCode::InvalidToken) };
            if name.is_empty() || name.contains(is_space) {
                return Err(ErrorCode::InvalidToken);
            }
            level.at += name.len() + 1;
            match (sign, name.strip_prefix('#')) {
                ('&', Some(digits)) => value.push(by_number(digits).ok_or(ErrorCode::BadCharRef)?),
                ('&', None) => value.push_str(&format!("&{name};")),
                _ => levels.extend(self.parameter_in_value(name, &levels)?),
            }
        }
        Ok(value)
    }

    fn parameter_in_value(&self, name: &str, levels: &[Level]) -> Result<Option<Level>, ErrorCode> {
        if self.is_in_document() {
            return Err(ErrorCode::ParamEntityRef);
        }
        let dtd = self.dtd.borrow();
        let Some(entity) = dtd.parameters.get(name) else { return Ok(None) };
        if levels.iter().any(|level| level.name.as_deref() == Some(name)) {
            return Err(ErrorCode::RecursiveEntityRef);
        }
        let Some(text) = &entity.value else { return Ok(None) };
        self.count_expansion(text.len())?;
        Ok(Some(Level { name: Some(name.to_owned()), text: Rc::clone(text), at: 0 }))
    }

    /// Whether what is read stands in the document itself.
    pub(crate) fn is_in_document(&self) -> bool {
        self.expansions.is_empty() && self.kind == crate::parser::Kind::Document
    }
}
