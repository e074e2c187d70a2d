//! `float.fromhex`: hexadecimal digits with a binary exponent, rounded to nearest, ties to even.

use taipan_object::str::PyStr;
use taipan_object::{PyResult, Raised, Ref, Thread, Value, protocol, raise};

pub(super) fn fromhex(thread: &Thread, class: Ref<'_>, text: Ref<'_>) -> PyResult<Value> {
    let Some(text) = text.get::<PyStr>() else {
        return Err(raise!(thread, TYPE_ERROR, "bad argument type for built-in operation"));
    };
    let float = Value::float(thread, read(thread, &text.to_text_lossy())?)?;
    match class.is(taipan_object::as_ref(&taipan_object::types::statics::FLOAT)) {
        true => Ok(float),
        false => protocol::call(thread, class, &[float], None),
    }
}

#[cold]
fn invalid(thread: &Thread) -> Raised {
    raise!(thread, VALUE_ERROR, "invalid hexadecimal floating-point string")
}

fn too_large(thread: &Thread) -> Raised {
    raise!(thread, OVERFLOW_ERROR, "hexadecimal value too large to represent as a float")
}

fn read(thread: &Thread, text: &str) -> PyResult<f64> {
    let text = text.trim_matches(|c: char| matches!(c, '\t'..='\r' | ' '));
    let (negative, text) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..).unwrap_or_default()),
        [b'+', ..] => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let magnitude = match text.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        lower => {
            let (digits, exponent) = parts(lower).ok_or_else(|| invalid(thread))?;
            compose(&digits, exponent).ok_or_else(|| too_large(thread))?
        }
    };
    Ok(if negative { -magnitude } else { magnitude })
}

/// The digits without point, and the power of two that the last one counts.
fn parts(text: &str) -> Option<(Vec<u8>, i64)> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let (mantissa, exponent) = match text.split_once('p') {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            // beyond any float, but not beyond what can be added to
            let most = if exponent.starts_with('-') { -(1 << 40) } else { 1 << 40 };
            (mantissa, exponent.parse::<i64>().unwrap_or(most).clamp(-(1 << 40), 1 << 40))
        }
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Option<Vec<u8>> =
        whole.chars().chain(fraction.chars()).map(|c| Some(c.to_digit(16)? as u8)).collect();
    let digits = digits.filter(|digits| !digits.is_empty())?;
    Some((digits, exponent - 4 * fraction.len() as i64))
}

/// The float nearest to an integer times a power of two; none if it is too large.
fn compose(digits: &[u8], exponent: i64) -> Option<f64> {
    let Some(first) = digits.iter().position(|&digit| digit != 0) else { return Some(0.0) };
    let digits = digits.get(first..)?;
    // 64 bits hold more than a float keeps; whether anything is below them is all that counts
    let (head, tail) = digits.split_at(digits.len().min(15));
    let mut mantissa = head.iter().fold(0_u64, |sum, &digit| sum << 4 | u64::from(digit));
    let mut exponent = exponent + 4 * tail.len() as i64;
    let sticky = tail.iter().any(|&digit| digit != 0);
    mantissa = mantissa << 1 | u64::from(sticky);
    exponent -= 1;
    let length = 64 - i64::from(mantissa.leading_zeros());
    // the power of two of the lowest bit that is kept
    let lowest = (exponent + length - 53).max(-1074);
    let drop = lowest - exponent;
    let kept = match drop {
        ..=0 => mantissa << u32::try_from(-drop).ok()?.min(63),
        1..=63 => {
            let half = 1_u64 << (drop - 1);
            let (kept, rest) = (mantissa >> drop, mantissa & (half * 2 - 1));
            kept + u64::from(rest > half || rest == half && kept & 1 != 0)
        }
        _ => 0,
    };
    let scale = if drop > 0 { lowest } else { exponent + drop };
    let value = scaled(kept as f64, scale);
    value.is_finite().then_some(value)
}

/// `value * 2^power`, exactly where the result is a float.
fn scaled(mut value: f64, mut power: i64) -> f64 {
    while power > 1000 && value.is_finite() {
        value *= 2_f64.powi(1000);
        power -= 1000;
    }
    while power < -1000 && value != 0.0 {
        value *= 2_f64.powi(-1000);
        power += 1000;
    }
    value * 2_f64.powi(power.clamp(-1000, 1000) as i32)
}
