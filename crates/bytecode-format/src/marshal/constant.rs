//! Constants and code objects to marshal and back.
//! Invariant: shared objects become copies, whose total size is bounded by the input's.

use super::read::{Atom, Build, Container, Dialect, Reader};
use super::write::Writer;
use super::{MAX_DEPTH, MarshalError};
use crate::artifact::{WriteError, decode_code, encode_code};
use crate::chunks::Chunks;
use crate::code::{Code, CodeFlags, Const, LocalKind};
use num_bigint::BigInt;
use taipan_artifact::{Header, Limits, PRODUCER, SourceHash, probe};
use taipan_wtf8::Wtf8Buf;

/// Makes constants; a code object within must be an artifact or, in [`Dialect::Reference`], CPython's.
#[derive(Debug)]
pub struct ConstBuilder {
    limits: Limits,
    budget: usize,
}

impl ConstBuilder {
    /// A builder for an input of `length` bytes.
    pub fn new(length: usize, limits: Limits) -> Self {
        ConstBuilder { limits, budget: length.saturating_mul(64).saturating_add(1 << 16) }
    }
}

/// Reads one constant that is all of `bytes`.
///
/// # Errors
/// See [`MarshalError`].
pub fn read_const(bytes: &[u8], dialect: Dialect, limits: Limits) -> Result<Const, MarshalError> {
    let mut reader = Reader::new(bytes, dialect, ConstBuilder::new(bytes.len(), limits));
    let constant = reader.value()?;
    reader.finish()?;
    Ok(constant)
}

impl Build for ConstBuilder {
    type Object = Const;

    fn atom(&mut self, atom: Atom<'_>, offset: usize) -> Result<Const, MarshalError> {
        Ok(match atom {
            Atom::None => Const::None,
            Atom::Ellipsis => Const::Ellipsis,
            Atom::Bool(value) => Const::Bool(value),
            Atom::Small(value) => Const::Int(BigInt::from(value)),
            Atom::Int(value) => Const::Int(value),
            Atom::Float(value) => Const::Float(value),
            Atom::Complex(real, imaginary) => Const::Complex(real, imaginary),
            Atom::Bytes(bytes) => Const::Bytes(bytes.to_vec()),
            Atom::Str(text, _) => Const::Str(text.to_buf()),
            Atom::StopIteration => return Err(MarshalError::NotAllowed { offset, found: "StopIteration" }),
        })
    }

    fn close(
        &mut self,
        kind: Container,
        _: Option<Const>,
        items: Vec<Const>,
        offset: usize,
    ) -> Result<Const, MarshalError> {
        let found = match kind {
            Container::Tuple => return Ok(Const::Tuple(items)),
            Container::FrozenSet => return Ok(Const::FrozenSet(items)),
            Container::Slice => {
                let parts: Result<[Const; 3], _> = items.try_into();
                return parts
                    .map(|parts| Const::Slice(Box::new(parts)))
                    .map_err(|_| MarshalError::NotAllowed { offset, found: "a slice" });
            }
            Container::ReferenceCode => {
                return reference_code(items)
                    .map(|code| Const::Code(code.into()))
                    .ok_or(MarshalError::NotAllowed { offset, found: "a field of another type" });
            }
            Container::List => "a list",
            Container::Dict => "a dictionary",
            Container::Set => "a set",
        };
        Err(MarshalError::NotAllowed { offset, found })
    }

    fn pair(&mut self, _: Option<&mut Const>, _: [Const; 2], offset: usize) -> Result<(), MarshalError> {
        Err(MarshalError::NotAllowed { offset, found: "a dictionary" })
    }

    fn code(&mut self, artifact: &[u8], offset: usize) -> Result<Const, MarshalError> {
        let (_, code) =
            decode_code(artifact, self.limits).map_err(|error| MarshalError::Code { offset, error })?;
        Ok(Const::Code(code.into()))
    }

    fn share(&mut self, object: &Const, offset: usize) -> Result<Const, MarshalError> {
        let size = size(object, self.budget).ok_or(MarshalError::Budget { offset })?;
        self.budget -= size;
        // as large as the object was when it was read
        probe::note(size);
        Ok(object.clone())
    }
}

