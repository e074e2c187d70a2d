//! The module `unicodedata`. Its functions are the methods of `UCD` as well, whose one object is the database of
//! version 3.2.0. `normal.rs` normalizes. The tables are those of `taipan_unicode`.

mod normal;

use taipan_object::declare::{attribute_table, method_table, native_state};
use taipan_object::module::PyModule;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::{PyTypeObject, flags};
use taipan_object::{PyResult, Ref, Thread, Value, buffer, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, wrong_type};
use taipan_runtime_builtins::install;
use taipan_runtime_builtins::modules::{ModuleDef, add, add_types};
use taipan_unicode::database::{self, Version};
use taipan_unicode::{UNICODE_VERSION, character_named, name_of, sequence_named};

use normal::Form;

/// A database of an older version.
#[derive(Default)]
pub(crate) struct Ucd {}

native_type! {
    /// `unicodedata.UCD`.
    pub(crate) static UCD: Ucd = "unicodedata.UCD", flags flags::DISALLOW_INSTANTIATION, dict false, weak false,
    does { }
}

native_state!(Ucd in UCD:);

method_table! { FUNCTIONS:
    Instance Positional c"decimal" "($self, chr, default=<unrepresentable>, /)" decimal, c"The value of a decimal digit.";
    Instance Positional c"digit" "($self, chr, default=<unrepresentable>, /)" digit, c"The value of a digit.";
    Instance Positional c"numeric" "($self, chr, default=<unrepresentable>, /)" numeric, c"The value of a number.";
    Instance One c"category" "($self, chr, /)" category, c"The general category.";
    Instance One c"bidirectional" "($self, chr, /)" bidirectional, c"The class of the bidirectional algorithm.";
    Instance One c"combining" "($self, chr, /)" combining, c"The canonical combining class.";
    Instance One c"mirrored" "($self, chr, /)" mirrored, c"Whether it is mirrored in text from right to left.";
    Instance One c"east_asian_width" "($self, chr, /)" width, c"The width in East Asian text.";
    Instance One c"decomposition" "($self, chr, /)" decomposition, c"The decomposition, as text.";
    Instance Positional c"name" "($self, chr, default=<unrepresentable>, /)" name, c"The name of a character.";
    Instance One c"lookup" "($self, name, /)" lookup, c"The character of a name, or the characters.";
    Instance Two c"is_normalized" "($self, form, unistr, /)" is_normalized, c"Whether a text is in a normal form.";
    Instance Two c"normalize" "($self, form, unistr, /)" normalize, c"A text in a normal form.";
}

attribute_table! { ATTRIBUTES:
    "unidata_version" |thread, _| Ok(PyStr::from_text(thread, "3.2.0")?.into_value()), None, "The version of Unicode.";
}

/// `unicodedata`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "unicodedata",
    doc: Some("The database of Unicode 16, and with ucd_3_2_0 that of version 3.2.0."),
    functions: &FUNCTIONS,
    exec: Some(|thread: &Thread, module: &PyModule| {
        let (major, minor, patch) = UNICODE_VERSION;
        let version = PyStr::from_text(thread, &format!("{major}.{minor}.{patch}"))?;
        add(thread, module, "unidata_version", version.into_value())?;
        let ty: &PyTypeObject = &UCD;
        add_types(thread, module, [ty])?;
        add(thread, module, "ucd_3_2_0", Native::new(thread, Ucd::default())?.into_value())
    }),
};

/// Completes the type.
pub(crate) fn fill(thread: &Thread) -> PyResult<()> {
    install::methods(thread, &UCD, &FUNCTIONS)?;
    install::attributes(thread, &UCD, &ATTRIBUTES)
}

/// The version that a function was asked of.
fn version(this: Ref<'_>) -> Version {
    if this.get::<Native<Ucd>>().is_some() { Version::Old } else { Version::Current }
}

/// An argument that is one character.
fn character(thread: &Thread, function: &str, which: &str, value: Ref<'_>) -> PyResult<u32> {
    let Some(text) = value.get::<PyStr>() else {
        return Err(wrong_type(thread, function, which, "a unicode character", value));
    };
    match (text.char_at(0), text.len()) {
        (Some(c), 1) => Ok(c),
        (_, len) => Err(raise!(
            thread,
            TYPE_ERROR,
            "{function}(): {which} must be a unicode character, not a string of length {len}"
        )),
    }
}

fn one(thread: &Thread, function: &str, value: Ref<'_>) -> PyResult<u32> {
    character(thread, function, "argument", value)
}

/// The character and the default that a function may be given.
fn with_default<'a>(
    thread: &Thread,
    function: &str,
    arguments: &'a [Value],
) -> PyResult<(u32, Option<Ref<'a>>)> {
    check_count(thread, function, arguments.len(), 1, 2)?;
    let c = match arguments.first() {
        Some(c) => character(thread, function, "argument 1", c.as_ref())?,
        None => 0,
    };
    Ok((c, arguments.get(1).map(Value::as_ref)))
}

fn or_default(
    thread: &Thread,
    found: Option<Value>,
    default: Option<Ref<'_>>,
    message: &str,
) -> PyResult<Value> {
    match found.or_else(|| default.map(Ref::to_value)) {
        Some(value) => Ok(value),
        None => Err(raise!(thread, VALUE_ERROR, "{message}")),
    }
}

fn decimal(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (c, default) = with_default(thread, "decimal", arguments)?;
    let found = database::decimal(version(this), c).map(|value| Value::int(thread, value)).transpose()?;
    or_default(thread, found, default, "not a decimal")
}

