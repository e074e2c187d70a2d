//! Reads marshalled values into whatever objects a [`Build`] makes, with a stack of its own.
//!
//! The code objects of CPython itself are read in [`Dialect::Reference`], so that the verifier can be
//! tried on them.
//! Invariant: no allocation has more items than there are bytes left, but for a constant.

use super::{FLAG_REF, MarshalError};
use crate::chunks::Chunks;
use num_bigint::{BigInt, Sign};
use taipan_artifact::probe;
use taipan_wtf8::Wtf8;

/// Values within values that are read.
pub const MAX_DEPTH: usize = 2000;

/// How a code object stands in the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// A length and an artifact.
    Taipan,
    /// Field by field, as CPython writes it.
    Reference,
}

/// A value that holds no others.
#[derive(Clone, PartialEq, Debug)]
pub enum Atom<'b> {
    /// `None`
    None,
    /// `StopIteration`
    StopIteration,
    /// `...`
    Ellipsis,
    /// `False` or `True`
    Bool(bool),
    /// An integer of 64 bits.
    Small(i64),
    /// An integer of any size.
    Int(BigInt),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// Bytes.
    Bytes(&'b [u8]),
    /// Text, and whether it is to be interned.
    Str(Wtf8<'b>, bool),
}

/// A value that holds others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A dictionary, which takes its items pair by pair.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// A slice: start, stop, step.
    Slice,
    /// The fields of a code object of CPython, numbers as integers.
    ReferenceCode,
}

/// Makes objects of what is read.
pub trait Build {
    /// An object.
    type Object;

    /// A value that holds no others.
    fn atom(&mut self, atom: Atom<'_>, offset: usize) -> Result<Self::Object, MarshalError>;

    /// A container about to be read, if it can be referred to from within.
    fn open(&mut self, kind: Container, length: usize) -> Result<Option<Self::Object>, MarshalError> {
        let _ = (kind, length);
        Ok(None)
    }

    /// A container that was read: what `open` gave, and what it holds.
    fn close(
        &mut self,
        kind: Container,
        opened: Option<Self::Object>,
        items: Vec<Self::Object>,
        offset: usize,
    ) -> Result<Self::Object, MarshalError>;

    /// A pair of key and value of a dictionary that `open` made.
    fn pair(
        &mut self,
        dict: Option<&mut Self::Object>,
        pair: [Self::Object; 2],
        offset: usize,
    ) -> Result<(), MarshalError>;

    /// A code object, which is an artifact.
    fn code(&mut self, artifact: &[u8], offset: usize) -> Result<Self::Object, MarshalError>;

    /// Another reference to an object.
    fn share(&mut self, object: &Self::Object, offset: usize) -> Result<Self::Object, MarshalError>;
}

struct Frame<O> {
    kind: Container,
    opened: Option<O>,
    items: Vec<O>,
    /// Objects to come; a dictionary ends by a null instead.
    left: usize,
    reference: Option<usize>,
}

enum Step<O> {
    Object(O),
    Opened,
    Null,
}

/// Marshalled values being read.
pub struct Reader<'b, B: Build> {
    input: &'b [u8],
    at: usize,
    dialect: Dialect,
    builder: B,
    references: Chunks<Option<B::Object>>,
    frames: Chunks<Frame<B::Object>>,
}

impl<'b, B: Build> Reader<'b, B> {
    /// Reads `input` from its start.
    pub fn new(input: &'b [u8], dialect: Dialect, builder: B) -> Self {
        Reader { input, at: 0, dialect, builder, references: Chunks::default(), frames: Chunks::default() }
    }

    /// The offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The builder.
    pub fn into_builder(self) -> B {
        self.builder
    }

    /// Refuses bytes that are left.
    pub fn finish(&self) -> Result<(), MarshalError> {
        if self.at < self.input.len() {
            return Err(MarshalError::TrailingBytes { offset: self.at });
        }
        Ok(())
    }

    /// Reads one value.
    ///
    /// # Errors
    /// See [`MarshalError`].
    pub fn value(&mut self) -> Result<B::Object, MarshalError> {
        self.references.clear();
        self.frames.clear();
        loop {
            let offset = self.at;
            let mut object = match self.step()? {
                Step::Object(object) => Some(object),
                Step::Opened => None,
                Step::Null => {
                    let dict = self.frames.last_mut().filter(|frame| frame.kind == Container::Dict);
                    let frame = dict.ok_or(MarshalError::Null { offset })?;
                    if !frame.items.is_empty() {
                        return Err(MarshalError::Null { offset });
                    }
                    frame.left = 0;
                    None
                }
            };
            loop {
                let Some(frame) = self.frames.last_mut() else {
                    return object.ok_or(MarshalError::Null { offset });
                };
                if let Some(object) = object.take() {
                    frame.items.push(object);
                    frame.left = frame.left.saturating_sub(1);
                    self.pair()?;
                }
                let Some(frame) = self.frames.last_mut() else { continue };
                if frame.left > 0 {
                    self.number_field()?;
                    break;
                }
                object = self.close()?;
            }
        }
    }

