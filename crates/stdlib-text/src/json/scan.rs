//! Reading JSON: `_json.Scanner`, a parser by recursive descent over the storage of a string.

use std::cell::Cell;

use taipan_object::declare::{native_state, receiver};
use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::PyDict;
use taipan_object::exception::STOP_ITERATION;
use taipan_object::int::{ParseError, parse as parse_digits};
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{Chars, PyStr};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_size};

use super::decode_error;
use super::strings::{self, Failure, Unit, text_of};

/// What a scanner took from its context.
#[derive(Default)]
pub(crate) struct Scanner {
    strict: Cell<bool>,
    object_hook: Slot,
    object_pairs_hook: Slot,
    parse_float: Slot,
    parse_int: Slot,
    parse_constant: Slot,
}

native_type! {
    /// `_json.Scanner`
    pub(crate) static SCANNER: Scanner = "_json.Scanner", flags taipan_object::types::flags::BASETYPE, dict false, weak false,
    does { new: new, call: call }
}

native_state!(Scanner in SCANNER: object_hook, object_pairs_hook, parse_float, parse_int, parse_constant);

macro_rules! member {
    ($name:ident, $doc:literal) => {
        GetSetDef {
            name: stringify!($name),
            get: |thread, this| {
                Ok(receiver::<Scanner>(thread, this)?.$name.get().unwrap_or_else(Value::none))
            },
            set: None,
            doc: $doc,
        }
    };
}

pub(super) static ATTRIBUTES: [GetSetDef; 6] = [
    GetSetDef {
        name: "strict",
        get: |thread, this| Ok(Value::bool(receiver::<Scanner>(thread, this)?.strict.get())),
        set: None,
        doc: "Whether controls in strings are errors.",
    },
    member!(object_hook, "What makes something of dicts."),
    member!(object_pairs_hook, "What makes something of the pairs of objects."),
    member!(parse_float, "What makes floats of their text."),
    member!(parse_int, "What makes ints of their text."),
    member!(parse_constant, "What makes something of NaN and infinities."),
];

const NEW: Parameters<1> = Parameters {
    function: "make_scanner",
    names: ["context"],
    positional_only: 0,
    positional: 1,
    required: 1,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [Some(context)] = NEW.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let attribute = |name: &str| protocol::get_attribute(thread, context, &*intern_text(thread, name)?);
    let scanner = Scanner::default();
    scanner.strict.set(protocol::truth(thread, attribute("strict")?.as_ref())?);
    for (slot, name) in [
        (&scanner.object_hook, "object_hook"),
        (&scanner.object_pairs_hook, "object_pairs_hook"),
        (&scanner.parse_float, "parse_float"),
        (&scanner.parse_int, "parse_int"),
        (&scanner.parse_constant, "parse_constant"),
    ] {
        drop(slot.replace(Some(attribute(name)?)));
    }
    Ok(Native::new_in(thread, class, scanner)?.into_value())
}

const CALL: Parameters<2> = Parameters {
    function: "scan_once",
    names: ["string", "idx"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

/// `scanner(string, idx)`: a value, and the place behind it.
fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(string), Some(index)] = CALL.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let text = text_of(thread, string)?;
    let Ok(at) = usize::try_from(to_size(thread, index)?) else {
        return Err(raise!(thread, VALUE_ERROR, "idx cannot be negative"));
    };
    let scanner = receiver::<Scanner>(thread, this)?;
    let (value, end) = match text.chars() {
        Chars::One(chars) => run(thread, scanner, text, chars, at)?,
        Chars::Two(chars) => run(thread, scanner, text, chars, at)?,
        Chars::Four(chars) => run(thread, scanner, text, chars, at)?,
    };
    Ok(PyTuple::pack(thread, [value, Value::int(thread, end as i64)?])?.into_value())
}

