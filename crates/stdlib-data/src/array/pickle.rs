//! What pickle needs: an array as its type, the letter and the items, with a number for the machine's format, so that
//! other machines read it.

use taipan_object::bytes::PyBytes;
use taipan_object::declare::receiver;
use taipan_object::native::Native;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref, protocol, raise};
use taipan_runtime_builtins::arguments::{check_count, to_int};
use taipan_runtime_builtins::objects::find_attribute;

use super::codes::{ALL, Code, swapped};
use super::{ARRAY, Array, change, convert};

const BIG: bool = cfg!(target_endian = "big");

/// A machine's format of items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Integer { size: usize, signed: bool, big: bool },
    Float { size: usize, big: bool },
    Text { size: usize, big: bool },
}

impl Format {
    /// The format of this number.
    fn of(number: i32) -> Option<Format> {
        let big = number & 1 == 1;
        Some(match number {
            0 | 1 => Format::Integer { size: 1, signed: number == 1, big: BIG },
            2..=13 => {
                Format::Integer { size: 2 << ((number - 2) / 4), signed: (number - 2) / 2 % 2 == 1, big }
            }
            14 | 15 => Format::Float { size: 4, big },
            16 | 17 => Format::Float { size: 8, big },
            18 | 19 => Format::Text { size: 2, big },
            20 | 21 => Format::Text { size: 4, big },
            _ => return None,
        })
    }

    /// The format of a type of items on this machine.
    fn here(code: Code) -> Format {
        match (code.signed(), code.is_text()) {
            (Some(signed), _) => Format::Integer { size: code.size(), signed, big: BIG },
            (None, true) => Format::Text { size: code.size(), big: BIG },
            (None, false) => Format::Float { size: code.size(), big: BIG },
        }
    }

    /// Its number.
    fn number(self) -> i32 {
        (0..22).find(|&number| Format::of(number) == Some(self)).unwrap_or(-1)
    }

    fn size_and_order(self) -> (usize, bool) {
        match self {
            Format::Integer { size, big, .. } | Format::Float { size, big } | Format::Text { size, big } => {
                (size, big)
            }
        }
    }
}

/// `__reduce_ex__`
pub(super) fn reduce(thread: &Thread, this: Ref<'_>, protocol: Ref<'_>) -> PyResult<Value> {
    let array = receiver::<Array>(thread, this)?;
    if !protocol.is_int() {
        return Err(raise!(thread, TYPE_ERROR, "__reduce_ex__ argument should be an integer"));
    }
    let protocol = protocol.to_i64().unwrap_or(i64::MAX);
    let dict = find_attribute(thread, this, &*intern_text(thread, "__dict__")?)?;
    let dict = dict.unwrap_or_else(Value::none);
    let code = array.code.get();
    let letter = super::text(thread, &code.letter().to_string())?;
    let class = as_ref(this.ty()).to_value();
    if protocol < 3 {
        let items = convert::list_of(thread, array)?.into_value();
        let arguments = PyTuple::pack(thread, [letter, items])?.into_value();
        return Ok(PyTuple::pack(thread, [class, arguments, dict])?.into_value());
    }
    let module = (thread.interp().hooks.import.get())(thread, &*intern_text(thread, "array")?)?;
    let name = intern_text(thread, "_array_reconstructor")?;
    let function = protocol::get_attribute(thread, module.as_ref(), &name)?;
    let format = Value::small(Format::here(code).number());
    let bytes = PyBytes::new(thread, &array.all(thread)?)?.into_value();
    let arguments = PyTuple::pack(thread, [class, letter, format, bytes])?.into_value();
    Ok(PyTuple::pack(thread, [function, arguments, dict])?.into_value())
}

