//! The machine that runs programs: a matcher that tries, and goes back to what it has not tried yet. What it goes
//! back to stands on a stack of its own, so that neither patterns nor texts can exhaust the native one.
//!
//! `run.rs` goes forward, `back.rs` goes back, `count.rs` counts repeated units, `search.rs` tries one place after the
//! other. Invariants: whatever a run changes is on the stack as long as something below may be gone back to; the
//! barrier is the topmost [`Entry::Barrier`] of the stack.

mod back;
mod count;
mod run;
mod search;

use taipan_object::{PyResult, Thread};

/// No place.
pub(crate) const NOWHERE: usize = usize::MAX;
/// So many steps are made between two looks at what else is to be done.
const STEPS: u32 = 1 << 12;
/// Entries of a stack that is kept for the next match.
const KEPT: usize = 1 << 12;

/// What is to be done on the way back.
#[derive(Clone, Copy)]
enum Entry {
    /// Goes on at an operation.
    Resume { pc: u32, pos: usize },
    /// Gives back one of a repeated unit; not beyond the second place.
    Greedy { pc: u32, pos: usize, least: usize },
    /// Takes one more of a repeated unit; not beyond the second place.
    Lazy { pc: u32, pos: usize, most: usize },
    /// Leaves a loop instead of going once more through its body.
    Leave { pc: u32, pos: usize, last: usize },
    /// Goes once more through the body of a loop.
    Again { pc: u32, pos: usize },
    /// A border of a group was elsewhere, and another group was the last one.
    Mark { mark: u32, old: usize, last: usize },
    /// The state of a loop was another.
    Count { number: u32, count: usize, last: usize },
    /// Something began that must end before what is below may be gone back to; the barrier below.
    Barrier { pc: u32, pos: usize, below: usize },
}

const _: () = assert!(size_of::<Entry>() == 24);

/// What a match must fulfil besides.
#[derive(Clone, Copy, Default)]
pub(crate) struct Demands {
    /// It ends where the text does.
    pub(crate) whole: bool,
    /// It is not empty.
    pub(crate) advance: bool,
}

/// The state of a loop: how many iterations are complete, where the last one began.
#[derive(Clone, Copy)]
struct Count {
    count: usize,
    last: usize,
}

/// A machine.
#[derive(Default)]
pub(crate) struct Machine {
    stack: Vec<Entry>,
    marks: Vec<usize>,
    counts: Vec<Count>,
    /// Where the topmost barrier stands.
    barrier: usize,
    /// The number of the group that was closed last; 0 if none was.
    last_group: usize,
    is_dirty: bool,
    steps: u32,
}

impl Machine {
    /// Makes ready for a program.
    ///
    /// # Errors
    /// `MemoryError`
    pub(crate) fn prepare(&mut self, thread: &Thread, program: &crate::program::Program) -> PyResult<()> {
        if self.marks.len() == program.marks && self.counts.len() == program.loops.len() {
            return Ok(());
        }
        let none = Count { count: 0, last: NOWHERE };
        let marks = program.marks.saturating_sub(self.marks.len());
        let loops = program.loops.len().saturating_sub(self.counts.len());
        if self.marks.try_reserve(marks).is_err() || self.counts.try_reserve(loops).is_err() {
            return Err(thread.raise_memory_error());
        }
        self.marks.resize(program.marks, NOWHERE);
        self.counts.resize(program.loops.len(), none);
        self.is_dirty = true;
        self.reset();
        Ok(())
    }

    /// Forgets the groups of the last match.
    #[inline]
    fn reset(&mut self) {
        self.stack.clear();
        self.barrier = NOWHERE;
        if self.is_dirty {
            self.marks.fill(NOWHERE);
            self.last_group = 0;
            self.is_dirty = false;
        }
    }

    /// Gives memory back that most matches don't need.
    pub(crate) fn relax(&mut self) {
        if self.stack.capacity() > KEPT {
            self.stack = Vec::new();
        }
    }

    /// The borders of the groups of the last match, two each.
    pub(crate) fn marks(&self) -> &[usize] {
        &self.marks
    }

    /// The group that was closed last.
    pub(crate) fn last_group(&self) -> Option<usize> {
        (self.last_group > 0).then_some(self.last_group)
    }

    #[inline(always)]
    fn push(&mut self, thread: &Thread, entry: Entry) -> PyResult<()> {
        if self.stack.len() == self.stack.capacity() {
            self.grow(thread)?;
        }
        self.stack.push(entry);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, thread: &Thread) -> PyResult<()> {
        let more = self.stack.len().max(32);
        self.stack.try_reserve(more).map_err(|_| thread.raise_memory_error())
    }

    /// Counts a step; now and then, lets in whoever waits.
    #[inline(always)]
    fn step(&mut self, thread: &Thread) -> PyResult<()> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS) { taipan_vm::safepoint(thread) } else { Ok(()) }
    }

    /// Notes a border of a group.
    #[inline(always)]
    fn mark(&mut self, thread: &Thread, mark: u32, pos: usize) -> PyResult<()> {
        let Some(&old) = self.marks.get(mark as usize) else { return Ok(()) };
        if !self.stack.is_empty() {
            self.push(thread, Entry::Mark { mark, old, last: self.last_group })?;
        }
        if let Some(place) = self.marks.get_mut(mark as usize) {
            *place = pos;
        }
        self.is_dirty = true;
        if mark % 2 == 1 {
            self.last_group = mark as usize / 2 + 1;
        }
        Ok(())
    }

    /// The text of a group; none if it has not matched.
    fn group(&self, group: u32) -> Option<(usize, usize)> {
        let mark = group as usize * 2;
        let (start, end) = (*self.marks.get(mark)?, *self.marks.get(mark + 1)?);
        (start != NOWHERE && end != NOWHERE && start <= end).then_some((start, end))
    }

    fn count(&self, number: u32) -> Count {
        self.counts.get(number as usize).copied().unwrap_or(Count { count: 0, last: NOWHERE })
    }

    fn set_count(&mut self, number: u32, count: Count) {
        if let Some(place) = self.counts.get_mut(number as usize) {
            *place = count;
        }
    }

    /// Sets the state of a loop so that it comes back.
    fn change_count(&mut self, thread: &Thread, number: u32, new: Count) -> PyResult<()> {
        if !self.stack.is_empty() {
            let Count { count, last } = self.count(number);
            self.push(thread, Entry::Count { number, count, last })?;
        }
        self.set_count(number, new);
        Ok(())
    }
}
