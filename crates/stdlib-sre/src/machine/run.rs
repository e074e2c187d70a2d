//! Going forward: one operation after the other, until the pattern has matched or nothing is left to try.

use taipan_object::{PyResult, Thread};

use super::count::{first_fit, last_fit, run_end};
use super::{Count, Demands, Entry, Machine, NOWHERE};
use crate::chars::{self, Char, Fold};
use crate::code::At;
use crate::program::{Op, Program};

/// Where a run goes on.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) pc: usize,
    pub(super) pos: usize,
}

/// What a slower operation says.
pub(super) type Went = PyResult<Option<Place>>;

/// A text, and what is to be matched there.
pub(super) struct Task<'a, C> {
    pub(super) thread: &'a Thread,
    pub(super) program: &'a Program,
    pub(super) text: &'a [C],
    pub(super) start: usize,
    pub(super) demands: Demands,
}

impl Machine {
    /// Matches at a place; gives where the match ends.
    ///
    /// # Errors
    /// `MemoryError`, and what is raised at a safepoint.
    pub(super) fn run<C: Char>(&mut self, task: &Task<'_, C>) -> PyResult<Option<usize>> {
        self.reset();
        let mut place = Place { pc: 0, pos: task.start };
        loop {
            if let Some(end) = self.forward(task, &mut place)? {
                return Ok(Some(end));
            }
            self.step(task.thread)?;
            match self.back(task)? {
                Some(next) => place = next,
                None => return Ok(None),
            }
        }
    }

    /// Goes forward until the pattern has matched, which gives the end, or something doesn't fit.
    #[inline(always)]
    fn forward<C: Char>(&mut self, task: &Task<'_, C>, place: &mut Place) -> PyResult<Option<usize>> {
        let (thread, program, text) = (task.thread, task.program, task.text);
        let Place { mut pc, mut pos } = *place;
        loop {
            let Some(&op) = program.ops.get(pc) else { return Ok(None) };
            let at = pc;
            pc += 1;
            match op {
                Op::Literal(c) => match text.get(pos) {
                    Some(found) if found.code() == c => pos += 1,
                    _ => return Ok(None),
                },
                Op::Set(set) => match text.get(pos) {
                    Some(found) if program.has(set, found.code()) => pos += 1,
                    _ => return Ok(None),
                },
                Op::Any => match text.get(pos) {
                    Some(found) if !chars::is_line_break(found.code()) => pos += 1,
                    _ => return Ok(None),
                },
                Op::AnyAll => match text.get(pos) {
                    Some(_) => pos += 1,
                    None => return Ok(None),
                },
                Op::NotLiteral(c) => match text.get(pos) {
                    Some(found) if found.code() != c => pos += 1,
                    _ => return Ok(None),
                },
                Op::Fail => return Ok(None),
                Op::Mark(mark) => self.mark(thread, mark, pos)?,
                Op::Jump(to) => pc = to as usize,
                Op::AlternativeLiteral(c, next) => match text.get(pos) {
                    Some(found) if found.code() == c => {
                        self.push(thread, Entry::Resume { pc: next, pos })?;
                    }
                    _ => pc = next as usize,
                },
                Op::AlternativeSet(set, next) => match text.get(pos) {
                    Some(found) if program.has(set, found.code()) => {
                        self.push(thread, Entry::Resume { pc: next, pos })?;
                    }
                    _ => pc = next as usize,
                },
                Op::OnlyLiteral(c, next) => {
                    if text.get(pos).is_none_or(|found| found.code() != c) {
                        pc = next as usize;
                    }
                }
                Op::OnlySet(set, next) => {
                    if text.get(pos).is_none_or(|found| !program.has(set, found.code())) {
                        pc = next as usize;
                    }
                }
                Op::Alternative(next) => self.push(thread, Entry::Resume { pc: next, pos })?,
                Op::Possessive(number) => {
                    let Some(repeat) = program.repeats.get(number as usize) else { return Ok(None) };
                    let Some(end) = run_end(program, repeat.unit, text, pos, repeat.most) else {
                        return Ok(None);
                    };
                    if end < pos.saturating_add(repeat.least) {
                        return Ok(None);
                    }
                    pos = end;
                }
                Op::Greedy(number) => {
                    let Some(repeat) = program.repeats.get(number as usize) else { return Ok(None) };
                    let Some(end) = run_end(program, repeat.unit, text, pos, repeat.most) else {
                        return Ok(None);
                    };
                    if end < pos.saturating_add(repeat.least) {
                        return Ok(None);
                    }
                    let least = pos + repeat.least;
                    let Some(fit) = last_fit(program, repeat, text, least, end) else { return Ok(None) };
                    pos = fit;
                    if pos > least {
                        self.push(thread, Entry::Greedy { pc: at as u32, pos, least })?;
                    }
                }
                Op::Lazy(number) => {
                    let Some(repeat) = program.repeats.get(number as usize) else { return Ok(None) };
                    let Some(end) = run_end(program, repeat.unit, text, pos, repeat.least) else {
                        return Ok(None);
                    };
                    if end < pos.saturating_add(repeat.least) {
                        return Ok(None);
                    }
                    let most = pos.saturating_add(repeat.most);
                    let Some(fit) = first_fit(program, repeat, text, end, most) else { return Ok(None) };
                    pos = fit;
                    if pos < most {
                        self.push(thread, Entry::Lazy { pc: at as u32, pos, most })?;
                    }
                }
                Op::At(kind) => {
                    if !is_at(kind, text, pos) {
                        return Ok(None);
                    }
                }
                Op::End => {
                    let Demands { whole, advance } = task.demands;
                    if whole && pos != text.len() || advance && pos == task.start {
                        return Ok(None);
                    }
                    return Ok(Some(pos));
                }
                _ => match self.slow(task, op, Place { pc: at, pos })? {
                    Some(next) => (pc, pos) = (next.pc, next.pos),
                    None => return Ok(None),
                },
            }
        }
    }

