//! What a few instructions side by side can be replaced by, and jumps to jumps.

use super::block::{BlockId, Inst, place_traits};
use super::facts::{
    BINARY_OP, BUILD_LIST, BUILD_SET, BUILD_TUPLE, CALL_INTRINSIC_1, COMPARE_OP, CONTAINS_OP, GET_ITER,
    IS_OP, JUMP, JUMP_IF_FALSE, JUMP_IF_TRUE, JUMP_NO_INTERRUPT, LIST_APPEND, LOAD_GLOBAL, NOP,
    POP_JUMP_IF_FALSE, POP_JUMP_IF_NONE, POP_JUMP_IF_NOT_NONE, POP_JUMP_IF_TRUE, POP_TOP, PUSH_NULL, SET_ADD,
    STORE_FAST, SWAP, TO_BOOL, Traits, UNARY_INVERT, UNARY_NEGATIVE, UNARY_NOT, UNPACK_SEQUENCE,
};
use super::fold::{fold_additions, fold_binary, fold_sequence, fold_tuple, fold_unary};
use super::graph::Graph;
use super::swaps::optimize_swaps;
use crate::ir::Constants;

const INTRINSIC_UNARY_POSITIVE: u32 = 5;
const INTRINSIC_LIST_TO_TUPLE: u32 = 6;
const COMPARE_TO_BOOL: u32 = 16;

/// What improved instructions may have become.
const CHANGED: Traits = Traits::NOP.with(Traits::CONST).with(Traits::POP);

/// Improves all blocks.
pub(super) fn optimize_blocks(graph: &mut Graph, constants: &mut Constants) {
    graph.for_each(|graph, block| optimize_block(graph, constants, block));
}

fn optimize_block(graph: &mut Graph, constants: &mut Constants, block: BlockId) {
    let (mut got, mut swaps) = (Traits::NONE, false);
    if graph[block].traits.has(Traits::IMPROVABLE) {
        let insts = graph.insts_mut(block);
        for index in 0..insts.len() {
            let op = insts[index].op;
            if !op.is_improvable() {
                continue;
            }
            swaps |= op == SWAP;
            if optimize_at(insts, index, constants) {
                let changed = insts[index.saturating_sub(1)..=index].iter().filter(|inst| inst.op != NOP);
                got = changed.fold(got.with(CHANGED), |got, inst| got.with(place_traits(inst.loc)));
            }
        }
        graph.mark(block, got);
    }
    // behind the new target there may be one more jump; code that only jumps in a circle has an end here
    let mut left = graph.block_count();
    while left > 0 && thread_jump(graph, block) {
        left -= 1;
    }
    if swaps {
        optimize_swaps(graph, block);
    }
}

/// Improves the instruction at `index`; whether something changed.
fn optimize_at(insts: &mut [Inst], index: usize, constants: &mut Constants) -> bool {
    let rest = &mut insts[index..];
    let Some((inst, behind)) = rest.split_first_mut() else { return false };
    let next = behind.first_mut();
    let next_op = next.as_ref().map_or(NOP, |next| next.op);
    match inst.op {
        BUILD_TUPLE => {
            if let Some(next) = next
                && unpack_tuple(inst, next)
            {
                return true;
            }
            fold_tuple(insts, index, constants)
        }
        BUILD_LIST | BUILD_SET => {
            let only_read = next_op == GET_ITER || next_op == CONTAINS_OP;
            fold_sequence(insts, index, only_read, constants)
        }
        UNARY_INVERT | UNARY_NEGATIVE => fold_unary(insts, index, constants),
        UNARY_NOT if next_op == TO_BOOL || next_op == UNARY_NOT => merge_not(inst, next),
        UNARY_NOT => fold_unary(insts, index, constants),
        CALL_INTRINSIC_1 if inst.arg == INTRINSIC_LIST_TO_TUPLE => {
            let folded = fold_additions(insts, index, constants);
            if !folded && next_op == GET_ITER {
                insts[index].clear();
            }
            folded || next_op == GET_ITER
        }
        CALL_INTRINSIC_1 if inst.arg == INTRINSIC_UNARY_POSITIVE => fold_unary(insts, index, constants),
        LIST_APPEND | SET_ADD if inst.arg == 1 && (next_op == GET_ITER || next_op == CONTAINS_OP) => {
            fold_additions(insts, index, constants)
        }
        BINARY_OP => fold_binary(insts, index, constants),
        SWAP if inst.arg == 1 => {
            inst.clear();
            true
        }
        _ => next.is_some_and(|next| merge_pair(inst, next)),
    }
}

