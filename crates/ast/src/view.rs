//! Any node through one type: [`Node`] gives its class and its fields by number. What treats all
//! nodes alike (dump, encoders, checks) is written once against this view.
//! Invariant: the fields of a node are those of its class, in the class table's order and types.

use crate::{Constant, Conversion, Identifier, List, Node, Symbol};

/// The value of a field, or an item of one.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// An optional value that is not there.
    Absent,
    /// A node.
    Node(Node<'a>),
    /// A sequence.
    List(List<'a>),
    /// A name.
    Identifier(Identifier),
    /// Text.
    Str(&'a str),
    /// A number.
    Int(u32),
    /// A truth value.
    Bool(bool),
    /// The value of a literal.
    Constant(Constant<'a>),
    /// The conversion of a replacement field.
    Conversion(Conversion),
    /// A context or operator.
    Symbol(Symbol),
}

impl<'a> Node<'a> {
    /// The fields in order.
    pub fn fields(self) -> impl DoubleEndedIterator<Item = Value<'a>> {
        (0..self.class().info().fields.len()).map(move |index| self.field(index))
    }
}

impl<'a> List<'a> {
    /// The items in order.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Value<'a>> {
        (0..self.len()).map(move |index| self.get(index))
    }
}

/// All nodes below and including `root`, each before its children. Keeps its own stack.
pub fn preorder(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut pending = vec![root];
    std::iter::from_fn(move || {
        let node = pending.pop()?;
        for value in node.fields().rev() {
            match value {
                Value::Node(child) => pending.push(child),
                Value::List(list) => {
                    pending.extend(list.items().rev().filter_map(|item| match item {
                        Value::Node(child) => Some(child),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        Some(node)
    })
}
