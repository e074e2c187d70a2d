//! Time zones as POSIX writes them (the variable `TZ`): `EST5EDT,M3.2.0,M11.1.0`. Instants are seconds since 1970.
//! Invariant: what is read of a text is in range, so that reckoning with it cannot overflow.

use crate::civil;

/// One of the two times of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// How far it is from UTC, in seconds.
    pub(super) offset: i64,
    pub(super) name: String,
}

/// The zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) standard: Kind,
    pub(super) summer: Option<Summer>,
}

/// Summer time: what it is, when it begins and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Summer {
    pub(super) kind: Kind,
    start: Change,
    end: Change,
}

/// When in a year clocks are changed: a day, and seconds since its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    day: Day,
    seconds: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// `Mm.w.d`: a weekday, Sunday being 0, in the week of a month; the fifth is the last one.
    Week { month: i64, week: i64, weekday: i64 },
    /// `Jn`: counted from 1, without the 29th of February.
    Julian(i64),
    /// `n`: counted with it. POSIX counts from 0; the reference takes `n` for the n-th day all the same.
    Counted(i64),
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    StandardName,
    StandardOffset,
    SummerName,
    SummerOffset,
    NoRules,
    Rules,
    Rest,
}

impl Wrong {
    /// The beginning of the message; the text follows.
    pub(super) fn message(self) -> &'static str {
        match self {
            Wrong::StandardName => "Invalid STD format in",
            Wrong::StandardOffset => "Invalid STD offset in",
            Wrong::SummerName => "Invalid DST format in",
            Wrong::SummerOffset => "Invalid DST offset in",
            Wrong::NoRules => "Missing transition rules in TZ string:",
            Wrong::Rules => "Malformed transition rule in TZ string:",
            Wrong::Rest => "Extraneous characters at end of TZ string:",
        }
    }
}

