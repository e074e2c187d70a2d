//! Operations on constants, done here rather than when the code runs.
//!
//! What raises an exception, or gives a value too large to keep, is left as it is. Instructions that are
//! not needed any more become `NOP` without a place.
//! Invariant: a constant has the type and value, to the sign of a zero, that the reference would make.

mod binary;
mod complex;
mod equality;
mod float;
mod int;
mod number;
mod sequence;
mod unary;

#[cfg(test)]
mod tests;

use super::block::Inst;
use super::facts::Kind;
use super::facts::{
    BUILD_LIST, BUILD_SET, BUILD_TUPLE, LIST_APPEND, LIST_EXTEND, LOAD_CONST, LOAD_SMALL_INT, NOP, SET_ADD,
    SET_UPDATE,
};
use crate::ir::{Constants, Loc};
use std::borrow::Cow;
use taipan_bytecode_format::Const;

/// Displays of more values are not built on the stack.
const MAX_VALUES: usize = 30;

/// Lists and sets of fewer constants are built one by one.
const MIN_CONSTANT_DISPLAY: usize = 3;

/// The integer that `LOAD_SMALL_INT` can load for the constant of this index.
pub(super) fn small_int(constants: &Constants, index: u32) -> Option<u32> {
    match constants.get(index) {
        Some(Const::Int(value)) => u8::try_from(value).ok().map(u32::from),
        _ => None,
    }
}

/// Whether the constant that an instruction loads is true; the operation and its argument are given.
pub(super) fn constant_is_true(constants: &Constants, (op, arg): (Kind, u32)) -> bool {
    match op {
        LOAD_CONST => constants.get(arg).is_none_or(unary::is_true),
        _ => arg != 0,
    }
}

/// Whether an instruction loads `None`.
pub(super) fn is_none(constants: &Constants, (op, arg): (Kind, u32)) -> bool {
    op == LOAD_CONST && matches!(constants.get(arg), Some(Const::None))
}

/// What an instruction loads.
fn value<'c>(constants: &'c Constants, inst: &Inst) -> Option<Cow<'c, Const>> {
    match inst.op {
        LOAD_CONST => constants.get(inst.arg).map(Cow::Borrowed),
        LOAD_SMALL_INT => Some(Cow::Owned(Const::Int(inst.arg.into()))),
        _ => None,
    }
}

/// Makes the instruction load a constant.
fn load(inst: &mut Inst, constant: Const, constants: &mut Constants) {
    if let Const::Int(value) = &constant
        && let Ok(small) = u8::try_from(value)
    {
        inst.set(LOAD_SMALL_INT, small.into());
    } else {
        inst.set(LOAD_CONST, constants.add(constant));
    }
}

/// Where the `count` instructions stand that load constants, if nothing else stands before `index`; from
/// the last to the first.
fn operands<const MAX: usize>(insts: &[Inst], index: usize, count: usize) -> Option<[usize; MAX]> {
    let mut found = [0; MAX];
    let mut at = index;
    for place in found.get_mut(..count)? {
        at = insts.get(..at)?.iter().rposition(|inst| inst.op != NOP)?;
        if !insts[at].op.loads_const() {
            return None;
        }
        *place = at;
    }
    Some(found)
}

fn clear_at(insts: &mut [Inst], places: &[usize]) {
    for &at in places {
        insts[at].clear();
        insts[at].loc = Loc::NONE;
    }
}

/// A unary operator on a constant.
pub(super) fn fold_unary(insts: &mut [Inst], index: usize, constants: &mut Constants) -> bool {
    let Some([operand]) = operands::<1>(insts, index, 1) else { return false };
    let Some(folded) =
        value(constants, &insts[operand]).and_then(|value| unary::apply(insts[index].op, &value))
    else {
        return false;
    };
    clear_at(insts, &[operand]);
    load(&mut insts[index], folded, constants);
    true
}

/// A binary operator, or a subscript, on two constants.
pub(super) fn fold_binary(insts: &mut [Inst], index: usize, constants: &mut Constants) -> bool {
    let Some([right, left]) = operands::<2>(insts, index, 2) else { return false };
    let folded = match (value(constants, &insts[left]), value(constants, &insts[right])) {
        (Some(left), Some(right)) => binary::apply(insts[index].arg, &left, &right),
        _ => None,
    };
    let Some(folded) = folded else { return false };
    clear_at(insts, &[left, right]);
    load(&mut insts[index], folded, constants);
    true
}

