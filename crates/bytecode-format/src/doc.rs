//! The documentation of the format, made from its tables: `docs/bytecode.md`.

use crate::artifact::{MAX_CODE_DEPTH, MAX_CONST_DEPTH};
use crate::opcode::{
    BINARY_OPERATORS, COMMON_CONSTANTS, COMPARISONS, INTRINSICS_1, INTRINSICS_2, Opcode, OperandKind,
    SPECIAL_METHODS,
};
use crate::pyc;
use crate::verify::Rule;
use std::fmt::Write;
use taipan_artifact::Kind;

/// The text of `docs/bytecode.md`.
pub fn markdown() -> String {
    let mut out = String::from(INTRODUCTION);
    // writing to a string does not fail
    let _ = write!(
        out,
        "\n## Files\n\nA `.pyc` is {} bytes, then one marshalled value: the type `c`, the length in four bytes \
         (the least significant first) and the artifact of a code object (format version {}). The first four \
         bytes are `{}`, the next four the flags of PEP 552. {FILES}Constants nest at most {MAX_CONST_DEPTH} \
         deep, code objects {MAX_CODE_DEPTH}.\n",
        pyc::HEADER_LEN,
        Kind::Code.format_version(),
        pyc::MAGIC.escape_ascii(),
    );
    verifier(&mut out);
    out.push_str("\n## Instructions\n");
    for &opcode in Opcode::ALL.iter().filter(|opcode| opcode.is_public()) {
        instruction(&mut out, opcode);
    }
    out.push_str("\n## Numbered arguments\n");
    let tables = [
        ("Binary operators", BINARY_OPERATORS),
        ("Comparisons (above five bits: bit 4 asks for a bool, the lower four are a hint)", COMPARISONS),
        ("Intrinsic functions of one argument", INTRINSICS_1),
        ("Intrinsic functions of two arguments", INTRINSICS_2),
        ("Common constants", COMMON_CONSTANTS),
        ("Special methods", SPECIAL_METHODS),
    ];
    for (title, names) in tables {
        let names: Vec<_> = (0..).zip(names).map(|(number, name)| format!("{number} `{name}`")).collect();
        let _ = write!(out, "\n**{title}:** {}.\n", names.join(", "));
    }
    out
}

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask codegen`. Do not edit. -->
# Taipan's bytecode

The instructions are CPython 3.14's public ones: names, numbers, arguments, stack effects, inline caches and
the two tables beside the code. Specialised, instrumented and internal opcodes never stand in a file.

A code unit is two bytes, opcode and argument. `EXTENDED_ARG` units before an instruction, at most three, are
the higher bytes of its argument. Inline caches are zero units behind an instruction; jumps and tables count
them. Jumps are relative to the next instruction, caches included.
";

const FILES: &str = "\
Flags 0 are followed by time of modification and size of the source, 1 and 3 by its hash, which is looked at \
with 3 only. The artifact is the container of all stages with three sections: the texts, the code objects \
(those in constants before those that hold them) and the position tables, which can be stripped. ";

fn verifier(out: &mut String) {
    out.push_str(
        "\n## What the verifier refuses\n\nA file is verified when it is read. Each refusal names the rule, the \
         code object and the offset of the instruction.\n\n| rule | broken by |\n|---|---|\n",
    );
    for (name, doc) in Rule::NAMES.iter().zip(Rule::DOCS) {
        let _ = writeln!(out, "| {name} |{doc} |");
    }
    out.push_str(
        "\nIt does not prove that locals and cells are bound, that names exist, that a function's closure has the \
         size of its free variables, or the types of values: what an instruction checks when it runs stands \
         beside it below.\n",
    );
}

fn instruction(out: &mut String, opcode: Opcode) {
    let _ = write!(out, "\n### {} ({})\n\n{}\n\n", opcode.name(), opcode as u8, opcode.doc());
    let mut facts = Vec::new();
    if opcode.operand() != OperandKind::None {
        facts.push(format!("Argument:{}", opcode.operand().doc().trim_end_matches('.')));
    }
    facts.push(format!(
        "Takes {}, leaves {}",
        effect(|arg| opcode.pops(arg)),
        effect(|arg| opcode.pushes(arg))
    ));
    if opcode.caches() > 0 {
        facts.push(format!("Inline cache: {} units", opcode.caches()));
    }
    facts.push(if opcode.may_raise() { "May raise" } else { "Does not raise" }.to_owned());
    if let Some(checked) = opcode.checked() {
        facts.push(format!("Checked when it runs: {checked}"));
    }
    let _ = writeln!(out, "{}.", facts.join(". "));
}

/// A stack effect in words: a number, or how it grows with the argument.
fn effect(of: impl Fn(u32) -> u32) -> String {
    let (none, one, two, four) = (of(0), of(1), of(2), of(4));
    let plus = |term: &str| if none == 0 { term.to_owned() } else { format!("{none} + {term}") };
    if of(256) == one && one != none {
        return plus(if two == none { "bit 0 of the argument" } else { "both counts" });
    }
    match (one.wrapping_sub(none), two.wrapping_sub(one), four.wrapping_sub(two)) {
        (0, 0, 0) => none.to_string(),
        (1, 1, 2) => plus("argument"),
        (2, 2, 4) => plus("2 × argument"),
        _ => plus("bit 0 of the argument"),
    }
}
