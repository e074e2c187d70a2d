//! The encodings of Chinese, Japanese and Korean text: bytes to code points and back, a piece after the other. The tables
//! (`tables/`) are the reference's own answers; `cargo xtask charsets` asks for them.
//!
//! ```
//! use taipan_charsets::Codec;
//!
//! let codec = Codec::named("euc_jp").unwrap();
//! let (mut state, mut text) = (codec.initial(), Vec::new());
//! let (read, end) = codec.decode(&mut state, b"a\xa4\xa2", &mut text);
//! assert_eq!((read, end, &text[..]), (3, Ok(()), &[0x61, 0x3042][..]));
//! ```
//!
//! Start with [`Codec`]. `table.rs` reads a table when it is first needed, `plain.rs` has the encodings without a state,
//! `hangul.rs` the syllables that EUC-KR writes in parts, `hz.rs` and `iso2022.rs` those that switch between sets, which
//! `designation.rs` names. Invariants: no input makes this fail but as [`Failure`] says it; what is taken was understood
//! whole.
#![forbid(unsafe_code)]

mod designation;
mod hangul;
mod hz;
mod iso2022;
mod plain;
mod table;

use iso2022::Variant;
use table::Name;

/// Why a piece was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// So many bytes or characters are wrong.
    Illegal(usize),
    /// More may make it right.
    Incomplete,
}

/// How far a piece was taken, and why not further.
pub type Progress = (usize, Result<(), Failure>);

/// What an encoding remembers between pieces, laid out as in the reference.
pub type State = [u8; 8];

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Codec(Kind);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Plain(Name),
    Hz,
    Iso2022(Variant),
}

impl Codec {
    /// The encoding of a name as the modules of the reference spell it.
    pub fn named(name: &str) -> Option<Codec> {
        if name == "hz" {
            return Some(Codec(Kind::Hz));
        }
        let plain = Name::named(name).map(Kind::Plain);
        plain.or_else(|| Variant::named(name).map(Kind::Iso2022)).map(Codec)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Plain(name) => name.text(),
            Kind::Hz => "hz",
            Kind::Iso2022(variant) => variant.text(),
        }
    }

    /// The state before anything was read or written.
    pub fn initial(self) -> State {
        match self.0 {
            Kind::Iso2022(_) => iso2022::INITIAL,
            _ => State::default(),
        }
    }

    /// Decodes as much as is whole and right.
    pub fn decode(self, state: &mut State, bytes: &[u8], text: &mut Vec<u32>) -> Progress {
        match self.0 {
            Kind::Plain(name) => plain::decode(name, bytes, text),
            Kind::Hz => hz::decode(state, bytes, text),
            Kind::Iso2022(variant) => iso2022::decode(variant, state, bytes, text),
        }
    }

    /// Encodes as much as can be. Unless it is the end, a character waits that may be one with the next.
    pub fn encode(self, state: &mut State, text: &[u32], is_end: bool, bytes: &mut Vec<u8>) -> Progress {
        match self.0 {
            Kind::Plain(name) => plain::encode(name, text, is_end, bytes),
            Kind::Hz => hz::encode(state, text, bytes),
            Kind::Iso2022(variant) => iso2022::encode(variant, state, text, is_end, bytes),
        }
    }

    /// What has to be written so that the state is the first one again.
    pub fn reset(self, state: &mut State, bytes: &mut Vec<u8>) {
        match self.0 {
            Kind::Plain(_) => {}
            Kind::Hz => hz::reset(state, bytes),
            Kind::Iso2022(_) => iso2022::reset(state, bytes),
        }
    }

    /// The same for reading.
    pub fn reset_decoding(self, state: &mut State) {
        match self.0 {
            Kind::Plain(_) => {}
            Kind::Hz => *state = State::default(),
            Kind::Iso2022(_) => iso2022::reset_decoding(state),
        }
    }
}
