//! Operations that enclose others: branches, repetitions, assertions, conditions. Each has a beginning, which enters a
//! part, and an end, which is reached when the words of the part are read.

use super::{Inside, LATER, Part, Times, Translator};
use crate::code::{Code, MAX_REPEAT};
use crate::program::{Bounds, Op, Repeat};

fn bound(count: u32) -> usize {
    if count == MAX_REPEAT { usize::MAX } else { count as usize }
}

impl Translator<'_> {
    /// The next alternative of a branch, or its end.
    pub(super) fn alternative(&mut self, jumps: Vec<usize>, target: Option<usize>) -> Option<()> {
        let from = self.at;
        let next = self.skip()?;
        if next == from {
            let place = self.place();
            for jump in jumps {
                self.patch(jump, place);
            }
            return (target == Some(self.at)).then_some(());
        }
        let is_last = *self.code.get(next).filter(|_| next < self.end())? == 0;
        let next_op = (!is_last).then(|| self.push(Op::Alternative(LATER)));
        self.enter(Inside::Branch { next: next_op, jumps, target }, next.checked_sub(2)?)
    }

    fn end_of_alternative(
        &mut self,
        next: Option<usize>,
        mut jumps: Vec<usize>,
        target: Option<usize>,
    ) -> Option<()> {
        if Code::of(self.word()?) != Some(Code::Jump) {
            return None;
        }
        let to = self.skip()?;
        if target.is_some_and(|target| target != to) {
            return None;
        }
        if let Some(next) = next {
            jumps.push(self.push(Op::Jump(LATER)));
            let place = self.place();
            self.patch(next, place);
        }
        self.alternative(jumps, Some(to))
    }

    /// Says where an operation goes.
    fn patch(&mut self, op: usize, place: u32) {
        if let Some(
            Op::Alternative(to)
            | Op::Jump(to)
            | Op::Loop(_, to)
            | Op::PossessiveNext(_, to)
            | Op::AssertNot(_, to)
            | Op::Exists(_, to),
        ) = self.program.ops.get_mut(op)
        {
            *to = place;
        }
    }

    pub(super) fn repeat(&mut self, code: Code, is_unit: bool) -> Option<()> {
        let end = self.skip()?;
        let (least, most) = (self.word()?, self.word()?);
        if least > most {
            return None;
        }
        let number = self.program.loops.len() as u32;
        let begin = match code {
            Code::PossessiveRepeat => {
                let begin = self.push(Op::PossessiveLoop(number));
                self.push(Op::PossessiveNext(number, LATER));
                begin
            }
            _ => self.push(Op::Loop(number, LATER)),
        };
        let times = Times { code, least, most, number, begin };
        if is_unit {
            return self.enter(Inside::Unit(times), end.checked_sub(1)?);
        }
        self.program.loops.push(Bounds { least: bound(least), most: bound(most) });
        self.enter(Inside::Loop(times), end)
    }

    fn end_of_unit(&mut self, times: Times) -> Option<()> {
        if Code::of(self.word()?) != Some(Code::Success) {
            return None;
        }
        // a unit is one operation; what else stands here makes no loop of its own, and is refused
        let unit = self.program.unit_at(times.begin + 1)?;
        if self.program.ops.len() != times.begin + 2 {
            return None;
        }
        self.program.ops.truncate(times.begin);
        let (least, most) = (bound(times.least), bound(times.most));
        self.program.repeats.push(Repeat { unit, least, most, follow: None });
        let repeat = self.program.repeats.len() as u32 - 1;
        self.push(match times.code {
            Code::RepeatOne => Op::Greedy(repeat),
            Code::MinRepeatOne => Op::Lazy(repeat),
            _ => Op::Possessive(repeat),
        });
        Some(())
    }

    fn end_of_loop(&mut self, times: Times) -> Option<()> {
        let end = Code::of(self.word()?)?;
        let body = times.begin as u32 + 1;
        match (times.code, end) {
            (Code::PossessiveRepeat, Code::Success) => {
                self.push(Op::PossessiveEnd(times.number, body));
                let place = self.place();
                self.patch(times.begin + 1, place);
            }
            (Code::Repeat, Code::MaxUntil | Code::MinUntil) => {
                let place = self.place();
                self.patch(times.begin, place);
                let number = times.number;
                self.push(match end {
                    Code::MaxUntil => Op::MaxUntil(number, body),
                    _ => Op::MinUntil(number, body),
                });
            }
            _ => return None,
        }
        Some(())
    }

    pub(super) fn assertion(&mut self, negated: bool) -> Option<()> {
        let end = self.skip()?.checked_sub(1)?;
        let back = self.word()?;
        let begin = self.push(if negated { Op::AssertNot(back, LATER) } else { Op::Assert(back) });
        self.enter(if negated { Inside::AssertNot(begin) } else { Inside::Assert }, end)
    }

    pub(super) fn exists(&mut self) -> Option<()> {
        let group = self.word().filter(|&group| group < self.groups)?;
        let from = self.at;
        // this distance is counted from the group
        let end = (from + self.word()? as usize).checked_sub(1)?;
        if end > self.end() {
            return None;
        }
        let begin = self.push(Op::Exists(group, LATER));
        self.enter(Inside::Then(begin), end)
    }

    /// A jump: the end of what depends on a group, where something stands instead.
    pub(super) fn otherwise(&mut self) -> Option<()> {
        let Some(Part { inside: Inside::Then(begin), end }) = self.parts.last() else { return None };
        let (begin, end) = (*begin, *end);
        if self.at + 1 != end {
            return None;
        }
        self.parts.pop();
        let end = self.skip()?;
        let jump = self.push(Op::Jump(LATER));
        let place = self.place();
        self.patch(begin, place);
        self.enter(Inside::Else(jump), end)
    }

    pub(super) fn leave(&mut self, inside: Inside) -> Option<()> {
        match inside {
            Inside::Branch { next, jumps, target } => self.end_of_alternative(next, jumps, target),
            Inside::Unit(times) => self.end_of_unit(times),
            Inside::Loop(times) => self.end_of_loop(times),
            Inside::Atomic => self.end_of_block(Op::AtomicEnd),
            Inside::Assert => self.end_of_block(Op::AssertEnd),
            Inside::AssertNot(begin) => {
                self.end_of_block(Op::AssertNotEnd)?;
                let place = self.place();
                self.patch(begin, place);
                Some(())
            }
            Inside::Then(op) | Inside::Else(op) => {
                let place = self.place();
                self.patch(op, place);
                Some(())
            }
        }
    }

    fn end_of_block(&mut self, op: Op) -> Option<()> {
        let end = Code::of(self.word()?)?;
        self.push(op);
        (end == Code::Success).then_some(())
    }
}
