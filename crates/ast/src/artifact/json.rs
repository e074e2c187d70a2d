//! The JSON form: one object with the facts about the tree and, under `tree`, the tree. A node is an
//! object of its class, its range as `span` if it has one, and its fields, in this order; an absent
//! value is `null`. `lines` are the lengths of the source's lines but the last where the source was
//! stripped, and `null` where the positions were. A constant is its kind and Python's `repr`, so that no reader loses a digit or a
//! lone surrogate.

mod reader;

pub use reader::{JsonError, JsonErrorKind};

use super::assemble::{TreeSource, read_tree};
use super::walk::{TreeSink, write_tree};
use super::{Tree, TreeError, TreeInfo, TreeOptions};
use crate::class::FieldInfo;
use crate::repr::{parse_constant, write_constant};
use crate::view::Value;
use crate::{Arena, Class, Constant, Conversion, Family, Identifier, Interner, Node, Symbol, SymbolType};
use reader::JsonReader;
use std::fmt::Write;
use taipan_artifact::{Kind, LANGUAGE, LanguageVersion, Limits, ProducerVersion, ReadError, SourceHash};
use taipan_span::{LineIndex, Span};
use taipan_wtf8::Wtf8Buf;

/// How the JSON form begins.
pub(super) const MARK: &str = "{\"artifact\":\"ast\"";

/// The JSON form of a tree.
pub(super) fn write(tree: &Tree<'_>, interner: &Interner) -> String {
    let info = &tree.info;
    let mut out = String::from(MARK);
    let _ = write!(out, ",\"format\":{},\"language\":\"{LANGUAGE}\"", Kind::Tree.format_version());
    let _ = write!(out, ",\"producer\":\"{}\",\"source_name\":", info.producer);
    constant(&mut out, Constant::Str(info.source_name.as_wtf8()));
    let _ = write!(out, ",\"source_hash\":\"{}\"", info.source_hash);
    let TreeOptions { feature_version, optimize, type_comments, barry_as_flufl } = info.options;
    let _ = write!(out, ",\"feature_version\":{feature_version},\"optimize\":{optimize}");
    let _ = write!(out, ",\"type_comments\":{type_comments},\"barry_as_flufl\":{barry_as_flufl}");
    let _ = write!(out, ",\"source_len\":{},\"source\":", info.source_len);
    match &info.source {
        Some(source) => string(&mut out, source),
        None => out.push_str("null"),
    }
    out.push_str(",\"lines\":");
    match &info.lines {
        None => out.push_str("null"),
        Some(_) if info.source.is_some() => out.push_str("[]"),
        Some(lines) => {
            let lengths: Vec<String> = lines.lengths().map(|length| length.to_string()).collect();
            let _ = write!(out, "[{}]", lengths.join(","));
        }
    }
    out.push_str(",\"tree\":");
    let mut sink = Sink { out, interner, first: true };
    write_tree(Node::Mod(&tree.module), &mut sink);
    sink.out.push_str("}\n");
    sink.out
}

fn string(out: &mut String, text: &str) {
    // a string always has a JSON form
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn constant(out: &mut String, value: Constant<'_>) {
    let kind = match value {
        Constant::None => "NoneType",
        Constant::True | Constant::False => "bool",
        Constant::Ellipsis => "ellipsis",
        Constant::Str(_) => "str",
        Constant::Bytes(_) => "bytes",
        Constant::Int(_) => "int",
        Constant::Float(_) => "float",
        Constant::Complex(_) => "complex",
    };
    let mut repr = String::new();
    write_constant(&mut repr, value);
    let _ = write!(out, "{{\"kind\":\"{kind}\",\"repr\":");
    string(out, &repr);
    out.push('}');
}

struct Sink<'i> {
    out: String,
    interner: &'i Interner,
    /// Whether the next item is the first of its sequence.
    first: bool,
}

impl Sink<'_> {
    /// Separates items of a sequence; the value of a field has the field's name before it.
    fn item(&mut self) {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push(',');
        }
    }
}

