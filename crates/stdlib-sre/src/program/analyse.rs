//! What can be said of a program before it runs. None of it changes what matches: alternatives get the character that
//! they begin with, repetitions the one that must follow; greed that nothing can be gained from giving back becomes
//! possession; the beginning of all matches becomes a [`Start`].

use super::start::{First, Literal};
use super::{Lead, Op, Program, Start, Unit};
use crate::code::At;

/// So many operations are looked at to find out what a match begins with.
const EFFORT: usize = 256;
/// So many alternatives are compared with one.
const MOST_ALTERNATIVES: usize = 64;
/// Longer texts are not collected.
const LONGEST: usize = 1 << 16;

/// Completes a program.
pub(super) fn complete(program: &mut Program) {
    for at in 0..program.ops.len() {
        match program.ops.get(at).copied() {
            Some(Op::Alternative(next)) => {
                let Some(unit) = head(program, at + 1) else { continue };
                let op = match (unit, is_settled(program, unit, next as usize)) {
                    (Unit::Literal(c), true) => Op::OnlyLiteral(c, next),
                    (Unit::Literal(c), false) => Op::AlternativeLiteral(c, next),
                    (Unit::Set(set), true) => Op::OnlySet(set, next),
                    (Unit::Set(set), false) => Op::AlternativeSet(set, next),
                    _ => continue,
                };
                replace(program, at, op);
            }
            Some(Op::Greedy(repeat) | Op::Lazy(repeat) | Op::Possessive(repeat)) => {
                follow(program, at, repeat)
            }
            _ => {}
        }
    }
    program.start = start(program);
    program.lead = lead(program);
}

fn replace(program: &mut Program, at: usize, op: Op) {
    if let Some(place) = program.ops.get_mut(at) {
        *place = op;
    }
}

/// The next operation that is more than a mark or a jump, and where it stands. Looking ahead is no more either: what
/// it looks for must stand here, too.
fn next(program: &Program, mut at: usize) -> Option<(usize, Op)> {
    for _ in 0..EFFORT {
        match *program.ops.get(at)? {
            Op::Mark(_) | Op::Assert(0) => at += 1,
            Op::Jump(to) => at = to as usize,
            op => return Some((at, op)),
        }
    }
    None
}

/// What matches the next character, if what comes must have one.
fn head(program: &Program, at: usize) -> Option<Unit> {
    let (at, op) = next(program, at)?;
    match op {
        Op::Greedy(repeat) | Op::Lazy(repeat) | Op::Possessive(repeat) => {
            let repeat = program.repeats.get(repeat as usize)?;
            (repeat.least > 0).then_some(repeat.unit)
        }
        _ => program.unit_at(at),
    }
}

/// Whether no character matches both.
fn are_apart(program: &Program, a: Unit, b: Unit) -> bool {
    match (a, b) {
        (Unit::Literal(c), other) | (other, Unit::Literal(c)) => !program.accepts(other, c),
        (Unit::Set(a), Unit::Set(b)) => {
            let sets = (program.sets.get(a as usize), program.sets.get(b as usize));
            let (Some(a), Some(b)) = sets else { return false };
            let apart = a.latin().iter().zip(b.latin()).all(|(&a, &b)| !(a && b));
            apart && !(a.is_wide() && b.is_wide())
        }
        _ => false,
    }
}

/// Whether no alternative from a place on, none of which has been looked at yet, can match a character that a unit
/// matches.
fn is_settled(program: &Program, unit: Unit, mut at: usize) -> bool {
    for _ in 0..MOST_ALTERNATIVES {
        let other = match program.ops.get(at) {
            Some(&Op::Alternative(next)) => Some(next as usize),
            _ => None,
        };
        let begin = if other.is_some() { at + 1 } else { at };
        if !head(program, begin).is_some_and(|head| are_apart(program, unit, head)) {
            return false;
        }
        match other {
            Some(next) => at = next,
            None => return true,
        }
    }
    false
}

/// Notes what follows a repetition.
fn follow(program: &mut Program, at: usize, number: u32) {
    let follow = head(program, at + 1);
    let Some(repeat) = program.repeats.get_mut(number as usize) else { return };
    repeat.follow = follow;
    let unit = repeat.unit;
    let ends = matches!(
        next(program, at + 1),
        Some((_, Op::End | Op::AssertEnd | Op::AssertNotEnd | Op::AtomicEnd | Op::PossessiveEnd(..)))
    );
    // with less of it, there would stand a character that can't follow
    let is_final = ends || follow.is_some_and(|follow| are_apart(program, unit, follow));
    if is_final && matches!(program.ops.get(at), Some(Op::Greedy(_))) {
        replace(program, at, Op::Possessive(number));
    }
}

