//! The binary form. The sections of the container:
//!
//! - NAMES: the names, each once, in order of first use;
//! - CONTENT: the length of the source, then the nodes before their children: a class's number, its
//!   fields in order; 0 for a node that is absent, 0 or 1 before another optional value, a count
//!   before a sequence; names by their place in NAMES;
//! - POSITIONS: the lengths of the source's lines but the last; then for each node that has a range, in
//!   the same order, how far its start is from the one before, and its length. Without this section all
//!   ranges are empty;
//! - SOURCE: the decoded source.

mod constant;

use super::assemble::{TreeSource, read_tree};
use super::walk::{TreeSink, write_tree};
use super::{Tree, TreeError, TreeInfo};
use crate::class::{FieldInfo, Many};
use crate::view::Value;
use crate::{Arena, Class, Constant, Conversion, Family, Identifier, Interner, Node, Symbol, SymbolType};
use rustc_hash::FxHashMap;
use taipan_artifact::{Artifact, ArtifactBuilder, Decoder, Encoder, Kind, Limits, ReadError, SectionId};
use taipan_span::{LineIndex, Span};

/// The binary form of a tree.
pub(super) fn write(tree: &Tree<'_>, interner: &Interner) -> Vec<u8> {
    let mut sink = Sink {
        interner,
        content: Encoder::with_capacity(tree.info.source_len as usize),
        positions: Encoder::new(),
        last_start: 0,
        names: Encoder::new(),
        numbers: FxHashMap::default(),
    };
    sink.content.u32(tree.info.source_len);
    if let Some(lines) = &tree.info.lines {
        sink.positions.count(lines.lengths().len());
        lines.lengths().for_each(|length| sink.positions.u32(length));
    }
    write_tree(Node::Mod(&tree.module), &mut sink);
    let mut names = Encoder::new();
    names.count(sink.numbers.len());
    names.raw(&sink.names.into_bytes());
    let mut builder = ArtifactBuilder::new(Kind::Tree, tree.info.header());
    if let Some(source) = &tree.info.source {
        builder.section(SectionId::SOURCE, source.clone().into_bytes());
    }
    builder.section(SectionId::NAMES, names.into_bytes());
    builder.section(SectionId::CONTENT, sink.content.into_bytes());
    if tree.info.lines.is_some() {
        builder.section(SectionId::POSITIONS, sink.positions.into_bytes());
    }
    builder.finish()
}

struct Sink<'i> {
    interner: &'i Interner,
    content: Encoder,
    positions: Encoder,
    last_start: u32,
    names: Encoder,
    numbers: FxHashMap<Identifier, u32>,
}

impl Sink<'_> {
    fn name(&mut self, name: Identifier) {
        let next = self.numbers.len() as u32;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.names.str(self.interner.resolve(name));
        }
        self.content.u32(number);
    }
}

impl TreeSink for Sink<'_> {
    fn begin_node(&mut self, node: Node<'_>) {
        self.content.u8(node.class() as u8);
        if let Some(span) = node.span() {
            self.positions.i64(i64::from(span.start) - i64::from(self.last_start));
            self.positions.u32(span.end.saturating_sub(span.start));
            self.last_start = span.start;
        }
    }

    fn field(&mut self, _: &FieldInfo) {}

    fn end_node(&mut self, _: Class) {}

    fn begin_list(&mut self, _: &FieldInfo, len: usize) {
        self.content.count(len);
    }

    fn end_list(&mut self) {}

    fn absent(&mut self, _: &FieldInfo) {
        self.content.u8(0);
    }

    fn scalar(&mut self, field: &FieldInfo, value: Value<'_>) {
        if field.many == Many::Optional {
            self.content.u8(1);
        }
        match value {
            Value::Identifier(name) => self.name(name),
            Value::Str(text) => self.content.str(text),
            Value::Int(number) => self.content.u32(number),
            Value::Bool(value) => self.content.bool(value),
            Value::Constant(value) => constant::write(&mut self.content, value),
            Value::Conversion(value) => self.content.i64(value.number().into()),
            Value::Symbol(symbol) => self.content.u8(symbol.number()),
            Value::Absent | Value::Node(_) | Value::List(_) => {}
        }
    }
}

/// Reads the binary form.
pub(super) fn read<'a>(
    bytes: &[u8],
    limits: Limits,
    arena: &'a Arena,
    interner: &mut Interner,
) -> Result<Tree<'a>, TreeError> {
    let artifact = Artifact::read(bytes, Kind::Tree, limits)?;
    let mut content = artifact.decoder(SectionId::CONTENT)?;
    let source_len = content.u32()?;
    let names = read_names(artifact.decoder(SectionId::NAMES)?, interner)?;
    let mut positions = artifact.optional_decoder(SectionId::POSITIONS);
    let lines = positions.as_mut().map(|input| read_lines(input, source_len)).transpose()?;
    let mut source = Source { content, positions, last_start: 0, names, used: 0, arena };
    let module = read_tree(&mut source, arena, limits.depth)?;
    source.content.finish()?;
    if let Some(positions) = source.positions {
        positions.finish()?;
    }
    if source.used != source.names.len() {
        return Err(TreeError::NameOrder { index: source.used as u32 });
    }
    let text = artifact.source()?;
    let derived = text.map(|text| LineIndex::new(text.as_bytes()));
    if lines.is_some() && derived.is_some() && lines != derived {
        return Err(TreeError::Lines);
    }
    Ok(Tree { info: TreeInfo::from_header(artifact.header, source_len, text, lines)?, module })
}

