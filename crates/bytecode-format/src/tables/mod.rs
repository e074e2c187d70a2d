//! The two tables beside an instruction stream: positions (`co_linetable`) and exception handlers
//! (`co_exceptiontable`).
//! Invariant: encoders give exactly the bytes that CPython gives for the same content; decoders accept
//! any bytes, never panic and allocate nothing.

pub mod exceptions;
pub mod positions;
mod units;

use std::fmt;

/// Why bytes are no table. Offsets count bytes of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableError {
    /// The table ends within an entry.
    UnexpectedEnd {
        /// Where more was needed.
        offset: usize,
    },
    /// A byte that begins no entry stands where one has to begin.
    EntryStart {
        /// Where it stands.
        offset: usize,
    },
    /// A number that does not fit its type.
    Overflow {
        /// Where it begins.
        offset: usize,
    },
}

impl TableError {
    /// Where in the table.
    pub const fn offset(self) -> usize {
        match self {
            TableError::UnexpectedEnd { offset }
            | TableError::EntryStart { offset }
            | TableError::Overflow { offset } => offset,
        }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableError::UnexpectedEnd { offset } => write!(f, "the table ends early at its byte {offset}"),
            TableError::EntryStart { offset } => write!(f, "no entry begins at byte {offset} of the table"),
            TableError::Overflow { offset } => write!(f, "number too large at byte {offset} of the table"),
        }
    }
}

impl std::error::Error for TableError {}

/// Bytes of a table being read.
#[derive(Clone, Debug)]
struct Cursor<'t> {
    table: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Result<u8, TableError> {
        let byte = *self.table.get(self.at).ok_or(TableError::UnexpectedEnd { offset: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    fn at_end(&self) -> bool {
        self.at >= self.table.len()
    }
}
