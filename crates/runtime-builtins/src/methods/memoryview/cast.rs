//! `memoryview.cast`: the same bytes as items of another format, or in another shape.

use taipan_object::buffer::{MAX_DIMENSIONS, Order};
use taipan_object::list::PyList;
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, protocol, raise};

use super::receiver;
use crate::arguments::Parameters;
use crate::iterate::collect;

const CAST: Parameters<2> = Parameters {
    function: "cast",
    names: ["format", "shape"],
    positional_only: 0,
    positional: 2,
    required: 1,
};

pub(super) fn cast(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let own = receiver(thread, this)?;
    let [format, shape] = CAST.bind(thread, arguments, names)?;
    let Some(format) = format else { return Ok(Value::none()) };
    let Some(format) = format.get::<PyStr>() else {
        let got = if format.is_none() { "None" } else { format.ty().short_name() };
        return Err(raise!(thread, TYPE_ERROR, "cast() argument 'format' must be str, not {got}"));
    };
    if !own.lend(thread, |items| items.is_contiguous(Order::C))? {
        return Err(raise!(thread, TYPE_ERROR, "memoryview: casts are restricted to C-contiguous views"));
    }
    let has_zeros = own.lengths().contains(&0);
    if (shape.is_some() || own.dimensions() != 1) && has_zeros {
        let message = "memoryview: cannot cast view with zeros in shape or strides";
        return Err(raise!(thread, TYPE_ERROR, "{message}"));
    }
    let shape = shape.map(|shape| read_shape(thread, shape)).transpose()?;
    if let Some(shape) = &shape {
        if shape.len() > MAX_DIMENSIONS {
            let message = "memoryview: number of dimensions must not exceed 64";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        if own.dimensions() != 1 && shape.len() != 1 {
            return Err(raise!(thread, TYPE_ERROR, "memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
    }
    let format = format.to_text_lossy();
    own.cast(thread, format.as_bytes(), shape.as_deref()).map(Owned::into_value)
}

fn read_shape(thread: &Thread, shape: Ref<'_>) -> PyResult<Vec<isize>> {
    if shape.get::<PyList>().is_none() && shape.get::<PyTuple>().is_none() {
        return Err(raise!(thread, TYPE_ERROR, "shape must be a list or a tuple"));
    }
    let lengths = collect(thread, shape)?;
    let read = |value: &Value| {
        if !value.as_ref().is_int() {
            let message = "memoryview.cast(): elements of shape must be integers";
            return Err(raise!(thread, TYPE_ERROR, "{message}"));
        }
        let length = protocol::number::index_size(thread, value.as_ref())?;
        if length <= 0 {
            let message = "memoryview.cast(): elements of shape must be integers > 0";
            return Err(raise!(thread, VALUE_ERROR, "{message}"));
        }
        Ok(length)
    };
    lengths.iter().map(read).collect()
}
