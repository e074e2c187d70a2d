//! Reads the literals of goldens: what `ascii` prints of numbers, strings, bytes and containers of them, and
//! calls of a few types.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::complex::PyComplex;
use taipan_object::dict::PyDict;
use taipan_object::list::PyList;
use taipan_object::set::PySet;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Thread, Value};

struct Reader<'a> {
    thread: &'a Thread,
    text: &'a str,
}

/// The value of a literal.
pub(crate) fn read(thread: &Thread, text: &str) -> Value {
    let mut reader = Reader { thread, text };
    let value = reader.value();
    assert!(reader.text.is_empty(), "{} is left of {text}", reader.text);
    value
}

impl Reader<'_> {
    fn skip(&mut self, prefix: &str) -> bool {
        self.text = self.text.trim_start();
        match self.text.strip_prefix(prefix) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Value {
        let thread = self.thread;
        if self.skip("(") {
            return PyTuple::from_values(thread, self.items(")")).unwrap().into_value();
        }
        if self.skip("[") {
            return PyList::from_values(thread, self.items("]")).unwrap().into_value();
        }
        if self.skip("{") {
            return self.braces();
        }
        if self.text.starts_with(['\'', '"']) {
            let code_points = self.quoted();
            return PyStr::from_code_points(thread, &code_points).unwrap().into_value();
        }
        if self.text.starts_with("b'") || self.text.starts_with("b\"") {
            self.skip("b");
            let bytes: Vec<u8> = self.quoted().into_iter().map(|c| c as u8).collect();
            return PyBytes::new(thread, &bytes).unwrap().into_value();
        }
        let end = self.text.find(|c: char| !c.is_ascii_alphanumeric() && !"+-._".contains(c));
        let (word, rest) = self.text.split_at(end.unwrap_or(self.text.len()));
        self.text = rest;
        if self.skip("(") {
            let parts = self.items(")");
            return self.call(word, &parts);
        }
        self.word(word)
    }

    fn items(&mut self, close: &str) -> Vec<Value> {
        let mut items = Vec::new();
        while !self.skip(close) {
            items.push(self.value());
            self.skip(",");
        }
        items
    }

    fn braces(&mut self) -> Value {
        let dict = PyDict::new(self.thread).unwrap();
        let set = PySet::new(self.thread).unwrap();
        while !self.skip("}") {
            let key = self.value();
            if self.skip(":") {
                let value = self.value();
                drop(dict.insert(self.thread, key.as_ref(), value).unwrap());
            } else {
                set.add(self.thread, key.as_ref()).unwrap();
            }
            self.skip(",");
        }
        if set.is_empty() { dict.into_value() } else { set.into_value() }
    }

    fn word(&self, word: &str) -> Value {
        let thread = self.thread;
        match word {
            "None" => Value::none(),
            "True" => Value::bool(true),
            "False" => Value::bool(false),
            "Ellipsis" => Value::ellipsis(),
            "NotImplemented" => Value::not_implemented(),
            _ => {
                let digits = word.trim_start_matches('-');
                if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
                    return taipan_object::int::parse(thread, word.starts_with('-'), digits, 10).unwrap();
                }
                match word.parse() {
                    Ok(float) => Value::float(thread, float).unwrap(),
                    Err(_) => builtin(thread, word),
                }
            }
        }
    }

    fn call(&self, name: &str, parts: &[Value]) -> Value {
        let thread = self.thread;
        let part = |at: usize| parts[at].clone();
        match name {
            "bytearray" => {
                let bytes = part(0).downcast::<PyBytes>().unwrap();
                PyByteArray::new(thread, bytes.as_slice()).unwrap().into_value()
            }
            "complex" => {
                let float = |at: usize| parts[at].as_ref().to_f64().unwrap();
                PyComplex::new(thread, float(0), float(1)).unwrap().into_value()
            }
            "keys_of" | "values_of" | "items_of" => {
                let name = name.trim_end_matches("_of");
                let name = taipan_object::str::intern::intern_text(thread, name).unwrap();
                let dict = part(0);
                let method = taipan_object::protocol::get_attribute(thread, dict.as_ref(), &name).unwrap();
                taipan_object::protocol::call(thread, method.as_ref(), &[], None).unwrap()
            }
            _ => {
                let callable = builtin(thread, name);
                taipan_object::protocol::call(thread, callable.as_ref(), parts, None).unwrap()
            }
        }
    }

    /// The code points of a string in quotes.
    fn quoted(&mut self) -> Vec<u32> {
        let mut chars = self.text.chars();
        let quote = chars.next().unwrap();
        let mut code_points = Vec::new();
        loop {
            let c = chars.next().unwrap();
            if c == quote {
                break;
            }
            if c != '\\' {
                code_points.push(c.into());
                continue;
            }
            let escape = chars.next().unwrap();
            let mut number = |digits: usize| {
                let hex: String = chars.by_ref().take(digits).collect();
                u32::from_str_radix(&hex, 16).unwrap()
            };
            code_points.push(match escape {
                'x' => number(2),
                'u' => number(4),
                'U' => number(8),
                'n' => 10,
                'r' => 13,
                't' => 9,
                other => other.into(),
            });
        }
        self.text = chars.as_str();
        code_points
    }
}

/// What the module `builtins`, or another native module, has under a name; the module itself under its own.
fn builtin(thread: &Thread, name: &str) -> Value {
    if let Some(definition) = crate::modules::find(name) {
        return crate::modules::create(thread, definition).unwrap().into_value();
    }
    let builtins = thread.interp().builtins.get().unwrap();
    let key = taipan_object::str::intern::intern_text(thread, name).unwrap();
    if let Some(found) = builtins.as_ref().get::<PyDict>().unwrap().get_str(thread, &key).unwrap() {
        return found;
    }
    for definition in crate::modules::ALL {
        let module = crate::modules::create(thread, definition).unwrap();
        if let Some(found) = module.dict().unwrap().get_str(thread, &key).unwrap() {
            return found;
        }
    }
    panic!("{name}")
}

#[test]
fn literals_read_as_they_print() {
    super::run(|thread| {
        for text in ["(1, -2.5, 'a\\'b\\n\\xe9', b'\\x00')", "[{1: None}, {'x'}, set()]", "-1e+300", "inf"] {
            let value = read(thread, text);
            let shown = crate::text::to_ascii(thread, value.as_ref()).unwrap().to_text_lossy();
            assert_eq!(read(thread, &shown).as_ref().ty().name(), value.as_ref().ty().name(), "{text}");
        }
    });
}
