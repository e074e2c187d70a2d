//! The position table: from which source range each code unit was made.
//!
//! An entry covers one to eight code units. Its first byte is `1 form:4 units-1:3`; numbers that follow
//! stand in groups of six bits, the lowest first, bit 6 saying that more follow.
//!
//! | form | location |
//! |---|---|
//! | 0 to 9 | the line before, columns in one more byte |
//! | 10 to 12 | 0 to 2 lines on, the two columns in a byte each |
//! | 13 | a signed line delta, no columns |
//! | 14 | signed line delta, lines to the end, both columns above 1 (0: none) |
//! | 15 | none |

pub use super::units::units;

use super::{Cursor, TableError};

/// A source range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    /// The first line.
    pub line: i32,
    /// The last line, not before the first.
    pub end_line: i32,
    /// Where it begins in the first line, in bytes of UTF-8.
    pub column: Option<u32>,
    /// Where it ends in the last line.
    pub end_column: Option<u32>,
}

/// Code units in a row that share a location.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PositionEntry {
    /// Number of code units.
    pub units: u32,
    /// Where they come from, if from anywhere.
    pub location: Option<Location>,
}

pub(super) const NO_COLUMN: u8 = 13;
const LONG: u8 = 14;
pub(super) const NONE: u8 = 15;

/// The table of `entries`, in the order of the code. Neighbours of the same location are joined.
pub fn encode(firstlineno: i32, entries: impl IntoIterator<Item = PositionEntry>) -> Vec<u8> {
    let mut writer = Writer::in_room_of(Vec::new(), firstlineno);
    let (mut units, mut location) = (0, None);
    for entry in entries {
        if entry.location != location {
            writer.run(units, location);
            (units, location) = (0, entry.location);
        }
        units += entry.units;
    }
    writer.run(units, location);
    writer.finish()
}

/// A table in the making.
#[derive(Clone, Debug)]
pub struct Writer {
    out: Vec<u8>,
    line: i32,
}

impl Writer {
    /// A table without entries, in the room of another one.
    pub fn in_room_of(mut table: Vec<u8>, firstlineno: i32) -> Writer {
        table.clear();
        Writer { out: table, line: firstlineno }
    }

    /// The table.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Appends the entry of at most eight code units that come from one line, if it is of a short form: of
    /// two or three bytes. Nearly all are.
    #[inline(always)]
    pub fn short(&mut self, units: u32, line: i32, column: u32, end_column: u32) -> bool {
        let delta = line.wrapping_sub(self.line) as u32;
        if units.wrapping_sub(1) >= 8 || delta > 2 || (column | end_column) >= 128 {
            return false;
        }
        self.line = line;
        let width = end_column.wrapping_sub(column);
        if delta == 0 && column < 80 && width < 16 {
            let columns = (column & 7) << 4 | width;
            self.out.extend_from_slice(&[first((column >> 3) as u8, units as u8), columns as u8]);
        } else {
            let form = first(10 + delta as u8, units as u8);
            self.out.extend_from_slice(&[form, column as u8, end_column as u8]);
        }
        true
    }

    /// Appends as many entries as a run of code units of one location needs.
    pub fn run(&mut self, units: u32, location: Option<Location>) {
        let mut left = units;
        while left > 0 {
            let units = left.min(8) as u8;
            left -= u32::from(units);
            match location {
                Some(location) => self.location(units, location),
                None => self.first(NONE, units),
            }
        }
    }

    fn first(&mut self, form: u8, units: u8) {
        self.out.push(first(form, units));
    }

    fn location(&mut self, units: u8, location: Location) {
        if let (Some(start), Some(end)) = (location.column, location.end_column)
            && location.end_line == location.line
            && self.short(units.into(), location.line, start, end)
        {
            return;
        }
        let delta = i64::from(location.line) - i64::from(self.line);
        self.line = location.line;
        self.any_location(units, delta, location);
    }

