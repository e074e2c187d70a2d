//! Reads code objects.
//! Invariant: no allocation is larger than sixteen times the bytes left in its section, or the text that it
//! is a copy of, but for a constant; the copies of texts are together not larger than a multiple of the
//! artifact.

use super::{LARGE, LARGE_TEXT, kind};
use crate::chunks::Chunks;
use crate::code::{Code, CodeFlags, Const, LocalKind};
use crate::code_ref::{CodeRef, Head, KindCounts};
use num_bigint::BigInt;
use std::sync::Arc;
use taipan_artifact::{Artifact, Decoder, Header, Kind, Limits, ReadError, SectionId, probe};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Constants within constants that are read.
pub const MAX_CONST_DEPTH: u32 = 200;

/// Code objects within code objects that are read.
pub const MAX_CODE_DEPTH: u32 = 400;

/// Reads the artifact of a code object: where it comes from, and the code object as data.
///
/// # Errors
/// See [`ReadError`].
pub fn decode_code(bytes: &[u8], limits: Limits) -> Result<(Header, Code), ReadError> {
    decode_with(bytes, limits, |_| ())
}

/// Where in an artifact a code object stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The offset of its record.
    pub content: u32,
    /// The offset of its positions; 0 if they were stripped.
    pub positions: u32,
    /// How many code objects it is with those inside it.
    pub size: u32,
}

/// The same, and tells where each code object stands, in the order of their records.
pub(super) fn decode_with(
    bytes: &[u8],
    limits: Limits,
    place: impl FnMut(Place),
) -> Result<(Header, Code), ReadError> {
    let artifact = Artifact::read(bytes, Kind::Code, limits)?;
    let input = artifact.decoder(SectionId::CONTENT)?;
    let positions = artifact.optional_decoder(SectionId::POSITIONS);
    let texts = texts(&mut artifact.decoder(SectionId::NAMES)?)?;
    let code = Reader::new(input, positions, &texts, bytes.len()).all(place)?;
    Ok((artifact.header, code))
}

pub(super) fn texts<'b>(input: &mut Decoder<'b>) -> Result<Vec<Wtf8<'b>>, ReadError> {
    let count = input.count(1)?;
    let mut texts = Vec::with_capacity(count);
    for _ in 0..count {
        texts.push(input.wtf8()?);
    }
    input.finish()?;
    Ok(texts)
}

pub(super) struct Reader<'b, 't> {
    input: Decoder<'b>,
    positions: Option<Decoder<'b>>,
    texts: &'t [Wtf8<'b>],
    budget: usize,
    /// The code objects of the constants of the one being read.
    nested: Vec<CodeRef>,
}

