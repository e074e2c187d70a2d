//! Writing JSON: `_json.Encoder`.

use std::cell::Cell;

use taipan_object::builtin::PyCFunction;
use taipan_object::declare::{native_state, receiver};
use taipan_object::descriptor::GetSetDef;
use taipan_object::dict::{DictCursor, PyDict};
use taipan_object::exception::PyBaseException;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::slot::Slot;
use taipan_object::str::intern::intern_text;
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::tuple::PyTuple;
use taipan_object::types::{PyTypeObject, statics};
use taipan_object::{PyResult, Raised, Ref, Thread, Value, as_ref, native_type, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_size};
use taipan_runtime_builtins::{notes, text};

use super::strings::{self, Plain};

/// What an encoder was made with.
#[derive(Default)]
pub(crate) struct Encoder {
    markers: Slot,
    default: Slot,
    encoder: Slot,
    indent: Slot,
    key_separator: Slot,
    item_separator: Slot,
    sort_keys: Cell<bool>,
    skipkeys: Cell<bool>,
    allow_nan: Cell<bool>,
}

native_type! {
    /// `_json.Encoder`
    pub(crate) static ENCODER: Encoder = "_json.Encoder", flags taipan_object::types::flags::BASETYPE, dict false, weak false,
    does { new: new, call: call }
}

native_state!(Encoder in ENCODER: markers, default, encoder, indent, key_separator, item_separator);

macro_rules! member {
    ($name:ident, $doc:literal) => {
        GetSetDef {
            name: stringify!($name),
            get: |thread, this| {
                Ok(receiver::<Encoder>(thread, this)?.$name.get().unwrap_or_else(Value::none))
            },
            set: None,
            doc: $doc,
        }
    };
}

pub(super) static ATTRIBUTES: [GetSetDef; 8] = [
    member!(markers, "What is being written, to find circles."),
    member!(default, "What makes something that can be written of an object."),
    member!(encoder, "What writes strings."),
    member!(indent, "What a level is indented by."),
    member!(key_separator, "What stands behind a key."),
    member!(item_separator, "What stands behind an item."),
    GetSetDef {
        name: "sort_keys",
        get: |thread, this| Ok(Value::bool(receiver::<Encoder>(thread, this)?.sort_keys.get())),
        set: None,
        doc: "Whether keys are sorted.",
    },
    GetSetDef {
        name: "skipkeys",
        get: |thread, this| Ok(Value::bool(receiver::<Encoder>(thread, this)?.skipkeys.get())),
        set: None,
        doc: "Whether keys that cannot be written are left out.",
    },
];

const NEW: Parameters<9> = Parameters {
    function: "make_encoder",
    names: [
        "markers",
        "default",
        "encoder",
        "indent",
        "key_separator",
        "item_separator",
        "sort_keys",
        "skipkeys",
        "allow_nan",
    ],
    positional_only: 0,
    positional: 9,
    required: 9,
};

fn new(
    thread: &Thread,
    class: &PyTypeObject,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let bound = NEW.bind(thread, arguments, names)?;
    let [markers, default, encoder, indent, key, item, sort, skip, nan] =
        bound.map(|value| value.map_or_else(Value::none, |value| value.to_value()));
    if !markers.as_ref().is_none() && markers.as_ref().get::<PyDict>().is_none() {
        let got = markers.as_ref().ty().name();
        return Err(raise!(thread, TYPE_ERROR, "make_encoder() argument 1 must be dict or None, not {got}"));
    }
    for (at, separator) in [(5, &key), (6, &item)] {
        if separator.as_ref().get::<PyStr>().is_none() {
            let got = separator.as_ref().ty().short_name();
            return Err(raise!(thread, TYPE_ERROR, "make_encoder() argument {at} must be str, not {got}"));
        }
    }
    let made = Encoder::default();
    made.sort_keys.set(protocol::truth(thread, sort.as_ref())?);
    made.skipkeys.set(protocol::truth(thread, skip.as_ref())?);
    made.allow_nan.set(protocol::truth(thread, nan.as_ref())?);
    for (slot, value) in [
        (&made.markers, markers),
        (&made.default, default),
        (&made.encoder, encoder),
        (&made.indent, indent),
        (&made.key_separator, key),
        (&made.item_separator, item),
    ] {
        drop(slot.replace(Some(value)));
    }
    Ok(Native::new_in(thread, class, made)?.into_value())
}

