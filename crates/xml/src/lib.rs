//! A parser of XML 1.0 with namespaces that does not validate: what the library of Python needs of libexpat, with the
//! same events, errors and positions. It is fed with bytes as they come, and asked for one event after the other.
//!
//! ```
//! use taipan_xml::{Event, Options, Parser};
//!
//! let mut parser = Parser::new(Options::default());
//! parser.feed(b"<a x='1'>text</a>", true);
//! let mut names = Vec::new();
//! while let Some(item) = parser.next().unwrap() {
//!     if let Event::StartElement { name, .. } = item.event {
//!         names.push(name);
//!     }
//! }
//! assert_eq!(names, ["a"]);
//! ```
//!
//! Start reading at [`Parser`]. `decode.rs` and `input.rs` make text of bytes, `scan.rs` finds tokens in it, `content.rs` and
//! `prolog.rs` say what tokens mean inside the root element and outside of it (`tag.rs` and `outside.rs` find them), `declare.rs` reads the declarations of a DTD,
//! `expand.rs` replaces references, `names.rs` resolves prefixes. Invariants: a token is taken only when all of it is
//! there, so that an event is never taken back; nothing recurses, however deep elements or entities stand in each other;
//! the text that entities expand to is limited against the size of the document.
#![forbid(unsafe_code)]

mod chars;
mod content;
mod declare;
mod decode;
mod dtd;
mod error;
mod event;
mod expand;
mod input;
mod model;
mod names;
mod outside;
mod parser;
mod prolog;
mod scan;
mod settings;
mod tag;
mod tell;

pub use error::{Error, ErrorCode};
pub use event::{Event, Item, Markup};
pub use model::{Model, ModelKind, Quantifier};
pub use parser::{Options, ParameterEntities, Parser, Position};
