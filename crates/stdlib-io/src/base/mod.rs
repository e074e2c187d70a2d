//! The bases of all streams: `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`. They hold nothing; what
//! their methods do they do by the methods that streams have by name.

mod lines;
mod plain;
mod raw;
mod state;

pub(crate) use lines::next_line;
pub(crate) use state::{check_closed, close};

use taipan_object::builtin::MethodDef;
use taipan_object::descriptor::GetSetDef;
use taipan_object::native_base;
use taipan_object::types::{PyTypeObject, flags};

native_base! {
    /// `_io._IOBase`.
    pub static IO_BASE = "_io._IOBase", flags flags::BASETYPE,
    does {
        new: plain::new,
        iter: lines::iter,
        next: lines::next,
        finalize: state::finalize,
    }
}

native_base! {
    /// `_io._RawIOBase`.
    pub static RAW_IO_BASE = "_io._RawIOBase", flags flags::BASETYPE, base IO_BASE, does {}
}

native_base! {
    /// `_io._BufferedIOBase`.
    pub static BUFFERED_IO_BASE = "_io._BufferedIOBase", flags flags::BASETYPE, base IO_BASE, does {}
}

native_base! {
    /// `_io._TextIOBase`.
    pub static TEXT_IO_BASE = "_io._TextIOBase", flags flags::BASETYPE, base IO_BASE, does {}
}

/// The types with their tables.
pub(crate) fn tables() -> [(&'static PyTypeObject, &'static [MethodDef], &'static [GetSetDef]); 4] {
    [
        (&IO_BASE, &state::METHODS, &state::ATTRIBUTES),
        (&IO_BASE, &lines::METHODS, &[]),
        (&RAW_IO_BASE, &raw::METHODS, &[]),
        (&BUFFERED_IO_BASE, &plain::BUFFERED_METHODS, &[]),
    ]
}

/// The methods and attributes of `_TextIOBase`.
pub(crate) fn text_tables() -> (&'static PyTypeObject, &'static [MethodDef], &'static [GetSetDef]) {
    (&TEXT_IO_BASE, &plain::TEXT_METHODS, &plain::TEXT_ATTRIBUTES)
}
