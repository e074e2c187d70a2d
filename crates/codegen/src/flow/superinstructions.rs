//! Two loads or stores of locals side by side become one instruction.

use super::block::Inst;
use super::facts::{
    LOAD_FAST, LOAD_FAST_LOAD_FAST, STORE_FAST, STORE_FAST_LOAD_FAST, STORE_FAST_STORE_FAST, Traits,
};
use super::graph::Graph;
use super::nops::remove_nops;

/// Merges loads and stores where both locals are among the first 16 and no line is lost.
pub(super) fn insert_superinstructions(graph: &mut Graph) {
    graph.rewrite(Traits::LOCAL, |insts| if merge(insts) { Traits::NOP } else { Traits::NONE });
    remove_nops(graph);
}

fn merge(insts: &mut [Inst]) -> bool {
    let mut merged = false;
    for index in 1..insts.len() {
        if !matches!(insts[index].op, LOAD_FAST | STORE_FAST) {
            continue;
        }
        let Some([first, second]) = insts[index - 1..].first_chunk_mut() else { continue };
        let op = match (first.op, second.op) {
            (LOAD_FAST, LOAD_FAST) => LOAD_FAST_LOAD_FAST,
            (STORE_FAST, LOAD_FAST) => STORE_FAST_LOAD_FAST,
            (STORE_FAST, STORE_FAST) => STORE_FAST_STORE_FAST,
            _ => continue,
        };
        let (line, other) = (first.loc.line, second.loc.line);
        if line >= 0 && other >= 0 && line != other || first.arg >= 16 || second.arg >= 16 {
            continue;
        }
        first.set(op, first.arg << 4 | second.arg);
        second.clear();
        merged = true;
    }
    merged
}