/// `_array_reconstructor`
pub(super) fn reconstruct(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "_array_reconstructor", arguments.len(), 4, 4)?;
    let [class, letter, format, items] = arguments else { return Ok(Value::none()) };
    let point = letter.as_ref().get::<PyStr>().filter(|letter| letter.len() == 1);
    let Some(point) = point.and_then(|letter| letter.char_at(0)) else {
        let ty = letter.as_ref().ty().short_name();
        let message = format!("_array_reconstructor() argument 2 must be a unicode character, not {ty}");
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    };
    let format = to_int(thread, format.as_ref())?;
    let Some(class) = class.as_ref().get::<PyTypeObject>() else {
        let ty = class.as_ref().ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "first argument must be a type object, not {ty}"));
    };
    if !class.is_subtype(&ARRAY) {
        let name = class.short_name();
        return Err(raise!(thread, TYPE_ERROR, "{name} is not a subtype of array.array"));
    }
    let Some(code) = Code::of(point) else {
        return Err(raise!(thread, VALUE_ERROR, "second argument must be a valid type code"));
    };
    let Some(format) = Format::of(format) else {
        return Err(raise!(thread, VALUE_ERROR, "third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.as_ref().get::<PyBytes>().map(PyBytes::as_slice) else {
        let ty = items.as_ref().ty().short_name();
        return Err(raise!(thread, TYPE_ERROR, "fourth argument should be bytes, not {ty}"));
    };
    let (size, big) = format.size_and_order();
    if !bytes.len().is_multiple_of(size) {
        return Err(raise!(thread, VALUE_ERROR, "bytes length not a multiple of item size"));
    }
    let (code, bytes) = match format {
        Format::Text { .. } => return decoded(thread, class, code, items.as_ref(), size, big),
        _ if format == Format::here(code) => (code, bytes.to_vec()),
        Format::Float { size, big } => return floats(thread, class, code, bytes, size, big),
        Format::Integer { size, signed, big } => {
            let fits = |other: &Code| other.signed() == Some(signed) && other.size() == size;
            (ALL.into_iter().rev().find(fits).unwrap_or(code), in_order(bytes, size, big))
        }
    };
    Ok(Native::new_in(thread, class, Array::of(code, bytes))?.into_value())
}

/// Bytes of items in this machine's order.
fn in_order(bytes: &[u8], size: usize, big: bool) -> Vec<u8> {
    if big == BIG {
        return bytes.to_vec();
    }
    bytes.chunks(size).flat_map(|item| item.iter().rev().copied()).collect()
}

/// Characters of UTF-16 or UTF-32.
fn decoded(
    thread: &Thread,
    class: &PyTypeObject,
    code: Code,
    items: Ref<'_>,
    size: usize,
    big: bool,
) -> PyResult<Value> {
    let encoding = format!("utf-{}-{}", 8 * size, if big { "be" } else { "le" });
    let decode = intern_text(thread, "decode")?;
    let text = protocol::call_method(thread, items, &decode, &[super::text(thread, &encoding)?])?;
    let array = Native::new_in(thread, class, Array::of(code, Vec::new()))?;
    match text.as_ref().get::<PyStr>() {
        Some(text) if code.is_text() => change::push_text(thread, &array, text)?,
        _ => change::extend_by(thread, &array, text.as_ref())?,
    }
    Ok(array.into_value())
}

/// Floats of a format, as items of whatever type.
fn floats(
    thread: &Thread,
    class: &PyTypeObject,
    code: Code,
    bytes: &[u8],
    size: usize,
    big: bool,
) -> PyResult<Value> {
    let array = Native::new_in(thread, class, Array::of(code, Vec::new()))?;
    for item in bytes.chunks(size) {
        let mut word = [0; 8];
        word.iter_mut().zip(item).for_each(|(to, from)| *to = *from);
        let word = u64::from_le_bytes(if big { swapped(word, size) } else { word });
        let number = if size == 4 { f32::from_bits(word as u32).into() } else { f64::from_bits(word) };
        array.push(thread, Value::float(thread, number)?.as_ref())?;
    }
    Ok(array.into_value())
}
