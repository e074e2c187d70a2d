//! The container of every artifact (`.tok`, `.ast`, the code objects of a `.pyc`) and the text
//! notation that they share. `container.rs` is the file layout, `wire.rs` the encoding of values,
//! `text/` the notation.
//! Invariant: reading trusts nothing. It never panics, never recurses, and allocates no more than a
//! small multiple of the input; every refusal is a [`ReadError`] or a [`text::TextError`] with its
//! place. Writing the same content gives the same bytes on every machine.
#![forbid(unsafe_code)]

mod container;
mod error;
mod hash;
mod header;
pub mod mutate;
pub mod probe;
pub mod text;
mod wire;

pub use container::{Artifact, ArtifactBuilder, Section, SectionId};
pub use error::ReadError;
pub use hash::{PYC_MAGIC, SourceHash, keyed_hash};
pub use header::{Header, Kind, LANGUAGE, LanguageVersion, MAGIC, PRODUCER, ProducerVersion};
pub use wire::{Decode, Decoder, Encode, Encoder, Limits};
