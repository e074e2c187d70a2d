//! The keys of `lru_cache`: one value that is equal for calls with the same arguments.

use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::statics::INT;
use taipan_object::{PyResult, Ref, Thread, Value, as_ref};

/// The key of a call. `mark` stands between the arguments by position and those by name.
pub(super) fn make(
    thread: &Thread,
    mark: Value,
    arguments: &[Value],
    names: Option<&PyTuple>,
    typed: bool,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    if let ([only], 0, false) = (arguments, by_name, typed)
        && is_plain(only.as_ref())
    {
        // such a value is no tuple, so that it is like no other key
        return Ok(only.clone());
    }
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    let mut parts = Vec::new();
    if parts.try_reserve_exact(2 * arguments.len() + by_name + 1).is_err() {
        return Err(thread.raise_memory_error());
    }
    parts.extend(positional.iter().cloned());
    if by_name > 0 {
        parts.push(mark);
        for (name, value) in names.into_iter().flat_map(PyTuple::iter).zip(named) {
            parts.push(name.to_value());
            parts.push(value.clone());
        }
    }
    if typed {
        parts.extend(arguments.iter().map(|value| as_ref(value.as_ref().ty()).to_value()));
    }
    Ok(PyTuple::from_values(thread, parts)?.into_value())
}

fn is_plain(value: Ref<'_>) -> bool {
    value.get_exact::<PyStr>().is_some() || std::ptr::eq(value.ty(), &raw const INT)
}
