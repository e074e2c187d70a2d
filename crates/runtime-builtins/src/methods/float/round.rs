//! `float.__round__`: exact decimal rounding, ties to even.

use std::cmp::Ordering;

use taipan_object::protocol::number;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use super::receiver;
use crate::arguments::{check_count, to_bound};

/// A float has no digit this far behind the point, and none is that far before it.
const MOST_BEHIND: isize = 323;
const MOST_BEFORE: isize = 308;

pub(super) fn round(thread: &Thread, this: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "__round__", arguments.len(), 0, 1)?;
    let value = receiver(thread, this)?;
    let Some(digits) = arguments.first().filter(|digits| !digits.as_ref().is_none()) else {
        return Value::int_from_f64(thread, value.round_ties_even());
    };
    let digits = number::index(thread, digits.as_ref())?;
    let digits = to_bound(thread, Some(digits.as_ref()))?.unwrap_or(0);
    if !value.is_finite() || digits > MOST_BEHIND {
        return Value::float(thread, value);
    }
    if digits < -MOST_BEFORE {
        return Value::float(thread, 0.0 * value);
    }
    let rounded = rounded(value, digits);
    if rounded.is_infinite() {
        return Err(raise!(thread, OVERFLOW_ERROR, "rounded value too large to represent"));
    }
    Value::float(thread, rounded)
}

/// Rounds a finite float; infinite if the result is too large.
fn rounded(value: f64, digits: isize) -> f64 {
    if let Ok(digits) = usize::try_from(digits) {
        return format!("{value:.digits$}").parse().unwrap_or(value);
    }
    let exact = format!("{:.1100e}", value.abs());
    let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let exponent: isize = exponent.parse().unwrap_or(0);
    let magnitude = match (exponent + digits).cmp(&-1) {
        Ordering::Greater => {
            let behind = (exponent + digits).unsigned_abs();
            format!("{:.behind$e}", value.abs()).parse().unwrap_or(f64::INFINITY)
        }
        // one digit too few: up if it is more than half
        Ordering::Equal if mantissa > "5" && mantissa.trim_end_matches(['0', '.']) != "5" => {
            format!("1e{}", exponent + 1).parse().unwrap_or(f64::INFINITY)
        }
        _ => 0.0,
    };
    magnitude.copysign(value)
}
