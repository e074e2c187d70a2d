//! Emits the stacks on which a reader puts finished values until the node that holds them is made.

use super::nodes::rust_field;
use super::schema::{Base, Class, Field, Many, Schema, Shape};
use std::fmt::Write;

/// The text of `stacks.rs`.
pub fn emit(schema: &Schema) -> String {
    let mut out = String::from("use crate::*;\nuse taipan_span::Span;\n\n");
    emit_struct(&mut out, schema);
    out.push_str("impl<'a> Stacks<'a> {\n");
    emit_build(&mut out, schema);
    emit_symbol(&mut out, schema);
    emit_push_node(&mut out, schema);
    emit_optional(&mut out, schema);
    out.push_str("}\n\n");
    out.push_str(HELPERS);
    out
}

const HELPERS: &str = "\
/// Moves the last `count` items of `stack` to the arena.
fn list<'a, T: Copy>(stack: &mut Vec<T>, count: usize, arena: &'a Arena) -> Option<&'a [T]> {
    let start = stack.len().checked_sub(count)?;
    let items = arena.alloc_slice_copy(stack.get(start..)?);
    stack.truncate(start);
    Some(items)
}

/// Takes the last item of `stack` if `present` is 1.
fn optional<T>(stack: &mut Vec<T>, present: usize) -> Option<Option<T>> {
    if present == 0 { Some(None) } else { stack.pop().map(Some) }
}
";

fn emit_struct(out: &mut String, schema: &Schema) {
    out.push_str(
        "/// Finished values by type. `counts` holds, for each finished field that is a sequence, its length,\n\
         /// and for each that is optional, 1 or 0.\n#[derive(Default)]\n#[allow(missing_docs)]\npub(crate) struct Stacks<'a> {\n\
         pub counts: Vec<usize>,\n",
    );
    for (name, ty) in SCALARS {
        let _ = writeln!(out, "pub {name}: Vec<{ty}>,");
    }
    for (ty, _) in schema.symbols() {
        let _ = writeln!(out, "pub {}: Vec<{}>,", ty.name, ty.rust_name());
    }
    for ty in schema.nodes() {
        let _ = writeln!(out, "pub {}: Vec<{}<'a>>,", stack_name(&ty.name), ty.rust_name());
    }
    for name in optional_lists(schema) {
        let ty = super::schema::rust_name(&name);
        let _ = writeln!(out, "pub optional_{name}: Vec<Option<{ty}<'a>>>,");
    }
    out.push_str("}\n\n");
}

const SCALARS: [(&str, &str); 6] = [
    ("identifier", "Identifier"),
    ("string", "&'a str"),
    ("int", "u32"),
    ("bool", "bool"),
    ("constant", "Constant<'a>"),
    ("conversion", "Conversion"),
];

/// The types of which there are sequences of optional values.
fn optional_lists(schema: &Schema) -> Vec<String> {
    let mut names = Vec::new();
    for class in schema.classes() {
        for field in class.fields.iter().filter(|f| f.many == Many::SequenceOfOptional) {
            if !names.contains(&field.ty) {
                names.push(field.ty.clone());
            }
        }
    }
    names
}

/// The stack of a type; `mod` is a word of Rust.
fn stack_name(ty: &str) -> String {
    if ty == "mod" { "module".to_owned() } else { ty.to_owned() }
}

fn emit_build(out: &mut String, schema: &Schema) {
    out.push_str(
        "/// Makes the node of this class out of the values on top, and puts it on its stack. None if they\n\
         /// are not there.\npub fn build(&mut self, class: Class, span: Span, arena: &'a Arena) -> Option<()> {\nmatch class {\n",
    );
    for class in schema.classes() {
        let _ = writeln!(out, "Class::{} => {{", class.name);
        // the last field was finished last
        for field in class.fields.iter().rev() {
            let _ = writeln!(out, "let {} = {};", rust_field(&field.name), take(schema, field, class.inline));
        }
        let _ = writeln!(out, "self.{}.push({});", stack_name(&class.ty.name), value(&class));
        out.push_str("}\n");
    }
    out.push_str("}\nSome(())\n}\n\n");
}