    /// Hands a dictionary its pair, if it is complete.
    fn pair(&mut self) -> Result<(), MarshalError> {
        let Some(frame) = self.frames.last_mut().filter(|frame| frame.kind == Container::Dict) else {
            return Ok(());
        };
        if frame.items.len() < 2 {
            return Ok(());
        }
        let (value, key) = (frame.items.pop(), frame.items.pop());
        let Some(pair) = key.zip(value) else { return Ok(()) };
        self.builder.pair(frame.opened.as_mut(), pair.into(), self.at)
    }

    fn close(&mut self) -> Result<Option<B::Object>, MarshalError> {
        let Some(frame) = self.frames.pop() else { return Ok(None) };
        let object = self.builder.close(frame.kind, frame.opened, frame.items, self.at)?;
        if let Some(slot) = frame.reference.and_then(|at| self.references.get_mut(at)) {
            *slot = Some(self.builder.share(&object, self.at)?);
        }
        Ok(Some(object))
    }

    /// The first line, a plain number, stands between the objects of the reference's code objects.
    fn number_field(&mut self) -> Result<(), MarshalError> {
        let at_number = |frame: &&mut Frame<_>| frame.kind == Container::ReferenceCode && frame.left == 3;
        if self.frames.last_mut().filter(at_number).is_some() {
            let number = self.small_atom()?;
            if let Some(frame) = self.frames.last_mut() {
                frame.items.push(number);
                frame.left -= 1;
            }
        }
        Ok(())
    }

