//! The values in nodes that are no nodes: constants and conversions.

use taipan_wtf8::Wtf8;

/// The value of a `Constant`, `MatchSingleton` or the source text of an `Interpolation`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Constant<'a> {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
    /// `...`
    Ellipsis,
    /// A string; lone surrogates may stand in it.
    Str(Wtf8<'a>),
    /// A bytes literal's bytes.
    Bytes(&'a [u8]),
    /// An integer. Literals are not negative; only folded patterns are.
    Int(Int<'a>),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(Complex),
}

/// An integer: small ones in place, so that equal ones have equal forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Int<'a> {
    /// Below 2^64.
    Small(u64),
    /// 2^64 and above: 32-bit digits, the least significant first, the last not zero.
    Big(&'a [u32]),
    /// The negative of what is in 1..2^64.
    NegativeSmall(u64),
    /// The negative of 2^64 and above, in digits like [`Int::Big`].
    NegativeBig(&'a [u32]),
}

impl Int<'_> {
    /// The integer with the other sign.
    pub const fn negate(self) -> Self {
        match self {
            Int::Small(0) => Int::Small(0),
            Int::Small(value) => Int::NegativeSmall(value),
            Int::Big(digits) => Int::NegativeBig(digits),
            Int::NegativeSmall(value) => Int::Small(value),
            Int::NegativeBig(digits) => Int::Big(digits),
        }
    }
}

/// A complex constant.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Complex {
    /// Real part.
    pub real: f64,
    /// Imaginary part.
    pub imag: f64,
}

/// The conversion of a replacement field: `!s`, `!r`, `!a` or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Conversion {
    /// No conversion: -1 in CPython's tree.
    None,
    /// `!s`: 115.
    Str,
    /// `!r`: 114.
    Repr,
    /// `!a`: 97.
    Ascii,
}

impl Conversion {
    /// The number that CPython's tree holds.
    pub const fn number(self) -> i32 {
        match self {
            Conversion::None => -1,
            Conversion::Str => b's' as i32,
            Conversion::Repr => b'r' as i32,
            Conversion::Ascii => b'a' as i32,
        }
    }

    /// The conversion of CPython's number.
    pub const fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            -1 => Conversion::None,
            115 => Conversion::Str,
            114 => Conversion::Repr,
            97 => Conversion::Ascii,
            _ => return None,
        })
    }
}
