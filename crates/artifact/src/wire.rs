//! The encoding of values: the one file that knows bincode.
//! Invariant: integers stand in their shortest form and counts are checked against the bytes left
//! before anything is allocated for them, so that equal values have equal bytes and a lying count
//! costs nothing.

use crate::{ReadError, probe};
use bincode::config::{Configuration, standard};
use bincode::error::{DecodeError, EncodeError};
use taipan_wtf8::Wtf8;

/// A value that can stand in an artifact.
pub trait Encode {
    /// Appends the value.
    fn encode(&self, out: &mut Encoder);
}

/// A value that can be read from an artifact. `C` is what reading needs beside the bytes, such as
/// the arena that will own the value; budgets are the [`Decoder`]'s.
pub trait Decode<'a, C: ?Sized>: Sized {
    /// Reads the value.
    fn decode(input: &mut Decoder<'_>, context: &mut C) -> Result<Self, ReadError>;
}

/// What a reader allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of an artifact.
    pub bytes: u64,
    /// Depth of values within values.
    pub depth: u32,
}

impl Default for Limits {
    /// 1 GiB, and a depth of ten million: readers of nested values keep their own stacks.
    fn default() -> Self {
        Limits { bytes: 1 << 30, depth: 10_000_000 }
    }
}

const CONFIG: Configuration = standard();

/// Bytes being written.
#[derive(Default, Debug)]
pub struct Encoder {
    bytes: Vec<u8>,
}

struct Sink<'e>(&'e mut Vec<u8>);

impl bincode::enc::write::Writer for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

impl Encoder {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing written yet, with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Encoder { bytes: Vec::with_capacity(capacity) }
    }

    /// Nothing written yet behind `bytes`, which are taken for written.
    pub fn after(bytes: Vec<u8>) -> Self {
        Encoder { bytes }
    }

    /// The bytes written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Number of bytes written.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn put(&mut self, value: impl bincode::Encode) {
        // a growing vector takes all that primitives encode to
        let result = bincode::encode_into_writer(value, Sink(&mut self.bytes), CONFIG);
        debug_assert!(result.is_ok());
    }

    /// Appends a value of any encodable type.
    pub fn value(&mut self, value: &impl Encode) {
        value.encode(self);
    }

    /// Appends one byte.
    #[inline]
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Appends a truth value: one byte, 0 or 1.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        self.u8(value.into());
    }

    /// Appends an integer: one byte up to 250, else a byte that says the width and 2 or 4 bytes.
    #[inline]
    pub fn u32(&mut self, value: u32) {
        match u8::try_from(value) {
            Ok(byte) if byte < 251 => self.u8(byte),
            _ => self.put(value),
        }
    }

    /// Appends an integer, like [`Encoder::u32`], of up to 8 bytes.
    #[inline]
    pub fn u64(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(byte) if byte < 251 => self.u8(byte),
            _ => self.put(value),
        }
    }

    /// Appends a signed integer: small magnitudes are short.
    #[inline]
    pub fn i64(&mut self, value: i64) {
        self.put(value);
    }

    /// Appends the bits of a float: 8 bytes, the least significant first.
    pub fn f64(&mut self, value: f64) {
        self.put(value);
    }

    /// Appends the number of items that follow.
    pub fn count(&mut self, count: usize) {
        self.u64(count as u64);
    }

    /// Appends bytes without their number.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends the number of bytes, then the bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    /// Appends the number of bytes, then the text in UTF-8.
    pub fn str(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Appends the number of bytes, then the text in WTF-8.
    pub fn wtf8(&mut self, text: Wtf8<'_>) {
        self.bytes(text.as_bytes());
    }
}

/// Bytes being read.
#[derive(Clone, Debug)]
pub struct Decoder<'b> {
    rest: &'b [u8],
    offset: usize,
    limits: Limits,
}

struct Cursor<'d, 'b> {
    rest: &'d mut &'b [u8],
}

impl bincode::de::read::Reader for Cursor<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> Result<(), DecodeError> {
        let short = DecodeError::UnexpectedEnd { additional: into.len().saturating_sub(self.rest.len()) };
        let (bytes, rest) = self.rest.split_at_checked(into.len()).ok_or(short)?;
        into.copy_from_slice(bytes);
        *self.rest = rest;
        Ok(())
    }
}

impl<'b> Decoder<'b> {
    /// Reads `bytes`, whose first stands at `offset` of the artifact.
    pub fn new(bytes: &'b [u8], offset: usize, limits: Limits) -> Self {
        Decoder { rest: bytes, offset, limits }
    }

