//! The instructions of a code object with all that is shown of them.

use crate::code::Code;
use crate::instruction::unit;
use crate::opcode::{
    BINARY_OPERATORS, COMMON_CONSTANTS, COMPARISONS, INTRINSICS_1, INTRINSICS_2, Opcode, OperandKind,
    SPECIAL_METHODS,
};
use crate::repr;
use crate::tables::exceptions::{self, ExceptionEntry};
use crate::tables::positions::{self, Location};
use std::collections::{BTreeMap, BTreeSet};

/// The attributes of a function, by their bits.
const FUNCTION_ATTRIBUTES: [&str; 5] = ["defaults", "kwdefaults", "annotations", "closure", "annotate"];

/// One instruction; a prefix counts as one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its offset in bytes.
    pub offset: u32,
    /// Its opcode; none for a number that is no opcode.
    pub opcode: Option<Opcode>,
    /// The number of its opcode.
    pub number: u8,
    /// The argument, if it has one.
    pub arg: Option<u32>,
    /// What the argument means.
    pub detail: String,
    /// Where the argument points, in bytes.
    pub target: Option<u32>,
    /// The source range.
    pub location: Option<Location>,
    /// The line that begins here, if one does: none inside for code from no line.
    pub starts_line: Option<Option<i32>>,
}

/// The instructions of a code object, with the labels and handlers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    /// The instructions in order.
    pub lines: Vec<Line>,
    /// The handlers, offsets in bytes.
    pub handlers: Vec<ExceptionEntry>,
    /// The number of each offset that something points to.
    pub labels: BTreeMap<u32, usize>,
}

impl Listing {
    /// Lists a code object.
    pub fn new(code: &Code) -> Listing {
        let handlers: Vec<_> = exceptions::decode(&code.exceptiontable)
            .map_while(Result::ok)
            .map(|entry| ExceptionEntry {
                start: entry.start.saturating_mul(2),
                end: entry.end.saturating_mul(2),
                target: entry.target.saturating_mul(2),
                ..entry
            })
            .collect();
        let mut lines = lines(code);
        let mut points: BTreeSet<u32> = lines.iter().filter_map(|line| line.target).collect();
        points.extend(handlers.iter().flat_map(|entry| [entry.start, entry.end, entry.target]));
        let labels: BTreeMap<u32, usize> = points.into_iter().zip(1..).collect();
        for line in &mut lines {
            if let Some(label) = line.target.and_then(|target| labels.get(&target)) {
                let word = if line.opcode == Some(Opcode::EndAsyncFor) { "from" } else { "to" };
                line.detail = format!("{word} L{label}");
            }
        }
        Listing { lines, handlers, labels }
    }
}

fn lines(code: &Code) -> Vec<Line> {
    let starts: BTreeMap<u32, Option<i32>> = positions::lines(&code.linetable, code.firstlineno)
        .unwrap_or_default()
        .iter()
        .map(|range| (range.start, range.line))
        .collect();
    let mut places = positions::decode(&code.linetable, code.firstlineno).map_while(Result::ok);
    let (mut place, mut place_end) = (None, 0);
    let mut lines = Vec::new();
    let (mut at, mut prefix) = (0, 0);
    while let Some([number, low]) = unit(&code.code, at) {
        while place_end <= at {
            let Some(next) = places.next() else {
                (place, place_end) = (None, u32::MAX);
                break;
            };
            (place, place_end) = (next.location, place_end + next.units);
        }
        let opcode = Opcode::from_number(number);
        let arg = prefix | u32::from(low);
        prefix = if opcode == Some(Opcode::ExtendedArg) { arg << 8 } else { 0 };
        let next = at + 1 + opcode.map_or(0, Opcode::caches) as u32;
        let arg = opcode.is_none_or(Opcode::has_argument).then_some(arg);
        lines.push(Line {
            offset: at * 2,
            opcode,
            number,
            arg,
            detail: opcode.zip(arg).map(|(opcode, arg)| detail(code, opcode, arg)).unwrap_or_default(),
            target: opcode.zip(arg).and_then(|(opcode, arg)| target(opcode, arg, next)),
            location: place,
            starts_line: starts.get(&(at * 2)).copied(),
        });
        at = next;
    }
    lines
}

fn target(opcode: Opcode, arg: u32, next: u32) -> Option<u32> {
    match opcode.operand() {
        OperandKind::JumpForward => next.checked_add(arg)?.checked_mul(2),
        OperandKind::JumpBackward => next.checked_sub(arg)?.checked_mul(2),
        _ => None,
    }
}

fn detail(code: &Code, opcode: Opcode, arg: u32) -> String {
    let name =
        |at: u32| code.names.get(at as usize).map_or("?".to_owned(), |name| repr::plain(name.as_wtf8()));
    let local = |at: u32| {
        code.localsplusnames.get(at as usize).map_or("?".to_owned(), |name| repr::plain(name.as_wtf8()))
    };
    let of = |table: &[&str]| (*table.get(arg as usize).unwrap_or(&"?")).to_owned();
    let flagged = |name: String, what| if arg & 1 != 0 { format!("{name} + {what}") } else { name };
    match opcode.operand() {
        OperandKind::Const => code.consts.get(arg as usize).map_or("?".to_owned(), repr::repr),
        OperandKind::Name => name(arg),
        OperandKind::NameShift1 if opcode == Opcode::LoadGlobal => flagged(name(arg >> 1), "NULL"),
        OperandKind::NameShift1 => flagged(name(arg >> 1), "NULL|self"),
        OperandKind::NameShift2 => flagged(name(arg >> 2), "NULL|self"),
        OperandKind::Local => local(arg),
        OperandKind::LocalPair => format!("{}, {}", local(arg >> 4), local(arg & 15)),
        OperandKind::Comparison => {
            let operator = *COMPARISONS.get((arg >> 5) as usize).unwrap_or(&"?");
            if arg & 16 != 0 { format!("bool({operator})") } else { operator.to_owned() }
        }
        OperandKind::Conversion => of(&["", "str", "repr", "ascii"]),
        OperandKind::FunctionAttribute => {
            let set = FUNCTION_ATTRIBUTES.iter().enumerate().filter(|(bit, _)| arg >> bit & 1 != 0);
            set.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
        }
        OperandKind::BinaryOp => of(BINARY_OPERATORS),
        OperandKind::Intrinsic1 => of(INTRINSICS_1),
        OperandKind::Intrinsic2 => of(INTRINSICS_2),
        OperandKind::CommonConstant => match of(COMMON_CONSTANTS) {
            function if function == "all" || function == "any" => format!("<built-in function {function}>"),
            class => class,
        },
        OperandKind::SpecialMethod => of(SPECIAL_METHODS),
        OperandKind::Invert => {
            let word = if opcode == Opcode::IsOp { ["is", "is not"] } else { ["in", "not in"] };
            word[usize::from(arg != 0)].to_owned()
        }
        _ => String::new(),
    }
}
