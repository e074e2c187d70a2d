//! Writes instructions and handlers, with labels where something points.

use super::layout::{Arg, Item, layout};
use crate::code::Code;
use crate::instruction::{Instruction, instructions, prefixes_of};
use crate::tables::exceptions::{self, ExceptionEntry};
use std::collections::BTreeMap;
use taipan_artifact::text::TextWriter;

/// The numbers of labels, from 1, by the code units at which they stand.
type Labels = BTreeMap<u32, usize>;

/// A code as it is written: what has no readable form stands as bytes.
pub(super) struct Listing<'c> {
    code: &'c Code,
    instructions: Option<Vec<Instruction>>,
    handlers: Option<Vec<ExceptionEntry>>,
    labels: Labels,
}

impl<'c> Listing<'c> {
    pub(super) fn new(code: &'c Code) -> Self {
        let walked: Option<Vec<_>> = instructions(&code.code).map(Result::ok).collect();
        let walked = walked.filter(|walked| reads_back(code, walked, &Labels::new()));
        let entries: Option<Vec<_>> = exceptions::decode(&code.exceptiontable).map(Result::ok).collect();
        let handlers = entries.filter(|entries| exceptions::encode(entries) == code.exceptiontable);
        let labels = walked.as_ref().map(|walked| labels(walked, handlers.as_deref().unwrap_or_default()));
        // two jumps may each be wide because the other is: then distances have to stand as numbers
        let labels = labels.filter(|labels| walked.as_ref().is_some_and(|it| reads_back(code, it, labels)));
        Listing { code, instructions: walked, handlers, labels: labels.unwrap_or_default() }
    }

    pub(super) fn write_code(&self, out: &mut TextWriter) {
        let Some(walked) = &self.instructions else {
            out.open("bytes").bytes(&self.code.code).close();
            return;
        };
        out.open("instructions");
        for instruction in walked {
            self.define(out, instruction.start);
            out.line().open(instruction.opcode.name());
            match instruction.target().and_then(|target| self.labels.get(&target)) {
                Some(label) => out.word(&name(*label)),
                None => out.number(instruction.arg),
            };
            let prefixes = instruction.unit - instruction.start;
            if prefixes > prefixes_of(instruction.arg) {
                out.number(prefixes);
            }
            out.close();
        }
        self.define(out, walked.last().map_or(0, |last| last.next));
        out.close();
    }

    fn define(&self, out: &mut TextWriter, unit: u32) {
        if let Some(label) = self.labels.get(&unit) {
            out.line().word(&format!("{}:", name(*label)));
        }
    }

    pub(super) fn write_handlers(&self, out: &mut TextWriter) {
        let Some(handlers) = &self.handlers else {
            out.open("bytes").bytes(&self.code.exceptiontable).close();
            return;
        };
        out.open("handlers");
        for entry in handlers {
            out.open_bare();
            for unit in [entry.start, entry.end, entry.target] {
                match self.labels.get(&unit) {
                    Some(label) => out.word(&name(*label)),
                    None => out.number(unit),
                };
            }
            out.number(entry.depth).number(u8::from(entry.lasti)).close();
        }
        out.close();
    }
}

fn name(label: usize) -> String {
    format!("L{label}")
}

/// A label for each start of an instruction, or end of the code, at which something points.
fn labels(walked: &[Instruction], handlers: &[ExceptionEntry]) -> Labels {
    let mut units: Vec<u32> = walked.iter().filter_map(Instruction::target).collect();
    units.extend(handlers.iter().flat_map(|entry| [entry.start, entry.end, entry.target]));
    units.sort_unstable();
    units.dedup();
    let end = walked.last().map_or(0, |last| last.next);
    let stands = |unit: &u32| {
        *unit == end || walked.binary_search_by_key(unit, |instruction| instruction.start).is_ok()
    };
    units.into_iter().filter(stands).zip(1..).collect()
}

/// Whether these instructions with these labels are the code.
fn reads_back(code: &Code, walked: &[Instruction], labels: &Labels) -> bool {
    let mut items = Vec::new();
    for instruction in walked {
        items.extend(labels.get(&instruction.start).map(|label| Item::Label(*label)));
        let label = instruction.target().and_then(|target| labels.get(&target));
        let arg = label.map_or(Arg::Number(instruction.arg), |label| Arg::Label(*label));
        let prefixes = instruction.unit - instruction.start;
        let wide = prefixes > prefixes_of(instruction.arg);
        let prefixes = if wide { prefixes } else { 0 };
        items.push(Item::Instruction { opcode: instruction.opcode, arg, prefixes });
    }
    let end = walked.last().map_or(0, |last| last.next);
    items.extend(labels.get(&end).map(|label| Item::Label(*label)));
    layout(&items, labels.len() + 1).is_ok_and(|(bytes, _)| bytes == code.code)
}