fn run<C: Unit>(
    thread: &Thread,
    scanner: &Scanner,
    text: &PyStr,
    chars: &[C],
    at: usize,
) -> PyResult<(Value, usize)> {
    let hook = |slot: &Slot| slot.get().filter(|hook| !hook.as_ref().is_none());
    let own = |slot: &Slot, ty: &'static PyTypeObject| {
        slot.get().is_some_and(|function| function.as_ref().is(as_ref(ty)))
    };
    let mut parser = Parser {
        thread,
        scanner,
        text,
        chars,
        keys: Vec::new(),
        object_hook: hook(&scanner.object_hook),
        pairs_hook: hook(&scanner.object_pairs_hook),
        own_float: own(&scanner.parse_float, &statics::FLOAT),
        own_int: own(&scanner.parse_int, &statics::INT),
    };
    parser.value(at).map_err(|failure| match failure {
        Failure::Raised(raised) => raised,
        Failure::Json(message, at) => decode_error(thread, message, text, at),
    })
}

/// Keys that were met, so that equal ones are one object: a table of places that their text decides.
const KEYS: usize = 256;

struct Parser<'t, C> {
    thread: &'t Thread,
    scanner: &'t Scanner,
    text: &'t PyStr,
    chars: &'t [C],
    keys: Vec<Option<Owned<PyStr>>>,
    object_hook: Option<Value>,
    pairs_hook: Option<Value>,
    own_float: bool,
    own_int: bool,
}

type Read<T> = Result<(T, usize), Failure>;

