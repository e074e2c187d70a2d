//! Namespaces: prefixes in force, and the names of elements and attributes with the namespaces they stand for.

use crate::error::ErrorCode;
use crate::event::Event;

/// The namespace of the prefix `xml`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of the prefix `xmlns`.
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The prefixes in force.
pub(crate) struct Namespaces {
    /// What separates the namespace and the rest of a name; none if they follow each other.
    separator: Option<char>,
    /// Whether names end with the prefix, behind another separator.
    pub(crate) with_prefixes: bool,
    bindings: Vec<Binding>,
}

struct Binding {
    prefix: Option<String>,
    uri: String,
    depth: usize,
}

/// An element in force of names: its own, its attributes', and what it declares.
pub(crate) struct Resolved {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) given: usize,
    pub(crate) declared: Vec<Event>,
}

impl Namespaces {
    pub(crate) fn new(separator: Option<char>) -> Namespaces {
        let bindings = vec![Binding { prefix: Some("xml".to_owned()), uri: XML.to_owned(), depth: 0 }];
        Namespaces { separator, with_prefixes: false, bindings }
    }

    fn uri_of(&self, prefix: Option<&str>) -> Option<&str> {
        let binding = self.bindings.iter().rev().find(|binding| binding.prefix.as_deref() == prefix)?;
        Some(&binding.uri).filter(|uri| !uri.is_empty()).map(String::as_str)
    }

    /// Resolves the names of a start tag at a depth.
    pub(crate) fn enter(
        &mut self,
        name: &str,
        attributes: Vec<(String, String)>,
        given: usize,
        depth: usize,
    ) -> Result<Resolved, ErrorCode> {
        let mut declared = Vec::new();
        for (name, value) in &attributes {
            let prefix = match name.split_once(':') {
                Some(("xmlns", prefix)) => Some(prefix),
                None if name == "xmlns" => None,
                _ => continue,
            };
            check(prefix, value)?;
            self.bindings.push(Binding { prefix: prefix.map(str::to_owned), uri: value.clone(), depth });
            let uri = Some(value.clone()).filter(|uri| !uri.is_empty());
            declared.push(Event::StartNamespace { prefix: prefix.map(str::to_owned), uri });
        }
        let (mut own, mut own_given) = (Vec::new(), 0);
        for (at, (name, value)) in attributes.into_iter().enumerate() {
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let name = if name.contains(':') { self.resolve(&name, false)? } else { name };
            if own.iter().any(|(known, _)| *known == name) {
                return Err(ErrorCode::DuplicateAttribute);
            }
            own_given += usize::from(at < given);
            own.push((name, value));
        }
        Ok(Resolved { name: self.resolve(name, true)?, attributes: own, given: own_given, declared })
    }

    /// A name with its namespace.
    pub(crate) fn resolve(&self, name: &str, uses_default: bool) -> Result<String, ErrorCode> {
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, name),
        };
        let uri = match (prefix, self.uri_of(prefix)) {
            (_, Some(uri)) if prefix.is_some() || uses_default => uri,
            (Some(_), _) => return Err(ErrorCode::UnboundPrefix),
            _ => return Ok(local.to_owned()),
        };
        let mut whole = uri.to_owned();
        whole.extend(self.separator);
        whole.push_str(local);
        if let Some(prefix) = prefix.filter(|_| self.with_prefixes) {
            whole.extend(self.separator);
            whole.push_str(prefix);
        }
        Ok(whole)
    }

    /// Ends what elements at a depth declared, the last first.
    pub(crate) fn leave(&mut self, depth: usize) -> Vec<Event> {
        let mut ended = Vec::new();
        while let Some(binding) = self.bindings.pop_if(|binding| binding.depth >= depth && depth > 0) {
            ended.push(Event::EndNamespace { prefix: binding.prefix });
        }
        ended
    }

    /// The same bindings for an external entity, by its context.
    pub(crate) fn context(&self) -> String {
        let mut context = String::new();
        for binding in &self.bindings {
            if binding.depth > 0 {
                context += &format!("{}={}\u{c}", binding.prefix.as_deref().unwrap_or(""), binding.uri);
            }
        }
        context
    }

    /// Takes the bindings of a context.
    pub(crate) fn adopt(&mut self, context: &str) {
        for part in context.split('\u{c}') {
            if let Some((prefix, uri)) = part.split_once('=') {
                let prefix = Some(prefix).filter(|prefix| !prefix.is_empty()).map(str::to_owned);
                self.bindings.push(Binding { prefix, uri: uri.to_owned(), depth: 0 });
            }
        }
    }
}

/// Whether a prefix may stand for a namespace.
fn check(prefix: Option<&str>, uri: &str) -> Result<(), ErrorCode> {
    match prefix {
        Some("xmlns") => Err(ErrorCode::ReservedPrefixXmlns),
        Some("xml") if uri != XML => Err(ErrorCode::ReservedPrefixXml),
        Some("xml") => Ok(()),
        Some(_) if uri.is_empty() => Err(ErrorCode::UndeclaringPrefix),
        _ if uri == XML || uri == XMLNS => Err(ErrorCode::ReservedNamespaceUri),
        _ => Ok(()),
    }
}