impl TreeSink for Sink<'_> {
    fn begin_node(&mut self, node: Node<'_>) {
        self.item();
        let _ = write!(self.out, "{{\"class\":\"{}\"", node.class().info().name);
        if let Some(span) = node.span() {
            let _ = write!(self.out, ",\"span\":[{},{}]", span.start, span.end);
        }
    }

    fn field(&mut self, field: &FieldInfo) {
        let _ = write!(self.out, ",\"{}\":", field.name);
        self.first = true;
    }

    fn end_node(&mut self, _: Class) {
        self.out.push('}');
        self.first = false;
    }

    fn begin_list(&mut self, _: &FieldInfo, _: usize) {
        self.out.push('[');
        self.first = true;
    }

    fn end_list(&mut self) {
        self.out.push(']');
        self.first = false;
    }

    fn absent(&mut self, _: &FieldInfo) {
        self.item();
        self.out.push_str("null");
    }

    fn scalar(&mut self, _: &FieldInfo, value: Value<'_>) {
        self.item();
        match value {
            Value::Identifier(name) => string(&mut self.out, self.interner.resolve(name)),
            Value::Str(text) => string(&mut self.out, text),
            Value::Int(number) => self.out.push_str(&number.to_string()),
            Value::Bool(value) => self.out.push_str(if value { "true" } else { "false" }),
            Value::Constant(value) => constant(&mut self.out, value),
            Value::Conversion(value) => self.out.push_str(&value.number().to_string()),
            Value::Symbol(symbol) => string(&mut self.out, symbol.name()),
            Value::Absent | Value::Node(_) | Value::List(_) => {}
        }
    }
}

/// Reads the JSON form.
pub(super) fn read<'a>(
    text: &str,
    limits: Limits,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, TreeError> {
    if text.len() as u64 > limits.bytes {
        return Err(ReadError::TooLarge { size: text.len() as u64, limit: limits.bytes }.into());
    }
    let mut input = JsonReader::new(text);
    input.symbol(b'{')?;
    input.key("artifact")?;
    input.literal("\"ast\"")?;
    input.next_key("format")?;
    let (expected, found) = (Kind::Tree.format_version(), input.number()?);
    if found != expected {
        return Err(ReadError::FormatVersion { kind: Kind::Tree, expected, found }.into());
    }
    let info = read_info(&mut input)?;
    input.next_key("tree")?;
    let mut source = Source { input, arena, interner, first: true };
    let module = read_tree(&mut source, arena, limits.depth)?;
    source.input.symbol(b'}')?;
    source.input.finish()?;
    Ok(Tree { info, module })
}

fn read_info(input: &mut JsonReader<'_>) -> Result<TreeInfo, TreeError> {
    input.next_key("language")?;
    let [major, minor, _] = versions(input)?;
    let found = LanguageVersion { major, minor };
    if found != LANGUAGE {
        return Err(ReadError::Language { expected: LANGUAGE, found }.into());
    }
    input.next_key("producer")?;
    let [major, minor, patch] = versions(input)?;
    input.next_key("source_name")?;
    let mut source_name = Wtf8Buf::new();
    let scratch = Arena::new();
    match read_constant(input, &scratch)? {
        Constant::Str(name) => source_name.push_wtf8(name),
        _ => return Err(input.error(JsonErrorKind::Constant).into()),
    }
    input.next_key("source_hash")?;
    let hash = SourceHash::from_hex(&input.string()?);
    let source_hash = hash.ok_or_else(|| input.error(JsonErrorKind::Hash))?;
    input.next_key("feature_version")?;
    let feature_version = input.number()?;
    input.next_key("optimize")?;
    let optimize = input.number()?;
    input.next_key("type_comments")?;
    let type_comments = input.bool()?;
    input.next_key("barry_as_flufl")?;
    let barry_as_flufl = input.bool()?;
    input.next_key("source_len")?;
    let source_len = input.number()?;
    input.next_key("source")?;
    let source = if input.null() { None } else { Some(input.string()?.into_owned()) };
    let producer = ProducerVersion { major, minor, patch };
    let options = TreeOptions { feature_version, optimize, type_comments, barry_as_flufl };
    input.next_key("lines")?;
    let lines = read_lines(input, source_len, source.as_deref())?;
    Ok(TreeInfo { producer, source_name, source_hash, options, source_len, source, lines })
}

fn read_lines(
    input: &mut JsonReader<'_>,
    source_len: u32,
    source: Option<&str>,
) -> Result<Option<LineIndex>, TreeError> {
    if input.null() {
        return Ok(None);
    }
    input.symbol(b'[')?;
    let mut lengths = Vec::new();
    while !input.at(b']') {
        if !lengths.is_empty() {
            input.symbol(b',')?;
        }
        lengths.push(input.number()?);
    }
    input.symbol(b']')?;
    match source {
        Some(_) if !lengths.is_empty() => Err(TreeError::Lines),
        Some(source) => Ok(Some(LineIndex::new(source.as_bytes()))),
        None => LineIndex::from_lengths(lengths, source_len).map(Some).ok_or(TreeError::Lines),
    }
}