fn digit(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (c, default) = with_default(thread, "digit", arguments)?;
    let found = database::digit(version(this), c).map(|value| Value::int(thread, value)).transpose()?;
    or_default(thread, found, default, "not a digit")
}

fn numeric(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (c, default) = with_default(thread, "numeric", arguments)?;
    let found = database::numeric(version(this), c);
    let found = found.map(|(over, under)| Value::float(thread, over / f64::from(under))).transpose()?;
    or_default(thread, found, default, "not a numeric character")
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

fn category(thread: &Thread, this: Ref<'_>, c: Ref<'_>) -> PyResult<Value> {
    text(thread, database::category(version(this), one(thread, "category", c)?))
}

fn bidirectional(thread: &Thread, this: Ref<'_>, c: Ref<'_>) -> PyResult<Value> {
    text(thread, database::bidirectional(version(this), one(thread, "bidirectional", c)?))
}

fn combining(thread: &Thread, this: Ref<'_>, c: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(database::combining(version(this), one(thread, "combining", c)?).into()))
}

fn mirrored(thread: &Thread, this: Ref<'_>, c: Ref<'_>) -> PyResult<Value> {
    Ok(Value::small(database::is_mirrored(version(this), one(thread, "mirrored", c)?).into()))
}

fn width(thread: &Thread, this: Ref<'_>, c: Ref<'_>) -> PyResult<Value> {
    text(thread, database::east_asian_width(version(this), one(thread, "east_asian_width", c)?))
}

fn decomposition(thread: &Thread, this: Ref<'_>, c: Ref<'_>) -> PyResult<Value> {
    let c = one(thread, "decomposition", c)?;
    match normal::hangul(c) {
        Some(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| format!("{part:04X}")).collect();
            text(thread, &parts.join(" "))
        }
        None => text(thread, database::decomposition(version(this), c)),
    }
}

fn name(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let (c, default) = with_default(thread, "name", arguments)?;
    let known = char::from_u32(c).filter(|_| database::is_assigned(version(this), c));
    // the reference finds Tangut ideographs by their names, but tells none
    let found = known.and_then(name_of).filter(|name| !name.starts_with("TANGUT IDEOGRAPH-"));
    let found = found.map(|name| text(thread, &name)).transpose()?;
    or_default(thread, found, default, "no such name")
}

/// No name is as long.
const MAX_NAME: usize = 256;

fn lookup(thread: &Thread, this: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let known = match name.get::<PyStr>() {
        Some(name) => match name.as_utf8(thread)? {
            Some(name) => name.to_owned(),
            None => {
                // lone surrogates: encoding says so
                let encode = intern_text(thread, "encode")?;
                return protocol::call_method(thread, taipan_object::as_ref(name), &encode, &[]);
            }
        },
        None => String::from_utf8_lossy(&buffer::bytes_of(thread, name)?).into_owned(),
    };
    let fails = |message: &str| match PyStr::from_text(thread, message) {
        Ok(message) => thread.raise_value(&taipan_object::exception::KEY_ERROR, message.into_value()),
        Err(raised) => raised,
    };
    if known.len() > MAX_NAME {
        return Err(fails("name too long"));
    }
    let version = version(this);
    let found = match version {
        Version::Current => character_named(&known),
        // aliases came later
        Version::Old => character_named(&known)
            .filter(|&c| name_of(c).is_some_and(|official| official.eq_ignore_ascii_case(&known))),
    };
    if let Some(c) = found {
        return Ok(PyStr::from_code_point(thread, c.into())?.into_value());
    }
    match sequence_named(&known).filter(|_| version == Version::Current) {
        Some(characters) => text(thread, characters),
        None => Err(fails(&format!("undefined character name '{known}'"))),
    }
}

/// The form and the text that are arguments of a function; no form where the text is empty and the form unknown.
fn form_and_text<'a>(
    thread: &Thread,
    function: &str,
    form: Ref<'a>,
    text: Ref<'a>,
) -> PyResult<(Option<Form>, &'a PyStr)> {
    let Some(form) = form.get::<PyStr>() else {
        return Err(wrong_type(thread, function, "argument 1", "str", form));
    };
    let Some(text) = text.get::<PyStr>() else {
        return Err(wrong_type(thread, function, "argument 2", "str", text));
    };
    let form = Form::of(&form.to_text_lossy());
    if form.is_none() && !text.is_empty() {
        return Err(raise!(thread, VALUE_ERROR, "invalid normalization form"));
    }
    Ok((form, text))
}

fn is_normalized(thread: &Thread, this: Ref<'_>, form: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let (form, text) = form_and_text(thread, "is_normalized", form, text)?;
    let Some(form) = form else { return Ok(Value::bool(true)) };
    let points = points_of(text);
    Ok(Value::bool(text.is_ascii() || normal::normalized(version(this), form, &points) == points))
}

fn normalize(thread: &Thread, this: Ref<'_>, form: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let (form, text) = form_and_text(thread, "normalize", form, text)?;
    let Some(form) = form.filter(|_| !text.is_ascii()) else {
        return Ok(text.slice(thread, 0, text.len())?.into_value());
    };
    let made = normal::normalized(version(this), form, &points_of(text));
    Ok(PyStr::from_code_points(thread, &made)?.into_value())
}

fn points_of(text: &PyStr) -> Vec<u32> {
    (0..text.len()).filter_map(|at| text.char_at(at)).collect()
}
