//! Emits the table of classes: what each node is called, its number and its fields.

use super::schema::{Base, Field, Many, Schema};
use std::fmt::Write;

/// The text of `classes.rs`.
pub fn emit(schema: &Schema) -> String {
    let mut out =
        String::from("use crate::class::{ClassInfo, FieldInfo, FieldType, Many};\nuse crate::*;\n\n");
    emit_families(&mut out, schema);
    emit_classes(&mut out, schema);
    emit_symbols(&mut out, schema);
    out
}

fn emit_families(out: &mut String, schema: &Schema) {
    out.push_str(
        "/// The types of nodes.\n#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\npub enum Family {\n",
    );
    for ty in schema.nodes() {
        let _ = writeln!(out, "/// `{}`\n{},", ty.name, ty.rust_name());
    }
    out.push_str("}\n\nimpl Family {\n/// All types of nodes.\npub const ALL: &[Family] = &[");
    for ty in schema.nodes() {
        let _ = write!(out, "Family::{}, ", ty.rust_name());
    }
    out.push_str("];\n\n/// Its name in CPython's grammar of trees.\npub const fn name(self) -> &'static str { match self {\n");
    for ty in schema.nodes() {
        let _ = writeln!(out, "Family::{} => {:?},", ty.rust_name(), ty.name);
    }
    out.push_str("}\n}\n}\n\n");
}

fn emit_classes(out: &mut String, schema: &Schema) {
    let classes = schema.classes();
    out.push_str(
        "/// The classes of nodes. The discriminants are the artifact's numbers.\n\
         #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\n#[repr(u8)]\npub enum Class {\n",
    );
    for class in &classes {
        let _ = writeln!(out, "/// `{}`\n{} = {},", class.node, class.name, class.number);
    }
    out.push_str("}\n\nimpl Class {\n/// All classes.\npub const ALL: &[Class] = &[");
    for class in &classes {
        let _ = write!(out, "Class::{}, ", class.name);
    }
    out.push_str("];\n\n/// The class with this number in an artifact.\npub const fn from_number(number: u8) -> Option<Class> {\nmatch number {\n");
    for class in &classes {
        let _ = writeln!(out, "{} => Some(Class::{}),", class.number, class.name);
    }
    out.push_str("_ => None,\n}\n}\n\n/// The class of this name.\npub fn from_name(name: &str) -> Option<Class> {\nmatch name {\n");
    for class in &classes {
        let _ = writeln!(out, "{:?} => Some(Class::{}),", class.node, class.name);
    }
    out.push_str("_ => None,\n}\n}\n\n/// Its name, family and fields.\npub const fn info(self) -> &'static ClassInfo {\nmatch self {\n");
    for class in &classes {
        let fields: Vec<String> = class.fields.iter().map(|field| field_info(schema, field)).collect();
        let _ = writeln!(
            out,
            "Class::{} => &ClassInfo {{ name: {:?}, family: Family::{}, span: {}, fields: &[{}] }},",
            class.name,
            class.node,
            class.ty.rust_name(),
            class.ty.span,
            fields.join(", ")
        );
    }
    out.push_str("}\n}\n}\n\n");
}

fn field_info(schema: &Schema, field: &Field) -> String {
    let ty = match schema.base(&field.ty) {
        Base::Identifier => "Identifier".to_owned(),
        Base::Str => "Str".to_owned(),
        Base::Int => "Int".to_owned(),
        Base::Bool => "Bool".to_owned(),
        Base::Constant => "Constant".to_owned(),
        Base::Conversion => "Conversion".to_owned(),
        Base::Symbol(name) => format!("Symbol(SymbolType::{name})"),
        Base::Node(name) => format!("Node(Family::{name})"),
    };
    let many = match field.many {
        Many::One => "One",
        Many::Optional => "Optional",
        Many::Sequence => "Sequence",
        Many::SequenceOfOptional => "SequenceOfOptional",
    };
    format!("FieldInfo {{ name: {:?}, ty: FieldType::{ty}, many: Many::{many} }}", field.name)
}

fn emit_symbols(out: &mut String, schema: &Schema) {
    let names: Vec<String> = schema.symbols().map(|(ty, _)| ty.rust_name()).collect();
    let _ = write!(
        out,
        "/// The types of symbols.\n#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\n#[allow(missing_docs)]\n\
         pub enum SymbolType {{ {} }}\n\n\
         /// A node without fields: a context or an operator.\n#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\n#[allow(missing_docs)]\n\
         pub enum Symbol {{ {} }}\n\n",
        names.join(", "),
        names.iter().map(|name| format!("{name}({name})")).collect::<Vec<_>>().join(", ")
    );
    let named = schema.symbols().map(|(ty, _)| format!("SymbolType::{} => {:?},", ty.rust_name(), ty.name));
    let _ = write!(
        out,
        "impl SymbolType {{\n/// All types of symbols.\npub const ALL: &[SymbolType] = &[{}];\n\n\
         /// Its name in CPython's grammar of trees.\npub const fn name(self) -> &'static str {{ match self {{ {} }} }}\n}}\n\n",
        names.iter().map(|name| format!("SymbolType::{name}")).collect::<Vec<_>>().join(", "),
        named.collect::<String>()
    );
    let mut to = [String::new(), String::new()];
    let mut from = [String::new(), String::new()];
    for (ty, members) in schema.symbols() {
        let family = ty.rust_name();
        for (name, number) in members {
            let pattern = format!("Symbol::{family}({family}::{name})");
            let _ = writeln!(to[0], "{pattern} => {name:?},");
            let _ = writeln!(to[1], "{pattern} => {number},");
            let _ = writeln!(from[0], "(SymbolType::{family}, {name:?}) => Some({pattern}),");
            let _ = writeln!(from[1], "(SymbolType::{family}, {number}) => Some({pattern}),");
        }
    }
    let _ = write!(
        out,
        "impl Symbol {{\n\
         /// Its class's name in CPython's tree.\npub const fn name(self) -> &'static str {{ match self {{ {} }} }}\n\n\
         /// Its number in an artifact.\npub const fn number(self) -> u8 {{ match self {{ {} }} }}\n\n\
         /// The symbol of this name.\npub fn from_name(ty: SymbolType, name: &str) -> Option<Symbol> {{ match (ty, name) {{ {} _ => None }} }}\n\n\
         /// The symbol with this number in an artifact.\npub const fn from_number(ty: SymbolType, number: u8) -> Option<Symbol> {{ match (ty, number) {{ {} _ => None }} }}\n}}\n\n",
        to[0], to[1], from[0], from[1]
    );
}
