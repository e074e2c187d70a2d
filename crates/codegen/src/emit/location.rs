//! From byte ranges to lines and columns.

use crate::ir::Loc;
use taipan_span::{LineIndex, Span};

/// Turns ranges into locations. Neighbouring nodes begin on neighbouring lines, so the line found last is
/// tried first.
pub(super) struct Locator<'t> {
    lines: &'t LineIndex,
    /// The number of the line found last, from 1, where it starts and how long it is.
    line: u32,
    start: u32,
    length: u32,
}

impl<'t> Locator<'t> {
    pub(super) fn new(lines: &'t LineIndex) -> Self {
        Locator { lines, line: 0, start: 0, length: 0 }
    }

    #[inline]
    pub(super) fn loc(&mut self, span: Span) -> Loc {
        let column = span.start.wrapping_sub(self.start);
        if column >= self.length {
            if span == Span::NOWHERE {
                return Loc::NONE;
            }
            if let (Some(start), Some(end)) = (self.lines.place(span.start), self.lines.place(span.end)) {
                let (column, end_column) = (start.column, end.column);
                return Loc { line: start.line, end_line: end.line, column, end_column };
            }
            self.find(span.start);
        }
        let (line, column) = (self.line as i32, span.start.wrapping_sub(self.start) as i32);
        let end_column = span.end.wrapping_sub(self.start);
        if end_column < self.length {
            return Loc { line, end_line: line, column, end_column: end_column as i32 };
        }
        let end_line = self.lines.line_near(span.end, self.line + 1);
        let end_column = (span.end - self.lines.line_start(end_line)) as i32;
        Loc { line, end_line: end_line as i32, column, end_column }
    }

    #[inline(never)]
    fn find(&mut self, offset: u32) {
        self.line = self.lines.line_near(offset, self.line + 1);
        self.start = self.lines.line_start(self.line);
        let last = self.line >= self.lines.line_count();
        let next = if last { u32::MAX } else { self.lines.line_start(self.line + 1) };
        self.length = next - self.start;
    }
}
