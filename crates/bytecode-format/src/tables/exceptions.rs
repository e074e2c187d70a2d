//! The exception table: which instructions are covered by which handler.
//!
//! An entry is four numbers: start, length, target, and depth with the lasti flag in its lowest bit.
//! A number stands in groups of six bits, the highest first; bit 6 says that more follow, bit 7 marks
//! the first byte of an entry.

use super::{Cursor, TableError};

/// Instructions and the handler of what they raise. Offsets count code units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExceptionEntry {
    /// The first code unit covered.
    pub start: u32,
    /// The first code unit that is no longer covered.
    pub end: u32,
    /// The handler.
    pub target: u32,
    /// Height to which the stack is cut.
    pub depth: u32,
    /// Whether the offset of the instruction that raised is pushed below the exception.
    pub lasti: bool,
}

/// The table of these entries, which must ascend for lookups to find them.
pub fn encode(entries: &[ExceptionEntry]) -> Vec<u8> {
    // most numbers are of one or two bytes
    let mut out = Vec::with_capacity(entries.len() * 7);
    for entry in entries {
        number(&mut out, entry.start, 0x80);
        number(&mut out, entry.end.saturating_sub(entry.start), 0);
        number(&mut out, entry.target, 0);
        number(&mut out, entry.depth << 1 | u32::from(entry.lasti), 0);
    }
    out
}

fn number(out: &mut Vec<u8>, value: u32, mut mark: u8) {
    for shift in [30, 24, 18, 12, 6] {
        if value >> shift != 0 {
            out.push((value >> shift) as u8 & 0x3F | 0x40 | mark);
            mark = 0;
        }
    }
    out.push(value as u8 & 0x3F | mark);
}

/// The entries of a table, in its order. After an error there is nothing more.
#[derive(Clone, Debug)]
pub struct ExceptionEntries<'t> {
    cursor: Cursor<'t>,
}

/// The entries of `table`.
pub fn decode(table: &[u8]) -> ExceptionEntries<'_> {
    ExceptionEntries { cursor: Cursor { table, at: 0 } }
}

impl ExceptionEntries<'_> {
    /// The byte of the table at which the next entry begins.
    pub fn offset(&self) -> usize {
        self.cursor.at
    }

    fn number(&mut self, first: bool) -> Result<u32, TableError> {
        let offset = self.cursor.at;
        let mut byte = self.cursor.byte()?;
        if (byte & 0x80 != 0) != first {
            return Err(TableError::EntryStart { offset });
        }
        let mut value = u32::from(byte & 0x3F);
        while byte & 0x40 != 0 {
            let at = self.cursor.at;
            byte = self.cursor.byte()?;
            if byte & 0x80 != 0 {
                return Err(TableError::EntryStart { offset: at });
            }
            if value >> 26 != 0 {
                return Err(TableError::Overflow { offset });
            }
            value = value << 6 | u32::from(byte & 0x3F);
        }
        Ok(value)
    }

    fn entry(&mut self) -> Result<ExceptionEntry, TableError> {
        let offset = self.cursor.at;
        let start = self.number(true)?;
        let length = self.number(false)?;
        let target = self.number(false)?;
        let depth = self.number(false)?;
        let end = start.checked_add(length).ok_or(TableError::Overflow { offset })?;
        Ok(ExceptionEntry { start, end, target, depth: depth >> 1, lasti: depth & 1 != 0 })
    }
}

impl Iterator for ExceptionEntries<'_> {
    type Item = Result<ExceptionEntry, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.at_end() {
            return None;
        }
        let entry = self.entry();
        if entry.is_err() {
            self.cursor.table = &[];
        }
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_read_back_whatever_their_size() {
        let sizes = [0, 1, 63, 64, 4095, 4096, 1 << 18, 1 << 24, (1 << 31) - 1];
        let entries: Vec<_> = sizes
            .map(|n| ExceptionEntry { start: n, end: n + 1, target: n, depth: n, lasti: n % 2 == 1 })
            .into();
        let table = encode(&entries);
        assert_eq!(decode(&table).collect::<Result<Vec<_>, _>>(), Ok(entries));
    }

    #[test]
    fn malformed_tables_are_refused_with_their_place() {
        let fails = |table: &[u8]| decode(table).last().and_then(Result::err);
        assert_eq!(fails(&[0x80, 1, 2]), Some(TableError::UnexpectedEnd { offset: 3 }));
        assert_eq!(fails(&[0x00, 1, 2, 3]), Some(TableError::EntryStart { offset: 0 }));
        assert_eq!(fails(&[0x80, 0x81, 2, 3]), Some(TableError::EntryStart { offset: 1 }));
        assert_eq!(
            fails(&[0xC4, 0x40, 0x40, 0x40, 0x40, 0, 0, 0, 0]),
            Some(TableError::Overflow { offset: 0 })
        );
        assert_eq!(
            fails(&[0xC3, 0x7F, 0x7F, 0x7F, 0x7F, 0x3F, 1, 0, 0]),
            Some(TableError::Overflow { offset: 0 })
        );
    }
}
