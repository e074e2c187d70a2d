//! Emits the visitor: a trait with a method per type of node and functions that walk its children.

use super::nodes::rust_field;
use super::schema::{Base, Class, Field, Many, Schema, Shape, Type};
use super::view::variant;
use std::fmt::Write;

/// The text of `visitor.rs`.
pub fn emit(schema: &Schema) -> String {
    let mut out = String::from("use crate::visitor::deeper;\nuse crate::*;\n\n");
    out.push_str(
        "/// Looks at the nodes of a tree. Every method walks the children of its node unless it is written\n\
         /// anew; a method that is calls the `walk_` function of the same name where the children count.\n\
         ///\n/// Walking recurses. The stack grows on the heap where it runs out, so that no tree is too deep;\n\
         /// [`crate::view::preorder`] walks without recursion where nothing is done after the children.\n\
         pub trait Visitor<'a> {\n",
    );
    for ty in schema.nodes() {
        let (name, lower) = (ty.rust_name(), method(&ty.name));
        let _ = write!(
            out,
            "/// Looks at a node of type `{}`.\nfn visit_{lower}(&mut self, node: &'a {name}<'a>) {{ walk_{lower}(self, node); }}\n\n",
            ty.name
        );
    }
    out.push_str("/// Looks at a name.\nfn visit_identifier(&mut self, _: Identifier) {}\n}\n\n");
    for ty in schema.nodes() {
        emit_walk(&mut out, schema, ty);
    }
    out
}

fn method(name: &str) -> &str {
    if name == "mod" { "module" } else { name }
}

fn emit_walk(out: &mut String, schema: &Schema, ty: &Type) {
    let (name, lower) = (ty.rust_name(), method(&ty.name));
    let classes: Vec<Class<'_>> = schema.classes().into_iter().filter(|c| c.ty.name == ty.name).collect();
    let mut body = String::new();
    match &ty.shape {
        Shape::Sum(_) => {
            let _ = writeln!(body, "match {} {{", if ty.span { "node.kind" } else { "*node" });
            for class in &classes {
                let used: Vec<Field> = class.fields.iter().filter(|f| visited(schema, f)).map(copy).collect();
                let pattern = match (class.inline, used.len() == class.fields.len()) {
                    (true, false) if !used.is_empty() => {
                        let full = variant(ty, &class.name, true, &used, true);
                        full.replace(" }", ", .. }")
                    }
                    _ => variant(ty, &class.name, class.inline, class.fields, !used.is_empty()),
                };
                let _ = writeln!(body, "{pattern} => {{ {} }}", visits(schema, &used, class.inline));
            }
            body.push_str("}\n");
        }
        _ => {
            for class in &classes {
                body.push_str(&visits(schema, class.fields, false));
            }
        }
    }
    let recursive = ["stmt", "expr", "pattern"].contains(&ty.name.as_str());
    let body = if recursive { format!("deeper(|| {body})") } else { body };
    let used = if body.contains("visitor") { ("visitor", "node") } else { ("_", "_") };
    let _ = write!(
        out,
        "/// Walks the children of a node of type `{}`.\npub fn walk_{lower}<'a, V: Visitor<'a> + ?Sized>({}: &mut V, {}: &'a {name}<'a>) {{\n{body}\n}}\n\n",
        ty.name, used.0, used.1
    );
}

fn copy(field: &Field) -> Field {
    Field { name: field.name.clone(), ty: field.ty.clone(), many: field.many }
}

fn visited(schema: &Schema, field: &Field) -> bool {
    matches!(schema.base(&field.ty), Base::Node(_) | Base::Identifier)
}

fn visits(schema: &Schema, fields: &[Field], inline: bool) -> String {
    let mut out = String::new();
    for field in fields.iter().filter(|f| visited(schema, f)) {
        let name = rust_field(&field.name);
        let place = if inline { name } else { format!("node.{name}") };
        let identifier = schema.base(&field.ty) == Base::Identifier;
        let visit = format!("visitor.visit_{}", method(&field.ty));
        let by_reference = inline || identifier || (field.ty == "arg" && field.many == Many::Optional);
        let borrow = if by_reference { "" } else { "&" };
        let item = if identifier { "*item" } else { "item" };
        let _ = match field.many {
            Many::One => writeln!(out, "{visit}({borrow}{place});"),
            Many::Optional => writeln!(out, "if let Some(value) = {borrow}{place} {{ {visit}(value); }}"),
            Many::Sequence => writeln!(out, "for item in {place} {{ {visit}({item}); }}"),
            Many::SequenceOfOptional => {
                writeln!(out, "for item in {place}.iter().flatten() {{ {visit}(item); }}")
            }
        };
    }
    out
}
