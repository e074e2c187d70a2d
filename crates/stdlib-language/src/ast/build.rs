//! From a tree to objects. Invariant: keeps its own stack, for trees may be as deep as sources are long.

use taipan_ast::view::Value as Field;
use taipan_ast::{Class, Constant, Identifier, Int, Interner, List, Mod, Node};
use taipan_object::bytes::PyBytes;
use taipan_object::complex::PyComplex;
use taipan_object::int;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Thread, Value, protocol};
use taipan_span::{LineIndex, Span};
use taipan_wtf8::Wtf8;

use super::classes;
use super::node::AstNode;

/// The object of a module, whose ranges `lines` turns into lines and columns.
///
/// # Errors
/// When there is no memory, or what setting an attribute raises.
pub fn objects(thread: &Thread, module: Mod<'_>, interner: &Interner, lines: &LineIndex) -> PyResult<Value> {
    let classes = classes::all(thread)?;
    let mut builder = Builder { thread, classes, interner, lines, frames: Vec::new() };
    let module = Node::Mod(&module);
    let root = builder.begin(module)?;
    while let Some(frame) = builder.frames.pop() {
        builder.step(frame)?;
    }
    Ok(root)
}

/// An object whose fields are being set.
struct Frame<'a> {
    node: Node<'a>,
    object: Value,
    next: usize,
    /// The sequence of the field before `next`, where its items go, and the next item.
    list: Option<(List<'a>, Owned<PyList>, usize)>,
}

struct Builder<'a, 't> {
    thread: &'t Thread,
    classes: Owned<PyTuple>,
    interner: &'t Interner,
    lines: &'t LineIndex,
    frames: Vec<Frame<'a>>,
}

impl<'a> Builder<'a, '_> {
    /// A new object without fields, which are set in later steps.
    fn begin(&mut self, node: Node<'a>) -> PyResult<Value> {
        let Some(class) = classes::class(&self.classes, classes::of_class(node.class())) else {
            return Ok(Value::none());
        };
        let object = Native::new_in(self.thread, &class, AstNode::default())?.into_value();
        self.frames.push(Frame { node, object: object.clone(), next: 0, list: None });
        Ok(object)
    }

    fn set(&self, object: &Value, name: &str, value: Value) -> PyResult<()> {
        let name = intern_text(self.thread, name)?;
        protocol::set_attribute(self.thread, object.as_ref(), &name, Some(value))
    }

    /// Sets the next field, or the next item of one.
    fn step(&mut self, mut frame: Frame<'a>) -> PyResult<()> {
        if let Some((list, to, at)) = &mut frame.list {
            if *at == list.len() {
                frame.list = None;
                self.frames.push(frame);
                return Ok(());
            }
            let (item, to) = (list.get(*at), to.clone());
            *at += 1;
            self.frames.push(frame);
            let item = self.value(item)?;
            return to.push(self.thread, item);
        }
        let class = frame.node.class().info();
        let Some(field) = class.fields.get(frame.next) else { return self.finish(&frame) };
        let value = frame.node.field(frame.next);
        frame.next += 1;
        let object = frame.object.clone();
        if let Field::List(list) = value {
            let to = PyList::new(self.thread)?;
            frame.list = Some((list, to.clone(), 0));
            self.frames.push(frame);
            return self.set(&object, field.name, to.into_value());
        }
        self.frames.push(frame);
        let value = self.value(value)?;
        self.set(&object, field.name, value)
    }

    /// Sets the places of an object that has them.
    fn finish(&self, frame: &Frame<'a>) -> PyResult<()> {
        let Some(span) = frame.node.span().filter(|_| frame.node.class().info().span) else { return Ok(()) };
        let places = if span == Span::NOWHERE {
            [-1; 4]
        } else {
            let (start, end) = (self.lines.locate(span.start), self.lines.locate(span.end));
            let end = match frame.node.class() {
                // one that stands for a docstring has another range
                Class::Pass => (start.line, start.column + 4),
                _ => (end.line, end.column),
            };
            [start.line, start.column, end.0, end.1].map(i64::from)
        };
        let names = ["lineno", "col_offset", "end_lineno", "end_col_offset"];
        names.into_iter().zip(places).try_for_each(|(name, place)| {
            let place = Value::int(self.thread, place)?;
            self.set(&frame.object, name, place)
        })
    }

    fn value(&mut self, value: Field<'a>) -> PyResult<Value> {
        match value {
            Field::Absent | Field::List(_) => Ok(Value::none()),
            Field::Node(node) => self.begin(node),
            Field::Identifier(name) => self.identifier(name),
            Field::Str(text) => Ok(PyStr::from_text(self.thread, text)?.into_value()),
            Field::Int(number) => Value::int(self.thread, number.into()),
            Field::Bool(value) => Ok(Value::small(value.into())),
            Field::Constant(constant) => constant_value(self.thread, constant),
            Field::Conversion(conversion) => Ok(Value::small(conversion.number())),
            Field::Symbol(symbol) => {
                Ok(self.classes.get(classes::object_of(symbol)).unwrap_or_else(Value::none))
            }
        }
    }

    fn identifier(&self, name: Identifier) -> PyResult<Value> {
        Ok(intern_text(self.thread, self.interner.resolve(name))?.into_value())
    }
}

/// The value of a constant.
fn constant_value(thread: &Thread, constant: Constant<'_>) -> PyResult<Value> {
    Ok(match constant {
        Constant::None => Value::none(),
        Constant::True => Value::bool(true),
        Constant::False => Value::bool(false),
        Constant::Ellipsis => Value::ellipsis(),
        Constant::Str(text) => text_value(thread, text)?,
        Constant::Bytes(bytes) => PyBytes::new(thread, bytes)?.into_value(),
        Constant::Int(number) => int_value(thread, number)?,
        Constant::Float(number) => Value::float(thread, number)?,
        Constant::Complex(number) => PyComplex::new(thread, number.real, number.imag)?.into_value(),
    })
}

/// Strings that are names are shared, as in code objects.
fn text_value(thread: &Thread, text: Wtf8<'_>) -> PyResult<Value> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    match std::str::from_utf8(text.as_bytes()) {
        Ok(text) if text.as_bytes().iter().all(is_name) => Ok(intern_text(thread, text)?.into_value()),
        _ => Ok(PyStr::from_wtf8(thread, text)?.into_value()),
    }
}

fn int_value(thread: &Thread, number: Int<'_>) -> PyResult<Value> {
    let (negative, digits) = match number {
        Int::Small(number) => return Value::uint(thread, number),
        Int::NegativeSmall(number) => (true, format!("{number:x}")),
        Int::Big(digits) => (false, hexadecimal(digits)),
        Int::NegativeBig(digits) => (true, hexadecimal(digits)),
    };
    int::parse(thread, negative, &digits, 16).map_err(|_| thread.raise_memory_error())
}

fn hexadecimal(digits: &[u32]) -> String {
    digits.iter().rev().map(|digit| format!("{digit:08x}")).collect()
}
