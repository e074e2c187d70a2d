//! `str.format` and `str.format_map`: text with replacement fields in braces.

use taipan_object::dict::PyDict;
use taipan_object::exception::KEY_ERROR;
use taipan_object::protocol::{get_attribute, subscript};
use taipan_object::str::intern::intern;
use taipan_object::str::{PyStr, StrBuilder, statics};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, Value, raise};

use super::format;
use super::markup::{Char, Markup, Part, Piece, name_parts, number};
use crate::chars::with_chars;
use crate::text;

/// Where the values come from.
pub(crate) struct Values<'a> {
    /// Those by position; none if there can be none.
    pub(crate) positional: Option<&'a [Value]>,
    /// Those by name: a dict, or any mapping.
    pub(crate) named: Option<Ref<'a>>,
}

/// How fields are numbered so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Open,
    Automatic(usize),
    Manual,
}

/// How deep specifications of fields may nest.
const DEPTH: u32 = 2;

/// `text.format(…)`.
pub(crate) fn format_template(
    thread: &Thread,
    template: &PyStr,
    values: &Values<'_>,
) -> PyResult<Owned<PyStr>> {
    let mut numbering = Numbering::Open;
    with_chars!(template, chars => build(thread, chars, values, &mut numbering, DEPTH))
}

fn build<C: Char>(
    thread: &Thread,
    template: &[C],
    values: &Values<'_>,
    numbering: &mut Numbering,
    depth: u32,
) -> PyResult<Owned<PyStr>> {
    if depth == 0 {
        return Err(raise!(thread, VALUE_ERROR, "Max string recursion exceeded"));
    }
    let mut builder = StrBuilder::new();
    let mut markup = Markup::new(template);
    while let Some(piece) = markup.next(thread)? {
        if !piece.literal.is_empty() {
            builder.push_chars_of(thread, piece.literal)?;
        }
        if piece.has_field {
            let shown = field(thread, &piece, values, numbering, depth)?;
            builder.push(thread, &shown)?;
        }
    }
    builder.finish(thread)
}

/// What stands for a replacement field.
fn field<C: Char>(
    thread: &Thread,
    piece: &Piece<'_, C>,
    values: &Values<'_>,
    numbering: &mut Numbering,
    depth: u32,
) -> PyResult<Owned<PyStr>> {
    let value = lookup(thread, piece.name, values, numbering)?;
    let value = match piece.conversion.and_then(char::from_u32) {
        None => value,
        Some('r') => text::repr(thread, value.as_ref())?.into_value(),
        Some('s') => text::str(thread, value.as_ref())?.into_value(),
        Some('a') => text::to_ascii(thread, value.as_ref())?.into_value(),
        Some(other @ '!'..='~') => {
            return Err(raise!(thread, VALUE_ERROR, "Unknown conversion specifier {other}"));
        }
        Some(other) => {
            let code = u32::from(other);
            return Err(raise!(thread, VALUE_ERROR, "Unknown conversion specifier \\x{code:x}"));
        }
    };
    let spec = match piece.spec_has_fields {
        true => build(thread, piece.spec, values, numbering, depth - 1)?,
        false if piece.spec.is_empty() => statics::empty(),
        false => string(thread, piece.spec)?,
    };
    format(thread, value.as_ref(), Some(&spec))
}

/// The value that the name of a field names.
fn lookup<C: Char>(
    thread: &Thread,
    name: &[C],
    values: &Values<'_>,
    numbering: &mut Numbering,
) -> PyResult<Value> {
    let (first, rest) = name_parts(name);
    let index = match number(thread, first)? {
        None if first.is_empty() => Some(next_number(thread, numbering)?),
        Some(index) => {
            if matches!(numbering, Numbering::Automatic(_)) {
                return Err(switched(thread, "automatic field numbering", "manual field specification"));
            }
            *numbering = Numbering::Manual;
            Some(index)
        }
        None => None,
    };
    let mut value = match index {
        Some(index) => by_position(thread, values, index)?,
        None => by_name(thread, values, first)?,
    };
    for part in rest {
        value = match part.map_err(|message| raise!(thread, VALUE_ERROR, "{message}"))? {
            Part::Attribute(name) => {
                let name = intern(thread, string(thread, name)?)?;
                get_attribute(thread, value.as_ref(), &name)?
            }
            Part::Item(key) => {
                let key = match number(thread, key)? {
                    Some(index) => Value::int(thread, index as i64)?,
                    None => string(thread, key)?.into_value(),
                };
                subscript(thread, value.as_ref(), key.as_ref())?
            }
        };
    }
    Ok(value)
}

fn next_number(thread: &Thread, numbering: &mut Numbering) -> PyResult<usize> {
    let number = match *numbering {
        Numbering::Open => 0,
        Numbering::Automatic(number) => number,
        Numbering::Manual => {
            return Err(switched(thread, "manual field specification", "automatic field numbering"));
        }
    };
    *numbering = Numbering::Automatic(number + 1);
    Ok(number)
}

#[cold]
fn switched(thread: &Thread, from: &str, to: &str) -> Raised {
    raise!(thread, VALUE_ERROR, "cannot switch from {from} to {to}")
}

fn by_position(thread: &Thread, values: &Values<'_>, index: usize) -> PyResult<Value> {
    let Some(positional) = values.positional else {
        return Err(raise!(thread, VALUE_ERROR, "Format string contains positional fields"));
    };
    positional.get(index).cloned().ok_or_else(|| {
        raise!(thread, INDEX_ERROR, "Replacement index {index} out of range for positional args tuple")
    })
}

/// The string of some characters.
fn string<C: Char>(thread: &Thread, chars: &[C]) -> PyResult<Owned<PyStr>> {
    let mut builder = StrBuilder::new();
    builder.push_chars_of(thread, chars)?;
    builder.finish(thread)
}

fn by_name<C: Char>(thread: &Thread, values: &Values<'_>, name: &[C]) -> PyResult<Value> {
    let key = string(thread, name)?;
    match values.named {
        None => Err(thread.raise_value(&KEY_ERROR, key.into_value())),
        Some(mapping) => match mapping.get_exact::<PyDict>() {
            Some(dict) => match dict.get(thread, key.as_ref())? {
                Some(value) => Ok(value),
                None => Err(thread.raise_value(&KEY_ERROR, key.into_value())),
            },
            None => subscript(thread, mapping, key.as_ref()),
        },
    }
}

/// A dict of the arguments by name.
pub(crate) fn names_as_dict(
    thread: &Thread,
    named: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Option<Owned<PyDict>>> {
    let Some(names) = names.filter(|names| !names.is_empty()) else { return Ok(None) };
    let dict = PyDict::new(thread)?;
    for (name, value) in names.iter().zip(named) {
        drop(dict.insert(thread, name, value.clone())?);
    }
    Ok(Some(dict))
}
