//! Keywords that were perhaps misspelt: a name of the wrong statement is a keyword with some letters changed, and
//! with the keyword in its place the statement compiles.

use crate::Sources;
use crate::scan::{Kind, first_tokens};
use crate::text::dedent;
use std::cmp::Ordering;
use taipan_vm::suggest::closest;

/// Longer statements are not looked at.
const LONGEST: usize = 1024;
/// So many names of a statement are looked at, with so many keywords in the place of each.
const MOST_NAMES: usize = 10;
const MOST_KEYWORDS: usize = 3;
/// How alike a name and a keyword must be.
const ALIKE: f64 = 0.5;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Where the parser was when it gave up.
pub(crate) struct Metadata {
    /// The line in which the last statement begins that was whole; zero if there was none.
    pub line: usize,
    /// The source; none if it came from a file.
    pub source: Option<String>,
}

/// A name that is perhaps meant to be a keyword.
pub(crate) struct Typo {
    /// The line in which it stands.
    pub text: String,
    /// Where it begins and ends there, in characters from one.
    pub start: i64,
    pub end: i64,
    pub keyword: &'static str,
}

/// The first name of a wrong statement that is perhaps meant to be a keyword. The error is in a line of a file, of
/// which `text` is known.
pub(crate) fn find(
    metadata: &Metadata,
    line: Option<usize>,
    filename: Option<&str>,
    text: &str,
    sources: &dyn Sources,
) -> Option<Typo> {
    let (mut first, mut last) = (metadata.line, line.unwrap_or(0));
    let mut only = None;
    let lines = match (&metadata.source, filename.filter(|name| !name.is_empty())) {
        (Some(source), _) => between(source, first, last),
        (None, Some(filename)) => match file_lines(filename, first.max(1), last, sources) {
            Some(lines) => {
                // only names in the line of the error count then
                only = Some(if first == 0 { last } else { (last + 1).saturating_sub(first) });
                lines
            }
            None => {
                (first, last) = (0, 1);
                between(text, first, last)
            }
        },
        (None, None) => between(text, first, last),
    };
    let lines = dedent(&lines);
    if lines.iter().map(|line| line.chars().count() + 1).sum::<usize>() > LONGEST + 1 {
        return None;
    }
    in_statement(&lines, only, sources)
}

/// The lines of a source from one to another.
fn between(source: &str, first: usize, last: usize) -> Vec<String> {
    let first = first.max(1);
    source.lines().take(last).skip(first - 1).map(str::to_owned).collect()
}

/// Lines of a file; none if it has not even its first one.
fn file_lines(filename: &str, first: usize, last: usize, sources: &dyn Sources) -> Option<Vec<String>> {
    let line = |number: usize| sources.line(filename, u32::try_from(number).ok()?);
    line(1)?;
    let last = last.min(first.saturating_add(LONGEST));
    let lines = (first..=last).map_while(line).map(|line| line.trim_end_matches(['\n', '\r']).to_owned());
    Some(lines.collect())
}

fn in_statement(lines: &[String], only: Option<usize>, sources: &dyn Sources) -> Option<Typo> {
    let source: Vec<char> = lines.join("\n").chars().collect();
    let names = first_tokens(&source).into_iter().filter(|token| token.kind == Kind::Name);
    let row = |start: usize| source.iter().take(start).filter(|&&c| c == '\n').count() + 1;
    let wanted = |start: usize| only.is_none_or(|only| row(start) == only);
    let names = names.filter(|name| wanted(name.start) && !KEYWORDS.contains(&name.text.as_str()));
    for name in names.take(MOST_NAMES) {
        for keyword in candidates(&name.text) {
            let before = source.iter().take(name.start);
            let changed = before
                .chain(keyword.chars().collect::<Vec<_>>().iter())
                .chain(source.iter().skip(name.end))
                .collect::<String>();
            if sources.compiles(&changed) {
                let column = source.iter().take(name.start).rev().take_while(|&&c| c != '\n').count() as i64;
                let length = (name.end - name.start) as i64;
                let text = lines.get(row(name.start) - 1)?.clone();
                return Some(Typo { text, start: column + 1, end: column + 1 + length, keyword });
            }
        }
    }
    None
}

/// The keywords that a name is most like.
fn candidates(name: &str) -> Vec<&'static str> {
    let all: Vec<String> = KEYWORDS.map(str::to_owned).into();
    let nearest =
        closest(name, &all).and_then(|found| KEYWORDS.into_iter().find(|keyword| *keyword == found));
    let mut alike: Vec<(f64, &str)> = KEYWORDS.map(|keyword| (ratio(keyword, name), keyword)).into();
    alike.retain(|(ratio, _)| *ratio >= ALIKE);
    alike.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then(b.1.cmp(a.1)));
    let alike = alike.into_iter().take(MOST_KEYWORDS).map(|(_, keyword)| keyword);
    nearest.into_iter().chain(alike).take(MOST_KEYWORDS).collect()
}

/// How alike two texts are: the part of their letters that stands in blocks which both have.
fn ratio(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    match a.len() + b.len() {
        0 => 1.0,
        letters => 2.0 * common(&a, &b) as f64 / letters as f64,
    }
}

/// Letters in common blocks: the longest one, then those before and behind it.
fn common(a: &[char], b: &[char]) -> usize {
    let (mut from_a, mut from_b, mut length) = (0, 0, 0);
    for at_a in 0..a.len() {
        for at_b in 0..b.len() {
            let rest = a.iter().skip(at_a).zip(b.iter().skip(at_b));
            let here = rest.take_while(|(a, b)| a == b).count();
            if here > length {
                (from_a, from_b, length) = (at_a, at_b, here);
            }
        }
    }
    if length == 0 {
        return 0;
    }
    let part = |text: &[char], from, to| crate::text::part(text, from, to).to_vec();
    let before = common(&part(a, 0, from_a), &part(b, 0, from_b));
    length + before + common(&part(a, from_a + length, a.len()), &part(b, from_b + length, b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sources in which only one text compiles.
    struct Only(&'static str);

    impl Sources for Only {
        fn line(&self, _: &str, line: u32) -> Option<String> {
            ["x = 1\n", "    fro y in x:\n", "whille y: pass\n"]
                .get(line as usize - 1)
                .map(|&line| line.to_owned())
        }

        fn compiles(&self, source: &str) -> bool {
            source == self.0
        }
    }

    #[test]
    fn keywords_are_found() {
        assert_eq!(candidates("whille"), ["while", "while"]);
        assert_eq!(candidates("fro"), ["from", "from", "for"]);
        let metadata = Metadata { line: 0, source: Some("fro x in y:\n    pass\n".to_owned()) };
        let typo = find(&metadata, Some(1), None, "", &Only("for x in y:"));
        assert_eq!(typo.map(|typo| (typo.start, typo.end, typo.keyword)), Some((1, 4, "for")));
    }

    #[test]
    fn files_are_asked() {
        let metadata = Metadata { line: 1, source: None };
        let typo = find(&metadata, Some(3), Some("a.py"), "", &Only("x = 1\n    fro y in x:\nwhile y: pass"));
        assert_eq!(typo.map(|typo| (typo.start, typo.end, typo.keyword)), Some((1, 7, "while")));
        assert!(find(&metadata, Some(2), Some("a.py"), "", &Only("")).is_none());
    }
}
