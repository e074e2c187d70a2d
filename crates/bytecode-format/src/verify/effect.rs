//! What each instruction asks of a state and makes of it.

use super::cells::Local;
use super::layout::Step;
use super::state::{Arena, State};
use super::{Rule, Slot};
use crate::code::Code;
use crate::opcode::Opcode;

/// Some kinds of slots.
#[derive(Clone, Copy)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const fn of(slots: &[Slot]) -> Kinds {
        let (mut bits, mut at) = (0, 0);
        while at < slots.len() {
            bits |= 1 << slots[at] as u8;
            at += 1;
        }
        Kinds(bits)
    }

    pub(super) const fn has(self, slot: Slot) -> bool {
        self.0 >> slot as u8 & 1 != 0
    }
}

/// What may stand in a call's place for a self.
const SELF: Kinds = Kinds::of(&[Slot::Value, Slot::Null, Slot::SelfOrNull]);
const NULL: Kinds = Kinds::of(&[Slot::Null]);
const VALUE_OR_NULL: Kinds = Kinds::of(&[Slot::Value, Slot::Null]);

/// What a program may drop or put back into a local.
const DROPPED: Kinds = Kinds::of(&[Slot::Value, Slot::Null, Slot::SelfOrNull, Slot::Lasti]);
const STORED: Kinds = Kinds::of(&[Slot::Value, Slot::MaybeUnbound, Slot::MaybeCell]);
const PREVIOUS: Kinds = Kinds::of(&[Slot::PreviousException]);

/// What holds behind an instruction, on every way, if `state` holds before it.
#[inline(never)]
pub(super) fn apply(arena: &mut Arena, code: &Code, step: &Step, mut state: State) -> Result<State, Rule> {
    change(arena, code, step, &mut state)?;
    Ok(state)
}

fn change(arena: &mut Arena, code: &Code, step: &Step, state: &mut State) -> Result<(), Rule> {
    let Step { opcode, arg, .. } = *step;
    match opcode {
        Opcode::Swap => arena.swap(state, arg),
        Opcode::Copy => {
            let slot = arena.peek(*state, arg)?;
            arena.push(state, slot)
        }
        Opcode::PopTop => arena.pop_any(state, DROPPED).map(drop),
        Opcode::PushNull => arena.push(state, Slot::Null),
        Opcode::Call | Opcode::CallKw | Opcode::CallFunctionEx => call(arena, opcode, arg, state),
        Opcode::LoadAttr | Opcode::LoadSuperAttr | Opcode::LoadGlobal | Opcode::LoadSpecial => {
            load_callable(arena, opcode, arg, state)
        }
        Opcode::PushExcInfo => {
            arena.pop_values(state, 1)?;
            arena.push(state, Slot::PreviousException)?;
            arena.push(state, Slot::Value)
        }
        Opcode::PopExcept => arena.pop_any(state, PREVIOUS).map(drop),
        Opcode::YieldValue => yield_value(arena, arg, state),
        Opcode::WithExceptStart => with_except_start(arena, state),
        Opcode::Reraise => reraise(arena, arg, state),
        Opcode::ReturnValue => {
            arena.pop_values(state, 1)?;
            if state.height() > 0 { Err(Rule::ReturnHeight { height: state.height() }) } else { Ok(()) }
        }
        Opcode::LoadFastAndClear
        | Opcode::StoreFast
        | Opcode::StoreFastLoadFast
        | Opcode::StoreFastStoreFast
        | Opcode::DeleteFast
        | Opcode::MakeCell
        | Opcode::CopyFreeVars => local(arena, code, step, state),
        Opcode::LoadDeref | Opcode::StoreDeref | Opcode::DeleteDeref | Opcode::LoadFromDictOrDeref => {
            if !matches!(arena.cells.local(state.locals(), arg), Local::Cell | Local::Any) {
                return Err(Rule::NotACell { local: arg });
            }
            values(arena, opcode, arg, state)
        }
        _ => values(arena, opcode, arg, state),
    }
}

/// Instructions whose operands and results are values.
fn values(arena: &mut Arena, opcode: Opcode, arg: u32, state: &mut State) -> Result<(), Rule> {
    let (pops, keeps) = (opcode.pops(arg), opcode.keeps(arg));
    if !opcode.reaches_below() {
        arena.pop_values(state, pops)?;
        return arena.push_values(state, opcode.pushes(arg));
    }
    // the receiver below, of any distance, and what is taken: the kinds between stay as they are
    // `DICT_MERGE` looks at the callable too, for its messages: there it stands lowest
    let receiver = if opcode == Opcode::DictMerge { arg + 1 } else { pops };
    for depth in [pops, receiver] {
        let found = arena.peek(*state, depth)?;
        if found != Slot::Value {
            return Err(Rule::SlotKind { slot: state.height() - depth, found });
        }
    }
    arena.pop_values(state, pops.saturating_sub(keeps))?;
    arena.push_values(state, opcode.pushes(arg).saturating_sub(keeps))
}

