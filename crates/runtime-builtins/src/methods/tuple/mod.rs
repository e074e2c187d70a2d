//! Methods of `tuple`.

use taipan_object::tuple::PyTuple;
use taipan_object::{PyResult, Ref, Thread, Value, protocol, raise};

use super::method_table;
use crate::arguments::{check_count, clip, to_index};

method_table! { METHODS:
    Instance Positional c"index" "($self, value, start=0, stop=sys.maxsize, /)" index, c"The first index of the value; ValueError if there is none.";
    Instance One c"count" "($self, value, /)" count, c"How many items are the value.";
    Instance None c"__getnewargs__" "($self, /)" newargs, c"What pickle calls the type with.";
    Instance None c"__sizeof__" "($self, /)" |thread, this| Value::int(thread, 32 + 8 * receiver(thread, this)?.len() as i64), c"How many bytes the object takes.";
}

fn receiver<'a>(thread: &Thread, this: Ref<'a>) -> PyResult<&'a PyTuple> {
    let found = this.get::<PyTuple>();
    found.ok_or_else(|| raise!(thread, TYPE_ERROR, "'tuple' object expected, not '{}'", this.ty().name()))
}

fn index(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "index", arguments.len(), 1, 3)?;
    let tuple = receiver(thread, this)?;
    let wanted = arguments.first().map_or(this, Value::as_ref);
    let start = arguments.get(1).map(|start| to_index(thread, start.as_ref())).transpose()?;
    let stop = arguments.get(2).map(|stop| to_index(thread, stop.as_ref())).transpose()?;
    let (start, stop) = clip(tuple.len(), start, stop);
    for at in start..stop {
        if let Some(item) = tuple.borrow(at)
            && protocol::same_or_equal(thread, item, wanted)?
        {
            return Value::int(thread, at as i64);
        }
    }
    Err(raise!(thread, VALUE_ERROR, "tuple.index(x): x not in tuple"))
}

fn count(thread: &Thread, this: Ref<'_>, wanted: Ref<'_>) -> PyResult<Value> {
    let mut count = 0;
    for item in receiver(thread, this)?.iter() {
        count += i64::from(protocol::same_or_equal(thread, item, wanted)?);
    }
    Value::int(thread, count)
}

fn newargs(thread: &Thread, this: Ref<'_>) -> PyResult<Value> {
    let tuple = receiver(thread, this)?;
    let exact = tuple.slice(thread, 0, tuple.len())?.into_value();
    Ok(PyTuple::pack(thread, [exact])?.into_value())
}
