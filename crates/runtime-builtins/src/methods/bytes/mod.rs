//! Methods of `bytes` and `bytearray`. Most are shared: they read a receiver of either type as a slice and give
//! back what is of its type. Invariant: arguments are converted before the receiver's bytes are read, for a
//! conversion may run code that changes a bytearray.

mod case;
mod change;
mod decode;
pub(crate) mod find;
mod hex;
mod pad;
mod replace;
mod split;
mod strip;

use std::borrow::Cow;

use taipan_object::buffer;
use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::list::PyList;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::method_table;
pub(super) use hex::hex_of;

method_table! { METHODS:
    Instance None c"capitalize" "($self, /)" case::capitalize, c"The first byte in upper case, the rest in lower case.";
    Instance Positional c"center" "($self, width, fillchar=b' ', /)" pad::center, c"In the middle of a field of this width.";
    Instance Positional c"count" "($self, sub[, start[, end]], /)" find::count, c"How many occurrences of sub there are that do not overlap.";
    Instance Keywords c"decode" "($self, /, encoding='utf-8', errors='strict')" decode::decode, c"The text that an encoding has for the bytes.";
    Class One c"fromhex" "($type, string, /)" decode::fromhex, c"The bytes of hexadecimal digits.";
    Static Two c"maketrans" "(frm, to, /)" decode::maketrans, c"A table for translate.";
    Instance None c"__sizeof__" "($self, /)" decode::sizeof, c"How many bytes the object takes.";
    Instance Positional c"endswith" "($self, suffix[, start[, end]], /)" find::endswith, c"Whether it ends with the suffix, or one of a tuple.";
    Instance Keywords c"expandtabs" "($self, /, tabsize=8)" pad::expandtabs, c"Tabs replaced by spaces.";
    Instance Positional c"find" "($self, sub[, start[, end]], /)" find::find, c"The lowest index of sub, -1 if there is none.";
    Instance Keywords c"hex" "($self, /, sep=<unrepresentable>, bytes_per_sep=1)" hex::hex, c"Two digits for each byte, with separators between groups.\n\n>>> b'tape'.hex('-', 2)\n'7461-7065'";
    Instance Positional c"index" "($self, sub[, start[, end]], /)" find::index, c"The lowest index of sub; ValueError if there is none.";
    Instance None c"isalnum" "($self, /)" case::isalnum, c"Whether there is nothing but ASCII letters and digits.";
    Instance None c"isalpha" "($self, /)" case::isalpha, c"Whether there is nothing but ASCII letters.";
    Instance None c"isascii" "($self, /)" case::isascii, c"Whether all bytes are ASCII.";
    Instance None c"isdigit" "($self, /)" case::isdigit, c"Whether there is nothing but ASCII digits.";
    Instance None c"islower" "($self, /)" case::islower, c"Whether there are letters, all of lower case.";
    Instance None c"isspace" "($self, /)" case::isspace, c"Whether there is nothing but ASCII whitespace.";
    Instance None c"istitle" "($self, /)" case::istitle, c"Whether all words are in title case.";
    Instance None c"isupper" "($self, /)" case::isupper, c"Whether there are letters, all of upper case.";
    Instance One c"join" "($self, iterable_of_bytes, /)" replace::join, c"The bytes of the iterable, with these between them.";
    Instance Positional c"ljust" "($self, width, fillchar=b' ', /)" pad::ljust, c"At the left of a field of this width.";
    Instance None c"lower" "($self, /)" case::lower, c"In lower case.";
    Instance Positional c"lstrip" "($self, bytes=None, /)" strip::lstrip, c"Without these bytes, or whitespace, at the beginning.";
    Instance One c"partition" "($self, sep, /)" split::partition, c"What is before the first separator, the separator, what is behind it.";
    Instance Positional c"replace" "($self, old, new, count=-1, /)" replace::replace, c"A copy with all occurrences of old replaced by new, at most count of them.";
    Instance One c"removeprefix" "($self, prefix, /)" strip::removeprefix, c"Without the prefix, if it is there.";
    Instance One c"removesuffix" "($self, suffix, /)" strip::removesuffix, c"Without the suffix, if it is there.";
    Instance Positional c"rfind" "($self, sub[, start[, end]], /)" find::rfind, c"The highest index of sub, -1 if there is none.";
    Instance Positional c"rindex" "($self, sub[, start[, end]], /)" find::rindex, c"The highest index of sub; ValueError if there is none.";
    Instance Positional c"rjust" "($self, width, fillchar=b' ', /)" pad::rjust, c"At the right of a field of this width.";
    Instance One c"rpartition" "($self, sep, /)" split::rpartition, c"What is before the last separator, the separator, what is behind it.";
    Instance Keywords c"rsplit" "($self, /, sep=None, maxsplit=-1)" split::rsplit, c"The parts between separators, at most maxsplit splits from the right.";
    Instance Positional c"rstrip" "($self, bytes=None, /)" strip::rstrip, c"Without these bytes, or whitespace, at the end.";
    Instance Keywords c"split" "($self, /, sep=None, maxsplit=-1)" split::split, c"The parts between separators, at most maxsplit splits from the left.";
    Instance Keywords c"splitlines" "($self, /, keepends=False)" split::splitlines, c"The lines.";
    Instance Positional c"startswith" "($self, prefix[, start[, end]], /)" find::startswith, c"Whether it starts with the prefix, or one of a tuple.";
    Instance Positional c"strip" "($self, bytes=None, /)" strip::strip, c"Without these bytes, or whitespace, at both ends.";
    Instance None c"swapcase" "($self, /)" case::swapcase, c"Upper case for lower case and the other way round.";
    Instance None c"title" "($self, /)" case::title, c"Words in title case.";
    Instance Keywords c"translate" "($self, table, /, delete=b'')" replace::translate, c"Without some bytes, and each other one replaced by what the table has for it.";
    Instance None c"upper" "($self, /)" case::upper, c"In upper case.";
    Instance One c"zfill" "($self, width, /)" pad::zfill, c"Zeros behind the sign up to this width.";
}