    /// The operations of loops, assertions and groups.
    #[inline(never)]
    fn slow<C: Char>(&mut self, task: &Task<'_, C>, op: Op, place: Place) -> Went {
        let Place { pc, pos } = place;
        let next = Place { pc: pc + 1, pos };
        match op {
            Op::Loop(number, to) => {
                let fresh = Count { count: usize::MAX, last: NOWHERE };
                self.change_count(task.thread, number, fresh)?;
                Ok(Some(Place { pc: to as usize, pos }))
            }
            Op::MaxUntil(number, body) => self.max_until(task, number, body as usize, place),
            Op::MinUntil(number, body) => self.min_until(task, number, body as usize, place),
            Op::PossessiveLoop(number) => {
                self.set_count(number, Count { count: 0, last: NOWHERE });
                Ok(Some(next))
            }
            Op::PossessiveNext(number, out) => self.possessive_next(task, number, out as usize, place),
            Op::PossessiveEnd(number, to) => {
                self.cut();
                let Count { count, last } = self.count(number);
                self.set_count(number, Count { count: count.saturating_add(1), last });
                self.step(task.thread)?;
                Ok(Some(Place { pc: to as usize, pos }))
            }
            Op::Assert(back) | Op::AssertNot(back, _) => {
                let Some(from) = pos.checked_sub(back as usize) else {
                    // there is no such place: it does not match there
                    return match op {
                        Op::AssertNot(_, to) => Ok(Some(Place { pc: to as usize, pos })),
                        _ => Ok(None),
                    };
                };
                self.raise_barrier(task.thread, pc, pos)?;
                Ok(Some(Place { pc: pc + 1, pos: from }))
            }
            Op::Atomic => {
                self.raise_barrier(task.thread, pc, pos)?;
                Ok(Some(next))
            }
            Op::AssertEnd => Ok(self.cut().map(|pos| Place { pc: pc + 1, pos })),
            Op::AtomicEnd => Ok(self.cut().map(|_| next)),
            Op::AssertNotEnd => {
                self.undo();
                Ok(None)
            }
            Op::Group(group, fold) => {
                Ok(self.repeated(task.text, group, fold, pos).map(|pos| Place { pc: pc + 1, pos }))
            }
            Op::Exists(group, otherwise) => {
                let pc = if self.group(group).is_some() { pc + 1 } else { otherwise as usize };
                Ok(Some(Place { pc, pos }))
            }
            _ => Ok(None),
        }
    }

