//! The source lines of a frame, with carets below what was running.

use crate::anchors::{Shape, shape};
use crate::brackets::is_name;
use crate::scan::{Kind, tokens};
use crate::text::{chars_before, dedent, indent, is_blank, part, width};
use std::collections::BTreeSet;

/// A source range: columns in bytes of UTF-8.
pub(crate) struct Columns {
    pub start: u32,
    pub end: u32,
}

/// A place in the lines: line and character.
type Place = (usize, usize);

/// Lines and what of them was running.
struct Piece {
    lines: Vec<Vec<char>>,
    /// Where the piece begins in the first line and ends in the last one.
    start: usize,
    end: usize,
    /// The part that is stressed.
    stressed: Option<(Place, Place)>,
    carets: bool,
}

/// The source lines of a frame, indented; `lines` are those from the first to the last line of what was running,
/// without blanks at their ends.
pub(crate) fn source_lines(lines: &[String], columns: Option<Columns>) -> String {
    let shorter = dedent(lines);
    if shorter.iter().all(String::is_empty) {
        return String::new();
    }
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return String::new() };
    let Some(columns) = columns else {
        return format!("    {}\n", first.trim_matches(is_blank));
    };
    let margin = first.chars().count() - shorter.first().map_or(0, |line| line.chars().count());
    let piece = Piece::new(
        shorter.iter().map(|line| line.chars().collect()).collect(),
        chars_before(first, columns.start).saturating_sub(margin),
        chars_before(last, columns.end).saturating_sub(margin),
    );
    let shown = dedent(&piece.show());
    indent(&(shown.join("\n") + "\n"), "    ")
}

impl Piece {
    fn new(lines: Vec<Vec<char>>, start: usize, end: usize) -> Piece {
        let source = lines.join(&'\n');
        let last = lines.last().map_or(0, Vec::len);
        let segment = part(&source, start, source.len() - last.saturating_sub(end)).to_vec();
        let mut piece = Piece { lines, start, end, stressed: None, carets: false };
        let found = tokens(&segment).and_then(|tokens| shape(&tokens, &segment));
        if let Some(shape) = found {
            let (from, to) = shape.stressed();
            piece.stressed = Some((piece.place(&segment, from), piece.place(&segment, to)));
        }
        let says_nothing = tokens(&source).is_some_and(|tokens| tokens.is_empty());
        piece.carets = !says_nothing
            && !piece.is_plain_statement(found, &source)
            && (found.is_some() || piece.is_partial());
        piece
    }

    /// Where a character of the segment stands in the lines.
    fn place(&self, segment: &[char], at: usize) -> Place {
        let before = part(segment, 0, at);
        let line = before.iter().filter(|&&c| c == '\n').count();
        let column = before.iter().rev().take_while(|&&c| c != '\n').count();
        (line, if line == 0 { column + self.start } else { column })
    }

    /// Whether the lines have more than the piece.
    fn is_partial(&self) -> bool {
        let filled = |chars: &[char]| !chars.iter().all(|&c| is_blank(c));
        let first = self.lines.first().is_some_and(|line| filled(part(line, 0, self.start)));
        first || self.lines.last().is_some_and(|line| filled(part(line, self.end, line.len())))
    }

    /// Whether the lines are `return name(…)` or `name = …(…)` and the call is the piece: carets would say nothing.
    fn is_plain_statement(&self, shape: Option<Shape>, source: &[char]) -> bool {
        let Some(Shape::Call { plain, .. }) = shape else { return false };
        let end = source.len() - self.lines.last().map_or(0, |line| line.len().saturating_sub(self.end));
        // a line's columns are compared in bytes there
        let ascii = |line: Option<&Vec<char>>, to| {
            line.is_some_and(|line| part(line, 0, to).iter().all(char::is_ascii))
        };
        if !ascii(self.lines.first(), self.start) || !ascii(self.lines.last(), self.end) {
            return false;
        }
        let Some(tokens) = tokens(source).filter(|_| source.first().is_some_and(|&c| !is_blank(c))) else {
            return false;
        };
        let before = part(&tokens, 0, tokens.partition_point(|token| token.start < self.start));
        let after = part(&tokens, tokens.partition_point(|token| token.start < end), tokens.len());
        let opened = before.iter().rev().take_while(|token| token.kind == Kind::Open('(')).count();
        let closed = after.iter().take_while(|token| token.kind == Kind::Close(')')).count();
        let ends = match after.get(opened) {
            None => true,
            Some(token) => token.is(";"),
        };
        if closed < opened || !ends {
            return false;
        }
        match part(before, 0, before.len() - opened) {
            [word] => word.is("return") && plain,
            [target @ .., equals] => equals.is("=") && is_name(target),
            [] => false,
        }
    }