fn read_lines(input: &mut Decoder<'_>, source_len: u32) -> Result<LineIndex, TreeError> {
    let count = input.count(1)?;
    let lengths = (0..count).map(|_| input.u32()).collect::<Result<Vec<u32>, ReadError>>()?;
    LineIndex::from_lengths(lengths, source_len).ok_or(TreeError::Lines)
}

fn read_names(mut input: Decoder<'_>, interner: &mut Interner) -> Result<Vec<Identifier>, TreeError> {
    let count = input.count(1)?;
    let mut names = Vec::with_capacity(count);
    let mut seen = FxHashMap::default();
    for index in 0..count {
        let name = interner.intern(input.str()?);
        if seen.insert(name, ()).is_some() {
            return Err(TreeError::NameOrder { index: index as u32 });
        }
        names.push(name);
    }
    input.finish()?;
    Ok(names)
}

struct Source<'a, 'b> {
    content: Decoder<'b>,
    positions: Option<Decoder<'b>>,
    last_start: u32,
    names: Vec<Identifier>,
    /// How many of the names were used so far.
    used: usize,
    arena: &'a Arena,
}

impl Source<'_, '_> {
    fn span(&mut self) -> Result<Span, ReadError> {
        let Some(input) = &mut self.positions else { return Ok(Span::default()) };
        let offset = input.offset();
        let start = i64::from(self.last_start).checked_add(input.i64()?);
        let start = start.and_then(|start| u32::try_from(start).ok()).ok_or(ReadError::Integer { offset })?;
        let end = start.checked_add(input.u32()?).ok_or(ReadError::Integer { offset })?;
        self.last_start = start;
        Ok(Span::new(start, end))
    }
}

impl<'a> TreeSource<'a> for Source<'a, '_> {
    type Error = TreeError;

    fn begin_node(
        &mut self,
        family: Family,
        may_be_absent: bool,
    ) -> Result<Option<(Class, Span)>, TreeError> {
        let offset = self.content.offset();
        let number = self.content.u8()?;
        if number == 0 && may_be_absent {
            return Ok(None);
        }
        let class = Class::from_number(number).filter(|class| class.info().family == family);
        let class =
            class.ok_or(ReadError::Tag { offset, of: "class of nodes here", found: number.into() })?;
        let span = if class.info().span { self.span()? } else { Span::default() };
        Ok(Some((class, span)))
    }

    fn field(&mut self, _: &FieldInfo) -> Result<(), TreeError> {
        Ok(())
    }

    fn end_node(&mut self) -> Result<(), TreeError> {
        Ok(())
    }

    fn begin_list(&mut self) -> Result<Option<usize>, TreeError> {
        Ok(Some(self.content.count(1)?))
    }

    fn another_item(&mut self) -> Result<bool, TreeError> {
        Err(TreeError::Unbalanced)
    }

    fn is_present(&mut self) -> Result<bool, TreeError> {
        Ok(self.content.bool()?)
    }

    fn identifier(&mut self) -> Result<Identifier, TreeError> {
        let offset = self.content.offset();
        let number = self.content.u32()?;
        let index = number as usize;
        let name = *self.names.get(index).ok_or(ReadError::Tag { offset, of: "name", found: number })?;
        if index > self.used {
            return Err(TreeError::NameOrder { index: number });
        }
        self.used = self.used.max(index + 1);
        Ok(name)
    }

    fn str(&mut self) -> Result<&'a str, TreeError> {
        Ok(self.arena.alloc_str(self.content.str()?))
    }

    fn int(&mut self) -> Result<u32, TreeError> {
        Ok(self.content.u32()?)
    }

    fn bool(&mut self) -> Result<bool, TreeError> {
        Ok(self.content.bool()?)
    }

    fn constant(&mut self) -> Result<Constant<'a>, TreeError> {
        Ok(constant::read(&mut self.content, self.arena)?)
    }

    fn conversion(&mut self) -> Result<Conversion, TreeError> {
        let offset = self.content.offset();
        let number = self.content.i64()?;
        let bad = ReadError::Tag { offset, of: "conversion", found: number as u32 };
        Ok(Conversion::from_number(number).ok_or(bad)?)
    }

    fn symbol(&mut self, ty: SymbolType) -> Result<Symbol, TreeError> {
        let offset = self.content.offset();
        let number = self.content.u8()?;
        let bad = ReadError::Tag { offset, of: "symbol here", found: number.into() };
        Ok(Symbol::from_number(ty, number).ok_or(bad)?)
    }

    fn unbalanced(&self) -> TreeError {
        TreeError::Unbalanced
    }

    fn too_deep(&self, limit: u32) -> TreeError {
        ReadError::Depth { offset: self.content.offset(), limit }.into()
    }
}