    /// The end of an iteration of a loop that prefers more of them.
    fn max_until<C: Char>(&mut self, task: &Task<'_, C>, number: u32, body: usize, place: Place) -> Went {
        self.step(task.thread)?;
        let Some(bounds) = task.program.loops.get(number as usize) else { return Ok(None) };
        let Count { count, last } = self.count(number);
        let (count, pos) = (count.wrapping_add(1), place.pos);
        if count < bounds.least {
            self.change_count(task.thread, number, Count { count, last })?;
            return Ok(Some(Place { pc: body, pos }));
        }
        // an iteration without a character is the last one
        if count < bounds.most && pos != last {
            self.push(task.thread, Entry::Leave { pc: place.pc as u32, pos, last })?;
            self.set_count(number, Count { count, last: pos });
            return Ok(Some(Place { pc: body, pos }));
        }
        Ok(Some(Place { pc: place.pc + 1, pos }))
    }

    /// The end of an iteration of a loop that prefers fewer of them.
    fn min_until<C: Char>(&mut self, task: &Task<'_, C>, number: u32, body: usize, place: Place) -> Went {
        self.step(task.thread)?;
        let Some(bounds) = task.program.loops.get(number as usize) else { return Ok(None) };
        let Count { count, last } = self.count(number);
        let (count, pos) = (count.wrapping_add(1), place.pos);
        if count < bounds.least {
            self.change_count(task.thread, number, Count { count, last })?;
            return Ok(Some(Place { pc: body, pos }));
        }
        self.push(task.thread, Entry::Again { pc: place.pc as u32, pos })?;
        Ok(Some(Place { pc: place.pc + 1, pos }))
    }

    fn possessive_next<C: Char>(
        &mut self,
        task: &Task<'_, C>,
        number: u32,
        out: usize,
        place: Place,
    ) -> Went {
        let Some(bounds) = task.program.loops.get(number as usize) else { return Ok(None) };
        let Count { count, last } = self.count(number);
        let pos = place.pos;
        if count >= bounds.least && (count >= bounds.most || pos == last) {
            return Ok(Some(Place { pc: out, pos }));
        }
        if count >= bounds.least {
            self.set_count(number, Count { count, last: pos });
        }
        self.raise_barrier(task.thread, place.pc, pos)?;
        Ok(Some(Place { pc: place.pc + 1, pos }))
    }

    /// The place behind the text of a group, if it stands here once more.
    fn repeated<C: Char>(&self, text: &[C], group: u32, fold: Fold, pos: usize) -> Option<usize> {
        let (start, end) = self.group(group)?;
        if start == end {
            return Some(pos);
        }
        let (wanted, found) = (text.get(start..end)?, text.get(pos..)?.get(..end - start)?);
        let same = match fold {
            Fold::None => wanted == found,
            _ => wanted.iter().zip(found).all(|(a, b)| fold.equal(a.code(), b.code())),
        };
        same.then_some(pos + end - start)
    }
}

/// Whether a place is of a kind.
fn is_at<C: Char>(kind: At, text: &[C], pos: usize) -> bool {
    let code_at = |at: Option<usize>| at.and_then(|at| text.get(at)).map(|c| c.code());
    let (before, behind) = (|| code_at(pos.checked_sub(1)), || code_at(Some(pos)));
    let is_boundary =
        |is_word: fn(u32) -> bool| before().is_some_and(is_word) != behind().is_some_and(is_word);
    match kind {
        At::Beginning | At::BeginningString => pos == 0,
        At::BeginningLine => pos == 0 || before().is_some_and(chars::is_line_break),
        At::End => pos == text.len() || pos + 1 == text.len() && behind().is_some_and(chars::is_line_break),
        At::EndLine => pos == text.len() || behind().is_some_and(chars::is_line_break),
        At::EndString => pos == text.len(),
        At::Boundary => is_boundary(chars::is_ascii_word),
        At::NonBoundary => !is_boundary(chars::is_ascii_word),
        At::LocBoundary => is_boundary(chars::is_locale_word),
        At::LocNonBoundary => !is_boundary(chars::is_locale_word),
        At::UniBoundary => is_boundary(chars::is_unicode_word),
        At::UniNonBoundary => !is_boundary(chars::is_unicode_word),
    }
}