/// A tuple that is unpacked at once: values in reverse order.
fn unpack_tuple(build: &mut Inst, unpack: &mut Inst) -> bool {
    if unpack.op != UNPACK_SEQUENCE || unpack.arg != build.arg {
        return false;
    }
    match build.arg {
        1 => unpack.clear(),
        2 | 3 => unpack.op = SWAP,
        _ => return false,
    }
    build.clear();
    true
}

fn merge_not(not: &mut Inst, next: Option<&mut Inst>) -> bool {
    let Some(next) = next else { return false };
    not.clear();
    if next.op == TO_BOOL {
        next.set(UNARY_NOT, 0);
    } else {
        next.clear();
    }
    true
}

/// Two instructions that are one; whether they were.
fn merge_pair(inst: &mut Inst, next: &mut Inst) -> bool {
    match (inst.op, next.op) {
        (STORE_FAST, STORE_FAST) if inst.arg == next.arg && inst.loc.line == next.loc.line => {
            inst.set(POP_TOP, 0);
            true
        }
        (LOAD_GLOBAL, PUSH_NULL) if inst.arg & 1 == 0 => {
            inst.arg |= 1;
            next.clear();
            true
        }
        (COMPARE_OP, TO_BOOL) => {
            next.set(COMPARE_OP, inst.arg | COMPARE_TO_BOOL);
            inst.clear();
            true
        }
        (CONTAINS_OP | IS_OP, TO_BOOL) => {
            next.set(inst.op, inst.arg);
            inst.clear();
            true
        }
        (CONTAINS_OP | IS_OP, UNARY_NOT) => {
            next.set(inst.op, inst.arg ^ 1);
            inst.clear();
            true
        }
        (TO_BOOL, TO_BOOL) => {
            inst.clear();
            true
        }
        _ => false,
    }
}

/// Leads the jump that ends a block past another jump; whether there was one.
fn thread_jump(graph: &mut Graph, block: BlockId) -> bool {
    let Some(jump) = graph.jump(block) else { return false };
    let target = jump.target();
    let Some(&first) = graph.insts(target).first() else { return false };
    let through = match (jump.op, first.op) {
        (op @ (POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE), JUMP)
        | (op @ JUMP_IF_FALSE, JUMP | JUMP_IF_FALSE)
        | (op @ JUMP_IF_TRUE, JUMP | JUMP_IF_TRUE)
        | (op @ (JUMP | JUMP_NO_INTERRUPT), JUMP_NO_INTERRUPT) => op,
        (JUMP | JUMP_NO_INTERRUPT, JUMP) => JUMP,
        (JUMP_IF_FALSE, JUMP_IF_TRUE) | (JUMP_IF_TRUE, JUMP_IF_FALSE) => {
            // the value is known not to take that jump
            return retarget(graph, block, target);
        }
        _ => return false,
    };
    if jump.arg == first.arg {
        return false;
    }
    // the jump's line may have to stay
    if let Some(jump) = graph.last_mut(block) {
        jump.clear();
    }
    graph.mark(block, Traits::NOP);
    graph.edges_changed = true;
    graph.push(block, through, first.arg, first.loc);
    true
}

fn retarget(graph: &mut Graph, block: BlockId, target: BlockId) -> bool {
    let behind = graph[target].next;
    match graph.last_mut(block) {
        Some(jump) if behind.exists() => jump.arg = behind.0,
        _ => return false,
    }
    graph.edges_changed = true;
    true
}
