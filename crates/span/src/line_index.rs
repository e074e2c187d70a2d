//! The table of line starts of one source, and the two look-ups that need it.

use crate::Span;

/// A line, counted from 1, and a column, counted from 0 in UTF-8 bytes, as in CPython's AST.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line number, from 1.
    pub line: u32,
    /// Bytes between the start of the line and the position.
    pub column: u32,
}

/// The offsets at which the lines of a source begin. Lines end with `\n` only: the lexer has
/// already turned `\r\n` and `\r` into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineIndex {
    starts: Box<[u32]>,
    /// What offsets stand for where there is no source; empty where there is one.
    places: Box<[Place]>,
}

/// A line and a column of a tree that no source was parsed to: any numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// The line.
    pub line: i32,
    /// The column.
    pub column: i32,
}

impl LineIndex {
    /// Scans `source`, which must be shorter than 4 GiB.
    pub fn new(source: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', source).count();
        let mut starts = Vec::with_capacity(lines + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', source).map(|at| at as u32 + 1));
        LineIndex { starts: starts.into_boxed_slice(), places: Box::default() }
    }

    /// The lines of a source of `source_len` bytes by the lengths, newline included, of all lines but
    /// the last; none if they are no lines of such a source.
    pub fn from_lengths(lengths: impl IntoIterator<Item = u32>, source_len: u32) -> Option<Self> {
        let mut starts = vec![0];
        let mut start = 0u32;
        for length in lengths {
            start = start.checked_add(length).filter(|&next| length > 0 && next <= source_len)?;
            starts.push(start);
        }
        Some(LineIndex { starts: starts.into_boxed_slice(), places: Box::default() })
    }

    /// The table for a tree that no source was parsed to: its offsets are indices of these places.
    pub fn from_places(places: Vec<Place>) -> Self {
        LineIndex { starts: Box::new([0]), places: places.into_boxed_slice() }
    }

    /// The place that an offset stands for, if there is no source.
    pub fn place(&self, offset: u32) -> Option<Place> {
        self.places.get(offset as usize).copied()
    }

    /// What [`LineIndex::from_lengths`] takes.
    pub fn lengths(&self) -> impl ExactSizeIterator<Item = u32> {
        self.starts.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// Number of lines; a source that ends in a newline has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The line of `offset`, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        if let Some(place) = self.place(offset) {
            return u32::try_from(place.line).unwrap_or(0);
        }
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The line of `offset`, from 1, which is likely to be near the line `near`.
    pub fn line_near(&self, offset: u32, near: u32) -> u32 {
        const TRIED: usize = 8;
        let near = (near as usize).min(self.starts.len());
        let (before, behind) = self.starts.split_at(near);
        // the first line starts at 0, so that one of those before is always found
        if before.last().is_none_or(|&start| start <= offset) {
            match behind.iter().take(TRIED).position(|&start| start > offset) {
                Some(lines) => return (near + lines) as u32,
                None if behind.len() <= TRIED => return self.line_count(),
                None => {}
            }
        } else if let Some(lines) = before.iter().rev().take(TRIED).position(|&start| start <= offset) {
            return (near - lines) as u32;
        }
        self.line(offset)
    }

    /// The line and column of `offset`.
    pub fn locate(&self, offset: u32) -> LineColumn {
        if let Some(place) = self.place(offset) {
            let number = |number| u32::try_from(number).unwrap_or(0);
            return LineColumn { line: number(place.line), column: number(place.column) };
        }
        let line = self.line(offset);
        LineColumn { line, column: offset - self.starts[line as usize - 1] }
    }

    /// The offset at which `line` (from 1) begins; the last line's for anything beyond.
    pub fn line_start(&self, line: u32) -> u32 {
        let last = self.starts.len() - 1;
        self.starts[(line.max(1) as usize - 1).min(last)]
    }

    /// The range of `line` (from 1) in a source of `source_len` bytes, its newline included.
    pub fn line_span(&self, line: u32, source_len: u32) -> Span {
        let start = self.line_start(line);
        let end = self.starts.get(line.max(1) as usize).copied().unwrap_or(source_len);
        Span::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_after_a_newline_is_on_the_next_line() {
        let index = LineIndex::new(b"ab\nc\n");
        assert_eq!(index.locate(2), LineColumn { line: 1, column: 2 });
        assert_eq!(index.locate(3), LineColumn { line: 2, column: 0 });
        assert_eq!(index.locate(5), LineColumn { line: 3, column: 0 });
        assert_eq!(index.line_span(2, 5), Span::new(3, 5));
        assert_eq!(index.line_count(), 3);
    }

    #[test]
    fn a_line_is_the_same_whatever_is_thought_to_be_near() {
        let source = "a\n\nbc\n".repeat(20);
        let index = LineIndex::new(source.as_bytes());
        for offset in 0..=source.len() as u32 {
            for near in 0..=index.line_count() + 9 {
                assert_eq!(index.line_near(offset, near), index.line(offset), "{offset} near {near}");
            }
        }
    }

    #[test]
    fn lengths_give_the_lines_again_and_impossible_ones_none() {
        for source in ["", "a", "\n", "ab\nc\n", "ab\n\nc"] {
            let index = LineIndex::new(source.as_bytes());
            assert_eq!(LineIndex::from_lengths(index.lengths(), source.len() as u32), Some(index));
        }
        assert_eq!(LineIndex::from_lengths([0], 3), None);
        assert_eq!(LineIndex::from_lengths([2, 2], 3), None);
        assert_eq!(LineIndex::from_lengths([2, u32::MAX], u32::MAX), None);
    }
}
