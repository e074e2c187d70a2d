//! Iterators over the built-in sequences: a sequence and an index. Invariant: the index is compared with the
//! sequence's length at each step, for the sequence may have changed; an iterator that has come to its end lets
//! go of the sequence and stays at the end.

use crate::bytearray::PyByteArray;
use crate::bytes::PyBytes;
use crate::error::PyResult;
use crate::list::PyList;
use crate::str::PyStr;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::Value;

/// Declares an iterator type over a sequence type.
macro_rules! indexed {
    ($module:ident, $ty:ident $static:ident $core:ident $name:literal over $sequence:ty: $item:expr) => {
        #[doc = concat!("`", $name, "`.")]
        pub mod $module {
            use super::*;
            use crate::layouts::object;
            use crate::types::flags;
            use crate::value::{Owned, Ref, as_ref};

            object! {
                #[doc = concat!("A `", $name, "`.")]
                pub struct $ty = $static $core $name 32 {
                    /// The index of the next item.
                    it_index 16: Word,
                    /// The sequence; none at the end.
                    it_seq 24: Slot,
                }
                slots { it_seq }
                flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
                does { iter: |_, this| Ok(this.to_value()), next: next }
            }

            impl $ty {
                /// An iterator that is before the first item.
                pub fn new(thread: &Thread, sequence: &$sequence) -> PyResult<Owned<$ty>> {
                    let iterator = $ty::blank(thread)?;
                    iterator.it_seq.init(as_ref(sequence).to_value());
                    Ok(iterator)
                }

                /// The next item; none at the end.
                #[inline]
                pub fn advance(&self, thread: &Thread) -> PyResult<Option<Value>> {
                    let Some(held) = self.it_seq.peek() else { return Ok(None) };
                    let item: fn(&Thread, &$sequence, usize) -> PyResult<Option<Value>> = $item;
                    // SAFETY: the slot holds the sequence, and lets go of it after the last use below; no item
                    // is made by code that could reach this iterator
                    let sequence = unsafe { Ref::from_word(held) };
                    let at = self.it_index.get();
                    let found = match sequence.get::<$sequence>() {
                        Some(sequence) => item(thread, sequence, at)?,
                        None => None,
                    };
                    match &found {
                        Some(_) => self.it_index.set(at + 1),
                        None => drop(self.it_seq.take()),
                    }
                    Ok(found)
                }
            }

            fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
                this.get::<$ty>().map_or(Ok(None), |iterator| iterator.advance(thread))
            }
        }
    };
}

fn character(thread: &Thread, text: &PyStr, at: usize) -> PyResult<Option<Value>> {
    Ok(text.item(thread, at)?.map(crate::Owned::into_value))
}

indexed!(list, PyListIterator LIST_ITERATOR LIST_ITERATOR_CORE "list_iterator" over PyList:
    |_, list, at| Ok(list.get(at)));
indexed!(tuple, PyTupleIterator TUPLE_ITERATOR TUPLE_ITERATOR_CORE "tuple_iterator" over PyTuple:
    |_, tuple, at| Ok(tuple.get(at)));
indexed!(ascii, PyAsciiIterator ASCII_ITERATOR ASCII_ITERATOR_CORE "str_ascii_iterator" over PyStr:
    |_, text, at| Ok(text.raw_bytes().get(at).map(|&byte| crate::str::statics::latin1(byte).into_value())));
indexed!(str, PyStrIterator STR_ITERATOR STR_ITERATOR_CORE "str_iterator" over PyStr: character);
indexed!(bytes, PyBytesIterator BYTES_ITERATOR BYTES_ITERATOR_CORE "bytes_iterator" over PyBytes:
    |_, bytes, at| Ok(bytes.as_slice().get(at).map(|&byte| Value::small(byte.into()))));
indexed!(bytearray, PyByteArrayIterator BYTEARRAY_ITERATOR BYTEARRAY_ITERATOR_CORE "bytearray_iterator"
    over PyByteArray: |_, array, at| Ok(array.get(at).map(|byte| Value::small(byte.into()))));

/// `iterator`: over what has items and no `__iter__`.
pub mod sequence {
    use super::*;
    use crate::exception::{INDEX_ERROR, STOP_ITERATION};
    use crate::layouts::object;
    use crate::types::flags;
    use crate::value::{Owned, Ref};

    object! {
        /// An `iterator` over what has items and no `__iter__`.
        pub struct PySequenceIterator = SEQUENCE_ITERATOR SEQUENCE_ITERATOR_CORE "iterator" 32 {
            /// The index of the next item.
            it_index 16: Word,
            /// The sequence; none at the end.
            it_seq 24: Slot,
        }
        slots { it_seq }
        flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
        does { iter: |_, this| Ok(this.to_value()), next: next }
    }

    impl PySequenceIterator {
        /// An iterator that is before the first item.
        pub fn new(thread: &Thread, sequence: Ref<'_>) -> PyResult<Owned<PySequenceIterator>> {
            let iterator = PySequenceIterator::blank(thread)?;
            iterator.it_seq.init(sequence.to_value());
            Ok(iterator)
        }
    }

    fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
        let Some(iterator) = this.get::<PySequenceIterator>() else { return Ok(None) };
        let Some(sequence) = iterator.it_seq.get() else { return Ok(None) };
        let at = iterator.it_index.get();
        let Some(item) = sequence.as_ref().ty().slots().item.get() else { return Ok(None) };
        match item(thread, sequence.as_ref(), at as isize) {
            Ok(item) => {
                iterator.it_index.set(at + 1);
                Ok(Some(item))
            }
            Err(raised) => {
                let exception = thread.catch(raised);
                let ty = exception.as_ref().ty();
                if !ty.is_subtype(&INDEX_ERROR) && !ty.is_subtype(&STOP_ITERATION) {
                    return Err(thread.raise(exception));
                }
                drop(iterator.it_seq.take());
                Ok(None)
            }
        }
    }
}

/// The `iter` slots of the sequences.
pub(crate) mod slots {
    use super::*;
    use crate::value::{Layout, Owned, Ref};

    fn over<T: Layout, I: Layout>(
        thread: &Thread,
        sequence: Ref<'_>,
        make: fn(&Thread, &T) -> PyResult<Owned<I>>,
    ) -> PyResult<Value> {
        match sequence.get::<T>() {
            Some(sequence) => Ok(make(thread, sequence)?.into_value()),
            None => Ok(Value::not_implemented()),
        }
    }

    pub(crate) fn list(thread: &Thread, list: Ref<'_>) -> PyResult<Value> {
        over(thread, list, super::list::PyListIterator::new)
    }

    pub(crate) fn tuple(thread: &Thread, tuple: Ref<'_>) -> PyResult<Value> {
        over(thread, tuple, super::tuple::PyTupleIterator::new)
    }

    pub(crate) fn str(thread: &Thread, text: Ref<'_>) -> PyResult<Value> {
        if text.get::<PyStr>().is_some_and(PyStr::is_ascii) {
            return over(thread, text, super::ascii::PyAsciiIterator::new);
        }
        over(thread, text, super::str::PyStrIterator::new)
    }

    pub(crate) fn bytes(thread: &Thread, bytes: Ref<'_>) -> PyResult<Value> {
        over(thread, bytes, super::bytes::PyBytesIterator::new)
    }

    pub(crate) fn bytearray(thread: &Thread, array: Ref<'_>) -> PyResult<Value> {
        over(thread, array, super::bytearray::PyByteArrayIterator::new)
    }
}
