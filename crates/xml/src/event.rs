//! What a document says, one event after the other.

use crate::model::Model;

/// An event, and the text that it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What it is.
    pub event: Event,
    /// The text, if it is asked for.
    pub raw: String,
}

/// Which declaration a piece of markup belongs to, for those who want pieces that nothing else takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Markup {
    /// The document type declaration.
    Doctype,
    /// An entity declaration.
    Entity,
    /// A notation declaration.
    Notation,
    /// An attribute list declaration.
    Attlist,
    /// An element declaration.
    Element,
    /// None: white space, references that stay.
    Other,
}

/// What there is to say.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Event {
    /// The XML declaration, or the text declaration of an external entity, which may have no version.
    /// `standalone` is 1, 0, or -1 if nothing is said.
    XmlDecl { version: Option<String>, encoding: Option<String>, standalone: i32 },
    /// An encoding that is not built in: [`Parser::set_encoding`](crate::Parser::set_encoding) has to follow.
    UnknownEncoding { name: String },
    /// The beginning of the document type declaration.
    StartDoctype { name: String, system: Option<String>, public: Option<String>, has_internal_subset: bool },
    /// Its end.
    EndDoctype,
    /// A start tag; of the attributes so many are given, the rest are defaults.
    StartElement { name: String, attributes: Vec<(String, String)>, given: usize },
    /// An end tag, or the end of an empty element.
    EndElement { name: String },
    /// Character data, not necessarily all of it.
    Characters(String),
    /// A processing instruction.
    Instruction { target: String, data: String },
    /// A comment.
    Comment(String),
    /// The beginning of a CDATA section.
    StartCdata,
    /// Its end.
    EndCdata,
    /// A namespace declaration comes into force, before the element that has it.
    StartNamespace { prefix: Option<String>, uri: Option<String> },
    /// It ends, behind the element.
    EndNamespace { prefix: Option<String> },
    /// An entity declaration: with a value, or external.
    EntityDecl {
        name: String,
        is_parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    /// A notation declaration.
    NotationDecl { name: String, system: Option<String>, public: Option<String> },
    /// An element declaration.
    ElementDecl { name: String, model: Model },
    /// The declaration of an attribute.
    AttlistDecl {
        element: String,
        attribute: String,
        kind: String,
        default: Option<String>,
        is_required: bool,
    },
    /// A reference to an external entity; without context it is the external subset or a parameter entity.
    ExternalEntity { context: Option<String>, system: Option<String>, public: Option<String> },
    /// An entity whose declaration was not read.
    SkippedEntity { name: String, is_parameter: bool },
    /// The document has an external subset or parameter entities, and does not say that it stands alone.
    NotStandalone,
    /// A piece of markup that says nothing by itself.
    Piece(Markup),
}
