//! `ast.dump` of CPython 3.14, byte for byte.
//! Invariant: keeps its own stack, so that depth costs no native stack, and takes time in proportion
//! to what it writes.

use crate::repr::{write_constant, write_str};
use crate::view::Value;
use crate::{Class, Interner, List, Mod, Node};
use std::fmt::Write;
use taipan_span::{LineColumn, LineIndex, Span};
use taipan_wtf8::Wtf8;

/// The options of `ast.dump`.
#[derive(Clone, Copy, Debug)]
pub struct DumpOptions<'o> {
    /// Line and column numbers, columns in UTF-8 bytes.
    pub include_attributes: bool,
    /// What a level is indented by; none for everything in one line.
    pub indent: Option<&'o str>,
    /// Field names, even where they are clear without.
    pub annotate_fields: bool,
    /// Empty sequences.
    pub show_empty: bool,
}

impl Default for DumpOptions<'_> {
    fn default() -> Self {
        DumpOptions { include_attributes: false, indent: None, annotate_fields: true, show_empty: false }
    }
}

/// What `ast.dump` gives for a module.
pub fn dump<'a>(
    module: &'a Mod<'a>,
    interner: &Interner,
    lines: &LineIndex,
    options: &DumpOptions<'_>,
) -> String {
    dump_node(Node::Mod(module), interner, lines, options)
}

/// What `ast.dump` gives for a node.
pub fn dump_node(
    node: Node<'_>,
    interner: &Interner,
    lines: &LineIndex,
    options: &DumpOptions<'_>,
) -> String {
    let mut dumper = Dumper::new(interner, lines, options);
    dumper.node(node);
    while let Some(frame) = dumper.frames.pop() {
        dumper.step(frame);
    }
    dumper.out
}

/// Gives what `ast.dump` gives for a module to `write`, piece by piece: with an indent the text grows
/// with the square of the depth.
///
/// # Errors
/// Those of `write`, after which it is not called again.
pub fn dump_to<'a, E>(
    module: &'a Mod<'a>,
    interner: &Interner,
    lines: &LineIndex,
    options: &DumpOptions<'_>,
    mut write: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut dumper = Dumper::new(interner, lines, options);
    dumper.node(Node::Mod(module));
    while let Some(frame) = dumper.frames.pop() {
        dumper.step(frame);
        if dumper.out.len() >= PIECE {
            write(&dumper.out)?;
            dumper.out.clear();
        }
    }
    write(&dumper.out)
}

/// The size from which on a piece is given away.
const PIECE: usize = 1 << 16;

/// One argument in the parentheses of a node.
#[derive(Clone, Copy)]
enum Arg {
    /// An empty sequence without its field's name.
    EmptyList,
    /// The field with this number.
    Field { index: usize, named: bool },
    /// `lineno`, `col_offset`, `end_lineno` and `end_col_offset`.
    Attributes,
}

