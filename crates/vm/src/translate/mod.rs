//! From verified bytecode to register code, block by block.
//!
//! The bytecode's stack is followed as a list of values each of which is in its slot or still pending
//! (`values.rs`): a load of a local or a constant is nothing but an entry until something needs it. Invariants:
//! - Nothing is pending where blocks meet, and handler ranges begin and end with blocks, so a handler finds
//!   what it keeps in its slots.
//! - What is pending of a local is put into its slot before the local is written or unbound.
//! - A local that is read without `CheckLocal` is bound on every way there (`bound.rs`); the bytecode's word
//!   is not taken for it.

mod blocks;
mod bound;
mod calls;
mod containers;
mod jumps;
mod operators;
mod simple;
mod trace;
mod values;

use crate::code::{Handler, Op, OpWord, Pending, Points, RegisterCode};
use blocks::{Blocks, Step};
use bound::Bound;
use std::cell::{RefCell, UnsafeCell};
use std::rc::Rc;
use taipan_bytecode_format::tables::exceptions;
use taipan_bytecode_format::verify::Flow;
use taipan_bytecode_format::{CodeFlags, LocalKind, Opcode, Verified};
use taipan_object::code::PyCode;
use taipan_object::str::PyStr;
use taipan_object::{Owned, Value};
use trace::Lines;
use values::Entry;

/// The code has more slots or names than operands can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

/// What of a code object's objects the register code holds.
pub struct Parts {
    /// The constants.
    pub constants: Rc<[Value]>,
    /// The names, interned.
    pub names: Box<[Owned<PyStr>]>,
    /// The names of locals, cells and free variables, interned.
    pub local_names: Box<[Owned<PyStr>]>,
    /// The code object.
    pub object: *const PyCode,
    /// Whether it is to tell of lines, calls and returns.
    pub traced: bool,
}

/// Translates a code object.
///
/// # Errors
/// [`TooLarge`]
pub fn translate(code: &Verified, flow: &Flow, parts: Parts) -> Result<RegisterCode, TooLarge> {
    translate_with(code, flow, parts, None)
}

/// Where an instruction begins in a form of a code, and what is pending before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The number of the instruction, superinstructions taken apart.
    pub(crate) row: u32,
    /// The first word from it on.
    pub(crate) word: u32,
    /// It is the first of a block.
    pub(crate) leads: bool,
    /// The values of the bytecode's stack; none where one is in its slot.
    pub(crate) stack: Box<[Option<Pending>]>,
}

/// Translates a code object as [`translate`] does, and tells where the instructions begin.
///
/// # Errors
/// [`TooLarge`]
pub(crate) fn places(code: &Verified, flow: &Flow, parts: Parts) -> Result<Vec<Place>, TooLarge> {
    let mut places = Vec::new();
    translate_with(code, flow, parts, Some(&mut places))?;
    Ok(places)
}

fn translate_with(
    code: &Verified,
    flow: &Flow,
    parts: Parts,
    places: Option<&mut Vec<Place>>,
) -> Result<RegisterCode, TooLarge> {
    let Parts { constants, names, local_names, object, traced } = parts;
    let locals = code.localsplusnames.len() as u32;
    let slots = locals + code.stacksize;
    if slots > u32::from(u16::MAX) || names.len() > usize::from(u16::MAX) {
        return Err(TooLarge);
    }
    let blocks = Blocks::of(code);
    let bound = Bound::of(code, flow, &blocks);
    let lines = if traced { Some(Lines::of(code, &blocks)) } else { None };
    let make = |far: bool| {
        let mut translator = Translator {
            code,
            flow,
            blocks: &blocks,
            constants: &constants,
            words: Vec::with_capacity(blocks.steps.len() * 2),
            points: Points::default(),
            stack: Vec::new(),
            locals,
            bound: bound.entry(),
            word_of_unit: vec![u32::MAX; code.code.len() / 2 + 1],
            fixups: Vec::new(),
            unit: 0,
            far,
            too_far: false,
            places: places.is_some().then(Vec::new),
        };
        translator.run(&bound, lines.as_ref());
        translator
    };
    let mut translator = make(false);
    if translator.too_far {
        translator = make(true);
    }
    if let (Some(places), Some(found)) = (places, translator.places) {
        *places = found;
    }
    let (words, points) = (translator.words, translator.points);
    let handlers = handlers(code, &translator.word_of_unit);
    let flags = code.flags;
    let plain = !flags.has(CodeFlags::VARARGS) && !flags.has(CodeFlags::VARKEYWORDS);
    let suspending = CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR;
    Ok(RegisterCode {
        words: words.into_iter().map(UnsafeCell::new).collect(),
        constants,
        names,
        local_names,
        handlers,
        points,
        locals,
        slots,
        argcount: code.argcount,
        simple: plain && code.kwonlyargcount == 0 && flags.has(CodeFlags::OPTIMIZED),
        exact: if plain && code.kwonlyargcount == 0 && flags.has(CodeFlags::OPTIMIZED) {
            code.argcount
        } else {
            u32::MAX
        },
        suspends: flags.0 & suspending != 0,
        traced,
        source: code.code().clone(),
        object,
        trapped: RefCell::default(),
    })
}

