//! Comparing a view with what lends memory: equal are shapes and the values of items, whatever their formats.

use taipan_object::buffer::{Buffer, Geometry, Memory, Order, Request, is_bytes_like};
use taipan_object::bytes::PyBytes;
use taipan_object::memoryview::PyMemoryView;
use taipan_object::str::PyStr;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, protocol};

use super::item;
use crate::objects::import;

/// `view == other`; views have no order.
pub(super) fn compare_slot(thread: &Thread, a: Ref<'_>, b: Ref<'_>, op: CompareOp) -> PyResult<Value> {
    let wants_equal = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(Value::not_implemented()),
    };
    let Some(own) = a.get::<PyMemoryView>() else { return Ok(Value::not_implemented()) };
    let other_released = b.get::<PyMemoryView>().is_some_and(PyMemoryView::is_released);
    if own.is_released() || other_released {
        return Ok(Value::bool(a.is(b) == wants_equal));
    }
    if !is_bytes_like(b) {
        return Ok(Value::not_implemented());
    }
    let other = match Buffer::get(thread, b, Request::FULL_RO) {
        Ok(buffer) => buffer,
        Err(raised) => {
            drop(thread.catch(raised));
            return Ok(Value::not_implemented());
        }
    };
    // held as a buffer too, so that nothing of it changes place while items are compared
    let own = Buffer::get(thread, a, Request::FULL_RO)?;
    Ok(Value::bool(equal(thread, &own, &other)? == wants_equal))
}

fn equal(thread: &Thread, a: &Buffer, b: &Buffer) -> PyResult<bool> {
    if a.geometry().shape() != b.geometry().shape() {
        return Ok(false);
    }
    let (left, right) = (Reader::new(thread, a)?, Reader::new(thread, b)?);
    let (Some(left), Some(right)) = (left, right) else { return Ok(false) };
    if left.is_bytes() && right.is_bytes() {
        let bytes = |items: Geometry<'_>| items.to_vec(thread, Order::C);
        return Ok(bytes(a.geometry())? == bytes(b.geometry())?);
    }
    let mut others = Vec::new();
    b.geometry().for_each(Order::C, |item| others.push(item));
    let mut others = others.into_iter();
    let mut result = Ok(true);
    a.geometry().for_each(Order::C, |item| {
        if let (Ok(true), Some(other)) = (&result, others.next()) {
            result = same(thread, &left, item, &right, other);
        }
    });
    result
}

fn same(thread: &Thread, a: &Reader, x: Memory<'_>, b: &Reader, y: Memory<'_>) -> PyResult<bool> {
    let (x, y) = (a.read(thread, x)?, b.read(thread, y)?);
    protocol::holds(thread, x.as_ref(), y.as_ref(), CompareOp::Eq)
}

/// How items of a format are read.
enum Reader {
    /// One letter, in the machine's order.
    Letter(u8),
    /// What `struct.Struct(format).unpack` gives.
    Struct(Value),
}

impl Reader {
    /// The reader of a buffer's items; none if nobody knows the format.
    fn new(thread: &Thread, buffer: &Buffer) -> PyResult<Option<Reader>> {
        let known = |letter: &u8| b"cbB?hHiIlLqQnNefdP".contains(letter);
        match buffer.format().to_bytes() {
            [letter] | [b'@', letter] if known(letter) => return Ok(Some(Reader::Letter(*letter))),
            _ => {}
        }
        let module = import(thread, &*intern_text(thread, "struct")?)?;
        let class = protocol::get_attribute(thread, module.as_ref(), &*intern_text(thread, "Struct")?)?;
        let format = PyStr::from_text(thread, &buffer.format().to_string_lossy())?.into_value();
        match protocol::call(thread, class.as_ref(), &[format], None) {
            Ok(reader) => {
                let unpack = intern_text(thread, "unpack")?;
                Ok(Some(Reader::Struct(protocol::get_attribute(thread, reader.as_ref(), &unpack)?)))
            }
            Err(raised) => {
                drop(thread.catch(raised));
                Ok(None)
            }
        }
    }

    /// Whether equal bytes are equal items.
    fn is_bytes(&self) -> bool {
        matches!(self, Reader::Letter(b'B'))
    }

    fn read(&self, thread: &Thread, item: Memory<'_>) -> PyResult<Value> {
        match self {
            Reader::Letter(letter) => item::unpack(thread, *letter, item),
            Reader::Struct(unpack) => {
                let mut bytes = Vec::new();
                item.append_to(&mut bytes);
                let bytes = PyBytes::new(thread, &bytes)?.into_value();
                let values = protocol::call(thread, unpack.as_ref(), &[bytes], None)?;
                let one = values.as_ref().get::<PyTuple>().filter(|values| values.len() == 1);
                Ok(one.and_then(|values| values.get(0)).unwrap_or(values.clone()))
            }
        }
    }
}
