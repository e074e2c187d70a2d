//! Frames: where they stand, and their text.

use crate::Sources;
use crate::carets::{Columns, source_lines};
use crate::text::{is_blank, of_wtf8};
use taipan_bytecode_format::Code;
use taipan_object::traceback::PyTraceback;
use taipan_object::{PyResult, Ref, Thread, Value};
use taipan_vm::{frame_object, positions, program};

/// Frames in a row that stand in the same line are shown so often.
const REPEATED: usize = 3;
/// More lines of one instruction are not asked for.
const MOST_LINES: u32 = 100_000;

/// The part of the source that an instruction was made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The last line.
    pub end_line: i32,
    /// Where it begins in the first line, in bytes of UTF-8.
    pub column: u32,
    /// Where it ends in the last line.
    pub end_column: u32,
}

/// A frame as a line of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameLine {
    /// The file.
    pub filename: String,
    /// The line; none for an instruction that stands nowhere.
    pub line: Option<i32>,
    /// What runs in the frame.
    pub name: String,
    /// What the carets mark; none if no carets are wanted or their place is not known.
    pub span: Option<Span>,
}

impl FrameLine {
    fn new(code: &Code, line: Option<i32>, span: Option<Span>) -> FrameLine {
        let (filename, name) = (of_wtf8(code.filename.as_wtf8()), of_wtf8(code.name.as_wtf8()));
        FrameLine { filename, line, name, span }
    }

    fn same_place(&self, other: &FrameLine) -> bool {
        self.line.is_some()
            && self.line == other.line
            && self.filename == other.filename
            && self.name == other.name
    }

    /// The source lines, from the first to the last one of the instruction.
    fn lines(&self, sources: &dyn Sources) -> Vec<String> {
        let Some(first) = self.line.and_then(|line| u32::try_from(line).ok()) else { return Vec::new() };
        let last = self.span.and_then(|span| u32::try_from(span.end_line).ok()).unwrap_or(first);
        let last = last.min(first.saturating_add(MOST_LINES));
        let line = |number| {
            // the code before a module's first line stands in line zero
            let line = if number == 0 { None } else { sources.line(&self.filename, number) };
            line.unwrap_or_default().trim_end_matches(is_blank).to_owned()
        };
        (first..=last).map(line).collect()
    }

    /// The text of the frame: its place, its source lines and their carets.
    fn format(&self, sources: &dyn Sources) -> String {
        let filename = match self.filename.starts_with("<stdin-") && self.filename.ends_with('>') {
            true => "<stdin>",
            false => &self.filename,
        };
        let line = self.line.map_or_else(|| "None".to_owned(), |line| line.to_string());
        let columns = self.span.map(|span| Columns { start: span.column, end: span.end_column });
        let source = source_lines(&self.lines(sources), columns);
        format!("  File \"{filename}\", line {line}, in {}\n{source}", self.name)
    }
}

/// The entries of a traceback, from the first to the last one.
pub fn entries_of_traceback(traceback: Option<Ref<'_>>) -> Vec<FrameLine> {
    let mut entries = Vec::new();
    let mut at = traceback.map(Ref::to_value);
    while let Some(entry) = at {
        let Some(entry) = entry.as_ref().get::<PyTraceback>() else { break };
        entries.extend(entry_of_traceback(entry));
        at = entry.tb_next().get().filter(|next| !next.as_ref().is_none());
    }
    entries
}

fn entry_of_traceback(entry: &PyTraceback) -> Option<FrameLine> {
    let frame = entry.tb_frame().get()?;
    let code = frame_object::state_of(frame.as_ref())?.code()?;
    let source = &program(&code).source;
    let [instruction, known] = entry.tb_place().get();
    let location = u32::try_from(instruction).ok().and_then(|at| positions::location_of(source, at / 2));
    let known = (known != -1).then_some(known);
    let Some(location) = location else { return Some(FrameLine::new(source, known, None)) };
    let span = location.column.zip(location.end_column).map(|(column, end_column)| Span {
        end_line: location.end_line,
        column,
        end_column,
    });
    Some(FrameLine::new(source, Some(location.line), span))
}

/// The entry of a frame object as `print_stack` shows it, without carets; none if it is no frame.
pub fn entry_of_frame(frame: Ref<'_>) -> Option<FrameLine> {
    let state = frame_object::state_of(frame)?;
    let code = state.code()?;
    let source = &program(&code).source;
    Some(FrameLine::new(source, positions::line_of(source, state.unit()), None))
}

/// The entries of a frame object and those that called it, the outermost first.
///
/// # Errors
/// When there is no memory for a frame object.
pub fn entries_of_stack(thread: &Thread, frame: Ref<'_>) -> PyResult<Vec<FrameLine>> {
    let mut entries = Vec::new();
    let mut at: Option<Value> = Some(frame.to_value());
    while let Some(frame) = at {
        let Some(state) = frame_object::state_of(frame.as_ref()) else { break };
        entries.extend(entry_of_frame(frame.as_ref()));
        at = state.back(thread)?;
    }
    entries.reverse();
    Ok(entries)
}

/// The text of frames, a piece for each of them; of those that stand in one line in a row only the first ones.
pub fn format_frames(frames: &[FrameLine], sources: &dyn Sources) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = frames;
    while let Some(first) = rest.first() {
        let same = rest.iter().skip(1).take_while(|frame| first.same_place(frame)).count() + 1;
        let (run, behind) = rest.split_at_checked(same).unwrap_or((rest, &[]));
        pieces.extend(run.iter().take(REPEATED).map(|frame| frame.format(sources)));
        if same > REPEATED {
            let more = same - REPEATED;
            let ending = if more > 1 { "s" } else { "" };
            pieces.push(format!("  [Previous line repeated {more} more time{ending}]\n"));
        }
        rest = behind;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One;

    impl Sources for One {
        fn line(&self, _: &str, line: u32) -> Option<String> {
            (line == 1).then(|| "\tf(x) \n".to_owned())
        }
    }

    #[test]
    fn runs_are_collapsed() {
        let frame = |line| FrameLine {
            filename: "a.py".to_owned(),
            line,
            name: "f".to_owned(),
            span: Some(Span { end_line: 1, column: 1, end_column: 5 }),
        };
        let shown = |count| format_frames(&vec![frame(Some(1)); count], &One).concat();
        let once = "  File \"a.py\", line 1, in f\n    f(x)\n    ~^^^\n";
        assert_eq!(shown(3), once.repeat(3));
        assert_eq!(shown(4), once.repeat(3) + "  [Previous line repeated 1 more time]\n");
        assert_eq!(shown(9), once.repeat(3) + "  [Previous line repeated 6 more times]\n");
        assert_eq!(format_frames(&[frame(None)], &One), ["  File \"a.py\", line None, in f\n"]);
    }
}