    /// The offset in the artifact of the next byte.
    #[inline]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Number of bytes left.
    #[inline]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// What the reader allows.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Refuses bytes that are left.
    pub fn finish(&self) -> Result<(), ReadError> {
        if self.rest.is_empty() { Ok(()) } else { Err(ReadError::TrailingBytes { offset: self.offset }) }
    }

    /// Reads a value of any decodable type.
    pub fn value<'a, T: Decode<'a, C>, C: ?Sized>(&mut self, context: &mut C) -> Result<T, ReadError> {
        T::decode(self, context)
    }

    /// Reads bytes without their number.
    pub fn raw(&mut self, count: usize) -> Result<&'b [u8], ReadError> {
        probe::note(self.rest.len());
        let short = ReadError::UnexpectedEnd { offset: self.offset, needed: count as u64 };
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(short)?;
        self.rest = rest;
        self.offset += count;
        Ok(bytes)
    }

    /// Reads one byte.
    #[inline]
    pub fn u8(&mut self) -> Result<u8, ReadError> {
        probe::note(self.rest.len());
        let (first, rest) =
            self.rest.split_first().ok_or(ReadError::UnexpectedEnd { offset: self.offset, needed: 1 })?;
        self.rest = rest;
        self.offset += 1;
        Ok(*first)
    }

    /// Reads a truth value.
    pub fn bool(&mut self) -> Result<bool, ReadError> {
        let offset = self.offset;
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(ReadError::Tag { offset, of: "truth value", found: found.into() }),
        }
    }

    /// Reads a value by bincode.
    fn get<T: bincode::Decode<()>>(&mut self) -> Result<(T, usize), ReadError> {
        let before = self.rest.len();
        probe::note(before);
        let result = bincode::decode_from_reader(Cursor { rest: &mut self.rest }, CONFIG);
        let width = before - self.rest.len();
        let offset = self.offset;
        self.offset += width;
        match result {
            Ok(value) => Ok((value, width)),
            Err(DecodeError::UnexpectedEnd { additional }) => {
                Err(ReadError::UnexpectedEnd { offset, needed: (width + additional) as u64 })
            }
            Err(_) => Err(ReadError::Integer { offset }),
        }
    }

    /// Reads an integer that fits 16 bits.
    pub fn u16(&mut self) -> Result<u16, ReadError> {
        let offset = self.offset;
        u16::try_from(self.u32()?).map_err(|_| ReadError::Integer { offset })
    }

    /// Reads an integer that fits 32 bits.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, ReadError> {
        probe::note(self.rest.len());
        if let Some((&first, rest)) = self.rest.split_first().filter(|(first, _)| **first < 251) {
            self.rest = rest;
            self.offset += 1;
            return Ok(first.into());
        }
        let offset = self.offset;
        u32::try_from(self.u64()?).map_err(|_| ReadError::Integer { offset })
    }

    /// Reads an integer.
    #[inline]
    pub fn u64(&mut self) -> Result<u64, ReadError> {
        probe::note(self.rest.len());
        match self.rest.split_first() {
            Some((&first, rest)) if first < 251 => {
                self.rest = rest;
                self.offset += 1;
                Ok(first.into())
            }
            _ => self.long_u64(),
        }
    }

    fn long_u64(&mut self) -> Result<u64, ReadError> {
        let offset = self.offset;
        let (value, width) = self.get::<u64>()?;
        if width == shortest(value) { Ok(value) } else { Err(ReadError::Integer { offset }) }
    }

    /// Reads a signed integer.
    pub fn i64(&mut self) -> Result<i64, ReadError> {
        let value = self.u64()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Reads the bits of a float.
    pub fn f64(&mut self) -> Result<f64, ReadError> {
        Ok(self.get::<f64>()?.0)
    }

    /// Reads the number of items that follow, each of at least `least` bytes.
    #[inline]
    pub fn count(&mut self, least: usize) -> Result<usize, ReadError> {
        let offset = self.offset;
        let count = self.u64()?;
        let left = self.rest.len();
        match usize::try_from(count) {
            Ok(items) if items.checked_mul(least.max(1)).is_some_and(|bytes| bytes <= left) => Ok(items),
            _ => Err(ReadError::Count { offset, count, left }),
        }
    }

    /// Reads the number of bytes, then the bytes.
    pub fn bytes(&mut self) -> Result<&'b [u8], ReadError> {
        let count = self.count(1)?;
        self.raw(count)
    }

    /// Reads text in UTF-8.
    pub fn str(&mut self) -> Result<&'b str, ReadError> {
        let bytes = self.bytes()?;
        let start = self.offset - bytes.len();
        std::str::from_utf8(bytes).map_err(|error| ReadError::Text { offset: start + error.valid_up_to() })
    }

    /// Reads text in WTF-8.
    pub fn wtf8(&mut self) -> Result<Wtf8<'b>, ReadError> {
        let bytes = self.bytes()?;
        let start = self.offset - bytes.len();
        Wtf8::from_bytes(bytes).map_err(|at| ReadError::Text { offset: start + at })
    }
}

