//! Readers: an automaton over the characters of lines, which takes what means nothing to it in runs. A row may go on in
//! the next line, within quotes.

use std::cell::Cell;

use taipan_object::declare::{attribute_table, native_state, receiver};
use taipan_object::float::FLOAT;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::{Chars, PyStr, StrBuilder};
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, positional_count};
use taipan_runtime_builtins::install;

use super::dialect::{self, Quoting, Rules};
use super::{Names, error, field_limit, limit_entry};

/// A reader.
#[derive(Default)]
pub(crate) struct Reader {
    lines: Slot,
    dialect: Slot,
    rules: Rules,
    /// Where the longest length of a field stands: it may change from row to row.
    limits: Slot,
    limit_key: Slot,
    /// How many lines were read.
    count: Cell<u64>,
}

native_type! {
    /// `_csv.reader`.
    pub(crate) static READER: Reader = "_csv.reader", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { iter: |_, this| Ok(this.to_value()), next: next }
}

native_state!(Reader in READER: lines, dialect, limits, limit_key);

attribute_table! { ATTRIBUTES:
    "dialect" |thread, this| Ok(receiver::<Reader>(thread, this)?.dialect.get().unwrap_or_else(Value::none)), Some(read_only), "How fields are written.";
    "line_num" |thread, this| Value::uint(thread, receiver::<Reader>(thread, this)?.count.get()), Some(read_only), "How many lines were read.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::attributes(thread, &READER, &ATTRIBUTES)
}

fn read_only(thread: &Thread, _: Ref<'_>, _: Option<Value>) -> PyResult<()> {
    Err(raise!(thread, ATTRIBUTE_ERROR, "readonly attribute"))
}

/// `reader(iterable, dialect='excel', **fmtparams)`
pub(super) fn reader(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    check_count(thread, "reader", positional_count(arguments, names), 1, 2)?;
    let Some((lines, rest)) = arguments.split_first() else { return Ok(Value::none()) };
    let lines = protocol::iter(thread, lines.as_ref())?;
    let dialect = dialect::make(thread, rest, names)?;
    let rules = dialect::of(thread, dialect.as_ref())?;
    let (limits, limit_key) = limit_entry(thread)?;
    let state = Reader {
        lines: Slot::new(lines),
        dialect: Slot::new(dialect.into_value()),
        rules,
        limits,
        limit_key,
        count: Cell::new(0),
    };
    Ok(Native::new(thread, state)?.into_value())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    EscapedCharacter,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatNewline,
    AfterEscapedNewline,
}

/// A row that is being read.
struct Row<'t> {
    thread: &'t Thread,
    rules: &'t Rules,
    limit: usize,
    state: State,
    fields: Owned<PyList>,
    field: StrBuilder,
    /// The field was not quoted.
    unquoted: bool,
}

const NEWLINE: u32 = '\n' as u32;
const RETURN: u32 = '\r' as u32;

fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
    let reader = receiver::<Reader>(thread, this)?;
    let Some(lines) = reader.lines.get() else { return Ok(None) };
    let limit = usize::try_from(field_limit(thread, &reader.limits, &reader.limit_key)?).unwrap_or(0);
    let mut row = Row {
        thread,
        rules: &reader.rules,
        limit,
        state: State::StartRecord,
        fields: PyList::new(thread)?,
        field: StrBuilder::new(),
        unquoted: true,
    };
    loop {
        let Some(line) = protocol::next(thread, lines.as_ref())? else {
            return row.end_of_input();
        };
        let Some(text) = line.as_ref().get::<PyStr>() else {
            let ty = line.as_ref().ty().name();
            let message =
                format!("iterator should return strings, not {ty} (the file should be opened in text mode)");
            return Err(error(thread, &message));
        };
        reader.count.set(reader.count.get() + 1);
        match text.chars() {
            Chars::One(chars) => row.take_line(text, chars)?,
            Chars::Two(chars) => row.take_line(text, chars)?,
            Chars::Four(chars) => row.take_line(text, chars)?,
        }
        if row.state == State::StartRecord {
            return Ok(Some(row.fields.into_value()));
        }
    }
}

