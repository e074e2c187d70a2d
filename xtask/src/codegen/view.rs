//! Emits the uniform view of nodes: a reference to any node, and its fields by number.

use super::nodes::{rust_field, scalar_lists};
use super::schema::{Base, Class, Field, Many, Schema, Shape, Type};
use std::fmt::Write;

/// The text of `view.rs`.
pub fn emit(schema: &Schema) -> String {
    let mut out = String::from("use crate::view::Value;\nuse crate::*;\nuse taipan_span::Span;\n\n");
    out.push_str(
        "/// A reference to any node.\n#[derive(Clone, Copy)]\n#[allow(missing_docs)]\npub enum Node<'a> {\n",
    );
    for ty in schema.nodes() {
        let name = ty.rust_name();
        let _ = writeln!(out, "{name}(&'a {name}<'a>),");
    }
    out.push_str("}\n\nimpl<'a> Node<'a> {\n");
    emit_class(&mut out, schema);
    emit_span(&mut out, schema);
    out.push_str(
        "/// The field with this number, as the class lists them; [`Value::Absent`] beyond the last.\n\
         pub fn field(self, index: usize) -> Value<'a> {\nmatch self {\n",
    );
    for ty in schema.nodes() {
        let _ = writeln!(out, "Node::{}(node) => {}_field(node, index),", ty.rust_name(), ty.name);
    }
    out.push_str("}\n}\n}\n\n");
    for ty in schema.nodes() {
        emit_fields(&mut out, schema, ty);
    }
    emit_lists(&mut out, schema);
    out
}

fn emit_class(out: &mut String, schema: &Schema) {
    out.push_str("/// Its class.\npub fn class(self) -> Class {\nmatch self {\n");
    for ty in schema.nodes() {
        let name = ty.rust_name();
        match &ty.shape {
            Shape::Sum(constructors) => {
                let kind = if ty.span { "node.kind" } else { "node" };
                let _ = writeln!(out, "Node::{name}(node) => match {kind} {{");
                for c in constructors {
                    let _ = writeln!(
                        out,
                        "{} => Class::{},",
                        variant(ty, &c.name, c.inline, &c.fields, false),
                        c.name
                    );
                }
                out.push_str("},\n");
            }
            _ => {
                let _ = writeln!(out, "Node::{name}(_) => Class::{name},");
            }
        }
    }
    out.push_str("}\n}\n\n");
}

/// The pattern of a constructor's variant, with or without its fields bound.
pub fn variant(ty: &Type, name: &str, inline: bool, fields: &[Field], bind: bool) -> String {
    let kind = if ty.span { format!("{}Kind", ty.rust_name()) } else { ty.rust_name() };
    match (inline, fields.is_empty(), bind) {
        (true, true, _) => format!("{kind}::{name}"),
        (true, false, false) => format!("{kind}::{name} {{ .. }}"),
        (true, false, true) => {
            let names: Vec<String> = fields.iter().map(|f| rust_field(&f.name)).collect();
            format!("{kind}::{name} {{ {} }}", names.join(", "))
        }
        (false, _, false) => format!("{kind}::{name}(_)"),
        (false, _, true) => format!("{kind}::{name}(node)"),
    }
}

fn emit_span(out: &mut String, schema: &Schema) {
    out.push_str("/// Its source range; none for classes that have none.\npub fn span(self) -> Option<Span> {\nmatch self {\n");
    for ty in schema.nodes() {
        let name = ty.rust_name();
        let _ = match ty.span {
            true => writeln!(out, "Node::{name}(node) => Some(node.span),"),
            false => writeln!(out, "Node::{name}(_) => None,"),
        };
    }
    out.push_str("}\n}\n\n");
}

fn emit_fields(out: &mut String, schema: &Schema, ty: &Type) {
    let name = ty.rust_name();
    let _ = writeln!(out, "fn {}_field<'a>(node: &'a {name}<'a>, index: usize) -> Value<'a> {{", ty.name);
    let classes: Vec<Class<'_>> = schema.classes().into_iter().filter(|c| c.ty.name == ty.name).collect();
    match &ty.shape {
        Shape::Sum(_) => {
            let _ = writeln!(out, "match {} {{", if ty.span { "node.kind" } else { "*node" });
            for class in &classes {
                // a class without fields binds nothing
                let pattern = variant(ty, &class.name, class.inline, class.fields, true);
                let _ = writeln!(out, "{pattern} => {},", field_match(schema, class));
            }
            out.push_str("}\n");
        }
        _ => {
            for class in &classes {
                out.push_str(&field_match(schema, class));
            }
        }
    }
    out.push_str("}\n\n");
}

