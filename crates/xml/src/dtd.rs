//! What declarations said, which a document shares with its external entities.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// An entity.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    /// The text, of an internal one.
    pub(crate) value: Option<Rc<str>>,
    pub(crate) system: Option<String>,
    pub(crate) public: Option<String>,
    /// The notation, of one that is not parsed.
    pub(crate) notation: Option<String>,
    /// Whether it was declared in the document itself, not in an external subset or a parameter entity.
    pub(crate) is_own: bool,
}

/// A declared attribute.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    /// Whether it is not normalised as tokens are.
    pub(crate) is_cdata: bool,
    pub(crate) default: Option<String>,
}

/// The declarations.
#[derive(Default, Debug)]
pub(crate) struct Dtd {
    pub(crate) entities: HashMap<String, Entity>,
    pub(crate) parameters: HashMap<String, Entity>,
    /// The attributes of elements, in order.
    pub(crate) attributes: BTreeMap<String, Vec<Attribute>>,
    /// Whether a reference to a parameter entity was met, or there is an external subset.
    pub(crate) has_parameters: bool,
    pub(crate) is_standalone: bool,
    /// Whether the parameter entity that was asked for last was read.
    pub(crate) was_read: bool,
    /// Whether declarations still count: not behind a parameter entity that was not read.
    pub(crate) keeps_processing: bool,
}

impl Dtd {
    /// Nothing declared.
    pub(crate) fn new() -> Dtd {
        Dtd { keeps_processing: true, ..Dtd::default() }
    }

    /// Declares an attribute; the first declaration counts.
    pub(crate) fn declare_attribute(&mut self, element: &str, attribute: Attribute) {
        let known = self.attributes.entry(element.to_owned()).or_default();
        if !known.iter().any(|other| other.name == attribute.name) {
            known.push(attribute);
        }
    }
}

/// The five entities that every document has.
pub(crate) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The character of a reference by number, without `&#` and `;`.
pub(crate) fn by_number(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix('x') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u32::from_str_radix(digits, 16).ok()?
        }
        None if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        _ => return None,
    };
    char::from_u32(number).filter(|&c| crate::chars::is_char(c))
}
