//! Loads of locals that need no reference of their own.
//!
//! A value is borrowed from its local if it is taken from the stack, in the block that loads it, before
//! the local changes, and is not stored into a local. Each block is run on a stack of the loads that its
//! values come from.

use super::block::{BlockId, Inst};
use super::facts::{
    CHECK_EXC_MATCH, COPY, DELETE_FAST, DICT_MERGE, DICT_UPDATE, END_SEND, FOR_ITER, FORMAT_SIMPLE,
    GET_ANEXT, GET_LEN, GET_YIELD_FROM_ITER, IMPORT_FROM, LIST_APPEND, LIST_EXTEND, LOAD_ATTR, LOAD_FAST,
    LOAD_FAST_AND_CLEAR, LOAD_FAST_BORROW, LOAD_FAST_BORROW_LOAD_FAST_BORROW, LOAD_FAST_LOAD_FAST,
    LOAD_SPECIAL, LOAD_SUPER_ATTR, MAP_ADD, MATCH_KEYS, MATCH_MAPPING, MATCH_SEQUENCE, NOT_TAKEN,
    PUSH_EXC_INFO, RERAISE, SEND, SET_ADD, SET_FUNCTION_ATTRIBUTE, SET_UPDATE, STORE_FAST,
    STORE_FAST_LOAD_FAST, STORE_FAST_STORE_FAST, SWAP, Traits, WITH_EXCEPT_START,
};
use super::graph::Graph;

/// No instruction of the block, or no local.
const NONE: u32 = u32::MAX;

/// A value on the stack.
#[derive(Clone, Copy)]
struct Ref {
    /// The instruction that pushed it.
    inst: u32,
    /// The local that it was loaded from.
    local: u32,
    /// When it was pushed.
    time: u32,
}

/// Makes loads borrow where they may, in the blocks that are reached without an exception.
pub(super) fn borrow_loads(graph: &mut Graph, locals: usize, stack: &mut Stack) {
    stack.begin(locals);
    graph.clear_visited();
    graph.visit(BlockId::ENTRY);
    while let Some(block) = graph.pending.pop() {
        visit_successors(graph, block);
        if !graph[block].traits.has(Traits::LOCAL) {
            continue;
        }
        let depth = graph[block].depth;
        let insts = graph.insts_mut(block);
        if insts.iter().any(|inst| matches!(inst.op, LOAD_FAST | LOAD_FAST_LOAD_FAST)) {
            stack.run(insts, depth);
        }
    }
}

impl Ref {
    /// One of another block.
    const OUTER: Ref = Ref { inst: NONE, local: NONE, time: 0 };
}

/// Visits where a block goes on. An empty block hands nothing on, as in the reference.
fn visit_successors(graph: &mut Graph, block: BlockId) {
    let jump = match graph.insts(block) {
        [.., jump, last] if last.op == NOT_TAKEN => Some(*jump),
        [.., last] => Some(*last),
        [] => return,
    };
    if let Some(jump) = jump.filter(|jump| jump.op.is_jump()) {
        graph.visit(jump.target());
    }
    if graph.falls_through(block) {
        let next = graph[block].next;
        graph.visit(next);
    }
}

/// The values on the stack while a block runs, and what became of them.
#[derive(Default)]
pub(super) struct Stack {
    refs: Vec<Ref>,
    /// For each local: when it changed last.
    changed: Vec<u32>,
    /// Counts changes of locals, and what it was where the block begins.
    time: u32,
    start: u32,
}

impl Stack {
    fn begin(&mut self, locals: usize) {
        self.changed.clear();
        self.changed.resize(locals, 0);
        self.time = 0;
    }

    /// Makes the loads of a block borrow, and takes that back where it turns out that they must not.
    fn run(&mut self, insts: &mut [Inst], depth: i32) {
        self.refs.clear();
        self.refs.resize(usize::try_from(depth).unwrap_or(0), Ref::OUTER);
        self.start = self.time;
        for index in 0..insts.len() {
            self.step(insts, index as u32);
        }
        while let Some(left) = self.refs.pop() {
            own(insts, left.inst);
        }
    }

