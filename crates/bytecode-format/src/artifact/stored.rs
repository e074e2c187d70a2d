//! Code objects that stay in the bytes of an artifact until something asks for them.
//!
//! An [`index`] says where the record of each code object begins and how many records its tree takes; the records of
//! what is in its constants stand before its own, so the index is all that is needed to find them.
//! Invariant: bytes that are not what their index says decode to a code object without instructions, which the
//! verifier refuses.

use super::decode::{Place, Reader, texts};
use crate::code::{Code, CodeFlags};
use crate::code_ref::{CodeRef, Head};
use std::sync::{Arc, OnceLock};
use taipan_artifact::{Artifact, Decoder, Kind, Limits, ReadError, SectionId};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Bytes of a place in an index.
const PLACE: usize = 12;

/// An artifact whose code objects are decoded one by one.
#[derive(Debug)]
struct Tree {
    bytes: &'static [u8],
    index: &'static [u8],
    texts: Vec<Wtf8<'static>>,
    limits: Limits,
    /// Stands in for the file's name that was written.
    filename: Option<Wtf8Buf>,
}

/// A code object of an artifact.
#[derive(Debug)]
pub struct StoredCode {
    tree: Arc<Tree>,
    number: u32,
    whole: OnceLock<Arc<Code>>,
}

/// The index of an artifact: for each code object the offsets of its record and of its positions, and how many code
/// objects it is with those inside it.
///
/// # Errors
/// See [`ReadError`].
pub fn index(bytes: &[u8], limits: Limits) -> Result<Vec<u8>, ReadError> {
    let mut out = Vec::new();
    super::decode::decode_with(bytes, limits, |place| {
        for number in [place.content, place.positions, place.size] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    })?;
    Ok(out)
}

/// The code object of an artifact, by its index; all of them get the name of another file if one is given.
///
/// # Errors
/// Where the artifact is none. What is wrong with a code object shows when it is decoded.
pub fn stored_code(
    bytes: &'static [u8],
    index: &'static [u8],
    filename: Option<Wtf8<'_>>,
) -> Result<CodeRef, ReadError> {
    let limits = Limits::default();
    let artifact = Artifact::read(bytes, Kind::Code, limits)?;
    let texts = texts(&mut artifact.decoder(SectionId::NAMES)?)?;
    let filename = filename.map(Wtf8::to_buf);
    let last = (index.len() / PLACE).checked_sub(1).and_then(|last| u32::try_from(last).ok());
    let number = last.ok_or(ReadError::UnexpectedEnd { offset: 0, needed: PLACE as u64 })?;
    let tree = Arc::new(Tree { bytes, index, texts, limits, filename });
    Ok(tree.code(number))
}

impl Tree {
    fn code(self: &Arc<Self>, number: u32) -> CodeRef {
        CodeRef::Stored(Arc::new(StoredCode { tree: self.clone(), number, whole: OnceLock::new() }))
    }

    fn place(&self, number: u32) -> Option<Place> {
        let record = self.index.get(number as usize * PLACE..)?;
        let (content, rest) = record.split_first_chunk()?;
        let (positions, rest) = rest.split_first_chunk()?;
        let [content, positions, size] =
            [content, positions, rest.first_chunk()?].map(|bytes| u32::from_le_bytes(*bytes));
        Some(Place { content, positions, size })
    }

    fn decoder(&self, offset: u32) -> Option<Decoder<'static>> {
        Some(Decoder::new(self.bytes.get(offset as usize..)?, offset as usize, self.limits))
    }

    fn reader(&self, place: Place) -> Option<Reader<'static, '_>> {
        let input = self.decoder(place.content)?;
        let positions = if place.positions == 0 { None } else { Some(self.decoder(place.positions)?) };
        Some(Reader::new(input, positions, &self.texts, self.bytes.len()))
    }

    fn decode(self: &Arc<Self>, number: u32) -> Option<Code> {
        let mut reader = self.reader(self.place(number)?)?;
        let mut before = number;
        let (mut code, _) = reader
            .code(|children| {
                let mut found = Vec::with_capacity(children);
                for _ in 0..children {
                    let child = before.checked_sub(1)?;
                    found.push((self.code(child), 0));
                    before = before.checked_sub(self.place(child)?.size)?;
                }
                Some(found)
            })
            .ok()?;
        if let Some(filename) = &self.filename {
            code.filename.clone_from(filename);
        }
        Some(code)
    }
}

impl StoredCode {
    /// The code object, decoded now unless it was before.
    pub fn whole(&self) -> &Arc<Code> {
        self.whole.get_or_init(|| Arc::new(self.tree.decode(self.number).unwrap_or_else(damaged)))
    }

    /// What it says without being decoded; `None` if it is damaged.
    pub(crate) fn head(&self) -> Option<Head<'_>> {
        let head = self.tree.reader(self.tree.place(self.number)?)?.skim().ok()?;
        let filename = self.tree.filename.as_ref().map_or(head.filename, |own| own.as_wtf8());
        Some(Head { filename, ..head })
    }
}

/// What stands where nothing can be decoded.
fn damaged() -> Code {
    let named = |name: &str| Wtf8::from_str(name).to_buf();
    Code {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 0,
        flags: CodeFlags::default(),
        code: Vec::new(),
        consts: Vec::new(),
        names: Vec::new(),
        localsplusnames: Vec::new(),
        localspluskinds: Vec::new(),
        filename: named("<damaged>"),
        name: named("<damaged>"),
        qualname: named("<damaged>"),
        firstlineno: 0,
        linetable: Vec::new(),
        exceptiontable: Vec::new(),
    }
}
