//! The tokens of a source as rows: as the module `tokenize` wants them, or as the parser sees them.

use taipan_diagnostics::ErrorClass;
use taipan_lexer::tokenize::Input;
use taipan_lexer::{LexError, LexErrorKind, LexOptions, Lexed, TokenKind, lex};

use super::Made;

/// A token.
pub(super) struct Row {
    /// CPython's number of its kind.
    pub(super) kind: u8,
    pub(super) text: String,
    pub(super) start: (i64, i64),
    pub(super) end: (i64, i64),
}

/// Why there are no more tokens.
#[derive(Clone)]
pub(super) struct Problem {
    pub(super) class: ErrorClass,
    pub(super) message: String,
    pub(super) place: (i64, i64),
    pub(super) end: Option<(i64, i64)>,
    /// The line; none where CPython says nothing but the message.
    pub(super) text: Option<String>,
}

/// The lines of the source, to show with tokens.
pub(super) struct Lines {
    text: String,
    starts: Vec<usize>,
    /// The text has a newline at the end that the source has not.
    implicit_newline: bool,
}

impl Lines {
    fn new(text: &str, implicit_newline: bool) -> Lines {
        let newlines = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect();
        Lines { text: text.to_owned(), starts, implicit_newline }
    }

    /// The text of some lines, from 1.
    fn between(&self, first: i64, last: i64) -> &str {
        let start = |line: i64| {
            let at = usize::try_from(line - 1).ok().and_then(|at| self.starts.get(at));
            at.copied().unwrap_or(self.text.len())
        };
        let text = self.text.get(start(first)..start(last + 1)).unwrap_or_default();
        let is_last = start(last + 1) >= self.text.len();
        if is_last && self.implicit_newline { text.strip_suffix('\n').unwrap_or(text) } else { text }
    }

    /// The lines of a token.
    pub(super) fn of(&self, row: &Row) -> String {
        self.between(row.start.0, row.end.0).to_owned()
    }
}

/// CPython's number of a kind.
fn number(kind: TokenKind) -> u8 {
    const LAST_OPERATOR: u8 = TokenKind::Exclamation as u8;
    match kind.token_name() {
        "OP" => 55,
        "TYPE_IGNORE" => 56,
        "TYPE_COMMENT" => 57,
        "FSTRING_START" => 59,
        "FSTRING_MIDDLE" => 60,
        "FSTRING_END" => 61,
        "TSTRING_START" => 62,
        "TSTRING_MIDDLE" => 63,
        "TSTRING_END" => 64,
        "COMMENT" => 65,
        "NL" => 66,
        _ if kind as u8 <= LAST_OPERATOR => kind as u8,
        _ => TokenKind::Name as u8,
    }
}

/// The tokens of a text.
pub(super) fn make(text: &str, extra: bool) -> Result<Made, Problem> {
    let input = Input::from_text(text).map_err(|error| Problem {
        class: error.class,
        message: error.message,
        place: (0, 0),
        end: None,
        text: None,
    })?;
    let options = LexOptions { extra_tokens: extra, ..LexOptions::default() };
    let lexed = lex(input.source(), &options);
    let lines = Lines::new(input.source().text(), input.source().has_implicit_newline());
    let mut rows = if extra { extra_rows(&input, &lexed) } else { plain_rows(&input, &lexed) };
    let mut problem = lexed.error.filter(|error| !(error.at_end && input.is_cut_at_null()));
    let found = problem.take().map(|error| problem_of(&input, &error, &lines));
    let found = found.or_else(|| input.is_cut_at_null().then(|| null_byte(text)));
    if found.is_some() {
        rows.retain(|row| row.kind != 0);
    }
    Ok(Made { rows: rows.into_iter(), lines, problem: found })
}

fn null_byte(text: &str) -> Problem {
    let before = text.split('\0').next().unwrap_or_default();
    let line = before.bytes().filter(|&byte| byte == b'\n').count() as i64 + 1;
    let text = before.rsplit('\n').next().unwrap_or_default().to_owned();
    Problem {
        class: ErrorClass::Syntax,
        message: "source code cannot contain null bytes".to_owned(),
        place: (line, 0),
        end: Some((line, 0)),
        text: Some(text),
    }
}

