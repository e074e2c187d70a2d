//! Finding matches: one, all of them, one after the other.

use taipan_object::declare::receiver;
use taipan_object::list::PyList;
use taipan_object::native::Native;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::{PyTuple, TupleBuilder};
use taipan_object::{PyResult, Ref, Thread, Value, protocol};
use taipan_runtime_builtins::arguments::{Parameters, to_size};
use taipan_runtime_builtins::callable_iterator;

use super::Pattern;
use crate::scan::{Scan, Wanted};
use crate::scanner;

type Arguments<'a> = (&'a [Value], Option<&'a PyTuple>);

const fn parameters(function: &'static str) -> Parameters<3> {
    Parameters {
        function,
        names: ["string", "pos", "endpos"],
        positional_only: 0,
        positional: 3,
        required: 1,
    }
}

/// The string and the bounds that a method is called with.
fn bind<'a>(
    thread: &Thread,
    function: &'static str,
    (arguments, names): Arguments<'a>,
) -> PyResult<(Option<Ref<'a>>, (isize, isize))> {
    let [string, pos, endpos] = parameters(function).bind(thread, arguments, names)?;
    let pos = pos.map_or(Ok(0), |pos| to_size(thread, pos))?;
    let endpos = endpos.map_or(Ok(isize::MAX), |endpos| to_size(thread, endpos))?;
    Ok((string, (pos, endpos)))
}

fn one(
    thread: &Thread,
    this: Ref<'_>,
    function: &'static str,
    arguments: Arguments<'_>,
    wanted: Wanted,
) -> PyResult<Value> {
    let pattern = receiver::<Pattern>(thread, this)?;
    let (Some(string), bounds) = bind(thread, function, arguments)? else { return Ok(Value::none()) };
    let mut scan = Scan::new(thread, pattern, string, bounds)?;
    match scan.next(thread, wanted)? {
        true => scan.to_match(thread),
        false => Ok(Value::none()),
    }
}

pub(super) fn match_(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    one(thread, this, "match", (arguments, names), Wanted::Match)
}

pub(super) fn fullmatch(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    one(thread, this, "fullmatch", (arguments, names), Wanted::FullMatch)
}

pub(super) fn search(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    one(thread, this, "search", (arguments, names), Wanted::Search)
}

pub(super) fn findall(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let pattern = receiver::<Pattern>(thread, this)?;
    let (Some(string), bounds) = bind(thread, "findall", (arguments, names))? else {
        return Ok(Value::none());
    };
    let mut scan = Scan::new(thread, pattern, string, bounds)?;
    let list = PyList::new(thread)?;
    while scan.next(thread, Wanted::Search)? {
        list.push(thread, texts(thread, &scan)?)?;
    }
    Ok(list.into_value())
}

/// What `findall` gives of a match: the text of the only group, of all groups, or the whole; that of a group which has
/// not matched is empty.
fn texts(thread: &Thread, scan: &Scan<'_>) -> PyResult<Value> {
    let text = |group: usize| match scan.group(thread, group)? {
        Some(text) => Ok(text),
        None => scan.subject.part(thread, 0, 0),
    };
    match scan.pattern.groups() {
        0 => text(0),
        1 => text(1),
        groups => {
            let mut texts = TupleBuilder::new(thread, groups)?;
            for group in 1..=groups {
                texts.push(text(group)?);
            }
            Ok(texts.finish().into_value())
        }
    }
}

pub(super) fn scanner(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let pattern = receiver::<Pattern>(thread, this)?;
    let (Some(string), bounds) = bind(thread, "scanner", (arguments, names))? else {
        return Ok(Value::none());
    };
    new_scanner(thread, pattern, string, bounds)
}

fn new_scanner(
    thread: &Thread,
    pattern: &Native<Pattern>,
    string: Ref<'_>,
    bounds: (isize, isize),
) -> PyResult<Value> {
    let scan = Scan::new(thread, pattern, string, bounds)?;
    scanner::new(thread, &scan)
}

pub(super) fn finditer(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let pattern = receiver::<Pattern>(thread, this)?;
    let (Some(string), bounds) = bind(thread, "finditer", (arguments, names))? else {
        return Ok(Value::none());
    };
    let scanner = new_scanner(thread, pattern, string, bounds)?;
    let search = protocol::get_attribute(thread, scanner.as_ref(), &*intern_text(thread, "search")?)?;
    callable_iterator(thread, search.as_ref(), Value::none().as_ref())
}
