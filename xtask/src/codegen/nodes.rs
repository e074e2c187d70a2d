//! Emits the node types.

use super::schema::{Base, Constructor, Field, Many, Schema, Shape, Type, rust_name};
use std::fmt::Write;

/// The text of `nodes.rs`.
pub fn emit(schema: &Schema) -> String {
    let mut out = String::from(
        "#![allow(missing_docs)]\n\nuse crate::{Complex, Constant, Conversion, Identifier, Int};\nuse taipan_span::Span;\n\n",
    );
    out = out.replace("Complex, ", "").replace(", Int}", "}");
    for ty in &schema.types {
        match &ty.shape {
            Shape::Enum(names) => emit_enum(&mut out, ty, names),
            Shape::Struct(fields) => emit_struct(&mut out, &ty.rust_name(), &ty.node, ty.span, fields),
            Shape::Sum(constructors) => emit_sum(&mut out, ty, constructors),
        }
    }
    out
}

fn emit_enum(out: &mut String, ty: &Type, members: &[(String, u8)]) {
    let name = ty.rust_name();
    let _ = write!(
        out,
        "/// `{}` in CPython's grammar of trees.\n#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\n#[repr(u8)]\npub enum {name} {{ {} }}\n\n",
        ty.name,
        members.iter().map(|m| m.0.as_str()).collect::<Vec<_>>().join(", ")
    );
}

fn emit_sum(out: &mut String, ty: &Type, constructors: &[Constructor]) {
    let name = ty.rust_name();
    let kind = if ty.span { format!("{name}Kind") } else { name.clone() };
    if ty.span {
        let _ = write!(
            out,
            "/// `{}` with its source range.\n#[derive(Clone, Copy)]\npub struct {name}<'a> {{ pub span: Span, pub kind: {kind}<'a> }}\n\n",
            ty.name
        );
    }
    let _ = write!(
        out,
        "/// The constructors of `{}`.\n#[derive(Clone, Copy)]\npub enum {kind}<'a> {{\n",
        ty.name
    );
    for constructor in constructors {
        if constructor.inline && constructor.fields.is_empty() {
            let _ = writeln!(out, "{},", constructor.name);
        } else if constructor.inline {
            let fields: Vec<String> = constructor
                .fields
                .iter()
                .map(|f| format!("{}: {}", rust_field(&f.name), field_type(f, true)))
                .collect();
            let _ = writeln!(out, "{} {{ {} }},", constructor.name, fields.join(", "));
        } else {
            let _ = writeln!(out, "{}(&'a {name}{}<'a>),", constructor.name, constructor.name);
        }
    }
    out.push_str("}\n\n");
    for constructor in constructors.iter().filter(|c| !c.inline) {
        let struct_name = format!("{name}{}", constructor.name);
        emit_struct(out, &struct_name, &constructor.name, false, &constructor.fields);
    }
}

fn emit_struct(out: &mut String, name: &str, node: &str, span: bool, fields: &[Field]) {
    let _ = write!(out, "/// The fields of `{node}`.\n#[derive(Clone, Copy)]\npub struct {name}<'a> {{\n");
    if span {
        out.push_str("pub span: Span,\n");
    }
    for field in fields {
        let _ = writeln!(out, "pub {}: {},", rust_field(&field.name), field_type(field, false));
    }
    // a struct without borrowed fields still takes the arena's lifetime, so that all nodes look alike
    if needs_phantom(fields) {
        out.push_str("pub arena: std::marker::PhantomData<&'a ()>,\n");
    }
    out.push_str("}\n\n");
}

/// Whether no field borrows from the arena.
pub fn needs_phantom(fields: &[Field]) -> bool {
    !fields.iter().any(|f| field_type(f, false).contains("'a"))
}

/// The field's name in Rust.
pub fn rust_field(name: &str) -> String {
    match name {
        "type" => "type_".to_owned(),
        other => other.to_owned(),
    }
}

/// The field's Rust type. Inline variants refer to child nodes, structs of the arena hold them.
pub fn field_type(field: &Field, inline: bool) -> String {
    let base = match field.ty.as_str() {
        "identifier" => "Identifier".to_owned(),
        "string" => "&'a str".to_owned(),
        "int" => "u32".to_owned(),
        "bool" => "bool".to_owned(),
        "constant" => "Constant<'a>".to_owned(),
        "conversion" => "Conversion".to_owned(),
        name @ ("expr_context" | "boolop" | "operator" | "unaryop" | "cmpop") => rust_name(name),
        name => format!("{}<'a>", rust_name(name)),
    };
    let node = base.ends_with("<'a>") && field.ty != "constant";
    let by_reference = node && (inline || (field.ty == "arg" && field.many == Many::Optional));
    let one = if by_reference { format!("&'a {base}") } else { base.clone() };
    match field.many {
        Many::One => one,
        Many::Optional => format!("Option<{one}>"),
        Many::Sequence => format!("&'a [{base}]"),
        Many::SequenceOfOptional => format!("&'a [Option<{base}>]"),
    }
}

/// The kinds of sequences that fields hold: the list's name, its items' Rust type, what they are.
pub fn scalar_lists(schema: &Schema) -> Vec<(String, String, Base)> {
    let mut lists: Vec<(String, String, Base)> = Vec::new();
    for class in schema.classes() {
        for field in class.fields {
            let optional = match field.many {
                Many::Sequence => false,
                Many::SequenceOfOptional => true,
                _ => continue,
            };
            let base = schema.base(&field.ty);
            let (name, item) = match &base {
                Base::Identifier => ("Identifier".to_owned(), "Identifier".to_owned()),
                Base::Symbol(ty) => (ty.clone(), ty.clone()),
                Base::Node(ty) => (ty.clone(), format!("{ty}<'a>")),
                _ => continue,
            };
            let entry = match optional {
                true => (format!("Optional{name}"), format!("Option<{item}>"), base),
                false => (name, item, base),
            };
            if !lists.iter().any(|list| list.0 == entry.0) {
                lists.push(entry);
            }
        }
    }
    lists
}
