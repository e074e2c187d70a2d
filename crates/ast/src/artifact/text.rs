//! The text form:
//!
//! ```text
//! (ast 1 3.14 (producer 0 1 0) (name "x.py") (hash …) (options 14 -1 false false) (source 6 "x = 1\n") (lines)
//! (Module
//!  ((Assign 0..5
//!    ((Name 0..1 "x" Store))
//!    (Constant 4..5 (int 1) _)
//!    _))
//!  ()))
//! ```
//!
//! A node is a list: its class, its range if it has one, its fields in order. `_` is an absent value,
//! a sequence is a list without head. `(source 6)` is a source that was stripped: then the lengths of
//! its lines but the last stand behind `lines`. `(lines _)` are positions that were stripped.

use super::assemble::{TreeSource, read_tree};
use super::walk::{TreeSink, write_tree};
use super::{Tree, TreeError, TreeInfo, TreeOptions};
use crate::class::FieldInfo;
use crate::repr::{parse_constant, parse_int, write_constant};
use crate::view::Value;
use crate::{
    Arena, Class, Complex, Constant, Conversion, Family, Identifier, Interner, Node, Symbol, SymbolType,
};
use taipan_artifact::text::{TextErrorKind, TextReader, TextWriter};
use taipan_artifact::{Kind, LANGUAGE, LanguageVersion, Limits, ProducerVersion, ReadError, SourceHash};
use taipan_span::{LineIndex, Span};
use taipan_wtf8::Wtf8;

/// How the text form begins.
pub(super) const MARK: &str = "(ast ";

/// The text form of a tree.
pub(super) fn write(tree: &Tree<'_>, interner: &Interner) -> String {
    let mut out = TextWriter::new();
    out.open("ast").number(Kind::Tree.format_version()).number(LANGUAGE);
    write_info(&mut out, &tree.info);
    let mut sink = Sink { out, interner };
    write_tree(Node::Mod(&tree.module), &mut sink);
    sink.out.close();
    sink.out.finish()
}

fn write_info(out: &mut TextWriter, info: &TreeInfo) {
    let producer = info.producer;
    out.line().open("producer").number(producer.major).number(producer.minor).number(producer.patch).close();
    out.line().open("name").text(info.source_name.as_wtf8()).close();
    out.line().open("hash").number(info.source_hash).close();
    let options = info.options;
    out.line().open("options").number(options.feature_version).number(options.optimize);
    out.number(options.type_comments).number(options.barry_as_flufl).close();
    out.line().open("source").number(info.source_len);
    if let Some(source) = &info.source {
        out.str(source);
    }
    out.close().line().open("lines");
    match &info.lines {
        None => {
            out.word("_");
        }
        Some(_) if info.source.is_some() => {}
        Some(lines) => {
            for length in lines.lengths() {
                out.number(length);
            }
        }
    }
    out.close();
}

struct Sink<'i> {
    out: TextWriter,
    interner: &'i Interner,
}

impl TreeSink for Sink<'_> {
    fn begin_node(&mut self, node: Node<'_>) {
        self.out.line().open(node.class().info().name);
        if let Some(span) = node.span() {
            self.out.number(format_args!("{}..{}", span.start, span.end));
        }
    }

    fn field(&mut self, _: &FieldInfo) {}

    fn end_node(&mut self, _: Class) {
        self.out.close();
    }

    fn begin_list(&mut self, _: &FieldInfo, _: usize) {
        self.out.open_bare();
    }

    fn end_list(&mut self) {
        self.out.close();
    }

    fn absent(&mut self, _: &FieldInfo) {
        self.out.word("_");
    }

    fn scalar(&mut self, _: &FieldInfo, value: Value<'_>) {
        match value {
            Value::Identifier(name) => self.out.str(self.interner.resolve(name)),
            Value::Str(text) => self.out.str(text),
            Value::Int(number) => self.out.number(number),
            Value::Bool(value) => self.out.number(value),
            Value::Constant(value) => write_value(&mut self.out, value),
            Value::Conversion(value) => self.out.number(value.number()),
            Value::Symbol(symbol) => self.out.word(symbol.name()),
            Value::Absent | Value::Node(_) | Value::List(_) => &mut self.out,
        };
    }
}