/// The handlers with their ranges in words.
fn handlers(code: &Verified, word_of_unit: &[u32]) -> Box<[Handler]> {
    // what is not reached has no word: a range begins with the first word behind its start
    let mut from = vec![0; word_of_unit.len()];
    let mut next = word_of_unit.iter().rev().find(|&&word| word != u32::MAX).copied().unwrap_or(0);
    for (unit, word) in word_of_unit.iter().enumerate().rev() {
        next = if *word == u32::MAX { next } else { *word };
        if let Some(slot) = from.get_mut(unit) {
            *slot = next;
        }
    }
    let word = |unit: u32| from.get(unit as usize).copied().unwrap_or(next);
    let entries = exceptions::decode(&code.exceptiontable).filter_map(Result::ok);
    entries
        .map(|entry| Handler {
            start: word(entry.start),
            end: word(entry.end),
            target: word(entry.target),
            depth: entry.depth,
            lasti: entry.lasti,
        })
        .filter(|handler| handler.start < handler.end)
        .collect()
}

/// A jump whose target has no word yet.
struct Fixup {
    /// The word of the operation.
    word: usize,
    /// The target is near, not wide.
    near: bool,
    /// The target.
    unit: u32,
}

struct Translator<'c> {
    code: &'c Verified,
    flow: &'c Flow,
    blocks: &'c Blocks,
    constants: &'c [Value],
    words: Vec<u64>,
    points: Points,
    stack: Vec<Entry>,
    /// Slots of locals, cells and free variables.
    locals: u32,
    /// Which locals are bound at this point.
    bound: bound::Set,
    word_of_unit: Vec<u32>,
    fixups: Vec<Fixup>,
    /// The code unit of the instruction in hand.
    unit: u32,
    /// Targets of jumps may be out of reach of a near one.
    far: bool,
    /// One is.
    too_far: bool,
    /// Where instructions begin, if that is asked for.
    places: Option<Vec<Place>>,
}

