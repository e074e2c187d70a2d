//! The module `_locale`: the locales "C" and "C.UTF-8", whose data is the standard's. Others are refused; `data.rs` has what
//! they say. Which is set stands here, for the whole process, as in C.

mod data;

use std::sync::Mutex;

use taipan_host::of;
use taipan_object::declare::method_table;
use taipan_object::dict::PyDict;
use taipan_object::exception::{EXCEPTION, error_type};
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::types::slots::Slots;
use taipan_object::types::{PyTypeObject, TypeCore};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, raise};
use taipan_runtime_builtins::arguments::{check_count, expect_str, to_int, wrong_type};
use taipan_runtime_builtins::modules::{ModuleDef, add};

/// `locale.Error`
static ERROR: PyTypeObject = error_type("locale.Error\0", &EXCEPTION, &ERROR_CORE);
static ERROR_CORE: TypeCore = TypeCore::new(Slots::empty());

/// The static type of the module.
pub(crate) fn types() -> [&'static PyTypeObject; 1] {
    [&ERROR]
}

method_table! { FUNCTIONS:
    Instance Positional c"setlocale" "($module, category, locale=None, /)" set_locale, c"Sets or asks for the locale of a category.";
    Instance None c"localeconv" "($module, /)" conventions, c"How numbers and money are written.";
    Instance Two c"strcoll" "($module, os1, os2, /)" compare, c"Which of two strings comes first.";
    Instance One c"strxfrm" "($module, string, /)" transform, c"A string to compare by.";
    Instance None c"getencoding" "($module, /)" |thread, _| text(thread, codeset()), c"The encoding of the locale.";
    Instance One c"nl_langinfo" "($module, key, /)" information, c"What the locale says of something.";
    Instance One c"gettext" "($module, msg, /)" |thread, _, message| translated(thread, "gettext", "argument", message), c"The translation of a message.";
    Instance Two c"dgettext" "($module, domain, msg, /)" |thread, _, _, message| translated(thread, "dgettext", "argument 2", message), c"The translation of a message, in a domain.";
    Instance Positional c"dcgettext" "($module, domain, msg, category, /)" translated_in_category, c"The translation of a message, in a domain and category.";
    Instance One c"textdomain" "($module, domain, /)" text_domain, c"Sets or asks for the domain of messages.";
    Instance Two c"bindtextdomain" "($module, domain, dir, /)" bind_domain, c"Sets or asks for the folder of a domain.";
    Instance Two c"bind_textdomain_codeset" "($module, domain, codeset, /)" bind_codeset, c"Sets or asks for the encoding of a domain.";
}

/// `_locale`.
pub(crate) static MODULE: ModuleDef =
    ModuleDef { name: "_locale", doc: Some("The locales of C."), functions: &FUNCTIONS, exec: Some(exec) };

fn exec(thread: &Thread, module: &PyModule) -> PyResult<()> {
    add(thread, module, "Error", as_ref(&ERROR).to_value())?;
    for (name, number) in data::CATEGORIES {
        add(thread, module, name, Value::small(number))?;
    }
    add(thread, module, "CHAR_MAX", Value::small(data::UNSET))?;
    for (name, number, _) in data::ITEMS {
        add(thread, module, name, Value::small(number))?;
    }
    // the program begins with the encoding of the user's locale, and else with "C"
    if let Some(name) = data::known(&of_user(thread, "LC_CTYPE")) {
        set_one(data::CTYPE, name);
    }
    Ok(())
}

/// What is set: a name for each category of the system.
static SET: Mutex<[&str; data::NAMES.len()]> = Mutex::new(["C"; data::NAMES.len()]);

fn all_set() -> [&'static str; data::NAMES.len()] {
    *SET.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn set_one(category: usize, name: &'static str) {
    let mut set = SET.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(place) = set.get_mut(category) {
        *place = name;
    }
}

fn codeset() -> &'static str {
    match all_set().get(data::CTYPE) {
        Some(&"C") | None => "ANSI_X3.4-1968",
        Some(_) => "UTF-8",
    }
}

fn text(thread: &Thread, text: &str) -> PyResult<Value> {
    Ok(PyStr::from_text(thread, text)?.into_value())
}

#[cold]
fn error(thread: &Thread, message: &str) -> Raised {
    thread.raise_message(&ERROR, format_args!("{message}"))
}

