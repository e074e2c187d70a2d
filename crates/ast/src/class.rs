//! What is known of a class of nodes beside its Rust type; the table is generated.

use crate::{Family, SymbolType};

/// A class of nodes.
#[derive(Debug)]
pub struct ClassInfo {
    /// The name in CPython's tree.
    pub name: &'static str,
    /// The type that its nodes are of.
    pub family: Family,
    /// Whether its nodes have a source range.
    pub span: bool,
    /// The fields in CPython's order.
    pub fields: &'static [FieldInfo],
}

/// A field of a class.
#[derive(Debug)]
pub struct FieldInfo {
    /// The name in CPython's tree.
    pub name: &'static str,
    /// What it holds.
    pub ty: FieldType,
    /// How many of them.
    pub many: Many,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldType {
    /// A name.
    Identifier,
    /// Text without lone surrogates.
    Str,
    /// A number below 2^32.
    Int,
    /// A truth value, 0 or 1 in CPython's tree.
    Bool,
    /// The value of a literal.
    Constant,
    /// The conversion of a replacement field.
    Conversion,
    /// A context or operator.
    Symbol(SymbolType),
    /// A node.
    Node(Family),
}

/// How many values a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Many {
    /// Exactly one.
    One,
    /// None or one.
    Optional,
    /// A sequence.
    Sequence,
    /// A sequence of optional values.
    SequenceOfOptional,
}
