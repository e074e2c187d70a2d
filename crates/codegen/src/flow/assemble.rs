//! The bytes of the code and the two tables beside it.

use super::facts::{Traits, prefixes};
use super::graph::{BlockId, Graph, Inst};
use super::layout::Layout;
use crate::ir::Loc;
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{ExceptionEntry, Location, Opcode, PositionEntry};

/// What a graph becomes.
pub(super) struct Assembled {
    /// `co_code`
    pub code: Vec<u8>,
    /// `co_linetable`
    pub linetable: Vec<u8>,
    /// `co_exceptiontable`
    pub exceptiontable: Vec<u8>,
}

/// Writes code. What it holds is room to work in.
#[derive(Default)]
pub(super) struct Assembler {
    layout: Layout,
    positions: Vec<PositionEntry>,
    handlers: Vec<ExceptionEntry>,
}

impl Assembler {
    /// Writes the code of a graph.
    pub fn assemble(&mut self, graph: &mut Graph, firstlineno: i32) -> Assembled {
        self.layout.lay_out(graph);
        resolve_next_locations(graph, &self.layout);
        self.positions.clear();
        self.handlers.clear();
        let code = self.write(graph);
        Assembled {
            code,
            linetable: positions::encode(firstlineno, self.positions.iter().copied()),
            exceptiontable: exceptions::encode(&self.handlers),
        }
    }

    fn write(&mut self, graph: &Graph) -> Vec<u8> {
        // inline caches are zeros
        let mut code = vec![0; self.layout.size() as usize * 2];
        let (mut units, mut loc, mut since, mut handler) = (0, Loc::NONE, 0, BlockId::NONE);
        for inst in self.layout.blocks().flat_map(|block| graph.insts(block)) {
            if inst.loc != loc {
                note_position(&mut self.positions, loc, units - since);
                (loc, since) = (inst.loc, units);
            }
            if inst.handler != handler {
                handler = inst.handler;
                note_handler(&mut self.handlers, graph, &self.layout, handler, units);
            }
            let size = inst.op.size(inst.arg);
            let place = code.get_mut(units as usize * 2..);
            match place.and_then(<[u8]>::first_chunk_mut::<2>) {
                Some(unit) if inst.arg < 0x100 => *unit = [inst.op.number(), inst.arg as u8],
                Some(_) => write_wide(&mut code[units as usize * 2..], inst),
                None => {}
            }
            units += size;
        }
        note_position(&mut self.positions, loc, units - since);
        note_handler(&mut self.handlers, graph, &self.layout, BlockId::NONE, units);
        code
    }
}

/// Writes an instruction with prefixes.
fn write_wide(place: &mut [u8], inst: &Inst) {
    let mut units = place.chunks_exact_mut(2);
    for prefix in (1..=prefixes(inst.arg)).rev() {
        if let Some(unit) = units.next() {
            unit.copy_from_slice(&[Opcode::ExtendedArg as u8, (inst.arg >> (8 * prefix)) as u8]);
        }
    }
    if let Some(unit) = units.next() {
        unit.copy_from_slice(&[inst.op.number(), inst.arg as u8]);
    }
}

fn note_position(positions: &mut Vec<PositionEntry>, loc: Loc, units: u32) {
    if units > 0 {
        positions.push(PositionEntry { units, location: location(loc) });
    }
}

fn location(loc: Loc) -> Option<Location> {
    let end_line = if loc.end_line < 0 { loc.line } else { loc.end_line };
    let [column, end_column] = [loc.column, loc.end_column].map(|column| u32::try_from(column).ok());
    (loc.line >= 0).then_some(Location { line: loc.line, end_line, column, end_column })
}

/// Ends the range before `units` and begins one for a handler, which starts with the exception on the
/// stack, and with lasti below if it keeps that.
fn note_handler(
    handlers: &mut Vec<ExceptionEntry>,
    graph: &Graph,
    layout: &Layout,
    handler: BlockId,
    units: u32,
) {
    if let Some(last) = handlers.last_mut().filter(|last| last.end == OPEN) {
        last.end = units;
    }
    if handler.exists() {
        let lasti = graph[handler].keeps_lasti;
        let depth = graph[handler].depth - 1 - i32::from(lasti);
        let (target, depth) = (layout.offset(graph, handler), u32::try_from(depth).unwrap_or(0));
        handlers.push(ExceptionEntry { start: units, end: OPEN, target, depth, lasti });
    }
}

/// The end of a range that has none yet.
const OPEN: u32 = u32::MAX;

/// Gives instructions the place of the one behind that are to have it.
fn resolve_next_locations(graph: &mut Graph, layout: &Layout) {
    if !graph.traits.has(Traits::NEXT_PLACE) {
        return;
    }
    let mut behind = Loc::NONE;
    for block in layout.blocks().rev() {
        for inst in graph.insts_mut(block).iter_mut().rev() {
            if inst.loc == Loc::NEXT {
                inst.loc = if inst.op.is_terminator() { Loc::NONE } else { behind };
            }
            behind = inst.loc;
        }
    }
}