impl<'b, 't> Reader<'b, 't> {
    /// A reader of an artifact of `size` bytes.
    pub(super) fn new(
        input: Decoder<'b>,
        positions: Option<Decoder<'b>>,
        texts: &'t [Wtf8<'b>],
        size: usize,
    ) -> Self {
        let budget = size.saturating_mul(64).saturating_add(1 << 20);
        Reader { input, positions, texts, budget, nested: Vec::new() }
    }

    fn all(&mut self, mut place: impl FnMut(Place)) -> Result<Code, ReadError> {
        // a code object takes at least this many bytes
        let count = self.input.count(18)?;
        // each with its depth, and how many code objects it is
        let mut done: Vec<(Arc<Code>, u32, u32)> = Vec::with_capacity(count);
        for left in (0..count).rev() {
            let offset = self.input.offset();
            let content = offset as u32;
            let positions = self.positions.as_ref().map_or(0, |input| input.offset() as u32);
            let mut size = 1;
            let (code, depth) = self.code(|children| {
                let from = done.len().checked_sub(children)?;
                let children = done.drain(from..).rev();
                let children = children.map(|(child, depth, inner)| {
                    size += inner;
                    (child.into(), depth)
                });
                Some(children.collect())
            })?;
            place(Place { content, positions, size });
            if left == 0 {
                if !done.is_empty() {
                    return Err(children_count(offset, 0));
                }
                self.input.finish()?;
                self.positions.as_ref().map_or(Ok(()), Decoder::finish)?;
                return Ok(code);
            }
            done.push((Arc::new(code), depth, size));
        }
        Err(ReadError::UnexpectedEnd { offset: self.input.offset(), needed: 1 })
    }

    /// One code object and its depth. Those of its constants are given when their number is known, the last one
    /// first and each with its depth.
    pub(super) fn code(
        &mut self,
        children: impl FnOnce(usize) -> Option<Vec<(CodeRef, u32)>>,
    ) -> Result<(Code, u32), ReadError> {
        let offset = self.input.offset();
        let mut code = self.head()?;
        code.linetable = self.positions()?;
        // each is a constant of two bytes
        let count = self.input.count(2)?;
        let mut depth = 1;
        self.nested.clear();
        for (child, inner) in children(count).ok_or(children_count(offset, count))? {
            depth = depth.max(inner + 1);
            self.nested.push(child);
        }
        if depth > MAX_CODE_DEPTH {
            return Err(ReadError::Depth { offset, limit: MAX_CODE_DEPTH });
        }
        code.consts = self.consts()?;
        if self.nested.is_empty() { Ok((code, depth)) } else { Err(children_count(offset, count)) }
    }

    /// What stands at the beginning of a code object.
    fn beginning(&mut self) -> Result<Head<'b>, ReadError> {
        Ok(Head {
            argcount: self.input.u32()?,
            posonlyargcount: self.input.u32()?,
            kwonlyargcount: self.input.u32()?,
            stacksize: self.input.u32()?,
            flags: CodeFlags(self.input.u32()?),
            firstlineno: self.line()?,
            filename: self.borrowed()?,
            name: self.borrowed()?,
            qualname: self.borrowed()?,
            kinds: KindCounts::default(),
            docstring: None,
        })
    }

    /// What a code object says before its instructions, its locals counted and its docstring looked up.
    pub(super) fn skim(&mut self) -> Result<Head<'b>, ReadError> {
        let mut head = self.beginning()?;
        self.input.bytes()?;
        self.input.bytes()?;
        for _ in 0..self.input.count(2)? {
            self.borrowed()?;
        }
        for _ in 0..self.input.count(3)? {
            self.borrowed()?;
            head.kinds.add(LocalKind(self.input.u8()?));
        }
        if head.flags.has(CodeFlags::HAS_DOCSTRING) {
            self.input.count(2)?;
            if self.input.count(2)? > 0 && self.array()? == [kind::STR, 0] {
                head.docstring = Some(self.borrowed()?);
            }
        }
        Ok(head)
    }

    fn positions(&mut self) -> Result<Vec<u8>, ReadError> {
        match &mut self.positions {
            Some(input) => Ok(input.bytes()?.to_vec()),
            None => Ok(Vec::new()),
        }
    }

    /// All but the constants.
    fn head(&mut self) -> Result<Code, ReadError> {
        let head = self.beginning()?;
        let code = Code {
            argcount: head.argcount,
            posonlyargcount: head.posonlyargcount,
            kwonlyargcount: head.kwonlyargcount,
            stacksize: head.stacksize,
            flags: head.flags,
            firstlineno: head.firstlineno,
            filename: self.copied(head.filename)?,
            name: self.copied(head.name)?,
            qualname: self.copied(head.qualname)?,
            code: self.input.bytes()?.to_vec(),
            exceptiontable: self.input.bytes()?.to_vec(),
            names: self.names()?,
            localspluskinds: Vec::new(),
            localsplusnames: Vec::new(),
            consts: Vec::new(),
            linetable: Vec::new(),
        };
        self.locals(code)
    }

    fn line(&mut self) -> Result<i32, ReadError> {
        let offset = self.input.offset();
        i32::try_from(self.input.i64()?).map_err(|_| ReadError::Integer { offset })
    }

    fn names(&mut self) -> Result<Vec<Wtf8Buf>, ReadError> {
        let count = self.input.count(2)?;
        let mut names = Vec::with_capacity(count);
        for _ in 0..count {
            names.push(self.text()?);
        }
        Ok(names)
    }

    fn locals(&mut self, mut code: Code) -> Result<Code, ReadError> {
        let count = self.input.count(3)?;
        code.localsplusnames.reserve_exact(count);
        code.localspluskinds.reserve_exact(count);
        for _ in 0..count {
            code.localsplusnames.push(self.text()?);
            code.localspluskinds.push(LocalKind(self.input.u8()?));
        }
        Ok(code)
    }

    fn borrowed(&mut self) -> Result<Wtf8<'b>, ReadError> {
        let offset = self.input.offset();
        let mut index = u32::from(u16::from_le_bytes(self.array()?));
        if index == u32::from(LARGE_TEXT) {
            index = u32::from_le_bytes(self.array()?);
            if index < u32::from(LARGE_TEXT) {
                return Err(ReadError::Integer { offset });
            }
        }
        let bad = ReadError::Tag { offset, of: "text", found: index };
        usize::try_from(index).ok().and_then(|at| self.texts.get(at)).copied().ok_or(bad)
    }

    fn text(&mut self) -> Result<Wtf8Buf, ReadError> {
        let text = self.borrowed()?;
        self.copied(text)
    }

    /// A copy of a text, if there may be so many.
    fn copied(&mut self, text: Wtf8<'_>) -> Result<Wtf8Buf, ReadError> {
        let too_large = ReadError::TooLarge { size: text.len() as u64, limit: self.budget as u64 };
        self.budget = self.budget.checked_sub(text.len()).ok_or(too_large)?;
        probe::note(text.len());
        Ok(text.to_buf())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut array = [0; N];
        array.copy_from_slice(self.input.raw(N)?);
        Ok(array)
    }

    fn consts(&mut self) -> Result<Vec<Const>, ReadError> {
        let count = self.input.count(2)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(match self.constant()? {
                Item::Whole(constant) => constant,
                Item::Open(kind, left) => self.container(Frame { kind, left, items: Vec::new() })?,
            });
        }
        Ok(items)
    }

    /// The items of a container, and the container itself; containers within wait on a stack.
    fn container(&mut self, mut frame: Frame) -> Result<Const, ReadError> {
        let mut around = Chunks::default();
        frame.items.reserve_exact(frame.left);
        loop {
            while frame.left > 0 {
                frame.left -= 1;
                match self.constant()? {
                    Item::Whole(constant) => frame.items.push(constant),
                    Item::Open(kind, left) => {
                        if around.len() as u32 + 1 >= MAX_CONST_DEPTH {
                            let offset = self.input.offset();
                            return Err(ReadError::Depth { offset, limit: MAX_CONST_DEPTH });
                        }
                        let inner = Frame { kind, left, items: Vec::with_capacity(left) };
                        around.push(std::mem::replace(&mut frame, inner), self.input.left());
                    }
                }
            }
            let done = frame.finish();
            match around.pop() {
                Some(outer) => frame = outer,
                None => return Ok(done),
            }
            frame.items.push(done);
        }
    }

    fn constant(&mut self) -> Result<Item, ReadError> {
        let offset = self.input.offset();
        let [kind, small] = self.array()?;
        let plain = |constant| match small {
            0 => Ok(Item::Whole(constant)),
            _ => {
                Err(ReadError::Tag { offset, of: "constant", found: u32::from(kind) << 8 | u32::from(small) })
            }
        };
        match kind {
            kind::NONE => plain(Const::None),
            kind::FALSE => plain(Const::Bool(false)),
            kind::TRUE => plain(Const::Bool(true)),
            kind::ELLIPSIS => plain(Const::Ellipsis),
            kind::INT => self.int(small).map(Item::Whole),
            kind::FLOAT => plain(Const::Float(self.input.f64()?)),
            kind::COMPLEX => plain(Const::Complex(self.input.f64()?, self.input.f64()?)),
            kind::STR => plain(Const::Str(self.text()?)),
            kind::BYTES => {
                let size = self.size(small, 1)?;
                Ok(Item::Whole(Const::Bytes(self.input.raw(size)?.to_vec())))
            }
            kind::TUPLE | kind::FROZENSET => Ok(Item::Open(kind, self.size(small, 2)?)),
            kind::SLICE if small == 0 => Ok(Item::Open(kind, 3)),
            kind::CODE => {
                let code = self.nested.pop();
                plain(Const::Code(code.ok_or(ReadError::Tag { offset, of: "code object", found: 0 })?))
            }
            _ => Err(ReadError::Tag { offset, of: "constant", found: kind.into() }),
        }
    }

    /// A size that stands in the small number or after it; items are of at least `least` bytes.
    fn size(&mut self, small: u8, least: usize) -> Result<usize, ReadError> {
        let offset = self.input.offset();
        let (size, left) = (usize::from(small), self.input.left());
        if small != LARGE {
            let fits = size * least <= left;
            return if fits { Ok(size) } else { Err(ReadError::Count { offset, count: small.into(), left }) };
        }
        let size = self.input.count(least)?;
        if size < usize::from(LARGE) { Err(ReadError::Integer { offset }) } else { Ok(size) }
    }

    fn int(&mut self, small: u8) -> Result<Const, ReadError> {
        let offset = self.input.offset();
        let size = self.size(small, 1)?;
        let bytes = self.input.raw(size)?;
        // the highest byte says more than the sign of the one below it
        let shortest = match bytes {
            [.., below, high] => !matches!((high, below >> 7), (0, 0) | (0xFF, 1)),
            [_] => true,
            [] => false,
        };
        if shortest {
            Ok(Const::Int(BigInt::from_signed_bytes_le(bytes)))
        } else {
            Err(ReadError::Integer { offset })
        }
    }
}

/// A code object that does not hold as many others as it says.
fn children_count(offset: usize, found: usize) -> ReadError {
    ReadError::Tag { offset, of: "number of code objects", found: found as u32 }
}

/// A container that is being read.
struct Frame {
    kind: u8,
    left: usize,
    items: Vec<Const>,
}

impl Frame {
    fn finish(self) -> Const {
        match self.kind {
            kind::FROZENSET => Const::FrozenSet(self.items),
            kind::SLICE => <[Const; 3]>::try_from(self.items)
                .map_or_else(Const::Tuple, |parts| Const::Slice(Box::new(parts))),
            _ => Const::Tuple(self.items),
        }
    }
}

enum Item {
    Whole(Const),
    Open(u8, usize),
}
