//! The slots of a frame: locals, cells and free variables, and the instructions that set them up.

use super::block::{BlockId, Inst};
use super::facts::{
    COPY_FREE_VARS, DELETE_DEREF, LOAD_CLOSURE, LOAD_DEREF, LOAD_FROM_DICT_OR_DEREF, MAKE_CELL, POP_TOP,
    RETURN_GENERATOR, STORE_DEREF, Traits,
};
use super::graph::Graph;
use crate::ir::{Loc, Unit};
use taipan_ast::Interner;
use taipan_bytecode_format::{CodeFlags, LocalKind};
use taipan_wtf8::{Wtf8, Wtf8Buf};

/// The slots of a frame in their order.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Their names.
    pub names: Vec<Wtf8Buf>,
    /// What they are for.
    pub kinds: Vec<LocalKind>,
}

/// Lays out the frame of a unit, points its instructions to the slots, and begins its code with what
/// fills them.
pub(super) fn lay_out(graph: &mut Graph, unit: &Unit, interner: &Interner) -> Slots {
    let cells = cell_slots(unit);
    if !cells.is_empty() {
        point_to_slots(graph, &cells);
    }
    insert_prefix(graph, unit, &cells);
    slots(unit, interner)
}

/// The slot of each cell and free variable: a local that is a cell has one only.
fn cell_slots(unit: &Unit) -> Vec<u32> {
    let locals = unit.varnames.len();
    let mut next = locals as u32;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    let cells = unit.cellvars.iter();
    let mut slots: Vec<u32> = cells
        .map(|&name| unit.varnames.get_index_of(&name).map_or_else(&mut fresh, |local| local as u32))
        .collect();
    slots.extend(unit.freevars.iter().map(|_| fresh()));
    slots
}

fn point_to_slots(graph: &mut Graph, cells: &[u32]) {
    graph.rewrite(Traits::CELL, |insts| {
        for inst in insts {
            if matches!(
                inst.op,
                LOAD_CLOSURE | LOAD_DEREF | STORE_DEREF | DELETE_DEREF | LOAD_FROM_DICT_OR_DEREF | MAKE_CELL
            ) {
                inst.arg = cells.get(inst.arg as usize).copied().unwrap_or(inst.arg);
            }
        }
        Traits::NONE
    });
}

const ANY_GENERATOR: u32 = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;

/// Free variables come first, then cells by their slots, then the generator that the code is to run in.
fn insert_prefix(graph: &mut Graph, unit: &Unit, cells: &[u32]) {
    let mut prefix = Vec::new();
    let mut add = |op, arg, loc| prefix.push(Inst { op, arg, handler: BlockId::NONE, loc });
    if !unit.freevars.is_empty() {
        add(COPY_FREE_VARS, unit.freevars.len() as u32, Loc::NONE);
    }
    let mut own = cells.get(..unit.cellvars.len()).unwrap_or_default().to_vec();
    own.sort_unstable();
    own.iter().for_each(|&slot| add(MAKE_CELL, slot, Loc::NONE));
    if unit.flags.0 & ANY_GENERATOR != 0 {
        let line = unit.firstlineno;
        let loc = Loc { line, end_line: line, column: -1, end_column: -1 };
        add(RETURN_GENERATOR, 0, loc);
        add(POP_TOP, 0, loc);
    }
    if !prefix.is_empty() {
        graph.insert(BlockId::ENTRY, 0, &prefix);
    }
}

fn slots(unit: &Unit, interner: &Interner) -> Slots {
    let count = unit.varnames.len() + unit.cellvars.len() + unit.freevars.len();
    let mut slots = Slots { names: Vec::with_capacity(count), kinds: Vec::with_capacity(count) };
    let mut add = |name, kind| {
        slots.names.push(Wtf8::from_str(interner.resolve(name)).to_buf());
        slots.kinds.push(LocalKind(kind));
    };
    let mut parameters = parameter_kinds(unit);
    for &name in &unit.varnames {
        let mut kind = LocalKind::LOCAL | parameters.next().unwrap_or(0);
        if unit.hidden.contains(&name) {
            kind |= LocalKind::HIDDEN;
        }
        if unit.cellvars.contains(&name) {
            kind |= LocalKind::CELL;
        }
        add(name, kind);
    }
    let cells = unit.cellvars.iter().filter(|name| !unit.varnames.contains(name));
    cells.for_each(|&name| add(name, LocalKind::CELL));
    unit.freevars.iter().for_each(|&name| add(name, LocalKind::FREE));
    slots
}

/// How the parameters take their arguments, in the order of the locals.
fn parameter_kinds(unit: &Unit) -> impl Iterator<Item = u8> {
    let has = |flag| u32::from(unit.flags.has(flag));
    [
        (unit.posonlyargcount, LocalKind::POSITIONAL),
        (unit.argcount.saturating_sub(unit.posonlyargcount), LocalKind::POSITIONAL | LocalKind::KEYWORD),
        (unit.kwonlyargcount, LocalKind::KEYWORD),
        (has(CodeFlags::VARARGS), LocalKind::VARIADIC | LocalKind::POSITIONAL),
        (has(CodeFlags::VARKEYWORDS), LocalKind::VARIADIC | LocalKind::KEYWORD),
    ]
    .into_iter()
    .flat_map(|(count, kind)| (0..count).map(move |_| kind))
}
