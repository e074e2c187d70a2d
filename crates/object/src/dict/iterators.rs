//! The iterators over keys, values and items of a dict. Invariant: one that has seen the dict change its size
//! or its keys raises and is at its end from then on.

use super::{DictCursor, PyDict};
use crate::error::PyResult;
use crate::raise;
use crate::slot::Slot;
use crate::thread::Thread;
use crate::tuple::PyTuple;
use crate::value::Value;

macro_rules! iterators {
    ($($module:ident, $ty:ident $static:ident $core:ident $name:literal: $pick:expr;)*) => {$(
        #[doc = concat!("`", $name, "`.")]
        pub mod $module {
            use super::*;
            use crate::layouts::object;
            use crate::types::flags;
            use crate::value::{Owned, Ref, as_ref};

            object! {
                #[doc = concat!("A `", $name, "`.")]
                pub struct $ty = $static $core $name 56 {
                    /// The dict; none at the end.
                    di_dict 16: Slot,
                    /// How many keys the dict had when the iterator was made.
                    di_used 24: Word,
                    /// The position in its entries.
                    di_pos 32: Word,
                    /// A tuple to use again.
                    di_result 40: Slot,
                    /// How many keys are left.
                    len 48: Word,
                }
                slots { di_dict, di_result }
                flags flags::DISALLOW_INSTANTIATION, dict 0, weak 0,
                does { iter: |_, this| Ok(this.to_value()), next: next }
            }

            impl $ty {
                /// An iterator that is before the first entry.
                pub fn new(thread: &Thread, dict: &PyDict) -> PyResult<Owned<$ty>> {
                    let iterator = $ty::blank(thread)?;
                    iterator.di_used.set(dict.len());
                    iterator.len.set(dict.len());
                    iterator.di_dict.init(as_ref(dict).to_value());
                    Ok(iterator)
                }

                /// What comes next; none at the end.
                #[inline]
                pub fn advance(&self, thread: &Thread) -> PyResult<Option<Value>> {
                    let Some(held) = self.di_dict.get() else { return Ok(None) };
                    let Some(dict) = held.as_ref().get::<PyDict>() else { return Ok(None) };
                    let state = [self.di_used.get(), self.di_pos.get(), self.len.get()];
                    let pick: fn(&Thread, &Slot, (Value, Value)) -> PyResult<Value> = $pick;
                    match step(thread, dict, state) {
                        Ok(Some((entry, position))) => {
                            self.di_pos.set(position);
                            self.len.set(state[2] - 1);
                            pick(thread, &self.di_result, entry).map(Some)
                        }
                        Ok(None) => {
                            drop(self.di_dict.take());
                            Ok(None)
                        }
                        Err(raised) => {
                            // no length equals it: it goes on raising
                            self.di_used.set(usize::MAX);
                            Err(raised)
                        }
                    }
                }
            }

            fn next(thread: &Thread, this: Ref<'_>) -> PyResult<Option<Value>> {
                this.get::<$ty>().map_or(Ok(None), |iterator| iterator.advance(thread))
            }
        }
    )*};
}

iterators! {
    keys, PyDictKeyIterator DICT_KEY_ITERATOR DICT_KEY_ITERATOR_CORE "dict_keyiterator": |_, _, (key, _)| Ok(key);
    values, PyDictValueIterator DICT_VALUE_ITERATOR DICT_VALUE_ITERATOR_CORE "dict_valueiterator":
        |_, _, (_, value)| Ok(value);
    items, PyDictItemIterator DICT_ITEM_ITERATOR DICT_ITEM_ITERATOR_CORE "dict_itemiterator":
        |thread, kept, (key, value)| Ok(PyTuple::pack_again(thread, kept, [key, value])?.into_value());
}

type Entry = (Value, Value);

/// The entry at a position and the position behind it, if the dict is as it was.
#[inline]
fn step(
    thread: &Thread,
    dict: &PyDict,
    [used, position, left]: [usize; 3],
) -> PyResult<Option<(Entry, usize)>> {
    if dict.len() != used {
        return Err(raise!(thread, RUNTIME_ERROR, "dictionary changed size during iteration"));
    }
    let mut cursor = DictCursor::at(position);
    match cursor.next(dict) {
        Some(_) if left == 0 => {
            Err(raise!(thread, RUNTIME_ERROR, "dictionary keys changed during iteration"))
        }
        Some(entry) => Ok(Some((entry, cursor.position()))),
        None => Ok(None),
    }
}
