//! Writes code objects as text.

use super::{MARK, NO_COLUMN};
use crate::artifact::children_first;
use crate::code::{Code, Const};
use crate::instruction::{emit_wide, instructions};
use crate::tables::{exceptions, positions};
use std::collections::HashMap;
use taipan_artifact::Kind;
use taipan_artifact::text::TextWriter;

/// The text of a code object and of all in its constants.
pub fn write(code: &Code) -> String {
    let mut out = TextWriter::new();
    out.word(MARK.trim_end()).number(Kind::Code.format_version());
    let mut numbers = HashMap::new();
    for (number, code) in children_first(code).into_iter().enumerate() {
        one(&mut out, code, &numbers);
        numbers.insert(std::ptr::from_ref(code), number);
    }
    out.finish()
}

type Numbers = HashMap<*const Code, usize>;

fn one(out: &mut TextWriter, code: &Code, numbers: &Numbers) {
    out.line().open("code").line();
    out.open("names");
    for name in [&code.filename, &code.name, &code.qualname] {
        out.text(name.as_wtf8());
    }
    out.close().open("numbers");
    for number in [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags.0] {
        out.number(number);
    }
    out.number(code.firstlineno).close().line().open("globals");
    for name in &code.names {
        out.text(name.as_wtf8());
    }
    out.close().line().open("locals");
    for (name, kind) in code.localsplusnames.iter().zip(&code.localspluskinds) {
        out.open_bare().text(name.as_wtf8()).number(kind.0).close();
    }
    out.close().line().open("constants");
    constants(out, &code.consts, numbers);
    out.close().line();
    code_part(out, code);
    out.line();
    tables(out, code);
    out.close();
}

fn constants(out: &mut TextWriter, consts: &[Const], numbers: &Numbers) {
    let mut pending = vec![consts.iter()];
    while let Some(items) = pending.last_mut() {
        let Some(item) = items.next() else {
            pending.pop();
            if !pending.is_empty() {
                out.close();
            }
            continue;
        };
        match item {
            Const::None => out.word("None"),
            Const::Bool(true) => out.word("True"),
            Const::Bool(false) => out.word("False"),
            Const::Ellipsis => out.word("Ellipsis"),
            Const::Int(value) => out.open("int").number(value).close(),
            Const::Float(value) => float(out.open("float"), *value).close(),
            Const::Complex(real, imaginary) => {
                float(out.open("complex"), *real);
                float(out, *imaginary).close()
            }
            Const::Str(text) => out.text(text.as_wtf8()),
            Const::Bytes(bytes) => out.bytes(bytes),
            Const::Code(code) => {
                let number = numbers.get(&std::ptr::from_ref(&**code)).copied().unwrap_or_default();
                out.open("code").number(number).close()
            }
            Const::Tuple(items) => {
                pending.push(items.iter());
                out.open("tuple")
            }
            Const::FrozenSet(items) => {
                pending.push(items.iter());
                out.open("frozenset")
            }
            Const::Slice(parts) => {
                pending.push(parts.iter());
                out.open("slice")
            }
        };
    }
}

/// A float in digits that read back; not-a-numbers by their bits.
fn float(out: &mut TextWriter, value: f64) -> &mut TextWriter {
    if value.is_nan() {
        out.word("bits").number(value.to_bits())
    } else {
        out.number(format_args!("{value:?}"))
    }
}

fn code_part(out: &mut TextWriter, code: &Code) {
    let mut again = Vec::with_capacity(code.code.len());
    let walked: Result<Vec<_>, _> = instructions(&code.code).collect();
    let walked = walked.unwrap_or_default();
    for instruction in &walked {
        emit_wide(&mut again, instruction.opcode, instruction.arg, instruction.unit - instruction.start);
    }
    if again != code.code {
        out.open("bytes").bytes(&code.code).close();
        return;
    }
    out.open("instructions");
    for instruction in walked {
        let mut plain = Vec::new();
        emit_wide(&mut plain, instruction.opcode, instruction.arg, 0);
        out.line().open(instruction.opcode.name()).number(instruction.arg);
        if plain.len() as u32 != 2 * (instruction.next - instruction.start) {
            out.number(instruction.unit - instruction.start);
        }
        out.close();
    }
    out.close();
}

fn tables(out: &mut TextWriter, code: &Code) {
    let entries: Result<Vec<_>, _> = exceptions::decode(&code.exceptiontable).collect();
    match entries {
        Ok(entries) if exceptions::encode(&entries) == code.exceptiontable => {
            out.open("handlers");
            for e in entries {
                out.open_bare();
                for number in [e.start, e.end, e.target, e.depth, e.lasti.into()] {
                    out.number(number);
                }
                out.close();
            }
        }
        _ => {
            out.open("bytes").bytes(&code.exceptiontable);
        }
    }
    out.close().line();
    let entries: Result<Vec<_>, _> = positions::decode(&code.linetable, code.firstlineno).collect();
    match entries {
        Ok(entries) if positions::encode(code.firstlineno, entries.iter().copied()) == code.linetable => {
            out.open("positions");
            for entry in entries {
                out.open_bare().number(entry.units);
                if let Some(at) = entry.location {
                    out.number(at.line).number(at.end_line);
                    for column in [at.column, at.end_column] {
                        match column {
                            Some(column) => out.number(column),
                            None => out.word(NO_COLUMN),
                        };
                    }
                }
                out.close();
            }
        }
        _ => {
            out.open("bytes").bytes(&code.linetable);
        }
    }
    out.close();
}
