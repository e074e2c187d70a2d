//! What the tests of this crate share: an interpreter with everything filled in, and goldens that the reference
//! wrote: a line is a receiver, a method, positional arguments, keyword arguments, and what became of it.

use std::sync::Once;

use taipan_object::dict::PyDict;
use taipan_object::exception::PyBaseException;
use taipan_object::hash::HashSecret;
use taipan_object::list::PyList;
use taipan_object::module::PyModule;
use taipan_object::protocol::BinaryOp;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::{Interp, PyResult, Thread, Value, process, protocol};

use crate::text;

pub(crate) mod function;
mod literal;

pub(crate) use literal::read;

static SET_UP: Once = Once::new();

/// Runs `test` in an interpreter of its own and checks the heap afterwards.
pub(crate) fn run(test: impl FnOnce(&Thread)) {
    SET_UP.call_once(|| {
        process::init(HashSecret::default(), fill);
    });
    let interp = Interp::new().unwrap();
    crate::prepare(&interp);
    let thread = interp.new_thread().attach();
    let builtins =
        crate::modules::find("builtins").map(|definition| crate::modules::create(&thread, definition));
    let dict = builtins.unwrap().unwrap().dict().unwrap().into_value();
    drop(interp.builtins.replace(Some(dict)));
    test(&thread);
    assert!(thread.current_exception().is_none(), "an exception was left");
    taipan_object::gc::collect(&thread, 2);
    assert_eq!(thread.heap().check().problems, Vec::<String>::new());
}

fn fill(thread: &Thread) -> PyResult<()> {
    taipan_object::types::ready::ready_more(thread, &[&function::TEST_FUNCTION])?;
    crate::fill(thread)
}

/// The text of a value: the items of an iterator, for an iterator shows where it is in memory.
fn shown(thread: &Thread, value: &Value) -> PyResult<String> {
    if value.as_ref().ty().slots().next.get().is_some() {
        let items = PyList::from_values(thread, crate::iterate::collect(thread, value.as_ref())?)?;
        let items = text::repr(thread, items.as_ref())?.to_text_lossy();
        return Ok(format!("{} {items}", value.as_ref().ty().short_name()));
    }
    Ok(text::repr(thread, value.as_ref())?.to_text_lossy())
}

/// `repr` of a value, or `Type: message` of the exception.
pub(crate) fn outcome(thread: &Thread, result: PyResult<Value>) -> String {
    match result.and_then(|value| shown(thread, &value)) {
        Ok(text) => text,
        Err(raised) => {
            let exception = thread.catch(raised);
            let name = exception.as_ref().ty().short_name().to_owned();
            assert!(exception.as_ref().get::<PyBaseException>().is_some());
            format!("{name}: {}", text::str(thread, exception.as_ref()).unwrap().to_text_lossy())
        }
    }
}

/// What an operator gives; none if the method is none.
fn operate(thread: &Thread, left: &Value, sign: &str, args: &str) -> Option<PyResult<Value>> {
    let op = match sign {
        "%" => BinaryOp::Remainder,
        "|" => BinaryOp::Or,
        "&" => BinaryOp::And,
        "-" => BinaryOp::Subtract,
        "^" => BinaryOp::Xor,
        "+" => BinaryOp::Add,
        "*" => BinaryOp::Multiply,
        "|=" => BinaryOp::Or,
        "==" | "!=" | "<" | "<=" | ">" | ">=" | "[]" | "in" => BinaryOp::MatrixMultiply,
        _ => return None,
    };
    let args = read(thread, args);
    let right = args.as_ref().get::<PyTuple>().unwrap().get(0).unwrap();
    let (left, right) = (left.as_ref(), right.as_ref());
    let compared = |op| protocol::compare(thread, left, right, op);
    Some(match sign {
        "==" => compared(CompareOp::Eq),
        "!=" => compared(CompareOp::Ne),
        "<" => compared(CompareOp::Lt),
        "<=" => compared(CompareOp::Le),
        ">" => compared(CompareOp::Gt),
        ">=" => compared(CompareOp::Ge),
        "[]" => protocol::subscript(thread, left, right),
        "in" => protocol::contains(thread, left, right).map(Value::bool),
        "|=" => protocol::in_place(thread, left, right, op),
        _ => protocol::binary(thread, left, right, op),
    })
}

/// Calls a method as the golden says; `repr`, `str` and `ascii` are functions.
fn call(thread: &Thread, receiver: &Value, method: &str, args: &str, keywords: &str) -> PyResult<Value> {
    let is_module = receiver.as_ref().get::<PyModule>().is_some();
    match method {
        _ if is_module => {}
        "repr" => return Ok(text::repr(thread, receiver.as_ref())?.into_value()),
        "str" => return Ok(text::str(thread, receiver.as_ref())?.into_value()),
        "real" | "imag" | "numerator" | "denominator" => {
            let name = intern_text(thread, method)?;
            return protocol::attribute::get_attribute(thread, receiver.as_ref(), &name);
        }
        "ascii" => return Ok(text::to_ascii(thread, receiver.as_ref())?.into_value()),
        _ => {}
    }
    if let Some(result) = operate(thread, receiver, method, args) {
        return result;
    }
    if let Some(attribute) = method.strip_prefix('.') {
        let name = intern_text(thread, attribute)?;
        return protocol::attribute::get_attribute(thread, receiver.as_ref(), &name);
    }
    let args = read(thread, args);
    let mut all: Vec<Value> =
        args.as_ref().get::<PyTuple>().unwrap().iter().map(taipan_object::Ref::to_value).collect();
    let keywords = read(thread, keywords);
    let dict = keywords.as_ref().get::<PyDict>().unwrap();
    let mut cursor = taipan_object::dict::DictCursor::start();
    let mut names = Vec::new();
    while let Some((name, value)) = cursor.next(dict) {
        names.push(name);
        all.push(value);
    }
    let names = PyTuple::from_values(thread, names)?;
    let name = intern_text(thread, method)?;
    let bound = protocol::attribute::get_attribute(thread, receiver.as_ref(), &name)?;
    protocol::call(thread, bound.as_ref(), &all, (!names.is_empty()).then_some(&*names))
}

/// Compares every line of a golden with what happens here.
pub(crate) fn check(name: &str) {
    let path = format!("{}/../../fixtures/builtins/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let golden = std::fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    run(|thread| {
        for line in golden.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [receiver, method, args, keywords, expected, after] = fields[..] else {
                panic!("not a line of {name}: {line}");
            };
            let object = read(thread, receiver);
            let result = call(thread, &object, method, args, keywords);
            let got = outcome(thread, result);
            let left = if after.is_empty() { String::new() } else { outcome(thread, Ok(object)) };
            count += 1;
            if escaped(&got) != expected || escaped(&left) != after {
                wrong.push(format!(
                    "{receiver}.{method}{args} {keywords}\n  expected {expected} {after}\n  got      {} {}",
                    escaped(&got),
                    escaped(&left)
                ));
            }
        }
    });
    assert!(count > 0, "{name} is empty");
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {count} lines of {name} differ:\n{shown}", wrong.len());
}

/// A line's form of a text: one line, ASCII.
fn escaped(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars() {
        match c {
            '\\' => line.push_str("\\\\"),
            ' '..='~' => line.push(c),
            _ => line.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    line
}
