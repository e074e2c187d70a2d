//! Syntax errors: the line that is wrong, with carets.

use crate::Sources;
use crate::keyword_typos::{self, Metadata};
use crate::names::{known, str, string};
use crate::text::{is_blank, part};
use taipan_object::tuple::PyTuple;
use taipan_object::{Ref, Thread, Value};

/// What a syntax error says of itself.
#[derive(Default)]
pub(crate) struct SyntaxParts {
    filename: Option<String>,
    line: Option<String>,
    end_line: Option<String>,
    text: Option<String>,
    /// Counted from one; none for `None`, an error for what is no number.
    offset: Option<Result<i64, ()>>,
    end_offset: Option<i64>,
    message: String,
    /// Known if names that are like keywords are to be looked for.
    metadata: Option<Metadata>,
}

/// An int, or one far out in its direction for one that is large.
fn number(value: &Value) -> Result<i64, ()> {
    const FAR: i64 = 1 << 40;
    let value = value.as_ref();
    match (value.is_int(), value.to_i64()) {
        (false, _) => Err(()),
        (true, Some(number)) => Ok(number.clamp(-FAR, FAR)),
        (true, None) => {
            let is_negative = value.int_to_text(10).is_some_and(|text| text.starts_with('-'));
            Ok(if is_negative { -FAR } else { FAR })
        }
    }
}

impl SyntaxParts {
    /// Asks a syntax error.
    pub fn of(thread: &Thread, error: Ref<'_>) -> SyntaxParts {
        let ask = |name| known(thread, error, name);
        let shown = |name| ask(name).and_then(|value| str(thread, value.as_ref()));
        let message = message(thread, error);
        let is_plain = message == "invalid syntax" || message.contains("Perhaps you forgot a comma");
        SyntaxParts {
            filename: shown("filename"),
            line: shown("lineno"),
            end_line: shown("end_lineno"),
            text: ask("text").and_then(|text| string(text.as_ref())),
            offset: ask("offset").map(|offset| number(&offset)),
            end_offset: ask("end_offset").and_then(|offset| number(&offset).ok()),
            metadata: ask("_metadata").filter(|_| is_plain).and_then(|data| metadata(data.as_ref())),
            message,
        }
    }

    /// The text, in pieces that end with a line's end.
    pub fn pieces(&self, ty: &str, sources: &dyn Sources) -> Vec<String> {
        let mut pieces = Vec::new();
        let mut suffix = String::new();
        match (&self.line, &self.filename) {
            (Some(line), filename) => {
                let filename = filename.as_deref().filter(|name| !name.is_empty()).unwrap_or("<string>");
                pieces.push(format!("  File \"{filename}\", line {line}\n"));
            }
            (None, Some(filename)) => suffix = format!(" ({filename})"),
            (None, None) => {}
        }
        let mut message = self.message.clone();
        if let Some(text) = &self.text {
            let line = self.line.as_ref().and_then(|line| line.parse().ok());
            let typo = self.metadata.as_ref().and_then(|metadata| {
                keyword_typos::find(metadata, line, self.filename.as_deref(), text, sources)
            });
            match typo {
                None => pieces.extend(self.source(text, self.offset)),
                Some(typo) => {
                    message = format!("invalid syntax. Did you mean '{}'?", typo.keyword);
                    let place = SyntaxParts {
                        line: None,
                        end_line: None,
                        end_offset: Some(typo.end),
                        ..SyntaxParts::default()
                    };
                    pieces.extend(place.source(&typo.text, Some(Ok(typo.start))));
                }
            }
        }
        pieces.push(format!("{ty}: {message}{suffix}\n"));
        pieces
    }

    /// The line and the carets below it.
    fn source(&self, text: &str, offset: Option<Result<i64, ()>>) -> Vec<String> {
        let whole = text.trim_end_matches('\n');
        let line = whole.trim_start_matches([' ', '\n', '\x0c']);
        let shown = format!("    {line}\n");
        let offset = match offset {
            None => return vec![shown],
            Some(Err(())) => return Vec::new(),
            Some(Ok(offset)) => offset,
        };
        let length = |text: &str| text.chars().count() as i64;
        let (start, end) = self.range(offset, length(text), length(whole));
        let blank = length(whole) - length(line);
        let Some(column) = start.checked_sub(1 + blank).and_then(|column| usize::try_from(column).ok())
        else {
            return vec![shown];
        };
        let chars: Vec<char> = line.chars().collect();
        // tabs are kept, so that the carets stand below what they mark
        let mut carets: String =
            part(&chars, 0, column).iter().map(|&c| if is_blank(c) { c } else { ' ' }).collect();
        let count = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
        carets.extend(std::iter::repeat_n('^', count.min(1 << 20)));
        vec![shown, format!("    {carets}\n")]
    }

    /// From where to where the carets go: offsets that the line does not have become its end.
    fn range(&self, offset: i64, length: i64, shown: i64) -> (i64, i64) {
        let end = match self.line == self.end_line {
            true => self.end_offset.filter(|&end| end != 0).unwrap_or(offset),
            false => shown + 1,
        };
        let within = |at: i64| if length > 0 && at > length { shown + 1 } else { at };
        let (start, end) = (within(offset), within(end));
        match start >= end || end < 0 {
            true => (start, start.saturating_add(1)),
            false => (start, end),
        }
    }
}

/// The line and the source of `_metadata`; the column between them is not needed.
fn metadata(data: Ref<'_>) -> Option<Metadata> {
    let data = data.get::<PyTuple>().filter(|data| data.len() == 3)?;
    let line = usize::try_from(number(&data.get(0)?).ok()?).unwrap_or(0);
    Some(Metadata { line, source: data.get(2).and_then(|source| string(source.as_ref())) })
}

fn message(thread: &Thread, error: Ref<'_>) -> String {
    let missing = || "<no detail available>".to_owned();
    let Some(message) = known(thread, error, "msg") else { return missing() };
    let truth = taipan_object::protocol::truth(thread, message.as_ref());
    match crate::names::quiet(thread, truth) {
        Some(true) => str(thread, message.as_ref()).unwrap_or_default(),
        _ => missing(),
    }
}
