//! Writes code objects.

use super::{LARGE, LARGE_TEXT, MAX_CODE_DEPTH, MAX_CONST_DEPTH, WriteError, kind};
use crate::code::{Code, Const};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};
use taipan_artifact::{ArtifactBuilder, Encoder, Header, Kind, SectionId};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Code objects in one artifact.
const MAX_CODES: usize = 1 << 24;

/// The artifact of a code object and of all in its constants.
///
/// # Errors
/// What the format cannot hold: see [`WriteError`].
pub fn encode_code(code: &Code, header: &Header) -> Result<Vec<u8>, WriteError> {
    encode_code_after(Vec::new(), code, header)
}

/// The artifact of a code object and of all in its constants, behind other bytes.
///
/// # Errors
/// As [`encode_code`].
pub(crate) fn encode_code_after(
    before: Vec<u8>,
    code: &Code,
    header: &Header,
) -> Result<Vec<u8>, WriteError> {
    let codes = children_first(code)?;
    let mut texts = Texts::with_capacity(codes.iter().map(|code| code.names.len() + 2).sum::<usize>() / 2);
    let room = |part: fn(&Code) -> usize| Encoder::with_capacity(codes.iter().map(|code| part(code)).sum());
    let mut content = room(|code| code.code.len() + 4 * code.names.len() + 8 * code.consts.len() + 64);
    let mut positions = room(|code| code.linetable.len() + 4);
    content.count(codes.len());
    for code in codes {
        one(&mut content, &mut texts, code);
        positions.bytes(&code.linetable);
    }
    let mut builder = ArtifactBuilder::new(Kind::Code, header.clone());
    builder.section(SectionId::NAMES, texts.finish());
    builder.section(SectionId::CONTENT, content.into_bytes());
    builder.section(SectionId::POSITIONS, positions.into_bytes());
    Ok(builder.finish_after(before))
}

/// Places for short texts that were written lately, a power of two.
const LATELY: usize = 512;

/// An index of no text.
const NO_INDEX: u32 = u32::MAX;

