//! Ends of lines: which were met, and turning them into `\n`.

use taipan_object::str::{Chars, PyStr};
use taipan_object::tuple::TupleBuilder;
use taipan_object::{Owned, PyResult, Thread, Value};

/// `\r` was met.
pub(crate) const CR: u8 = 1;
/// `\n` was met.
pub(crate) const LF: u8 = 2;
/// `\r\n` was met.
pub(crate) const CRLF: u8 = 4;

/// What is known of the ends of lines so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Newlines {
    /// Whether all become `\n`.
    pub(crate) translates: bool,
    /// Whether a `\r` was held back, for a `\n` may come behind it.
    pub(crate) pending: bool,
    /// Those that were met.
    pub(crate) seen: u8,
}

/// The position of a character in a text, from a position on.
pub(crate) fn find(text: &PyStr, wanted: u8, from: usize) -> Option<usize> {
    match text.chars() {
        Chars::One(chars) => memchr::memchr(wanted, chars.get(from..)?).map(|at| at + from),
        Chars::Two(chars) => chars.get(from..)?.iter().position(|&c| c == wanted.into()).map(|at| at + from),
        Chars::Four(chars) => chars.get(from..)?.iter().position(|&c| c == wanted.into()).map(|at| at + from),
    }
}

/// Whether a text has this ASCII character.
pub(crate) fn has(text: &PyStr, wanted: u8) -> bool {
    find(text, wanted, 0).is_some()
}

impl Newlines {
    /// Notes the ends of lines of a part of a text, and turns them into `\n` if that is wanted.
    pub(crate) fn process(
        &mut self,
        thread: &Thread,
        text: Owned<PyStr>,
        is_final: bool,
    ) -> PyResult<Owned<PyStr>> {
        if !self.pending && !has(&text, b'\r') {
            if self.seen & LF == 0 && has(&text, b'\n') {
                self.seen |= LF;
            }
            return Ok(text);
        }
        if text.is_empty() && !is_final {
            return Ok(text);
        }
        let mut points: Vec<u32> = Vec::new();
        if points.try_reserve(text.len() + 1).is_err() {
            return Err(thread.raise_memory_error());
        }
        points.extend(self.pending.then_some(u32::from('\r')));
        points.extend((0..text.len()).filter_map(|at| text.char_at(at)));
        self.pending = points.last() == Some(&u32::from('\r')) && !is_final;
        if self.pending {
            points.pop();
        }
        self.note(&points);
        if self.translates {
            translate(&mut points);
        }
        PyStr::from_code_points(thread, &points)
    }

    fn note(&mut self, points: &[u32]) {
        let mut before = 0;
        for &c in points {
            match (before, c) {
                (13, 10) => self.seen |= CRLF,
                (13, _) => self.seen |= CR,
                (_, 10) => self.seen |= LF,
                _ => {}
            }
            before = c;
        }
        if before == 13 {
            self.seen |= CR;
        }
    }

    /// `newlines`: `None`, one, or a tuple of several.
    pub(crate) fn value(&self, thread: &Thread) -> PyResult<Value> {
        let all = [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")];
        let met: Vec<&str> =
            all.into_iter().filter(|(bit, _)| self.seen & bit != 0).map(|(_, text)| text).collect();
        match met.as_slice() {
            [] => Ok(Value::none()),
            [one] => Ok(PyStr::from_text(thread, one)?.into_value()),
            several => {
                let mut tuple = TupleBuilder::new(thread, several.len())?;
                for text in several {
                    tuple.push(PyStr::from_text(thread, text)?.into_value());
                }
                Ok(tuple.finish().into_value())
            }
        }
    }
}

/// Turns `\r` and `\r\n` into `\n`.
fn translate(points: &mut Vec<u32>) {
    let mut before = 0;
    points.retain_mut(|c| {
        let original = *c;
        let keeps = !(before == 13 && original == 10);
        if original == 13 {
            *c = 10;
        }
        before = original;
        keeps
    });
}