fn start(program: &Program) -> Start {
    if let Some((_, Op::At(At::Beginning | At::BeginningString))) = next(program, 0) {
        return Start::Beginning;
    }
    let (text, is_whole) = prefix(program);
    if text.len() > 1 || is_whole && !text.is_empty() {
        return Start::Literal(Box::new(Literal::new(text, is_whole)));
    }
    match first(program) {
        Some(first) => Start::First(Box::new(first)),
        None => Start::Anywhere,
    }
}

/// The literal text that all matches begin with, and whether the pattern is nothing else.
fn prefix(program: &Program) -> (Vec<u32>, bool) {
    let (mut text, mut has_marks) = (Vec::new(), false);
    for op in program.ops.iter().take(LONGEST) {
        match op {
            Op::Mark(_) => has_marks = true,
            Op::Literal(c) => text.push(*c),
            Op::End => return (text, !has_marks),
            _ => break,
        }
    }
    (text, false)
}

/// The characters that matches begin with; none if there may be empty ones, or if it takes too long to find out.
fn first(program: &Program) -> Option<First> {
    let (mut latin, mut wide) = ([false; 256], Vec::new());
    let mut add = |unit: Unit| {
        for (c, place) in (0..).zip(latin.iter_mut()) {
            *place |= program.accepts(unit, c);
        }
        let is_wide = match unit {
            Unit::Literal(c) => c > 0xFF,
            Unit::Set(set) => program.sets.get(set as usize).is_none_or(super::Set::is_wide),
            Unit::Never => false,
            _ => true,
        };
        wide.extend(is_wide.then_some(unit));
    };
    let mut seen_loops = Vec::new();
    let mut places = vec![0];
    for _ in 0..EFFORT {
        let Some(at) = places.pop() else { return Some(First::new(latin, wide)) };
        match *program.ops.get(at)? {
            Op::Mark(_) | Op::At(_) | Op::Assert(0) | Op::Atomic | Op::AtomicEnd | Op::PossessiveLoop(_) => {
                places.push(at + 1)
            }
            Op::Jump(to) | Op::Loop(_, to) | Op::AssertNot(_, to) => places.push(to as usize),
            Op::Alternative(to)
            | Op::AlternativeLiteral(_, to)
            | Op::AlternativeSet(_, to)
            | Op::OnlyLiteral(_, to)
            | Op::OnlySet(_, to)
            | Op::Exists(_, to) => places.extend([to as usize, at + 1]),
            Op::Greedy(repeat) | Op::Lazy(repeat) | Op::Possessive(repeat) => {
                let repeat = program.repeats.get(repeat as usize)?;
                add(repeat.unit);
                places.extend((repeat.least == 0).then_some(at + 1));
            }
            Op::MaxUntil(number, _) | Op::MinUntil(number, _) | Op::PossessiveNext(number, _) => {
                // a body that was left without a character makes this the second time
                if seen_loops.contains(&number) {
                    return None;
                }
                seen_loops.push(number);
                let (body, out) = match *program.ops.get(at)? {
                    Op::MaxUntil(_, body) | Op::MinUntil(_, body) => (body as usize, at + 1),
                    Op::PossessiveNext(_, out) => (at + 1, out as usize),
                    _ => return None,
                };
                places.push(body);
                places.extend((program.loops.get(number as usize)?.least == 0).then_some(out));
            }
            Op::PossessiveEnd(_, to) => places.push(to as usize),
            _ => add(program.unit_at(at)?),
        }
    }
    None
}

/// The run that matches begin with.
fn lead(program: &Program) -> Option<Lead> {
    let (_, Op::Possessive(repeat)) = next(program, 0)? else { return None };
    let repeat = program.repeats.get(repeat as usize)?;
    let follow = repeat.follow.filter(|&follow| are_apart(program, repeat.unit, follow))?;
    (repeat.most == usize::MAX && repeat.least > 0).then_some(Lead {
        unit: repeat.unit,
        least: repeat.least,
        follow,
    })
}
