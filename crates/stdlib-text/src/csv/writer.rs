//! Writers: rows as lines, with quotes and escapes where a reader needs them.

use std::cell::RefCell;

use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::exception::TYPE_ERROR;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::flags;
use taipan_object::{PyResult, Ref, Thread, Value, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, positional_count};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::objects::find_attribute;
use taipan_runtime_builtins::text;

use super::dialect::{self, Quoting, Rules};
use super::{Names, error};

/// A writer.
#[derive(Default)]
pub(crate) struct Writer {
    write: Slot,
    dialect: Slot,
    rules: RefCell<Rules>,
}

native_type! {
    /// `_csv.writer`.
    pub(crate) static WRITER: Writer = "_csv.writer", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { }
}

native_state!(Writer in WRITER: write, dialect);

method_table! { METHODS:
    Instance One c"writerow" "($self, row, /)" write_row, c"Writes a row.";
    Instance One c"writerows" "($self, rows, /)" write_rows, c"Writes rows.";
}

attribute_table! { ATTRIBUTES:
    "dialect" |thread, this| Ok(receiver::<Writer>(thread, this)?.dialect.get().unwrap_or_else(Value::none)), Some(read_only), "How fields are written.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &WRITER, &METHODS)?;
    install::attributes(thread, &WRITER, &ATTRIBUTES)
}

fn read_only(thread: &Thread, _: Ref<'_>, _: Option<Value>) -> PyResult<()> {
    Err(raise!(thread, ATTRIBUTE_ERROR, "readonly attribute"))
}

/// `writer(fileobj, dialect='excel', **fmtparams)`
pub(super) fn writer(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    check_count(thread, "writer", positional_count(arguments, names), 1, 2)?;
    let Some((file, rest)) = arguments.split_first() else { return Ok(Value::none()) };
    let dialect = dialect::make(thread, rest, names)?;
    let rules = dialect::of(thread, dialect.as_ref())?;
    let write = find_attribute(thread, file.as_ref(), &*intern_text(thread, "write")?)?;
    let callable = |write: &Value| write.as_ref().ty().slots().call.get().is_some();
    let Some(write) = write.filter(callable) else {
        return Err(raise!(thread, TYPE_ERROR, "argument 1 must have a \"write\" method"));
    };
    let state = Writer {
        write: Slot::new(write),
        dialect: Slot::new(dialect.into_value()),
        rules: RefCell::new(rules),
    };
    Ok(Native::new(thread, state)?.into_value())
}

fn write_row(thread: &Thread, this: Ref<'_>, row: Ref<'_>) -> PyResult<Value> {
    let writer = receiver::<Writer>(thread, this)?;
    let fields = protocol::iter(thread, row).map_err(|raised| {
        let exception = thread.catch(raised);
        match exception.as_ref().ty().is_subtype(&TYPE_ERROR) {
            true => error(thread, &format!("iterable expected, not {}", row.ty().name())),
            false => thread.raise(exception),
        }
    })?;
    let rules = writer.rules.borrow().clone();
    let mut line = Line { thread, rules, out: Vec::new(), count: 0, empty_null: false };
    while let Some(field) = protocol::next(thread, fields.as_ref())? {
        line.push(field.as_ref())?;
    }
    line.finish()?;
    let text = PyStr::from_code_points(thread, &line.out)?.into_value();
    match writer.write.get() {
        Some(write) => protocol::call(thread, write.as_ref(), &[text], None),
        None => Ok(Value::none()),
    }
}

fn write_rows(thread: &Thread, this: Ref<'_>, rows: Ref<'_>) -> PyResult<Value> {
    let rows = protocol::iter(thread, rows)?;
    while let Some(row) = protocol::next(thread, rows.as_ref())? {
        drop(write_row(thread, this, row.as_ref())?);
    }
    Ok(Value::none())
}

/// A line that is being made.
struct Line<'t> {
    thread: &'t Thread,
    rules: Rules,
    out: Vec<u32>,
    count: usize,
    /// The field, so far the only one, is null.
    empty_null: bool,
}

/// Whether a field is a number.
fn is_number(field: Ref<'_>) -> bool {
    let slots = field.ty().slots();
    field.is_int() || slots.float.get().is_some() || slots.index.get().is_some()
}

impl Line<'_> {
    fn push(&mut self, field: Ref<'_>) -> PyResult<()> {
        let quoted = match self.rules.quoting {
            Quoting::NonNumeric => !is_number(field),
            Quoting::All => true,
            Quoting::Strings => field.get::<PyStr>().is_some(),
            Quoting::NotNull => !field.is_none(),
            Quoting::Minimal | Quoting::None => false,
        };
        let points: Vec<u32> = if field.is_none() {
            Vec::new()
        } else {
            let text = text::str(self.thread, field)?;
            (0..text.len()).filter_map(|at| text.char_at(at)).collect()
        };
        self.empty_null = field.is_none();
        self.append(&points, quoted)
    }

    fn need_escape(&self) -> PyResult<u32> {
        self.rules.escape.ok_or_else(|| error(self.thread, "need to escape, but no escapechar set"))
    }

    fn append(&mut self, field: &[u32], mut quoted: bool) -> PyResult<()> {
        if self.count > 0 {
            self.out.push(self.rules.delimiter);
        }
        // where it must not be taken for a blank behind a delimiter
        let is_blank = self.rules.delimiter == u32::from(' ') && self.rules.skips_space;
        if is_blank && (field.is_empty() || field.first() == Some(&u32::from(' '))) {
            if self.rules.quoting == Quoting::None {
                return Err(error(
                    self.thread,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        let (quote, escape) = (self.rules.quote, self.rules.escape);
        let mut written = Vec::with_capacity(field.len() + 2);
        for &c in field {
            let special = c == self.rules.delimiter
                || escape == Some(c)
                || quote == Some(c)
                || c == u32::from('\n')
                || c == u32::from('\r')
                || self.rules.line_end.contains(&c);
            if special {
                let escapes = if self.rules.quoting == Quoting::None {
                    true
                } else if quote == Some(c) {
                    if self.rules.doubles_quotes {
                        written.extend(quote);
                        quoted = true;
                        false
                    } else {
                        true
                    }
                } else if escape == Some(c) {
                    true
                } else {
                    quoted = true;
                    false
                };
                if escapes {
                    written.push(self.need_escape()?);
                }
            }
            written.push(c);
        }
        if quoted {
            self.out.extend(quote);
        }
        self.out.extend(written);
        if quoted {
            self.out.extend(quote);
        }
        self.count += 1;
        Ok(())
    }

    /// Ends the line. A single empty field is quoted, for an empty line is a row without fields.
    fn finish(&mut self) -> PyResult<()> {
        if self.count > 0 && self.out.is_empty() {
            let null = self.empty_null && matches!(self.rules.quoting, Quoting::Strings | Quoting::NotNull);
            if self.rules.quoting == Quoting::None || null {
                return Err(error(self.thread, "single empty field record must be quoted"));
            }
            self.count = 0;
            self.append(&[], true)?;
        }
        let end = self.rules.line_end.clone();
        self.out.extend(end);
        Ok(())
    }
}