    fn small_atom(&mut self) -> Result<B::Object, MarshalError> {
        let offset = self.at;
        let number = self.i32()?;
        self.builder.atom(Atom::Small(number.into()), offset)
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], MarshalError> {
        probe::note(self.left());
        let end = self.at.checked_add(count);
        let bytes = end
            .and_then(|end| self.input.get(self.at..end))
            .ok_or(MarshalError::UnexpectedEnd { offset: self.at })?;
        self.at += count;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MarshalError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u8(&mut self) -> Result<u8, MarshalError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    fn i32(&mut self) -> Result<i32, MarshalError> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// The number of items that follow, each of at least one byte.
    fn length(&mut self) -> Result<usize, MarshalError> {
        let offset = self.at;
        let length = self.i32()?;
        let left = self.left();
        let fits = usize::try_from(length).ok().filter(|length| *length <= left);
        fits.ok_or(MarshalError::Length { offset, length: length.into() })
    }

    /// The same in one byte.
    fn short_length(&mut self) -> Result<usize, MarshalError> {
        let offset = self.at;
        let length = self.u8()?;
        if usize::from(length) <= self.left() {
            return Ok(length.into());
        }
        Err(MarshalError::Length { offset, length: length.into() })
    }

    fn step(&mut self) -> Result<Step<B::Object>, MarshalError> {
        let offset = self.at;
        let byte = self.u8()?;
        let kind = byte & !FLAG_REF;
        let reference = byte & FLAG_REF != 0;
        let container = match kind {
            b'0' => return Ok(Step::Null),
            b'r' => return self.reference(offset).map(Step::Object),
            b')' => Some((Container::Tuple, self.short_length()?)),
            b'(' => Some((Container::Tuple, self.length()?)),
            b'[' => Some((Container::List, self.length()?)),
            b'<' => Some((Container::Set, self.length()?)),
            b'>' => Some((Container::FrozenSet, self.length()?)),
            b':' => Some((Container::Slice, 3)),
            b'{' => Some((Container::Dict, usize::MAX)),
            b'c' if self.dialect == Dialect::Reference => Some((Container::ReferenceCode, 16)),
            _ => None,
        };
        if let Some((kind, length)) = container {
            return self.begin(kind, length, reference);
        }
        let slot = reference.then(|| self.reserve());
        let object = if kind == b'c' {
            let length = self.length()?;
            let start = self.at;
            let artifact = self.take(length)?;
            self.builder.code(artifact, start)?
        } else {
            let atom = self.atom(kind, offset)?;
            self.builder.atom(atom, offset)?
        };
        if let Some(slot) = slot.and_then(|at| self.references.get_mut(at)) {
            *slot = Some(self.builder.share(&object, offset)?);
        }
        Ok(Step::Object(object))
    }

    fn left(&self) -> usize {
        self.input.len() - self.at
    }

    fn reserve(&mut self) -> usize {
        self.references.push(None, self.left());
        self.references.len() - 1
    }

    fn reference(&mut self, offset: usize) -> Result<B::Object, MarshalError> {
        let index = self.i32()?;
        let object = usize::try_from(index).ok().and_then(|at| self.references.get_mut(at)?.as_ref());
        self.builder.share(object.ok_or(MarshalError::Reference { offset })?, offset)
    }

    fn begin(
        &mut self,
        kind: Container,
        length: usize,
        reference: bool,
    ) -> Result<Step<B::Object>, MarshalError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(MarshalError::Depth { offset: self.at });
        }
        let reference = reference.then(|| self.reserve());
        let opened = self.builder.open(kind, length)?;
        if let (Some(at), Some(object)) = (reference, &opened) {
            let shared = self.builder.share(object, self.at)?;
            if let Some(slot) = self.references.get_mut(at) {
                *slot = Some(shared);
            }
        }
        // a dictionary holds one pair at a time
        let room = if kind == Container::Dict { 2 } else { length };
        let mut items = Vec::with_capacity(room);
        if kind == Container::ReferenceCode {
            for _ in 0..5 {
                items.push(self.small_atom()?);
            }
        }
        let left = length - items.len().min(length);
        self.frames.push(Frame { kind, opened, items, left, reference }, self.left());
        Ok(Step::Opened)
    }

    fn atom(&mut self, kind: u8, offset: usize) -> Result<Atom<'b>, MarshalError> {
        Ok(match kind {
            b'N' => Atom::None,
            b'F' => Atom::Bool(false),
            b'T' => Atom::Bool(true),
            b'S' => Atom::StopIteration,
            b'.' => Atom::Ellipsis,
            b'i' => Atom::Small(self.i32()?.into()),
            b'I' => Atom::Small(i64::from_le_bytes(self.array()?)),
            b'l' => Atom::Int(self.long()?),
            b'g' => Atom::Float(f64::from_le_bytes(self.array()?)),
            b'y' => Atom::Complex(f64::from_le_bytes(self.array()?), f64::from_le_bytes(self.array()?)),
            b'f' => Atom::Float(self.text_float()?),
            b'x' => Atom::Complex(self.text_float()?, self.text_float()?),
            b's' => {
                let length = self.length()?;
                Atom::Bytes(self.take(length)?)
            }
            b'u' | b't' => {
                let length = self.length()?;
                let (start, bytes) = (self.at, self.take(length)?);
                let text = Wtf8::from_bytes(bytes).map_err(|at| MarshalError::Text { offset: start + at })?;
                Atom::Str(text, kind == b't')
            }
            b'a' | b'A' => {
                let length = self.length()?;
                Atom::Str(self.ascii(length)?, kind == b'A')
            }
            b'z' | b'Z' => {
                let length = self.u8()?.into();
                Atom::Str(self.ascii(length)?, kind == b'Z')
            }
            found => return Err(MarshalError::UnknownType { offset, found }),
        })
    }

    fn ascii(&mut self, length: usize) -> Result<Wtf8<'b>, MarshalError> {
        let (start, bytes) = (self.at, self.take(length)?);
        if let Some(bad) = bytes.iter().position(|byte| !byte.is_ascii()) {
            return Err(MarshalError::Text { offset: start + bad });
        }
        Wtf8::from_bytes(bytes).map_err(|at| MarshalError::Text { offset: start + at })
    }

    fn text_float(&mut self) -> Result<f64, MarshalError> {
        let offset = self.at;
        let length = self.u8()?.into();
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| MarshalError::Float { offset })?;
        text.parse().map_err(|_| MarshalError::Float { offset })
    }

    /// Digits of 15 bits, the least significant first; their number carries the sign.
    fn long(&mut self) -> Result<BigInt, MarshalError> {
        let offset = self.at;
        let count = self.i32()?;
        let digits = usize::try_from(count.unsigned_abs())
            .ok()
            .and_then(|count| count.checked_mul(2))
            .ok_or(MarshalError::Integer { offset })?;
        let bytes = self.take(digits)?;
        let mut packed = Vec::with_capacity(digits);
        let (mut window, mut bits, mut top) = (0u32, 0, 1);
        for pair in bytes.chunks_exact(2) {
            let digit = pair.iter().rev().fold(0, |digit, byte| digit << 8 | u32::from(*byte));
            if digit > 0x7FFF {
                return Err(MarshalError::Integer { offset });
            }
            top = digit;
            window |= digit << bits;
            bits += 15;
            while bits >= 8 {
                packed.push(window as u8);
                window >>= 8;
                bits -= 8;
            }
        }
        packed.push(window as u8);
        if top == 0 {
            return Err(MarshalError::Integer { offset });
        }
        let sign = if count < 0 { Sign::Minus } else { Sign::Plus };
        Ok(BigInt::from_bytes_le(sign, &packed))
    }
}