/// A string without NUL, as C has them.
fn c_text<'a>(thread: &Thread, function: &str, which: &str, value: Ref<'a>) -> PyResult<&'a PyStr> {
    let text = expect_str(thread, function, which, value)?;
    match text.find_char(0, 0) {
        Some(_) => Err(raise!(thread, VALUE_ERROR, "embedded null character")),
        None => Ok(text),
    }
}

/// The locale that the user's variables name for a category.
fn of_user(thread: &Thread, category: &str) -> String {
    let variables = of(thread).variables();
    let value = |name: &str| {
        let found = variables.iter().find(|(known, _)| known == name.as_bytes());
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).filter(|value| !value.is_empty())
    };
    let named = value("LC_ALL").or_else(|| value(category)).or_else(|| value("LANG"));
    // as `Py_Initialize` does it (PEP 538), the plain locale becomes that with UTF-8
    match named {
        None => "C.UTF-8".to_owned(),
        Some(name)
            if category == "LC_CTYPE" && value("LC_ALL").is_none() && (name == "C" || name == "POSIX") =>
        {
            "C.UTF-8".to_owned()
        }
        Some(name) => name,
    }
}

fn set_locale(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "setlocale", arguments.len(), 1, 2)?;
    let Some(category) = arguments.first() else { return Ok(Value::none()) };
    let category = to_int(thread, category.as_ref())?;
    let Some(name) = arguments.get(1).filter(|name| !name.as_ref().is_none()) else {
        return match shown(category) {
            Some(name) => text(thread, &name),
            None => Err(error(thread, "locale query failed")),
        };
    };
    if name.as_ref().get::<PyStr>().is_none() {
        return Err(wrong_type(thread, "setlocale", "argument 2", "str or None", name.as_ref()));
    }
    let name = c_text(thread, "setlocale", "argument 2", name.as_ref())?.to_text_lossy();
    let wanted = wanted(thread, category, &name);
    let Some(wanted) = wanted else { return Err(error(thread, "unsupported locale setting")) };
    for (category, name) in wanted {
        set_one(category, name);
    }
    match shown(category) {
        Some(name) => text(thread, &name),
        None => Err(error(thread, "unsupported locale setting")),
    }
}

/// What a name sets, by category; none if there is no such locale.
fn wanted(thread: &Thread, category: i32, name: &str) -> Option<Vec<(usize, &'static str)>> {
    let category = data::place(category)?;
    let places: Vec<usize> = match category {
        data::Place::All => (0..data::NAMES.len()).collect(),
        data::Place::One(place) => vec![place],
    };
    let each = |place: usize| -> Option<&'static str> {
        match name {
            "" => data::known(&of_user(thread, data::NAMES.get(place)?)),
            _ if category == data::Place::All && name.contains(';') => {
                let own = data::NAMES.get(place)?;
                let part = name.split(';').find_map(|part| part.strip_prefix(own)?.strip_prefix('='));
                data::known(part?)
            }
            _ => data::known(name),
        }
    };
    places.into_iter().map(|place| Some((place, each(place)?))).collect()
}

/// The locale of a category in words.
fn shown(category: i32) -> Option<String> {
    let set = all_set();
    match data::place(category)? {
        data::Place::One(place) => set.get(place).map(|name| (*name).to_owned()),
        data::Place::All => {
            let first = *set.first()?;
            if set.iter().all(|name| *name == first) {
                return Some(first.to_owned());
            }
            let parts: Vec<String> =
                data::NAMES.iter().zip(set).map(|(category, name)| format!("{category}={name}")).collect();
            Some(parts.join(";"))
        }
    }
}

fn conventions(thread: &Thread, _: Ref<'_>) -> PyResult<Value> {
    let dict = PyDict::new(thread)?;
    let put = |name: &str, value: Value| -> PyResult<()> {
        drop(dict.insert(thread, intern_text(thread, name)?.as_ref(), value)?);
        Ok(())
    };
    for name in data::MONEY {
        put(name, text(thread, "")?)?;
        if name == "mon_thousands_sep" {
            put("mon_grouping", PyList::new(thread)?.into_value())?;
        }
    }
    for name in data::UNSET_CONVENTIONS {
        put(name, Value::small(data::UNSET))?;
    }
    put("decimal_point", text(thread, ".")?)?;
    put("thousands_sep", text(thread, "")?)?;
    put("grouping", PyList::new(thread)?.into_value())?;
    Ok(dict.into_value())
}

fn compare(thread: &Thread, _: Ref<'_>, one: Ref<'_>, two: Ref<'_>) -> PyResult<Value> {
    // the types come first, then what is in them
    expect_str(thread, "strcoll", "argument 1", one)?;
    expect_str(thread, "strcoll", "argument 2", two)?;
    let one = c_text(thread, "strcoll", "argument 1", one)?;
    let two = c_text(thread, "strcoll", "argument 2", two)?;
    Ok(Value::small(one.compare(two) as i32))
}