impl Translator<'_> {
    fn run(&mut self, bound: &Bound, lines: Option<&Lines>) {
        let blocks = self.blocks;
        for (number, block) in blocks.blocks.iter().enumerate() {
            let steps = blocks.steps.get(block.clone()).unwrap_or_default();
            let Some(first) = steps.first() else { continue };
            let Some(height) = self.flow.height(first.unit) else { continue };
            self.place(first.unit);
            self.stack.clear();
            self.stack.resize(height as usize, Entry::Slot);
            self.bound = bound.at(number);
            let mut row = 0;
            while let Some(step) = steps.get(row) {
                let is_first_of_unit = row == 0 || self.unit != step.unit;
                self.unit = step.unit;
                self.note_place(block.start + row, row == 0);
                row += 1 + match lines {
                    None => self.step(step, steps.get(row + 1..).unwrap_or_default()),
                    Some(lines) => {
                        self.traced_step(lines, step, is_first_of_unit);
                        0
                    }
                };
                self.points.note(self.words.len(), self.unit);
            }
            self.flush();
            self.points.note(self.words.len(), self.unit);
        }
        self.end();
    }

    fn note_place(&mut self, row: usize, leads: bool) {
        let Some(places) = &mut self.places else { return };
        let stack = self.stack.iter().map(|entry| entry.pending()).collect();
        places.push(Place { row: row as u32, word: self.words.len() as u32, leads, stack });
    }

    fn place(&mut self, unit: u32) {
        let word = self.words.len() as u32;
        if let Some(slot) = self.word_of_unit.get_mut(unit as usize) {
            *slot = word;
        }
    }

    /// Resolves the jumps, and marks the end.
    fn end(&mut self) {
        let end = self.words.len() as u32;
        if let Some(slot) = self.word_of_unit.last_mut() {
            *slot = end;
        }
        for fixup in std::mem::take(&mut self.fixups) {
            let target = self.word_of_unit.get(fixup.unit as usize).copied().unwrap_or(0);
            let distance = target.wrapping_sub(fixup.word as u32);
            let Some(word) = self.words.get_mut(fixup.word) else { continue };
            if fixup.near {
                self.too_far |= i16::try_from(distance as i32).is_err();
                *word |= u64::from(distance as u16) << 48;
            } else {
                *word |= u64::from(distance) << 32;
            }
        }
    }

    // -- writing -------------------------------------------------------------------------------

    fn op(&mut self, op: Op, a: u16, b: u16, c: u16) {
        self.write(op, OpWord::new(op, a, b, c));
    }

    fn op_wide(&mut self, op: Op, a: u16, wide: u32) {
        self.write(op, OpWord::wide(op, a, wide));
    }

    fn write(&mut self, op: Op, word: OpWord) {
        let at = self.words.len() as u32;
        let pending = self.stack.iter().enumerate();
        let pending = pending.filter_map(|(position, entry)| Some((position as u32, entry.pending()?)));
        self.points.note_pending(at, pending);
        self.words.push(word.0);
        self.words.resize(self.words.len() + op.more(), 0);
    }

    /// Writes into the word behind the operation that was written last.
    fn behind(&mut self, op: Op, value: u64) {
        let at = self.words.len() - op.more();
        if let Some(word) = self.words.get_mut(at) {
            *word = value;
        }
    }

    /// An operation with a constant, whose word stands behind it.
    fn constant(&mut self, op: Op, a: u16, number: u32) {
        self.op_wide(op, a, number);
        let word = self.constants.get(number as usize).map_or(0, |constant| constant.word().bits());
        self.behind(op, word);
    }

    /// A jump with its target in the wide operand.
    fn jump(&mut self, op: Op, a: u16, unit: u32) {
        self.fixups.push(Fixup { word: self.words.len(), near: false, unit });
        self.op_wide(op, a, 0);
    }

    /// A jump by `op` if `sense` is true, by its inverse otherwise, with a near target; to one that is not near
    /// the other of the two leads around a wide jump.
    fn jump_if(&mut self, sense: bool, op: Op, inverse: Op, a: u16, b: u16, unit: u32) {
        let (op, inverse) = if sense { (op, inverse) } else { (inverse, op) };
        if self.far {
            self.op(inverse, a, b, 2);
            self.jump(Op::Jump, 0, unit);
            return;
        }
        self.fixups.push(Fixup { word: self.words.len(), near: true, unit });
        self.op(op, a, b, 0);
    }

    /// An operation that goes on behind it or at a near target; to one that is not near by way of a wide jump.
    fn jump_out(&mut self, op: Op, a: u16, b: u16, unit: u32) {
        if self.far {
            self.op(op, a, b, 2);
            self.op_wide(Op::Jump, 0, 2);
            self.jump(Op::Jump, 0, unit);
            return;
        }
        self.fixups.push(Fixup { word: self.words.len(), near: true, unit });
        self.op(op, a, b, 0);
    }

    // -- instructions --------------------------------------------------------------------------

    /// Translates an instruction; gives how many of those that follow it were translated with it.
    fn step(&mut self, step: &Step, next: &[Step]) -> usize {
        use Opcode as O;
        match step.opcode {
            O::BinaryOp => self.binary(step.arg, next),
            O::CompareOp => self.comparison(step.arg, next),
            O::IsOp => self.is(step.arg, next),
            O::ContainsOp => {
                let op = if step.arg == 0 { Op::Contains } else { Op::NotContains };
                self.two_operands(op, next)
            }
            O::UnaryNegative => self.one_operand(Op::Negative, next),
            O::UnaryInvert => self.one_operand(Op::Invert, next),
            O::UnaryNot => self.one_operand(Op::Not, next),
            O::ToBool => self.truth(next),
            O::LoadAttr => self.load_attribute(step.arg, next),
            O::Call => self.call(Op::Call, step.arg, next),
            O::CallKw => self.call(Op::CallKw, step.arg, next),
            O::LoadGlobal => self.load_global(step.arg, next),
            O::LoadDeref => self.load_deref(step.arg, next),
            O::GetIter => self.one_operand(Op::GetIter, next),
            O::ForIter => self.for_iter(step, next),
            O::Swap if let Some(taken) = self.swapped_store(step.arg, next) => taken,
            _ => {
                if !self.jump_instruction(step) && !self.simple(step) && !self.container(step) {
                    self.other(step);
                }
                0
            }
        }
    }

    /// An instruction that has no operation yet: it raises when it is reached.
    fn other(&mut self, step: &Step) {
        self.op_wide(Op::Unbuilt, 0, step.opcode as u32);
        let (pops, pushes) = (step.opcode.pops(step.arg), step.opcode.pushes(step.arg));
        self.stack.truncate(self.stack.len().saturating_sub(pops as usize));
        self.stack.resize(self.stack.len() + pushes as usize, Entry::Slot);
    }

    /// Whether a local is a parameter, for what begins bound.
    fn kind(&self, local: u32) -> LocalKind {
        self.code.localspluskinds.get(local as usize).copied().unwrap_or(LocalKind(0))
    }
}

impl Entry {
    fn pending(self) -> Option<Pending> {
        match self {
            Entry::Slot => None,
            Entry::Local(local) => Some(Pending::Local(local)),
            Entry::Constant(number) => Some(Pending::Constant(number)),
            Entry::Int(value) => Some(Pending::Int(value)),
            Entry::Null => Some(Pending::Null),
        }
    }
}
