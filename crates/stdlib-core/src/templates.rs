//! The module `_string`: templates of `str.format` in their parts, for `string.Formatter`.

use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::modules::ModuleDef;

use taipan_object::declare::method_table;

method_table! { FUNCTIONS:
    Instance One c"formatter_field_name_split" "($self, object, /)" split_name, c"The first part of a field's name, and the others.";
    Instance One c"formatter_parser" "($self, object, /)" parse, c"The parts of a template.";
}

/// `_string`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_string",
    doc: Some("What string.Formatter is made of."),
    functions: &FUNCTIONS,
    exec: None,
};

fn points(thread: &Thread, value: Ref<'_>) -> PyResult<Vec<u32>> {
    match value.get::<PyStr>() {
        Some(text) => Ok((0..text.len()).filter_map(|at| text.char_at(at)).collect()),
        None => {
            let ty = value.ty().name();
            Err(raise!(thread, TYPE_ERROR, "expected str, got {ty}"))
        }
    }
}

fn string(thread: &Thread, points: &[u32]) -> PyResult<Value> {
    Ok(PyStr::from_code_points(thread, points)?.into_value())
}

const fn is(point: u32, c: char) -> bool {
    point == c as u32
}

/// An iterator of `(literal, field, specification, conversion)`.
fn parse(thread: &Thread, _: Ref<'_>, template: Ref<'_>) -> PyResult<Value> {
    let all = points(thread, template)?;
    let (parts, mut at) = (PyList::new(thread)?, 0);
    while at < all.len() {
        let (literal, next, has_field) = literal_at(thread, &all, at)?;
        at = next;
        let literal = string(thread, &literal)?;
        let none = Value::none;
        let part = if has_field {
            let (field, next) = field_at(thread, &all, at)?;
            at = next;
            let [name, specification, conversion] = field;
            [literal, name, specification, conversion]
        } else {
            [literal, none(), none(), none()]
        };
        parts.push(thread, PyTuple::pack(thread, part)?.into_value())?;
    }
    protocol::iter(thread, parts.as_ref())
}

/// The text up to the next field or doubled brace, where it goes on, and whether a field follows.
fn literal_at(thread: &Thread, all: &[u32], start: usize) -> PyResult<(Vec<u32>, usize, bool)> {
    let mut at = start;
    let text = |end: usize| all.get(start..end).unwrap_or_default().to_vec();
    while let Some(&point) = all.get(at) {
        at += 1;
        if !is(point, '{') && !is(point, '}') {
            continue;
        }
        if all.get(at) == Some(&point) {
            // a doubled brace stands for one, and ends the text
            return Ok((text(at), at + 1, false));
        }
        if is(point, '}') {
            return Err(raise!(thread, VALUE_ERROR, "Single '}}' encountered in format string"));
        }
        if at >= all.len() {
            return Err(raise!(thread, VALUE_ERROR, "Single '{{' encountered in format string"));
        }
        return Ok((text(at - 1), at, true));
    }
    Ok((text(at), at, false))
}

/// Name, specification and conversion of the field that begins there, and where it goes on.
fn field_at(thread: &Thread, all: &[u32], start: usize) -> PyResult<([Value; 3], usize)> {
    let mut at = start;
    let mut in_brackets = false;
    let end_of_name = loop {
        let Some(&point) = all.get(at) else {
            return Err(raise!(thread, VALUE_ERROR, "expected '}}' before end of string"));
        };
        at += 1;
        match char::from_u32(point) {
            Some('{') => return Err(raise!(thread, VALUE_ERROR, "unexpected '{{' in field name")),
            Some('[') => in_brackets = true,
            Some(']') => in_brackets = false,
            Some('}' | ':' | '!') if !in_brackets => break at - 1,
            _ => {}
        }
    };
    let name = string(thread, all.get(start..end_of_name).unwrap_or_default())?;
    let mut conversion = Value::none();
    if all.get(end_of_name).is_some_and(|&point| is(point, '!')) {
        let Some(&letter) = all.get(at) else {
            let message = "end of string while looking for conversion specifier";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        };
        match all.get(at + 1) {
            None => return Err(raise!(thread, VALUE_ERROR, "unmatched '{{' in format spec")),
            Some(&end) if is(end, '}') => {
                let parts = [name, string(thread, &[])?, string(thread, &[letter])?];
                return Ok((parts, at + 2));
            }
            Some(&colon) if is(colon, ':') => {}
            Some(_) => return Err(raise!(thread, VALUE_ERROR, "expected ':' after conversion specifier")),
        }
        conversion = string(thread, &[letter])?;
        at += 2;
    } else if all.get(end_of_name).is_some_and(|&point| is(point, '}')) {
        return Ok(([name, string(thread, &[])?, conversion], at));
    }
    let (from, mut depth) = (at, 1);
    while let Some(&point) = all.get(at) {
        at += 1;
        if is(point, '{') {
            depth += 1;
        } else if is(point, '}') {
            depth -= 1;
            if depth == 0 {
                let specification = string(thread, all.get(from..at - 1).unwrap_or_default())?;
                return Ok(([name, specification, conversion], at));
            }
        }
    }
    Err(raise!(thread, VALUE_ERROR, "unmatched '{{' in format spec"))
}

/// A number, or the text itself.
fn index_or_text(thread: &Thread, part: &[u32]) -> PyResult<Value> {
    let digits: Option<String> =
        part.iter().map(|&point| char::from_u32(point).filter(char::is_ascii_digit)).collect();
    match digits.filter(|digits| !digits.is_empty()) {
        None => string(thread, part),
        Some(digits) => match digits.parse::<i64>() {
            Ok(number) => Value::int(thread, number),
            Err(_) => Err(raise!(thread, VALUE_ERROR, "Too many decimal digits in format string")),
        },
    }
}

/// The first part of a name, and an iterator of `(is attribute, part)`.
fn split_name(thread: &Thread, _: Ref<'_>, name: Ref<'_>) -> PyResult<Value> {
    let all = points(thread, name)?;
    let end = all.iter().position(|&point| is(point, '.') || is(point, '[')).unwrap_or(all.len());
    let first = index_or_text(thread, all.get(..end).unwrap_or_default())?;
    let rest = PyList::new(thread)?;
    let mut at = end;
    while let Some(&point) = all.get(at) {
        at += 1;
        let is_attribute = is(point, '.');
        if !is_attribute && !is(point, '[') {
            let message = "Only '.' or '[' may follow ']' in format field specifier";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        let tail = all.get(at..).unwrap_or_default();
        let length = match is_attribute {
            true => tail.iter().position(|&point| is(point, '.') || is(point, '[')),
            false => match tail.iter().position(|&point| is(point, ']')) {
                None => return Err(raise!(thread, VALUE_ERROR, "Missing ']' in format string")),
                found => found,
            },
        };
        let part = tail.get(..length.unwrap_or(tail.len())).unwrap_or_default();
        if part.is_empty() {
            return Err(raise!(thread, VALUE_ERROR, "Empty attribute in format string"));
        }
        at += part.len() + usize::from(!is_attribute);
        let part = if is_attribute { string(thread, part)? } else { index_or_text(thread, part)? };
        let pair = PyTuple::pack(thread, [Value::bool(is_attribute), part])?;
        rest.push(thread, pair.into_value())?;
    }
    let rest = protocol::iter(thread, rest.as_ref())?;
    Ok(PyTuple::pack(thread, [first, rest])?.into_value())
}
