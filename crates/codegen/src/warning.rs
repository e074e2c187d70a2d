//! `SyntaxWarning`s of the stages behind the parser, with CPython 3.14's words.

use std::fmt;
use taipan_span::Span;

/// What is warned about; the text is [`fmt::Display`]'s.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WarningKind {
    /// `return`, `break` or `continue` that leaves a `finally` block (PEP 765).
    LeavesFinally {
        /// The statement's keyword.
        keyword: &'static str,
    },
    /// `assert` of a tuple.
    AssertTuple,
    /// `is` with a literal.
    IsLiteral {
        /// The literal's class.
        class: &'static str,
        /// `is not`.
        negated: bool,
    },
    /// A call of what is no callable.
    NotCallable {
        /// Its class.
        class: &'static str,
    },
    /// A subscript of what has none.
    NotSubscriptable {
        /// Its class.
        class: &'static str,
    },
    /// An index that is no integer.
    BadIndex {
        /// The class of what is indexed.
        class: &'static str,
        /// The class of the index.
        index: &'static str,
    },
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const COMMA: &str = "perhaps you missed a comma?";
        match self {
            WarningKind::LeavesFinally { keyword } => write!(f, "'{keyword}' in a 'finally' block"),
            WarningKind::AssertTuple => f.write_str("assertion is always true, perhaps remove parentheses?"),
            WarningKind::IsLiteral { class, negated: false } => {
                write!(f, "\"is\" with '{class}' literal. Did you mean \"==\"?")
            }
            WarningKind::IsLiteral { class, negated: true } => {
                write!(f, "\"is not\" with '{class}' literal. Did you mean \"!=\"?")
            }
            WarningKind::NotCallable { class } => write!(f, "'{class}' object is not callable; {COMMA}"),
            WarningKind::NotSubscriptable { class } => {
                write!(f, "'{class}' object is not subscriptable; {COMMA}")
            }
            WarningKind::BadIndex { class, index } => {
                write!(f, "{class} indices must be integers or slices, not {index}; {COMMA}")
            }
        }
    }
}

/// A warning and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompileWarning {
    /// What is warned about.
    pub kind: WarningKind,
    /// Where.
    pub span: Span,
}
