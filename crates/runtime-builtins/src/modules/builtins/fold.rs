//! `max`, `min`, `sum`.

use taipan_object::bytearray::PyByteArray;
use taipan_object::bytes::PyBytes;
use taipan_object::complex::PyComplex;
use taipan_object::protocol::{self, BinaryOp, binary};
use taipan_object::str::PyStr;
use taipan_object::tuple::PyTuple;
use taipan_object::types::slots::CompareOp;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::arguments::{Parameters, check_count};
use crate::float_sum::{CompensatedSum, is_exact_float};
use crate::iterate::for_each;

pub(super) fn max(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    extreme(thread, "max", CompareOp::Gt, arguments, names)
}

pub(super) fn min(
    thread: &Thread,
    _: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    extreme(thread, "min", CompareOp::Lt, arguments, names)
}

fn extreme(
    thread: &Thread,
    function: &'static str,
    op: CompareOp,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let by_name = names.map_or(0, PyTuple::len);
    if let (0, [first, rest @ ..]) = (by_name, arguments)
        && !rest.is_empty()
    {
        return best_of(thread, op, first, rest);
    }
    let (positional, named) = arguments.split_at(arguments.len().saturating_sub(by_name));
    if positional.is_empty() {
        check_count(thread, function, 0, 1, usize::MAX)?;
    }
    let parameters =
        Parameters { function, names: ["key", "default"], positional_only: 0, positional: 0, required: 0 };
    let [key, default] = parameters.bind(thread, named, names)?;
    let key = key.filter(|key| !key.is_none());
    let mut best = Best { thread, op, key, found: None };
    match positional {
        [iterable] => for_each(thread, iterable.as_ref(), |item| best.offer(item))?,
        _ if default.is_some() => {
            return Err(raise!(
                thread,
                TYPE_ERROR,
                "Cannot specify a default for {function}() with multiple positional arguments"
            ));
        }
        _ => positional.iter().try_for_each(|item| best.offer(item.clone()).map(|_| ()))?,
    }
    match best.found.map(|(item, _)| item).or(default.map(Ref::to_value)) {
        Some(item) => Ok(item),
        None => Err(raise!(thread, VALUE_ERROR, "{function}() iterable argument is empty")),
    }
}

/// The best of several values: the first of those that are equally good.
fn best_of(thread: &Thread, op: CompareOp, first: &Value, rest: &[Value]) -> PyResult<Value> {
    let mut best = first;
    for item in rest {
        if protocol::holds(thread, item.as_ref(), best.as_ref(), op)? {
            best = item;
        }
    }
    Ok(best.clone())
}

/// The best item so far, and its key if there are keys.
struct Best<'a> {
    thread: &'a Thread,
    op: CompareOp,
    key: Option<Ref<'a>>,
    found: Option<(Value, Option<Value>)>,
}

impl Best<'_> {
    fn offer(&mut self, item: Value) -> PyResult<bool> {
        let key = match self.key {
            Some(key) => Some(protocol::call(self.thread, key, std::slice::from_ref(&item), None)?),
            None => None,
        };
        let is_better = match &self.found {
            None => true,
            Some((best, best_key)) => {
                let new = key.as_ref().unwrap_or(&item).as_ref();
                let old = best_key.as_ref().unwrap_or(best).as_ref();
                protocol::holds(self.thread, new, old, self.op)?
            }
        };
        if is_better {
            drop(self.found.replace((item, key)));
        }
        Ok(true)
    }
}

const SUM: Parameters<2> = Parameters {
    function: "sum",
    names: ["iterable", "start"],
    positional_only: 1,
    positional: 2,
    required: 1,
};

pub(super) fn sum(
    thread: &Thread,
    this: Ref<'_>,
    arguments: &[Value],
    names: Option<&PyTuple>,
) -> PyResult<Value> {
    let [iterable, start] = SUM.bind(thread, arguments, names)?;
    let start = start.map_or(Value::small(0), Ref::to_value);
    let refused = [
        (start.as_ref().get::<PyStr>().is_some(), "strings", "''"),
        (start.as_ref().get::<PyBytes>().is_some(), "bytes", "b''"),
        (start.as_ref().get::<PyByteArray>().is_some(), "bytearray", "b''"),
    ];
    if let Some((_, what, empty)) = refused.into_iter().find(|(is, ..)| *is) {
        return Err(raise!(thread, TYPE_ERROR, "sum() can't sum {what} [use {empty}.join(seq) instead]"));
    }
    let mut total = Total::of(start);
    for_each(thread, iterable.unwrap_or(this), |item| {
        if let Total::Int(sum) = &mut total
            && let Some(more) = item.word().as_int().and_then(|int| sum.checked_add(int))
        {
            *sum = more;
            return Ok(true);
        }
        total = std::mem::replace(&mut total, Total::Int(0)).plus(thread, item)?;
        Ok(true)
    })?;
    total.finish(thread)
}

/// A sum so far: as long as it can be in a machine's number, then as an object.
enum Total {
    Int(i64),
    Float(CompensatedSum),
    Complex([CompensatedSum; 2]),
    Object(Value),
}

impl Total {
    fn of(start: Value) -> Total {
        let word = start.word();
        if let Some(int) = word.as_int() {
            return Total::Int(int);
        }
        if let Some(float) = is_exact_float(start.as_ref()) {
            return Total::Float(CompensatedSum::new(float));
        }
        match start.as_ref().get_exact::<PyComplex>() {
            Some(complex) => Total::Complex(complex.parts().map(CompensatedSum::new)),
            None => Total::Object(start),
        }
    }

    fn plus(self, thread: &Thread, item: Value) -> PyResult<Total> {
        let small = item.word().as_int();
        let float = is_exact_float(item.as_ref());
        Ok(match self {
            Total::Int(sum) => match small.and_then(|int| sum.checked_add(int)) {
                Some(sum) => Total::Int(sum),
                None => {
                    let sum = Value::int(thread, sum)?;
                    Total::of(binary(thread, sum.as_ref(), item.as_ref(), BinaryOp::Add)?)
                }
            },
            Total::Float(mut sum) => {
                if let Some(float) = float {
                    sum.add(float);
                } else if let Some(int) = small {
                    sum.add_plain(int as f64);
                } else {
                    let sum = Value::float(thread, sum.total())?;
                    return Ok(Total::of(binary(thread, sum.as_ref(), item.as_ref(), BinaryOp::Add)?));
                }
                Total::Float(sum)
            }
            Total::Complex([mut real, mut imaginary]) => {
                if let Some(complex) = item.as_ref().get_exact::<PyComplex>() {
                    let [a, b] = complex.parts();
                    real.add(a);
                    imaginary.add(b);
                } else if let Some(float) = float {
                    real.add(float);
                } else if let Some(int) = small {
                    real.add_plain(int as f64);
                } else {
                    let sum = PyComplex::new(thread, real.total(), imaginary.total())?.into_value();
                    return Ok(Total::of(binary(thread, sum.as_ref(), item.as_ref(), BinaryOp::Add)?));
                }
                Total::Complex([real, imaginary])
            }
            Total::Object(sum) => Total::Object(binary(thread, sum.as_ref(), item.as_ref(), BinaryOp::Add)?),
        })
    }

    fn finish(self, thread: &Thread) -> PyResult<Value> {
        match self {
            Total::Int(sum) => Value::int(thread, sum),
            Total::Float(sum) => Value::float(thread, sum.total()),
            Total::Complex([real, imaginary]) => {
                Ok(PyComplex::new(thread, real.total(), imaginary.total())?.into_value())
            }
            Total::Object(sum) => Ok(sum),
        }
    }
}
