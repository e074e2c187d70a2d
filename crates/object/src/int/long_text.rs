//! Long numbers from and to text in bases that are no powers of two, by halves. Invariant: as in `long.rs`, each part
//! is work of some twenty milliseconds, with a safepoint before it.

use dashu_int::UBig;

use super::long;
use crate::error::PyResult;
use crate::thread::Thread;

/// Digits that the library converts in one call.
pub(super) const DIGITS: usize = 1 << 16;

/// The powers of the base to [`DIGITS`] times one, two, four, … until one is of so many digits as are to be converted, or
/// until the last is above the limit.
fn powers(thread: &Thread, base: u32, is_enough: impl Fn(usize, &UBig) -> bool) -> PyResult<Vec<UBig>> {
    let mut powers = vec![long::power(thread, &UBig::from(base), DIGITS)?];
    let mut digits = DIGITS;
    while let Some(last) = powers.last()
        && !is_enough(digits, last)
    {
        let next = long::multiply(thread, last, last)?;
        powers.push(next);
        digits *= 2;
    }
    Ok(powers)
}

/// The digits of a number.
///
/// # Errors
/// What is raised at a safepoint; `MemoryError`.
pub(super) fn to_text(thread: &Thread, number: UBig, base: u32) -> PyResult<String> {
    // the last power's square is above the number
    let half = |power: &UBig| power.as_words().len() * 2 > number.as_words().len() + 1;
    let powers = powers(thread, base, |_, last| half(last))?;
    let mut text = String::new();
    write(thread, number, base, &powers, &mut text)?;
    Ok(text)
}

/// Appends the digits of a number that is below the square of the last power; zeros before them, unless it is the
/// beginning.
fn write(thread: &Thread, number: UBig, base: u32, powers: &[UBig], text: &mut String) -> PyResult<()> {
    let Some((power, below)) = powers.split_last() else {
        thread.safepoint()?;
        let digits = number.in_radix(base).to_string();
        // nothing but zeros is nothing at the beginning
        let (digits, missing) = match text.is_empty() {
            true => (digits.trim_start_matches('0'), 0),
            false => (digits.as_str(), DIGITS.saturating_sub(digits.len())),
        };
        if text.try_reserve(missing + digits.len()).is_err() {
            return Err(thread.raise_memory_error());
        }
        text.extend(std::iter::repeat_n('0', missing));
        text.push_str(digits);
        return Ok(());
    };
    let (high, low) = long::divide(thread, number, power)?;
    write(thread, high, base, below, text)?;
    write(thread, low, base, below, text)
}

/// The number of digits, which were looked at.
///
/// # Errors
/// What is raised at a safepoint.
pub(super) fn parse(thread: &Thread, digits: &str, base: u32) -> PyResult<Option<UBig>> {
    let powers = powers(thread, base, |of, _| of * 2 >= digits.len())?;
    read(thread, digits, base, &powers)
}

fn read(thread: &Thread, digits: &str, base: u32, powers: &[UBig]) -> PyResult<Option<UBig>> {
    let Some((power, below)) = powers.split_last() else {
        thread.safepoint()?;
        return Ok(if digits.is_empty() {
            Some(UBig::ZERO)
        } else {
            UBig::from_str_radix(digits, base).ok()
        });
    };
    let count = DIGITS << below.len();
    let Some((high, low)) = digits.len().checked_sub(count).and_then(|at| digits.split_at_checked(at)) else {
        return read(thread, digits, base, below);
    };
    match (read(thread, high, base, below)?, read(thread, low, base, below)?) {
        (Some(high), Some(low)) => Ok(Some(long::multiply(thread, &high, power)? + low)),
        _ => Ok(None),
    }
}
