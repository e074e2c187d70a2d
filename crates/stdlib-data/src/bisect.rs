//! The module `_bisect`: places in sorted sequences, by halving.

use taipan_object::declare::method_table;
use taipan_object::list::PyList;
use taipan_object::str::intern::intern_text;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};
use taipan_runtime_builtins::arguments::{Parameters, to_size};
use taipan_runtime_builtins::modules::ModuleDef;

method_table! { FUNCTIONS:
    Instance Keywords c"bisect_right" "($module, /, a, x, lo=0, hi=None, *, key=None)" bisect_right,
        c"The place behind all items that are not greater.";
    Instance Keywords c"insort_right" "($module, /, a, x, lo=0, hi=None, *, key=None)" insort_right,
        c"Puts an item behind all that are not greater.";
    Instance Keywords c"bisect_left" "($module, /, a, x, lo=0, hi=None, *, key=None)" bisect_left,
        c"The place before all items that are not less.";
    Instance Keywords c"insort_left" "($module, /, a, x, lo=0, hi=None, *, key=None)" insort_left,
        c"Puts an item before all that are not less.";
}

/// `_bisect`.
pub(crate) static MODULE: ModuleDef = ModuleDef {
    name: "_bisect",
    doc: Some("Places in sorted sequences."),
    functions: &FUNCTIONS,
    exec: None,
};

type Names<'a> = Option<&'a PyTuple>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What the functions are called with.
struct Search<'a> {
    sequence: Ref<'a>,
    item: Ref<'a>,
    low: usize,
    high: Option<isize>,
    key: Option<Ref<'a>>,
}

fn read<'a>(
    thread: &Thread,
    function: &'static str,
    arguments: &'a [Value],
    names: Names<'_>,
) -> PyResult<Search<'a>> {
    let parameters = Parameters {
        function,
        names: ["a", "x", "lo", "hi", "key"],
        positional_only: 0,
        positional: 4,
        required: 2,
    };
    let [sequence, item, low, high, key] = parameters.bind(thread, arguments, names)?;
    let (Some(sequence), Some(item)) = (sequence, item) else {
        return Err(raise!(thread, SYSTEM_ERROR, "arguments are missing"));
    };
    let present = |value: Option<Ref<'a>>| value.filter(|value| !value.is_none());
    let low = low.map_or(Ok(0), |low| to_size(thread, low))?;
    let high = present(high).map(|high| to_size(thread, high)).transpose()?;
    let Ok(low) = usize::try_from(low) else {
        return Err(raise!(thread, VALUE_ERROR, "lo must be non-negative"));
    };
    Ok(Search { sequence, item, low, high: high.filter(|&high| high != -1), key: present(key) })
}

/// The place of an item, or of what stands for it.
fn place(thread: &Thread, search: &Search<'_>, item: Ref<'_>, side: Side) -> PyResult<usize> {
    let mut low = search.low;
    let mut high = match search.high {
        Some(high) => usize::try_from(high).unwrap_or(0),
        None => protocol::length(thread, search.sequence)?,
    };
    while low < high {
        let middle = low + (high - low) / 2;
        let index = Value::int(thread, middle as i64)?;
        let mut found = protocol::subscript(thread, search.sequence, index.as_ref())?;
        if let Some(key) = search.key {
            found = protocol::call(thread, key, &[found], None)?;
        }
        let goes_left = match side {
            Side::Right => protocol::holds(thread, item, found.as_ref(), CompareOp::Lt)?,
            Side::Left => !protocol::holds(thread, found.as_ref(), item, CompareOp::Lt)?,
        };
        if goes_left {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

fn bisect_right(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let search = read(thread, "bisect_right", arguments, names)?;
    Value::int(thread, place(thread, &search, search.item, Side::Right)? as i64)
}

fn bisect_left(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    let search = read(thread, "bisect_left", arguments, names)?;
    Value::int(thread, place(thread, &search, search.item, Side::Left)? as i64)
}

fn insert(thread: &Thread, search: &Search<'_>, side: Side) -> PyResult<Value> {
    let keyed = match search.key {
        Some(key) => Some(protocol::call(thread, key, &[search.item.to_value()], None)?),
        None => None,
    };
    let item = keyed.as_ref().map_or(search.item, Value::as_ref);
    let place = place(thread, search, item, side)?;
    if let Some(list) = search.sequence.get_exact::<PyList>() {
        list.insert(thread, place, search.item.to_value())?;
        return Ok(Value::none());
    }
    let method = intern_text(thread, "insert")?;
    let place = Value::int(thread, place as i64)?;
    protocol::call_method(thread, search.sequence, &method, &[place, search.item.to_value()])?;
    Ok(Value::none())
}

fn insort_right(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    insert(thread, &read(thread, "insort_right", arguments, names)?, Side::Right)
}

fn insort_left(thread: &Thread, _: Ref<'_>, arguments: &[Value], names: Names<'_>) -> PyResult<Value> {
    insert(thread, &read(thread, "insort_left", arguments, names)?, Side::Left)
}
