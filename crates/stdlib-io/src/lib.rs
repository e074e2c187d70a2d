//! The module `_io`: streams of bytes and of text.
//!
//! Start with `open.rs`. [`MODULES`] has the module, [`fill`] makes the types ready while the process is set up,
//! [`standard`] makes `sys.stdin`, `sys.stdout` and `sys.stderr`. A folder a family: `base/`, `file_io/`,
//! `buffered/`, `text/`, `memory/`. Streams call one another by name, so that any of them may be written in Python;
//! where an object is exactly of a type of this crate it is called straight. Invariant: nothing of a stream is
//! borrowed across a call that may run Python code; the system is reached through `taipan-host` alone.
#![forbid(unsafe_code)]

mod base;
mod buffered;
mod bytes_like;
mod call;
mod errors;
mod file_io;
mod memory;
mod module;
mod open;
pub mod standard;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;

pub use module::MODULES;

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::descriptor::table::{add_attributes, add_entries, add_methods};
use taipan_object::str::PyStr;
use taipan_object::types::contents::insert;
use taipan_object::types::{PyTypeObject, ready};
use taipan_object::{PyResult, Thread};

/// Bytes that are held by a buffered stream, unless it is told otherwise.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// The types of the module, bases first.
pub(crate) fn types() -> [&'static PyTypeObject; 14] {
    [
        &base::IO_BASE,
        &base::RAW_IO_BASE,
        &base::BUFFERED_IO_BASE,
        &base::TEXT_IO_BASE,
        &file_io::FILE_IO,
        &buffered::READER,
        &buffered::WRITER,
        &buffered::RANDOM,
        &buffered::PAIR,
        &memory::BYTES_IO,
        &memory::BYTES_IO_BUFFER,
        &memory::STRING_IO,
        &text::newline_decoder::NEWLINE_DECODER,
        &text::TEXT_IO_WRAPPER,
    ]
}

type Table = (&'static PyTypeObject, &'static [MethodDef], &'static [GetSetDef]);

fn tables() -> Vec<Table> {
    let mut all: Vec<Table> = Vec::new();
    all.extend(base::tables());
    all.push(base::text_tables());
    all.push((&file_io::FILE_IO, &file_io::METHODS, &file_io::ATTRIBUTES));
    all.extend(buffered::tables());
    all.extend(memory::tables());
    all.extend(text::tables());
    all
}

/// What `__doc__` says of the types, in the order of [`types`].
const DOCS: [&str; 13] = [
    "What all streams have in common: being open or closed, positions, lines.",
    "The base of streams of bytes without a buffer.",
    "The base of streams of bytes with a buffer.",
    "The base of streams of text.",
    "A file of the system as a stream of bytes without a buffer.",
    "A stream that reads ahead from a raw one.",
    "A stream that holds back what is written to a raw one.",
    "A stream that reads from and writes to a raw one, with a buffer.",
    "A reader and a writer as one stream.",
    "A stream of bytes in memory.",
    "A stream of text in memory.",
    "A decoder behind another one that notes ends of lines, and may turn them into \\n.",
    "A stream of text over a stream of bytes.",
];

fn document(thread: &Thread) -> PyResult<()> {
    types().into_iter().zip(DOCS).try_for_each(|(ty, doc)| {
        add_entries(thread, ty, move |thread, dict| {
            insert(thread, dict, "__doc__", PyStr::from_text(thread, doc)?.into_value())
        })
    })
}

/// Makes the types ready: part of what fills the static types while the process is set up.
pub fn fill(thread: &Thread) -> PyResult<()> {
    ready::ready_more(thread, &types())?;
    for (ty, methods, attributes) in tables() {
        add_methods(thread, ty, methods)?;
        add_attributes(thread, ty, attributes)?;
    }
    document(thread)
}
