//! A pattern as this crate runs it: operations, each with what it needs, in one vector; jumps are places in it.
//!
//! `translate.rs` makes it from code words, and refuses words that are no program; `charset.rs` reads the sets
//! among them; `analyse.rs` finds out how a match must begin and where greed needs no second thought. Invariant: every
//! operation refers to sets, loops and places that are there; a run that finds otherwise fails to match.

mod analyse;
mod charset;
mod set;
mod start;
mod translate;

pub(crate) use set::Set;
pub(crate) use start::{Lead, Start};
pub(crate) use translate::translate;

use crate::chars::Fold;
use crate::code::At;

/// What matches exactly one character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    /// Any but a line break.
    Any,
    /// Any.
    AnyAll,
    /// One.
    Literal(u32),
    /// Any but one.
    NotLiteral(u32),
    /// One of a set.
    Set(u32),
    /// None.
    Never,
}

/// An operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    /// The pattern has matched.
    End,
    /// One character.
    Any,
    /// One character.
    AnyAll,
    /// One character.
    Literal(u32),
    /// One character.
    NotLiteral(u32),
    /// One character.
    Set(u32),
    /// Goes back to what is to be tried next.
    Fail,
    /// Notes the place as a border of a group.
    Mark(u32),
    /// The place must be of a kind.
    At(At),
    /// Goes on elsewhere.
    Jump(u32),
    /// Goes on; what is tried next is elsewhere.
    Alternative(u32),
    /// The same if the next character is this one; else goes there at once.
    AlternativeLiteral(u32, u32),
    /// The same for a set.
    AlternativeSet(u32, u32),
    /// Goes on if the next character is this one, and then no other alternative can match; else goes there.
    OnlyLiteral(u32, u32),
    /// The same for a set.
    OnlySet(u32, u32),
    /// As many of a unit as there are, then fewer.
    Greedy(u32),
    /// As few of a unit as there must be, then more.
    Lazy(u32),
    /// As many of a unit as there are.
    Possessive(u32),
    /// Begins a loop: nothing is counted yet. Goes to where it is counted.
    Loop(u32, u32),
    /// Counts, and prefers the body, which stands there.
    MaxUntil(u32, u32),
    /// Counts, and prefers what follows.
    MinUntil(u32, u32),
    /// Begins a loop whose iterations are never tried again.
    PossessiveLoop(u32),
    /// Once more the body, which follows; the way out is there.
    PossessiveNext(u32, u32),
    /// The end of its body; goes to where it is decided.
    PossessiveEnd(u32, u32),
    /// What follows must match so many characters before.
    Assert(u32),
    /// The end of an assertion.
    AssertEnd,
    /// What follows must not match so many characters before; then it goes on there.
    AssertNot(u32, u32),
    /// What must not match has matched.
    AssertNotEnd,
    /// What follows is not tried again.
    Atomic,
    /// The end of that.
    AtomicEnd,
    /// The text of a group.
    Group(u32, Fold),
    /// Goes there unless the group has matched.
    Exists(u32, u32),
}

/// A repeated unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeat {
    /// What is repeated.
    pub(crate) unit: Unit,
    /// How often at least.
    pub(crate) least: usize,
    /// How often at most.
    pub(crate) most: usize,
    /// What must come next, if that is known.
    pub(crate) follow: Option<Unit>,
}

/// A loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How often at least.
    pub(crate) least: usize,
    /// How often at most.
    pub(crate) most: usize,
}

/// A program.
#[derive(Default)]
pub(crate) struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) sets: Vec<Set>,
    pub(crate) repeats: Vec<Repeat>,
    pub(crate) loops: Vec<Bounds>,
    /// How many borders of groups are noted.
    pub(crate) marks: usize,
    /// No match has fewer characters.
    pub(crate) shortest: usize,
    pub(crate) start: Start,
    pub(crate) lead: Option<Lead>,
}

impl Program {
    /// Whether a unit matches a character.
    #[inline(always)]
    pub(crate) fn accepts(&self, unit: Unit, c: u32) -> bool {
        match unit {
            Unit::Any => !crate::chars::is_line_break(c),
            Unit::AnyAll => true,
            Unit::Literal(literal) => c == literal,
            Unit::NotLiteral(literal) => c != literal,
            Unit::Set(set) => self.has(set, c),
            Unit::Never => false,
        }
    }

    /// Whether a set has a character.
    #[inline(always)]
    pub(crate) fn has(&self, set: u32, c: u32) -> bool {
        self.sets.get(set as usize).is_some_and(|set| set.contains(c))
    }

    /// The operation of a unit, as a unit.
    pub(crate) fn unit_at(&self, at: usize) -> Option<Unit> {
        match *self.ops.get(at)? {
            Op::Any => Some(Unit::Any),
            Op::AnyAll => Some(Unit::AnyAll),
            Op::Literal(c) => Some(Unit::Literal(c)),
            Op::NotLiteral(c) => Some(Unit::NotLiteral(c)),
            Op::Set(set) => Some(Unit::Set(set)),
            Op::Fail => Some(Unit::Never),
            _ => None,
        }
    }
}