/// The values that `count` instructions before `index` load, and where those stand.
fn values(
    insts: &[Inst],
    index: usize,
    count: usize,
    constants: &Constants,
) -> Option<(Vec<Const>, [usize; MAX_VALUES])> {
    let places = operands::<MAX_VALUES>(insts, index, count)?;
    let values = places.get(..count)?.iter().rev();
    let values =
        values.map(|&at| value(constants, &insts[at]).map(Cow::into_owned)).collect::<Option<_>>()?;
    Some((values, places))
}

/// A tuple of constants.
pub(super) fn fold_tuple(insts: &mut [Inst], index: usize, constants: &mut Constants) -> bool {
    let count = insts[index].arg as usize;
    let Some((items, places)) = values(insts, index, count, constants) else { return false };
    clear_at(insts, &places[..count]);
    load(&mut insts[index], Const::Tuple(items), constants);
    true
}

/// A list or set of constants: one that is only read becomes a constant itself, another is filled from a
/// constant. A list that is only read need not be a list.
pub(super) fn fold_sequence(
    insts: &mut [Inst],
    index: usize,
    only_read: bool,
    constants: &mut Constants,
) -> bool {
    let build = insts[index];
    let count = build.arg as usize;
    if count > MAX_VALUES || count < MIN_CONSTANT_DISPLAY && !only_read {
        return false;
    }
    let Some((items, places)) = values(insts, index, count, constants) else {
        if only_read && build.op == BUILD_LIST {
            insts[index].op = BUILD_TUPLE;
        }
        return false;
    };
    let constant = match build.op {
        BUILD_SET => Const::FrozenSet(equality::distinct(items)),
        _ => Const::Tuple(items),
    };
    let constant = constants.add(constant);
    clear_at(insts, &places[..count]);
    if only_read {
        insts[index].set(LOAD_CONST, constant);
    } else if let Some([empty, load, extend]) =
        insts.get_mut(index - 2..=index).and_then(|i| i.as_mut_array())
    {
        empty.loc = build.loc;
        empty.set(build.op, 0);
        load.set(LOAD_CONST, constant);
        extend.set(if build.op == BUILD_SET { SET_UPDATE } else { LIST_EXTEND }, 1);
    }
    true
}

/// A list or set of constants so long that they are added one by one: one that becomes a tuple, at its
/// instruction, or that is only read, at its last addition.
pub(super) fn fold_additions(insts: &mut [Inst], index: usize, constants: &mut Constants) -> bool {
    let (add, set) = match insts[index].op {
        SET_ADD => (SET_ADD, true),
        _ => (LIST_APPEND, false),
    };
    let end = index + usize::from(insts[index].op == add);
    let Some((start, count)) = additions(&insts[..end], add) else { return false };
    let mut items = Vec::with_capacity(count);
    for inst in &insts[start..index] {
        if let Some(value) = value(constants, inst) {
            items.push(value.into_owned());
        }
    }
    for inst in &mut insts[start..end] {
        if inst.op != NOP {
            inst.clear();
            inst.loc = Loc::NONE;
        }
    }
    let constant = if set { Const::FrozenSet(equality::distinct(items)) } else { Const::Tuple(items) };
    load(&mut insts[index], constant, constants);
    true
}

/// Where a list or set begins to which instructions at the end add constants alone, and how many.
fn additions(insts: &[Inst], add: Kind) -> Option<(usize, usize)> {
    let build = if add == SET_ADD { BUILD_SET } else { BUILD_LIST };
    let (mut count, mut expected) = (0, true);
    for (at, inst) in insts.iter().enumerate().rev() {
        match inst.op {
            NOP => continue,
            op if op == build && inst.arg == 0 && expected => return Some((at, count)),
            op if op == add && inst.arg == 1 && expected => {}
            op if op.loads_const() && !expected => count += 1,
            _ => return None,
        }
        expected = !expected;
    }
    None
}