/// The expression that takes a field's value off its stacks.
fn take(schema: &Schema, field: &Field, inline: bool) -> String {
    let stack = stack_name(&field.ty);
    let node = matches!(schema.base(&field.ty), Base::Node(_));
    match field.many {
        Many::One if node && inline => format!("&*arena.alloc(self.{stack}.pop()?)"),
        Many::One => format!("self.{stack}.pop()?"),
        Many::Optional => {
            let value = format!("optional(&mut self.{stack}, self.counts.pop()?)?");
            let held_by_reference = node && (inline || field.ty == "arg");
            if held_by_reference { format!("{value}.map(|value| &*arena.alloc(value))") } else { value }
        }
        Many::Sequence => format!("list(&mut self.{stack}, self.counts.pop()?, arena)?"),
        Many::SequenceOfOptional => format!("list(&mut self.optional_{stack}, self.counts.pop()?, arena)?"),
    }
}

/// The expression that makes a node of its fields.
fn value(class: &Class<'_>) -> String {
    let ty = class.ty.rust_name();
    let mut fields: Vec<String> = class.fields.iter().map(|f| rust_field(&f.name)).collect();
    let phantom = !class.fields.is_empty() && !class.inline && super::nodes::needs_phantom(class.fields);
    if phantom {
        fields.push("arena: std::marker::PhantomData".to_owned());
    }
    match &class.ty.shape {
        Shape::Struct(_) => {
            if class.ty.span {
                fields.push("span".to_owned());
            }
            format!("{ty} {{ {} }}", fields.join(", "))
        }
        _ => {
            let kind = if class.ty.span { format!("{ty}Kind") } else { ty.clone() };
            let made = match (class.inline, fields.is_empty()) {
                (true, true) => format!("{kind}::{}", class.name),
                (true, false) => format!("{kind}::{} {{ {} }}", class.name, fields.join(", ")),
                _ => format!(
                    "{kind}::{}(arena.alloc({ty}{} {{ {} }}))",
                    class.name,
                    class.name,
                    fields.join(", ")
                ),
            };
            if class.ty.span { format!("{ty} {{ span, kind: {made} }}") } else { made }
        }
    }
}

fn emit_symbol(out: &mut String, schema: &Schema) {
    out.push_str(
        "/// Puts a symbol on its stack.\npub fn push_symbol(&mut self, symbol: Symbol) {\nmatch symbol {\n",
    );
    for (ty, _) in schema.symbols() {
        let _ = writeln!(out, "Symbol::{}(value) => self.{}.push(value),", ty.rust_name(), ty.name);
    }
    out.push_str("}\n}\n\n");
}

fn emit_push_node(out: &mut String, schema: &Schema) {
    out.push_str("/// Puts a node that is made already on its stack.\npub fn push_node(&mut self, node: Node<'a>) {\nmatch node {\n");
    for ty in schema.nodes() {
        let _ = writeln!(out, "Node::{}(node) => self.{}.push(*node),", ty.rust_name(), stack_name(&ty.name));
    }
    out.push_str("}\n}\n\n");
}

fn emit_optional(out: &mut String, schema: &Schema) {
    out.push_str(
        "/// Puts an item of a sequence of optional values on its stack: the value on top, or its absence.\n\
         pub fn push_optional(&mut self, family: Family, present: bool) -> Option<()> {\nmatch family {\n",
    );
    for name in optional_lists(schema) {
        let family = super::schema::rust_name(&name);
        let _ = writeln!(
            out,
            "Family::{family} => {{ let item = optional(&mut self.{name}, usize::from(present))?; self.optional_{name}.push(item); }}"
        );
    }
    out.push_str("_ => return None,\n}\nSome(())\n}\n");
}
