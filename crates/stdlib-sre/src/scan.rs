//! One use of a pattern on a string: where it stands, what it found last.

use taipan_object::native::Native;
use taipan_object::str::Chars;
use taipan_object::{PyResult, Ref, Thread, Value, raise};

use crate::machine::{Demands, Machine};
use crate::match_object::{Match, Span};
use crate::pattern::Pattern;
use crate::subject::Subject;

/// A pattern at work.
pub(crate) struct Scan<'a> {
    pub(crate) pattern: &'a Native<Pattern>,
    pub(crate) subject: Subject<'a>,
    /// There until the scan ends.
    machine: Option<Box<Machine>>,
    /// Where the string is taken to begin and to end.
    pub(crate) bounds: (usize, usize),
    /// Where to go on.
    pub(crate) from: usize,
    /// Whether no empty match is wanted there.
    pub(crate) advance: bool,
    /// Where the last match begins and ends.
    pub(crate) found: Span,
}

/// What kind of match is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// One that begins where the search does.
    Match,
    /// One that ends at the end, too.
    FullMatch,
    /// Any.
    Search,
}

impl<'a> Scan<'a> {
    /// Begins; positions before the beginning or behind the end are brought within.
    ///
    /// # Errors
    /// `TypeError` if the object is not what the pattern is for.
    pub(crate) fn new(
        thread: &Thread,
        pattern: &'a Native<Pattern>,
        object: Ref<'a>,
        (start, end): (isize, isize),
    ) -> PyResult<Scan<'a>> {
        Scan::of_subject(thread, pattern, Subject::new(thread, object)?, (start, end))
    }

    /// The same, given the object as what is searched.
    ///
    /// # Errors
    /// `TypeError` if it is not what the pattern is for.
    pub(crate) fn of_subject(
        thread: &Thread,
        pattern: &'a Native<Pattern>,
        subject: Subject<'a>,
        (start, end): (isize, isize),
    ) -> PyResult<Scan<'a>> {
        match (pattern.is_bytes, subject.is_bytes()) {
            (Some(false), true) => {
                return Err(raise!(thread, TYPE_ERROR, "cannot use a string pattern on a bytes-like object"));
            }
            (Some(true), false) => {
                return Err(raise!(thread, TYPE_ERROR, "cannot use a bytes pattern on a string-like object"));
            }
            _ => {}
        }
        let within = |place: isize| usize::try_from(place).map_or(0, |place| place.min(subject.len()));
        let bounds = (within(start), within(end));
        let mut machine = pattern.spare.take().unwrap_or_default();
        machine.prepare(thread, &pattern.program)?;
        Ok(Scan {
            pattern,
            subject,
            machine: Some(machine),
            bounds,
            from: bounds.0,
            advance: false,
            found: (0, 0),
        })
    }

    /// The next match, noted in `found`; whether there is one. The next search goes on behind it.
    ///
    /// # Errors
    /// `MemoryError`, and what is raised at a safepoint.
    pub(crate) fn next(&mut self, thread: &Thread, wanted: Wanted) -> PyResult<bool> {
        let (program, end) = (&self.pattern.program, self.bounds.1);
        let (from, advance) = (self.from, self.advance);
        // there may be many matches, each of which is found at once
        thread.check_interrupts()?;
        let Some(machine) = &mut self.machine else { return Ok(false) };
        macro_rules! find {
            ($chars:ident) => {{
                let text = $chars.get(..end).unwrap_or($chars);
                if wanted == Wanted::Search {
                    machine.search(thread, program, text, from, advance)?
                } else {
                    let demands = Demands { whole: wanted == Wanted::FullMatch, advance };
                    machine.match_at(thread, program, text, from, demands)?.map(|end| (from, end))
                }
            }};
        }
        let found = match self.subject.chars() {
            Chars::One(chars) => find!(chars),
            Chars::Two(chars) => find!(chars),
            Chars::Four(chars) => find!(chars),
        };
        let Some((start, end)) = found else { return Ok(false) };
        self.found = (start, end);
        self.from = end;
        self.advance = start == end;
        Ok(true)
    }

    /// Where a group of the last match begins and ends, the whole being 0.
    pub(crate) fn span(&self, group: usize) -> Option<Span> {
        let Some(at) = group.checked_sub(1) else { return Some(self.found) };
        span_of(self.machine.as_ref()?.marks(), at)
    }

    /// The text of a group of the last match.
    pub(crate) fn group(&self, thread: &Thread, group: usize) -> PyResult<Option<Value>> {
        self.span(group).map(|(start, end)| self.subject.part(thread, start, end)).transpose()
    }

    /// The last match as an object.
    pub(crate) fn to_match(&self, thread: &Thread) -> PyResult<Value> {
        let last = self.machine.as_ref().and_then(|machine| machine.last_group());
        Match::make(thread, self, self.pattern.program.marks / 2 + 1, last)
    }
}

impl Drop for Scan<'_> {
    fn drop(&mut self) {
        if let Some(mut machine) = self.machine.take() {
            machine.relax();
            self.pattern.spare.set(Some(machine));
        }
    }
}

/// The borders of a group; none if it has not matched.
fn span_of(marks: &[usize], at: usize) -> Option<Span> {
    let (start, end) = (*marks.get(at * 2)?, *marks.get(at * 2 + 1)?);
    let none = crate::machine::NOWHERE;
    (start != none && end != none && start <= end).then_some((start, end))
}
