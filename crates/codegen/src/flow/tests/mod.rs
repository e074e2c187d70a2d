//! What the passes make of instructions written as text, held against what the reference makes of them.
//!
//! A line is an instruction: its name, its argument, and `@` with its line, which is else that of the
//! instruction before. `@-` is no line. A name with a colon is a label.

mod assembly;
mod blocks;
mod borrowing;
mod constants;
mod lines;
mod locals;
mod peephole;
mod shapes;

use super::block::BlockId;
use super::facts::Kind;
use super::graph::Graph;
use super::{Flow, build};
use crate::ir::{Constants, Label, Loc, Op, Pseudo, Sequence};
use std::collections::HashMap;
use std::fmt::Write;
use taipan_bytecode_format::{Const, Opcode};

const PSEUDO: [(&str, Pseudo); 11] = [
    ("ANNOTATIONS_PLACEHOLDER", Pseudo::AnnotationsPlaceholder),
    ("JUMP", Pseudo::Jump),
    ("JUMP_IF_FALSE", Pseudo::JumpIfFalse),
    ("JUMP_IF_TRUE", Pseudo::JumpIfTrue),
    ("JUMP_NO_INTERRUPT", Pseudo::JumpNoInterrupt),
    ("LOAD_CLOSURE", Pseudo::LoadClosure),
    ("POP_BLOCK", Pseudo::PopBlock),
    ("SETUP_CLEANUP", Pseudo::SetupCleanup),
    ("SETUP_FINALLY", Pseudo::SetupFinally),
    ("SETUP_WITH", Pseudo::SetupWith),
    ("STORE_FAST_MAYBE_NULL", Pseudo::StoreFastMaybeNull),
];

fn op(name: &str) -> Kind {
    let pseudo = PSEUDO.iter().find(|(other, _)| *other == name);
    pseudo.map(|(_, pseudo)| Kind::from(*pseudo)).or_else(|| Opcode::from_name(name).map(Kind::from)).unwrap()
}

fn name(op: Kind) -> &'static str {
    match op.op() {
        Op::Real(opcode) => opcode.name(),
        Op::Pseudo(pseudo) => PSEUDO.iter().find(|(_, other)| *other == pseudo).unwrap().0,
    }
}

/// Appends an instruction, whose argument may be a label.
fn push(sequence: &mut Sequence, op: Kind, arg: u32, loc: Loc) {
    if op.has_target() {
        sequence.push_jump(op, Label(arg), loc);
    } else if op == Kind::from(Pseudo::AnnotationsPlaceholder) {
        sequence.push_placeholder(loc);
    } else {
        sequence.push(op, arg, loc);
    }
}

/// The sequence that a text says.
fn sequence(text: &str) -> Sequence {
    let mut sequence = Sequence::default();
    let mut labels: HashMap<&str, Label> = HashMap::new();
    let mut loc = Loc::line(1);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(label) = line.strip_suffix(':') {
            let label = *labels.entry(label).or_insert_with(|| sequence.new_label());
            sequence.place(label);
            continue;
        }
        let mut words = line.split_whitespace().peekable();
        let op = op(words.next().unwrap());
        let arg = words.next_if(|word| !word.starts_with('@'));
        match words.next() {
            Some("@-") => loc = Loc::NONE,
            Some("@next") => loc = Loc::NEXT,
            Some(line) => loc = Loc::line(line[1..].parse().unwrap()),
            None => {}
        }
        let arg = match arg {
            Some(label) if op.has_target() => labels.entry(label).or_insert_with(|| sequence.new_label()).0,
            arg => arg.map_or(0, |arg| arg.parse().unwrap()),
        };
        push(&mut sequence, op, arg, loc);
    }
    sequence
}

/// A graph as text: blocks that jumps lead to are labeled in their order, arguments of 0 and lines that
/// stay the same are left out.
fn print(graph: &Graph) -> String {
    let mut order = Vec::new();
    let mut block = BlockId::ENTRY;
    while block != BlockId::NONE {
        order.push(block);
        block = graph[block].next;
    }
    let targets: Vec<BlockId> = order
        .iter()
        .flat_map(|&block| graph.insts(block))
        .filter(|inst| inst.op.has_target())
        .map(|inst| inst.target())
        .collect();
    let labeled: Vec<BlockId> = order.iter().copied().filter(|block| targets.contains(block)).collect();
    let label = |block: BlockId| labeled.iter().position(|&other| other == block).unwrap() + 1;
    let (mut text, mut line) = (String::new(), 1);
    for &block in &order {
        if labeled.contains(&block) {
            writeln!(text, "L{}:", label(block)).unwrap();
        }
        for inst in graph.insts(block) {
            write!(text, "  {}", name(inst.op)).unwrap();
            match inst.op {
                op if op.has_target() => write!(text, " L{}", label(inst.target())).unwrap(),
                _ if inst.arg != 0 => write!(text, " {}", inst.arg).unwrap(),
                _ => {}
            }
            if inst.loc.line != line {
                line = inst.loc.line;
                text += &if line < 0 { " @-".to_owned() } else { format!(" @{line}") };
            }
            text.push('\n');
        }
    }
    text
}

/// Holds the optimized form of `input` against `expected`, and the constants that are left.
#[track_caller]
fn check_constants(input: &str, constants: &[Const], locals: u32, expected: &str, kept: &[Const]) {
    let mut flow = Flow::default();
    build::build(&mut flow.graph, &sequence(input), &mut flow.starts);
    let mut all = Constants::default();
    for constant in constants {
        all.add(constant.clone());
    }
    let consts = flow.optimize(&mut all, locals, 0);
    let tidy = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(tidy(&print(&flow.graph)), tidy(expected));
    assert!(
        consts.len() == kept.len() && consts.iter().zip(kept).all(|(a, b)| a.same(b)),
        "{consts:?} for {kept:?}"
    );
}

/// Holds the optimized form of `input`, which has no constants, against `expected`.
#[track_caller]
fn check(input: &str, expected: &str) {
    check_constants(input, &[], 0, expected, &[]);
}