/// A node or list that is not yet closed.
enum Frame<'a> {
    Node { node: Node<'a>, first: usize, next: usize, end: usize, inline: bool },
    List { list: List<'a>, next: usize },
}

struct Dumper<'a, 'd> {
    out: String,
    interner: &'d Interner,
    lines: &'d LineIndex,
    options: &'d DumpOptions<'d>,
    /// The arguments of all open nodes, one node's after another's.
    args: Vec<Arg>,
    frames: Vec<Frame<'a>>,
}

impl<'a, 'd> Dumper<'a, 'd> {
    fn new(interner: &'d Interner, lines: &'d LineIndex, options: &'d DumpOptions<'d>) -> Self {
        Dumper { out: String::new(), interner, lines, options, args: Vec::new(), frames: Vec::new() }
    }

    /// Writes the next piece of the innermost open node or list.
    fn step(&mut self, frame: Frame<'a>) {
        match frame {
            Frame::Node { node, first, next, end, inline } => {
                let Some(&arg) = self.args.get(next).filter(|_| next < end) else {
                    self.args.truncate(first);
                    return self.out.push(')');
                };
                self.separate(next == first, inline);
                self.frames.push(Frame::Node { node, first, next: next + 1, end, inline });
                self.argument(node, arg, inline);
            }
            Frame::List { list, next } => {
                if next == list.len() {
                    return self.out.push(']');
                }
                self.separate(next == 0, false);
                self.frames.push(Frame::List { list, next: next + 1 });
                self.value(list.get(next));
            }
        }
    }

    /// Writes what stands before an item of a node or list, which is not on the stack.
    fn separate(&mut self, first: bool, inline: bool) {
        match self.options.indent.filter(|_| !inline) {
            None if first => {}
            None => self.out.push_str(", "),
            Some(indent) => {
                self.out.push_str(if first { "\n" } else { ",\n" });
                for _ in 0..=self.frames.len() {
                    self.out.push_str(indent);
                }
            }
        }
    }

    fn argument(&mut self, node: Node<'a>, arg: Arg, inline: bool) {
        match arg {
            Arg::EmptyList => self.out.push_str("[]"),
            Arg::Field { index, named } => {
                if let Some(field) = node.class().info().fields.get(index).filter(|_| named) {
                    self.out.push_str(field.name);
                    self.out.push('=');
                }
                self.value(node.field(index));
            }
            Arg::Attributes => self.attributes(node, inline),
        }
    }

    fn attributes(&mut self, node: Node<'a>, inline: bool) {
        let span = node.span().unwrap_or_default();
        let places = if span == Span::NOWHERE {
            [-1; 4]
        } else {
            let (start, mut end) = (self.lines.locate(span.start), self.lines.locate(span.end));
            if node.class() == Class::Pass {
                // also where preprocessing put it in the place of a docstring
                end = LineColumn { line: start.line, column: start.column + 4 };
            }
            [start.line, start.column, end.line, end.column].map(i64::from)
        };
        let attributes = ["lineno", "col_offset", "end_lineno", "end_col_offset"].into_iter().zip(places);
        // the node is on the stack again, so that a separator would be one level too deep
        let frame = self.frames.pop();
        for (number, (name, value)) in attributes.enumerate() {
            if number > 0 {
                self.separate(false, inline);
            }
            let _ = write!(self.out, "{name}={value}");
        }
        self.frames.extend(frame);
    }

    fn value(&mut self, value: Value<'a>) {
        match value {
            Value::Absent => self.out.push_str("None"),
            Value::Node(node) => self.node(node),
            Value::List(list) => {
                self.out.push('[');
                self.frames.push(Frame::List { list, next: 0 });
            }
            Value::Identifier(name) => {
                write_str(&mut self.out, Wtf8::from_str(self.interner.resolve(name)));
            }
            Value::Str(text) => write_str(&mut self.out, Wtf8::from_str(text)),
            Value::Int(value) => self.out.push_str(&value.to_string()),
            Value::Bool(value) => self.out.push(if value { '1' } else { '0' }),
            Value::Constant(value) => write_constant(&mut self.out, value),
            Value::Conversion(value) => self.out.push_str(&value.number().to_string()),
            Value::Symbol(symbol) => {
                self.out.push_str(symbol.name());
                self.out.push_str("()");
            }
        }
    }

    /// Begins a node: decides which arguments it shows and whether they stand in one line.
    fn node(&mut self, node: Node<'a>) {
        let class = node.class().info();
        self.out.push_str(class.name);
        self.out.push('(');
        let first = self.args.len();
        let mut named = self.options.annotate_fields;
        let mut simple = true;
        let mut withheld = 0;
        for (index, value) in node.fields().enumerate() {
            match value {
                Value::Absent => named = true,
                Value::List(list) if list.is_empty() && !self.options.show_empty => {
                    withheld += usize::from(!named);
                }
                value => {
                    if !named {
                        self.args.extend(std::iter::repeat_n(Arg::EmptyList, std::mem::take(&mut withheld)));
                    }
                    simple &= self.is_simple(value);
                    self.args.push(Arg::Field { index, named });
                }
            }
        }
        let mut count = self.args.len() - first;
        if self.options.include_attributes && class.span {
            self.args.push(Arg::Attributes);
            count += 4;
        }
        let inline = simple && count <= 3;
        self.frames.push(Frame::Node { node, first, next: first, end: self.args.len(), inline });
    }

    /// Whether a value stands in one line with its node.
    fn is_simple(&self, value: Value<'a>) -> bool {
        match value {
            Value::List(list) => list.is_empty(),
            Value::Node(node) => {
                let attributes = self.options.include_attributes && node.class().info().span;
                !attributes
                    && node.fields().all(|field| match field {
                        Value::Absent => true,
                        Value::List(list) => list.is_empty() && !self.options.show_empty,
                        _ => false,
                    })
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
