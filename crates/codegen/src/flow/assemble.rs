//! The bytes of the code and the two tables beside it.

use super::facts::is_terminator;
use super::graph::{BlockId, Graph, Inst};
use super::layout::{Layout, size};
use crate::ir::{Loc, Op};
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{ExceptionEntry, Location, Opcode, PositionEntry, instruction};

/// What a graph becomes.
pub(super) struct Assembled {
    /// `co_code`
    pub code: Vec<u8>,
    /// `co_linetable`
    pub linetable: Vec<u8>,
    /// `co_exceptiontable`
    pub exceptiontable: Vec<u8>,
}

/// Writes the code of a graph.
pub(super) fn assemble(graph: &mut Graph, firstlineno: i32) -> Assembled {
    resolve_next_locations(graph);
    let layout = Layout::of(graph);
    let mut code = Vec::with_capacity(layout.size() as usize * 2);
    for inst in layout.insts(graph) {
        instruction::emit(&mut code, opcode(inst.op), inst.arg);
    }
    let entries = layout
        .insts(graph)
        .map(|inst| PositionEntry { units: size(inst.op, inst.arg), location: location(inst.loc) });
    let linetable = positions::encode(firstlineno, entries);
    let exceptiontable = if graph.pushes { exception_table(graph, &layout) } else { Vec::new() };
    Assembled { code, linetable, exceptiontable }
}

/// The opcode of an instruction; all pseudo-instructions are resolved.
const fn opcode(op: Op) -> Opcode {
    match op {
        Op::Real(opcode) => opcode,
        Op::Pseudo(_) => Opcode::Nop,
    }
}

fn location(loc: Loc) -> Option<Location> {
    let end_line = if loc.end_line < 0 { loc.line } else { loc.end_line };
    let [column, end_column] = [loc.column, loc.end_column].map(|column| u32::try_from(column).ok());
    (loc.line >= 0).then_some(Location { line: loc.line, end_line, column, end_column })
}

/// Gives instructions the place of the one behind that are to have it.
fn resolve_next_locations(graph: &mut Graph) {
    if !graph.next_locations {
        return;
    }
    let mut order = Vec::new();
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        order.push(block);
        block = graph[block].next;
    }
    let mut behind = Loc::NONE;
    for &block in order.iter().rev() {
        for inst in graph.insts_mut(block).iter_mut().rev() {
            if inst.loc == Loc::NEXT {
                inst.loc = if is_terminator(inst.op) { Loc::NONE } else { behind };
            }
            behind = inst.loc;
        }
    }
}

/// Runs of instructions with the same handler.
fn exception_table(graph: &Graph, layout: &Layout) -> Vec<u8> {
    let mut entries: Vec<ExceptionEntry> = Vec::new();
    let (mut at, mut current) = (0, None);
    for inst in layout.insts(graph) {
        let target = (inst.handler != BlockId::NONE).then(|| layout.offset(inst.handler));
        if target != current {
            if let Some(target) = target {
                entries.push(entry(graph, inst, at, target));
            }
            current = target;
        }
        at += size(inst.op, inst.arg);
        if target.is_some()
            && let Some(last) = entries.last_mut()
        {
            last.end = at;
        }
    }
    exceptions::encode(&entries)
}

/// The entry that begins with an instruction. A handler begins with the exception on the stack, and with
/// lasti below if it keeps that.
fn entry(graph: &Graph, inst: &Inst, start: u32, target: u32) -> ExceptionEntry {
    let handler = &graph[inst.handler];
    let lasti = handler.keeps_lasti;
    let depth = handler.depth - 1 - i64::from(lasti);
    ExceptionEntry { start, end: start, target, depth: u32::try_from(depth).unwrap_or(0), lasti }
}