fn problem_of(input: &Input<'_>, error: &LexError, lines: &Lines) -> Problem {
    let own = input.error(error);
    let pair = |(line, column): (u32, u32)| (i64::from(line), i64::from(column));
    let place = own.place.map_or((0, 0), pair);
    let line = |line| lines.between(line, line).trim_end_matches('\n').to_owned();
    match error.kind {
        LexErrorKind::UnclosedBracket { .. } | LexErrorKind::EofAfterContinuation => {
            Problem { class: own.class, message: own.message, place, end: None, text: None }
        }
        LexErrorKind::InconsistentTabs
        | LexErrorKind::InconsistentDedent
        | LexErrorKind::TooManyIndents
        | LexErrorKind::AfterContinuation => Problem {
            class: own.class,
            message: error.kind.to_string(),
            place,
            end: None,
            text: Some(line(place.0)),
        },
        _ => {
            let location = error.diagnostic(input.source()).location;
            let end = location.as_ref().map(|location| (location.end_lineno, location.end_offset));
            let place = location.map_or(place, |location| (location.lineno, location.offset));
            let text = Some(line(place.0));
            Problem { class: own.class, message: error.kind.to_string(), place, end, text }
        }
    }
}

fn extra_rows(input: &Input<'_>, lexed: &Lexed) -> Vec<Row> {
    let pair = |(line, column): (u32, u32)| (i64::from(line), i64::from(column));
    let rows = input.rows(lexed).filter(|row| row.kind != TokenKind::Error);
    let row = |row: taipan_lexer::tokenize::Row<'_>| {
        let kind = if row.kind.is_operator() { 55 } else { number(row.kind) };
        Row { kind, text: row.text.to_owned(), start: pair(row.start), end: pair(row.end) }
    };
    rows.map(row).collect()
}

/// What the parser sees: exact kinds, and no places for what has no text.
fn plain_rows(input: &Input<'_>, lexed: &Lexed) -> Vec<Row> {
    let text = input.source().text();
    let mut places = Places { text, at: 0, line: 1, column: 0 };
    let mut rows: Vec<Row> = Vec::new();
    for at in 0..lexed.tokens.len() {
        let (Some(&kind), span) = (lexed.tokens.kinds().get(at), lexed.tokens.span(at)) else { break };
        let (from, to) = (span.start as usize, span.end as usize);
        match kind {
            TokenKind::Error => break,
            TokenKind::Indent | TokenKind::Dedent | TokenKind::EndMarker => {
                let line = places.line_of(from.min(text.len().saturating_sub(1)));
                let place = (line, -1);
                rows.push(Row { kind: number(kind), text: String::new(), start: place, end: place });
            }
            TokenKind::Newline => {
                // a comment before the end of the line is the text of it
                let rest = text.get(from..).unwrap_or_default();
                let line_end = from + rest.find('\n').unwrap_or(rest.len());
                let start = places.advance(from);
                let end = places.advance(line_end);
                let text = text.get(from..line_end).unwrap_or_default().to_owned();
                rows.push(Row { kind: number(kind), text, start, end });
            }
            _ => {
                let start = places.advance(from);
                let end = places.advance(to);
                let text = text.get(from..to).unwrap_or_default().to_owned();
                rows.push(Row { kind: number(kind), text, start, end });
            }
        }
    }
    rows
}

/// A place in the text that moves forward only.
struct Places<'a> {
    text: &'a str,
    at: usize,
    line: i64,
    column: i64,
}

impl Places<'_> {
    fn advance(&mut self, to: usize) -> (i64, i64) {
        for &byte in self.text.as_bytes().get(self.at..to).unwrap_or_default() {
            if byte == b'\n' {
                self.line += 1;
                self.column = 0;
            } else if byte & 0xC0 != 0x80 {
                self.column += 1;
            }
        }
        self.at = self.at.max(to);
        (self.line, self.column)
    }

    /// The line of a place, without moving.
    fn line_of(&self, at: usize) -> i64 {
        let between = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line + between.iter().filter(|&&byte| byte == b'\n').count() as i64
    }
}
