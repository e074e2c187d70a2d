//! `_csv.Dialect`: how fields are written. Invariant: a dialect never changes.

use taipan_object::declare::{attribute_table, method_table, native_state, receiver};
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_int};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::objects::find_attribute;

use super::{Names, named};

/// When fields are quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Quoting {
    #[default]
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

/// How fields are written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Rules {
    pub(super) delimiter: u32,
    pub(super) quote: Option<u32>,
    pub(super) escape: Option<u32>,
    pub(super) line_end: Vec<u32>,
    pub(super) quoting: Quoting,
    pub(super) doubles_quotes: bool,
    pub(super) skips_space: bool,
    pub(super) strict: bool,
}

impl Rules {
    /// What fields are quoted with, if any are.
    pub(super) fn quote_in_use(&self) -> Option<u32> {
        self.quote.filter(|_| self.quoting != Quoting::None)
    }
}

/// A dialect.
#[derive(Default)]
pub(crate) struct Dialect {
    rules: Rules,
}

native_type! {
    /// `_csv.Dialect`.
    pub(crate) static DIALECT: Dialect = "_csv.Dialect", flags flags::BASETYPE, dict false, weak false,
    does { new: new }
}

native_state!(Dialect in DIALECT:);

method_table! { METHODS:
    Instance None c"__reduce__" "($self, /)" |thread, this| Err(no_pickle(thread, this)), c"Refuses to be pickled.";
    Instance One c"__reduce_ex__" "($self, protocol, /)" |thread, this, _| Err(no_pickle(thread, this)), c"Refuses to be pickled.";
}

attribute_table! { ATTRIBUTES:
    "delimiter" |thread, this| character(thread, Some(of(thread, this)?.delimiter)), None, "What stands between fields.";
    "skipinitialspace" |thread, this| Ok(Value::bool(of(thread, this)?.skips_space)), Some(read_only), "Whether blanks behind a delimiter count for nothing.";
    "doublequote" |thread, this| Ok(Value::bool(of(thread, this)?.doubles_quotes)), Some(read_only), "Whether a quote in a field is written twice.";
    "strict" |thread, this| Ok(Value::bool(of(thread, this)?.strict)), Some(read_only), "Whether bad input is an error.";
    "escapechar" |thread, this| character(thread, of(thread, this)?.escape), None, "What takes the next character's meaning.";
    "lineterminator" |thread, this| Ok(PyStr::from_code_points(thread, &of(thread, this)?.line_end)?.into_value()), None, "What ends a row.";
    "quotechar" |thread, this| character(thread, of(thread, this)?.quote), None, "What stands around fields.";
    "quoting" |thread, this| Ok(Value::small(of(thread, this)?.quoting as i32)), None, "When fields are quoted.";
}

/// Completes the type.
pub(super) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &DIALECT, &METHODS)?;
    install::attributes(thread, &DIALECT, &ATTRIBUTES)
}

fn read_only(thread: &Thread, _: Ref<'_>, _: Option<Value>) -> PyResult<()> {
    Err(raise!(thread, ATTRIBUTE_ERROR, "readonly attribute"))
}

fn no_pickle(thread: &Thread, this: Ref<'_>) -> Raised {
    let name = this.ty().short_name();
    raise!(thread, TYPE_ERROR, "cannot pickle '{name}' instances")
}

/// The rules of a dialect.
pub(super) fn of(thread: &Thread, dialect: Ref<'_>) -> PyResult<Rules> {
    Ok(receiver::<Dialect>(thread, dialect)?.rules.clone())
}

fn character(thread: &Thread, c: Option<u32>) -> PyResult<Value> {
    match c {
        Some(c) => Ok(PyStr::from_code_point(thread, c)?.into_value()),
        None => Ok(Value::none()),
    }
}

/// The dialect that the arguments of a reader or writer ask for.
pub(super) fn make(
    thread: &Thread,
    arguments: &[Value],
    names: Names<'_>,
) -> PyResult<Owned<Native<Dialect>>> {
    let ty: &PyTypeObject = &DIALECT;
    let made = protocol::call(thread, as_ref(ty), arguments, names)?;
    made.downcast().map_err(|_| raise!(thread, TYPE_ERROR, "there is no dialect"))
}

const FIELDS: [&str; 8] = [
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

const NEW: Parameters<9> = Parameters {
    function: "this function",
    names: [
        "dialect",
        "delimiter",
        "doublequote",
        "escapechar",
        "lineterminator",
        "quotechar",
        "quoting",
        "skipinitialspace",
        "strict",
    ],
    positional_only: 0,
    positional: 9,
    required: 0,
};

fn new(thread: &Thread, class: &PyTypeObject, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let [dialect, given @ ..] = bound(thread, arguments, names)?;
    let base = match dialect {
        Some(name) if name.get::<PyStr>().is_some() => Some(named(thread, name)?),
        other => other.map(Ref::to_value),
    };
    if let Some(base) = &base
        && base.as_ref().ty().is_subtype(&DIALECT)
        && given.iter().all(Option::is_none)
        && std::ptr::eq(base.as_ref().ty(), class)
    {
        return Ok(base.clone());
    }
    let mut values: [Option<Value>; 8] = given.map(|given| given.map(Ref::to_value));
    if let Some(base) = base {
        for (value, name) in values.iter_mut().zip(FIELDS) {
            if value.is_none() {
                *value = find_attribute(thread, base.as_ref(), &*intern_text(thread, name)?)?;
            }
        }
    }
    let rules = rules_of(thread, values)?;
    check(thread, &rules)?;
    let state = Dialect { rules };
    Ok(Native::new_in(thread, class, state)?.into_value())
}

fn bound<'a>(thread: &Thread, arguments: &'a [Value], names: Names<'_>) -> PyResult<[Option<Ref<'a>>; 9]> {
    NEW.bind(thread, arguments, names).map_err(|raised| {
        // the reference names no function here
        let exception = thread.catch(raised);
        let text = taipan_runtime_builtins::text::str(thread, exception.as_ref());
        match text {
            Ok(text) => {
                let message = text.to_text_lossy().replace("this function()", "this function");
                raise!(thread, TYPE_ERROR, "{message}")
            }
            Err(raised) => raised,
        }
    })
}