    /// A location in the forms that any fits.
    #[cold]
    fn any_location(&mut self, units: u8, delta: i64, location: Location) {
        let Location { line, end_line, column, end_column } = location;
        if end_line == line && (column.is_none() || end_column.is_none()) {
            self.first(NO_COLUMN, units);
            return self.signed(delta);
        }
        self.first(LONG, units);
        self.signed(delta);
        self.number((i64::from(end_line) - i64::from(line)).max(0) as u64);
        self.number(column.map_or(0, |column| u64::from(column) + 1));
        self.number(end_column.map_or(0, |column| u64::from(column) + 1));
    }

    fn number(&mut self, mut value: u64) {
        while value >= 64 {
            self.out.push(0x40 | value as u8 & 0x3F);
            value >>= 6;
        }
        self.out.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        self.number(value.unsigned_abs() << 1 | u64::from(value < 0));
    }
}

/// The first byte of an entry.
const fn first(form: u8, units: u8) -> u8 {
    0x80 | form << 3 | units.wrapping_sub(1) & 7
}

/// The entries of a table, in its order. After an error there is nothing more.
#[derive(Clone, Debug)]
pub struct Positions<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) line: i32,
}

/// The entries of `table`.
pub fn decode(table: &[u8], firstlineno: i32) -> Positions<'_> {
    Positions { cursor: Cursor { table, at: 0 }, line: firstlineno }
}

impl Positions<'_> {
    /// The byte of the table at which the next entry begins.
    pub fn offset(&self) -> usize {
        self.cursor.at
    }

    #[inline]
    fn number(&mut self) -> Result<u32, TableError> {
        let offset = self.cursor.at;
        // nearly all are of one byte
        if let Some(&byte) = self.cursor.table.get(offset).filter(|byte| **byte < 0x40) {
            self.cursor.at += 1;
            return Ok(byte.into());
        }
        self.long_number(offset)
    }

    fn long_number(&mut self, offset: usize) -> Result<u32, TableError> {
        let mut value = 0u64;
        for shift in (0..36).step_by(6) {
            let at = self.cursor.at;
            let byte = self.cursor.byte()?;
            if byte & 0x80 != 0 {
                return Err(TableError::EntryStart { offset: at });
            }
            value |= u64::from(byte & 0x3F) << shift;
            if byte & 0x40 == 0 {
                return u32::try_from(value).map_err(|_| TableError::Overflow { offset });
            }
        }
        Err(TableError::Overflow { offset })
    }

    fn move_line(&mut self, delta: i32) -> Result<i32, TableError> {
        let offset = self.cursor.at;
        self.line = self.line.checked_add(delta).ok_or(TableError::Overflow { offset })?;
        Ok(self.line)
    }

    fn signed_line(&mut self) -> Result<i32, TableError> {
        let value = self.number()?;
        let size = (value >> 1) as i32;
        self.move_line(if value & 1 != 0 { -size } else { size })
    }

    #[inline]
    pub(super) fn entry(&mut self) -> Result<PositionEntry, TableError> {
        let offset = self.cursor.at;
        let first = self.cursor.byte()?;
        if first & 0x80 == 0 {
            return Err(TableError::EntryStart { offset });
        }
        let location = match first >> 3 & 15 {
            NONE => None,
            LONG => Some(self.long()?),
            NO_COLUMN => {
                let line = self.signed_line()?;
                Some(Location { line, end_line: line, column: None, end_column: None })
            }
            form @ 10..NO_COLUMN => {
                let line = self.move_line(i32::from(form) - 10)?;
                let (start, end) = (self.cursor.byte()?, self.cursor.byte()?);
                Some(one_line(line, start.into(), end.into()))
            }
            form => {
                let byte = u32::from(self.cursor.byte()?);
                let start = u32::from(form) << 3 | byte >> 4;
                Some(one_line(self.line, start, start + (byte & 15)))
            }
        };
        Ok(PositionEntry { units: u32::from(first & 7) + 1, location })
    }

    fn long(&mut self) -> Result<Location, TableError> {
        let offset = self.cursor.at;
        let line = self.signed_line()?;
        let lines = i32::try_from(self.number()?).map_err(|_| TableError::Overflow { offset })?;
        let end_line = line.checked_add(lines).ok_or(TableError::Overflow { offset })?;
        let column = self.number()?.checked_sub(1);
        let end_column = self.number()?.checked_sub(1);
        Ok(Location { line, end_line, column, end_column })
    }
}