const CALL: Parameters<2> = Parameters {
    function: "_iterencode",
    names: ["obj", "_current_indent_level"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

/// `encoder(obj, level)`: a tuple with the text.
fn call(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(object), Some(level)] = CALL.bind(thread, arguments, names)? else { return Ok(Value::none()) };
    let level = usize::try_from(to_size(thread, level)?).unwrap_or(0);
    let encoder = receiver::<Encoder>(thread, this)?;
    let value = |slot: &Slot| slot.get().unwrap_or_else(Value::none);
    let function = value(&encoder.encoder);
    let (key_separator, item_separator) = (value(&encoder.key_separator), value(&encoder.item_separator));
    let indent = value(&encoder.indent);
    let mut writer = Writer {
        thread,
        encoder,
        out: StrBuilder::new(),
        plain: own_encoder(&function),
        function,
        key_separator,
        item_separator,
        indent: Some(indent).filter(|indent| indent.as_ref().get::<PyStr>().is_some()),
        markers: value(&encoder.markers).downcast::<PyDict>().ok(),
    };
    writer.value(object, level)?;
    let text = writer.out.finish(thread)?.into_value();
    Ok(PyTuple::pack(thread, [text])?.into_value())
}

/// How strings are written, if one of the two functions of this module does it.
fn own_encoder(function: &Value) -> Option<Plain> {
    let function = function.as_ref().get_exact::<PyCFunction>()?;
    let is = |at: usize| super::FUNCTIONS.get(at).is_some_and(|own| std::ptr::eq(function.definition(), own));
    match (is(0), is(1)) {
        (true, _) => Some(Plain::All),
        (_, true) => Some(Plain::Ascii),
        _ => None,
    }
}

struct Writer<'t> {
    thread: &'t Thread,
    encoder: &'t Encoder,
    out: StrBuilder,
    plain: Option<Plain>,
    function: Value,
    key_separator: Value,
    item_separator: Value,
    indent: Option<Value>,
    markers: Option<taipan_object::Owned<PyDict>>,
}

