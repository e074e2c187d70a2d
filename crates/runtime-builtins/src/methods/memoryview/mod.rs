//! `memoryview`: what it does beyond holding its memory. `slots.rs` reads and writes items, `item.rs` has their formats,
//! `compare.rs` compares views, `cast.rs` gives other views of the same memory.

mod cast;
mod compare;
mod item;
mod iterator;
mod slots;

use taipan_object::buffer::{Buffer, Geometry, Order, Request};
use taipan_object::bytes::PyBytes;
use taipan_object::descriptor::GetSetDef;
use taipan_object::list::PyList;
use taipan_object::memoryview::{MANAGED_BUFFER, MEMORYVIEW, PyMemoryView};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::PyTypeObject;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::method_table;
use crate::arguments::{Parameters, to_index, to_int};
use crate::generics::class_getitem;

method_table! { METHODS:
    Class Keywords c"_from_flags" "($type, /, object, flags)" from_flags, c"A view of an object that was asked with these flags.";
    Instance None c"release" "($self, /)" release, c"Gives the memory back to the object that lends it.";
    Instance Keywords c"tobytes" "($self, /, order='C')" tobytes, c"The bytes, in the order of C, of Fortran, or that in which they stand ('A').";
    Instance Keywords c"hex" "($self, /, sep=<unrepresentable>, bytes_per_sep=1)" hex, c"The bytes in hexadecimal, with separators between groups if there are any.\n\n>>> memoryview(b'tape').hex(':', 2)\n'7461:7065'";
    Instance None c"tolist" "($self, /)" tolist, c"The items as a list, of lists if there are more dimensions.";
    Instance Keywords c"cast" "($self, /, format, shape=<unrepresentable>)" cast::cast, c"The same bytes as items of another format, or in another shape.";
    Instance None c"toreadonly" "($self, /)" |thread, this| Ok(receiver(thread, this)?.to_readonly(thread)?.into_value()), c"A view of the same items that can't be written.";
    Instance One c"count" "($self, value, /)" slots::count, c"How many items are the value.";
    Instance Positional c"index" "($self, value, start=0, stop=sys.maxsize, /)" slots::index, c"The index of the first item that is the value; ValueError if there is none.";
    Instance None c"__enter__" "($self, /)" enter, c"The view itself.";
    Instance Positional c"__exit__" "($self, /, *exc_info)" |thread, this, _| release(thread, this), c"Releases the view.";
    Class One c"__class_getitem__" "($type, object, /)" class_getitem, c"The class with an argument in brackets.";
}

/// An attribute that is read from the view while it is not released.
macro_rules! attributes {
    ($($name:literal $doc:literal $get:expr;)*) => {
        /// The attributes.
        pub(super) static ATTRIBUTES: [GetSetDef; attributes!(@count $($name)*)] = [$(GetSetDef {
            name: $name,
            get: |thread, this| {
                let view = receiver(thread, this)?;
                view.check(thread)?;
                let get: fn(&Thread, &PyMemoryView) -> PyResult<Value> = $get;
                get(thread, view)
            },
            set: None,
            doc: $doc,
        }),*];
    };
    (@count $($name:literal)*) => { [$($name),*].len() };
}

attributes! {
    "obj" "the object that lends the memory" |thread, view| {
        Ok(view.exporter(thread)?.unwrap_or_else(Value::none))
    };
    "nbytes" "bytes of all items" |thread, view| Value::int(thread, view.byte_count() as i64);
    "readonly" "whether the items can't be written" |_, view| Ok(Value::bool(view.readonly()));
    "itemsize" "bytes of an item" |thread, view| Value::int(thread, view.item_size() as i64);
    "format" "the format of an item, in the language of struct" |thread, view| {
        let format = view.format(thread)?;
        Ok(PyStr::from_text(thread, &format.to_string_lossy())?.into_value())
    };
    "ndim" "how many dimensions there are" |thread, view| Value::int(thread, view.dimensions() as i64);
    "shape" "the lengths of the dimensions" |thread, view| numbers(thread, view.lengths());
    "strides" "bytes from one item to the next, by dimension" |thread, view| numbers(thread, view.strides());
    "suboffsets" "a tuple for indirect arrays; empty" |_, _| Ok(PyTuple::empty().into_value());
    "c_contiguous" "whether items stand one behind the other as in C" |thread, view| contiguous(thread, view, &[Order::C]);
    "f_contiguous" "whether items stand one behind the other as in Fortran" |thread, view| contiguous(thread, view, &[Order::Fortran]);
    "contiguous" "whether items stand one behind the other" |thread, view| contiguous(thread, view, &[Order::C, Order::Fortran]);
}

/// The types of this folder, and that of what views share.
pub(crate) fn types() -> [&'static PyTypeObject; 2] {
    [&MANAGED_BUFFER, &iterator::MEMORY_ITERATOR]
}

