//! The map between register code and bytecode: for each operation the code unit of its instruction, and what
//! of the bytecode's stack is pending there, so that a frame can be taken over by the plain form, shown to a
//! debugger, or have its locals written to.

/// A value of the bytecode's stack that has no slot of its own yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pending {
    /// What a local holds.
    Local(u16),
    /// A constant.
    Constant(u32),
    /// A small int.
    Int(u8),
    /// The marker for no self.
    Null,
}

/// What is pending at one operation: positions in the stack and values.
type Snapshot = Box<[(u32, Pending)]>;

/// The map of one code.
#[derive(Default)]
pub struct Points {
    /// For each word the code unit of the instruction that it was made from.
    units: Vec<u32>,
    /// Words at which something is pending.
    pending: Vec<(u32, Snapshot)>,
}

impl Points {
    /// Notes that the words up to `end` were made from the instruction at `unit`.
    pub fn note(&mut self, end: usize, unit: u32) {
        self.units.resize(end, unit);
    }

    /// Notes what is pending at a word. Words come in order.
    pub fn note_pending(&mut self, word: u32, pending: impl Iterator<Item = (u32, Pending)>) {
        let pending: Snapshot = pending.collect();
        if !pending.is_empty() {
            self.pending.push((word, pending));
        }
    }

    /// The code unit of a word's instruction.
    pub fn unit(&self, word: u32) -> u32 {
        self.units.get(word as usize).copied().unwrap_or(0)
    }

    /// The first word that was made from the instruction at a code unit, or from one behind it.
    pub fn word_of(&self, unit: u32) -> Option<u32> {
        self.units.iter().position(|&at| at >= unit).map(|word| word as u32)
    }

    /// What is pending at a word.
    pub fn pending(&self, word: u32) -> &[(u32, Pending)] {
        match self.pending.binary_search_by_key(&word, |(at, _)| *at) {
            Ok(row) => self.pending.get(row).map_or(&[], |(_, pending)| pending),
            Err(_) => &[],
        }
    }
}
