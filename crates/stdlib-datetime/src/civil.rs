//! The proleptic Gregorian calendar in numbers: days, ordinals, ISO weeks. Day 1 is the first of January of year 1.

/// The first year that there is.
pub(crate) const MIN_YEAR: i64 = 1;
/// The last year that there is.
pub(crate) const MAX_YEAR: i64 = 9999;
/// The ordinal of the last day that there is.
pub(crate) const MAX_ORDINAL: i64 = 3_652_059;
/// The ordinal of the first of January 1970.
pub(crate) const EPOCH_ORDINAL: i64 = 719_163;

const BEFORE_MONTH: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Whether a year has a 29th of February.
pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days of a year that stand before a month.
pub(crate) fn days_before_month(year: i64, month: i64) -> i64 {
    let days = BEFORE_MONTH.get(month.clamp(1, 12) as usize).copied().unwrap_or(0);
    days + i64::from(month > 2 && is_leap(year))
}

/// The days before the first of January of a year.
fn days_before_year(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400)
}

/// The ordinal of a date.
pub(crate) fn ordinal(year: i64, month: i64, day: i64) -> i64 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// The date of an ordinal.
pub(crate) fn date_of(ordinal: i64) -> [i64; 3] {
    let days = ordinal - 1;
    let mut year = days.div_euclid(146_097) * 400 + days.rem_euclid(146_097) * 400 / 146_097 + 1;
    // the estimate is off by one at most
    while days_before_year(year) > days {
        year -= 1;
    }
    while days_before_year(year + 1) <= days {
        year += 1;
    }
    let within = days - days_before_year(year);
    let mut month = (within / 32 + 1).min(12);
    while month < 12 && days_before_month(year, month + 1) <= within {
        month += 1;
    }
    [year, month, within - days_before_month(year, month) + 1]
}

/// The day of the week, Monday is 0.
pub(crate) fn weekday(year: i64, month: i64, day: i64) -> i64 {
    (ordinal(year, month, day) + 6).rem_euclid(7)
}

/// The ordinal of the Monday that the first ISO week of a year begins with.
fn first_monday(year: i64) -> i64 {
    let first = ordinal(year, 1, 1);
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// ISO year, week and day of the week of a date.
pub(crate) fn iso_calendar(year: i64, month: i64, day: i64) -> [i64; 3] {
    let today = ordinal(year, month, day);
    let mut year = year;
    let mut monday = first_monday(year);
    if today < monday {
        year -= 1;
        monday = first_monday(year);
    } else if today >= first_monday(year + 1) {
        year += 1;
        monday = first_monday(year);
    }
    [year, (today - monday) / 7 + 1, (today - monday) % 7 + 1]
}

/// What is wrong with an ISO date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IsoError {
    /// The year.
    Year,
    /// The week.
    Week,
    /// The day of the week.
    Day,
}

/// The date of an ISO year, week and day of the week.
pub(crate) fn from_iso(year: i64, week: i64, day: i64) -> Result<[i64; 3], IsoError> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(IsoError::Year);
    }
    let weeks = (first_monday(year + 1) - first_monday(year)) / 7;
    if !(1..=weeks).contains(&week) {
        return Err(IsoError::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Day);
    }
    Ok(date_of(first_monday(year) + (week - 1) * 7 + day - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_and_dates_agree() {
        for day in (1..=MAX_ORDINAL).step_by(13).chain(-1000..1000).chain(MAX_ORDINAL - 400..=MAX_ORDINAL) {
            let [year, month, date] = date_of(day);
            assert_eq!(ordinal(year, month, date), day);
            assert!((1..=days_in_month(year, month)).contains(&date));
        }
        assert_eq!(ordinal(1970, 1, 1), EPOCH_ORDINAL);
        assert_eq!(ordinal(9999, 12, 31), MAX_ORDINAL);
    }

    #[test]
    fn iso_weeks_and_dates_agree() {
        for day in (400..MAX_ORDINAL - 400).step_by(3) {
            let [year, month, date] = date_of(day);
            let [iso, week, weekday] = iso_calendar(year, month, date);
            assert_eq!(from_iso(iso, week, weekday), Ok([year, month, date]));
        }
    }
}