impl Writer<'_> {
    fn literal(&mut self, text: &str) -> PyResult<()> {
        self.out.push_str(self.thread, text)
    }

    fn push(&mut self, text: &Value) -> PyResult<()> {
        match text.as_ref().get::<PyStr>() {
            Some(text) => self.out.push(self.thread, text),
            None => Ok(()),
        }
    }

    fn string(&mut self, value: &PyStr) -> PyResult<()> {
        if let Some(plain) = self.plain {
            return strings::write(self.thread, &mut self.out, value, plain);
        }
        let encoded = protocol::call(self.thread, self.function.as_ref(), &[as_ref(value).to_value()], None)?;
        if encoded.as_ref().get::<PyStr>().is_none() {
            let got = encoded.as_ref().ty().name();
            return Err(raise!(self.thread, TYPE_ERROR, "encoder() must return a string, not {got}"));
        }
        self.push(&encoded)
    }

    fn float(&mut self, number: f64, object: Ref<'_>) -> PyResult<()> {
        if number.is_finite() {
            return self.literal(&text::float::repr(number));
        }
        if !self.encoder.allow_nan.get() {
            let shown = text::repr(self.thread, object)?.to_text_lossy();
            let message = format!("Out of range float values are not JSON compliant: {shown}");
            return Err(raise!(self.thread, VALUE_ERROR, "{message}"));
        }
        self.literal(match number {
            number if number.is_nan() => "NaN",
            number if number > 0.0 => "Infinity",
            _ => "-Infinity",
        })
    }

    /// The digits of an int, whatever its class says of them.
    fn int(&mut self, value: Ref<'_>) -> PyResult<()> {
        if let Some(number) = value.to_i64() {
            return self.literal(&number.to_string());
        }
        let repr = statics::INT.slots().repr.get();
        let digits = match repr {
            Some(repr) => repr(self.thread, value)?,
            None => text::repr(self.thread, value)?.into_value(),
        };
        self.push(&digits)
    }

    fn value(&mut self, object: Ref<'_>, level: usize) -> PyResult<()> {
        self.thread.check_interrupts()?;
        if object.is_none() {
            return self.literal("null");
        }
        if object.is(Value::bool(true).as_ref()) {
            return self.literal("true");
        }
        if object.is(Value::bool(false).as_ref()) {
            return self.literal("false");
        }
        if let Some(text) = object.get::<PyStr>() {
            return self.string(text);
        }
        if object.is_int() {
            return self.int(object);
        }
        if let Some(number) = object.to_f64() {
            return self.float(number, object);
        }
        let _level = self.thread.recurse(" while encoding a JSON object")?;
        if object.get::<PyList>().is_some() || object.get::<PyTuple>().is_some() {
            self.sequence(object, level)
        } else if let Some(dict) = object.get::<PyDict>() {
            self.dict(object, dict, level)
        } else {
            self.other(object, level)
        }
    }

    /// Notes that an object is being written; an error if it is already.
    fn enter(&self, object: Ref<'_>) -> PyResult<Option<Value>> {
        let Some(markers) = &self.markers else { return Ok(None) };
        let id = Value::uint(self.thread, object.word().bits())?;
        if markers.get(self.thread, id.as_ref())?.is_some() {
            return Err(raise!(self.thread, VALUE_ERROR, "Circular reference detected"));
        }
        drop(markers.insert(self.thread, id.as_ref(), object.to_value())?);
        Ok(Some(id))
    }

    fn leave(&self, id: Option<Value>) -> PyResult<()> {
        if let (Some(markers), Some(id)) = (&self.markers, id) {
            drop(markers.remove(self.thread, id.as_ref())?);
        }
        Ok(())
    }

    /// Adds a note to what was raised.
    #[cold]
    fn noted(&self, raised: Raised, note: PyResult<String>) -> Raised {
        let exception = self.thread.catch(raised);
        let added = note.and_then(|note| {
            let note = PyStr::from_text(self.thread, &note)?.into_value();
            match exception.as_ref().get::<PyBaseException>() {
                Some(exception) => notes::add_note(self.thread, exception, note),
                None => Ok(()),
            }
        });
        if let Err(failed) = added {
            drop(self.thread.catch(failed));
        }
        self.thread.raise(exception)
    }

    fn other(&mut self, object: Ref<'_>, level: usize) -> PyResult<()> {
        let id = self.enter(object)?;
        let default = self.encoder.default.get().unwrap_or_else(Value::none);
        let made = protocol::call(self.thread, default.as_ref(), &[object.to_value()], None)?;
        if let Err(raised) = self.value(made.as_ref(), level) {
            let note = format!("when serializing {} object", object.ty().full_name(self.thread));
            return Err(self.noted(raised, Ok(note)));
        }
        self.leave(id)
    }

    /// Begins a line, if there are lines.
    fn line(&mut self, level: usize) -> PyResult<()> {
        let Some(indent) = self.indent.clone() else { return Ok(()) };
        self.literal("\n")?;
        for _ in 0..level {
            self.push(&indent)?;
        }
        Ok(())
    }

    fn separator(&mut self, level: usize) -> PyResult<()> {
        let separator = self.item_separator.clone();
        self.push(&separator)?;
        self.line(level)
    }

    fn sequence(&mut self, object: Ref<'_>, level: usize) -> PyResult<()> {
        // `default` may change a list meanwhile
        let item = |at: usize| match object.get::<PyList>() {
            Some(list) => list.get(at),
            None => object.get::<PyTuple>().and_then(|tuple| tuple.get(at)),
        };
        let Some(mut next) = item(0) else { return self.literal("[]") };
        let id = self.enter(object)?;
        self.literal("[")?;
        self.line(level + 1)?;
        let mut at = 0;
        loop {
            if let Err(raised) = self.value(next.as_ref(), level + 1) {
                let note = format!("when serializing {} item {at}", object.ty().full_name(self.thread));
                return Err(self.noted(raised, Ok(note)));
            }
            at += 1;
            match item(at) {
                Some(item) => next = item,
                None => break,
            }
            self.separator(level + 1)?;
        }
        self.leave(id)?;
        self.line(level)?;
        self.literal("]")
    }

    fn dict(&mut self, object: Ref<'_>, dict: &PyDict, level: usize) -> PyResult<()> {
        if dict.is_empty() {
            return self.literal("{}");
        }
        let id = self.enter(object)?;
        self.literal("{")?;
        let mut first = true;
        let exact: &PyTypeObject = &statics::DICT;
        if self.encoder.sort_keys.get() || !std::ptr::eq(object.ty(), exact) {
            let items = self.items(object)?;
            for at in 0..items.len() {
                let Some(item) = items.get(at) else { break };
                let pair = item.as_ref().get::<PyTuple>().filter(|pair| pair.len() == 2);
                let Some((key, value)) = pair.and_then(|pair| Some((pair.get(0)?, pair.get(1)?))) else {
                    return Err(raise!(self.thread, VALUE_ERROR, "items must return 2-tuples"));
                };
                self.pair(object, &key, &value, &mut first, level)?;
            }
        } else {
            let mut cursor = DictCursor::start();
            while let Some((key, value)) = cursor.next(dict) {
                self.pair(object, &key, &value, &mut first, level)?;
            }
        }
        self.leave(id)?;
        if !first {
            self.line(level)?;
        }
        self.literal("}")
    }

    /// The items of a mapping, sorted if they are to be.
    fn items(&self, object: Ref<'_>) -> PyResult<taipan_object::Owned<PyList>> {
        let items = protocol::get_attribute(self.thread, object, &*intern_text(self.thread, "items")?)?;
        let items = protocol::call(self.thread, items.as_ref(), &[], None)?;
        let list = PyList::new(self.thread)?;
        let iterator = protocol::iter(self.thread, items.as_ref())?;
        while let Some(item) = protocol::next(self.thread, iterator.as_ref())? {
            list.push(self.thread, item)?;
        }
        if self.encoder.sort_keys.get() {
            let sort =
                protocol::get_attribute(self.thread, as_ref(&*list), &*intern_text(self.thread, "sort")?)?;
            drop(protocol::call(self.thread, sort.as_ref(), &[], None)?);
        }
        Ok(list)
    }

    fn pair(
        &mut self,
        object: Ref<'_>,
        key: &Value,
        value: &Value,
        first: &mut bool,
        level: usize,
    ) -> PyResult<()> {
        if !self.is_key(key.as_ref())? {
            return Ok(());
        }
        if *first {
            *first = false;
            self.line(level + 1)?;
        } else {
            self.separator(level + 1)?;
        }
        self.key(key.as_ref())?;
        let separator = self.key_separator.clone();
        self.push(&separator)?;
        self.value(value.as_ref(), level + 1).map_err(|raised| {
            let class = object.ty().full_name(self.thread);
            let shown = text::repr(self.thread, key.as_ref());
            let note = shown.map(|shown| format!("when serializing {class} item {}", shown.to_text_lossy()));
            self.noted(raised, note)
        })
    }

    /// Whether a key is written; an error if it cannot be and is not to be left out.
    fn is_key(&self, key: Ref<'_>) -> PyResult<bool> {
        let good = key.get::<PyStr>().is_some() || key.is_none() || key.is_int() || key.to_f64().is_some();
        if good || self.encoder.skipkeys.get() {
            return Ok(good);
        }
        let got = key.ty().name();
        Err(raise!(self.thread, TYPE_ERROR, "keys must be str, int, float, bool or None, not {got}"))
    }

    fn key(&mut self, key: Ref<'_>) -> PyResult<()> {
        if let Some(text) = key.get::<PyStr>() {
            return self.string(text);
        }
        // all others are plain in any way of writing strings
        self.literal("\"")?;
        self.value(key, 0)?;
        self.literal("\"")
    }
}
