//! Trying one place after the other.

use taipan_object::{PyResult, Thread};

use super::count::run_end;
use super::run::Task;
use super::{Demands, Machine};
use crate::chars::Char;
use crate::program::{Lead, Program, Start};

impl Machine {
    /// Matches at one place; gives where the match ends.
    ///
    /// # Errors
    /// `MemoryError`, and what is raised at a safepoint.
    pub(crate) fn match_at<C: Char>(
        &mut self,
        thread: &Thread,
        program: &Program,
        text: &[C],
        start: usize,
        demands: Demands,
    ) -> PyResult<Option<usize>> {
        self.run(&Task { thread, program, text, start, demands })
    }

    /// The first match from a place on: where it begins and ends. If it is to advance, it is not empty there.
    ///
    /// # Errors
    /// `MemoryError`, and what is raised at a safepoint.
    pub(crate) fn search<C: Char>(
        &mut self,
        thread: &Thread,
        program: &Program,
        text: &[C],
        from: usize,
        advance: bool,
    ) -> PyResult<Option<(usize, usize)>> {
        let Some(last) = text.len().checked_sub(program.shortest).filter(|&last| from <= last) else {
            return Ok(None);
        };
        let mut at = from;
        loop {
            match program.candidate(text, at) {
                Some(candidate) if candidate <= last => at = candidate,
                _ => return Ok(None),
            }
            if let Start::Literal(literal) = &program.start
                && literal.is_whole
            {
                return Ok(Some((at, at + literal.len())));
            }
            match program.lead.and_then(|lead| behind(program, text, at, lead)) {
                Some(next) => at = next,
                None => {
                    let demands = Demands { whole: false, advance: advance && at == from };
                    if let Some(end) = self.run(&Task { thread, program, text, start: at, demands })? {
                        return Ok(Some((at, end)));
                    }
                    at += 1;
                }
            }
            if at > last || matches!(program.start, Start::Beginning) {
                return Ok(None);
            }
            self.step(thread)?;
        }
    }
}

/// The place behind the run that begins here, if no match begins within it.
#[inline]
fn behind<C: Char>(program: &Program, text: &[C], at: usize, lead: Lead) -> Option<usize> {
    let end = run_end(program, lead.unit, text, at, usize::MAX)?;
    let follows = text.get(end).is_some_and(|c| program.accepts(lead.follow, c.code()));
    (!follows || end - at < lead.least).then_some(end.max(at + 1))
}
