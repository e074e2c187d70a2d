//! From code words to a program. Words come from whoever calls `_sre.compile`, so each is looked at; the structure is
//! what CPython's validation accepts. What is nested stands on a stack of [`Part`]s. Invariant: words are read within
//! the part that they stand in.

use super::charset;
use super::{Bounds, Op, Program, Repeat, Set, analyse};
use crate::chars::Fold;
use crate::code::{At, Code, MAX_GROUPS, MAX_REPEAT, info};

/// A placeholder for a place that is not known yet.
const LATER: u32 = u32::MAX;

/// How often something is repeated, and how.
#[derive(Clone, Copy)]
struct Times {
    code: Code,
    least: u32,
    most: u32,
    /// The number of the loop.
    number: u32,
    /// The operation that begins it.
    begin: usize,
}

/// What encloses the words that are read.
enum Inside {
    /// An alternative; the operation that leads to the next one, unless it is the last.
    Branch { next: Option<usize>, jumps: Vec<usize>, target: Option<usize> },
    /// What is repeated and may be one character.
    Unit(Times),
    /// What is repeated.
    Loop(Times),
    /// A group without a second thought.
    Atomic,
    /// An assertion.
    Assert,
    /// A negative one, which begins at an operation.
    AssertNot(usize),
    /// What depends on a group; the operation that asks.
    Then(usize),
    /// What stands instead; the operation that leads around it.
    Else(usize),
}

/// What encloses words, and where it ends.
struct Part {
    inside: Inside,
    end: usize,
}

struct Translator<'a> {
    code: &'a [u32],
    at: usize,
    groups: u32,
    parts: Vec<Part>,
    program: Program,
}

fn bound(count: u32) -> usize {
    if count == MAX_REPEAT { usize::MAX } else { count as usize }
}

/// The program of code words; none if they are no program.
pub(crate) fn translate(code: &[u32], groups: usize) -> Option<Program> {
    let groups = u32::try_from(groups).ok().filter(|&groups| groups <= MAX_GROUPS)?;
    let is_short = code.len() < LATER as usize / 4;
    if !is_short || code.last() != Some(&(Code::Success as u32)) {
        return None;
    }
    let program = Program::default();
    let mut translator = Translator { code, at: 0, groups, parts: Vec::new(), program };
    translator.run()?;
    let mut program = translator.program;
    program.ops.push(Op::End);
    analyse::complete(&mut program);
    Some(program)
}