method_table! { ONLY_BYTES_METHODS:
    Instance None c"__getnewargs__" "($self, /)" decode::newargs, c"What pickle calls the type with.";
    Instance None c"__bytes__" "($self, /)" decode::exact, c"The bytes without what a derived class adds.";
}

method_table! { ARRAY_METHODS:
    Instance None c"__alloc__" "($self, /)" decode::alloc, c"How many bytes there is room for.";
    Instance One c"resize" "($self, size, /)" change::resize, c"Makes the bytearray longer, with zeros, or shorter.";
    Instance None c"__reduce__" "($self, /)" decode::reduce, c"What pickle makes the bytearray again from.";
    Instance One c"append" "($self, item, /)" change::append, c"Adds a byte at the end.";
    Instance None c"clear" "($self, /)" change::clear, c"Removes all bytes.";
    Instance None c"copy" "($self, /)" change::copy, c"A bytearray of the same bytes.";
    Instance One c"extend" "($self, iterable_of_ints, /)" change::extend, c"Adds all bytes of the iterable at the end.";
    Instance Two c"insert" "($self, index, item, /)" change::insert, c"Adds a byte before an index.";
    Instance Positional c"pop" "($self, index=-1, /)" change::pop, c"Removes the byte at an index, and returns it.";
    Instance One c"remove" "($self, value, /)" change::remove, c"Removes the first byte that is the value; ValueError if there is none.";
    Instance None c"reverse" "($self, /)" change::reverse, c"Turns the bytearray around.";
}

/// The bytes of a bytes-like object, none of anything else; those that may change are copied.
pub(crate) fn peek<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Option<Cow<'a, [u8]>>> {
    buffer::is_bytes_like(value).then(|| buffer::bytes_of(thread, value)).transpose()
}

/// The same for a receiver or an argument that has to be one.
fn bytes_of<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<Cow<'a, [u8]>> {
    buffer::bytes_of(thread, value)
}

/// Bytes as an object of the receiver's type.
fn alike(thread: &Thread, this: Ref<'_>, bytes: &[u8]) -> PyResult<Value> {
    match this.get::<PyByteArray>() {
        Some(_) => Ok(PyByteArray::new(thread, bytes)?.into_value()),
        None => Ok(PyBytes::new(thread, bytes)?.into_value()),
    }
}

/// A list of parts, each of the receiver's type.
fn list_of(thread: &Thread, this: Ref<'_>, parts: &[&[u8]]) -> PyResult<Value> {
    let mut values = Vec::new();
    if values.try_reserve(parts.len()).is_err() {
        return Err(thread.raise_memory_error());
    }
    for part in parts {
        values.push(alike(thread, this, part)?);
    }
    Ok(PyList::from_values(thread, values)?.into_value())
}

/// Room for so many bytes more.
fn reserve(thread: &Thread, bytes: &mut Vec<u8>, more: usize) -> PyResult<()> {
    bytes.try_reserve(more).map_err(|_| thread.raise_memory_error())
}

/// The byte that an integer stands for.
fn to_byte(thread: &Thread, value: Ref<'_>) -> PyResult<u8> {
    let index = protocol::number::index(thread, value)?;
    let byte = index.as_ref().to_i64().and_then(|byte| u8::try_from(byte).ok());
    byte.ok_or_else(|| raise!(thread, VALUE_ERROR, "byte must be in range(0, 256)"))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}
