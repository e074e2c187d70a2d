//! Prints code objects as `dis.dis` does, but for the addresses of code objects.

use super::listing::{Line, Listing};
use crate::code::{Code, Const};
use crate::opcode::Opcode;
use crate::repr::code_repr;
use std::fmt::Write;

/// Columns for names of opcodes and for arguments.
const NAME_WIDTH: usize = 20;
const ARG_WIDTH: usize = 5;

/// What stands for a line that is none.
const NO_LINE: &str = "--";

/// The text of a code object and of those in its constants.
pub fn text(code: &Code) -> String {
    let mut out = String::new();
    let mut pending = vec![code];
    let mut first = true;
    while let Some(code) = pending.pop() {
        if !first {
            let _ = writeln!(out, "\nDisassembly of {}:", code_repr(code));
        }
        first = false;
        one(&mut out, code);
        let direct =
            code.consts.iter().filter_map(|c| if let Const::Code(c) = c { Some(&**c) } else { None });
        pending.extend(direct.rev());
    }
    out
}

fn one(out: &mut String, code: &Code) {
    let listing = Listing::new(code);
    let line_width = line_width(&listing.lines);
    let label_width = 4 + listing.labels.len().to_string().len();
    for line in &listing.lines {
        print_line(out, line, line_width, label_width, listing.labels.get(&line.offset));
    }
    if !listing.handlers.is_empty() {
        out.push_str("ExceptionTable:\n");
    }
    let label = |offset: u32| listing.labels.get(&offset).copied().unwrap_or(0);
    for entry in &listing.handlers {
        let lasti = if entry.lasti { " lasti" } else { "" };
        let (start, end, target) = (label(entry.start), label(entry.end), label(entry.target));
        let _ = writeln!(out, "  L{start} to L{end} -> L{target} [{}]{lasti}", entry.depth);
    }
}

fn line_width(lines: &[Line]) -> usize {
    let starts = || lines.iter().filter_map(|line| line.starts_line);
    let Some(last) = starts().flatten().filter(|line| *line != 0).max() else { return 0 };
    let width = last.to_string().len().max(3);
    if starts().any(|line| line.is_none()) { width.max(4) } else { width }
}

fn print_line(out: &mut String, line: &Line, line_width: usize, label_width: usize, label: Option<&usize>) {
    let begin = out.len();
    if line_width > 0 {
        if line.starts_line.is_some() && line.offset > 0 {
            out.push('\n');
        }
        let number = match line.starts_line {
            Some(Some(number)) => number.to_string(),
            Some(None) => NO_LINE.to_owned(),
            None => String::new(),
        };
        let _ = write!(out, "{number:>line_width$} ");
    }
    let label = label.map_or(String::new(), |label| format!("L{label}:"));
    let name =
        line.opcode.map_or_else(|| format!("<{}>", line.number), |opcode| Opcode::name(opcode).to_owned());
    let _ = write!(out, "{label:>label_width$}     {name:NAME_WIDTH$}");
    if let Some(arg) = line.arg {
        let width = ARG_WIDTH - name.len().saturating_sub(NAME_WIDTH).min(ARG_WIDTH);
        let _ = write!(out, " {arg:>width$}");
        if !line.detail.is_empty() {
            let _ = write!(out, " ({})", line.detail);
        }
    }
    out.truncate(out.trim_end().len().max(begin));
    out.push('\n');
}