fn write_value<'w>(out: &'w mut TextWriter, value: Constant<'_>) -> &'w mut TextWriter {
    match value {
        Constant::Str(text) => return out.open("str").text(text).close(),
        Constant::Bytes(bytes) => return out.open("bytes").bytes(bytes).close(),
        Constant::Complex(value) => {
            let (mut real, mut imag) = (String::new(), String::new());
            write_constant(&mut real, Constant::Float(value.real));
            write_constant(&mut imag, Constant::Float(value.imag));
            return out.open("complex").word(&real).word(&imag).close();
        }
        _ => {}
    }
    let mut word = String::new();
    write_constant(&mut word, value);
    match value {
        Constant::Int(_) => out.open("int").word(&word).close(),
        Constant::Float(_) => out.open("float").word(&word).close(),
        _ => out.word(&word),
    }
}

/// Reads the text form.
pub(super) fn read<'a>(
    text: &str,
    limits: Limits,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, TreeError> {
    if text.len() as u64 > limits.bytes {
        return Err(ReadError::TooLarge { size: text.len() as u64, limit: limits.bytes }.into());
    }
    let mut input = TextReader::new(text);
    input.open_bare()?;
    input.keyword("ast")?;
    let found: u32 = input.number()?;
    let expected = Kind::Tree.format_version();
    if found != expected {
        return Err(ReadError::FormatVersion { kind: Kind::Tree, expected, found }.into());
    }
    read_language(&mut input)?;
    let info = read_info(&mut input)?;
    let mut source = Source { input, arena, interner };
    let module = read_tree(&mut source, arena, limits.depth)?;
    source.input.close()?;
    source.input.finish()?;
    Ok(Tree { info, module })
}

fn read_language(input: &mut TextReader<'_>) -> Result<(), TreeError> {
    let word = input.word()?;
    let parts =
        word.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    let (major, minor) = parts.ok_or_else(|| input.error(TextErrorKind::ExpectedNumber))?;
    let found = LanguageVersion { major, minor };
    if found == LANGUAGE { Ok(()) } else { Err(ReadError::Language { expected: LANGUAGE, found }.into()) }
}

/// Reads `(keyword …)`.
fn within<'t, T>(
    input: &mut TextReader<'t>,
    keyword: &'static str,
    read: impl FnOnce(&mut TextReader<'t>) -> Result<T, TreeError>,
) -> Result<T, TreeError> {
    input.open_bare()?;
    input.keyword(keyword)?;
    let value = read(input)?;
    input.close()?;
    Ok(value)
}

fn read_info(input: &mut TextReader<'_>) -> Result<TreeInfo, TreeError> {
    let producer = within(input, "producer", |i| {
        Ok(ProducerVersion { major: i.number()?, minor: i.number()?, patch: i.number()? })
    })?;
    let source_name = within(input, "name", |i| Ok(i.text()?))?;
    let source_hash = within(input, "hash", |i| {
        let word = i.word()?;
        Ok(SourceHash::from_hex(word).ok_or_else(|| i.error(TextErrorKind::ExpectedNumber))?)
    })?;
    let options = within(input, "options", |i| {
        Ok(TreeOptions {
            feature_version: i.number()?,
            optimize: i.number()?,
            type_comments: i.number()?,
            barry_as_flufl: i.number()?,
        })
    })?;
    let (source_len, source) = within(input, "source", |i| {
        let length = i.number()?;
        let source = if i.at_close() { None } else { Some(i.str()?) };
        Ok((length, source))
    })?;
    let lines = within(input, "lines", |i| read_lines(i, source_len, source.as_deref()))?;
    Ok(TreeInfo { producer, source_name, source_hash, options, source_len, source, lines })
}

fn read_lines(
    input: &mut TextReader<'_>,
    source_len: u32,
    source: Option<&str>,
) -> Result<Option<LineIndex>, TreeError> {
    if input.eat("_") {
        return Ok(None);
    }
    if let Some(source) = source {
        return Ok(Some(LineIndex::new(source.as_bytes())));
    }
    let mut lengths = Vec::new();
    while !input.at_close() {
        lengths.push(input.number()?);
    }
    LineIndex::from_lengths(lengths, source_len).map(Some).ok_or(TreeError::Lines)
}

struct Source<'a, 't, 'i> {
    input: TextReader<'t>,
    arena: &'a Arena,
    interner: &'i mut Interner,
}

impl<'t> Source<'_, 't, '_> {
    fn unknown(&self, of: &'static str) -> TreeError {
        self.input.error(TextErrorKind::Unknown(of)).into()
    }