/// A hash whose highest bits, which the table looks at as well, depend on all others.
const fn spread(hash: u32) -> u64 {
    (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Texts by their index.
struct Texts<'c> {
    order: Vec<Wtf8<'c>>,
    /// Hashes of the texts with their indices.
    index: HashTable<(u32, u32)>,
    /// The file that was written last, which mostly is that of all code.
    filename: (&'c [u8], u32),
    /// Short texts that were written lately, as numbers, and their indices: the same few names make up most
    /// of all.
    lately: Vec<(u128, u32)>,
}

impl<'c> Texts<'c> {
    /// No texts yet, with room for about so many.
    fn with_capacity(count: usize) -> Self {
        Texts {
            order: Vec::with_capacity(count),
            index: HashTable::with_capacity(count),
            filename: (&[], NO_INDEX),
            // no text is so long that its number has all bits
            lately: vec![(u128::MAX, 0); LATELY],
        }
    }

    #[inline]
    fn put(&mut self, out: &mut Encoder, text: &'c Wtf8Buf) {
        let index = self.index_of(text);
        Self::put_index(out, index);
    }

    fn put_filename(&mut self, out: &mut Encoder, text: &'c Wtf8Buf) {
        if self.filename.1 == NO_INDEX || self.filename.0 != &**text {
            self.filename = (text, self.index_of(text));
        }
        Self::put_index(out, self.filename.1);
    }

    #[inline]
    fn put_index(out: &mut Encoder, index: u32) {
        match u16::try_from(index) {
            Ok(short) if short != LARGE_TEXT => out.raw(&short.to_le_bytes()),
            _ => {
                out.raw(&LARGE_TEXT.to_le_bytes());
                out.raw(&index.to_le_bytes());
            }
        }
    }

    fn index_of(&mut self, text: &'c Wtf8Buf) -> u32 {
        let Some(word) = text.short_word() else { return self.find(text) };
        let hash = (word as u64 ^ ((word >> 64) as u64).rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let slot = (hash >> 40) as usize % LATELY;
        if let Some(&(found, index)) = self.lately.get(slot)
            && found == word
        {
            return index;
        }
        let index = self.find(text);
        if let Some(place) = self.lately.get_mut(slot) {
            *place = (word, index);
        }
        index
    }

    #[inline(never)]
    fn find(&mut self, text: &'c Wtf8Buf) -> u32 {
        let next = self.order.len() as u32;
        let mut hasher = FxHasher::default();
        text.hash(&mut hasher);
        let hash = hasher.finish() as u32;
        let same = |&(other, index): &(u32, u32)| {
            other == hash && self.order.get(index as usize).is_some_and(|other| other.as_bytes() == &**text)
        };
        match self.index.entry(spread(hash), same, |&(hash, _)| spread(hash)) {
            Entry::Occupied(found) => found.get().1,
            Entry::Vacant(place) => {
                place.insert((hash, next));
                self.order.push(text.as_wtf8());
                next
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        let bytes: usize = self.order.iter().map(|text| text.len() + 1).sum();
        let mut out = Encoder::with_capacity(bytes + 16);
        out.count(self.order.len());
        for text in self.order {
            out.wtf8(text);
        }
        out.into_bytes()
    }
}

/// The code objects of `root`, each after those in its constants, if all can be written.
pub(crate) fn children_first(root: &Code) -> Result<Vec<&Code>, WriteError> {
    let mut order = Vec::new();
    let mut pending = vec![(root, 1)];
    while let Some((code, depth)) = pending.pop() {
        if depth > MAX_CODE_DEPTH {
            return Err(WriteError::CodeDepth);
        }
        if code.localsplusnames.len() != code.localspluskinds.len() {
            return Err(WriteError::LocalCount);
        }
        order.push(code);
        let deepest = each_const(&code.consts, |constant| {
            if let Const::Code(code) = constant {
                pending.push((code, depth + 1));
            }
        });
        if deepest > MAX_CONST_DEPTH as usize {
            return Err(WriteError::ConstDepth);
        }
        if order.len() + pending.len() > MAX_CODES {
            return Err(WriteError::TooLarge);
        }
    }
    order.reverse();
    Ok(order)
}

/// Calls `visit` with each constant, those within others after the others; returns how deep they nest, or
/// where it stopped because they nest too deep.
pub(crate) fn each_const<'c>(consts: &'c [Const], mut visit: impl FnMut(&'c Const)) -> usize {
    // few constants are within others, and hardly any deeper than one level
    let (mut items, mut outer, mut around) = (consts.iter(), None, Vec::new());
    let mut deepest = 0;
    loop {
        let inner = match items.next() {
            Some(item) => {
                visit(item);
                match item {
                    Const::Tuple(inner) | Const::FrozenSet(inner) => inner.as_slice(),
                    Const::Slice(parts) => parts.as_slice(),
                    _ => continue,
                }
            }
            None => match outer.take() {
                Some(rest) => {
                    items = rest;
                    outer = around.pop();
                    continue;
                }
                None => return deepest,
            },
        };
        around.extend(outer.replace(std::mem::replace(&mut items, inner.iter())));
        deepest = deepest.max(around.len() + 1);
        if deepest > MAX_CONST_DEPTH as usize {
            return deepest;
        }
    }
}

fn one<'c>(out: &mut Encoder, texts: &mut Texts<'c>, code: &'c Code) {
    let numbers = [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags.0];
    numbers.iter().for_each(|number| out.u32(*number));
    out.i64(code.firstlineno.into());
    texts.put_filename(out, &code.filename);
    for text in [&code.name, &code.qualname] {
        texts.put(out, text);
    }
    out.bytes(&code.code);
    out.bytes(&code.exceptiontable);
    out.count(code.names.len());
    code.names.iter().for_each(|name| texts.put(out, name));
    out.count(code.localsplusnames.len());
    for (name, kind) in code.localsplusnames.iter().zip(&code.localspluskinds) {
        texts.put(out, name);
        out.u8(kind.0);
    }
    let mut nested = 0;
    each_const(&code.consts, |constant| nested += usize::from(matches!(constant, Const::Code(_))));
    out.count(nested);
    out.count(code.consts.len());
    each_const(&code.consts, |constant| put_const(out, texts, constant));
}

fn put_const<'c>(out: &mut Encoder, texts: &mut Texts<'c>, constant: &'c Const) {
    match constant {
        Const::None => out.raw(&[kind::NONE, 0]),
        Const::Bool(false) => out.raw(&[kind::FALSE, 0]),
        Const::Bool(true) => out.raw(&[kind::TRUE, 0]),
        Const::Ellipsis => out.raw(&[kind::ELLIPSIS, 0]),
        Const::Int(value) => {
            let bytes = value.to_signed_bytes_le();
            sized(out, kind::INT, bytes.len());
            out.raw(&bytes);
        }
        Const::Float(value) => {
            out.raw(&[kind::FLOAT, 0]);
            out.f64(*value);
        }
        Const::Complex(real, imaginary) => {
            out.raw(&[kind::COMPLEX, 0]);
            out.f64(*real);
            out.f64(*imaginary);
        }
        Const::Str(text) => {
            out.raw(&[kind::STR, 0]);
            texts.put(out, text);
        }
        Const::Bytes(bytes) => {
            sized(out, kind::BYTES, bytes.len());
            out.raw(bytes);
        }
        Const::Tuple(items) => sized(out, kind::TUPLE, items.len()),
        Const::FrozenSet(items) => sized(out, kind::FROZENSET, items.len()),
        Const::Slice(_) => out.raw(&[kind::SLICE, 0]),
        Const::Code(_) => out.raw(&[kind::CODE, 0]),
    }
}

fn sized(out: &mut Encoder, kind: u8, size: usize) {
    match u8::try_from(size) {
        Ok(small) if small != LARGE => out.raw(&[kind, small]),
        _ => {
            out.raw(&[kind, LARGE]);
            out.count(size);
        }
    }
}
