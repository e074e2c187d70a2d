//! `_count_elements`: what `Counter` counts with.

use taipan_object::dict::PyDict;
use taipan_object::protocol::{self, BinaryOp, binary, get_attribute};
use taipan_object::str::statics::names;
use taipan_object::types::statics::INT;
use taipan_object::{PyResult, Ref, Thread, Value};

use crate::iterate::for_each;

pub(super) fn count_elements(
    thread: &Thread,
    _: Ref<'_>,
    mapping: Ref<'_>,
    iterable: Ref<'_>,
) -> PyResult<Value> {
    let one = Value::small(1);
    if let Some(dict) = plain_dict(thread, mapping)? {
        for_each(thread, iterable, |item| {
            let hash = protocol::hash(thread, item.as_ref())?;
            let number = dict.find(thread, item.as_ref(), hash)?;
            let count = number.and_then(|number| dict.value_at(number));
            if let (Some(number), Some(more)) = (number, count.as_ref().and_then(one_more)) {
                // nothing has run since the entry was found
                drop(dict.replace_at(number, Value::int(thread, more)?));
                return Ok(true);
            }
            let count = match count {
                Some(count) => binary(thread, count.as_ref(), one.as_ref(), BinaryOp::Add)?,
                None => one.clone(),
            };
            drop(dict.insert_with_hash(thread, item.as_ref(), hash, count)?);
            Ok(true)
        })?;
        return Ok(Value::none());
    }
    let iterator = protocol::iter(thread, iterable)?;
    let get = get_attribute(thread, mapping, names::get.get())?;
    for_each(thread, iterator.as_ref(), |item| {
        let count = protocol::call(thread, get.as_ref(), &[item.clone(), Value::small(0)], None)?;
        let count = binary(thread, count.as_ref(), one.as_ref(), BinaryOp::Add)?;
        protocol::set_subscript(thread, mapping, item.as_ref(), Some(count)).map(|()| true)
    })?;
    Ok(Value::none())
}

/// The sum of a plain int and one, if it is not large.
fn one_more(count: &Value) -> Option<i64> {
    let is_plain = std::ptr::eq(count.as_ref().ty(), &raw const INT);
    if is_plain { count.as_ref().to_i64()?.checked_add(1) } else { None }
}

/// The dict, if the mapping is one whose class reads and sets items as `dict` does.
fn plain_dict<'a>(thread: &Thread, mapping: Ref<'a>) -> PyResult<Option<&'a PyDict>> {
    let Some(dict) = mapping.get::<PyDict>() else { return Ok(None) };
    if mapping.get_exact::<PyDict>().is_some() {
        return Ok(Some(dict));
    }
    let is_same = |name| -> PyResult<bool> {
        let own = mapping.ty().lookup(thread, name)?;
        let plain = taipan_object::types::statics::DICT.lookup(thread, name)?;
        Ok(own.zip(plain).is_some_and(|(own, plain)| own.as_ref().is(plain.as_ref())))
    };
    let same = is_same(names::get.get())? && is_same(names::__setitem__.get())?;
    Ok(same.then_some(dict))
}
