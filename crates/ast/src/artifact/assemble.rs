//! Puts a tree together: asks a source for every node, field and value, in order.
//! Invariant: keeps its own stack, whose depth is limited; a node is made when all its fields are, so
//! that nothing is allocated for what was not read.

use crate::class::{FieldInfo, FieldType, Many};
use crate::generated::stacks::Stacks;
use crate::{Arena, Class, Constant, Conversion, Family, Identifier, Mod, Symbol, SymbolType};
use taipan_span::Span;

/// What a tree is read from.
pub trait TreeSource<'a> {
    /// Why there is no tree.
    type Error;

    /// A node of this family begins; none if it may be absent and is.
    fn begin_node(
        &mut self,
        family: Family,
        may_be_absent: bool,
    ) -> Result<Option<(Class, Span)>, Self::Error>;
    /// A field of the node that began last and has not ended.
    fn field(&mut self, field: &FieldInfo) -> Result<(), Self::Error>;
    /// The innermost node ends.
    fn end_node(&mut self) -> Result<(), Self::Error>;
    /// A sequence begins; its length if that is known already.
    fn begin_list(&mut self) -> Result<Option<usize>, Self::Error>;
    /// Whether another item follows in a sequence of unknown length, which ends otherwise.
    fn another_item(&mut self) -> Result<bool, Self::Error>;
    /// Whether an optional value that is no node is there.
    fn is_present(&mut self) -> Result<bool, Self::Error>;
    /// A name.
    fn identifier(&mut self) -> Result<Identifier, Self::Error>;
    /// Text.
    fn str(&mut self) -> Result<&'a str, Self::Error>;
    /// A number.
    fn int(&mut self) -> Result<u32, Self::Error>;
    /// A truth value.
    fn bool(&mut self) -> Result<bool, Self::Error>;
    /// The value of a literal.
    fn constant(&mut self) -> Result<Constant<'a>, Self::Error>;
    /// The conversion of a replacement field.
    fn conversion(&mut self) -> Result<Conversion, Self::Error>;
    /// A context or operator.
    fn symbol(&mut self, ty: SymbolType) -> Result<Symbol, Self::Error>;
    /// The error for what does not fit together: a bug of the source.
    fn unbalanced(&self) -> Self::Error;
    /// The error for a tree of more than `limit` levels.
    fn too_deep(&self, limit: u32) -> Self::Error;
}

/// A node whose fields are being read.
struct Frame {
    class: Class,
    span: Span,
    next_field: usize,
    list: Option<OpenList>,
}

/// A sequence whose items are being read: the field before `next_field`.
struct OpenList {
    read: usize,
    length: Option<usize>,
}

struct Assembler<'a, 's, S> {
    source: &'s mut S,
    arena: &'a Arena,
    stacks: Stacks<'a>,
    frames: Vec<Frame>,
    max_depth: u32,
}

/// Reads a module of at most `max_depth` levels.
pub fn read_tree<'a, S: TreeSource<'a>>(
    source: &mut S,
    arena: &'a Arena,
    max_depth: u32,
) -> Result<Mod<'a>, S::Error> {
    let mut assembler = Assembler { source, arena, stacks: Stacks::default(), frames: Vec::new(), max_depth };
    assembler.begin_node(Family::Mod, false)?;
    while let Some(frame) = assembler.frames.pop() {
        assembler.step(frame)?;
    }
    assembler.stacks.module.pop().ok_or_else(|| assembler.source.unbalanced())
}

impl<'a, S: TreeSource<'a>> Assembler<'a, '_, S> {
    /// Reads the next piece of the innermost open node, which is not on the stack.
    fn step(&mut self, mut frame: Frame) -> Result<(), S::Error> {
        let fields = frame.class.info().fields;
        if let Some(list) = &mut frame.list {
            let field =
                fields.get(frame.next_field.wrapping_sub(1)).ok_or_else(|| self.source.unbalanced())?;
            let more = match list.length {
                Some(length) => list.read < length,
                None => self.source.another_item()?,
            };
            if !more {
                self.stacks.counts.push(list.read);
                frame.list = None;
                self.frames.push(frame);
                return Ok(());
            }
            list.read += 1;
            self.frames.push(frame);
            return self.item(field);
        }
        let Some(field) = fields.get(frame.next_field) else {
            self.source.end_node()?;
            return self.build(&frame);
        };
        frame.next_field += 1;
        self.source.field(field)?;
        if matches!(field.many, Many::Sequence | Many::SequenceOfOptional) {
            frame.list = Some(OpenList { read: 0, length: self.source.begin_list()? });
        }
        self.frames.push(frame);
        match field.many {
            Many::One => self.item(field),
            Many::Optional => self.optional(field),
            Many::Sequence | Many::SequenceOfOptional => Ok(()),
        }
    }

    /// Begins a node, unless it is absent.
    fn begin_node(&mut self, family: Family, may_be_absent: bool) -> Result<bool, S::Error> {
        let Some((class, span)) = self.source.begin_node(family, may_be_absent)? else { return Ok(false) };
        if self.frames.len() >= self.max_depth as usize {
            return Err(self.source.too_deep(self.max_depth));
        }
        self.frames.push(Frame { class, span, next_field: 0, list: None });
        Ok(true)
    }

    /// Makes the node whose fields are all read, and counts it where its presence counts.
    fn build(&mut self, frame: &Frame) -> Result<(), S::Error> {
        self.stacks.build(frame.class, frame.span, self.arena).ok_or_else(|| self.source.unbalanced())?;
        let Some(parent) = self.frames.last().filter(|parent| parent.list.is_some()) else { return Ok(()) };
        let field = parent.class.info().fields.get(parent.next_field.wrapping_sub(1));
        if field.is_some_and(|field| field.many == Many::SequenceOfOptional) {
            let family = frame.class.info().family;
            self.stacks.push_optional(family, true).ok_or_else(|| self.source.unbalanced())?;
        }
        Ok(())
    }

    fn optional(&mut self, field: &FieldInfo) -> Result<(), S::Error> {
        let present = match field.ty {
            FieldType::Node(family) => self.begin_node(family, true)?,
            _ => {
                let present = self.source.is_present()?;
                if present {
                    self.scalar(field.ty)?;
                }
                present
            }
        };
        self.stacks.counts.push(present.into());
        Ok(())
    }

    /// Reads a value that is required, or an item of a sequence.
    fn item(&mut self, field: &FieldInfo) -> Result<(), S::Error> {
        let FieldType::Node(family) = field.ty else { return self.scalar(field.ty) };
        let may_be_absent = field.many == Many::SequenceOfOptional;
        if !self.begin_node(family, may_be_absent)? {
            self.stacks.push_optional(family, false).ok_or_else(|| self.source.unbalanced())?;
        }
        Ok(())
    }

    fn scalar(&mut self, ty: FieldType) -> Result<(), S::Error> {
        match ty {
            FieldType::Identifier => self.stacks.identifier.push(self.source.identifier()?),
            FieldType::Str => self.stacks.string.push(self.source.str()?),
            FieldType::Int => self.stacks.int.push(self.source.int()?),
            FieldType::Bool => self.stacks.bool.push(self.source.bool()?),
            FieldType::Constant => self.stacks.constant.push(self.source.constant()?),
            FieldType::Conversion => self.stacks.conversion.push(self.source.conversion()?),
            FieldType::Symbol(ty) => self.stacks.push_symbol(self.source.symbol(ty)?),
            FieldType::Node(_) => return Err(self.source.unbalanced()),
        }
        Ok(())
    }
}
