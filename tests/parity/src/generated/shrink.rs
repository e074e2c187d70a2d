//! Makes a program smaller while something holds of it: statements go, the largest first, and blocks are replaced by
//! what stands in them. What is no program any more differs for neither interpreter, so no syntax is known here but
//! the indentation.

use std::io;
use std::path::Path;

/// What stands before this stays: what a shrunk program differs by is not to be found in what prints it.
const MARK: &str = "# the program\n";
/// Programs that are tried for one.
const MOST_TRIED: usize = 400;

/// Writes to `file` the smallest program found of which `holds` is true; it is of `text`.
///
/// # Errors
/// Those of writing and of `holds`.
pub fn shrink(text: &str, file: &Path, holds: impl Fn(&Path) -> io::Result<bool>) -> io::Result<()> {
    let (kept, text) = text.split_at(text.find(MARK).map_or(0, |at| at + MARK.len()));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let write = |lines: &[String]| std::fs::write(file, format!("{kept}{}\n", lines.join("\n")));
    let left = std::cell::Cell::new(MOST_TRIED);
    let try_lines = |lines: &[String]| {
        let Some(fewer) = left.get().checked_sub(1) else { return Ok(false) };
        left.set(fewer);
        write(lines)?;
        holds(file)
    };
    loop {
        let before = lines.len();
        drop_runs(&mut lines, &try_lines)?;
        drop_statements(&mut lines, &try_lines)?;
        unwrap_blocks(&mut lines, &try_lines)?;
        if lines.len() == before {
            break;
        }
    }
    write(&lines)
}

type Holds<'a> = &'a dyn Fn(&[String]) -> io::Result<bool>;

/// Halves, quarters and so on of the statements of the top level.
fn drop_runs(lines: &mut Vec<String>, holds: Holds<'_>) -> io::Result<()> {
    let mut parts = 2;
    loop {
        let starts: Vec<usize> = (0..lines.len()).filter(|&at| begins_statement(lines, at)).collect();
        let step = starts.len() / parts;
        if step < 2 {
            return Ok(());
        }
        for chunk in starts.chunks(step).rev() {
            let (Some(&first), Some(&last)) = (chunk.first(), chunk.last()) else { continue };
            let end = (last + 1..lines.len()).find(|&at| begins_statement(lines, at)).unwrap_or(lines.len());
            attempt(lines, first, end, &[], holds)?;
        }
        parts *= 2;
    }
}

/// Whether a statement of the top level begins at a line; handlers belong to their `try`.
fn begins_statement(lines: &[String], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let goes_on = ["except", "else", "elif", "finally"].iter().any(|word| line.starts_with(word));
    indentation(line) == 0 && !goes_on && !line.is_empty()
}

fn drop_statements(lines: &mut Vec<String>, holds: Holds<'_>) -> io::Result<()> {
    let mut at = lines.len();
    while at > 0 {
        at = (at - 1).min(lines.len().saturating_sub(1));
        let end = block_end(lines, at);
        if attempt(lines, at, end, &[], holds)? {
            continue;
        }
        let replaced = format!("{}pass", " ".repeat(lines.get(at).map_or(0, |line| indentation(line))));
        let already = lines.get(at).is_some_and(|line| line.trim() == "pass");
        if end > at + 2 && !already {
            attempt(lines, at + 1, end, &[format!("    {replaced}")], holds)?;
        }
    }
    Ok(())
}

/// A block's lines in place of the statement that has it, and of a `try` with its handlers.
fn unwrap_blocks(lines: &mut Vec<String>, holds: Holds<'_>) -> io::Result<()> {
    let mut at = 0;
    while at < lines.len() {
        let end = block_end(lines, at);
        let inner: Vec<String> = lines.get(at + 1..end).unwrap_or_default().to_vec();
        let inner: Vec<String> =
            inner.iter().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect();
        let whole = lines.get(end).is_some_and(|line| line.trim_start().starts_with("except"));
        let all = if whole { block_end(lines, end) } else { end };
        if inner.is_empty() || !attempt(lines, at, all, &inner, holds)? {
            at += 1;
        }
    }
    Ok(())
}

/// Replaces lines if the program still is one to keep.
fn attempt(
    lines: &mut Vec<String>,
    from: usize,
    to: usize,
    by: &[String],
    holds: Holds<'_>,
) -> io::Result<bool> {
    let mut candidate = lines.clone();
    candidate.splice(from..to, by.iter().cloned());
    let good = holds(&candidate)?;
    if good {
        *lines = candidate;
    }
    Ok(good)
}

/// The line behind the block that a line begins; the next one if it begins none.
fn block_end(lines: &[String], at: usize) -> usize {
    let depth = lines.get(at).map_or(0, |line| indentation(line));
    let inside = |line: &String| indentation(line) > depth || line.is_empty();
    at + 1 + lines.get(at + 1..).unwrap_or_default().iter().take_while(|line| inside(line)).count()
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_matters_is_left() {
        let text = "a\n# the program\na = 1\nfor x in a:\n    try:\n        b()\n        c()\n    except E:\n        pass\nd()\n";
        let file = std::env::temp_dir().join(format!("taipan-shrink-{}.py", std::process::id()));
        let holds = |file: &std::path::Path| Ok(std::fs::read_to_string(file)?.contains("c()"));
        super::shrink(text, &file, holds).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "a\n# the program\nc()\n");
        std::fs::remove_file(file).unwrap();
    }
}