fn transform(thread: &Thread, _: Ref<'_>, string: Ref<'_>) -> PyResult<Value> {
    c_text(thread, "strxfrm", "argument", string)?;
    Ok(string.to_value())
}

fn information(thread: &Thread, _: Ref<'_>, key: Ref<'_>) -> PyResult<Value> {
    let key = to_int(thread, key)?;
    match data::ITEMS.iter().find(|(_, number, _)| *number == key) {
        Some(("CODESET", ..)) => text(thread, codeset()),
        Some((_, _, value)) => text(thread, value),
        None => Err(raise!(thread, VALUE_ERROR, "unsupported langinfo constant")),
    }
}

/// In these locales a message is its own translation.
fn translated(thread: &Thread, function: &str, which: &str, message: Ref<'_>) -> PyResult<Value> {
    c_text(thread, function, which, message)?;
    Ok(message.to_value())
}

fn translated_in_category(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "dcgettext", arguments.len(), 3, 3)?;
    let [_, message, category] = arguments else { return Ok(Value::none()) };
    to_int(thread, category.as_ref())?;
    translated(thread, "dcgettext", "argument 2", message.as_ref())
}

/// The domain of messages, and by domain the folder and the encoding.
#[derive(Default)]
struct Domains {
    current: Option<String>,
    known: Vec<(String, Option<String>, Option<String>)>,
}

static DOMAINS: Mutex<Domains> = Mutex::new(Domains { current: None, known: Vec::new() });

fn with_domains<R>(act: impl FnOnce(&mut Domains) -> R) -> R {
    act(&mut DOMAINS.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn optional(thread: &Thread, function: &str, which: &str, value: Ref<'_>) -> PyResult<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.get::<PyStr>().is_none() {
        return Err(wrong_type(thread, function, which, "str or None", value));
    }
    Ok(Some(c_text(thread, function, which, value)?.to_text_lossy()))
}

fn text_domain(thread: &Thread, _: Ref<'_>, domain: Ref<'_>) -> PyResult<Value> {
    let domain = optional(thread, "textdomain", "argument", domain)?;
    let current = with_domains(|domains| {
        if let Some(domain) = domain {
            domains.current = Some(domain).filter(|domain| !domain.is_empty());
        }
        domains.current.clone()
    });
    text(thread, current.as_deref().unwrap_or("messages"))
}

/// Changes what is known of a domain.
fn with_domain<R>(domain: String, act: impl FnOnce(&mut (String, Option<String>, Option<String>)) -> R) -> R {
    with_domains(|domains| {
        let at = match domains.known.iter().position(|(known, ..)| *known == domain) {
            Some(at) => at,
            None => {
                domains.known.push((domain.clone(), None, None));
                domains.known.len() - 1
            }
        };
        match domains.known.get_mut(at) {
            Some(entry) => act(entry),
            None => act(&mut (domain, None, None)),
        }
    })
}

fn bind_domain(thread: &Thread, _: Ref<'_>, domain: Ref<'_>, folder: Ref<'_>) -> PyResult<Value> {
    let domain = c_text(thread, "bindtextdomain", "argument 1", domain)?.to_text_lossy();
    if domain.is_empty() {
        return Err(error(thread, "domain must be a non-empty string"));
    }
    let folder = match folder.is_none() {
        true => None,
        false => Some(String::from_utf8_lossy(&crate::arguments::fs_bytes(thread, folder)?).into_owned()),
    };
    let folder = with_domain(domain, |(_, known, _)| {
        if let Some(folder) = folder {
            *known = Some(folder);
        }
        known.clone()
    });
    text(thread, folder.as_deref().unwrap_or("/usr/share/locale"))
}

fn bind_codeset(thread: &Thread, _: Ref<'_>, domain: Ref<'_>, codeset: Ref<'_>) -> PyResult<Value> {
    let domain = c_text(thread, "bind_textdomain_codeset", "argument 1", domain)?.to_text_lossy();
    let codeset = optional(thread, "bind_textdomain_codeset", "argument 2", codeset)?;
    let codeset = with_domain(domain, |(_, _, known)| {
        if codeset.is_some() {
            *known = codeset;
        }
        known.clone()
    });
    codeset.map_or(Ok(Value::none()), |codeset| text(thread, &codeset))
}
