//! Strings of JSON: written with escapes, and read.

use taipan_object::str::{Chars, PyStr, StrBuilder};
use taipan_object::{Owned, PyResult, Raised, Ref, Thread, raise};

/// Which characters are written as they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// Those of ASCII.
    Ascii,
    /// All but quotes, backslashes and controls.
    All,
}

/// A character of a string's storage.
pub(super) trait Unit: Copy {
    /// Its code point.
    fn point(self) -> u32;
}

impl Unit for u8 {
    #[inline(always)]
    fn point(self) -> u32 {
        self.into()
    }
}

impl Unit for u16 {
    #[inline(always)]
    fn point(self) -> u32 {
        self.into()
    }
}

impl Unit for u32 {
    #[inline(always)]
    fn point(self) -> u32 {
        self
    }
}

/// The string that a function was given.
pub(super) fn text_of<'a>(thread: &Thread, value: Ref<'a>) -> PyResult<&'a PyStr> {
    value.get::<PyStr>().ok_or_else(|| {
        let got = value.ty().short_name();
        raise!(thread, TYPE_ERROR, "first argument must be a string, not {got}")
    })
}

/// Writes a string with its quotes.
pub(super) fn write(thread: &Thread, out: &mut StrBuilder, text: &PyStr, plain: Plain) -> PyResult<()> {
    out.push_str(thread, "\"")?;
    match text.chars() {
        Chars::One(chars) => write_chars(thread, out, text, chars, plain)?,
        Chars::Two(chars) => write_chars(thread, out, text, chars, plain)?,
        Chars::Four(chars) => write_chars(thread, out, text, chars, plain)?,
    }
    out.push_str(thread, "\"")
}

fn write_chars<C: Unit>(
    thread: &Thread,
    out: &mut StrBuilder,
    text: &PyStr,
    chars: &[C],
    plain: Plain,
) -> PyResult<()> {
    let is_plain = |point: u32| {
        let in_ascii = matches!(point, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        in_ascii || plain == Plain::All && point >= 0x7F
    };
    let mut from = 0;
    for (at, point) in chars.iter().map(|unit| unit.point()).enumerate() {
        if is_plain(point) {
            continue;
        }
        if from < at {
            out.push_part(thread, text, from, at)?;
        }
        escape(thread, out, point)?;
        from = at + 1;
    }
    if from < chars.len() { out.push_part(thread, text, from, chars.len()) } else { Ok(()) }
}

fn escape(thread: &Thread, out: &mut StrBuilder, point: u32) -> PyResult<()> {
    let short = match point {
        0x22 => "\\\"",
        0x5C => "\\\\",
        0x0A => "\\n",
        0x0D => "\\r",
        0x09 => "\\t",
        0x0C => "\\f",
        0x08 => "\\b",
        0x1_0000.. => {
            let rest = point - 0x1_0000;
            let (high, low) = (0xD800 | rest >> 10, 0xDC00 | rest & 0x3FF);
            return out.push_str(thread, &format!("\\u{high:04x}\\u{low:04x}"));
        }
        _ => return out.push_str(thread, &format!("\\u{point:04x}")),
    };
    out.push_str(thread, short)
}

/// Where a string could not be read, and why.
pub(super) enum Failure {
    /// It is not JSON: the message and the place.
    Json(&'static str, usize),
    /// An exception was raised.
    Raised(Raised),
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Failure {
        Failure::Raised(raised)
    }
}

/// Whether a character ends what is taken as it is.
#[inline(always)]
fn stops(point: u32) -> bool {
    point == 0x22 || point == 0x5C || point < 0x20
}

/// The end of what is plain from `from` on: the place of a quote, a backslash or a control, or the length.
#[inline]
pub(super) fn plain_end<C: Unit>(chars: &[C], from: usize) -> usize {
    let rest = chars.get(from..).unwrap_or_default();
    from + rest.iter().position(|unit| stops(unit.point())).unwrap_or(rest.len())
}

/// Reads a string from behind its quote on; gives it with the place behind the quote that ends it.
pub(super) fn scan<C: Unit>(
    thread: &Thread,
    text: &PyStr,
    chars: &[C],
    from: usize,
    strict: bool,
) -> Result<(Owned<PyStr>, usize), Failure> {
    let unterminated = || Failure::Json("Unterminated string starting at", from.saturating_sub(1));
    let mut at = plain_end(chars, from);
    if chars.get(at).is_some_and(|unit| unit.point() == 0x22) {
        return Ok((text.slice(thread, from, at)?, at + 1));
    }
    let mut out = StrBuilder::new();
    let mut begin = from;
    loop {
        out.push_part(thread, text, begin, at)?;
        match chars.get(at).map(|unit| unit.point()) {
            None => return Err(unterminated()),
            Some(0x22) => return Ok((out.finish(thread)?, at + 1)),
            Some(0x5C) => {
                let (point, next) = unescape(chars, at).map_err(|place| match place {
                    Some((message, place)) => Failure::Json(message, place),
                    None => unterminated(),
                })?;
                out.push_char(thread, point)?;
                begin = next;
            }
            Some(_) if strict => return Err(Failure::Json("Invalid control character at", at)),
            Some(control) => {
                out.push_char(thread, control)?;
                begin = at + 1;
            }
        }
        at = plain_end(chars, begin);
    }
}

type Escape = Result<(u32, usize), Option<(&'static str, usize)>>;

/// The character of an escape, whose backslash stands at `at`, and the place behind it. No place in an error is the end
/// of the text.
fn unescape<C: Unit>(chars: &[C], at: usize) -> Escape {
    let Some(letter) = chars.get(at + 1).map(|unit| unit.point()) else { return Err(None) };
    let point = match char::from_u32(letter) {
        Some('"') => 0x22,
        Some('\\') => 0x5C,
        Some('/') => 0x2F,
        Some('b') => 0x08,
        Some('f') => 0x0C,
        Some('n') => 0x0A,
        Some('r') => 0x0D,
        Some('t') => 0x09,
        Some('u') => {
            let first = hex(chars, at + 2).ok_or(Some(("Invalid \\uXXXX escape", at + 1)))?;
            let next = at + 6;
            let is_escape = |at: usize, wanted: u32| chars.get(at).is_some_and(|unit| unit.point() == wanted);
            if (0xD800..0xDC00).contains(&first)
                && is_escape(next, 0x5C)
                && is_escape(next + 1, 0x75)
                && let Some(second @ 0xDC00..0xE000) = hex(chars, next + 2)
            {
                return Ok((0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF), next + 6));
            }
            return Ok((first, next));
        }
        _ => return Err(Some(("Invalid \\escape: ", at))),
    };
    Ok((point, at + 2))
}

fn hex<C: Unit>(chars: &[C], at: usize) -> Option<u32> {
    chars
        .get(at..at + 4)?
        .iter()
        .try_fold(0, |value, unit| Some(value << 4 | char::from_u32(unit.point())?.to_digit(16)?))
}
