//! Instructions in the order in which they were written, and the places that jumps name.

use super::op::{Kind, Pseudo};

/// A source range in lines from 1 and columns in bytes of UTF-8.
#[derive(Clone, Copy, Eq, Debug)]
pub struct Loc {
    /// The first line, or what [`Loc::NONE`] and [`Loc::NEXT`] have.
    pub line: i32,
    /// The last line.
    pub end_line: i32,
    /// Where it begins in the first line; -1 for nowhere.
    pub column: i32,
    /// Where it ends in the last line; -1 for nowhere.
    pub end_column: i32,
}

impl PartialEq for Loc {
    // most are equal to those they are compared with, so that all of them are looked at anyway
    #[inline]
    fn eq(&self, other: &Loc) -> bool {
        let lines = (self.line ^ other.line) | (self.end_line ^ other.end_line);
        let columns = (self.column ^ other.column) | (self.end_column ^ other.end_column);
        lines | columns == 0
    }
}

impl Loc {
    /// Made of nothing in the source.
    pub const NONE: Loc = Loc { line: -1, end_line: -1, column: -1, end_column: -1 };
    /// To have the location of the instruction that follows.
    pub const NEXT: Loc = Loc { line: -2, end_line: -2, column: -2, end_column: -2 };

    /// A line as a whole.
    pub const fn line(line: i32) -> Loc {
        Loc { line, end_line: line, column: 0, end_column: 0 }
    }
}

/// A place that jumps name, by its number in one [`Sequence`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Label(pub u32);

/// An instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instr {
    /// What it does.
    pub op: Kind,
    /// Its argument: for what jumps or begins a handler range the number of a [`Label`], else as [`crate::ir`]'s users agree
    /// with the opcode table.
    pub arg: u32,
    /// Where it comes from.
    pub loc: Loc,
}

/// Instructions with their labels.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// In the order of the code.
    pub instrs: Vec<Instr>,
    /// Those that name a label, in the order of the code.
    jumps: Vec<u32>,
    /// Where the code that sets up annotations goes.
    placeholder: Option<u32>,
    /// Where each label stands: the index of an instruction, or the end.
    labels: Vec<u32>,
    /// What replaces [`super::Pseudo::AnnotationsPlaceholder`].
    pub annotations: Option<Box<Sequence>>,
}

const UNPLACED: u32 = u32::MAX;

impl Sequence {
    /// Takes all instructions and labels out.
    pub fn clear(&mut self) {
        self.instrs.clear();
        self.jumps.clear();
        self.placeholder = None;
        self.labels.clear();
        self.annotations = None;
    }

    /// A label to be placed later.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(UNPLACED);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places a label before the next instruction.
    pub fn place(&mut self, label: Label) {
        let at = self.instrs.len() as u32;
        if let Some(slot) = self.labels.get_mut(label.0 as usize) {
            *slot = at;
        }
    }

    /// The index of the instruction that a label stands before.
    pub fn target(&self, label: Label) -> Option<u32> {
        self.labels.get(label.0 as usize).copied().filter(|&at| at != UNPLACED)
    }

    /// The instructions that name a label, in the order of the code.
    pub fn jumps(&self) -> impl Iterator<Item = &Instr> {
        self.jumps.iter().filter_map(|&at| self.instrs.get(at as usize))
    }

    /// Which instruction stands for the code that sets up annotations.
    pub fn placeholder(&self) -> Option<usize> {
        self.placeholder.map(|at| at as usize)
    }

    /// Appends what stands for the code that sets up annotations.
    pub fn push_placeholder(&mut self, loc: Loc) {
        self.placeholder = Some(self.instrs.len() as u32);
        self.push(Pseudo::AnnotationsPlaceholder.into(), 0, loc);
    }

    /// Appends an instruction that names a label.
    #[inline]
    pub fn push_jump(&mut self, op: Kind, label: Label, loc: Loc) {
        self.jumps.push(self.instrs.len() as u32);
        self.push(op, label.0, loc);
    }

    /// Appends an instruction that names no label.
    #[inline]
    pub fn push(&mut self, op: Kind, arg: u32, loc: Loc) {
        if self.instrs.is_empty() {
            self.instrs.reserve(32);
        }
        self.instrs.push(Instr { op, arg, loc });
    }

    /// Inserts an instruction that names a label at the start; labels behind move along, those at the start
    /// stay before it.
    pub fn insert_jump_at_start(&mut self, op: Kind, label: Label, loc: Loc) {
        self.instrs.insert(0, Instr { op, arg: label.0, loc });
        self.jumps.iter_mut().chain(&mut self.placeholder).for_each(|at| *at += 1);
        self.jumps.insert(0, 0);
        for at in &mut self.labels {
            if *at != UNPLACED && *at > 0 {
                *at += 1;
            }
        }
    }
}
