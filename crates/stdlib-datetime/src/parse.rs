//! ISO 8601 as `fromisoformat` reads it: all of it but ordinal dates and fractions of hours and minutes.
//! Texts are slices of code points; digits are those of ASCII.

use crate::civil;
use crate::fields::{Clock, Day};

/// A time, and its offset from UTC in microseconds if there was one.
pub(crate) struct Time {
    /// Hour (24 is the end of the day), minute, second, microsecond.
    pub(crate) clock: Clock,
    /// The offset.
    pub(crate) offset: Option<i128>,
}

fn is(c: Option<&u32>, wanted: char) -> bool {
    c.is_some_and(|c| *c == u32::from(wanted))
}

/// Reads so many digits from a place on.
fn digits(text: &[u32], at: usize, count: usize) -> Option<i64> {
    let part = text.get(at..at + count)?;
    part.iter().try_fold(0, |number, c| Some(number * 10 + i64::from(char::from_u32(*c)?.to_digit(10)?)))
}

fn is_digit(c: Option<&u32>) -> bool {
    c.is_some_and(|c| (0x30..=0x39).contains(c))
}

/// A date: `YYYY-MM-DD`, `YYYYMMDD`, `YYYY-Www[-D]`, `YYYYWww[D]`. The fields may be out of range.
pub(crate) fn day(text: &[u32]) -> Option<Day> {
    if !matches!(text.len(), 7 | 8 | 10) {
        return None;
    }
    let year = digits(text, 0, 4)?;
    let dashed = is(text.get(4), '-');
    let at = if dashed { 5 } else { 4 };
    if is(text.get(at), 'W') {
        let week = digits(text, at + 1, 2)?;
        let mut at = at + 3;
        let mut weekday = 1;
        if at < text.len() {
            if dashed && !is(text.get(at), '-') {
                return None;
            }
            at += usize::from(dashed);
            weekday = digits(text, at, 1)?;
            at += 1;
        }
        if at != text.len() {
            return None;
        }
        return civil::from_iso(year, week, weekday).ok();
    }
    let month = digits(text, at, 2)?;
    let mut at = at + 2;
    if dashed {
        if !is(text.get(at), '-') {
            return None;
        }
        at += 1;
    }
    let day = digits(text, at, 2)?;
    (at + 2 == text.len()).then_some([year, month, day])
}

/// Where the date of a date and time ends. A week without a day of the week, before a time without a sign between, can
/// be told by what follows only.
pub(crate) fn separator(text: &[u32]) -> Option<usize> {
    if text.len() < 7 {
        return None;
    }
    if text.len() == 7 {
        return Some(7);
    }
    if is(text.get(4), '-') {
        if !is(text.get(5), 'W') {
            return Some(10);
        }
        if !is(text.get(8), '-') {
            return Some(8);
        }
        if text.len() == 9 {
            return None;
        }
        // `YYYY-Www-HH`: a dash between date and time is likelier than a digit
        return Some(if is_digit(text.get(10)) { 8 } else { 10 });
    }
    if !is(text.get(4), 'W') {
        return Some(8);
    }
    let end = (7..text.len()).find(|at| !is_digit(text.get(*at))).unwrap_or(text.len());
    Some(match end {
        0..9 => end,
        _ if end % 2 == 0 => 7,
        _ => 8,
    })
}

/// Hours, minutes, seconds and a fraction; says whether something is left.
fn clock(text: &[u32]) -> Option<(Clock, bool)> {
    let mut out = [0; 4];
    let mut at = 0;
    let mut colons = true;
    for part in 0..3 {
        *out.get_mut(part)? = digits(text, at, 2)?;
        at += 2;
        let Some(next) = text.get(at) else { return Some((out, false)) };
        at += 1;
        if part == 0 {
            colons = is(Some(next), ':');
        }
        let is_mark = is(Some(next), '.') || is(Some(next), ',');
        if at >= text.len() {
            // a mark that nothing stands behind
            if is_mark {
                return None;
            }
            return Some((out, true));
        }
        if colons && is(Some(next), ':') {
            if part == 2 {
                return None;
            }
        } else if is_mark {
            if part < 2 {
                return None;
            }
            break;
        } else if colons {
            return None;
        } else {
            at -= 1;
        }
    }
    let count = text.len().saturating_sub(at).min(6);
    if count == 0 {
        return None;
    }
    let fraction = digits(text, at, count)?;
    *out.get_mut(3)? = fraction * 10_i64.pow(6 - count as u32);
    at += count;
    while is_digit(text.get(at)) {
        at += 1;
    }
    Some((out, at < text.len()))
}

/// A time with an offset from UTC, if there is one. The fields may be out of range.
pub(crate) fn time(text: &[u32]) -> Option<Time> {
    let is_sign = |c: &u32| matches!(char::from_u32(*c), Some('+' | '-' | 'Z'));
    let end = text.iter().position(is_sign);
    let (own, zone) = text.split_at(end.unwrap_or(text.len()));
    let (fields, left) = clock(own)?;
    let Some((sign, zone)) = zone.split_first() else {
        return (!left).then_some(Time { clock: fields, offset: None });
    };
    if is(Some(sign), 'Z') {
        return zone.is_empty().then_some(Time { clock: fields, offset: Some(0) });
    }
    let ([hour, minute, second, micro], left) = clock(zone)?;
    if left {
        return None;
    }
    let size = i128::from(hour * 3600 + minute * 60 + second) * 1_000_000 + i128::from(micro);
    Some(Time { clock: fields, offset: Some(if is(Some(sign), '-') { -size } else { size }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<u32> {
        text.chars().map(u32::from).collect()
    }

    #[test]
    fn the_end_of_a_date_is_found() {
        for (text, end) in [
            ("2020-01-01T10", 10),
            ("20200101T10", 8),
            ("2020-W01-1T10", 10),
            ("2020-W01T10", 8),
            ("2020W011T10", 8),
            ("2020W01T10", 7),
        ] {
            assert_eq!(separator(&points(text)), Some(end), "{text}");
        }
    }

    #[test]
    fn fractions_are_cut_to_microseconds() {
        let time = time(&points("10:00:00,1234567")).expect("a time");
        assert_eq!(time.clock, [10, 0, 0, 123_456]);
    }
}