/// A text that is read from its beginning on.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// The bytes at the beginning that belong together.
    fn while_is(&mut self, belongs: fn(&u8) -> bool) -> String {
        let end = self.rest.iter().position(|byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (found, rest) = self.rest.split_at(end);
        self.rest = rest;
        found.iter().map(|&byte| char::from(byte)).collect()
    }

    /// A number of some digits at least, and some at most.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(count).filter(|_| count >= least)?;
        self.rest = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    /// A name, in angle brackets or of letters alone.
    fn name(&mut self) -> Option<String> {
        let name = if self.take(b'<') {
            let name = self.while_is(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
            self.take(b'>').then_some(name)?
        } else {
            self.while_is(u8::is_ascii_alphabetic)
        };
        (!name.is_empty()).then_some(name)
    }

    /// `[+-]h[hh][:mm[:ss]]` in seconds.
    fn time(&mut self, most_hours: i64) -> Option<i64> {
        let negative = self.take(b'-');
        if !negative {
            self.take(b'+');
        }
        let hours = self.number(1, 3).filter(|hours| *hours <= most_hours)?;
        let mut seconds = hours * 3600;
        if self.take(b':') {
            seconds += self.number(2, 2)? * 60;
            if self.take(b':') {
                seconds += self.number(2, 2)?;
            }
        }
        Some(if negative { -seconds } else { seconds })
    }

    fn change(&mut self) -> Option<Change> {
        let day = if self.take(b'M') {
            let month = self.number(1, 2)?;
            let week = self.take(b'.').then(|| self.number(1, 1))??;
            let weekday = self.take(b'.').then(|| self.number(1, 1))??;
            let is_day = (1..=12).contains(&month) && (1..=5).contains(&week) && weekday <= 6;
            is_day.then_some(Day::Week { month, week, weekday })?
        } else if self.take(b'J') {
            Day::Julian(self.number(1, 3).filter(|day| (1..=365).contains(day))?)
        } else {
            Day::Counted(self.number(1, 3).filter(|day| *day <= 365)?)
        };
        let seconds = if self.take(b'/') { self.time(167)? } else { 2 * 3600 };
        Some(Change { day, seconds })
    }
}

/// Reads a text.
pub(super) fn parse(text: &[u8]) -> Result<Rule, Wrong> {
    // to the west is positive there
    let offset = |reader: &mut Reader<'_>| reader.time(24).map(|seconds| -seconds);
    let mut reader = Reader { rest: text };
    let name = reader.name().ok_or(Wrong::StandardName)?;
    let standard = Kind { offset: offset(&mut reader).ok_or(Wrong::StandardOffset)?, name };
    if reader.rest.is_empty() {
        return Ok(Rule { standard, summer: None });
    }
    let name = reader.name().ok_or(Wrong::SummerName)?;
    let offset = match reader.rest.first() {
        Some(b',') => standard.offset + 3600,
        _ => offset(&mut reader).ok_or(Wrong::SummerOffset)?,
    };
    let mut changes = [Change { day: Day::Counted(0), seconds: 0 }; 2];
    for change in &mut changes {
        if !reader.take(b',') {
            return Err(Wrong::NoRules);
        }
        *change = reader.change().ok_or(Wrong::Rules)?;
    }
    if !reader.rest.is_empty() {
        return Err(Wrong::Rest);
    }
    let [start, end] = changes;
    Ok(Rule { standard, summer: Some(Summer { kind: Kind { offset, name }, start, end }) })
}

impl Change {
    /// When it is in a year, in local time.
    fn in_year(self, year: i64) -> i64 {
        let ordinal = match self.day {
            Day::Counted(day) => civil::ordinal(year, 1, 1) + day - 1,
            Day::Julian(day) => {
                civil::ordinal(year, 1, 1) + day - 1 + i64::from(day >= 60 && civil::is_leap(year))
            }
            Day::Week { month, week, weekday } => {
                // the first day of the month is such a day of a week, Sunday being 0
                let first = (civil::weekday(year, month, 1) + 1) % 7;
                let mut day = (weekday - first).rem_euclid(7) + 1 + (week - 1) * 7;
                if day > civil::days_in_month(year, month) {
                    day -= 7;
                }
                civil::ordinal(year, month, day)
            }
        };
        (ordinal - civil::EPOCH_ORDINAL) * 86_400 + self.seconds
    }
}

/// Whether a time is in a part of the year, which may go over its end.
fn is_between(time: i64, start: i64, end: i64) -> bool {
    if start < end { (start..end).contains(&time) } else { !(end..start).contains(&time) }
}

impl Summer {
    /// Whether it is summer at a local time. In the gap and in the fold, `fold` says on which side it is (PEP 495).
    pub(super) fn holds(&self, standard: &Kind, time: i64, year: i64, fold: bool) -> bool {
        let (mut start, mut end) = (self.start.in_year(year), self.end.in_year(year));
        let more = self.kind.offset - standard.offset;
        if fold == (more >= 0) {
            end -= more;
        } else {
            start += more;
        }
        is_between(time, start, end)
    }

    /// Whether it is summer at an instant, and whether the local time then is there for the second time.
    pub(super) fn holds_at(&self, standard: &Kind, instant: i64, year: i64) -> (bool, bool) {
        let start = self.start.in_year(year) - standard.offset;
        let end = self.end.in_year(year) - self.kind.offset;
        let more = self.kind.offset - standard.offset;
        let fold = if more > 0 { end..end + more } else { start..start - more };
        (is_between(instant, start, end), fold.contains(&instant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_of_new_york() {
        let rule = parse(b"EST5EDT,M3.2.0,M11.1.0").unwrap();
        assert_eq!((rule.standard.offset, rule.standard.name.as_str()), (-18_000, "EST"));
        let summer = rule.summer.unwrap();
        // 2020-03-08 07:00 UTC
        assert_eq!(summer.holds_at(&rule.standard, 1_583_650_799, 2020), (false, false));
        assert_eq!(summer.holds_at(&rule.standard, 1_583_650_800, 2020), (true, false));
        // the second hour from one to two of 2020-11-01
        assert_eq!(summer.holds_at(&rule.standard, 1_604_210_400, 2020), (false, true));
        assert_eq!(summer.holds_at(&rule.standard, 1_604_214_000, 2020), (false, false));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, wrong) in [
            ("+11", Wrong::StandardName),
            ("AAA4:5", Wrong::StandardOffset),
            ("A4<B,M1.1.1", Wrong::SummerName),
            ("AAA4BBB25,M1.1.1,M2.1.1", Wrong::SummerOffset),
            ("AAA4BBB,1000,2", Wrong::NoRules),
            ("AAA4BBB,366,365", Wrong::Rules),
            ("AAA4BBB,M1.1.1,M1.1.1x", Wrong::Rest),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(wrong), "{text}");
        }
    }
}
