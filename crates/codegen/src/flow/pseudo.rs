//! Pseudo-instructions become those of the bytecode, and conditional jumps only lead forward.

use super::block::{BlockId, Inst};
use super::facts::{
    COPY, JUMP, JUMP_IF_FALSE, JUMP_IF_TRUE, Kind, LOAD_CLOSURE, LOAD_FAST, NOT_TAKEN, POP_JUMP_IF_FALSE,
    POP_JUMP_IF_NONE, POP_JUMP_IF_NOT_NONE, POP_JUMP_IF_TRUE, STORE_FAST, STORE_FAST_MAYBE_NULL, TO_BOOL,
    Traits,
};
use super::graph::Graph;
use super::jumps::remove_nops_and_jumps;

/// Writes jumps that leave their value on the stack as copies of it that are tested.
pub(super) fn convert_conditional_jumps(graph: &mut Graph) {
    if !graph.traits.has(Traits::LOOKING) {
        return;
    }
    graph.traits = graph.traits.with(Traits::CONDITIONAL);
    graph.for_each(|graph, block| {
        if let Some(last) = graph.last_mut(block)
            && matches!(last.op, JUMP_IF_FALSE | JUMP_IF_TRUE)
        {
            last.op = if last.op == JUMP_IF_FALSE { POP_JUMP_IF_FALSE } else { POP_JUMP_IF_TRUE };
            let jump = *last;
            let at = graph[block].len() - 1;
            let test = [Inst { op: COPY, arg: 1, ..jump }, Inst { op: TO_BOOL, arg: 0, ..jump }];
            graph.insert(block, at, &test);
        }
    });
}

/// Resolves the other pseudo-instructions, but for jumps whose direction is not known yet.
pub(super) fn convert_pseudo_ops(graph: &mut Graph) {
    graph.rewrite(Traits::PSEUDO, |insts| {
        for inst in insts {
            match inst.op {
                LOAD_CLOSURE => inst.op = LOAD_FAST,
                STORE_FAST_MAYBE_NULL => inst.op = STORE_FAST,
                op if op.is_block_push() => {
                    inst.clear();
                }
                _ => {}
            }
        }
        Traits::LOCAL.with(Traits::NOP)
    });
    remove_nops_and_jumps(graph);
}

/// Marks the way on which a conditional jump is not taken, and turns those that would lead back.
pub(super) fn normalize_jumps(graph: &mut Graph) {
    if !graph.traits.has(Traits::CONDITIONAL) {
        return;
    }
    graph.clear_visited();
    graph.for_each(|graph, block| {
        graph[block].visited = true;
        if let Some(jump) = graph.jump(block).filter(|jump| jump.op.is_conditional_jump()) {
            if graph[jump.target()].visited {
                turn(graph, block, jump);
            } else {
                graph.push(block, NOT_TAKEN, 0, jump.loc);
            }
        }
    });
}

/// A conditional jump back becomes the opposite one over a jump back.
fn turn(graph: &mut Graph, block: BlockId, jump: Inst) {
    let next = match graph[block].next {
        BlockId::NONE => graph.new_block(),
        next => next,
    };
    let back = graph.new_block();
    graph.push(back, NOT_TAKEN, 0, jump.loc);
    graph.push(back, JUMP, jump.arg, jump.loc);
    graph[back].depth = graph[jump.target()].depth;
    graph[back].cold = graph[block].cold;
    graph[back].next = next;
    graph[block].next = back;
    if let Some(last) = graph.last_mut(block) {
        last.op = opposite(jump.op);
        last.arg = next.0;
    }
}

const fn opposite(jump: Kind) -> Kind {
    match jump {
        POP_JUMP_IF_NOT_NONE => POP_JUMP_IF_NONE,
        POP_JUMP_IF_NONE => POP_JUMP_IF_NOT_NONE,
        POP_JUMP_IF_FALSE => POP_JUMP_IF_TRUE,
        _ => POP_JUMP_IF_FALSE,
    }
}
