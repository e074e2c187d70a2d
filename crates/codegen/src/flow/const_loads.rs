//! Constants that are looked at where they are loaded: as conditions, compared with `None`, and small
//! integers.

use super::block::Inst;
use super::facts::{
    COPY, IS_OP, JUMP, JUMP_IF_FALSE, JUMP_IF_TRUE, LOAD_CONST, LOAD_SMALL_INT, NOP, POP_JUMP_IF_FALSE,
    POP_JUMP_IF_NONE, POP_JUMP_IF_NOT_NONE, POP_JUMP_IF_TRUE, TO_BOOL, Traits,
};
use super::fold::{constant_is_true, is_none, small_int};
use super::graph::Graph;
use crate::ir::Constants;
use taipan_bytecode_format::Const;

/// Decides what constants decide, in all blocks.
pub(super) fn optimize_const_loads(graph: &mut Graph, constants: &mut Constants) {
    let mut decided = false;
    graph.rewrite(Traits::CONST, |insts| optimize_block(insts, constants, &mut decided));
    if decided {
        graph.edges_changed = true;
        graph.traits = graph.traits.with(Traits::UNCONDITIONAL);
    }
}

/// What instructions became; whether jumps were decided is noted.
fn optimize_block(insts: &mut [Inst], constants: &mut Constants, decided: &mut bool) -> Traits {
    let mut nops = false;
    // the load that the top of the stack comes from, also through a copy
    let mut load = (NOP, 0);
    for index in 0..insts.len() {
        match insts[index].op {
            LOAD_CONST | LOAD_SMALL_INT => {}
            COPY if load.0 == LOAD_CONST => {}
            _ => {
                load = (NOP, 0);
                continue;
            }
        }
        let rest = &mut insts[index..];
        let Some((inst, behind)) = rest.split_first_mut() else { break };
        if inst.op == LOAD_CONST
            && let Some(value) = small_int(constants, inst.arg)
        {
            inst.set(LOAD_SMALL_INT, value);
        }
        if !(load.0 == LOAD_CONST && inst.op == COPY && inst.arg == 1) {
            load = (inst.op, inst.arg);
        }
        if !matches!(load.0, LOAD_CONST | LOAD_SMALL_INT) {
            continue;
        }
        let Some(next) = behind.first_mut() else { break };
        match next.op {
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | JUMP_IF_FALSE | JUMP_IF_TRUE => {
                decide_jump(inst, next, constant_is_true(constants, load));
                nops = true;
                *decided = true;
            }
            IS_OP => nops |= is_none(constants, load) && compare_with_none(inst, behind),
            TO_BOOL => {
                let value = constant_is_true(constants, load);
                inst.clear();
                next.set(LOAD_CONST, constants.add(Const::Bool(value)));
                nops = true;
            }
            _ => {}
        }
    }
    if nops { Traits::NOP } else { Traits::NONE }
}

fn decide_jump(inst: &mut Inst, jump: &mut Inst, is_true: bool) {
    if matches!(jump.op, POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE) {
        inst.clear();
    }
    if is_true == matches!(jump.op, POP_JUMP_IF_TRUE | JUMP_IF_TRUE) {
        jump.op = JUMP;
    } else {
        jump.clear();
    }
}

/// `x is None` as a condition: the instruction loads `None`, `IS_OP` stands first of those behind.
fn compare_with_none(inst: &mut Inst, behind: &mut [Inst]) -> bool {
    let [compare, behind @ ..] = behind else { return false };
    let mut nops = false;
    let jump = match behind {
        [to_bool, behind @ ..] if to_bool.op == TO_BOOL => {
            to_bool.clear();
            nops = true;
            behind.first_mut()
        }
        [jump, ..] => Some(jump),
        [] => None,
    };
    let Some(jump) = jump else { return nops };
    let not_none = match jump.op {
        POP_JUMP_IF_TRUE => compare.arg != 0,
        POP_JUMP_IF_FALSE => compare.arg == 0,
        _ => return nops,
    };
    inst.clear();
    compare.clear();
    jump.op = if not_none { POP_JUMP_IF_NOT_NONE } else { POP_JUMP_IF_NONE };
    true
}