/// The number of bytes of the shortest form of an integer.
fn shortest(value: u64) -> usize {
    match value {
        0..251 => 1,
        251..0x1_0000 => 3,
        0x1_0000..0x1_0000_0000 => 5,
        _ => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoder(bytes: &[u8]) -> Decoder<'_> {
        Decoder::new(bytes, 0, Limits::default())
    }

    #[test]
    fn every_primitive_reads_back() {
        let mut out = Encoder::new();
        for value in [0, 250, 251, 0xFFFF, 0x1_0000, u32::MAX] {
            out.u32(value);
            out.u64(value.into());
        }
        out.u64(u64::MAX);
        for value in [0, -1, 1, i64::MIN, i64::MAX] {
            out.i64(value);
        }
        out.f64(-0.0);
        out.bool(true);
        out.str("naïve");
        out.wtf8(Wtf8::from_bytes(b"\xED\xA0\x80").unwrap());
        let bytes = out.into_bytes();
        let mut input = decoder(&bytes);
        for value in [0, 250, 251, 0xFFFF, 0x1_0000, u32::MAX] {
            assert_eq!(input.u32(), Ok(value));
            assert_eq!(input.u64(), Ok(value.into()));
        }
        assert_eq!(input.u64(), Ok(u64::MAX));
        for value in [0, -1, 1, i64::MIN, i64::MAX] {
            assert_eq!(input.i64(), Ok(value));
        }
        assert_eq!(input.f64().map(f64::to_bits), Ok((-0.0f64).to_bits()));
        assert_eq!(input.bool(), Ok(true));
        assert_eq!(input.str(), Ok("naïve"));
        assert_eq!(input.wtf8().map(Wtf8::as_bytes), Ok(&b"\xED\xA0\x80"[..]));
        assert_eq!(input.finish(), Ok(()));
    }

    #[test]
    fn an_integer_in_a_longer_form_than_needed_is_refused() {
        assert_eq!(decoder(&[251, 5, 0]).u32(), Err(ReadError::Integer { offset: 0 }));
        assert_eq!(decoder(&[252, 5, 0, 0, 0]).u64(), Err(ReadError::Integer { offset: 0 }));
        assert_eq!(decoder(&[254; 20]).u64(), Err(ReadError::Integer { offset: 0 }));
        assert_eq!(decoder(&[253, 0, 0, 0, 0, 1, 0, 0, 0]).u32(), Err(ReadError::Integer { offset: 0 }));
    }

    #[test]
    fn a_count_beyond_the_bytes_left_is_refused() {
        let lie = [253, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2];
        assert_eq!(decoder(&lie).bytes(), Err(ReadError::Count { offset: 0, count: u64::MAX, left: 2 }));
        assert_eq!(decoder(&[2, 0, 0, 0]).count(2), Err(ReadError::Count { offset: 0, count: 2, left: 3 }));
    }

    #[test]
    fn an_early_end_is_reported_where_bytes_were_needed() {
        assert_eq!(decoder(&[]).u32(), Err(ReadError::UnexpectedEnd { offset: 0, needed: 1 }));
        assert_eq!(decoder(&[1, 2]).raw(3), Err(ReadError::UnexpectedEnd { offset: 0, needed: 3 }));
        assert!(matches!(decoder(&[252, 1]).u32(), Err(ReadError::UnexpectedEnd { offset: 0, .. })));
    }

    #[test]
    fn bad_text_is_refused_at_its_first_bad_byte() {
        let surrogate = b"\x04a\xED\xA0\x80";
        assert_eq!(decoder(surrogate).str(), Err(ReadError::Text { offset: 2 }));
        assert!(decoder(surrogate).wtf8().is_ok());
        assert_eq!(decoder(b"\x02a\xFF").wtf8(), Err(ReadError::Text { offset: 2 }));
    }
}