impl Translator<'_> {
    fn run(&mut self) -> Option<()> {
        loop {
            let end = self.end();
            if self.at < end {
                let code = Code::of(self.word()?)?;
                self.operation(code)?;
                continue;
            }
            if self.at > end {
                return None;
            }
            let Some(part) = self.parts.pop() else { return Some(()) };
            self.leave(part.inside)?;
        }
    }

    /// The end of the part that words are read in.
    fn end(&self) -> usize {
        self.parts.last().map_or(self.code.len() - 1, |part| part.end)
    }

    /// The next word.
    fn word(&mut self) -> Option<u32> {
        let word = self.code.get(self.at).filter(|_| self.at < self.end())?;
        self.at += 1;
        Some(*word)
    }

    /// A word that says how far away something is, counted from the word: where that is.
    fn skip(&mut self) -> Option<usize> {
        let from = self.at;
        let to = from + self.word()? as usize;
        (to <= self.end()).then_some(to)
    }

    fn push(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.ops.len() - 1
    }

    fn place(&self) -> u32 {
        self.program.ops.len() as u32
    }

    fn set(&mut self, set: Set) -> Op {
        self.program.sets.push(set);
        Op::Set(self.program.sets.len() as u32 - 1)
    }

    fn enter(&mut self, inside: Inside, end: usize) -> Option<()> {
        (self.at <= end).then(|| self.parts.push(Part { inside, end }))
    }

    fn operation(&mut self, code: Code) -> Option<()> {
        match code {
            Code::Failure => drop(self.push(Op::Fail)),
            Code::Success => {
                let op = self.success();
                self.push(op);
            }
            Code::Any => drop(self.push(Op::Any)),
            Code::AnyAll => drop(self.push(Op::AnyAll)),
            Code::At => {
                let at = At::of(self.word()?)?;
                self.push(Op::At(at));
            }
            Code::Mark => self.mark()?,
            Code::In => self.charset(Fold::None)?,
            Code::InIgnore => self.charset(Fold::Ascii)?,
            Code::InLocIgnore => self.charset(Fold::Locale)?,
            Code::InUniIgnore => self.charset(Fold::Unicode)?,
            Code::GroupRef => self.group(Fold::None)?,
            Code::GroupRefIgnore => self.group(Fold::Ascii)?,
            Code::GroupRefLocIgnore => self.group(Fold::Locale)?,
            Code::GroupRefUniIgnore => self.group(Fold::Unicode)?,
            Code::Info => self.info()?,
            Code::Branch => self.alternative(Vec::new(), None)?,
            Code::RepeatOne | Code::MinRepeatOne | Code::PossessiveRepeatOne => self.repeat(code, true)?,
            Code::Repeat | Code::PossessiveRepeat => self.repeat(code, false)?,
            Code::AtomicGroup => {
                let end = self.skip()?.checked_sub(1)?;
                self.push(Op::Atomic);
                self.enter(Inside::Atomic, end)?;
            }
            Code::Assert | Code::AssertNot => self.assertion(code == Code::AssertNot)?,
            Code::GroupRefExists => self.exists()?,
            Code::Jump => self.otherwise()?,
            _ => self.literal(code)?,
        }
        Some(())
    }

    /// What a success within a part is: the end of the innermost part that has one.
    fn success(&self) -> Op {
        let ends = self.parts.iter().rev().find_map(|part| match &part.inside {
            Inside::Atomic => Some(Op::AtomicEnd),
            Inside::Assert => Some(Op::AssertEnd),
            Inside::AssertNot(_) => Some(Op::AssertNotEnd),
            Inside::Loop(times) if times.code == Code::PossessiveRepeat => {
                Some(Op::PossessiveEnd(times.number, times.begin as u32 + 1))
            }
            _ => None,
        });
        ends.unwrap_or(Op::End)
    }

    fn mark(&mut self) -> Option<()> {
        let mark = self.word().filter(|mark| mark / 2 < self.groups)?;
        self.program.marks = self.program.marks.max((mark as usize / 2 + 1) * 2);
        self.push(Op::Mark(mark));
        Some(())
    }

    fn literal(&mut self, code: Code) -> Option<()> {
        let (fold, negated) = match code {
            Code::Literal => (Fold::None, false),
            Code::NotLiteral => (Fold::None, true),
            Code::LiteralIgnore => (Fold::Ascii, false),
            Code::NotLiteralIgnore => (Fold::Ascii, true),
            Code::LiteralLocIgnore => (Fold::Locale, false),
            Code::NotLiteralLocIgnore => (Fold::Locale, true),
            Code::LiteralUniIgnore => (Fold::Unicode, false),
            Code::NotLiteralUniIgnore => (Fold::Unicode, true),
            _ => return None,
        };
        let c = self.word()?;
        let op = match (fold, negated) {
            (Fold::None, false) => Op::Literal(c),
            (Fold::None, true) => Op::NotLiteral(c),
            _ => self.set(charset::literal(c, fold, negated)),
        };
        self.push(op);
        Some(())
    }

    fn charset(&mut self, fold: Fold) -> Option<()> {
        let from = self.at + 1;
        let end = self.skip()?;
        let (last, words) = self.code.get(from..end)?.split_last()?;
        if *last != Code::Failure as u32 {
            return None;
        }
        let op = self.set(Set::new(charset::items(words)?, fold));
        self.push(op);
        self.at = end;
        Some(())
    }

    fn group(&mut self, fold: Fold) -> Option<()> {
        let group = self.word().filter(|&group| group < self.groups)?;
        self.push(Op::Group(group, fold));
        Some(())
    }

    /// What is said of the pattern. What a match begins with is found out anew; here it is only checked.
    fn info(&mut self) -> Option<()> {
        let is_first = self.at == 1;
        let end = self.skip()?;
        let (flags, shortest, _) = (self.word()?, self.word()?, self.word()?);
        if is_first {
            self.program.shortest = shortest as usize;
        }
        if flags & !(info::PREFIX | info::LITERAL | info::CHARSET) != 0
            || flags & info::PREFIX != 0 && flags & info::CHARSET != 0
            || flags & info::LITERAL != 0 && flags & info::PREFIX == 0
        {
            return None;
        }
        if flags & info::PREFIX != 0 {
            let (length, _) = (self.word()? as usize, self.word()?);
            let overlaps = self.code.get(self.at..end)?.get(length..)?.get(..length)?;
            if overlaps.iter().any(|&overlap| overlap as usize >= length) {
                return None;
            }
            self.at += 2 * length;
        }
        if flags & info::CHARSET != 0 {
            let (last, words) = self.code.get(self.at..end)?.split_last()?;
            charset::items(words).filter(|_| *last == Code::Failure as u32)?;
            self.at = end;
        }
        (self.at == end).then_some(())
    }

    /// The next alternative of a branch, or its end.
    fn alternative(&mut self, jumps: Vec<usize>, target: Option<usize>) -> Option<()> {
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

    fn repeat(&mut self, code: Code, is_unit: bool) -> Option<()> {
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

    fn assertion(&mut self, negated: bool) -> Option<()> {
        let end = self.skip()?.checked_sub(1)?;
        let back = self.word()?;
        let begin = self.push(if negated { Op::AssertNot(back, LATER) } else { Op::Assert(back) });
        self.enter(if negated { Inside::AssertNot(begin) } else { Inside::Assert }, end)
    }

    fn exists(&mut self) -> Option<()> {
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
    fn otherwise(&mut self) -> Option<()> {
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

    fn leave(&mut self, inside: Inside) -> Option<()> {
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
