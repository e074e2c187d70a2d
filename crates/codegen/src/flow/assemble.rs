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
    positions: Vec<u8>,
}

impl Assembler {
    /// Writes the code of a graph.
    pub fn assemble(&mut self, graph: &mut Graph, firstlineno: i32) -> Assembled {
        self.layout.lay_out(graph);
        resolve_next_locations(graph, &self.layout);
        self.handlers.clear();
        let size = self.layout.size();
        // inline caches are zeros
        let mut code = vec![0; size as usize * 2];
        let mut writer = Writer {
            code: code.as_chunks_mut().0,
            units: 0,
            positions: positions::Writer::in_room_of(std::mem::take(&mut self.positions), firstlineno),
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
        self.positions = writer.positions.finish();
        let linetable = self.positions.to_vec();
        Assembled { code, linetable, exceptiontable: exceptions::encode(&self.handlers) }
    }
}

/// Code in the making.
struct Writer<'a> {
    /// The code units, and how many are written.
    code: &'a mut [[u8; 2]],
    units: usize,
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
        if inst.arg >= 0x100 {
            self.prefixes(inst.arg);
        }
        let (number, caches) = inst.op.number_and_caches();
        if let Some(unit) = self.code.get_mut(self.units) {
            *unit = [number, inst.arg as u8];
        }
        self.units += 1 + caches;
    }

    /// Writes the higher bits of an argument.
    #[cold]
    fn prefixes(&mut self, arg: u32) {
        for prefix in (1..=prefixes(arg)).rev() {
            if let Some(unit) = self.code.get_mut(self.units) {
                *unit = [Opcode::ExtendedArg as u8, (arg >> (8 * prefix)) as u8];
            }
            self.units += 1;
        }
    }

    /// How many code units are written.
    #[inline]
    fn units(&self) -> u32 {
        self.units as u32
    }

    /// Ends what comes from one place.
    #[inline]
    fn position(&mut self, next: Loc) {
        let (units, loc) = (self.units() - self.loc_start, self.loc);
        self.loc = next;
        self.loc_start += units;
        let [column, end_column] = [loc.column, loc.end_column].map(|column| column as u32);
        let in_line = loc.line >= 0 && loc.line == loc.end_line;
        if !in_line || !self.positions.short(units, loc.line, column, end_column) {
            self.long_position(units, loc, in_line);
        }
    }

    #[inline(never)]
    fn long_position(&mut self, mut units: u32, loc: Loc, in_line: bool) {
        if in_line {
            let [column, end_column] = [loc.column, loc.end_column].map(|column| column as u32);
            while self.positions.short(units.min(8), loc.line, column, end_column) {
                units -= units.min(8);
            }
        }
        self.positions.run(units, location(loc));
    }

    /// Ends the range of a handler and begins that of the next one. It starts with the exception on the
    /// stack, and with lasti below if it keeps that.
    #[inline(never)]
    fn handler(&mut self, next: BlockId, graph: &Graph, layout: &Layout) {
        let units = self.units();
        if let Some(last) = self.handlers.last_mut().filter(|last| last.end == OPEN) {
            last.end = units;
        }
        if next.exists() {
            let lasti = graph[next].keeps_lasti;
            let depth = graph[next].depth - 1 - i32::from(lasti);
            let (target, depth) = (layout.offset(graph, next), u32::try_from(depth).unwrap_or(0));
            self.handlers.push(ExceptionEntry { start: units, end: OPEN, target, depth, lasti });
        }
        self.handler = next;
    }
}

fn location(loc: Loc) -> Option<Location> {
    let end_line = if loc.end_line < 0 { loc.line } else { loc.end_line };
    let [column, end_column] = [loc.column, loc.end_column].map(|column| u32::try_from(column).ok());
    (loc.line >= 0).then_some(Location { line: loc.line, end_line, column, end_column })
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
