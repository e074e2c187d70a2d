//! Emits the description of the `.ast` artifact.

use super::schema::{Base, Field, Many, Schema};
use std::fmt::Write;

const INTRODUCTION: &str = include_str!("ast_artifact.md");

/// The text of `docs/ast.md`.
pub fn emit(schema: &Schema) -> String {
    let mut out = String::from(INTRODUCTION);
    out.push_str("\n## Classes\n\n| number | class | range | fields |\n|---|---|---|---|\n");
    let mut classes = schema.classes();
    classes.sort_by_key(|class| class.number);
    for class in classes {
        let fields: Vec<String> = class.fields.iter().map(field).collect();
        let range = if class.ty.span { "yes" } else { "" };
        let _ = writeln!(out, "| {} | `{}` | {range} | {} |", class.number, class.node, fields.join(", "));
    }
    out.push_str("\n## Symbols\n\n| type | members |\n|---|---|\n");
    for (ty, members) in schema.symbols() {
        let members: Vec<String> =
            members.iter().map(|(name, number)| format!("{number} `{name}`")).collect();
        let _ = writeln!(out, "| {} | {} |", ty.name, members.join(", "));
    }
    out.push_str("\n## Which classes are of which type\n\n| type | classes |\n|---|---|\n");
    for ty in schema.nodes() {
        let of_type = schema.classes().into_iter().filter(|class| class.ty.name == ty.name);
        let names: Vec<String> = of_type.map(|class| format!("`{}`", class.node)).collect();
        debug_assert!(matches!(schema.base(&ty.name), Base::Node(_)));
        let _ = writeln!(out, "| {} | {} |", ty.name, names.join(", "));
    }
    out
}

fn field(field: &Field) -> String {
    let mark = match field.many {
        Many::One => "",
        Many::Optional => "?",
        Many::Sequence => "*",
        Many::SequenceOfOptional => "?*",
    };
    format!("{}{mark} `{}`", field.ty, field.name)
}
