//! Register code as text, one operation in a line, and what must hold of all that a translation makes.
//!
//! ```text
//! unit word  operation a b c | a wide
//!    3    1  Add 2 0 1
//! ```

use super::op::{Op, OpWord, Target};
use super::{Pending, RegisterCode};
use std::fmt;

/// An operation at its place.
#[derive(Clone, Copy)]
struct Row {
    /// The number of its word.
    at: u32,
    op: Op,
    word: OpWord,
}

impl Row {
    /// Where it may go on.
    fn target(&self) -> Option<u32> {
        let distance = match self.op.target()? {
            Target::Wide => self.word.wide_operand(),
            Target::Near => self.word.near() as u32,
        };
        Some(self.at.wrapping_add(distance))
    }
}

impl RegisterCode {
    /// The operations; none if a word is no operation.
    fn rows(&self) -> Option<Vec<Row>> {
        // SAFETY: nothing runs this code while it is listed: code is of one thread.
        let words: Vec<u64> = self.words.iter().map(|word| unsafe { *word.get() }).collect();
        let (mut at, mut rows) = (0, Vec::new());
        while let Some(&word) = words.get(at) {
            let word = OpWord(word);
            let op = Op::from_number(word.number())?;
            rows.push(Row { at: at as u32, op, word });
            at += 1 + op.more();
        }
        (at == words.len()).then_some(rows)
    }

    /// What is wrong with the code: nothing, if the translation is right.
    pub fn problems(&self) -> Vec<String> {
        let Some(rows) = self.rows() else { return vec!["a word is no operation".to_owned()] };
        let starts: Vec<u32> = rows.iter().map(|row| row.at).collect();
        let is_start = |word: u32| starts.binary_search(&word).is_ok();
        let mut found = Vec::new();
        for row in &rows {
            if let Some(target) = row.target().filter(|target| !is_start(*target)) {
                found.push(format!("{:?} at word {} goes to word {target}", row.op, row.at));
            }
        }
        if let Some(last) = rows.last().filter(|last| !last.op.ends() && last.op != Op::Unbuilt) {
            found.push(format!("{:?} at word {} goes on behind the end", last.op, last.at));
        }
        for handler in &self.handlers {
            if !is_start(handler.target) || handler.end > self.words.len() as u32 {
                found.push(format!("a handler of {handler:?}"));
            }
            let kept = self.locals + handler.depth + u32::from(handler.lasti);
            if kept >= self.slots {
                found.push(format!("{handler:?} leaves no room for the exception"));
            }
        }
        found
    }
}

impl fmt::Display for RegisterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {} locals, {} slots", self.locals, self.slots)?;
        let Some(rows) = self.rows() else { return writeln!(f, "# a word is no operation") };
        for row in rows {
            let Row { at, op, word, .. } = row;
            write!(f, "{:4} {at:4}  {op:?} {} {} {}", self.points.unit(at), word.a(), word.b(), word.c())?;
            if let Some(target) = row.target() {
                write!(f, " -> {target}")?;
            }
            for (position, value) in self.points.pending(at) {
                let slot = self.locals + position;
                match value {
                    Pending::Local(local) => write!(f, " [{slot}: local {local}]")?,
                    Pending::Constant(number) => write!(f, " [{slot}: constant {number}]")?,
                    Pending::Int(value) => write!(f, " [{slot}: int {value}]")?,
                    Pending::Null => write!(f, " [{slot}: null]")?,
                }
            }
            writeln!(f)?;
        }
        for handler in &self.handlers {
            let lasti = if handler.lasti { ", lasti" } else { "" };
            let kept = handler.depth;
            writeln!(f, "# {}..{}: {} keeps {kept}{lasti}", handler.start, handler.end, handler.target)?;
        }
        Ok(())
    }
}
