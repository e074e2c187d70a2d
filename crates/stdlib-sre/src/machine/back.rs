//! Going back: to what was not tried yet, undoing on the way what was changed since. Barriers separate what an
//! assertion or an atomic group may go back to from what is outside of it.

use taipan_object::{PyResult, Thread};

use super::count::{first_fit, last_fit};
use super::run::{Place, Task, Went};
use super::{Count, Entry, Machine, NOWHERE};
use crate::chars::Char;
use crate::program::{Op, Program, Repeat};

/// The repetition of an operation.
fn repeat_at(program: &Program, pc: u32) -> Option<&Repeat> {
    match *program.ops.get(pc as usize)? {
        Op::Greedy(number) | Op::Lazy(number) => program.repeats.get(number as usize),
        _ => None,
    }
}

/// The loop of an operation.
fn loop_at(program: &Program, pc: u32) -> Option<u32> {
    match *program.ops.get(pc as usize)? {
        Op::MaxUntil(number, _) | Op::MinUntil(number, _) => Some(number),
        _ => None,
    }
}

impl Machine {
    /// Goes back to what was not tried yet; none if that is nothing.
    #[inline]
    pub(super) fn back<C: Char>(&mut self, task: &Task<'_, C>) -> Went {
        while let Some(entry) = self.stack.pop() {
            let next = match entry {
                Entry::Resume { pc, pos } => Some(Place { pc: pc as usize, pos }),
                Entry::Greedy { pc, pos, least } => self.give_back(task, pc, pos, least)?,
                Entry::Lazy { pc, pos, most } => self.take_more(task, pc, pos, most)?,
                Entry::Leave { pc, pos, last } => {
                    if let Some(number) = loop_at(task.program, pc) {
                        let count = self.count(number).count.wrapping_sub(1);
                        self.set_count(number, Count { count, last });
                    }
                    Some(Place { pc: pc as usize + 1, pos })
                }
                Entry::Again { pc, pos } => self.once_more(task, pc, pos)?,
                Entry::Mark { .. } | Entry::Count { .. } => {
                    self.restore(entry);
                    None
                }
                Entry::Barrier { pc, pos, below } => {
                    self.barrier = below;
                    self.beyond(task.program, pc as usize, pos)
                }
            };
            if next.is_some() {
                return Ok(next);
            }
        }
        Ok(None)
    }

    fn restore(&mut self, entry: Entry) {
        match entry {
            Entry::Mark { mark, old, last } => {
                if let Some(place) = self.marks.get_mut(mark as usize) {
                    *place = old;
                }
                self.last_group = last;
            }
            Entry::Count { number, count, last } => self.set_count(number, Count { count, last }),
            _ => {}
        }
    }

    #[inline]
    fn give_back<C: Char>(&mut self, task: &Task<'_, C>, pc: u32, pos: usize, least: usize) -> Went {
        let Some(repeat) = repeat_at(task.program, pc) else { return Ok(None) };
        let Some(pos) = pos.checked_sub(1) else { return Ok(None) };
        let Some(pos) = last_fit(task.program, repeat, task.text, least, pos) else { return Ok(None) };
        if pos > least {
            self.push(task.thread, Entry::Greedy { pc, pos, least })?;
        }
        Ok(Some(Place { pc: pc as usize + 1, pos }))
    }

    #[inline]
    fn take_more<C: Char>(&mut self, task: &Task<'_, C>, pc: u32, pos: usize, most: usize) -> Went {
        let Some(repeat) = repeat_at(task.program, pc) else { return Ok(None) };
        match task.text.get(pos) {
            Some(c) if task.program.accepts(repeat.unit, c.code()) => {}
            _ => return Ok(None),
        }
        let Some(pos) = first_fit(task.program, repeat, task.text, pos + 1, most) else { return Ok(None) };
        if pos < most {
            self.push(task.thread, Entry::Lazy { pc, pos, most })?;
        }
        Ok(Some(Place { pc: pc as usize + 1, pos }))
    }

    /// Goes through the body of a lazy loop once more, now that leaving it came to nothing.
    fn once_more<C: Char>(&mut self, task: &Task<'_, C>, pc: u32, pos: usize) -> Went {
        let Some(&Op::MinUntil(number, body)) = task.program.ops.get(pc as usize) else { return Ok(None) };
        let Some(bounds) = task.program.loops.get(number as usize) else { return Ok(None) };
        let Count { count, last } = self.count(number);
        let count = count.wrapping_add(1);
        if count >= bounds.most || pos == last {
            return Ok(None);
        }
        self.change_count(task.thread, number, Count { count, last: pos })?;
        Ok(Some(Place { pc: body as usize, pos }))
    }

    /// Where it goes on when all that was tried behind a barrier came to nothing.
    fn beyond(&self, program: &Program, pc: usize, pos: usize) -> Option<Place> {
        match *program.ops.get(pc)? {
            Op::AssertNot(_, to) => Some(Place { pc: to as usize, pos }),
            Op::PossessiveNext(number, out) => {
                let least = program.loops.get(number as usize)?.least;
                (self.count(number).count >= least).then_some(Place { pc: out as usize, pos })
            }
            _ => None,
        }
    }

    /// Begins what is not gone back into when it has ended.
    pub(super) fn raise_barrier(&mut self, thread: &Thread, pc: usize, pos: usize) -> PyResult<()> {
        self.push(thread, Entry::Barrier { pc: pc as u32, pos, below: self.barrier })?;
        self.barrier = self.stack.len() - 1;
        Ok(())
    }

    /// Ends it: of what stands behind the barrier, only the borders of groups are still to be undone. Gives the place
    /// where it began. Loops behind a barrier begin anew before they are asked again.
    pub(super) fn cut(&mut self) -> Option<usize> {
        let at = self.barrier;
        let Some(&Entry::Barrier { pos, below, .. }) = self.stack.get(at) else { return None };
        self.barrier = below;
        if at == 0 {
            self.stack.clear();
            return Some(pos);
        }
        let mut kept = at;
        for from in at + 1..self.stack.len() {
            if let Some(&entry @ Entry::Mark { .. }) = self.stack.get(from)
                && let Some(place) = self.stack.get_mut(kept)
            {
                *place = entry;
                kept += 1;
            }
        }
        self.stack.truncate(kept);
        Some(pos)
    }

    /// Undoes all that was done behind the barrier, and takes it away.
    pub(super) fn undo(&mut self) {
        let at = self.barrier;
        while self.stack.len() > at.saturating_add(1) {
            match self.stack.pop() {
                Some(entry) => self.restore(entry),
                None => break,
            }
        }
        if let Some(Entry::Barrier { below, .. }) = self.stack.pop() {
            self.barrier = below;
        } else {
            self.barrier = NOWHERE;
        }
    }
}
