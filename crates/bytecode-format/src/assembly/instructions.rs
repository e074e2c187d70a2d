//! Reads instructions with their labels, and the handlers that name them.

use super::layout::{Arg, Item, layout};
use super::read::rest;
use crate::opcode::{Opcode, OperandKind};
use crate::tables::exceptions::{self, ExceptionEntry};
use std::collections::HashMap;
use taipan_artifact::text::{TextError, TextErrorKind, TextMark, TextReader};

/// Where the labels of a code stand, in code units.
pub(super) type Labels<'t> = HashMap<&'t str, u32>;

/// Instructions being read. A label is a number from where it is first seen.
#[derive(Default)]
struct Listing<'t> {
    items: Vec<Item>,
    /// Where the item stands; that of an instruction with a label is the label's.
    marks: Vec<TextMark>,
    labels: Vec<Label<'t>>,
    numbers: HashMap<&'t str, usize>,
}

struct Label<'t> {
    name: &'t str,
    used: TextMark,
    defined: bool,
}

impl<'t> Listing<'t> {
    fn label(&mut self, name: &'t str, used: TextMark) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.labels.push(Label { name, used, defined: false });
            self.labels.len() - 1
        })
    }

    fn define(&mut self, input: &mut TextReader<'t>) -> Result<(), TextError> {
        let word = input.word()?;
        let name = word.strip_suffix(':').filter(|name| is_label(name));
        let name = name.ok_or_else(|| input.error(TextErrorKind::ExpectedList))?;
        let number = self.label(name, input.mark());
        if let Some(label) = self.labels.get_mut(number) {
            if label.defined {
                return Err(input.error(TextErrorKind::Twice("label")));
            }
            label.defined = true;
        }
        self.push(Item::Label(number), input.mark());
        Ok(())
    }

    fn instruction(&mut self, input: &mut TextReader<'t>) -> Result<(), TextError> {
        let name = input.open()?;
        let opcode = Opcode::from_name(name).ok_or_else(|| input.error(TextErrorKind::Unknown("opcode")))?;
        let word = input.word()?;
        let mark = input.mark();
        let arg = match number(word) {
            Some(arg) => Arg::Number(arg),
            None if is_label(word) && points(opcode) => Arg::Label(self.label(word, mark)),
            None => return Err(input.error(TextErrorKind::ExpectedNumber)),
        };
        let prefixes = if input.at_close() { 0 } else { input.number()? };
        self.push(Item::Instruction { opcode, arg, prefixes: prefixes.min(3) }, mark);
        input.close()
    }

    fn push(&mut self, item: Item, mark: TextMark) {
        self.items.push(item);
        self.marks.push(mark);
    }

    fn finish(self, input: &TextReader<'t>) -> Result<(Vec<u8>, Labels<'t>), TextError> {
        if let Some(label) = self.labels.iter().find(|label| !label.defined) {
            return Err(input.error_at_mark(label.used, TextErrorKind::Unknown("label")));
        }
        let unreachable = |item: usize| {
            let kind = TextErrorKind::Unknown("label in this direction");
            self.marks.get(item).map_or_else(|| input.error(kind), |mark| input.error_at_mark(*mark, kind))
        };
        let (code, places) = layout(&self.items, self.labels.len()).map_err(unreachable)?;
        Ok((code, self.labels.iter().map(|label| label.name).zip(places).collect()))
    }
}

/// Whether a word can name a label: it begins with a letter or `_`.
fn is_label(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

fn number(word: &str) -> Option<u32> {
    word.parse().ok().filter(|_| word.starts_with(|first: char| first.is_ascii_digit()))
}

/// Whether the argument of an opcode is the distance to an instruction.
fn points(opcode: Opcode) -> bool {
    matches!(opcode.operand(), OperandKind::JumpForward | OperandKind::JumpBackward)
}

/// Reads the code and where its labels stand.
pub(super) fn code_part<'t>(input: &mut TextReader<'t>) -> Result<(Vec<u8>, Labels<'t>), TextError> {
    match input.open()? {
        "bytes" => {
            let code = input.bytes()?;
            input.close()?;
            Ok((code, Labels::new()))
        }
        "instructions" => {
            let mut listing = Listing::default();
            while !input.at_close() {
                if input.at_list() {
                    listing.instruction(input)?;
                } else {
                    listing.define(input)?;
                }
            }
            input.close()?;
            listing.finish(input)
        }
        _ => Err(input.error(TextErrorKind::ExpectedKeyword("instructions"))),
    }
}

/// A place in the code: a label, or a number of code units.
fn place(input: &mut TextReader<'_>, labels: &Labels<'_>) -> Result<u32, TextError> {
    let word = input.word()?;
    match number(word).or_else(|| labels.get(word).copied()) {
        Some(place) => Ok(place),
        None if is_label(word) => Err(input.error(TextErrorKind::Unknown("label"))),
        None => Err(input.error(TextErrorKind::ExpectedNumber)),
    }
}

/// Reads the exception table.
pub(super) fn exception_table(input: &mut TextReader<'_>, labels: &Labels<'_>) -> Result<Vec<u8>, TextError> {
    match input.open()? {
        "bytes" => {
            let table = input.bytes()?;
            input.close()?;
            Ok(table)
        }
        "handlers" => {
            let entries = rest(input, |input| {
                input.open_bare()?;
                let (start, end) = (place(input, labels)?, place(input, labels)?);
                let target = place(input, labels)?;
                let (depth, lasti): (u32, u8) = (input.number()?, input.number()?);
                input.close()?;
                if depth >> 31 != 0 || end < start || lasti > 1 {
                    return Err(input.error(TextErrorKind::ExpectedNumber));
                }
                Ok(ExceptionEntry { start, end, target, depth, lasti: lasti == 1 })
            })?;
            Ok(exceptions::encode(&entries))
        }
        _ => Err(input.error(TextErrorKind::ExpectedKeyword("handlers"))),
    }
}
