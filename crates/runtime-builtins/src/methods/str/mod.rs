//! Methods of `str`, in CPython's order. One file a family; characters are code points, whatever their width.

mod case;
mod classify;
mod encode;
mod find;
mod format;
pub(super) mod join;
pub(crate) use encode::text_argument;
mod pad;
mod split;
mod strip;
#[cfg(test)]
mod tests;
mod translate;

pub(crate) use classify::is_identifier;

use taipan_object::str::{Kind, PyStr};
use taipan_object::tuple::PyTuple;
use taipan_object::{Owned, PyResult, Ref, Thread, Value, raise};

use super::method_table;

method_table! { METHODS:
    Instance Keywords c"encode" "($self, /, encoding='utf-8', errors='strict')" encode::encode, c"The bytes that an encoding has for it.";
    Instance Keywords c"replace" "($self, old, new, /, count=-1)" find::replace, c"A copy with all occurrences of old replaced by new, at most count of them.";
    Instance Keywords c"split" "($self, /, sep=None, maxsplit=-1)" split::split, c"The parts between separators, at most maxsplit splits from the left.";
    Instance Keywords c"rsplit" "($self, /, sep=None, maxsplit=-1)" split::rsplit, c"The parts between separators, at most maxsplit splits from the right.";
    Instance One c"join" "($self, iterable, /)" join::join, c"The strings of the iterable, with this one between them.";
    Instance None c"capitalize" "($self, /)" case::capitalize, c"The first character in title case, the rest in lower case.";
    Instance None c"casefold" "($self, /)" case::casefold, c"A form for comparisons that ignore case.";
    Instance None c"title" "($self, /)" case::title, c"Words in title case.";
    Instance Positional c"center" "($self, width, fillchar=' ', /)" pad::center, c"In the middle of a field of this width.";
    Instance Positional c"count" "($self, sub[, start[, end]], /)" find::count, c"How many occurrences of sub there are that do not overlap.";
    Instance Keywords c"expandtabs" "($self, /, tabsize=8)" pad::expandtabs, c"Tabs replaced by spaces.";
    Instance Positional c"find" "($self, sub[, start[, end]], /)" find::find, c"The lowest index of sub, -1 if there is none.";
    Instance One c"partition" "($self, sep, /)" split::partition, c"What is before the first separator, the separator, what is behind it.";
    Instance Positional c"index" "($self, sub[, start[, end]], /)" find::index, c"The lowest index of sub; ValueError if there is none.";
    Instance Positional c"ljust" "($self, width, fillchar=' ', /)" pad::ljust, c"At the left of a field of this width.";
    Instance None c"lower" "($self, /)" case::lower, c"In lower case.";
    Instance Positional c"lstrip" "($self, chars=None, /)" strip::lstrip, c"Without these characters, or whitespace, at the beginning.";
    Instance Positional c"rfind" "($self, sub[, start[, end]], /)" find::rfind, c"The highest index of sub, -1 if there is none.";
    Instance Positional c"rindex" "($self, sub[, start[, end]], /)" find::rindex, c"The highest index of sub; ValueError if there is none.";
    Instance Positional c"rjust" "($self, width, fillchar=' ', /)" pad::rjust, c"At the right of a field of this width.";
    Instance Positional c"rstrip" "($self, chars=None, /)" strip::rstrip, c"Without these characters, or whitespace, at the end.";
    Instance One c"rpartition" "($self, sep, /)" split::rpartition, c"What is before the last separator, the separator, what is behind it.";
    Instance Keywords c"splitlines" "($self, /, keepends=False)" split::splitlines, c"The lines.";
    Instance Positional c"strip" "($self, chars=None, /)" strip::strip, c"Without these characters, or whitespace, at both ends.";
    Instance None c"swapcase" "($self, /)" case::swapcase, c"Upper case for lower case and the other way round.";
    Instance One c"translate" "($self, table, /)" translate::translate, c"Each character replaced by what the table has for its code point.";
    Instance None c"upper" "($self, /)" case::upper, c"In upper case.";
    Instance Positional c"startswith" "($self, prefix[, start[, end]], /)" find::startswith, c"Whether it starts with the prefix, or one of a tuple.";
    Instance Positional c"endswith" "($self, suffix[, start[, end]], /)" find::endswith, c"Whether it ends with the suffix, or one of a tuple.";
    Instance One c"removeprefix" "($self, prefix, /)" find::removeprefix, c"Without the prefix, if it is there.";
    Instance One c"removesuffix" "($self, suffix, /)" find::removesuffix, c"Without the suffix, if it is there.";
    Instance None c"isascii" "($self, /)" classify::isascii, c"Whether all characters are ASCII.";
    Instance None c"islower" "($self, /)" classify::islower, c"Whether there are letters with case, all of lower case.";
    Instance None c"isupper" "($self, /)" classify::isupper, c"Whether there are letters with case, all of upper case.";
    Instance None c"istitle" "($self, /)" classify::istitle, c"Whether all words are in title case.";
    Instance None c"isspace" "($self, /)" classify::isspace, c"Whether there is nothing but whitespace.";
    Instance None c"isdecimal" "($self, /)" classify::isdecimal, c"Whether there is nothing but decimal digits.";
    Instance None c"isdigit" "($self, /)" classify::isdigit, c"Whether there is nothing but digits.";
    Instance None c"isnumeric" "($self, /)" classify::isnumeric, c"Whether there is nothing but numerals.";
    Instance None c"isalpha" "($self, /)" classify::isalpha, c"Whether there is nothing but letters.";
    Instance None c"isalnum" "($self, /)" classify::isalnum, c"Whether there is nothing but letters and numerals.";
    Instance None c"isidentifier" "($self, /)" classify::isidentifier, c"Whether it has the form of an identifier; keywords have.";
    Instance None c"isprintable" "($self, /)" classify::isprintable, c"Whether repr shows all characters as they are.";
    Instance One c"zfill" "($self, width, /)" pad::zfill, c"Zeros behind the sign up to this width.";
    Instance Keywords c"format" "($self, /, *args, **kwargs)" format::format, c"The text with its fields replaced by the arguments.";
    Instance One c"format_map" "($self, mapping, /)" format::format_map, c"The text with its fields replaced by what a mapping has.";
    Instance None c"__getnewargs__" "($self, /)" |thread, this| Ok(PyTuple::pack(thread, [unchanged(thread, receiver(thread, this)?)?])?.into_value()), c"What pickle calls the type with.";
    Instance None c"__sizeof__" "($self, /)" sizeof, c"How many bytes the object takes.";
    Static Positional c"maketrans" "(x, y=<unrepresentable>, z=<unrepresentable>, /)" translate::maketrans, c"A table for translate.";
}

/// The string that a method is called on.
fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyStr> {
    let found = this.get::<PyStr>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'str' object expected, not '{}'", this.ty().name()))
}

fn sizeof(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let text = receiver(thread, this)?;
    let (head, width) = match text.kind() {
        _ if text.is_ascii() => (40, 1),
        Kind::One => (56, 1),
        Kind::Two => (56, 2),
        Kind::Four => (56, 4),
    };
    Value::int(thread, head + width * (text.len() as i64 + 1))
}

/// The string itself, without what a derived class adds.
fn unchanged(thread: &Thread, text: &PyStr) -> PyResult<Value> {
    Ok(text.slice(thread, 0, text.len())?.into_value())
}

/// A result as a value.
fn value(text: PyResult<Owned<PyStr>>) -> PyResult<Value> {
    text.map(Owned::into_value)
}