    fn span(&mut self) -> Result<Span, TreeError> {
        let word = self.input.word()?;
        let ends = word.split_once("..").and_then(|(start, end)| Some((digits(start)?, digits(end)?)));
        let (start, end) = ends.ok_or_else(|| self.unknown("range"))?;
        Ok(Span::new(start, end))
    }

    fn float(&mut self) -> Result<f64, TreeError> {
        let word = self.input.word()?;
        match parse_constant("float", word, self.arena) {
            Ok(Constant::Float(value)) => Ok(value),
            _ => Err(self.unknown("float")),
        }
    }

    fn constant_in_list(&mut self, kind: &str) -> Result<Constant<'static>, TreeError> {
        match kind {
            "float" => Ok(Constant::Float(self.float()?)),
            "complex" => Ok(Constant::Complex(Complex { real: self.float()?, imag: self.float()? })),
            _ => Err(self.unknown("kind of constant")),
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

impl<'a> TreeSource<'a> for Source<'a, '_, '_> {
    type Error = TreeError;

    fn begin_node(
        &mut self,
        family: Family,
        may_be_absent: bool,
    ) -> Result<Option<(Class, Span)>, TreeError> {
        if may_be_absent && !self.input.at_list() && self.input.eat("_") {
            return Ok(None);
        }
        let name = self.input.open()?;
        let class = Class::from_name(name).filter(|class| class.info().family == family);
        let class = class.ok_or_else(|| self.unknown("class of nodes here"))?;
        let span = if class.info().span { self.span()? } else { Span::default() };
        Ok(Some((class, span)))
    }

    fn field(&mut self, _: &FieldInfo) -> Result<(), TreeError> {
        Ok(())
    }

    fn end_node(&mut self) -> Result<(), TreeError> {
        Ok(self.input.close()?)
    }

    fn begin_list(&mut self) -> Result<Option<usize>, TreeError> {
        self.input.open_bare()?;
        Ok(None)
    }

    fn another_item(&mut self) -> Result<bool, TreeError> {
        if !self.input.at_close() {
            return Ok(true);
        }
        self.input.close()?;
        Ok(false)
    }

    fn is_present(&mut self) -> Result<bool, TreeError> {
        Ok(!self.input.eat("_"))
    }

    fn identifier(&mut self) -> Result<Identifier, TreeError> {
        Ok(self.interner.intern(&self.input.str()?))
    }

    fn str(&mut self) -> Result<&'a str, TreeError> {
        Ok(self.arena.alloc_str(&self.input.str()?))
    }

    fn int(&mut self) -> Result<u32, TreeError> {
        Ok(self.input.number()?)
    }

    fn bool(&mut self) -> Result<bool, TreeError> {
        Ok(self.input.number()?)
    }

    fn constant(&mut self) -> Result<Constant<'a>, TreeError> {
        if !self.input.at_list() {
            return match self.input.word()? {
                "None" => Ok(Constant::None),
                "True" => Ok(Constant::True),
                "False" => Ok(Constant::False),
                "Ellipsis" => Ok(Constant::Ellipsis),
                _ => Err(self.unknown("constant")),
            };
        }
        let constant = match self.input.open()? {
            "str" => {
                let bytes = self.arena.alloc_slice_copy(&self.input.text()?);
                Constant::Str(Wtf8::from_bytes(bytes).map_err(|_| self.unknown("str"))?)
            }
            "bytes" => Constant::Bytes(self.arena.alloc_slice_copy(&self.input.bytes()?)),
            "int" => {
                let word = self.input.word()?;
                Constant::Int(parse_int(word, self.arena).map_err(|_| self.unknown("int"))?)
            }
            kind => self.constant_in_list(kind)?,
        };
        self.input.close()?;
        Ok(constant)
    }

    fn conversion(&mut self) -> Result<Conversion, TreeError> {
        let number = self.input.number()?;
        Conversion::from_number(number).ok_or_else(|| self.unknown("conversion"))
    }

    fn symbol(&mut self, ty: SymbolType) -> Result<Symbol, TreeError> {
        let word = self.input.word()?;
        Symbol::from_name(ty, word).ok_or_else(|| self.unknown("symbol here"))
    }

    fn unbalanced(&self) -> TreeError {
        TreeError::Unbalanced
    }

    fn too_deep(&self, _: u32) -> TreeError {
        self.input.error(TextErrorKind::TooDeep).into()
    }
}
