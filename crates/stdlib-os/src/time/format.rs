//! `strftime`, `asctime`, `ctime`: moments as text, in the C locale.

use taipan_host::{LocalTime, of};
use taipan_object::str::{PyStr, StrBuilder};
use taipan_object::{PyResult, Ref, Thread, Value, raise};
use taipan_runtime_builtins::arguments::check_count;

use super::civil::days_from_date;
use super::fields::{local, moment, read};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Brings fields that are zero to the beginning of the year, and raises for those that are out of range.
fn checked(thread: &Thread, mut time: LocalTime) -> PyResult<LocalTime> {
    for field in [&mut time.month, &mut time.day, &mut time.year_day] {
        *field = if *field == 0 { 1 } else { *field };
    }
    // the day of the week may be any that is not negative
    if time.weekday >= 0 {
        time.weekday %= 7;
    }
    let all = [
        (time.month, 1..=12, "month"),
        (time.day, 1..=31, "day of month"),
        (time.hour, 0..=23, "hour"),
        (time.minute, 0..=59, "minute"),
        (time.second, 0..=61, "seconds"),
        (time.weekday, 0..=6, "day of week"),
        (time.year_day, 1..=366, "day of year"),
    ];
    for (number, range, name) in all {
        if !range.contains(&number) {
            return Err(raise!(thread, VALUE_ERROR, "{name} out of range"));
        }
    }
    Ok(time)
}

fn name<'a>(names: &[&'a str], at: i32) -> &'a str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or("?")
}

fn short<'a>(names: &[&'a str], at: i32) -> &'a str {
    name(names, at).get(..3).unwrap_or("?")
}

fn asctime_text(time: &LocalTime) -> String {
    format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        short(&DAYS, time.weekday),
        short(&MONTHS, time.month - 1),
        time.day,
        time.hour,
        time.minute,
        time.second,
        time.year
    )
}

/// The tuple that a function was given; the local time without one.
fn given(thread: &Thread, function: &str, argument: Option<&Value>) -> PyResult<LocalTime> {
    match argument {
        Some(given) => read(thread, function, given.as_ref()),
        None => {
            let now = of(thread).now().map_err(|error| error.raise(thread))?;
            local(thread, now.seconds)
        }
    }
}

pub(super) fn asctime(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "asctime", arguments.len(), 0, 1)?;
    let time = checked(thread, given(thread, "asctime", arguments.first())?)?;
    Ok(PyStr::from_text(thread, &asctime_text(&time))?.into_value())
}

pub(super) fn ctime(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    let seconds = moment(thread, "ctime", arguments)?;
    let time = local(thread, seconds)?;
    Ok(PyStr::from_text(thread, &asctime_text(&time))?.into_value())
}

pub(super) fn strftime(thread: &Thread, _: Ref<'_>, arguments: &[Value]) -> PyResult<Value> {
    check_count(thread, "strftime", arguments.len(), 1, 2)?;
    let Some(form) = arguments.first().and_then(|form| form.as_ref().get::<PyStr>()) else {
        let got = arguments.first().map_or("None", |form| form.as_ref().ty().name());
        return Err(raise!(thread, TYPE_ERROR, "strftime() argument 1 must be str, not {got}"));
    };
    let time = checked(thread, given(thread, "strftime", arguments.get(1))?)?;
    let mut text = StrBuilder::new();
    let mut at = 0;
    while let Some(c) = form.char_at(at) {
        at += 1;
        if c != u32::from('%') {
            text.push_char(thread, c)?;
            continue;
        }
        match directive(thread, form, at, &time)? {
            Some((part, len)) => {
                text.push_str(thread, &part)?;
                at += len;
            }
            None => text.push_char(thread, c)?,
        }
    }
    Ok(text.finish(thread)?.into_value())
}

/// How a number is filled up, as glibc's flags say.
#[derive(Clone, Copy, Default)]
struct Layout {
    fill: Option<char>,
    bare: bool,
    upper: bool,
    swap: bool,
    width: usize,
}

impl Layout {
    fn number(self, value: i64, width: usize, fill: char) -> String {
        let (fill, width) = match self {
            Layout { bare: true, width: 0, .. } => return value.to_string(),
            Layout { bare: true, .. } => (self.fill.unwrap_or('0'), self.width),
            _ => (self.fill.unwrap_or(fill), self.width.max(if self.width > 0 { 0 } else { width })),
        };
        let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs().to_string());
        let room = width.saturating_sub(sign.len() + digits.len());
        let filling: String = std::iter::repeat_n(fill, room).collect();
        if fill == ' ' { format!("{filling}{sign}{digits}") } else { format!("{sign}{filling}{digits}") }
    }

    fn text(self, value: &str) -> String {
        let value = match self {
            Layout { upper: true, .. } => value.to_uppercase(),
            Layout { swap: true, .. } if value.chars().all(|c| !c.is_lowercase()) => value.to_lowercase(),
            Layout { swap: true, .. } => value.to_uppercase(),
            _ => value.to_owned(),
        };
        let fill = self.fill.unwrap_or(' ');
        let room = self.width.saturating_sub(value.chars().count());
        std::iter::repeat_n(fill, room).chain(value.chars()).collect()
    }
}