fn call(arena: &mut Arena, opcode: Opcode, arg: u32, state: &mut State) -> Result<(), Rule> {
    let values = match opcode {
        Opcode::Call => arg,
        Opcode::CallKw => arg + 1,
        _ => {
            arena.pop_any(state, VALUE_OR_NULL)?;
            1
        }
    };
    arena.pop_values(state, values)?;
    // with `CALL_FUNCTION_EX` a self stands among the arguments
    let this = if opcode == Opcode::CallFunctionEx { NULL } else { SELF };
    arena.pop_any(state, this)?;
    arena.pop_values(state, 1)?;
    arena.push(state, Slot::Value)
}

fn load_callable(arena: &mut Arena, opcode: Opcode, arg: u32, state: &mut State) -> Result<(), Rule> {
    arena.pop_values(state, opcode.pops(arg))?;
    arena.push(state, Slot::Value)?;
    match opcode {
        Opcode::LoadGlobal if arg & 1 != 0 => arena.push(state, Slot::Null),
        Opcode::LoadSpecial => arena.push(state, Slot::SelfOrNull),
        Opcode::LoadAttr | Opcode::LoadSuperAttr if arg & 1 != 0 => arena.push(state, Slot::SelfOrNull),
        _ => Ok(()),
    }
}

/// Exit function, its self or null, lasti, previous exception, exception: all stay.
fn with_except_start(arena: &mut Arena, state: &mut State) -> Result<(), Rule> {
    Arena::need(*state, 5)?;
    const VALUE: Kinds = Kinds::of(&[Slot::Value]);
    let places = [VALUE, PREVIOUS, Kinds::of(&[Slot::Lasti]), SELF, VALUE];
    for (depth, allowed) in (1..).zip(places) {
        let found = arena.peek(*state, depth)?;
        if !allowed.has(found) {
            return Err(Rule::SlotKind { slot: state.height() - depth, found });
        }
    }
    arena.push(state, Slot::Value)
}

/// While a generator delegates, what it delegates to stands below what it yields: that is where throwing
/// into it finds it.
fn yield_value(arena: &mut Arena, delegates: u32, state: &mut State) -> Result<(), Rule> {
    arena.pop_values(state, 1 + delegates)?;
    arena.push_values(state, 1 + delegates)
}

fn reraise(arena: &mut Arena, arg: u32, state: &mut State) -> Result<(), Rule> {
    arena.pop_values(state, 1)?;
    if arg > 0 {
        let found = arena.peek(*state, arg)?;
        if found != Slot::Lasti {
            return Err(Rule::SlotKind { slot: state.height() - arg, found });
        }
    }
    Ok(())
}

fn local(arena: &mut Arena, code: &Code, step: &Step, state: &mut State) -> Result<(), Rule> {
    let Step { opcode, arg, .. } = *step;
    let count = code.localspluskinds.len() as u32;
    match opcode {
        Opcode::LoadFastAndClear => {
            let saved = match arena.cells.local(state.locals(), arg) {
                Local::Plain => Slot::MaybeUnbound,
                Local::Cell | Local::Any => Slot::MaybeCell,
                Local::Unknown => return Err(Rule::MaybeACell { local: arg }),
            };
            arena.push(state, saved)?;
            arena.set_local(state, arg, Local::Plain)
        }
        Opcode::StoreFast => store(arena, arg, state),
        Opcode::StoreFastLoadFast => {
            store(arena, arg >> 4, state)?;
            arena.push(state, Slot::Value)
        }
        Opcode::StoreFastStoreFast => {
            store(arena, arg >> 4, state)?;
            store(arena, arg & 15, state)
        }
        Opcode::MakeCell => {
            if !arena.cells.may_be(arg) {
                return Err(Rule::NotDeclaredCell { local: arg });
            }
            // the cell holds what the slot held, even if that is a cell: the reference makes such code
            arena.set_local(state, arg, Local::Cell)
        }
        Opcode::CopyFreeVars => arena.change(state, count.saturating_sub(arg)..count, Local::Cell),
        _ => arena.set_local(state, arg, Local::Plain),
    }
}

fn store(arena: &mut Arena, local: u32, state: &mut State) -> Result<(), Rule> {
    match arena.pop_any(state, STORED)? {
        Slot::MaybeCell if !arena.cells.may_be(local) => Err(Rule::NotDeclaredCell { local }),
        Slot::MaybeCell => arena.set_local(state, local, Local::Cell),
        _ => arena.set_local(state, local, Local::Plain),
    }
}
