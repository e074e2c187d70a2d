//! Writes marshalled values, one call for each; the caller walks its objects and knows which are shared.
//! What can fail does so with [`WriteError::TooLarge`]: lengths have 31 bits.

use super::FLAG_REF;
use super::read::Container;
use crate::artifact::WriteError;
use num_bigint::{BigInt, Sign};
use taipan_wtf8::Wtf8;

/// Marshalled values being written. A value may be flagged, so that references can name it: flagged
/// values are numbered from 0 in the order of their beginnings.
#[derive(Default, Debug)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes behind `bytes`.
    pub fn after(bytes: Vec<u8>) -> Self {
        Writer { out: bytes }
    }

    /// The bytes written, with those before them.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn kind(&mut self, kind: u8, flag: bool) {
        self.out.push(if flag { kind | FLAG_REF } else { kind });
    }

    fn length(&mut self, length: usize) -> Result<(), WriteError> {
        let length = i32::try_from(length).map_err(|_| WriteError::TooLarge)?;
        self.out.extend_from_slice(&length.to_le_bytes());
        Ok(())
    }

    /// A reference to the flagged value of this number.
    pub fn reference(&mut self, number: usize) -> Result<(), WriteError> {
        self.kind(b'r', false);
        self.length(number)
    }

    /// `None`
    pub fn none(&mut self) {
        self.kind(b'N', false);
    }

    /// `False` or `True`
    pub fn bool(&mut self, value: bool) {
        self.kind(if value { b'T' } else { b'F' }, false);
    }

    /// `...`
    pub fn ellipsis(&mut self) {
        self.kind(b'.', false);
    }

    /// `StopIteration`
    pub fn stop_iteration(&mut self) {
        self.kind(b'S', false);
    }

    /// The null that ends a dictionary.
    pub fn null(&mut self) {
        self.kind(b'0', false);
    }

    /// An integer.
    pub fn int(&mut self, value: &BigInt, flag: bool) -> Result<(), WriteError> {
        if let Ok(small) = i32::try_from(value) {
            self.kind(b'i', flag);
            self.out.extend_from_slice(&small.to_le_bytes());
            return Ok(());
        }
        self.kind(b'l', flag);
        let digits: Vec<u16> = digits_of_15_bits(&value.magnitude().to_bytes_le());
        let count = i32::try_from(digits.len()).map_err(|_| WriteError::TooLarge)?;
        let count = if value.sign() == Sign::Minus { -count } else { count };
        self.out.extend_from_slice(&count.to_le_bytes());
        for digit in digits {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
        Ok(())
    }

    /// A float.
    pub fn float(&mut self, value: f64, flag: bool) {
        self.kind(b'g', flag);
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// A complex number.
    pub fn complex(&mut self, real: f64, imaginary: f64, flag: bool) {
        self.kind(b'y', flag);
        self.out.extend_from_slice(&real.to_le_bytes());
        self.out.extend_from_slice(&imaginary.to_le_bytes());
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8], flag: bool) -> Result<(), WriteError> {
        self.kind(b's', flag);
        self.length(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Text.
    pub fn str(&mut self, text: Wtf8<'_>, interned: bool, flag: bool) -> Result<(), WriteError> {
        let bytes = text.as_bytes();
        match u8::try_from(bytes.len()) {
            Ok(length) if bytes.is_ascii() => {
                self.kind(if interned { b'Z' } else { b'z' }, flag);
                self.out.push(length);
            }
            _ => {
                let kind = match (bytes.is_ascii(), interned) {
                    (true, true) => b'A',
                    (true, false) => b'a',
                    (false, true) => b't',
                    (false, false) => b'u',
                };
                self.kind(kind, flag);
                self.length(bytes.len())?;
            }
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Begins a container of `length` values, which follow; a dictionary ends by [`Writer::null`].
    pub fn open(&mut self, kind: Container, length: usize, flag: bool) -> Result<(), WriteError> {
        let byte = match kind {
            Container::Tuple => match u8::try_from(length) {
                Ok(length) => {
                    self.kind(b')', flag);
                    self.out.push(length);
                    return Ok(());
                }
                Err(_) => b'(',
            },
            Container::List => b'[',
            Container::Set => b'<',
            Container::FrozenSet => b'>',
            Container::Dict | Container::Slice | Container::ReferenceCode => {
                let byte = match kind {
                    Container::Dict => b'{',
                    Container::Slice => b':',
                    _ => b'c',
                };
                self.kind(byte, flag);
                return Ok(());
            }
        };
        self.kind(byte, flag);
        self.length(length)
    }

    /// A code object: its artifact.
    pub fn code(&mut self, artifact: &[u8], flag: bool) -> Result<(), WriteError> {
        self.kind(b'c', flag);
        self.length(artifact.len())?;
        self.out.extend_from_slice(artifact);
        Ok(())
    }
}

fn digits_of_15_bits(bytes: &[u8]) -> Vec<u16> {
    let mut digits = Vec::with_capacity(bytes.len() * 8 / 15 + 1);
    let (mut window, mut bits) = (0u32, 0);
    for byte in bytes {
        window |= u32::from(*byte) << bits;
        bits += 8;
        if bits >= 15 {
            digits.push((window & 0x7FFF) as u16);
            window >>= 15;
            bits -= 15;
        }
    }
    if window != 0 {
        digits.push(window as u16);
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}