/// Reads up to three numbers with dots between them in a string.
fn versions(input: &mut JsonReader<'_>) -> Result<[u16; 3], JsonError> {
    let text = input.string()?;
    let mut versions = [0; 3];
    let mut places = versions.iter_mut();
    for part in text.split('.') {
        let place = places.next().ok_or_else(|| input.error(JsonErrorKind::Version))?;
        *place = part.parse().map_err(|_| input.error(JsonErrorKind::Version))?;
    }
    Ok(versions)
}

fn read_constant<'a>(input: &mut JsonReader<'_>, arena: &'a Arena) -> Result<Constant<'a>, JsonError> {
    input.symbol(b'{')?;
    input.key("kind")?;
    let kind = input.string()?;
    input.next_key("repr")?;
    let repr = input.string()?;
    let constant = parse_constant(&kind, &repr, arena).map_err(|_| input.error(JsonErrorKind::Constant))?;
    input.symbol(b'}')?;
    Ok(constant)
}

struct Source<'a, 't, 'i> {
    input: JsonReader<'t>,
    arena: &'a Arena,
    interner: &'i mut Interner,
    /// Whether the next item is the first of its sequence.
    first: bool,
}

impl<'a> TreeSource<'a> for Source<'a, '_, '_> {
    type Error = TreeError;

    fn begin_node(
        &mut self,
        family: Family,
        may_be_absent: bool,
    ) -> Result<Option<(Class, Span)>, TreeError> {
        if may_be_absent && self.input.null() {
            self.first = false;
            return Ok(None);
        }
        self.input.symbol(b'{')?;
        self.input.key("class")?;
        let class = Class::from_name(&self.input.string()?).filter(|class| class.info().family == family);
        let class = class.ok_or_else(|| self.input.error(JsonErrorKind::Class))?;
        let mut span = Span::default();
        if class.info().span {
            self.input.next_key("span")?;
            self.input.symbol(b'[')?;
            span.start = self.input.number()?;
            self.input.symbol(b',')?;
            span.end = self.input.number()?;
            self.input.symbol(b']')?;
        }
        Ok(Some((class, span)))
    }

    fn field(&mut self, field: &FieldInfo) -> Result<(), TreeError> {
        Ok(self.input.next_key(field.name)?)
    }

    fn end_node(&mut self) -> Result<(), TreeError> {
        self.first = false;
        Ok(self.input.symbol(b'}')?)
    }

    fn begin_list(&mut self) -> Result<Option<usize>, TreeError> {
        self.first = true;
        self.input.symbol(b'[')?;
        Ok(None)
    }

    fn another_item(&mut self) -> Result<bool, TreeError> {
        if self.input.at(b']') {
            self.input.symbol(b']')?;
            self.first = false;
            return Ok(false);
        }
        if !std::mem::replace(&mut self.first, false) {
            self.input.symbol(b',')?;
        }
        Ok(true)
    }

    fn is_present(&mut self) -> Result<bool, TreeError> {
        Ok(!self.input.null())
    }

    fn identifier(&mut self) -> Result<Identifier, TreeError> {
        Ok(self.interner.intern(&self.input.string()?))
    }

    fn str(&mut self) -> Result<&'a str, TreeError> {
        Ok(self.arena.alloc_str(&self.input.string()?))
    }

    fn int(&mut self) -> Result<u32, TreeError> {
        Ok(self.input.number()?)
    }

    fn bool(&mut self) -> Result<bool, TreeError> {
        Ok(self.input.bool()?)
    }

    fn constant(&mut self) -> Result<Constant<'a>, TreeError> {
        Ok(read_constant(&mut self.input, self.arena)?)
    }

    fn conversion(&mut self) -> Result<Conversion, TreeError> {
        let number = self.input.number()?;
        Ok(Conversion::from_number(number).ok_or_else(|| self.input.error(JsonErrorKind::Conversion))?)
    }

    fn symbol(&mut self, ty: SymbolType) -> Result<Symbol, TreeError> {
        let name = self.input.string()?;
        Ok(Symbol::from_name(ty, &name).ok_or_else(|| self.input.error(JsonErrorKind::Symbol))?)
    }

    fn unbalanced(&self) -> TreeError {
        TreeError::Unbalanced
    }

    fn too_deep(&self, _: u32) -> TreeError {
        self.input.error(JsonErrorKind::TooDeep).into()
    }
}
