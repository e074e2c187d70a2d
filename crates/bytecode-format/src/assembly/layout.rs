//! Where instructions come to stand if their arguments are labels, whose distance depends on that.
//! Invariant: the same items give the same bytes; each instruction has the fewest prefixes that its argument
//! and those before and behind it allow, or as many as were asked for.

use crate::instruction::{MAX_PREFIXES, emit_wide, prefixes_of};
use crate::opcode::{Opcode, OperandKind};

/// An argument.
#[derive(Clone, Copy, Debug)]
pub(super) enum Arg {
    Number(u32),
    /// The distance to the label of this number.
    Label(usize),
}

/// What stands in a code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    /// The label of this number.
    Label(usize),
    /// An instruction with at least so many prefixes.
    Instruction { opcode: Opcode, arg: Arg, prefixes: u32 },
}

/// Rounds in which instructions grow one after the other; then all grow that may have to.
const ROUNDS: usize = 64;

/// The code of these items, and the code unit of each label.
///
/// # Errors
/// The index of an item that is an instruction whose label it cannot reach.
pub(super) fn layout(items: &[Item], labels: usize) -> Result<(Vec<u8>, Vec<u32>), usize> {
    let mut widths: Vec<u32> = items.iter().map(least).collect();
    let mut places = vec![u32::MAX; labels];
    for round in 0.. {
        place(items, &widths, &mut places);
        let mut grown = false;
        let mut at = 0u32;
        for (index, (item, width)) in items.iter().zip(&mut widths).enumerate() {
            let Item::Instruction { opcode, arg, .. } = item else { continue };
            at = at.saturating_add(1 + *width + opcode.caches() as u32);
            let Arg::Label(label) = arg else { continue };
            let needed = prefixes_of(distance(*opcode, at, places.get(*label)).ok_or(index)?);
            if needed > *width {
                *width = if round < ROUNDS { needed } else { MAX_PREFIXES };
                grown = true;
            }
        }
        if !grown {
            break;
        }
    }
    emit(items, &widths, &places)
}

/// The prefixes that an item has whatever stands around it.
fn least(item: &Item) -> u32 {
    match item {
        Item::Instruction { arg: Arg::Number(arg), prefixes, .. } => (*prefixes).max(prefixes_of(*arg)),
        Item::Instruction { prefixes, .. } => *prefixes,
        Item::Label(_) => 0,
    }
}

fn place(items: &[Item], widths: &[u32], places: &mut [u32]) {
    let mut at = 0u32;
    for (item, width) in items.iter().zip(widths) {
        match item {
            Item::Label(label) => {
                if let Some(place) = places.get_mut(*label) {
                    *place = at;
                }
            }
            Item::Instruction { opcode, .. } => at = at.saturating_add(1 + width + opcode.caches() as u32),
        }
    }
}

/// The argument of a jump to `place` whose next instruction stands at `next`.
fn distance(opcode: Opcode, next: u32, place: Option<&u32>) -> Option<u32> {
    match opcode.operand() {
        OperandKind::JumpForward => place?.checked_sub(next),
        OperandKind::JumpBackward => next.checked_sub(*place?),
        _ => None,
    }
}

fn emit(items: &[Item], widths: &[u32], places: &[u32]) -> Result<(Vec<u8>, Vec<u32>), usize> {
    let mut code = Vec::new();
    let mut at = 0u32;
    for (index, (item, width)) in items.iter().zip(widths).enumerate() {
        let Item::Instruction { opcode, arg, .. } = item else { continue };
        at = at.saturating_add(1 + width + opcode.caches() as u32);
        let arg = match arg {
            Arg::Number(arg) => *arg,
            Arg::Label(label) => distance(*opcode, at, places.get(*label)).ok_or(index)?,
        };
        emit_wide(&mut code, *opcode, arg, *width);
    }
    Ok((code, places.to_vec()))
}