impl<C: Unit> Parser<'_, C> {
    #[inline(always)]
    fn point(&self, at: usize) -> Option<u32> {
        self.chars.get(at).map(|unit| unit.point())
    }

    #[inline(always)]
    fn is(&self, at: usize, wanted: u8) -> bool {
        self.point(at) == Some(wanted.into())
    }

    /// The first place from `at` on that is no white space.
    #[inline(always)]
    fn behind_space(&self, mut at: usize) -> usize {
        while matches!(self.point(at), Some(0x20 | 0x09 | 0x0A | 0x0D)) {
            at += 1;
        }
        at
    }

    fn stands(&self, at: usize, word: &str) -> bool {
        let rest = self.chars.get(at..at + word.len());
        rest.is_some_and(|rest| rest.iter().zip(word.bytes()).all(|(unit, byte)| unit.point() == byte.into()))
    }

    /// There is no value here; whoever asked for one says so.
    #[cold]
    fn nothing(&self, at: usize) -> Failure {
        let class = as_ref(&STOP_ITERATION);
        let made =
            Value::int(self.thread, at as i64).and_then(|at| protocol::call(self.thread, class, &[at], None));
        match made {
            Ok(exception) => Failure::Raised(self.thread.raise(exception)),
            Err(raised) => Failure::Raised(raised),
        }
    }

    fn value(&mut self, at: usize) -> Read<Value> {
        self.thread.check_interrupts()?;
        match self.point(at).and_then(char::from_u32) {
            Some('"') => {
                let (string, end) =
                    strings::scan(self.thread, self.text, self.chars, at + 1, self.scanner.strict.get())?;
                Ok((string.into_value(), end))
            }
            Some('{') => {
                let _level = self.thread.recurse(" while decoding a JSON object from a unicode string")?;
                self.object(at + 1)
            }
            Some('[') => {
                let _level = self.thread.recurse(" while decoding a JSON array from a unicode string")?;
                self.array(at + 1)
            }
            Some('n') if self.stands(at, "null") => Ok((Value::none(), at + 4)),
            Some('t') if self.stands(at, "true") => Ok((Value::bool(true), at + 4)),
            Some('f') if self.stands(at, "false") => Ok((Value::bool(false), at + 5)),
            Some('N') if self.stands(at, "NaN") => self.constant(at, "NaN"),
            Some('I') if self.stands(at, "Infinity") => self.constant(at, "Infinity"),
            Some('-') if self.stands(at, "-Infinity") => self.constant(at, "-Infinity"),
            Some('-' | '0'..='9') => self.number(at),
            _ => Err(self.nothing(at)),
        }
    }

    fn constant(&self, at: usize, name: &str) -> Read<Value> {
        let text = PyStr::from_text(self.thread, name)?.into_value();
        let function = self.scanner.parse_constant.get().unwrap_or_else(Value::none);
        Ok((protocol::call(self.thread, function.as_ref(), &[text], None)?, at + name.len()))
    }

    fn array(&mut self, at: usize) -> Read<Value> {
        let mut items = Vec::new();
        let mut at = self.behind_space(at);
        if !self.is(at, b']') {
            loop {
                let (item, end) = self.value(at)?;
                items.push(item);
                at = self.behind_space(end);
                if self.is(at, b']') {
                    break;
                }
                if !self.is(at, b',') {
                    return Err(Failure::Json("Expecting ',' delimiter", at));
                }
                let comma = at;
                at = self.behind_space(at + 1);
                if self.is(at, b']') {
                    return Err(Failure::Json("Illegal trailing comma before end of array", comma));
                }
            }
        }
        Ok((PyList::from_values(self.thread, items)?.into_value(), at + 1))
    }

    fn object(&mut self, at: usize) -> Read<Value> {
        let thread = self.thread;
        let mut pairs = Vec::new();
        let dict = if self.pairs_hook.is_none() { Some(PyDict::new(thread)?) } else { None };
        let mut at = self.behind_space(at);
        if !self.is(at, b'}') {
            loop {
                if !self.is(at, b'"') {
                    return Err(Failure::Json("Expecting property name enclosed in double quotes", at));
                }
                let (key, end) = self.key(at + 1)?;
                at = self.behind_space(end);
                if !self.is(at, b':') {
                    return Err(Failure::Json("Expecting ':' delimiter", at));
                }
                at = self.behind_space(at + 1);
                let (value, end) = self.value(at)?;
                match &dict {
                    Some(dict) => drop(dict.insert(thread, as_ref(&*key), value)?),
                    None => pairs.push(PyTuple::pack(thread, [key.into_value(), value])?.into_value()),
                }
                at = self.behind_space(end);
                if self.is(at, b'}') {
                    break;
                }
                if !self.is(at, b',') {
                    return Err(Failure::Json("Expecting ',' delimiter", at));
                }
                let comma = at;
                at = self.behind_space(at + 1);
                if self.is(at, b'}') {
                    return Err(Failure::Json("Illegal trailing comma before end of object", comma));
                }
            }
        }
        let made = match (dict, &self.pairs_hook, &self.object_hook) {
            (Some(dict), _, None) => dict.into_value(),
            (Some(dict), _, Some(hook)) => protocol::call(thread, hook.as_ref(), &[dict.into_value()], None)?,
            (None, Some(hook), _) => {
                let pairs = PyList::from_values(thread, pairs)?.into_value();
                protocol::call(thread, hook.as_ref(), &[pairs], None)?
            }
            (None, None, _) => Value::none(),
        };
        Ok((made, at + 1))
    }

    /// The name of a property; one that was met before is the same object.
    fn key(&mut self, at: usize) -> Read<Owned<PyStr>> {
        let end = strings::plain_end(self.chars, at);
        if !self.is(end, b'"') {
            return strings::scan(self.thread, self.text, self.chars, at, self.scanner.strict.get());
        }
        let part = self.chars.get(at..end).unwrap_or_default();
        let hash = part.iter().fold(part.len() as u32, |hash, unit| hash.wrapping_mul(31) ^ unit.point());
        let place = (hash ^ hash >> 8) as usize % KEYS;
        if self.keys.is_empty() {
            self.keys.resize(KEYS, None);
        }
        if let Some(Some(known)) = self.keys.get(place)
            && known.len() == part.len()
            && same(known, part)
        {
            return Ok((known.clone(), end + 1));
        }
        let key = self.text.slice(self.thread, at, end)?;
        if let Some(slot) = self.keys.get_mut(place) {
            *slot = Some(key.clone());
        }
        Ok((key, end + 1))
    }

    fn number(&self, at: usize) -> Read<Value> {
        let digit = |at: usize| matches!(self.point(at), Some(0x30..=0x39));
        let behind_digits = |mut at: usize| {
            while digit(at) {
                at += 1;
            }
            at
        };
        let negative = self.is(at, b'-');
        let first = at + usize::from(negative);
        if !digit(first) {
            return Err(self.nothing(at));
        }
        let mut end = if self.is(first, b'0') { first + 1 } else { behind_digits(first) };
        let mut is_float = false;
        if self.is(end, b'.') && digit(end + 1) {
            is_float = true;
            end = behind_digits(end + 1);
        }
        if matches!(self.point(end), Some(0x45 | 0x65)) {
            let sign = usize::from(matches!(self.point(end + 1), Some(0x2B | 0x2D)));
            if digit(end + 1 + sign) {
                is_float = true;
                end = behind_digits(end + 1 + sign);
            }
        }
        let value = if is_float { self.float(at, end)? } else { self.int(at, first, end)? };
        Ok((value, end))
    }

    fn characters(&self, at: usize, end: usize) -> String {
        let part = self.chars.get(at..end).unwrap_or_default();
        part.iter().filter_map(|unit| char::from_u32(unit.point())).collect()
    }

    fn float(&self, at: usize, end: usize) -> PyResult<Value> {
        let thread = self.thread;
        let text = self.characters(at, end);
        if self.own_float {
            return Value::float(thread, text.parse().unwrap_or(f64::NAN));
        }
        let function = self.scanner.parse_float.get().unwrap_or_else(Value::none);
        let text = PyStr::from_text(thread, &text)?.into_value();
        protocol::call(thread, function.as_ref(), &[text], None)
    }

    fn int(&self, at: usize, first: usize, end: usize) -> PyResult<Value> {
        let thread = self.thread;
        if self.own_int && end - first <= 18 {
            let digits = self.chars.get(first..end).unwrap_or_default();
            let number = digits.iter().fold(0_i64, |number, unit| number * 10 + i64::from(unit.point() & 15));
            return Value::int(thread, if first > at { -number } else { number });
        }
        let text = self.characters(at, end);
        let limit = thread.interp().int_max_str_digits.get();
        if self.own_int && (limit == 0 || end - first <= limit) {
            let digits = text.strip_prefix('-').unwrap_or(&text);
            return parse_digits(thread, first > at, digits, 10).map_err(|error| match error {
                ParseError::Raised(raised) => raised,
                ParseError::Invalid => raise!(thread, VALUE_ERROR, "invalid literal for int() with base 10"),
            });
        }
        let int: &PyTypeObject = &statics::INT;
        let function = self.scanner.parse_int.get().unwrap_or_else(|| as_ref(int).to_value());
        let text = PyStr::from_text(thread, &text)?.into_value();
        protocol::call(thread, function.as_ref(), &[text], None)
    }
}