/// Fills the slots.
pub(super) fn install_slots() {
    slots::install(MEMORYVIEW.slots());
    MEMORYVIEW.slots().richcompare.set(Some(compare::compare_slot));
    MEMORYVIEW.slots().new.set(Some(new));
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyMemoryView> {
    this.get::<PyMemoryView>().ok_or_else(|| {
        let got = this.ty().short_name();
        raise!(thread, TYPE_ERROR, "descriptor requires a 'memoryview' object but received a '{got}'")
    })
}

fn numbers(thread: &Thread, numbers: &[isize]) -> PyResult<Value> {
    let values: PyResult<Vec<Value>> = numbers.iter().map(|n| Value::int(thread, *n as i64)).collect();
    Ok(PyTuple::from_values(thread, values?)?.into_value())
}

fn contiguous(thread: &Thread, view: &PyMemoryView, orders: &[Order]) -> PyResult<Value> {
    view.lend(thread, |items| Value::bool(orders.iter().any(|order| items.is_contiguous(*order))))
}

const NEW: Parameters<1> =
    Parameters { function: "memoryview", names: ["object"], positional_only: 0, positional: 1, required: 1 };

fn new(thread: &Thread, _: &PyTypeObject, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [object] = NEW.bind(thread, arguments, names)?;
    let Some(object) = object else { return Ok(Value::none()) };
    Ok(PyMemoryView::of_object(thread, object)?.into_value())
}

const FROM_FLAGS: Parameters<2> = Parameters {
    function: "_from_flags",
    names: ["object", "flags"],
    positional_only: 0,
    positional: 2,
    required: 2,
};

fn from_flags(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let [Some(object), Some(flags)] = FROM_FLAGS.bind(thread, arguments, names)? else {
        return Ok(Value::none());
    };
    let flags = to_int(thread, flags)?;
    let buffer = Buffer::get(thread, object, Request::from_bits(flags))?;
    Ok(PyMemoryView::of_buffer(thread, buffer)?.into_value())
}

fn release(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?.release(thread)?;
    Ok(Value::none())
}

fn enter(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    receiver(thread, this)?.check(thread)?;
    Ok(this.to_value())
}

const TOBYTES: Parameters<1> =
    Parameters { function: "tobytes", names: ["order"], positional_only: 0, positional: 1, required: 0 };

fn tobytes(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    let view = receiver(thread, this)?;
    view.check(thread)?;
    let [order] = TOBYTES.bind(thread, arguments, names)?;
    let order = match order.filter(|order| !order.is_none()) {
        None => None,
        Some(order) => match order.get::<PyStr>() {
            Some(text) => Some(text.to_text_lossy()),
            None => {
                let got = order.ty().short_name();
                return Err(raise!(
                    thread,
                    TYPE_ERROR,
                    "tobytes() argument 'order' must be str or None, not {got}"
                ));
            }
        },
    };
    let bytes = view.lend(thread, |items| {
        let order = match order.as_deref() {
            None | Some("C") => Order::C,
            Some("F") => Order::Fortran,
            Some("A") if items.is_contiguous(Order::Fortran) && !items.is_contiguous(Order::C) => {
                Order::Fortran
            }
            Some("A") => Order::C,
            Some(_) => return Err(raise!(thread, VALUE_ERROR, "order must be 'C', 'F' or 'A'")),
        };
        items.to_vec(thread, order)
    })??;
    Ok(PyBytes::new(thread, &bytes)?.into_value())
}

fn hex(thread: &Thread, this: Ref<'_>, arguments: &[Value], names: Option<&PyTuple>) -> PyResult<Value> {
    // the separator may be asked how long it is
    let _held = Buffer::get(thread, this, Request::FULL_RO)?;
    let bytes = receiver(thread, this)?.lend(thread, |items| items.to_vec(thread, Order::C))??;
    super::bytes::hex_of(thread, &bytes, arguments, names)
}

fn tolist(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let view = receiver(thread, this)?;
    let letter = slots::letter(thread, view)?;
    view.lend(thread, |items| list_of(thread, letter, items))?
}

/// The items as a list of lists; there are at most 64 dimensions.
fn list_of(thread: &Thread, letter: u8, items: Geometry<'_>) -> PyResult<Value> {
    if let Some(item) = items.item(&[]) {
        return item::unpack(thread, letter, item);
    }
    let mut values = Vec::new();
    let count = items.shape().first().map_or(0, |len| len.unsigned_abs());
    values.try_reserve_exact(count).map_err(|_| thread.raise_memory_error())?;
    for at in 0..count {
        if let Some(part) = items.part(at) {
            values.push(list_of(thread, letter, part)?);
        }
    }
    Ok(PyList::from_values(thread, values)?.into_value())
}

/// The items of one dimension that the bounds of a search select.
fn bound(thread: &Thread, value: Option<Ref<'_>>, len: usize, default: usize) -> PyResult<usize> {
    let Some(value) = value else { return Ok(default) };
    let at = to_index(thread, value)?;
    Ok(if at < 0 { at.saturating_add_unsigned(len).max(0).unsigned_abs() } else { at.unsigned_abs() })
}