    #[inline]
    fn step(&mut self, insts: &mut [Inst], index: u32) {
        let Some(Inst { op, arg, .. }) = insts.get(index as usize).copied() else { return };
        match op {
            LOAD_FAST => {
                self.push(index, arg);
                insts[index as usize].op = LOAD_FAST_BORROW;
            }
            LOAD_FAST_LOAD_FAST => {
                self.push(index, arg >> 4);
                self.push(index, arg & 15);
                insts[index as usize].op = LOAD_FAST_BORROW_LOAD_FAST_BORROW;
            }
            LOAD_FAST_AND_CLEAR => {
                self.change(arg);
                self.push(index, arg);
            }
            DELETE_FAST => self.change(arg),
            STORE_FAST => self.store(insts, arg),
            STORE_FAST_LOAD_FAST => {
                self.store(insts, arg >> 4);
                self.push(index, arg & 15);
            }
            STORE_FAST_STORE_FAST => {
                self.store(insts, arg >> 4);
                self.store(insts, arg & 15);
            }
            COPY => {
                let copied = self.place(arg).and_then(|at| self.refs.get(at)).copied().unwrap_or(Ref::OUTER);
                self.push(copied.inst, copied.local);
            }
            SWAP => {
                if let (Some(other), Some(top)) = (self.place(arg), self.place(1)) {
                    self.refs.swap(other, top);
                }
            }
            // take nothing; as in the reference, what they give counts as pushed by the first instruction
            FORMAT_SIMPLE | GET_ANEXT | GET_LEN | GET_YIELD_FROM_ITER | IMPORT_FROM | MATCH_KEYS
            | MATCH_MAPPING | MATCH_SEQUENCE | WITH_EXCEPT_START => {
                (0..op.stack_effect(arg)).for_each(|first| self.push(first as u32, NONE));
            }
            // give nothing back
            DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | MAP_ADD | RERAISE | SET_ADD
            | SET_UPDATE => self.pop_many(insts, op.stack_effect(arg).unsigned_abs()),
            // give back the topmost
            END_SEND | SET_FUNCTION_ATTRIBUTE => {
                let top = self.pop(insts);
                self.pop(insts);
                self.push(top.inst, top.local);
            }
            CHECK_EXC_MATCH | SEND => {
                self.pop(insts);
                self.push(index, NONE);
            }
            FOR_ITER => self.push(index, NONE),
            // may give back the owner as a self
            LOAD_ATTR | LOAD_SUPER_ATTR => {
                let owner = self.pop(insts);
                self.pop_many(insts, if op == LOAD_SUPER_ATTR { 2 } else { 0 });
                self.push(index, NONE);
                if arg & 1 != 0 {
                    self.push(owner.inst, owner.local);
                }
            }
            LOAD_SPECIAL | PUSH_EXC_INFO => {
                let top = self.pop(insts);
                self.push(index, NONE);
                self.push(top.inst, top.local);
            }
            _ => {
                let (pops, pushes) = op.pops_and_pushes(arg);
                self.pop_many(insts, pops);
                (0..pushes).for_each(|_| self.push(index, NONE));
            }
        }
    }

    fn push(&mut self, inst: u32, local: u32) {
        self.refs.push(Ref { inst, local, time: self.time });
    }

    /// Takes a value; if its local has changed meanwhile, it must not have been borrowed.
    fn pop(&mut self, insts: &mut [Inst]) -> Ref {
        let Some(top) = self.refs.pop() else { return Ref::OUTER };
        if top.time < self.time && self.changed.get(top.local as usize).is_some_and(|&time| time > top.time) {
            own(insts, top.inst);
        }
        top
    }

    fn pop_many(&mut self, insts: &mut [Inst], count: u32) {
        if self.time == self.start {
            self.refs.truncate(self.refs.len().saturating_sub(count as usize));
        } else {
            (0..count).for_each(|_| _ = self.pop(insts));
        }
    }

    fn store(&mut self, insts: &mut [Inst], local: u32) {
        let value = self.pop(insts);
        self.change(local);
        own(insts, value.inst);
    }

    fn change(&mut self, local: u32) {
        self.time += 1;
        if let Some(time) = self.changed.get_mut(local as usize) {
            *time = self.time;
        }
    }

    /// Where a value stands that is so deep, counted from 1.
    fn place(&self, depth: u32) -> Option<usize> {
        self.refs.len().checked_sub(depth as usize).filter(|&at| at < self.refs.len())
    }
}

/// What an instruction pushes must be a reference of its own.
fn own(insts: &mut [Inst], inst: u32) {
    let Some(inst) = insts.get_mut(inst as usize) else { return };
    match inst.op {
        LOAD_FAST_BORROW => inst.op = LOAD_FAST,
        LOAD_FAST_BORROW_LOAD_FAST_BORROW => inst.op = LOAD_FAST_LOAD_FAST,
        _ => {}
    }
}
