//! Two loads or stores of locals side by side become one instruction.

use super::facts::{LOAD_FAST, LOAD_FAST_LOAD_FAST, STORE_FAST, STORE_FAST_LOAD_FAST, STORE_FAST_STORE_FAST};
use super::graph::{BlockId, Graph, Inst};
use super::nops::remove_nops;

/// Merges loads and stores where both locals are among the first 16 and no line is lost.
pub(super) fn insert_superinstructions(graph: &mut Graph) {
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        if merge(graph.insts_mut(block)) {
            graph[block].nops = true;
        }
        block = graph[block].next;
    }
    remove_nops(graph);
}

fn merge(insts: &mut [Inst]) -> bool {
    let mut merged = false;
    for index in 1..insts.len() {
        let (first, second) = (insts[index - 1], insts[index]);
        let op = match (first.op, second.op) {
            (LOAD_FAST, LOAD_FAST) => LOAD_FAST_LOAD_FAST,
            (STORE_FAST, LOAD_FAST) => STORE_FAST_LOAD_FAST,
            (STORE_FAST, STORE_FAST) => STORE_FAST_STORE_FAST,
            _ => continue,
        };
        let lines = (first.loc.line, second.loc.line);
        if lines.0 >= 0 && lines.1 >= 0 && lines.0 != lines.1 || first.arg >= 16 || second.arg >= 16 {
            continue;
        }
        insts[index - 1].set(op, first.arg << 4 | second.arg);
        insts[index].clear();
        merged = true;
    }
    merged
}
