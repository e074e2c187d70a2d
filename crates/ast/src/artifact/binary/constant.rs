//! Constants in the binary form: a number for the kind, then the value.

use crate::{Arena, Complex, Constant, Int};
use taipan_artifact::{Decoder, Encoder, ReadError};
use taipan_wtf8::Wtf8;

const NONE: u8 = 1;
const TRUE: u8 = 2;
const FALSE: u8 = 3;
const ELLIPSIS: u8 = 4;
const STR: u8 = 5;
const BYTES: u8 = 6;
const INT: u8 = 7;
const BIG_INT: u8 = 8;
const FLOAT: u8 = 9;
const COMPLEX: u8 = 10;
const NEGATIVE_INT: u8 = 11;
const NEGATIVE_BIG_INT: u8 = 12;

/// Appends a constant.
pub(super) fn write(out: &mut Encoder, value: Constant<'_>) {
    match value {
        Constant::None => out.u8(NONE),
        Constant::True => out.u8(TRUE),
        Constant::False => out.u8(FALSE),
        Constant::Ellipsis => out.u8(ELLIPSIS),
        Constant::Str(text) => {
            out.u8(STR);
            out.wtf8(text);
        }
        Constant::Bytes(bytes) => {
            out.u8(BYTES);
            out.bytes(bytes);
        }
        Constant::Int(Int::Small(value)) => {
            out.u8(INT);
            out.u64(value);
        }
        Constant::Int(Int::Big(digits)) => {
            out.u8(BIG_INT);
            write_big(out, digits);
        }
        Constant::Int(Int::NegativeSmall(value)) => {
            out.u8(NEGATIVE_INT);
            out.u64(value);
        }
        Constant::Int(Int::NegativeBig(digits)) => {
            out.u8(NEGATIVE_BIG_INT);
            write_big(out, digits);
        }
        Constant::Float(value) => {
            out.u8(FLOAT);
            out.f64(value);
        }
        Constant::Complex(value) => {
            out.u8(COMPLEX);
            out.f64(value.real);
            out.f64(value.imag);
        }
    }
}

fn write_big(out: &mut Encoder, digits: &[u32]) {
    out.count(digits.len());
    digits.iter().for_each(|digit| out.raw(&digit.to_le_bytes()));
}

/// Reads a constant.
pub(super) fn read<'a>(input: &mut Decoder<'_>, arena: &'a Arena) -> Result<Constant<'a>, ReadError> {
    let offset = input.offset();
    Ok(match input.u8()? {
        NONE => Constant::None,
        TRUE => Constant::True,
        FALSE => Constant::False,
        ELLIPSIS => Constant::Ellipsis,
        STR => {
            let start = input.offset();
            let bytes = arena.alloc_slice_copy(input.wtf8()?.as_bytes());
            Constant::Str(Wtf8::from_bytes(bytes).map_err(|_| ReadError::Text { offset: start })?)
        }
        BYTES => Constant::Bytes(arena.alloc_slice_copy(input.bytes()?)),
        INT => Constant::Int(Int::Small(input.u64()?)),
        BIG_INT => Constant::Int(read_big(input, arena)?),
        NEGATIVE_INT => match input.u64()? {
            0 => return Err(ReadError::Integer { offset }),
            value => Constant::Int(Int::NegativeSmall(value)),
        },
        NEGATIVE_BIG_INT => Constant::Int(read_big(input, arena)?.negate()),
        FLOAT => Constant::Float(input.f64()?),
        COMPLEX => Constant::Complex(Complex { real: input.f64()?, imag: input.f64()? }),
        found => return Err(ReadError::Tag { offset, of: "kind of constant", found: found.into() }),
    })
}

/// Reads the digits of an integer that has no shorter form.
fn read_big<'a>(input: &mut Decoder<'_>, arena: &'a Arena) -> Result<Int<'a>, ReadError> {
    let offset = input.offset();
    let count = input.count(4)?;
    let bytes = input.raw(count * 4)?;
    let (chunks, _) = bytes.as_chunks::<4>();
    let digits = arena.alloc_slice_fill_iter(chunks.iter().map(|chunk| u32::from_le_bytes(*chunk)));
    match digits {
        [_, _, .., last] if *last != 0 => Ok(Int::Big(digits)),
        _ => Err(ReadError::Integer { offset }),
    }
}
