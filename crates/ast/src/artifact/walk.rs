//! Takes a tree apart: calls a sink for every node, field and value, in order.
//! Invariant: keeps its own stack.

use crate::class::FieldInfo;
use crate::view::Value;
use crate::{Class, List, Node};

/// What a tree is written to.
pub(super) trait TreeSink {
    /// A node begins.
    fn begin_node(&mut self, node: Node<'_>);
    /// A field of the node that began last and has not ended.
    fn field(&mut self, field: &FieldInfo);
    /// The innermost node ends.
    fn end_node(&mut self, class: Class);
    /// The field's value is a sequence of so many items.
    fn begin_list(&mut self, field: &FieldInfo, len: usize);
    /// The sequence ends.
    fn end_list(&mut self);
    /// The field's value, or an item of its sequence, is absent.
    fn absent(&mut self, field: &FieldInfo);
    /// The field's value, or an item of its sequence, is neither a node nor a sequence.
    fn scalar(&mut self, field: &FieldInfo, value: Value<'_>);
}

enum Frame<'a> {
    Node { node: Node<'a>, class: Class, next: usize },
    List { list: List<'a>, field: &'static FieldInfo, next: usize },
}

/// Writes the tree below `root`.
pub(super) fn write_tree(root: Node<'_>, sink: &mut impl TreeSink) {
    sink.begin_node(root);
    let mut frames = vec![Frame::Node { node: root, class: root.class(), next: 0 }];
    while let Some(frame) = frames.pop() {
        let (field, value) = match frame {
            Frame::Node { node, class, next } => {
                let Some(field) = class.info().fields.get(next) else {
                    sink.end_node(class);
                    continue;
                };
                sink.field(field);
                frames.push(Frame::Node { node, class, next: next + 1 });
                (field, node.field(next))
            }
            Frame::List { list, field, next } => {
                if next == list.len() {
                    sink.end_list();
                    continue;
                }
                frames.push(Frame::List { list, field, next: next + 1 });
                (field, list.get(next))
            }
        };
        match value {
            Value::Absent => sink.absent(field),
            Value::Node(node) => {
                sink.begin_node(node);
                frames.push(Frame::Node { node, class: node.class(), next: 0 });
            }
            Value::List(list) => {
                sink.begin_list(field, list.len());
                frames.push(Frame::List { list, field, next: 0 });
            }
            value => sink.scalar(field, value),
        }
    }
}
