//! What can be wrong with a document, by the numbers and the words of libexpat.

use std::fmt;

macro_rules! codes {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        /// An error by its number.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(i32)]
        #[allow(missing_docs)]
        pub enum ErrorCode { $($name = $number),* }

        impl ErrorCode {
            /// All of them, in order of their numbers.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name),*];

            /// Its words.
            pub const fn text(self) -> &'static str {
                match self { $(ErrorCode::$name => $text),* }
            }
        }
    };
}

codes! {
    NoMemory = 1, "out of memory";
    Syntax = 2, "syntax error";
    NoElements = 3, "no element found";
    InvalidToken = 4, "not well-formed (invalid token)";
    UnclosedToken = 5, "unclosed token";
    PartialChar = 6, "partial character";
    TagMismatch = 7, "mismatched tag";
    DuplicateAttribute = 8, "duplicate attribute";
    JunkAfterDocElement = 9, "junk after document element";
    ParamEntityRef = 10, "illegal parameter entity reference";
    UndefinedEntity = 11, "undefined entity";
    RecursiveEntityRef = 12, "recursive entity reference";
    AsyncEntity = 13, "asynchronous entity";
    BadCharRef = 14, "reference to invalid character number";
    BinaryEntityRef = 15, "reference to binary entity";
    AttributeExternalEntityRef = 16, "reference to external entity in attribute";
    MisplacedXmlPi = 17, "XML or text declaration not at start of entity";
    UnknownEncoding = 18, "unknown encoding";
    IncorrectEncoding = 19, "encoding specified in XML declaration is incorrect";
    UnclosedCdataSection = 20, "unclosed CDATA section";
    ExternalEntityHandling = 21, "error in processing external entity reference";
    NotStandalone = 22, "document is not standalone";
    UnexpectedState = 23, "unexpected parser state - please send a bug report";
    EntityDeclaredInPe = 24, "entity declared in parameter entity";
    FeatureRequiresXmlDtd = 25, "requested feature requires XML_DTD support in Expat";
    CantChangeFeatureOnceParsing = 26, "cannot change setting once parsing has begun";
    UnboundPrefix = 27, "unbound prefix";
    UndeclaringPrefix = 28, "must not undeclare prefix";
    IncompletePe = 29, "incomplete markup in parameter entity";
    XmlDecl = 30, "XML declaration not well-formed";
    TextDecl = 31, "text declaration not well-formed";
    Publicid = 32, "illegal character(s) in public id";
    Suspended = 33, "parser suspended";
    NotSuspended = 34, "parser not suspended";
    Aborted = 35, "parsing aborted";
    Finished = 36, "parsing finished";
    SuspendPe = 37, "cannot suspend in external parameter entity";
    ReservedPrefixXml = 38, "reserved prefix (xml) must not be undeclared or bound to another namespace name";
    ReservedPrefixXmlns = 39, "reserved prefix (xmlns) must not be declared or undeclared";
    ReservedNamespaceUri = 40, "prefix must not be bound to one of the reserved namespace names";
    InvalidArgument = 41, "invalid argument";
    NoBuffer = 42, "a successful prior call to function XML_GetBuffer is required";
    AmplificationLimitBreach = 43, "limit on input amplification factor (from DTD and entities) breached";
    NotStarted = 44, "parser not started";
}

/// An error, at the [`Parser::position`](crate::Parser::position) of the parser that gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Error {
    /// What is wrong.
    pub code: ErrorCode,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.text())
    }
}

impl std::error::Error for Error {}