/// The bytes that a copy takes, if not more than `limit`.
fn size(object: &Const, limit: usize) -> Option<usize> {
    let mut total = 0usize;
    // in small chunks: this may be called when next to nothing is left to read
    let mut pending = Chunks::default();
    pending.push(std::slice::from_ref(object).iter(), 0);
    while let Some(items) = pending.last_mut() {
        let Some(item) = items.next() else {
            pending.pop();
            continue;
        };
        total = total.checked_add(size_of::<Const>())?;
        match item {
            Const::Str(text) => total = total.checked_add(text.len())?,
            Const::Bytes(bytes) => total = total.checked_add(bytes.len())?,
            Const::Int(value) => total = total.checked_add(value.bits() as usize / 8)?,
            Const::Tuple(items) | Const::FrozenSet(items) => pending.push(items.iter(), 0),
            Const::Slice(parts) => pending.push(parts.iter(), 0),
            _ => {}
        }
        if total > limit {
            return None;
        }
    }
    Some(total)
}

/// CPython's code object of its fields.
fn reference_code(fields: Vec<Const>) -> Option<Code> {
    let mut fields = fields.into_iter();
    let mut next = || fields.next();
    let number = |field: Option<Const>| match field {
        Some(Const::Int(value)) => i32::try_from(value).ok(),
        _ => None,
    };
    let count = |field| number(field).map(|value| value as u32);
    let text = |field| if let Some(Const::Str(text)) = field { Some(text) } else { None };
    let bytes = |field| if let Some(Const::Bytes(bytes)) = field { Some(bytes) } else { None };
    let tuple = |field| if let Some(Const::Tuple(items)) = field { Some(items) } else { None };
    let texts = |field| tuple(field)?.into_iter().map(|item| text(Some(item))).collect::<Option<Vec<_>>>();
    Some(Code {
        argcount: count(next())?,
        posonlyargcount: count(next())?,
        kwonlyargcount: count(next())?,
        stacksize: count(next())?,
        flags: CodeFlags(count(next())?),
        code: bytes(next())?,
        consts: tuple(next())?,
        names: texts(next())?,
        localsplusnames: texts(next())?,
        localspluskinds: bytes(next())?.into_iter().map(LocalKind).collect(),
        filename: text(next())?,
        name: text(next())?,
        qualname: text(next())?,
        firstlineno: number(next())?,
        linetable: bytes(next())?,
        exceptiontable: bytes(next())?,
    })
}

/// The bytes of a constant. Nothing is shared: equal constants have equal bytes.
///
/// # Errors
/// If something in it is too large or too deep for the format.
pub fn write_const(constant: &Const) -> Result<Vec<u8>, WriteError> {
    let mut out = Writer::new();
    let mut pending = vec![std::slice::from_ref(constant).iter()];
    while let Some(items) = pending.last_mut() {
        let Some(item) = items.next() else {
            pending.pop();
            continue;
        };
        match item {
            Const::None => out.none(),
            Const::Bool(value) => out.bool(*value),
            Const::Ellipsis => out.ellipsis(),
            Const::Int(value) => out.int(value, false)?,
            Const::Float(value) => out.float(*value, false),
            Const::Complex(real, imaginary) => out.complex(*real, *imaginary, false),
            Const::Str(text) => out.str(text.as_wtf8(), false, false)?,
            Const::Bytes(bytes) => out.bytes(bytes, false)?,
            Const::Tuple(items) => {
                out.open(Container::Tuple, items.len(), false)?;
                pending.push(items.iter());
            }
            Const::FrozenSet(items) => {
                out.open(Container::FrozenSet, items.len(), false)?;
                pending.push(items.iter());
            }
            Const::Slice(parts) => {
                out.open(Container::Slice, 3, false)?;
                pending.push(parts.iter());
            }
            Const::Code(code) => out.code(&encode_code(code, &no_origin())?, false)?,
        }
        // the outermost list holds the constant itself
        if pending.len() > MAX_DEPTH + 1 {
            return Err(WriteError::ConstDepth);
        }
    }
    Ok(out.into_bytes())
}

/// The header of a code object that no stage made of a source.
fn no_origin() -> Header {
    Header {
        producer: PRODUCER,
        options: Vec::new(),
        source_name: Wtf8Buf::new(),
        source_hash: SourceHash::default(),
    }
}