    /// The lines that matter, others left out, and their carets.
    fn show(&self) -> Vec<String> {
        let last = self.lines.len().saturating_sub(1);
        let mut wanted = BTreeSet::from([0, last]);
        if let Some(((left, _), (right, _))) = self.stressed {
            for line in [left, right] {
                wanted.extend(line.saturating_sub(1)..=(line + 1).min(last));
            }
        }
        let mut shown = Vec::new();
        let mut before: Option<usize> = None;
        for line in wanted {
            match before.map_or(1, |before| line - before) {
                2 => self.show_line(line - 1, &mut shown),
                distance if distance > 2 => shown.push(format!("...<{} lines>...", distance - 1)),
                _ => {}
            }
            self.show_line(line, &mut shown);
            before = Some(line);
        }
        shown
    }

    fn show_line(&self, number: usize, shown: &mut Vec<String>) {
        let Some(line) = self.lines.get(number) else { return };
        shown.push(line.iter().collect());
        if self.carets {
            shown.push(self.carets_below(number, line));
        }
    }

    fn carets_below(&self, number: usize, line: &[char]) -> String {
        let blank = line.iter().take_while(|&&c| is_blank(c)).count();
        let start = if number == 0 { width(part(line, 0, self.start)) } else { 0 };
        let end = if number + 1 == self.lines.len() { width(part(line, 0, self.end)) } else { width(line) };
        // columns that are stressed in this line
        let stressed = self.stressed.map(|((first, from), (last, to))| {
            let from = if number == first { width(part(line, 0, from)) } else { 0 };
            let to = if number == last { width(part(line, 0, to)) } else { usize::MAX };
            if (first..=last).contains(&number) { from..to } else { 0..0 }
        });
        let caret = |column: usize| match &stressed {
            _ if column < blank || column < start => ' ',
            Some(stressed) if !stressed.contains(&column) => '~',
            _ => '^',
        };
        (0..end).map(caret).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, start: u32, end: u32) -> String {
        let lines: Vec<String> = source.split('\n').map(str::to_owned).collect();
        source_lines(&lines, Some(Columns { start, end }))
    }

    #[test]
    fn one_line() {
        assert_eq!(shown("  x = a + b", 6, 11), "    x = a + b\n        ~~^~~\n");
        assert_eq!(shown("raise E", 0, 7), "    raise E\n");
        assert_eq!(shown("x = f(1)", 4, 8), "    x = f(1)\n");
        assert_eq!(shown("x.y = f(1)", 6, 10), "    x.y = f(1)\n          ~^^^\n");
        assert_eq!(shown("return (f(1)); g", 8, 12), "    return (f(1)); g\n");
        assert_eq!(shown("return a.f(1)", 7, 13), "    return a.f(1)\n           ~~~^^^\n");
        assert_eq!(shown("世(a)[é]", 0, 11), "    世(a)[é]\n    ~~~~~^^^\n");
        assert_eq!(source_lines(&["  f(x)".to_owned()], None), "    f(x)\n");
        assert_eq!(source_lines(&[String::new()], None), "");
    }

    #[test]
    fn several_lines() {
        let expected = "    f(\n    ~^\n        a,\n        ^^\n    ...<2 lines>...\n        d,\n        ^^\n    )\n    ^\n";
        assert_eq!(shown("  f(\n      a,\n      b,\n      c,\n      d,\n  )", 2, 3), expected);
        let expected = "    raise E(\n    ...<2 lines>...\n    )\n";
        assert_eq!(shown("raise E(\n    1,\n    2,\n)", 0, 1), expected);
    }
}
