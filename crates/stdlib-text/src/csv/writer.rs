//! Writers: rows as lines, with quotes and escapes where a reader needs them.

use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::exception::TYPE_ERROR;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::str::statics;
use taipan_object::str::{Chars, PyStr, StrBuilder};
use taipan_object::types::flags;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, native_type, protocol, raise};
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
    rules: Rules,
    special: Special,
}

/// The characters that a field can't have without quotes or escapes.
struct Special {
    ascii: [bool; 128],
    others: Vec<u32>,
}

impl Default for Special {
    fn default() -> Special {
        Special { ascii: [false; 128], others: Vec::new() }
    }
}

impl Special {
    fn of(rules: &Rules) -> Special {
        let mut special = Special::default();
        let given = [Some(rules.delimiter), rules.escape, rules.quote, Some('\n'.into()), Some('\r'.into())];
        for c in given.into_iter().flatten().chain(rules.line_end.iter().copied()) {
            match special.ascii.get_mut(c as usize) {
                Some(is_special) => *is_special = true,
                None => special.others.push(c),
            }
        }
        special
    }

    #[inline]
    fn has(&self, c: u32) -> bool {
        self.ascii.get(c as usize).copied().unwrap_or_else(|| self.others.contains(&c))
    }
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
    let special = Special::of(&rules);
    let state = Writer { write: Slot::new(write), dialect: Slot::new(dialect.into_value()), rules, special };
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
    let mut line = Line { thread, writer, out: StrBuilder::new(), count: 0, is_null: false };
    while let Some(field) = protocol::next(thread, fields.as_ref())? {
        line.push(field.as_ref())?;
    }
    let text = line.finish()?.into_value();
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
    writer: &'t Writer,
    out: StrBuilder,
    count: usize,
    /// The last field is null.
    is_null: bool,
}

/// Whether a field is a number.
fn is_number(field: Ref<'_>) -> bool {
    let slots = field.ty().slots();
    field.is_int() || slots.float.get().is_some() || slots.index.get().is_some()
}

impl Line<'_> {
    fn push(&mut self, field: Ref<'_>) -> PyResult<()> {
        let quoted = match self.writer.rules.quoting {
            Quoting::NonNumeric => !is_number(field),
            Quoting::All => true,
            Quoting::Strings => field.get::<PyStr>().is_some(),
            Quoting::NotNull => !field.is_none(),
            Quoting::Minimal | Quoting::None => false,
        };
        self.is_null = field.is_none();
        let text = if field.is_none() { statics::empty() } else { text::str(self.thread, field)? };
        self.append(&text, quoted)
    }

    fn append(&mut self, field: &PyStr, quoted: bool) -> PyResult<()> {
        let (thread, rules) = (self.thread, &self.writer.rules);
        if self.count > 0 {
            self.out.push_char(thread, rules.delimiter)?;
        }
        self.count += 1;
        match field.chars() {
            Chars::One(chars) => self.append_chars(field, chars, quoted),
            Chars::Two(chars) => self.append_chars(field, chars, quoted),
            Chars::Four(chars) => self.append_chars(field, chars, quoted),
        }
    }

    fn append_chars<C: Copy + Into<u32>>(
        &mut self,
        field: &PyStr,
        chars: &[C],
        mut quoted: bool,
    ) -> PyResult<()> {
        let (thread, Writer { rules, special, .. }) = (self.thread, self.writer);
        // where nothing between two blanks would be taken for blanks behind a delimiter
        if chars.is_empty() && rules.delimiter == u32::from(' ') && rules.skips_space {
            if rules.quoting == Quoting::None || self.is_unquoted_null() {
                return Err(error(
                    thread,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        let is_special = |&c: &C| special.has(c.into());
        let first = chars.iter().position(is_special);
        if let Some(first) = first {
            let mut behind = chars.get(first..).unwrap_or_default().iter();
            quoted = quoted || behind.any(|&c| special.has(c.into()) && needs_quotes(rules, c.into()));
        }
        let quote = rules.quote.filter(|_| quoted);
        if let Some(quote) = quote {
            self.out.push_char(thread, quote)?;
        }
        let (mut from, mut next) = (0, first);
        while let Some(at) = next {
            self.out.push_part(thread, field, from, at)?;
            if let Some(before) = chars.get(at).map_or(Ok(None), |&c| self.before(c.into()))? {
                self.out.push_char(thread, before)?;
            }
            let behind = chars.get(at + 1..).unwrap_or_default();
            next = behind.iter().position(is_special).map(|more| at + 1 + more);
            from = at;
        }
        self.out.push_part(thread, field, from, chars.len())?;
        match quote {
            Some(quote) => self.out.push_char(thread, quote),
            None => Ok(()),
        }
    }

    /// What a special character has before it in a field: an escape, or a quote if it is one.
    fn before(&self, c: u32) -> PyResult<Option<u32>> {
        let rules = &self.writer.rules;
        if rules.quoting != Quoting::None && rules.quote == Some(c) && rules.doubles_quotes {
            return Ok(rules.quote);
        }
        if needs_quotes(rules, c) {
            return Ok(None);
        }
        match rules.escape {
            Some(escape) => Ok(Some(escape)),
            None => Err(error(self.thread, "need to escape, but no escapechar set")),
        }
    }

    /// Whether the last field is null, and quotes would make text of it.
    fn is_unquoted_null(&self) -> bool {
        self.is_null && matches!(self.writer.rules.quoting, Quoting::Strings | Quoting::NotNull)
    }

    /// Ends the line. A single empty field is quoted, for an empty line is a row without fields.
    fn finish(mut self) -> PyResult<Owned<PyStr>> {
        let rules = &self.writer.rules;
        if self.count > 0 && self.out.is_empty() {
            if rules.quoting == Quoting::None || self.is_unquoted_null() {
                return Err(error(self.thread, "single empty field record must be quoted"));
            }
            self.count = 0;
            self.append(&statics::empty(), true)?;
        }
        self.out.push_code_points(self.thread, &rules.line_end)?;
        self.out.finish(self.thread)
    }
}

/// Whether a special character is one that quotes around the field are enough, or needed, for.
fn needs_quotes(rules: &Rules, c: u32) -> bool {
    match rules.quoting {
        Quoting::None => false,
        _ if rules.quote == Some(c) => rules.doubles_quotes,
        _ => rules.escape != Some(c),
    }
}
