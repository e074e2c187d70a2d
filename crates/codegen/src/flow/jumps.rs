//! Jumps that are not needed: to the place behind, and to short code that ends.

use super::block::{BlockId, Inst};
use super::facts::{JUMP, Traits};
use super::graph::Graph;
use super::nops::remove_nops;

/// Code of so few instructions is copied rather than jumped to.
const MAX_COPY: usize = 4;

fn unconditional_jump(graph: &Graph, block: BlockId) -> Option<Inst> {
    graph.last(block).copied().filter(|last| last.op.is_unconditional_jump())
}

/// The jump that ends a block does nothing from now on.
fn clear_jump(graph: &mut Graph, block: BlockId) {
    if let Some(last) = graph.last_mut(block) {
        last.clear();
    }
    graph.mark(block, Traits::NOP);
}

/// Replaces jumps to short exits, and to code that has no lines and does not go on behind itself, by
/// that code.
pub(super) fn inline_blocks(graph: &mut Graph) {
    if !graph.traits.has(Traits::UNCONDITIONAL) {
        return;
    }
    let mut jumping = std::mem::take(&mut graph.pending);
    graph.for_each(|graph, block| {
        if unconditional_jump(graph, block).is_some() {
            jumping.push(block);
        }
    });
    let mut changed = !jumping.is_empty();
    while std::mem::take(&mut changed) {
        jumping.retain(|&block| {
            changed |= inline_target(graph, block);
            unconditional_jump(graph, block).is_some()
        });
    }
    jumping.clear();
    graph.pending = jumping;
}

fn inline_target(graph: &mut Graph, block: BlockId) -> bool {
    let Some(jump) = unconditional_jump(graph, block) else { return false };
    let target = jump.target();
    let small_exit = graph[target].len() <= MAX_COPY && ends(graph, target);
    let no_lines = !graph.falls_through(target) && has_no_lines(graph, target);
    if !small_exit && !no_lines {
        return false;
    }
    clear_jump(graph, block);
    graph.append(block, target);
    if no_lines
        && jump.op == JUMP
        && let Some(last) = graph.last_mut(block)
        && last.op.is_unconditional_jump()
    {
        // signals are looked at on the way, as before
        last.op = JUMP;
    }
    graph[target].predecessors -= 1;
    true
}

/// Whether a block ends the code.
pub(super) fn ends(graph: &Graph, block: BlockId) -> bool {
    graph.last(block).is_some_and(|last| last.op.is_scope_exit())
}

/// Whether nothing in a block has a line.
pub(super) fn has_no_lines(graph: &Graph, block: BlockId) -> bool {
    graph.insts(block).iter().all(|inst| inst.loc.line < 0)
}

/// Takes out jumps to the place behind, and all that does nothing.
pub(super) fn remove_nops_and_jumps(graph: &mut Graph) {
    loop {
        let nops = remove_nops(graph);
        let jumps = remove_redundant_jumps(graph);
        // where no `NOP` is left there is none that could go
        if !jumps && (!nops || !graph.traits.has(Traits::NOP)) {
            break;
        }
    }
}

fn remove_redundant_jumps(graph: &mut Graph) -> bool {
    let mut changed = false;
    if !graph.traits.has(Traits::UNCONDITIONAL) {
        return false;
    }
    graph.for_each(|graph, block| {
        if let Some(jump) = unconditional_jump(graph, block) {
            let target = graph.next_nonempty(jump.target());
            if target.exists() && target == graph.next_nonempty(graph[block].next) {
                clear_jump(graph, block);
                changed = true;
            }
        }
    });
    changed
}