/// The text of a directive behind its `%`, and how long it is; none if there is no such directive.
fn directive(
    thread: &Thread,
    form: &PyStr,
    from: usize,
    time: &LocalTime,
) -> PyResult<Option<(String, usize)>> {
    let mut layout = Layout::default();
    let mut at = from;
    let char_at = |at: usize| form.char_at(at).and_then(char::from_u32);
    while let Some(c) = char_at(at) {
        match c {
            '_' => layout.fill = Some(' '),
            '-' => layout.bare = true,
            '0' => layout.fill = Some('0'),
            '^' => layout.upper = true,
            '#' => layout.swap = true,
            _ => break,
        }
        at += 1;
    }
    while let Some(digit) = char_at(at).and_then(|c| c.to_digit(10)) {
        layout.width = layout.width.saturating_mul(10).saturating_add(digit as usize).min(1 << 20);
        at += 1;
    }
    if let Some('E' | 'O') = char_at(at) {
        at += 1;
    }
    let Some(c) = char_at(at) else { return Ok(None) };
    let part = date_part(c, layout, time).or_else(|| time_part(c, layout, time));
    let part = match part {
        // a tuple that says no zone is in the local one
        Some(_) if c == 'Z' && time.zone.is_empty() && time.summer >= 0 => {
            let [usual, summer] = of(thread).zone().unwrap_or_default().names;
            Some(layout.text(if time.summer > 0 { &summer } else { &usual }))
        }
        None if c == 's' => {
            let seconds = of(thread).moment_of(time).map_err(|error| error.raise(thread))?;
            Some(layout.number(seconds, 1, '0'))
        }
        part => part,
    };
    Ok(part.map(|part| (part, at + 1 - from)))
}

fn date_part(c: char, layout: Layout, time: &LocalTime) -> Option<String> {
    let (year, day) = (time.year, i64::from(time.day));
    let (iso_year, iso_week) = iso_week(time);
    let sunday = i64::from((time.weekday + 1) % 7);
    let year_day = i64::from(time.year_day) - 1;
    Some(match c {
        'a' => layout.text(short(&DAYS, time.weekday)),
        'A' => layout.text(name(&DAYS, time.weekday)),
        'b' | 'h' => layout.text(short(&MONTHS, time.month - 1)),
        'B' => layout.text(name(&MONTHS, time.month - 1)),
        'c' => layout.text(&asctime_text(time)),
        'C' => layout.number(year.div_euclid(100), 2, '0'),
        'd' => layout.number(day, 2, '0'),
        'D' | 'x' => layout.text(&format!("{:02}/{day:02}/{:02}", time.month, year.rem_euclid(100))),
        'e' => layout.number(day, 2, ' '),
        'F' => {
            // the width is that of all, the year takes what is left
            let rest = Layout { width: layout.width.saturating_sub(6), ..layout };
            format!("{}-{:02}-{day:02}", rest.number(year, 1, '0'), time.month)
        }
        'g' => layout.number(iso_year.rem_euclid(100), 2, '0'),
        'G' => layout.number(iso_year, 1, '0'),
        'j' => layout.number(year_day + 1, 3, '0'),
        'm' => layout.number(time.month.into(), 2, '0'),
        'u' => layout.number(i64::from(time.weekday) + 1, 1, '0'),
        'U' => layout.number((year_day + 7 - sunday) / 7, 2, '0'),
        'V' => layout.number(iso_week, 2, '0'),
        'w' => layout.number(sunday, 1, '0'),
        'W' => layout.number((year_day + 7 - i64::from(time.weekday)) / 7, 2, '0'),
        'y' => layout.number(year.rem_euclid(100), 2, '0'),
        'Y' => layout.number(year, 1, '0'),
        _ => return None,
    })
}

fn time_part(c: char, layout: Layout, time: &LocalTime) -> Option<String> {
    let twelve = i64::from((time.hour + 11) % 12 + 1);
    let half = if time.hour < 12 { "AM" } else { "PM" };
    let (hour, minute, second) = (time.hour, time.minute, time.second);
    Some(match c {
        'H' => layout.number(hour.into(), 2, '0'),
        'I' => layout.number(twelve, 2, '0'),
        'k' => layout.number(hour.into(), 2, ' '),
        'l' => layout.number(twelve, 2, ' '),
        'M' => layout.number(minute.into(), 2, '0'),
        'n' => "\n".to_owned(),
        'p' => layout.text(half),
        'P' => layout.text(&half.to_lowercase()),
        'r' => layout.text(&format!("{twelve:02}:{minute:02}:{second:02} {half}")),
        'R' => layout.text(&format!("{hour:02}:{minute:02}")),
        'S' => layout.number(second.into(), 2, '0'),
        't' => "\t".to_owned(),
        'T' | 'X' => layout.text(&format!("{hour:02}:{minute:02}:{second:02}")),
        // nobody knows whether it is summer time
        'z' if time.summer < 0 => String::new(),
        'z' => {
            let (sign, offset) = (if time.offset < 0 { '-' } else { '+' }, time.offset.unsigned_abs());
            format!("{sign}{:02}{:02}", offset / 3600, offset / 60 % 60)
        }
        'Z' => layout.text(&time.zone),
        '%' => layout.text("%"),
        _ => return None,
    })
}

/// Year and week of ISO 8601, from the day of the week and the day of the year as they are given.
fn iso_week(time: &LocalTime) -> (i64, i64) {
    let (year_day, weekday) = (i64::from(time.year_day) - 1, i64::from(time.weekday));
    // weeks begin on Mondays; the first has the year's first Thursday
    let week = (year_day - weekday + 10) / 7;
    if week < 1 {
        let before = year_len(time.year - 1);
        return (time.year - 1, (year_day + before - weekday + 10) / 7);
    }
    if week == 53 && year_day - weekday + 3 >= year_len(time.year) {
        return (time.year + 1, 1);
    }
    (time.year, week)
}

fn year_len(year: i64) -> i64 {
    days_from_date(year + 1, 1, 1) - days_from_date(year, 1, 1)
}
