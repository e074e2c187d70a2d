//! From byte ranges to lines and columns.

use crate::ir::Loc;
use taipan_span::{LineIndex, Span};

/// Turns ranges into locations. Neighbouring nodes are on neighbouring lines, so the line found last is
/// tried first.
pub(super) struct Locator<'t> {
    lines: &'t LineIndex,
    /// The number of the line found last, from 1, where it starts and where the next one does.
    line: u32,
    start: u32,
    next: u32,
}

impl<'t> Locator<'t> {
    pub(super) fn new(lines: &'t LineIndex) -> Self {
        Locator { lines, line: 0, start: 0, next: 0 }
    }

    pub(super) fn loc(&mut self, span: Span) -> Loc {
        if span == Span::NOWHERE {
            return Loc::NONE;
        }
        let (line, column) = self.locate(span.start);
        let (end_line, end_column) = self.locate(span.end);
        Loc { line, end_line, column, end_column }
    }

    fn locate(&mut self, offset: u32) -> (i32, i32) {
        if !(self.start..self.next).contains(&offset) {
            self.line = self.lines.line_near(offset, self.line);
            self.start = self.lines.line_start(self.line);
            let last = self.line >= self.lines.line_count();
            self.next = if last { u32::MAX } else { self.lines.line_start(self.line + 1) };
        }
        (self.line as i32, (offset - self.start) as i32)
    }
}