fn field_match(schema: &Schema, class: &Class<'_>) -> String {
    if class.fields.is_empty() {
        return "Value::Absent".to_owned();
    }
    let mut out = String::from("match index {\n");
    for (index, field) in class.fields.iter().enumerate() {
        let _ = writeln!(out, "{index} => {},", field_value(schema, field, class.inline));
    }
    out.push_str("_ => Value::Absent,\n}");
    out
}

/// The expression that makes a `Value` of a field.
fn field_value(schema: &Schema, field: &Field, inline: bool) -> String {
    let base = schema.base(&field.ty);
    let place = if inline { rust_field(&field.name) } else { format!("node.{}", rust_field(&field.name)) };
    // inline variants hold references already, and so do optional arguments
    let held_by_reference = inline || (field.ty == "arg" && field.many == Many::Optional);
    match field.many {
        Many::One => match base {
            Base::Node(ty) if held_by_reference => format!("Value::Node(Node::{ty}({place}))"),
            Base::Node(ty) => format!("Value::Node(Node::{ty}(&{place}))"),
            _ => scalar(&base, &place),
        },
        Many::Optional => {
            let (source, inner) = match &base {
                Base::Node(ty) if held_by_reference => (place, format!("Value::Node(Node::{ty}(value))")),
                Base::Node(ty) => (format!("&{place}"), format!("Value::Node(Node::{ty}(value))")),
                _ => (place, scalar(&base, "value")),
            };
            format!("match {source} {{ Some(value) => {inner}, None => Value::Absent }}")
        }
        Many::Sequence => format!("Value::List(List::{}({place}))", list_name(&base)),
        Many::SequenceOfOptional => format!("Value::List(List::Optional{}({place}))", list_name(&base)),
    }
}

fn scalar(base: &Base, place: &str) -> String {
    match base {
        Base::Identifier => format!("Value::Identifier({place})"),
        Base::Str => format!("Value::Str({place})"),
        Base::Int => format!("Value::Int({place})"),
        Base::Bool => format!("Value::Bool({place})"),
        Base::Constant => format!("Value::Constant({place})"),
        Base::Conversion => format!("Value::Conversion({place})"),
        Base::Symbol(ty) => format!("Value::Symbol(Symbol::{ty}({place}))"),
        Base::Node(ty) => format!("Value::Node(Node::{ty}({place}))"),
    }
}

/// The name of the list of such values.
pub fn list_name(base: &Base) -> String {
    match base {
        Base::Identifier => "Identifier".to_owned(),
        Base::Symbol(name) | Base::Node(name) => name.clone(),
        _ => "Unlisted".to_owned(),
    }
}

fn emit_lists(out: &mut String, schema: &Schema) {
    let lists = scalar_lists(schema);
    out.push_str(
        "/// A sequence in a field.\n#[derive(Clone, Copy)]\n#[allow(missing_docs)]\npub enum List<'a> {\n",
    );
    for (name, item, _) in &lists {
        let _ = writeln!(out, "{name}(&'a [{item}]),");
    }
    out.push_str(
        "}\n\nimpl<'a> List<'a> {\n/// Number of items.\npub fn len(self) -> usize {\nmatch self {\n",
    );
    for (name, ..) in &lists {
        let _ = writeln!(out, "List::{name}(items) => items.len(),");
    }
    out.push_str(
        "}\n}\n\n/// Whether there are none.\npub fn is_empty(self) -> bool {\nself.len() == 0\n}\n\n",
    );
    out.push_str("/// The item with this number; [`Value::Absent`] for one that is not there.\npub fn get(self, index: usize) -> Value<'a> {\nmatch self {\n");
    for (name, _, base) in &lists {
        let inner = match base {
            Base::Node(ty) => format!("Value::Node(Node::{ty}(item))"),
            base => scalar(base, "*item"),
        };
        let pattern = if name.starts_with("Optional") { "Some(Some(item))" } else { "Some(item)" };
        let _ = writeln!(
            out,
            "List::{name}(items) => match items.get(index) {{ {pattern} => {inner}, _ => Value::Absent }},"
        );
    }
    out.push_str("}\n}\n}\n");
}