fn same<C: Unit>(text: &PyStr, part: &[C]) -> bool {
    match text.chars() {
        Chars::One(chars) => chars.iter().zip(part).all(|(a, b)| a.point() == b.point()),
        Chars::Two(chars) => chars.iter().zip(part).all(|(a, b)| a.point() == b.point()),
        Chars::Four(chars) => chars.iter().zip(part).all(|(a, b)| a.point() == b.point()),
    }
}

/// `scanstring(string, end, strict=True)`
pub(super) fn scanstring(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    taipan_runtime_builtins::arguments::check_count(thread, "scanstring", arguments.len(), 2, 3)?;
    let [string, end, rest @ ..] = arguments else { return Ok(Value::none()) };
    let end = to_size(thread, end.as_ref())?;
    let strict = rest.first().map_or(Ok(true), |strict| protocol::truth(thread, strict.as_ref()))?;
    let text = text_of(thread, string.as_ref())?;
    let Some(from) = usize::try_from(end).ok().filter(|from| *from <= text.len()) else {
        return Err(raise!(thread, VALUE_ERROR, "end is out of bounds"));
    };
    let read = match text.chars() {
        Chars::One(chars) => strings::scan(thread, text, chars, from, strict),
        Chars::Two(chars) => strings::scan(thread, text, chars, from, strict),
        Chars::Four(chars) => strings::scan(thread, text, chars, from, strict),
    };
    let (string, end) = read.map_err(|failure| -> Raised {
        match failure {
            Failure::Raised(raised) => raised,
            Failure::Json(message, at) => decode_error(thread, message, text, at),
        }
    })?;
    Ok(PyTuple::pack(thread, [string.into_value(), Value::int(thread, end as i64)?])?.into_value())
}
