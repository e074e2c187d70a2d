//! From code words to a program. Words come from whoever calls `_sre.compile`, so each is looked at; the structure is
//! what CPython's validation accepts. What is nested stands on a stack of [`Part`]s. Invariant: words are read within
//! the part that they stand in.
//!
//! `nested.rs` has the operations that enclose others.

mod nested;

use super::{Op, Program, Set, analyse, charset};
use crate::chars::Fold;
use crate::code::{At, Code, MAX_GROUPS, info};

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
}
