//! From the instructions of a unit to its code object: what CPython does in `flowgraph.c` and
//! `assemble.c`, to the byte.
//!
//! `build.rs` makes a graph of basic blocks (`block.rs`, `graph.rs`). It is improved and checked by passes,
//! one file each, in the order of [`Flow::assemble`] and what it calls; `layout.rs` and `assemble.rs` write
//! what is left. `facts/` says what instructions are, so that blocks and units can note what they have.
//! Which pass sees what decides what comes out, so their order is the reference's, and so is what a place
//! behind the end of a block still holds ([`graph::Graph::push`]).
//! Invariants: every pass takes linear time and none recurses; a pass that cannot apply is skipped.

mod assemble;
mod block;
mod borrow;
mod build;
mod cold;
mod const_loads;
mod consts;
mod facts;
mod fold;
mod graph;
mod handlers;
mod jumps;
mod layout;
mod lines;
mod locals;
mod nops;
mod peephole;
mod pseudo;
mod reach;
mod stack;
mod superinstructions;
mod swaps;
#[cfg(test)]
mod tests;
mod unbound;

use crate::ir::{Constants, Unit};
use block::BlockId;
use graph::Graph;
use taipan_ast::Interner;
use taipan_bytecode_format::{Code, Const};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// Makes code objects of units, one after another. What it holds in between is only room to work in.
#[derive(Default)]
pub struct Flow {
    graph: Graph,
    starts: Vec<BlockId>,
    handlers: handlers::Entries,
    numbers: Vec<u32>,
    ways: unbound::Ways,
    stack: borrow::Stack,
    assembler: assemble::Assembler,
}

impl Flow {
    /// The code object of a unit, whose constants are taken out.
    pub fn assemble(&mut self, unit: &mut Unit, interner: &Interner, filename: Wtf8<'_>) -> Code {
        build::build(&mut self.graph, &unit.sequence, &mut self.starts);
        let consts = self.optimize(&mut unit.constants, unit.varnames.len() as u32, unit.parameters);
        pseudo::convert_conditional_jumps(&mut self.graph);
        let stacksize = stack::measure_stack(&mut self.graph);
        let slots = locals::lay_out(&mut self.graph, unit, interner);
        pseudo::convert_pseudo_ops(&mut self.graph);
        pseudo::normalize_jumps(&mut self.graph);
        borrow::borrow_loads(&mut self.graph, slots.names.len(), &mut self.stack);
        let assembled = self.assembler.assemble(&mut self.graph, unit.firstlineno);
        let text = |text: &str| Wtf8::from_str(text).to_buf();
        Code {
            argcount: unit.argcount,
            posonlyargcount: unit.posonlyargcount,
            kwonlyargcount: unit.kwonlyargcount,
            stacksize,
            flags: unit.flags,
            code: assembled.code,
            consts,
            names: unit.names.iter().map(|&name| text(interner.resolve(name))).collect(),
            localsplusnames: slots.names,
            localspluskinds: slots.kinds,
            filename: filename.to_buf(),
            name: unit.name.map_or_else(Wtf8Buf::new, |name| text(interner.resolve(name))),
            qualname: std::mem::take(&mut unit.qualname),
            firstlineno: unit.firstlineno,
            linetable: assembled.linetable,
            exceptiontable: assembled.exceptiontable,
        }
    }

    /// Improves the graph and brings its blocks into their order; gives the constants that it uses.
    fn optimize(&mut self, constants: &mut Constants, locals: u32, parameters: u32) -> Vec<Const> {
        let graph = &mut self.graph;
        handlers::assign_handlers(graph, &mut self.handlers);
        jumps::inline_blocks(graph);
        reach::remove_unreachable(graph);
        lines::resolve_lines(graph);
        const_loads::optimize_const_loads(graph, constants);
        peephole::optimize_blocks(graph, constants);
        nops::remove_nops_and_pairs(graph);
        if graph.edges_changed {
            reach::remove_unreachable(graph);
        }
        jumps::remove_nops_and_jumps(graph);
        let consts = consts::take_used(graph, constants, &mut self.numbers);
        unbound::check_unbound_loads(graph, locals, parameters, &mut self.ways);
        superinstructions::insert_superinstructions(graph);
        cold::move_cold_blocks(graph);
        lines::resolve_lines(graph);
        consts
    }
}
