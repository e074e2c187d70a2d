//! The bytes of the code and the two tables beside it.

use super::block::{BlockId, Inst};
use super::facts::{Traits, prefixes};
use super::graph::Graph;
use super::layout::Layout;
use crate::ir::Loc;
use taipan_bytecode_format::tables::{exceptions, positions};
use taipan_bytecode_format::{ExceptionEntry, Location, Opcode};

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
    handlers: Vec<ExceptionEntry>,
}

impl Assembler {
    /// Writes the code of a graph.
    pub fn assemble(&mut self, graph: &mut Graph, firstlineno: i32) -> Assembled {
        self.layout.lay_out(graph);
        resolve_next_locations(graph, &self.layout);
        self.handlers.clear();
        let mut writer = Writer {
            // inline caches are zeros
            code: vec![0; self.layout.size() as usize * 2],
            units: 0,
            positions: positions::Writer::with_capacity(firstlineno, self.layout.inst_count() as usize / 2),
            loc: Loc::NONE,
            loc_start: 0,
            handlers: &mut self.handlers,
            handler: BlockId::NONE,
        };
        for block in self.layout.blocks() {
            for inst in graph.insts(block) {
                writer.inst(inst, graph, &self.layout);
            }
        }
        writer.position(Loc::NONE);
        writer.handler(BlockId::NONE, graph, &self.layout);
        let (code, linetable) = (writer.code, writer.positions.finish());
        Assembled { code, linetable, exceptiontable: exceptions::encode(&self.handlers) }
    }
}

/// Code in the making.
struct Writer<'a> {
    code: Vec<u8>,
    /// How many code units are written.
    units: u32,
    positions: positions::Writer,
    /// Where what was written last comes from, and the first code unit that does.
    loc: Loc,
    loc_start: u32,
    handlers: &'a mut Vec<ExceptionEntry>,
    /// The handler of what was written last.
    handler: BlockId,
}

/// The end of a range that has none yet.
const OPEN: u32 = u32::MAX;

impl Writer<'_> {
    #[inline]
    fn inst(&mut self, inst: &Inst, graph: &Graph, layout: &Layout) {
        if inst.loc != self.loc {
            self.position(inst.loc);
        }
        if inst.handler != self.handler {
            self.handler(inst.handler, graph, layout);
        }
        let place = self.code.get_mut(self.units as usize * 2..).unwrap_or_default();
        match place.first_chunk_mut::<2>() {
            Some(unit) if inst.arg < 0x100 => *unit = [inst.op.number(), inst.arg as u8],
            _ => write_wide(place, inst),
        }
        self.units += inst.op.size(inst.arg);
    }

    /// Ends what comes from one place.
    #[inline]
    fn position(&mut self, next: Loc) {
        let units = self.units - self.loc_start;
        self.positions.run(units, location(self.loc));
        (self.loc, self.loc_start) = (next, self.units);
    }

    /// Ends the range of a handler and begins that of the next one. It starts with the exception on the
    /// stack, and with lasti below if it keeps that.
    fn handler(&mut self, next: BlockId, graph: &Graph, layout: &Layout) {
        if let Some(last) = self.handlers.last_mut().filter(|last| last.end == OPEN) {
            last.end = self.units;
        }
        if next.exists() {
            let lasti = graph[next].keeps_lasti;
            let depth = graph[next].depth - 1 - i32::from(lasti);
            let (target, depth) = (layout.offset(graph, next), u32::try_from(depth).unwrap_or(0));
            self.handlers.push(ExceptionEntry { start: self.units, end: OPEN, target, depth, lasti });
        }
        self.handler = next;
    }
}

fn location(loc: Loc) -> Option<Location> {
    let end_line = if loc.end_line < 0 { loc.line } else { loc.end_line };
    let [column, end_column] = [loc.column, loc.end_column].map(|column| u32::try_from(column).ok());
    (loc.line >= 0).then_some(Location { line: loc.line, end_line, column, end_column })
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
