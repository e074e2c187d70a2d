//! How often a unit stands at a place.

use crate::chars::{Char, is_line_break};
use crate::program::{Program, Repeat, Unit};

/// The place behind as many of a unit as stand from `pos` on, `most` at most; none behind the end of the text.
#[inline]
pub(super) fn run_end<C: Char>(
    program: &Program,
    unit: Unit,
    text: &[C],
    pos: usize,
    most: usize,
) -> Option<usize> {
    let rest = text.get(pos..)?;
    let rest = rest.get(..most).unwrap_or(rest);
    let len = match unit {
        Unit::AnyAll => None,
        Unit::Never => Some(0),
        Unit::Any => C::find(rest, 0x0A),
        Unit::Literal(literal) => rest.iter().position(|c| c.code() != literal),
        Unit::NotLiteral(literal) => C::find(rest, literal),
        Unit::Set(number) => match program.sets.get(number as usize) {
            Some(set) => rest.iter().position(|c| !set.contains(c.code())),
            None => Some(0),
        },
    };
    Some(pos + len.unwrap_or(rest.len()))
}

/// The last place from `least` to `pos` where what must follow a repetition stands.
#[inline]
pub(super) fn last_fit<C: Char>(
    program: &Program,
    repeat: &Repeat,
    text: &[C],
    least: usize,
    pos: usize,
) -> Option<usize> {
    let Some(follow) = repeat.follow else { return (pos >= least).then_some(pos) };
    let from = text.get(least..)?;
    let places = from.get(..=pos.checked_sub(least)?).unwrap_or(from);
    let at = match follow {
        Unit::Literal(literal) => places.iter().rposition(|c| c.code() == literal),
        _ => places.iter().rposition(|c| program.accepts(follow, c.code())),
    };
    at.map(|at| least + at)
}

/// The first place from `pos` on, with nothing but the unit before it, where what must follow stands.
#[inline]
pub(super) fn first_fit<C: Char>(
    program: &Program,
    repeat: &Repeat,
    text: &[C],
    pos: usize,
    most: usize,
) -> Option<usize> {
    let Some(follow) = repeat.follow else { return Some(pos) };
    let rest = text.get(pos..)?;
    for (at, c) in (pos..).zip(rest) {
        let c = c.code();
        if program.accepts(follow, c) {
            return Some(at);
        }
        let fits = match repeat.unit {
            Unit::Any => !is_line_break(c),
            unit => program.accepts(unit, c),
        };
        if at >= most || !fits {
            return None;
        }
    }
    None
}