impl Row<'_> {
    fn end_of_input(mut self) -> PyResult<Option<Value>> {
        if self.field.is_empty() && self.state != State::InQuotedField {
            return Ok(None);
        }
        if self.rules.strict {
            return Err(error(self.thread, "unexpected end of data"));
        }
        self.save()?;
        Ok(Some(self.fields.into_value()))
    }

    /// Takes the characters of a line, and its end.
    fn take_line<C: Copy + Into<u32>>(&mut self, text: &PyStr, chars: &[C]) -> PyResult<()> {
        let mut at = 0;
        while let Some((&c, rest)) = chars.get(at..).and_then(<[C]>::split_first) {
            let c = c.into();
            let run = match self.state {
                State::StartRecord | State::StartField if self.begins_plain(c) => {
                    self.state = State::InField;
                    1 + self.plain_run(rest)
                }
                State::InField if self.is_plain(c) => 1 + self.plain_run(rest),
                State::InQuotedField if self.is_quoted(c) => {
                    1 + rest.iter().position(|&c| !self.is_quoted(c.into())).unwrap_or(rest.len())
                }
                _ => {
                    self.push(Some(c))?;
                    at += 1;
                    continue;
                }
            };
            self.check_room(run)?;
            self.field.push_part(self.thread, text, at, at + run)?;
            at += run;
        }
        self.push(None)
    }

    fn plain_run<C: Copy + Into<u32>>(&self, chars: &[C]) -> usize {
        chars.iter().position(|&c| !self.is_plain(c.into())).unwrap_or(chars.len())
    }

    /// Whether a character stands for itself in a field that is not quoted.
    fn is_plain(&self, c: u32) -> bool {
        c != self.rules.delimiter && c != NEWLINE && c != RETURN && self.rules.escape != Some(c)
    }

    /// Whether it does so where a field begins.
    fn begins_plain(&self, c: u32) -> bool {
        let skips = self.rules.skips_space && c == u32::from(' ');
        self.is_plain(c) && self.rules.quote_in_use() != Some(c) && !skips
    }

    /// Whether a character stands for itself within quotes.
    fn is_quoted(&self, c: u32) -> bool {
        self.rules.escape != Some(c) && self.rules.quote_in_use() != Some(c)
    }

    fn check_room(&self, more: usize) -> PyResult<()> {
        if more > self.limit.saturating_sub(self.field.len()) {
            let limit = self.limit;
            return Err(error(self.thread, &format!("field larger than field limit ({limit})")));
        }
        Ok(())
    }

    fn add(&mut self, c: u32) -> PyResult<()> {
        self.check_room(1)?;
        self.field.push_char(self.thread, c)
    }

    fn save(&mut self) -> PyResult<()> {
        let field = std::mem::take(&mut self.field);
        let quoting = self.rules.quoting;
        let unquoted = std::mem::replace(&mut self.unquoted, true);
        let is_empty = field.is_empty();
        let is_null = is_empty && matches!(quoting, Quoting::Strings | Quoting::NotNull);
        let value = if unquoted && is_null {
            Value::none()
        } else {
            let text = field.finish(self.thread)?.into_value();
            let is_number = matches!(quoting, Quoting::NonNumeric | Quoting::Strings);
            match unquoted && is_number && !is_empty {
                true => protocol::call(self.thread, as_ref(&FLOAT), &[text], None)?,
                false => text,
            }
        };
        self.fields.push(self.thread, value)
    }

    /// Takes a character, or the end of a line.
    fn push(&mut self, c: Option<u32>) -> PyResult<()> {
        match self.state {
            State::StartRecord => match c {
                // an empty line: a row without fields
                None => {}
                Some(NEWLINE | RETURN) => self.state = State::EatNewline,
                Some(_) => self.start_field(c)?,
            },
            State::StartField => self.start_field(c)?,
            State::EscapedCharacter => match c {
                Some(c @ (NEWLINE | RETURN)) => {
                    self.add(c)?;
                    self.state = State::AfterEscapedNewline;
                }
                c => {
                    self.add(c.unwrap_or(NEWLINE))?;
                    self.state = State::InField;
                }
            },
            State::AfterEscapedNewline => {
                if c.is_some() {
                    self.in_field(c)?;
                }
            }
            State::InField => self.in_field(c)?,
            State::InQuotedField => self.in_quotes(c)?,
            State::EscapeInQuotedField => {
                self.add(c.unwrap_or(NEWLINE))?;
                self.state = State::InQuotedField;
            }
            State::QuoteInQuotedField => self.behind_quote(c)?,
            State::EatNewline => match c {
                None => self.state = State::StartRecord,
                Some(NEWLINE | RETURN) => {}
                Some(_) => {
                    let message = "new-line character seen in unquoted field - do you need to open the file with \
                                   newline=''?";
                    return Err(error(self.thread, message));
                }
            },
        }
        Ok(())
    }

    /// The end of a row, at the end of a line or before what ends it.
    fn end_row(&mut self, c: Option<u32>) -> PyResult<()> {
        self.save()?;
        self.state = if c.is_none() { State::StartRecord } else { State::EatNewline };
        Ok(())
    }

    fn start_field(&mut self, c: Option<u32>) -> PyResult<()> {
        match c {
            None | Some(NEWLINE | RETURN) => return self.end_row(c),
            Some(c) if self.rules.quote_in_use() == Some(c) => {
                self.unquoted = false;
                self.state = State::InQuotedField;
            }
            Some(c) if self.rules.escape == Some(c) => self.state = State::EscapedCharacter,
            Some(c) if c == u32::from(' ') && self.rules.skips_space => self.state = State::StartField,
            Some(c) if c == self.rules.delimiter => {
                self.save()?;
                self.state = State::StartField;
            }
            Some(c) => {
                self.add(c)?;
                self.state = State::InField;
            }
        }
        Ok(())
    }

    fn in_field(&mut self, c: Option<u32>) -> PyResult<()> {
        match c {
            None | Some(NEWLINE | RETURN) => return self.end_row(c),
            Some(c) if self.rules.escape == Some(c) => self.state = State::EscapedCharacter,
            Some(c) if c == self.rules.delimiter => {
                self.save()?;
                self.state = State::StartField;
            }
            // behind an escaped end of a line the state stays as well: the row goes on in the next one
            Some(c) => self.add(c)?,
        }
        Ok(())
    }

    fn in_quotes(&mut self, c: Option<u32>) -> PyResult<()> {
        match c {
            None => {}
            Some(c) if self.rules.escape == Some(c) => self.state = State::EscapeInQuotedField,
            Some(c) if self.rules.quote_in_use() == Some(c) => {
                self.state = match self.rules.doubles_quotes {
                    true => State::QuoteInQuotedField,
                    false => State::InField,
                };
            }
            Some(c) => self.add(c)?,
        }
        Ok(())
    }

    /// Behind a quote within quotes: the second of two, or the end.
    fn behind_quote(&mut self, c: Option<u32>) -> PyResult<()> {
        match c {
            None | Some(NEWLINE | RETURN) => return self.end_row(c),
            Some(c) if self.rules.quote_in_use() == Some(c) => {
                self.add(c)?;
                self.state = State::InQuotedField;
            }
            Some(c) if c == self.rules.delimiter => {
                self.save()?;
                self.state = State::StartField;
            }
            Some(c) if !self.rules.strict => {
                self.add(c)?;
                self.state = State::InField;
            }
            Some(_) => {
                let shown =
                    |c: Option<u32>| c.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                let (delimiter, quote) = (shown(Some(self.rules.delimiter)), shown(self.rules.quote));
                return Err(error(self.thread, &format!("'{delimiter}' expected after '{quote}'")));
            }
        }
        Ok(())
    }
}