const fn one_line(line: i32, start: u32, end: u32) -> Location {
    Location { line, end_line: line, column: Some(start), end_column: Some(end) }
}

impl Iterator for Positions<'_> {
    type Item = Result<PositionEntry, TableError>;

    #[inline]
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

/// A run of code of one line, as `co_lines()` has it; offsets count bytes of the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRange {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The line, if the code comes from one.
    pub line: Option<i32>,
}

/// `co_lines()`: neighbours of the same line are one range.
///
/// # Errors
/// If the table is malformed.
pub fn lines(table: &[u8], firstlineno: i32) -> Result<Vec<LineRange>, TableError> {
    let mut ranges: Vec<LineRange> = Vec::new();
    let mut at = 0u32;
    let mut entries = decode(table, firstlineno);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let start = at;
        at = at.checked_add(entry.units * 2).ok_or(TableError::Overflow { offset: entries.offset() })?;
        let line = entry.location.map(|location| location.line);
        match ranges.last_mut() {
            Some(last) if last.line == line => last.end = at,
            _ => ranges.push(LineRange { start, end: at, line }),
        }
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: i32, end_line: i32, column: Option<u32>, end_column: Option<u32>) -> Option<Location> {
        Some(Location { line, end_line, column, end_column })
    }

    #[test]
    fn every_form_reads_back() {
        let locations = [
            at(5, 5, Some(3), Some(9)),
            at(6, 6, Some(3), Some(9)),
            at(6, 6, Some(79), Some(94)),
            at(6, 6, Some(80), Some(81)),
            at(8, 8, Some(127), Some(127)),
            None,
            at(4, 4, None, None),
            at(4, 7, None, None),
            at(9000, 90_000, Some(1_000_000), Some(5)),
            at(1, 1, Some(9), Some(4)),
        ];
        let entries: Vec<_> = (1..)
            .zip(locations)
            .map(|(n, location)| PositionEntry { units: n * 3 % 8 + 1, location })
            .collect();
        let table = encode(5, entries.iter().copied());
        assert_eq!(decode(&table, 5).collect::<Result<Vec<_>, _>>(), Ok(entries));
    }

    #[test]
    fn long_runs_are_split_at_eight_units() {
        let entry = |units| PositionEntry { units, location: at(3, 3, Some(0), Some(4)) };
        let table = encode(1, [entry(9), entry(8)]);
        let units: Vec<_> = decode(&table, 1).map(|e| e.map(|e| e.units)).collect();
        assert_eq!(units, [Ok(8), Ok(8), Ok(1)]);
        assert_eq!(lines(&table, 1), Ok(vec![LineRange { start: 0, end: 34, line: Some(3) }]));
    }

    #[test]
    fn malformed_tables_are_refused_with_their_place() {
        let fails = |table: &[u8]| decode(table, i32::MAX).last().and_then(Result::err);
        assert_eq!(fails(&[0x00]), Some(TableError::EntryStart { offset: 0 }));
        assert_eq!(fails(&[0x80]), Some(TableError::UnexpectedEnd { offset: 1 }));
        assert_eq!(fails(&[0xE8, 0x80]), Some(TableError::EntryStart { offset: 1 }));
        assert_eq!(fails(&[0xE8, 2]), Some(TableError::Overflow { offset: 2 }));
        assert_eq!(
            fails(&[0xE8, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F]),
            Some(TableError::Overflow { offset: 1 })
        );
    }
}