fn one(thread: &Thread, name: &str, value: &Value, or_none: bool) -> PyResult<Option<u32>> {
    let value = value.as_ref();
    let wanted = if or_none { "a unicode character or None" } else { "a unicode character" };
    if or_none && value.is_none() {
        return Ok(None);
    }
    let Some(text) = value.get::<PyStr>() else {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "\"{name}\" must be {wanted}, not {ty}"));
    };
    match (text.char_at(0), text.len()) {
        (Some(c), 1) => Ok(Some(c)),
        (_, len) => {
            Err(raise!(thread, TYPE_ERROR, "\"{name}\" must be {wanted}, not a string of length {len}"))
        }
    }
}

fn rules_of(thread: &Thread, values: [Option<Value>; 8]) -> PyResult<Rules> {
    let [delimiter, doubles, escape, line_end, quote, quoting, skips, strict] = values;
    let truth = |value: &Option<Value>, default| {
        value.as_ref().map_or(Ok(default), |value| protocol::truth(thread, value.as_ref()))
    };
    let delimiter = match &delimiter {
        Some(value) => one(thread, "delimiter", value, false)?.unwrap_or(0),
        None => ','.into(),
    };
    let doubles_quotes = truth(&doubles, true)?;
    let escape = escape.as_ref().map_or(Ok(None), |value| one(thread, "escapechar", value, true))?;
    let line_end = match &line_end {
        None => vec!['\r'.into(), '\n'.into()],
        Some(value) => match value.as_ref().get::<PyStr>() {
            Some(text) => (0..text.len()).filter_map(|at| text.char_at(at)).collect(),
            None => {
                let ty = value.as_ref().ty().name();
                return Err(raise!(thread, TYPE_ERROR, "\"lineterminator\" must be a string, not {ty}"));
            }
        },
    };
    let no_quote = quote.as_ref().is_some_and(|quote| quote.as_ref().is_none());
    let quote = match &quote {
        Some(value) => one(thread, "quotechar", value, true)?,
        None => Some('"'.into()),
    };
    let quoting = match &quoting {
        // without a quote nothing is quoted
        None if no_quote => Quoting::None,
        None => Quoting::Minimal,
        Some(value) => quoting_of(thread, value.as_ref())?,
    };
    let (skips_space, strict) = (truth(&skips, false)?, truth(&strict, false)?);
    Ok(Rules { delimiter, quote, escape, line_end, quoting, doubles_quotes, skips_space, strict })
}

fn quoting_of(thread: &Thread, value: Ref<'_>) -> PyResult<Quoting> {
    if !value.is_int() {
        let ty = value.ty().name();
        return Err(raise!(thread, TYPE_ERROR, "\"quoting\" must be an integer, not {ty}"));
    }
    Ok(match to_int(thread, value)? {
        0 => Quoting::Minimal,
        1 => Quoting::All,
        2 => Quoting::NonNumeric,
        3 => Quoting::None,
        4 => Quoting::Strings,
        5 => Quoting::NotNull,
        _ => return Err(raise!(thread, TYPE_ERROR, "bad \"quoting\" value")),
    })
}

/// Refuses characters that would mean two things.
fn check(thread: &Thread, rules: &Rules) -> PyResult<()> {
    if rules.quoting != Quoting::None && rules.quote.is_none() {
        return Err(raise!(thread, TYPE_ERROR, "quotechar must be set if quoting enabled"));
    }
    let line = |c: u32| c == '\r'.into() || c == '\n'.into();
    let blank = |c: u32| line(c) || rules.skips_space && c == ' '.into();
    let ends = |c: Option<u32>| c.is_some_and(|c| rules.line_end.contains(&c));
    let delimiter = Some(rules.delimiter);
    let same = |a: Option<u32>, b: Option<u32>| a.is_some() && a == b;
    let bad = if line(rules.delimiter) {
        "delimiter"
    } else if rules.escape.is_some_and(blank) {
        "escapechar"
    } else if rules.quote.is_some_and(blank) {
        "quotechar"
    } else if same(delimiter, rules.escape) {
        "delimiter or escapechar"
    } else if same(delimiter, rules.quote) {
        "delimiter or quotechar"
    } else if same(rules.escape, rules.quote) {
        "escapechar or quotechar"
    } else if ends(delimiter) {
        "delimiter or lineterminator"
    } else if ends(rules.escape) {
        "escapechar or lineterminator"
    } else if ends(rules.quote) {
        "quotechar or lineterminator"
    } else {
        return Ok(());
    };
    Err(raise!(thread, VALUE_ERROR, "bad {bad} value"))
}
